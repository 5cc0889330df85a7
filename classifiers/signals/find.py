"""All signals of one mention: rules whose cues stand in the text are tried, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from classifiers.signals import (
    attacks,
    authors,
    children,
    context,
    online,
    persons,
    private,
    self_harm,
    staff,
    violence,
    welsh,
)
from classifiers.signals.rules import Rule, prepare
from data.types import Mention, MentionKind, Person, School, Signal

RULES: tuple[Rule, ...] = (
    *violence.RULES,
    *attacks.RULES,
    *children.RULES,
    *online.RULES,
    *self_harm.RULES,
    *staff.RULES,
    *persons.RULES,
    *private.RULES,
    *welsh.RULES,
    *context.RULES,
    *authors.RULES,
)
"""Every rule, gravest matters first. Names are unique; they are the codes of a verdict's reasons."""


def find_signals(mention: Mention, school: School, people: Sequence[Person]) -> tuple[Signal, ...]:
    """The signals that fire on a mention, in the order of `RULES`. Pure.

    An article tells of danger to its readers after others were told: there, none is immediate.
    """
    prepared = prepare(mention, school, tuple(people))
    matcher, owners, always = _index()
    wanted = set(always)
    for cue, _, _ in matcher.find_matches_as_indexes(prepared.plain, overlapping=True):
        wanted.update(owners[cue])
    fired = (RULES[i].signal for i in sorted(wanted) if RULES[i].test(prepared))
    if mention.kind is MentionKind.ARTICLE:
        return tuple(replace(s, danger=False) if s.danger else s for s in fired)
    return tuple(fired)


@lru_cache(maxsize=1)
def _index() -> tuple[AhoCorasick, tuple[tuple[int, ...], ...], tuple[int, ...]]:
    """A matcher over all cues, the rules each cue wakes, and the rules that are always awake."""
    by_cue: dict[str, list[int]] = {}
    for i, rule in enumerate(RULES):
        for cue in rule.cues:
            by_cue.setdefault(cue, []).append(i)
    always = tuple(i for i, rule in enumerate(RULES) if not rule.cues)
    matcher = AhoCorasick(list(by_cue), matchkind=MatchKind.Standard)
    return matcher, tuple(tuple(owners) for owners in by_cue.values()), always
