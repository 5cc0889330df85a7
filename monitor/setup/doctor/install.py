"""Checks of the installation and the machine: packages, clock, disk, the browser for pictures, time stamps.

Each takes what it judges; `installation` looks it up. The time server itself is not asked.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from alerts.ways import Helpline, PlatformRoute, helplines, old, platforms
from data.errors import KeyMissing
from data.evidence.vault import Vault
from data.keeping import envelope
from monitor.act.casework.proving import authorities_file
from monitor.config.load import Config
from monitor.setup.doctor.findings import Finding, end_sentence, tell
from sources.capture.browser import can_draw, find_browser
from sources.timestamps import authorities

ROOMS = ("schoolgate", "monitor", "sources", "classifiers", "alerts", "data")
DISTRIBUTION = "schoolgate"
RELEASED = date(2026, 11, 20)
"""The day of this release; a clock that is behind it is wrong. Raised with the version."""

_LEAST_FREE_BYTES, _LITTLE_FREE_BYTES = 200 * 2**20, 2 * 2**30
ANEW = "Install Schoolgate again from its checkout, in its own environment: pip install -c constraints.txt ."
"""Never by name from an index: the package of that name there is not ours."""


def installation(home: Path, now: datetime) -> list[Finding]:
    """Packages, Python, clock, disk, and who may read the folder."""
    from monitor.terminal.program import release

    place = next(p for p in (home, *home.parents) if p.exists())
    # The permission bits, None on Windows (its rights are not in them) or before the folder is there
    return [
        *own_packages(),
        python(sys.version_info[:3], sys.platform, release()),
        clock(now),
        disk(shutil.disk_usage(place).free, place, read_only=_read_only(place)),
        *privacy(home, home.stat().st_mode & 0o777 if os.name == "posix" and home.is_dir() else None),
        *encryption(home),
    ]


def own_packages() -> list[Finding]:
    """`packages` of this very process; a scheduled run asks it too."""
    from importlib.metadata import distributions

    owners: dict[str, list[str]] = {}
    for one in distributions():  # asked for its name only where it has one of ours: that takes longest
        files, said = f"\n{one.read_text('RECORD') or ''}", (one.read_text("top_level.txt") or "").split()
        for room in ROOMS:
            if room in said or f"\n{room}/" in files or f"\n{room}.py," in files:
                owners.setdefault(room, []).append(one.metadata["Name"])
    return packages(owners)


def packages(owners: Mapping[str, Iterable[str]]) -> list[Finding]:
    """Whether the top-level packages are ours alone, by the distributions that brought each name (none for an
    editable install).

    What lies before ours keeps the program from starting (`schoolgate/start.py`); what pip wrote over parts
    of it does not, and pip says nothing.
    """
    also = {room: sorted(set(owners.get(room, ())) - {DISTRIBUTION}) for room in ROOMS}
    shared = {room: ", ".join(others) for room, others in also.items() if others}
    found = [tell("packages.shared", room=room, others=them, anew=ANEW) for room, them in shared.items()]
    return found or [tell("packages.own", count=len(ROOMS))]


def python(version: Sequence[int], platform: str, release: str) -> Finding:
    """Whether this Python is one that Schoolgate is tested with."""
    key = "python.old" if tuple(version[:2]) < (3, 11) else "python.fine"
    return tell(key, version=".".join(map(str, version)), platform=platform, release=release)


def clock(now: datetime) -> Finding:
    """Whether the machine's clock can be right: evidence and deadlines hang on it."""
    if now.date() < RELEASED:
        return tell("clock.early", now=f"{now:%d %B %Y}", released=f"{RELEASED:%d %B %Y}")
    return tell("clock.fine", now=f"{now:%Y-%m-%d %H:%M}")


def disk(free_bytes: int, place: Path, *, read_only: bool = False) -> Finding:
    """Whether there is room for the store and for a copy of it, and whether anything can be written."""
    if read_only:
        return tell("disk.read_only", place=place)
    key = "full" if free_bytes < _LEAST_FREE_BYTES else "low" if free_bytes < _LITTLE_FREE_BYTES else "free"
    return tell(f"disk.{key}", free=f"{free_bytes / 2**30:.1f}", place=place)


def privacy(home: Path, mode: int | None) -> list[Finding]:
    """Whether others on this machine can look into the folder; `mode` None where that is not known."""
    return [] if mode is None else [tell("privacy.open" if mode & 0o077 else "privacy.closed", home=home)]


def encryption(home: Path) -> list[Finding]:
    """Evidence that an earlier version encrypted: that way has ended, and its key may be missing."""
    vault, on = Vault(home / "evidence"), (home / envelope.AT_REST).exists()
    if not (names := vault.list_encrypted()) and not on:
        return []
    try:
        envelope.read_keys(home)
    except KeyMissing as error:
        return [tell("encryption.no_key", why=error)]
    if locked := [why for name in names if (why := vault.why_locked(name))]:
        return [tell("encryption.locked", count=f"{len(locked):,}", why=locked[0])]
    return [tell("encryption.open", count=f"{len(names):,}")]


def _read_only(place: Path) -> bool:
    return os.name == "posix" and bool(os.statvfs(place).f_flag & os.ST_RDONLY)


def routes(today: date) -> list[Finding]:
    """Ways to platforms and helplines that were looked at over six months ago."""
    rows: list[PlatformRoute | Helpline] = [*platforms().values(), *helplines().values()]
    others = (replace(row, checked_on=way.checked_on) for row in platforms().values() for way in row.ways)
    aged = [row for row in (*rows, *others) if old(row, today)]
    if not aged:
        return [tell("routes.fresh", count=len(rows))]
    oldest, stale = min(row.checked_on for row in aged), list(dict.fromkeys(row.name for row in aged))
    names = end_sentence(", ".join(stale[:5]) + (" …" if len(stale) > 5 else ""))
    return [tell("routes.stale", stale=len(stale), count=len(rows), day=f"{oldest:%d %B %Y}", names=names)]


SOON = timedelta(days=30)


def browser(config: Config) -> Finding:
    """The browser for pictures and PDFs of posts."""
    named = config.evidence.browser
    found = find_browser(named)
    if named and found is None:
        return tell("browser.not_there", named=named)
    if not can_draw():
        return tell("browser.no_extra")
    return tell("browser.none") if found is None else tell("browser.draws", browser=found)


def time_server(config: Config, now: datetime) -> Finding:
    """The time server of stamps, and the authorities they are checked against."""
    table = config.evidence
    if not table.timestamp_url:
        return tell("time_server.none")
    if not table.timestamp_ca:
        return tell("time_server.no_authority")
    path = config.near(table.timestamp_ca)
    try:
        found = authorities(authorities_file(config) or b"")
    except ValueError:
        return tell("time_server.unreadable", path=path)
    ends = min(certificate.not_valid_after_utc for certificate in found)
    key = "time_server.ending" if ends - now < SOON else "time_server.fine"
    return tell(key, path=path, ends=f"{ends:%d %b %Y}", count=len(found))
