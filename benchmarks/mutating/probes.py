"""Which tests enter a line: every drawn line of a copy writes down the test that is running."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from mutating.changes import Change

MODULE = "data/entered_lines.py"
PROBE = '__import__("data.entered_lines", fromlist=["enter"]).enter({})'
WRITES = '''"""Writes down who enters a line."""

import json
from os import O_APPEND, O_CREAT, O_WRONLY, close, environ, open, write

seen = set()


def enter(number):
    """Each test once for each line; a process that a test began has the test's name from it."""
    here = number, environ.get("PYTEST_CURRENT_TEST", "")
    if here not in seen:
        seen.add(here)
        try:
            file = open({book!r}, O_WRONLY | O_APPEND | O_CREAT)
            write(file, (json.dumps(here) + "\\n").encode())
            close(file)
        except OSError:
            pass
'''


def put_probes(copy: Path, changes: Sequence[Change], book: Path) -> None:
    """Changes a copy of the tree, so that its tests write to `book`; lines keep their numbers."""
    by_file = defaultdict(list)
    for number, change in enumerate(changes):
        by_file[change.file].append((number, change))
    for file, here in by_file.items():
        path = copy / file
        lines = path.read_bytes().split(b"\n")
        for number, change in here:
            lines[change.line - 1] = _probed(lines[change.line - 1], PROBE.format(number).encode(), change)
        path.write_bytes(b"\n".join(lines))
    (copy / MODULE).write_text(WRITES.replace("{book!r}", repr(str(book))), encoding="utf-8")


def _probed(line: bytes, probe: bytes, change: Change) -> bytes:
    before, said, after = line[: change.start], line[change.start : change.end], line[change.end :]
    if not change.end:
        return before + probe + b"; " + line[change.start :]
    return before + b"(" + probe + b", (" + said + b"))[1]" + after


def read_book(book: Path) -> dict[int, set[str]]:
    """The tests that entered each line, as pytest names them."""
    found: dict[int, set[str]] = defaultdict(set)
    for line in book.read_text(encoding="utf-8").splitlines():
        number, test = json.loads(line)
        if test:
            found[number].add(test.rpartition(" (")[0])
    return found
