"""A mention prepared for linking, what is found in it, and the words looked for (`words.toml`, read once)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from classifiers.text.language import Language, recognise_language
from classifiers.text.word_files import WordFile
from data.register.school_names import normalise, normalise_all, words_of
from data.types import Mention, MentionKind
from data.web.channels import PRESS

_LISTS: dict[str, Any] = tomllib.loads(
    files("classifiers.linking").joinpath("words.toml").read_text(encoding="utf-8")
)


PATTERNS = WordFile(Path(__file__).with_name("patterns.toml"))


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


THINGS = words_of(_LISTS["things"]) | _phrases(_LISTS["thing_phrases"])
BEFORE = _phrases(_LISTS["before"])
SCHOOL_WORDS = words_of(_LISTS["school"])
SCHOOL_HINTS = words_of(_LISTS["school_hints"])
ROADS = words_of(_LISTS["roads"])
COMMON_WORDS = words_of(_LISTS["common_words"])
PEOPLE_OF = words_of(_LISTS["people_of"])
GROUP_WORDS = words_of(_LISTS["group"])
PASSING = words_of(_LISTS["passing"])
JOURNEYS = words_of(_LISTS["journeys"])
JOURNEY_KINDS = words_of(_LISTS["journey_kinds"])
SIGHTS = words_of(_LISTS["sights"])
STAYS = words_of(_LISTS["stays"])
TITLES = words_of(_LISTS["titles"])
ESTATE_WORDS = words_of(_LISTS["estate_agent"])
DANGER = words_of(_LISTS["danger"])
NEAR = words_of(_LISTS["near"])
SPAM_WORDS = words_of(_LISTS["spam"])
ABROAD = words_of(_LISTS["abroad"])
CITIES = _phrases(_LISTS["cities"])
COUNTIES = CITIES | _phrases(_LISTS["counties"])
COMMON_NAMES = words_of(_LISTS["common_names"])
NO_PLACE = words_of(_LISTS["no_place"]) | {words.split()[0] for words in THINGS | BEFORE}
LEVEL_WORDS = {level: words_of(text) for level, text in _LISTS["levels"].items()}
LEVEL_WORDS["primary"] |= LEVEL_WORDS["infant"] | LEVEL_WORDS["junior"]
TRADES = {trade: words_of(text) for trade, text in _LISTS["trades"].items()}
KINDS: dict[str, str] = {kind: trade for trade, text in _LISTS["kinds"].items() for kind in _phrases(text)}
"""A namesake's kind in the configuration → the trade whose words go with it."""


Found = dict[str, str]
"""Code of the evidence → what was found, in the text's words or the school's; `|` joins two parts."""

_ABBREVIATED, _YEAR = PATTERNS.patterns("abbreviated", "year")
_BREAK = re.compile(
    r"[^\w\s'’‘`´ʼ&-]+|[\r\n\v\f\x85\u2028\u2029_]+|-(?!\w)|(?<!\w)-|\B['’‘`´ʼ]+|(?<![sS])['’‘`´ʼ]+\B"
)


@dataclass(frozen=True, slots=True)
class Doc:
    """`title` in normal form; `both` is title and text, separated by `|`, in normal form between blanks.
    `raw` is both as written; `words` are those of `both`, with “Year 6” as `y6` too."""

    raw: str
    title: str
    both: str
    words: frozenset[str]
    channel: str
    article: bool = False


def document(mention: Mention, title: str | None = None, text: str | None = None) -> Doc:
    """`title` and `text` may be passed in, already in normal form."""
    title = normalise(mention.title) if title is None else title
    text = normalise(mention.text) if text is None else text
    both = f" {title} | {text} "
    years = frozenset(  # not “yr 6” in Welsh, where “yr” is “the”
        f"{letter or 'y'}{year}"
        for word, letter, year in _YEAR.findall(both)
        if word != "yr" or recognise_language(both) is not Language.WELSH
    )
    article = mention.kind is MentionKind.ARTICLE or mention.channel in PRESS
    raw = f"{mention.title} | {mention.text}"
    return Doc(raw, title, both, frozenset(both.split()) | years, mention.channel, article)


def says(place: str, rest: str, doc: Doc) -> bool:
    """Is the place, in normal form, in `rest`, by itself or as whose something is: “Larkham's Oakfield”?"""
    if f" {place} " in rest:
        return True
    return f" {place}s " in rest and re.search(rf"\b{place}['’]s\b", doc.raw, re.IGNORECASE) is not None


def count_in_one_phrase(doc: Doc, words: str) -> int:
    """Count how often `words`, in normal form, occur with no punctuation or line end between them."""
    return phrases(doc.raw).count(f" {words} ")


@lru_cache(maxsize=4)
def phrases(raw: str) -> str:
    """The text in normal form with `|` wherever punctuation, a sign or the end of a line separates two words.
    The point of an abbreviation (“St. Mary's”, “C.E.”) separates nothing, nor does punctuation inside a
    word."""
    text = _ABBREVIATED.sub(r"\1 ", unicodedata.normalize("NFC", raw))
    return f" {' | '.join(normalise_all(_BREAK.split(text)))} "
