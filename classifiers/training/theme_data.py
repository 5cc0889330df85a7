"""Posts labelled with what they are about, and which of them are for measuring.

Two kinds: short posts written for this (`training/themed/own.jsonl`), and posts of `training/data` read
again for their themes (`training/themed/posts.json`, by id). `training/themed/LABELS.md` holds the rules.
`python -P -m classifiers.training.theme_data tests/fixtures/triage DEV` writes those held out;
DEV holds `dev.jsonl`, of which the harmless posts that `dev.json` labels are held out as well.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classifiers.splits import bucket, read_items
from classifiers.training.examples import own_items

THEME_DATA = Path(__file__).with_name("themed")
OWN_FILE = "own.jsonl"
POSTS_FILE = "posts.json"
DEV_FILE = "dev.json"

HELD_ONE_IN = 5
LINE_ONE_IN = 6
HARMLESS = ("note", "thank", "respond")
"""Routes whose posts are given themes: what is praised or criticised, not what is to be removed."""

Item = dict[str, Any]


def theme_items(folder: Path = THEME_DATA) -> tuple[list[Item], list[Item]]:
    """(to learn from, held out); the second holds the own posts of one family in five, and the harmless
    ones among the posts that no head was trained on."""
    own = read_items(folder / OWN_FILE)
    themes = json.loads((folder / POSTS_FILE).read_text(encoding="utf-8"))
    kept, held = own_items()
    learnt = [item | {"themes": themes[item["id"]]} for item in kept if item["id"] in themes]
    measured = [
        item | {"themes": themes[item["id"]]}
        for item in held
        if item["id"] in themes and item["route"] in HARMLESS
    ]
    families = [bucket(item["family"], HELD_ONE_IN) == 0 for item in own]
    return (
        [item for item, out in zip(own, families, strict=True) if not out] + learnt,
        [item for item, out in zip(own, families, strict=True) if out] + measured,
    )


def parted(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """(to fit on, to find the line on): families and contrast pairs stay whole."""
    keys = [str(item.get("family") or item.get("pair") or item["id"]) for item in items]
    line = [bucket(f"line:{key}", LINE_ONE_IN) == 0 for key in keys]
    return (
        [item for item, out in zip(items, line, strict=True) if not out],
        [item for item, out in zip(items, line, strict=True) if out],
    )


def dev_items(dev: Path, folder: Path = THEME_DATA) -> list[Item]:
    """The harmless posts of `dev.jsonl`, which nothing is ever trained on, with their themes."""
    themes = json.loads((folder / DEV_FILE).read_text(encoding="utf-8"))
    return [
        item | {"themes": themes[item["id"]]}
        for item in read_items(dev)
        if item["id"] in themes and item["route"] in HARMLESS
    ]


def write_held(target: Path, dev: Path) -> int:
    """Writes `themes.jsonl` into `target`; gives the number of posts."""
    held = [*theme_items()[1], *dev_items(dev)]
    wanted = ("id", "channel", "title", "text", "rating", "themes")
    lines = (json.dumps({key: item[key] for key in wanted}, ensure_ascii=False) for item in held)
    (target / "themes.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(held)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="classifiers.training.theme_data", description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("dev", type=Path)
    chosen = parser.parse_args(arguments)
    write_held(chosen.target, chosen.dev / "dev.jsonl")


if __name__ == "__main__":
    main()
