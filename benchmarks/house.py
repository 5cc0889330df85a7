"""How a checkout is built: its size, what words a matter, where arrows run back, what three commands enter.

python -P benchmarks/house.py [--list] [--json] [--budget] [--still] [--root DIR]

Counted are the product's rooms alone. `--list` names what is counted, `--json` prints one object, `--still`
runs no command (some seconds instead of some twenty), `--root` measures another checkout with the same
instrument. `--budget` writes what has shrunk into `benchmarks/budget.toml`. What each line counts, and how:
`house_parts/source.py`, `graph.py`, `matters.py`, `entering.py`.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parent))

from house_parts import budget, entering, graph, matters, source  # noqa: E402


def main() -> None:
    """Print what there is, or (called by itself) note what one command enters."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--list", action="store_true", help="Name what is counted.")
    options.add_argument("--json", action="store_true", help="Print the figures as one JSON object.")
    options.add_argument("--budget", action="store_true", help="Write lower figures into the budget.")
    options.add_argument("--still", action="store_true", help="Run no command.")
    options.add_argument("--played", type=Path, help="The home of a demo played already (not written to).")
    options.add_argument("--root", type=Path, default=HERE.parents[1], help="The checkout to measure.")
    options.add_argument("--enter", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    given = options.parse_args()
    root = given.root.resolve()
    sys.path.insert(0, str(root))
    if given.enter:
        entering.enter(root, given.enter[0], given.enter[1:])
        return
    gc.disable()  # half of the time would go into looking through trees that stay
    values: dict[str, float] = {}
    for figure in figures(root, given.played, still=given.still):
        values |= figure.values
        for line in (
            () if given.json else (figure.said, *(f"    {name}" for name in figure.names if given.list))
        ):
            print(line, flush=True)
    if given.json:
        print(json.dumps(values, indent=2))
    if given.budget:
        budget.lower(root, values)


def figures(root: Path, played: Path | None = None, *, still: bool = False) -> Iterator[source.Figure]:
    """Yield every figure of a checkout, the dear ones last."""
    checkout = source.Checkout(root)
    yield from source.sizes(checkout)
    yield from matters.of_matters(checkout)
    yield from graph.imported()
    if not still:
        yield from entering.commands(root, played)


if __name__ == "__main__":
    main()
