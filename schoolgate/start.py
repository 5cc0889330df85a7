"""The `schoolgate` command: begins the program where its five packages are its own, and says so where not.

They have names that others may have too (docs/decisions/0001-flat-packages.md). Of the program nothing is
loaded here before that is known.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

ROOMS = ("monitor", "sources", "classifiers", "alerts", "data")


def main() -> None:
    """Runs the command; ends with 1 where another package of the same name would be run in its place."""
    if strange := {room: at for room in ROOMS if (at := _strange(room)) is not None}:
        sys.exit(_told(strange))
    from monitor.cli.app import main as command

    command()


def _strange(room: str) -> str | None:
    """None where that package is ours: its `__init__.py` lies beside this one and is empty. Else where the
    one lies that is found in its place, "" where none is."""
    spec = find_spec(room)
    origin = spec.origin if spec and spec.origin else ""
    ours = Path(__file__).resolve().parents[1] / room / "__init__.py"
    is_ours = origin and Path(origin).resolve() == ours and not ours.stat().st_size
    return None if is_ours else origin


def _told(strange: dict[str, str]) -> str:
    """What is wrong, and how to put it right."""
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    others = sorted({who for room in strange for who in owners.get(room, ())} - {"schoolgate"})
    brought = f", brought by {', '.join(others)}" if others else ""
    remove = f"; or take that out: pip uninstall {' '.join(others)}" if others else ""
    return "\n".join(
        [
            f"Schoolgate does not start: another package has the name of one of its own{brought}.",
            *(f"  {room}: {at or 'its __init__.py is gone'}" for room, at in strange.items()),
            "Nothing was read or changed. Install Schoolgate in an environment of its own "
            f"(docs/installing.md){remove}.",
        ]
    )
