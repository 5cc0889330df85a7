"""Posts labelled with their themes, and which of them are for measuring.

Three kinds: short posts written for this (`training/themed/own.jsonl`); posts of `training/data` labelled
again for their themes (`training/themed/posts.json`, by id); and sentences written by theme, alone and
combined (`training/themed/said.json`), which are only used for training. `training/themed/LABELS.md` holds
the rules. `python -P -m research.training.themes.posts tests/fixtures/triage DEV` writes those held out;
DEV holds `dev.jsonl`, whose harmless posts labelled in `dev.json` are held out as well.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from research.evaluation.labelled_items import bucket, read_items
from research.training.examples import own_items

THEME_DATA = Path(__file__).parents[1] / "themed"
OWN_FILE = "own.jsonl"
POSTS_FILE = "posts.json"
SAID_FILE = "said.json"
DEV_FILE = "dev.json"

HELD_ONE_IN = 5
SAID_SEED = 7
PUT_TOGETHER = 2
"""How often each sentence with one theme is combined with others."""

SHORT_CHARS = 140
"""Longer ones stay alone."""

SAID_ON = ("facebook", "google_review", "mumsnet", "local_forum", "x")
SAID_UNDER = ("", "", "Northvale Residents", "Oakfield parents", "School chat", "Northvale High School")
HARMLESS = ("note", "thank", "respond")
"""Routes whose posts are given themes: what is praised or criticised, not what is to be removed."""

Item = dict[str, Any]


def theme_items(folder: Path = THEME_DATA) -> tuple[list[Item], list[Item]]:
    """(to learn from, held out). The second has the own posts of one family in five, and the harmless ones
    among the posts that no head was trained on.
    """
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


def said_items(folder: Path = THEME_DATA) -> list[Item]:
    """Each sentence of `said.json` as a post, and posts of one to three of them with words about nothing.

    The same each time. Its keys are themes, joined by ", "; "" is about nothing.
    """
    said: dict[str, list[str]] = json.loads((folder / SAID_FILE).read_text(encoding="utf-8"))
    rng = random.Random(SAID_SEED)
    alone = [(key.split(", ") if key else [], text) for key, texts in said.items() for text in texts]
    single = [(themes[0], text) for themes, text in alone if len(themes) == 1 and len(text) < SHORT_CHARS]
    posts = alone + [post for _ in range(PUT_TOGETHER) for post in _together(single, said[""], rng)]
    return [_said_post(number, themes, text, rng) for number, (themes, text) in enumerate(posts, start=1)]


def _together(
    said: Sequence[tuple[str, str]], nothing: Sequence[str], rng: random.Random
) -> Iterator[tuple[list[str], str]]:
    """Every sentence once, one to three of different themes a post, among one or two about nothing."""
    left = rng.sample(said, len(said))
    while left:
        chosen = dict(left.pop() for _ in range(min(len(left), rng.choice((1, 1, 2, 2, 3)))))
        parts = [*chosen.values(), *rng.sample(nothing, rng.choice((1, 1, 2)))]
        rng.shuffle(parts)
        text = " ".join(part if part[-1] in ".!?" else f"{part}." for part in parts)
        yield list(chosen), text.lower() if rng.random() < 0.2 else text


def _said_post(number: int, themes: list[str], text: str, rng: random.Random) -> Item:
    channel = rng.choice(SAID_ON)
    return {
        "id": f"said-{number:04d}",
        "channel": channel,
        "title": rng.choice(SAID_UNDER),
        "text": text,
        "rating": rng.randint(1, 5) if channel == "google_review" else None,
        "themes": themes,
    }


def parts_of(items: Sequence[Item], count: int) -> list[int]:
    """Which of `count` parts each item is in; families and contrast pairs stay whole."""
    return [bucket(f"line:{item.get('family') or item.get('pair') or item['id']}", count) for item in items]


def dev_items(dev: Path, folder: Path = THEME_DATA) -> list[Item]:
    """The harmless posts of `dev.jsonl`, which is never trained on, with their themes."""
    themes = json.loads((folder / DEV_FILE).read_text(encoding="utf-8"))
    return [
        item | {"themes": themes[item["id"]]}
        for item in read_items(dev)
        if item["id"] in themes and item["route"] in HARMLESS
    ]


def write_held(target: Path, dev: Path) -> int:
    """Writes `themes.jsonl` into `target`; returns the number of posts."""
    held = [*theme_items()[1], *dev_items(dev)]
    wanted = ("id", "channel", "title", "text", "rating", "themes")
    lines = (json.dumps({key: item[key] for key in wanted}, ensure_ascii=False) for item in held)
    (target / "themes.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(held)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.training.themes.posts", description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("dev", type=Path)
    chosen = parser.parse_args(arguments)
    write_held(chosen.target, chosen.dev / "dev.jsonl")


if __name__ == "__main__":
    main()
