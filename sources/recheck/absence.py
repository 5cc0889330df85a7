"""A post's words are not on the page: is this the right page, complete, where they ought to be?

Paging moves posts, sites show only a part to those logged out, answers arrive cut off: that is no proof.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urldefrag, urlsplit

from data.steps.codes import Check
from data.types import Mention, MentionKind, Page, Response
from data.web.urls import canonical_url
from data.web.visible import unescaped
from sources.html.dom import Element, find
from sources.html.markup import decode, left_out
from sources.recheck.word_overlap import Overlap, holds, overlap, same_words


@dataclass(frozen=True, slots=True)
class RecheckFinding:
    """The result of a look; `code` says why, and `SAID` has the sentence for it."""

    check: Check
    code: str

    @property
    def said(self) -> str:
        """Why, as a sentence that does not quote the post."""
        return SAID[self.code]


SAID = {
    "status": "The site says that there is no such page any more.",
    "notice": "The site shows a notice in place of the page: it was removed, or there is no such page.",
    "tombstone": "In its place the site says that the post was removed.",
    "absent": "The page is there, with the posts around it; this post is not among them.",
    "stands": "The post's words are there.",
    "element": "The post is there; we no longer hold its words, so they were not compared.",
    "changed": "The post is there, but its words are not the ones we hold.",
    "mostly": "Most of the post's words are there, but not all.",
    "log_in": "The site asks for a log-in, and we never log in.",
    "wall": "The site shows a wall instead of the page (a check for robots, consent, a refusal).",
    "robots": "The site's robots.txt asks programs not to read this address: a person has to look.",
    "elsewhere": "The site redirects to a different page, which proves nothing.",
    "region": "The site does not show it here (region or legal reasons); others may still see it.",
    "hedged": "It is not clear that it was removed: it may be hidden, or the site may have a fault.",
    "notice_and_words": "The text in its place may be somebody's own words, or may only hide it.",
    "trouble": "The site did not answer, or has a fault of its own.",
    "too_large": "The answer is too large to read in full.",
    "too_much": "Reading the page took too long or too much memory, and was stopped.",
    "empty": "The page came without content.",
    "script": "The page has no text without its scripts: a person has to look.",
    "unread": "No posts could be read on the page, so it proves nothing that this one is missing.",
    "cut": "The page did not arrive in full.",
    "no_words": "We no longer hold the post's words, so we cannot look for them.",
    "signed_in": "It was seen signed in, and to somebody its author blocked a post is gone. Look signed out.",
    "partly": "Some of the post's words are there; it may have been quoted, or changed.",
    "paged": "The thread continues on other pages, and the post may have moved to one of them.",
    "more": "The page does not show all its posts (more to load, or for members only).",
    "other_page": "The page is not the one that the post was on.",
    "no_address": "We no longer hold an address for the post.",
    "barred": "We never open this address again: it may show a child, or is for the safeguarding lead alone.",
    "profile": "The address is somebody's profile, and we never read profiles.",
    "account": "Whether an account exists: a person has to look; the program reads and lists no account.",
    "search": "A search engine's results for a name: a person has to look; the program searches for nobody.",
    "person": "A person looked for themselves.",
    "copy": "A scan found the same words elsewhere.",
    "alone": "The page shows no other post, so it proves nothing that this one is missing.",
}
"""The reason for each result, by code."""


def cannot_tell(code: str) -> RecheckFinding:
    """The result “we cannot tell”, for this reason."""
    return RecheckFinding(Check.CANNOT_TELL, code)


_MANY = r"(comments|replies|posts|reviews|messages|answers)"
_ONE = r"(comments?|repl(y|ies)|posts?|reviews?|messages?|answers?)"
_MORE = re.compile(
    r"\b(load|show|view|see|read|expand) "
    rf"((\d+ |all |the )*(more|hidden|collapsed|other|earlier|older|newer|previous|remaining) (\d+ )?{_ONE}"
    rf"|(all |the )*\d+ {_ONE}|(all |the )+{_MANY}|(comments|replies))\b|\b(load|show|view|see) more\b"
    rf"|\b\d+ more {_ONE}\b|(?<!\bno )\bmore (comments|replies)\b"
    r"|\bcontinue (reading )?(this|the) (thread|discussion)\b"
    rf"|\b(\d+ {_ONE} (are |is )?(hidden|collapsed|not shown)|(hidden|collapsed) {_ONE})\b"
    r"|\b(log ?in|sign ?in|sign ?up|register|join|subscribe) (or [\w ]{1,20})?to "
    r"(view|see|read|show|continue)\b"
    r"|members only|\bnot (be )?(visible|shown) to\b|\b(limited|hidden) (for|to|from) (guests|visitors)\b"
    r"|\b(visitors|guests) (can ?not|can.t|may not|do not|don.t) (see|view|read)\b"
    r"|mewngofnod\w* i (weld|ddarllen)|\b(llwytho|gweld|dangos|darllen) (rhagor|mwy|pob|yr holl)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"\b(?:page|tudalen) (?P<n>\d{{1,9}}) (?:of|o) (?P<all>\d{{1,9}})\b"
    rf"|\b(?P<some>\d{{1,9}}) (?:of|out of) (?P<more>\d{{1,9}}) {_ONE}\b",
    re.IGNORECASE,
)
"""“1–20 of 41 comments”, “Page 1 of 3”: the page shows fewer than there are."""
_PAGE_NUMBER = re.compile(r"(page\w*|pg|p|st|start|skip|from|offset|cursor|after|before)$", re.IGNORECASE)
_IN_PATH = re.compile(r"/(page|p)[-/]?\d+\b", re.IGNORECASE)
_NEXT = (
    "//link[@rel='next' or @rel='prev'] | //a[@rel='next' or @rel='prev'] | "
    "//*[contains(@class, 'pagination') or contains(@class, 'pager')"
    " or contains(@class, 'pageNav')]//a[@href]"
)
_TO_A_PAGE = re.compile(r"\W*(\d+|next|older|newer|nesaf)?\W*(page)?\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SoughtPost:
    """The post to look for: its exact address and, if we still hold them, its words.

    `title` is its thread's, or its own. `published` is aware, None if it was never known.
    """

    url: str
    mention_id: str = ""
    kind: str = MentionKind.POST.value
    title: str = ""
    text: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as received: what its collector read, its elements, all its text."""

    response: Response
    page: Page
    root: Element | None
    text: str


