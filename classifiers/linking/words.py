"""Words that speak for a school, or for something else of the same name: `words.toml`, read once."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

_LISTS: dict[str, Any] = tomllib.loads(
    files("classifiers.linking").joinpath("words.toml").read_text(encoding="utf-8")
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


THINGS = _words(_LISTS["things"]) | _phrases(_LISTS["thing_phrases"])
BEFORE = _phrases(_LISTS["before"])
SCHOOL_WORDS = _words(_LISTS["school"])
SCHOOL_HINTS = _words(_LISTS["school_hints"])
ROADS = _words(_LISTS["roads"])
COMMON_WORDS = _words(_LISTS["common_words"])
PEOPLE_OF = _words(_LISTS["people_of"])
PASSING = _words(_LISTS["passing"])
JOURNEYS = _words(_LISTS["journeys"])
JOURNEY_KINDS = _words(_LISTS["journey_kinds"])
SIGHTS = _words(_LISTS["sights"])
STAYS = _words(_LISTS["stays"])
TITLES = _words(_LISTS["titles"])
ESTATE_WORDS = _words(_LISTS["estate_agent"])
DANGER = _words(_LISTS["danger"])
NEAR = _words(_LISTS["near"])
SPAM_WORDS = _words(_LISTS["spam"])
ABROAD = _words(_LISTS["abroad"])
CITIES = _phrases(_LISTS["cities"])
COUNTIES = CITIES | _phrases(_LISTS["counties"])
NO_PLACE = _words(_LISTS["no_place"]) | {words.split()[0] for words in THINGS | BEFORE}
LEVEL_WORDS = {level: _words(text) for level, text in _LISTS["levels"].items()}
LEVEL_WORDS["primary"] |= LEVEL_WORDS["infant"] | LEVEL_WORDS["junior"]
TRADES = {trade: _words(text) for trade, text in _LISTS["trades"].items()}
KINDS: dict[str, str] = {kind: trade for trade, text in _LISTS["kinds"].items() for kind in _phrases(text)}
"""A namesake's kind in the configuration → the trade whose words go with it."""
