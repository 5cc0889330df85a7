"""What is known about one forum software or theme: where the parts of a thread are."""

from __future__ import annotations

from dataclasses import dataclass

Paths = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Where one software keeps the parts of a thread, as XPaths; alternatives are tried in order.

    `bodies` finds every post's text in the document; author, time, edited, heading, number and
    permalink are looked for in a post's frame; `post_id` gives text whose last number is the post's.
    `quotes` and `drop` are looked for in the body, `quoted_beside` in the frame; `emphasis` is what a
    platform without quotes may quote with. `thread_id` matches the thread's number in an address
    (first non-empty group), `page` the number of a later page. `opening` matches the frame of a
    thread's first post; `cut` is the line where a signature begins. `numbered` is False if the ids on the
    page may start again on every page instead of being the platform's.
    """

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
