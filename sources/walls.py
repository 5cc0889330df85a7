"""The wording of pages that are served instead of the page we asked for: `walls.toml`, for
`recognise_block`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import NamedTuple

from data.shipped import read_shipped
from data.types import BlockKind


class WallPattern(NamedTuple):
    """One piece of wording, or markup, that gives a wall away."""

    kind: BlockKind
    where: str
    pattern: re.Pattern[str]


class Wording(NamedTuple):
    """The rows in order, and what an item of a feed says that only tells of a failure."""

    walls: tuple[WallPattern, ...]
    faults: re.Pattern[str]


@cache
def wording() -> Wording:
    """Read once per process."""
    text = read_shipped("sources", "walls.toml")
    for name, words in tomllib.loads(text)["words"].items():
        text = text.replace(f"⟨{name}⟩", words)
    table = tomllib.loads(text)
    walls = [
        WallPattern(BlockKind(row["kind"]), row["where"], re.compile(pattern))
        for row in table["walls"]
        for pattern in row["patterns"]
    ]
    return Wording(tuple(walls), re.compile("|".join(table["faults"]["titles"])))


REASONS: dict[BlockKind, str] = {
    BlockKind.CHALLENGE: "The site asks for proof that a browser is at work",
    BlockKind.CAPTCHA: "The site asks for proof that a person is there (a captcha)",
    BlockKind.CONSENT: "The site shows its consent page instead of the page",
    BlockKind.LOG_IN: "The site asks for a log-in, and we never log in",
    BlockKind.AGE: "The site asks visitors to confirm that they are over 18, which we never do",
    BlockKind.FORBIDDEN: "The site refuses us",
    BlockKind.RATE_LIMITED: "The site says that we have asked too often",
    BlockKind.REMOVED: "The page is no longer there",
    BlockKind.SOFT_404: "The site has no such page, and shows a page saying so",
    BlockKind.SCRIPT_ONLY: "The page has no text without its scripts",
}


KEY_USED_UP = "The budget of its key is used up"
"""How a sentence begins that says so: nobody refuses us, and the day on which it goes on is known."""


def asked_too_often(detail: str) -> bool:
    """Is that what a site said, by the reason of its block?"""
    return detail.startswith(REASONS[BlockKind.RATE_LIMITED])


def needs_scripts(detail: str) -> bool:
    """Did a page show nothing without its scripts, by the reason of its block? Nobody there refuses us."""
    return detail.startswith(REASONS[BlockKind.SCRIPT_ONLY])
