"""Whether a news headline may stand in a digest, and how. Pure.

Never of a story in which somebody may be accused: section 141F of the Education Act 2002 forbids what is
likely to identify a teacher accused by or on behalf of a pupil, and a headline often does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Set
from urllib.parse import quote, urlsplit

from data.content_class import class_spec
from data.digest import FreshStory, Headline
from data.judged import tone_of
from data.types import ALLEGING_LABELS, Person, Sentiment, Severity, Verdict
from data.web.urls import untracked
from data.words.say import Words

MOST_CHARS = 90
_NO_LIMIT = 1000
_IN_ADDRESSES = "%/:=&?#+!$,;@()*[]"
_ACCUSING = re.compile(
    r"\b(abus|accus|alleg|arrest|assault|bail|banned|charged|convict|court|crime|criminal|dismiss|"
    r"grooming|guilty|harass|indecen|investigat|jail|misconduct|offence|police|prison|prosecut|rape|sack|"
    r"scandal|sentenced|sex|struck off|suspend|trial|tribunal|victim|violen|"
    r"arestio|camdrin|cam-drin|carchar|cyhudd|diswyddo|heddlu|honiad|llys|rheithgor|trais|ymosod)",
    re.IGNORECASE,
)
"""Beginnings of words by which news speak of an accused person, English and Welsh: whatever we made of the
story, such a headline stays out."""


def allowed(story: FreshStory, people: Iterable[Person]) -> Headline | None:
    """The story's headline where it may be shown, else None; never in a thread with a restricted post."""
    headline = story.headline
    if headline is None or story.beside:
        return None
    return headline if fit(headline.title, _verdicts(story), people) else None


def fit(said: str, verdicts: Collection[Verdict], people: Iterable[Person]) -> bool:
    """May these public words, of which we think this, be repeated to somebody who is not named?

    Not of what is restricted or grave, of what bears an alleging label or may accuse somebody by its
    words, nor of what names a person of the school and is not kind to it.
    """
    shown = plain(said)
    if not shown or _ACCUSING.search(shown) or any(map(_locked, verdicts)):
        return False
    unkind = any(v.abuse or tone_of(v) in (None, Sentiment.NEGATIVE) for v in verdicts)
    return not (unkind and names_somebody(shown, people))


def _locked(verdict: Verdict) -> bool:
    return bool(
        verdict.restricted
        or verdict.severity >= Severity.TODAY
        or class_spec(verdict.content_class).grave
        or ALLEGING_LABELS & set(verdict.abuse)
    )


def _verdicts(story: FreshStory) -> tuple[Verdict, ...]:
    return (story.top,) if story.look is None else (story.top, story.look)


def names_somebody(shown: str, people: Iterable[Person]) -> bool:
    """Does it hold the last name of anybody of the school?"""
    words = set(re.findall(r"[\w'’-]+", shown.casefold()))
    return any(last in words or f"{last}'s" in words or f"{last}’s" in words for last in _last_names(people))


def _last_names(people: Iterable[Person]) -> Set[str]:
    return {p.name.split()[-1].casefold() for p in people if p.name.split()}


def plain(text: str, most_chars: int = MOST_CHARS) -> str:
    """One line of visible signs: control and direction marks become blanks, long ones are cut at a word."""
    kept = "".join(" " if unicodedata.category(c).startswith("C") or c in "\u2028\u2029" else c for c in text)
    line = " ".join(kept.split()).strip('“”" ')
    return line if len(line) <= most_chars else line[:most_chars].rsplit(" ", 1)[0].rstrip(",;:–-") + " …"


def worded(headline: Headline, papers: Set[str], names: Mapping[str, str]) -> tuple[str, str]:
    """The headline and who published it, "" where nothing tells.

    That is the name of a paper's own source, else the end of the title where a search names the outlet
    there (“… - Northvale Gazette”), else the site.
    """
    paper = next((plain(names[i]) for i in headline.source_ids if i in papers and i in names), "")
    said, dash, end = plain(headline.title, most_chars=_NO_LIMIT).rpartition(" - ")
    if dash and (end.casefold() == paper.casefold() or (not paper and _searched(headline.url))):
        return plain(said), paper or end
    return plain(headline.title), paper or ("" if _searched(headline.url) else _host(headline.url))


def _searched(url: str | None) -> bool:
    """Is it the address of a news search, and not the paper's own?"""
    return _host(url) in ("news.google.com", "bing.com")


def in_print(headline: Headline, papers: Set[str], names: Mapping[str, str], w: Words) -> str:
    """“The headline”, and the paper where that is known."""
    said, paper = worded(headline, papers, names)
    if not paper:
        return w("digest.say.headline", headline=said)
    return w("digest.say.headline_in", headline=said, paper=paper)


def link(headline: Headline) -> str | None:
    """Its address where it is one of the web, untracked, without signs that end an attribute or a line."""
    url = quote(untracked(headline.url or ""), safe=_IN_ADDRESSES)
    return url if url.startswith(("http://", "https://")) and _host(url) else None


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
