"""Words of harm in Welsh: a table of stems, the mutated forms of which are made here, and rules of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from classifiers.signals.rule import Rule, rule
from data.types import About, Route

WELSH_FILE = Path(__file__).parents[1] / "words" / "welsh.toml"
_NOT_MEANT = "(?:y|yn|o'r|mewn) (?:d?drama|nofel|ffilm|sioe)|cast|gweithdy|tan gwyllt|larwm|jocan|minecraft\n"
_MUTATED = {
    "p": ("b", "mh", "ph"), "t": ("d", "nh", "th"), "c": ("g", "ngh", "ch"),
    "b": ("f", "m"), "d": ("dd", "n"), "g": ("", "ng"),
    "m": ("f",), "ll": ("l",), "rh": ("r",),
}  # fmt: skip
"""What a word may begin with instead: soft, nasal and aspirate."""
_UNMUTATED = ("ch", "dd", "ff", "ng", "ph", "th")
"""Letters of their own, which do not change."""
_SPOKEN = ((r"iau$", "ia", "ie"), (r"(?<!i)au$", "a", "e"), (r"e(?=[lrstn]+$)", "a"))
"""Endings, and what is said and written for them in the north and in the south."""
_SHORTEST = 3


def mutate(word: str) -> set[str]:
    """Make the forms of a Welsh word; one that begins with a vowel may have an h before it."""
    first = word[:2] if word[:2] in ("ll", "rh", *_UNMUTATED) else word[:1]
    forms = {new + word.removeprefix(first) for new in _MUTATED.get(first, ())}
    if first in "aeiouwy":
        forms.add(f"h{word}")
    said = {re.sub(ending, end, form) for form in (word, *forms) for ending, *ends in _SPOKEN for end in ends}
    return {word, *(form for form in forms | said if len(form) >= _SHORTEST)}


def _pattern(text: str, stems: dict[str, str]) -> str:
    """A pattern of the table: with the forms of its stems, and up to six words for “ ~ ”."""
    spelt = re.sub(r"\{([A-Z]+)\}", lambda named: stems[named[1]], text)
    return spelt.replace(" ~ ", r" (?:\S+ ){0,6}?")


def _read_rules() -> tuple[Rule, ...]:
    table = tomllib.loads(WELSH_FILE.read_text(encoding="utf-8"))
    stems = {
        name: f"(?:{'|'.join(sorted({form for stem in words.split() for form in mutate(stem)}))})"
        for name, words in table["stems"].items()
    }
    return tuple(_rule(stems, **row) for row in table["rule"])


def _rule(stems: dict[str, str], name: str, reason: str, words: str, unless: str = "", **more: Any) -> Rule:
    more |= {"route": Route(more["route"])} if "route" in more else {}
    more |= {"about": About(more["about"])} if "about" in more else {}
    labels, needs = tuple(more.pop("labels")), _pattern(more.pop("needs", ""), stems)
    barred = _pattern(unless, stems) if more.get("hint") else _NOT_MEANT + _pattern(unless, stems)
    return rule(name, reason, _pattern(words, stems), unless=barred, labels=labels, needs=needs, **more)


RULES = _read_rules()
