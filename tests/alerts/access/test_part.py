"""What part each has in a matter, and the one instruction that follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.alert import DSL, HEAD, IT, SCHOOL

from alerts.access.matter import Matter, ReaderPart, keys_of, part_of
from alerts.wording.verdicts import kept_apart, what_next
from data.steps.codes import BypassRoute
from data.types import About, Route
from data.words.say import words

THREAT = Matter(keys_of(SCHOOL), About.STAFF, threatened=frozenset((IT.id,)), told=(HEAD.id, DSL.id))


@pytest.mark.parametrize(
    ("person", "part"),
    [(HEAD, ReaderPart.ASKS), (DSL, ReaderPart.ASKS), (IT, ReaderPart.TARGET), (None, ReaderPart.OTHER)],
)
def test_of_a_threat_to_a_member_of_staff(person, part) -> None:
    assert part_of(person, THREAT) is part


def test_nobody_is_asked_where_it_is_aimed_at_pupils_or_at_the_school() -> None:
    for about in (About.PUPIL, About.SCHOOL, About.OTHER):
        assert part_of(HEAD, replace(THREAT, about=about, threatened=frozenset())) is ReaderPart.ACTS


def test_a_head_who_is_threatened_and_has_to_act_asks_nobody() -> None:
    aimed_at_head = replace(THREAT, about=About.HEAD, threatened=frozenset((HEAD.id,)))
    assert part_of(HEAD, aimed_at_head) is ReaderPart.ACTS
    assert part_of(DSL, aimed_at_head) is ReaderPart.ASKS


@pytest.mark.parametrize("part", [part for part in ReaderPart if part is not ReaderPart.RECORD])
def test_everybody_is_told_of_both_numbers_and_to_decide_nothing(part: ReaderPart) -> None:
    said = what_next(Route.POLICE_NOW, words("en"), part=part)
    assert said.index("999") < said.index("101")
    assert "decide" not in said


@pytest.mark.parametrize("lane", BypassRoute)
def test_what_goes_past_the_ladder_has_words_and_a_next_step(lane: BypassRoute) -> None:
    assert all(kept_apart(lane, About.STAFF, words("en")))
