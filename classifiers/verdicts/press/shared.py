"""News that a post passes on: the headline in it where a paper is named or linked, and what its poster adds. Pure.

“BBC News: …”, “… - Northvale Gazette”, “via @northvaleecho”, “read more in the Herald”, a link to a paper,
a paper's own account. A paper that is only spoken of in passing names no headline.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from classifiers.signals.possible import PossiblePatterns
from classifiers.signals.rule import REVIEWS
from classifiers.text.model_text import family_of, is_article
from data.types import Mention, MentionKind
from data.web.channels import WEBSITE, channel_at, domains_of, press_hosts

_KINDS = "gazette|echo|herald|chronicle|courier|advertiser|argus|observer|mercury|examiner|guardian|telegraph|tribune|bulletin|journal|evening post|evening news|daily post|daily mail"
_COMMON_KINDS = "news|times|post|mail|leader|star|express|press|standard|mirror|citizen|record|reporter|messenger|live|independent|sun|today|online"
"""Also ordinary words: they need their capital, and a place or another name with its own before them."""
_OF_SCHOOL = "schools?|primary|juniors?|infants?|nursery|academy|college|grammar|secondary|ysgol|year|class|form|pta|parents?|pupils?|students?|teachers?|homework|assembly|evening|term|lunch|dinners?|breakfast|uniform|drop|pick|off|bus|sports?|exams?"
_CAPITAL = r"(?-i:(?=[A-Z]))"
_HOUSES = rf"bbc(?: (?:news|wales|scotland|radio|look \w+|\w+ news))*|itv(?: news)?(?: \w+)?|sky news|stv(?: news)?|channel 4 news|s4c|wales ?online|nation\.? ?cymru|golwg ?360|newyddion s4c|lbc|schools week|tes magazine|the (?:i paper|{_CAPITAL}(?:sun|times|mirror|independent|standard|star))|metro news|mailonline"
_HOUSE_NAMES = "bbc|itv|sky|stv|channel4|channel 4|s4c|wales|nation|golwg|newyddion|lbc|schools week|tes|metro|thei|the i|inews"
_NO_PAPER = r"(?!(?:the )?(?:good|bad|sad|great|big|fake|breaking|school|club|exciting|latest|more|our|local|old|any|some|last|first|this|that|my|hard|tough|best|class|parent|pta|in|on|of|for|at|and|is|no) )"
_PAPER = rf"(?:{_HOUSES}|{_NO_PAPER}(?:the )?(?:[\w&'’.]+ ){{0,3}}?[\w&'’.]*(?:{_KINDS})|{_NO_PAPER}(?:the )?(?:(?!(?:{_OF_SCHOOL}|on|of|for|to|the|a|and|my|our|in|at)\b){_CAPITAL}[\w&'’.]+ ){{1,3}}?{_CAPITAL}(?:{_COMMON_KINDS}))(?: ?\(?@\w+\)?)?"
_HANDLE = rf"@(?!\w*(?:school(?!s)|primary|academy|college|pta))\w*?(?:bbc|itv|skynews|stv|{_KINDS.replace(' ', '')}|news|times|post|mail|leader|live|online|radio|fm)(?:_?(?:uk|online|live|news|wales|local|scot))?(?!\w)"
_LINK = re.compile(r"(?:https?://)?(?<![\w@.-])((?:[\w-]+\.)+[a-z]{2,})(?:/\S*)?", re.IGNORECASE)
_OF_A_PAPER = re.compile(
    rf"bbc|itvx?|stv|channel4|sky|(?!.*(?:school|primary|academy|college|pta))[\w-]*(?:{_KINDS.replace(' ', '-?')}|[\w-]{{3}}(?:news|times|leader|express))(?:live|online|uk)?"
)
"""A label of a host that is not listed."""
_ANY_LINK = re.compile(r"https?://\S+|www\.\S+|pic\.twitter\.com/\S+", re.IGNORECASE)
_MORE = r"(?:read|see|find out|full)(?: the)?(?: \w+)? ?(?:more|story|report|article|here|details)(?: (?:at|in|on|from|via|here))?"
_BEFORE = re.compile(
    rf"^\W*(?:(?:via|(?:shared )?from|rt|breaking|in)\W+)?(?:{_PAPER}|{_HANDLE})(?: (?:reports?|says|reporting|exclusive))?\s*[:|]\s*(?P<headline>\S.*)$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^(?P<headline>.*?\w\W*?)(?:\s[-–—|]\s*|[\s.…]\(?(?:via|source|h/?t|credit|by|from)\W{{1,2}}|\s\()(?:{_PAPER}|{_HANDLE})\s*[)\].!]*(?P<rest>\s.*|$)",
    re.IGNORECASE,
)
_STORY = re.compile(
    rf"^(?P<headline>.*?\w\W*?)[\s.…|-]*\b(?:{_MORE}|as (?:reported|seen) in|(?:it'?s )?in today'?s|according to)\W+(?:(?:in|at|on|from)\W+)?(?:today'?s )?(?:the )?(?:{_PAPER}|{_HANDLE}|{_KINDS})\b\W*(?P<rest>.*)$",
    re.IGNORECASE,
)
_COLON = re.compile(r"^[^:|]{2,60}[:|]")
_DASH = re.compile(r"\s[-–—|(]|\b(?:via|source|h/?t|credit|by|from)\b", re.IGNORECASE)
_SAYS_SO = re.compile(
    r"\b(?:story|report(?:ed)?|article|more|here|details|seen|today'?s|according)\b", re.IGNORECASE
)
"""Words one of which is in a line of each form: looked for first."""
_ACCOUNT = re.compile(rf"(?:{_PAPER}|{_HANDLE})", re.IGNORECASE)
_LINES = 12
_LONGEST_LINE = 400
_LEAST_OF_A_HEADLINE = 3
_OWN_WORDS = 3
_ACCOUNTS = frozenset(("x", "bluesky", "youtube", "tiktok", "instagram", "threads", "mastodon"))
"""Channels whose title names the account. Elsewhere one that bears a headline heads what others say below."""
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)


@dataclass(frozen=True, slots=True)
class SharedNews:
    """The headline of a paper in a post, and what more it `tells`; whether the poster `adds` words of their own."""

    headline: str
    adds: bool
    tells: str = ""


def shared_news(mention: Mention) -> SharedNews | None:
    """The news that a post passes on; None where it is an article itself, or where no paper is named or linked."""
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
            found = _linked(line, link, lines[: at - 1] if at else [], title)
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


def _linked(line: str, link: re.Match[str], before: list[str], title: str) -> tuple[str, str] | None:
    """The headline that goes with a link: before it in its line, else the line above, else the title."""
    own = _ANY_LINK.sub(" ", line.replace(link[0], " ")).strip()
    for said in (own, *before[-1:], title):
        if len(said.split()) >= _LEAST_OF_A_HEADLINE:
            return said, "" if said == own else own
    return None
