"""Where a forum software or theme keeps the parts of a thread."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Paths = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The places where one software keeps the parts of a thread, as XPaths; alternatives are tried in order.

    `bodies` finds every post's text in the document; author, time, edited, heading, number and permalink are
    looked for in a post's frame; `post_id` gives text whose last number is the post's. `quotes` and `drop`
    are looked for in the body, `quoted_beside` in the frame; `emphasis` is what a platform without quotes may
    quote with. `thread_id` matches the thread's number in an address (first non-empty group), `page` the
    number of a later page. `opening` matches the frame of a thread's first post; `cut` is the line where a
    signature begins. `numbered` is False if the ids on the page may start again on every page instead of
    being the platform's."""

    bodies: str
    author: Paths
    time: Paths
    post_id: Paths
    thread_id: str
    title: Paths = ("//h1",)
    quotes: str = ".//blockquote"
    drop: str = ""
    quoted_beside: str = ""
    emphasis: str = ""
    edited: Paths = ()
    heading: Paths = ()
    number: Paths = ()
    permalink: Paths = ()
    deleted: str = ""
    next: Paths = ()
    threads: str = ""
    opening: str = ""
    page: str = r"[?&;](?:page|pg)=(\d+)|/page-?(\d+)"
    cut: str = ""
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Software:
    """One forum software: its shapes, of which the first that finds posts is used; texts in lower case that
    identify such a page, and with what confidence; the channel of its posts.

    In `boards.toml` a section may name another whose shapes are tried after its own (`then`)."""

    shapes: tuple[Shape, ...]
    marks: tuple[tuple[bytes, float], ...]
    channel: str


@cache
def forum_software() -> Mapping[str, Software]:
    """The sections of `boards.toml`, by the name behind `forum.` of their kind."""
    table = tomllib.loads((files("sources.threads") / "boards.toml").read_text(encoding="utf-8"))
    shapes = {name: tuple(map(_shape, section["shapes"])) for name, section in table.items()}
    return {
        name: Software(
            shapes[name] + shapes.get(section.get("then", ""), ()),
            tuple((mark.encode(), sure) for mark, sure in section["marks"]),
            section.get("channel", "local_forum"),
        )
        for name, section in table.items()
    }


def _shape(row: dict[str, Any]) -> Shape:
    fields: dict[str, Any] = {n: tuple(at) if isinstance(at, list) else at for n, at in row.items()}
    return Shape(**fields)
