"""Writes the held-out posts: `python -P -m research.training.own_posts.holdout tests/fixtures/triage`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from research.training.examples import OWN_DATA, own_items


def write_holdout(folder: Path) -> int:
    """Writes the held-out items and their schools, each with its own URN; returns the number of items."""
    _, held = own_items()
    wanted = {item["school"] for item in held}
    schools = [
        s for path in sorted(OWN_DATA.glob("*_schools.json")) for s in json.loads(path.read_text("utf-8"))
    ]
    lines = (json.dumps(item, ensure_ascii=False) for item in held)
    (folder / "holdout.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    chosen = [s | {"urn": f"98{n:04}"} for n, s in enumerate(s for s in schools if s["id"] in wanted)]
    text = json.dumps(chosen, indent=1, ensure_ascii=False) + "\n"
    (folder / "holdout_schools.json").write_text(text, encoding="utf-8")
    return len(held)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.training.own_posts.holdout", description=__doc__)
    parser.add_argument("folder", type=Path)
    write_holdout(parser.parse_args(arguments).folder)


if __name__ == "__main__":
    main()
