"""A post's words are not on the page: is it the page they stood on, whole, with a place for them?

Paging moves posts, sites show a part to those logged out, answers come cut off: then nothing is proved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import parse_qsl, urldefrag, urlsplit

from data.cases import Check
from data.types import Mention, MentionKind, Page, Response
from data.urls import canonical_url
from sources.dom import Element, find
from sources.markup import decode, left_out
from sources.recheck_seen import Seen, cannot
from sources.recheck_words import Stands, holds, same_words, stands

_MORE = re.compile(
    r"\b(load|show|view|see|read|expand) (\d+ |all |the )?(more|hidden|other|earlier|older|newer|previous|"
    r"remaining) (\d+ )?(comments?|repl(y|ies)|posts?|reviews?|messages?|answers?)\b|\bload more\b"
    r"|\b(log ?in|sign ?in|register|join) (or [\w ]{1,20})?to (see|view|read|show|continue)\b|members only"
    r"|mewngofnod\w* i (weld|ddarllen)|\bllwytho rhagor\b",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"(page|paged|pageno|p|start|offset|cursor|after|before)$", re.IGNORECASE)
_IN_PATH = re.compile(r"/(page|p)[-/]?\d+\b", re.IGNORECASE)
_NEXT = (
    "//link[@rel='next' or @rel='prev'] | //a[@rel='next' or @rel='prev'] | "
    "//*[contains(@class, 'pagination') or contains(@class, 'pager')"
    " or contains(@class, 'pageNav')]//a[@href]"
)


@dataclass(frozen=True, slots=True)
class Sought:
    """The post looked for: its exact address and, as far as they are still held, its words.

    `title` is its thread's, or its own. `published` is aware, None where it was never known.
    """

    url: str
    mention_id: str = ""
    kind: str = MentionKind.POST.value
    title: str = ""
    text: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it came: what its collector read, its elements, all its text."""

    response: Response
    page: Page
    root: Element | None
    text: str


def absent(sought: Sought, shown: Shown, at_all: Stands) -> Seen:
    """GONE only where the post's place on its own page is seen to be empty; `at_all`: how much stands."""
    doubt = _doubt(sought, shown, at_all)
    if doubt:
        return cannot(doubt)
    others = [m for m in shown.page.mentions if m.kind is not MentionKind.ARTICLE]
    if not others:
        return cannot("alone")
    between = _is_between(sought, others)
    if not _same_thread(sought, shown) and not (between and sought.kind == MentionKind.REVIEW):
        return cannot("other_page")
    if between or not _is_paged(sought.url, shown):
        return Seen(Check.GONE, "absent")
    return cannot("paged")


def elsewhere(asked: str, came: str) -> bool:
    """Does the answer come from another page than was asked for? `www.` and tracking do not count."""
    return canonical_url(urldefrag(asked).url) != canonical_url(urldefrag(came).url)


def _doubt(sought: Sought, shown: Shown, at_all: Stands) -> str:
    """Why it proves nothing that the words are missing, "" where it may prove something."""
    page = shown.page
    reasons = (
        ("elsewhere", elsewhere(sought.url, shown.response.url)),
        ("no_words", not sought.text.strip()),
        ("partly", at_all is Stands.PARTLY or _in_source(sought, shown)),
        ("unread", page.block is not None or not page.mentions),
        ("cut", bool(left_out(shown.response)) or not _ends(shown.response)),
        ("more", _MORE.search(shown.text) is not None),
    )
    return next((code for code, holds_ in reasons if holds_), "")


def _in_source(sought: Sought, shown: Shown) -> bool:
    """Do its words stand in the page's source, as in data for its scripts?"""
    response = shown.response
    source = decode(response.body, response.header("content-type"))[0]
    return stands(sought.text, unescape(source)) is not Stands.NONE


def _is_between(sought: Sought, others: Sequence[Mention]) -> bool:
    """Do posts from before it and from after it both stand on this page?"""
    times = [m.published for m in others if m.published is not None]
    at = sought.published
    return at is not None and any(t < at for t in times) and any(t > at for t in times)


def _same_thread(sought: Sought, shown: Shown) -> bool:
    """Does the page, or a post on it, bear the thread's title?"""
    if any(same_words(m.title, sought.title) for m in shown.page.mentions):
        return True
    heads = [] if shown.root is None else find(shown.root, "//title | //h1")
    return any(holds(" ".join(head.itertext()), sought.title) for head in heads)


def _is_paged(url: str, shown: Shown) -> bool:
    """Is it one page of several?"""
    parts = urlsplit(url)
    numbered = any(_PAGE_NUMBER.match(name) for name, _ in parse_qsl(parts.query))
    linked = shown.root is not None and bool(find(shown.root, _NEXT))
    return numbered or linked or _IN_PATH.search(parts.path) is not None or shown.page.next is not None


def _ends(response: Response) -> bool:
    """Does an HTML document come to its end? A cut one shows only a part of its posts."""
    body = response.body.lower()
    return b"<html" not in body[:4000] or b"</html" in body[-4000:] or b"</body" in body[-4000:]
