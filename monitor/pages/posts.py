"""What was posted, as the page shows it after a tap: words alone, never a picture. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from data.matters import MatterView, PostView
from data.web.channels import host_of
from data.web.urls import untracked

MOST = 10
"""So many posts of one matter are shown, the gravest first; a thread may hold hundreds."""
_MOST_CHARS = 5000
_MOST_CHARS_OF_A_NAME = 300
_LONGEST_WORD = 50
_EMPTY_LINES = re.compile(r"\n\s*\n")


def address_of(url: str | None) -> str | None:
    """An address of the web that may stand in a link, without what only tracks its reader."""
    found = untracked(url or "")
    return found if found.startswith(("http://", "https://")) and host_of(found) else None


def posts_of(view: MatterView) -> tuple[PostView, ...]:
    """What is not restricted of it, the gravest first."""
    return shown_posts(post for post in view.posts if not post.restricted)


def shown_posts(posts: Iterable[PostView]) -> tuple[PostView, ...]:
    """All that is restricted, then the rest; cut, so that no post pushes the buttons off the page."""
    found = tuple(posts)
    restricted = [post for post in found if post.restricted]
    others = [post for post in found if not post.restricted]
    return tuple(map(_shown, (*restricted, *others[:MOST])))


def _shown(post: PostView) -> PostView:
    author, title = (_cut(said, _MOST_CHARS_OF_A_NAME) for said in (post.author, post.title))
    text, quoted = (
        _cut(_EMPTY_LINES.sub("\n\n", said or ""), _MOST_CHARS) for said in (post.text, post.quoted)
    )
    return replace(post, author=author, title=title, text=text, quoted=quoted)


def _cut(text: str | None, most: int) -> str:
    """At the end of a word, where that leaves no more out than a word has letters."""
    said = (text or "").strip()
    if len(said) <= most:
        return said
    whole = said[:most].rsplit(maxsplit=1)[0]
    return f"{whole if len(whole) > most - _LONGEST_WORD else said[:most]} …"
