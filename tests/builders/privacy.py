"""A home whose data protection officer answers requests, at a moment of the test's choosing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from builders.case_desk import Desk, Ran, run

from monitor.cli.commands.privacy import app as _app  # noqa: F401 - so that every command is loaded

DPO = "moss"


@contextmanager
def at(now: datetime, group: str = "privacy") -> Iterator[None]:
    """Every command of the group reads this as its time."""
    with ExitStack() as stack:
        of = ("data.effects", f"monitor.cli.commands.{group}.")
        for name in [n for n in sys.modules if n.startswith(of)]:
            if hasattr(sys.modules[name], "utc_now"):
                stack.enter_context(patch.object(sys.modules[name], "utc_now", lambda: now))
        yield


def privacy(desk: Desk | Path, *words: str, said: str = "", now: datetime | None = None) -> Ran:
    """A command of `schoolgate privacy` in that home."""
    home = desk.home if isinstance(desk, Desk) else desk
    given = ("privacy", *words, "--home", str(home))
    if now is None:
        return run(*given, said=said)
    with at(now):
        return run(*given, said=said)


def a_request(desk: Desk, kind: str = "access", now: datetime | None = None, **more: str) -> str:
    """Written down by the data protection officer; gives its number."""
    options = [word for name, value in more.items() for word in (f"--{name}", value)]
    words = ("record", kind, "--reference", "R-1", "--why", "By letter", "--as", DPO, "--json")
    done = privacy(desk, *words, *options, now=now)
    assert done.code == 0, done.err
    return str(done.data["id"])
