"""Which software a board runs on, and the feeds and lists that software gives. Pure.

The forms of the addresses come from the programs themselves; a board may have its feeds switched off, so
what is formed here is asked before it is watched.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

_READ = 400_000
_INVISION = "Invision Community"


@dataclass(frozen=True, slots=True)
class Board:
    """One software. `kind` reads its threads and lists; `marks` are any of its pages' own words.

    `root` finds the board's address in a page's; `below` are its feeds, written after that. `thread` and
    `section` recognise the addresses of a thread and of a list of threads."""

    name: str
    kind: str
    marks: Sequence[str]
    root: str
    below: Sequence[str]
    thread: str
    section: str


_TABLE = tomllib.loads(Path(__file__).with_name("boards.toml").read_text(encoding="utf-8"))
BOARDS = tuple(Board(**row) for row in _TABLE["boards"])
"""Those whose marks are surest first: some themes of one speak of another."""


def board_of_page(text: str) -> Board | None:
    """The software whose marks a page has, by the most of them; None where it has none."""
    lowered = text[:_READ].lower() + text[-_READ // 4 :].lower()
    counted = [(sum(re.search(mark, lowered) is not None for mark in board.marks), board) for board in BOARDS]
    most, board = max(counted, key=lambda pair: pair[0])
    return board if most else None


_FEED = re.compile(
    r"/(?:forums/-/index\.rss|syndication\.php|index\.php\?action=\.xml|discussions/feed\.rss|atom/discussions"
    r"|extern\.php\?action=feed|external\.php\?type=rss2|(?:recent)?posts\.rss|latest\.rss|(?:app\.php/)?feed\.php"
    r"|app\.php/feed)",
    re.IGNORECASE,
)


def is_boards_feed(url: str) -> bool:
    """Is it the address of a feed as only a board's software forms it?"""
    return _FEED.search(url) is not None


def board_feeds(board: Board, text: str, url: str) -> Iterator[str]:
    """The addresses of the board's feeds, as its software forms them; `text` and `url` are a page's."""
    root = _root(board, text, url)
    return (root + below for below in board.below)


def _root(board: Board, text: str, url: str) -> str:
    """The board's own address: what its page says, where that is needed, else found in the page's address."""
    told = re.search(r'baseURL:\s*"(?:https?:)?//([^"\s]+)"', text) if board.name == _INVISION else None
    if told:
        return f"https://{told[1]}"
    parts = urlsplit(url)
    found = re.match(board.root, parts.path + (f"?{parts.query}" if parts.query else ""))
    return urljoin(url, str(found["root"]) if found else "/")
