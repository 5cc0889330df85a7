"""All signals of one mention: each rule is tried, in order, if the text contains what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from classifiers.signals.catalogue import danger, harm
from classifiers.signals.possible import PossiblePatterns
from classifiers.signals.rule import Rule, prepare
from classifiers.text.model_text import is_article
from data.people import people_of
from data.types import About, Mention, Person, School, Signal

_IN_ORDER = (
    "violence", "announced", "veiled", "seen", "attacks", "prevent", "children", "online", "self_harm",
    "staff", "persons", "private", "welsh", "context", "authors",
)  # fmt: skip
_CATALOGUE = {**danger.FAMILIES, **harm.FAMILIES}
FAMILIES: dict[str, tuple[Rule, ...]] = {family: _CATALOGUE[family] for family in _IN_ORDER}
"""Rules by what they are about, gravest matters first."""

RULES = tuple(rule for rules in FAMILIES.values() for rule in rules)
"""Every rule. Names are unique; they are the codes of a verdict's reasons."""


OF_PICTURES = frozenset(
    rule.signal.name
    for rule in RULES
    if rule.signal.about is About.PUPIL and {"sexual", "safeguarding"} <= {*rule.signal.labels}
)
"""The rules that find words about a sexual picture of a child."""


def find_signals(mention: Mention, school: School, people: Sequence[Person]) -> tuple[Signal, ...]:
    """The signals that fire on a mention, in the order of `RULES`. Pure.

    Of `people` only those of this school count. An article reports a danger after others were told of it, so
    none in an article is immediate.
    """
    prepared = prepare(mention, school, people_of(school, people))
    roused = [RULES[i] for i in awake(prepared.plain)]
    if is_article(mention):
        return tuple(replace(rule.signal, danger=False) for rule in roused if rule.test(prepared))
    told = (rule.signal_of(prepared) for rule in roused)
    return tuple(signal for signal in told if signal)


def awake(plain: str) -> list[int]:
    """Indices in `RULES` of those that can fire on a text with its disguises undone; the others cannot."""
    return sorted(_possible().of(plain))


@lru_cache(maxsize=1)
def _possible() -> PossiblePatterns:
    return PossiblePatterns(rule.needs for rule in RULES)
