"""The `schoolgate` command: begins the program where its five packages are its own, and says so where not.

They have names that others may have too. Of the program nothing is
loaded here before that is known.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

ROOMS = ("monitor", "sources", "classifiers", "alerts", "data")


def main() -> None:
    """Runs the command; ends with 1 where another package of one of these names would be run in its place.

    Ours has its `__init__.py` beside this one, and that is empty: one that pip wrote over it is not.
    """
    strange: dict[str, str] = {}
    for room in ROOMS:
        spec, ours = find_spec(room), Path(__file__).resolve().parents[1] / room / "__init__.py"
        origin = spec.origin if spec and spec.origin else ""
        if not origin or Path(origin).resolve() != ours or ours.stat().st_size:
            strange[room] = origin
    if strange:
        sys.exit(_explain(strange))
    from monitor.cli.app import main as command

    command()


def _explain(strange: dict[str, str]) -> str:
    """Say what is wrong, and how to put it right; `strange` is where each package lies that is not ours, ""
    where its `__init__.py` is gone.
    """
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
