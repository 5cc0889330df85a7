"""News that a post passes on: the headline where a paper is named or linked, and what its poster adds. Pure.

“BBC News: …”, “… - Northvale Gazette”, “via @northvaleecho”, “read more in the Herald”, a link to a paper,
a paper's own account. A paper that is only spoken of in passing names no headline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from classifiers.signals.patterns import REVIEWS, PossiblePatterns
from classifiers.text.model_text import family_of, is_article
from classifiers.text.word_files import WordFile
from data.types import Mention, MentionKind
from data.web.channels import WEBSITE, channel_at, domains_of, press_hosts

_WORDS = WordFile(Path(__file__).with_name("shared.toml"))
_KINDS, _COMMON_KINDS, _HOUSE_NAMES = (
    one.pattern for one in _WORDS.patterns("kinds", "common_kinds", "house_names")
)
_WORDS.give(run_on=_KINDS.replace(" ", ""), with_hyphens=_KINDS.replace(" ", "-?"))
_LINK, _ANY_LINK, _OF_A_PAPER, _BEFORE, _AFTER, _STORY, _COLON, _DASH, _SAYS_SO, _ACCOUNT = _WORDS.patterns(
    "link", "any_link", "of_a_paper", "before", "after", "story", "colon", "dash", "says_so", "account"
)
_LINES = 12
_LONGEST_LINE = 400
_LEAST_OF_A_HEADLINE = 3
_OWN_WORDS = 3
_ACCOUNTS = frozenset(("x", "bluesky", "youtube", "tiktok", "instagram", "threads", "mastodon"))
"""Channels whose title names the account. Elsewhere one that bears a headline heads what others say below."""
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)


@dataclass(frozen=True, slots=True)
class SharedNews:
    """The headline of a paper in a post, and what more it `tells`; whether the poster `adds` words."""

    headline: str
    adds: bool
    tells: str = ""


def shared_news(mention: Mention) -> SharedNews | None:
    """The news that a post passes on; None where it is an article itself, or no paper is named or linked."""
    if is_article(mention) or mention.channel in REVIEWS or family_of(mention.channel) == "encyclopedia":
        return None
    title = "" if mention.kind in _ANSWERS else mention.title.strip()[:_LONGEST_LINE]
    text = mention.text
    if not _possible().of(f"{title} {text}".lower()):
        return None
    lines = [line.strip()[:_LONGEST_LINE] for line in text.split("\n")[:_LINES] if line.strip()]
    if title and mention.channel in _ACCOUNTS and _ACCOUNT.fullmatch(title):
        return _first_of(lines)
    for at, line in enumerate([title, *lines]):
        found = _in_line(line)
        if found is None and (link := _link_in(line)):
            found = _headline_of_link(line, link, lines[: at - 1] if at else [], title)
        if found is not None:
            headline, rest = found
            others = (other for n, other in enumerate(lines, 1) if n != at and other != headline)
            adds = len(_LINK.sub(" ", " ".join((rest, *others))).split()) >= _OWN_WORDS
            return (
                None if adds and not at and mention.channel not in _ACCOUNTS else SharedNews(headline, adds)
            )
    return None


@lru_cache(maxsize=1)
def _possible() -> PossiblePatterns:
    """One of these is in whatever names or links a paper."""
    return PossiblePatterns(
        ["http", r"www\.", *_HOUSE_NAMES.split("|"), *_KINDS.split("|"), *_COMMON_KINDS.split("|")]
    )


def _first_of(lines: list[str]) -> SharedNews | None:
    headline, _, tells = _ANY_LINK.sub(" ", " ".join(lines)).strip().partition(". ")
    return SharedNews(headline, adds=False, tells=tells) if headline else None


def _in_line(line: str) -> tuple[str, str] | None:
    """The headline of a line that names a paper, and what stands behind."""
    plain = _ANY_LINK.sub(" ", line).strip()
    if not _possible().of(plain.lower()):
        return None
    for mark, form in ((_COLON, _BEFORE), (_DASH, _AFTER), (_SAYS_SO, _STORY)):
        found = form.match(plain) if mark.search(plain) else None
        if found and len(found["headline"].split()) >= _LEAST_OF_A_HEADLINE:
            if form is not _BEFORE:
                return found["headline"].strip(), found["rest"]
            headline, _, rest = found["headline"].partition(". ")
            return headline, rest
    return None


def _link_in(line: str) -> re.Match[str] | None:
    """The first link to a paper in a line."""
    if "." not in line:
        return None
    return next((link for link in _LINK.finditer(line) if _leads_to_a_paper(link[1].lower())), None)


def _leads_to_a_paper(host: str) -> bool:
    if not press_hosts().isdisjoint(domains_of(host)):
        return True
    return channel_at(f"https://{host}") == WEBSITE and any(map(_OF_A_PAPER.fullmatch, host.split(".")[:-1]))


def _headline_of_link(
    line: str, link: re.Match[str], before: list[str], title: str
) -> tuple[str, str] | None:
    """The headline that goes with a link: before it in its line, else the line above, else the title."""
    own = _ANY_LINK.sub(" ", line.replace(link[0], " ")).strip()
    for said in (own, *before[-1:], title):
        if len(said.split()) >= _LEAST_OF_A_HEADLINE:
            return said, "" if said == own else own
    return None