def absent(sought: SoughtPost, shown: ShownPage, at_all: Overlap) -> RecheckFinding:
    """GONE only if the post's place on its own page is seen to be empty; `at_all`: how much is there."""
    # why missing words prove nothing here, "" if they may
    page = shown.page
    reasons = (
        ("elsewhere", elsewhere(sought.url, shown.response.url)),
        ("no_words", not sought.text.strip()),
        ("partly", at_all is Overlap.PARTLY or in_source(sought, shown.response)),
        ("unread", page.block is not None or not page.mentions),
        ("cut", bool(left_out(shown.response)) or not _ends(shown.response)),
        (
            "more",
            _MORE.search(shown.text) is not None or (_counts(shown) and not _has_pages(sought.url, shown)),
        ),
    )
    doubt = next((code for code, holds_ in reasons if holds_), "")
    if doubt:
        return cannot_tell(doubt)
    others = [m for m in shown.page.mentions if m.kind is not MentionKind.ARTICLE]
    if not others:
        return cannot_tell("alone")
    between = _is_between(sought, others, shown)
    if not _same_thread(sought, shown) and not (between and sought.kind == MentionKind.REVIEW):
        return cannot_tell("other_page")
    if between or not (_has_pages(sought.url, shown) or _counts(shown)):
        return RecheckFinding(Check.GONE, "absent")
    return cannot_tell("paged")


def elsewhere(asked: str, came: str) -> bool:
    """Is the answer from a different page than we asked for? `www.` and tracking do not count."""
    return canonical_url(urldefrag(asked).url) != canonical_url(urldefrag(came).url)


def in_source(sought: SoughtPost, response: Response) -> bool:
    """Are its words in the page's source, for example in data for its scripts?"""
    source = decode(response.body, response.header("content-type"))[0]
    return overlap(sought.text, unescaped(source)) is not Overlap.NONE


def _is_between(sought: SoughtPost, others: Sequence[Mention], shown: ShownPage) -> bool:
    """Does this page, sorted by time, hold posts from both before and after it?

    A page that puts the best first may have moved it to another page. A thread's first post may be repeated
    at the top of every page, so it does not count there.
    """
    times = [m.published for m in others if m.published is not None]
    at = sought.published
    ordered = sorted(times)
    if at is None or times not in (ordered, ordered[::-1]):
        return False
    before = [t for t in times if t < at]
    # might it not be the first page?
    back = shown.root is not None and bool(find(shown.root, "//link[@rel='prev'] | //a[@rel='prev']"))
    top = times[0] if (back or _numbered(sought.url)) else None
    return before not in ([], [top]) and any(t > at for t in times)


def _same_thread(sought: SoughtPost, shown: ShownPage) -> bool:
    """Does the page, or a post on it, have the thread's title?"""
    if any(same_words(m.title, sought.title) for m in shown.page.mentions):
        return True
    heads = [] if shown.root is None else find(shown.root, "//title | //h1")
    return any(holds(" ".join(head.itertext()), sought.title) for head in heads)


def _has_pages(url: str, shown: ShownPage) -> bool:
    linked = shown.root is not None and (bool(find(shown.root, _NEXT)) or _links_to_pages(shown.root))
    return linked or _numbered(url) or shown.page.next is not None


def _counts(shown: ShownPage) -> bool:
    """Does the page say that it shows fewer than there are?"""
    found = (c.groupdict() for c in _COUNTED.finditer(shown.text))
    return any(int(c["n"] or c["some"]) < int(c["all"] or c["more"]) for c in found)


def _numbered(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    named = any(_PAGE_NUMBER.match(name) for name, _ in parse_qsl(parts.query))
    return named or _IN_PATH.search(parts.path) is not None


def _links_to_pages(root: Element) -> bool:
    """Are there links labelled with a number or “next” that lead to a numbered address?"""
    return any(
        _TO_A_PAGE.fullmatch(" ".join(link.itertext())[:40]) and _numbered(link.get("href"))
        for link in find(root, "//a[@href]")
    )


def _ends(response: Response) -> bool:
    """Is an HTML document complete? One cut off shows only some of its posts."""
    body = response.body.lower()
    return b"<html" not in body[:4000] or b"</html" in body[-4000:] or b"</body" in body[-4000:]
