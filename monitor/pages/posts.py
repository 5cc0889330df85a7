"""What was posted, as the page shows it after a tap: words alone, never a picture. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.steps.codes import BypassRoute
from data.store.alerts.alerts import RestrictedText
from data.store.verdicts.stories import StoryMention
from data.web.channels import host_of
from data.web.urls import untracked
from monitor.pages.reading import SeenMatter

MOST = 10
"""So many posts of one matter are shown, the gravest first; a thread may hold hundreds."""
_MOST_CHARS = 5000
_MOST_CHARS_OF_A_NAME = 300
_LONGEST_WORD = 50
_EMPTY_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class ShownPost:
    """One post. `address` is "" where none is known; `leads` says whether it may be opened from here.

    `edited` is the number of its version, 0 of the first. `enclosed` says that something came with it.
    """

    author: str
    title: str
    text: str
    quoted: str
    address: str = ""
    leads: bool = True
    edited: int = 0
    enclosed: bool = False


def address_of(url: str | None) -> str | None:
    """An address of the web that may stand in a link, without what only tracks its reader."""
    found = untracked(url or "")
    return found if found.startswith(("http://", "https://")) and host_of(found) else None


def posts_of(seen: SeenMatter) -> tuple[ShownPost, ...]:
    """What is not restricted of it, the gravest first."""
    post = seen.post
    others = sorted((m for m in seen.story.mentions if m is not post), key=lambda m: -m.verdict.severity)
    return tuple(_plain(m) for m in (post, *others) if not m.restricted)[:MOST]


def read_of(seen: SeenMatter, texts: Sequence[RestrictedText]) -> tuple[ShownPost, ...]:
    """All that is restricted, once a reading is on record, then the rest. Nothing is opened from here where
    it may be a picture of a child.
    """
    leads = seen.matter.bypass is not BypassRoute.CHILD_IMAGE
    restricted = [
        ShownPost(
            *_said(t),
            address=t.url or "",
            leads=leads and address_of(t.url) is not None,
            edited=t.n if t.n > 1 else 0,
            enclosed=bool(t.enclosed),
        )
        for t in texts
    ]
    return (*restricted, *posts_of(seen))


def _plain(m: StoryMention) -> ShownPost:
    return ShownPost(
        *_said(m),
        address=m.url or "",
        leads=address_of(m.url) is not None,
        edited=m.version if m.version > 1 else 0,
        enclosed=bool(m.enclosed),
    )


def _said(post: RestrictedText | StoryMention) -> tuple[str, str, str, str]:
    """Author, title, text and quote, so that no post pushes the buttons off the page."""
    author, title = (_cut(said, _MOST_CHARS_OF_A_NAME) for said in (post.author, post.title))
    text, quoted = (
        _cut(_EMPTY_LINES.sub("\n\n", said or ""), _MOST_CHARS) for said in (post.text, post.quoted)
    )
    return author, title, text, quoted


def _cut(text: str | None, most: int) -> str:
    """At the end of a word, where that leaves no more out than a word has letters."""
    said = (text or "").strip()
    if len(said) <= most:
        return said
    whole = said[:most].rsplit(maxsplit=1)[0]
    return f"{whole if len(whole) > most - _LONGEST_WORD else said[:most]} …"
