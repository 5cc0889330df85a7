"""What a process and all those it has begun hold together, in megabytes; what they share counts once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def held_mb(pid: int) -> int:
    """0 where it is gone. Files that are mapped, such as libraries, count as far as they are in memory."""
    own_kb, mapped_kb = 0, dict[str, int]()
    for process in (pid, *begun_by(pid)):
        with suppress(OSError):
            for name, kb, private_kb in _pieces(process):
                own_kb += private_kb
                mapped_kb[name] = max(mapped_kb.get(name, 0), kb - private_kb)
    return (own_kb + sum(mapped_kb.values())) // 1024


def most_mb(pid: int) -> int:
    """The most that each of them ever held, added up, less what they share now: no less than they ever held
    together. Nothing is looked at meanwhile, so nothing is slowed down.
    """
    most, now = (sum(_status_kb(process, name) for process in (pid, *begun_by(pid))) for name in _KEPT)
    return held_mb(pid) + (most - now) // 1024


_KEPT = ("VmHWM:", "VmRSS:")


def _status_kb(pid: int, name: str) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def begun_by(pid: int) -> list[int]:
    """The processes that it has begun, those that they have begun, and so on."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                found += [int(child), *begun_by(int(child))]
    return found


def _pieces(pid: int) -> list[tuple[str, int, int]]:
    """Each piece of its memory: of which file, what of it is there, and what of that is its own (kB)."""
    found: list[tuple[str, int, int]] = []
    name = kb = ""
    for line in Path(f"/proc/{pid}/smaps").read_text(encoding="ascii", errors="replace").splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            name = f"{words[2]} {words[5]}" if len(words) > 5 else line
        elif words[0] == "Rss:":
            kb = words[1]
        elif words[0] == "Anonymous:":
            found.append((name, int(kb), int(words[1])))
    return found
