"""What was not judged is no fair comment: it waits for a person who reads it and says what it is."""

from __future__ import annotations

import pytest
from builders.ladder import Climb, rules

from alerts.letters.allowed import refusal
from alerts.letters.kinds import LetterKind
from data.cases import CaseState
from data.content_class import ContentClass
from data.rungs import Rung
from data.steps.codes import StepKind
from data.types import About, Route


def unread(route: Route = Route.RESPOND, about: About = About.OTHER) -> Climb:
    return Climb(ContentClass.UNJUDGED, about, route=route)


@pytest.mark.parametrize(
    "route", [Route.IGNORE, Route.NOTE, Route.THANK, Route.RESPOND, Route.REQUEST_REMOVAL]
)
def test_what_was_not_judged_is_no_fair_comment_whatever_route_was_guessed(route: Route) -> None:
    case = unread(route).case
    assert (case.state, case.fair, case.unjudged) == (CaseState.TRIAGE, False, True)


def test_whoever_assesses_and_decides_is_asked_to_read_it() -> None:
    (message,) = unread().sent
    assert message.person_id == "head"
    assert ": say what it is" in message.subject
    assert "say what it is" in message.body


def test_nobody_is_asked_anything_before_somebody_has_said_what_it_is() -> None:
    case = unread()
    case.take(StepKind.EVIDENCE, "schoolgate", capture="c1", manifest="0" * 64, files="3")
    assert {case.not_asked(rung, "Why.") for rung in Rung} == {"class_set"}
    case.ask(Rung.POLICE, "A knife.", "teacher", imminent="yes")


@pytest.mark.parametrize("decision", ["seek", "answer", "stop"])
def test_nothing_is_decided_on_it_either(decision: str) -> None:
    assert unread().refused(StepKind.DECIDED, "head", "Why.", decision=decision) == "class_set"


def test_nor_is_it_answered_before_somebody_has_said_what_it_is() -> None:
    case = unread()
    assert case.refused(StepKind.RESPONDED, "head", how="phone") == "class_set"
    case.take(StepKind.CLASSIFIED, "head", **{"class": "C0"})
    case.take(StepKind.RESPONDED, "head", how="phone")


def test_what_was_judged_may_be_answered_before_a_person_has_set_its_class() -> None:
    assert Climb().take(StepKind.RESPONDED, "head", how="phone").case.responded_at


@pytest.mark.parametrize("ending", ["answered", "standing"])
def test_it_does_not_end_as_if_it_had_been_read(ending: str) -> None:
    assert unread().refused(StepKind.CLOSED, "head", "Why.", ending=ending) == "ending_fits"


def test_it_may_have_been_opened_by_mistake() -> None:
    assert unread().take(StepKind.CLOSED, "head", "Another school.", ending="mistaken")


@pytest.mark.parametrize(
    ("said", "state"),
    [("C0", CaseState.FAIR_COMMENT), ("C6", CaseState.TRIAGE), ("C10", CaseState.BYPASSED)],
)
def test_a_person_says_what_it_is(said: str, state: CaseState) -> None:
    case = unread()
    case.take(StepKind.CLASSIFIED, "head", **{"class": said})
    assert (case.case.state, case.case.unjudged) == (state, False)


def test_no_letter_calls_it_anything() -> None:
    case = unread().case
    offered = {kind for kind in LetterKind if refusal(kind, case, rules(), case.opened_at) is None}
    assert offered <= {LetterKind.HOLDING_LINE}
    assert refusal(LetterKind.REPLY, case, rules(), case.opened_at) == "unjudged"


def test_a_threat_or_a_safeguarding_matter_keeps_its_own_way_though_its_class_was_not_told() -> None:
    assert Climb(ContentClass.UNJUDGED, route=Route.POLICE_NOW).case.rung is Rung.POLICE
    assert unread(Route.SAFEGUARDING, About.PUPIL).case.state is CaseState.BYPASSED
