"""What somebody else records for whom a post is aimed at: that person is told, by mail or by a letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders.ladder import PEOPLE, TEACHER, Climb, rules

from alerts.ladder.recorded_on_behalf import CONSENT, mail_of
from alerts.ladder.replay import replay
from data.cases import Consent
from data.rungs import Rung
from data.steps.codes import HowTold, StepKind
from data.types import About, OutboxMessage, Route

UNREACHED = rules(people=tuple(replace(p, email=None) if p is TEACHER else p for p in PEOPLE))
GONE = rules(people=tuple(p for p in PEOPLE if p is not TEACHER))
LETTER = {"letter": "recorded_for_you", "form": "txt", "sha256": "0" * 64}
EVENING = datetime(2026, 11, 17, 21, tzinfo=UTC)


def threat(by=None, **facts: str) -> Climb:
    return Climb("C6", route=Route.POLICE_NOW, target="teacher", by=by, **facts)


def asked(by=None) -> Climb:
    case = threat(by).sought()
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in_person")
    return case


def to_the_teacher(case: Climb, kind: StepKind, actor: str = "head", why: str = "", **facts: str):
    done = case.take(kind, actor, why, **facts)
    return [m for m in done.outbox if m.person_id == "teacher"]


def flat(message: OutboxMessage) -> str:
    return " ".join(message.body.split())


@pytest.mark.parametrize(
    ("before", "kind", "said"),
    [
        ((), StepKind.CONSENT_GIVEN, "that you agree to the police being told"),
        ((), StepKind.CONSENT_REFUSED, "that you do not agree to the police being told"),
        ((StepKind.CONSENT_GIVEN,), StepKind.CONSENT_WITHDRAWN, "that you no longer agree"),
    ],
)
def test_of_an_answer_that_another_records_its_person_is_told_at_once_who_did_and_when(before, kind, said):
    case = asked()
    for each in before:
        case.take(each, "teacher", person="teacher")
    case.now = EVENING
    (message,) = to_the_teacher(case, kind, person="teacher")
    assert said in flat(message)
    assert "On Tuesday 17 November at 22:00 Jane Holt recorded" in flat(message)
    assert "If that is wrong" in flat(message)
    assert message.due_at == case.now
    for hidden in ("facebook", "C6", "m1", "s1"):
        assert hidden not in message.subject + message.body


def test_who_answers_for_themselves_is_not_written_to_of_it():
    case = asked()
    assert not to_the_teacher(case, StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    assert (case.case.consent_by, case.case.consent_told) == ("teacher", None)
    case.ask(Rung.POLICE)


def test_what_was_mailed_opens_the_way_to_the_police():
    case = asked()
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    assert (case.case.consent_by, case.case.consent_told) == ("head", HowTold.MAIL)
    case.ask(Rung.POLICE)


@pytest.mark.parametrize("by", [UNREACHED, GONE], ids=["no address", "not at the school any more"])
def test_where_no_mail_reaches_them_the_police_wait_for_a_letter_to_be_handed_over(by):
    case = asked(by)
    assert not to_the_teacher(case, StepKind.CONSENT_GIVEN, person="teacher")
    assert case.case.consent_told is HowTold.OWED
    assert case.not_asked(Rung.POLICE) == "consent_told"
    case.take(StepKind.LETTER, letter="support_offer", form="txt", sha256="0" * 64)
    assert case.not_asked(Rung.POLICE) == "consent_told"
    case.take(StepKind.LETTER, **LETTER)
    assert case.case.consent_told is HowTold.LETTER
    case.ask(Rung.POLICE)


def test_a_letter_of_before_tells_nothing_of_an_answer_recorded_after_it():
    case = asked(UNREACHED)
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    case.take(StepKind.LETTER, **LETTER)
    case.take(StepKind.CONSENT_WITHDRAWN, person="teacher")
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in_person")
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    assert case.not_asked(Rung.POLICE) == "consent_told"


def test_imminent_danger_and_an_override_wait_for_no_letter():
    case = asked(UNREACHED)
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    case.ask(Rung.POLICE, "He is at the gate.", imminent="yes")
    other = asked(UNREACHED)
    other.take(StepKind.CONSENT_OVERRIDDEN, "head", "A child was beside them.", ground="child_at_risk")
    assert (other.case.consent, other.case.consent_told) == (Consent.OVERRIDDEN, HowTold.OWED)
    other.ask(Rung.POLICE)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("offered", "that support was offered to you"),
        ("accepted", "that you took up the support"),
        ("declined", "that you do not want the support"),
        ("in_place", "that the support for you is in place"),
        ("ended", "that the support for you has ended"),
    ],
)
def test_of_what_another_records_about_support_its_person_is_told(status, said):
    case = threat()
    (message,) = to_the_teacher(case, StepKind.SUPPORT, status=status)
    assert said in flat(message)
    assert case.case.support_told is HowTold.MAIL
    assert not to_the_teacher(case, StepKind.SUPPORT, "teacher", status=status)
    assert case.case.support_told is None


def test_support_of_nobody_named_is_told_to_nobody():
    case = Climb(about=About.SCHOOL)
    case.take(StepKind.SUPPORT, status="offered")
    assert case.case.support_told is None


def test_of_another_target_nothing_that_was_recorded_remains():
    case = asked()
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    case.take(StepKind.SUPPORT, status="offered")
    case.take(StepKind.TARGET, person="deputy")
    held = case.case
    assert (held.consent_by, held.consent_told, held.support_by, held.support_told) == (None,) * 4


def test_the_message_says_how_they_can_read_where_it_stands_and_take_it_back():
    case = asked()
    (message,) = to_the_teacher(case, StepKind.CONSENT_GIVEN, person="teacher")
    assert "schoolgate case list --as teacher" in message.body
    assert "schoolgate case consent withdraw 0001 --as teacher" in message.body


def test_what_was_recorded_before_anybody_was_told_of_it_is_still_to_be_told():
    case = asked()
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    told = case.steps[-1]
    before = [*case.steps[:-1], replace(told, said=replace(told.said, informed=None))]
    case.case = replay(before)
    assert case.case.consent_told is HowTold.OWED
    assert case.not_asked(Rung.POLICE) == "consent_told"


@pytest.mark.parametrize(("by", "mailed"), [(None, True), (UNREACHED, False)])
def test_a_mail_is_said_to_have_told_of_a_step_only_where_one_was_written(by, mailed: bool):
    case = asked(by)
    (*written,) = to_the_teacher(case, StepKind.CONSENT_GIVEN, person="teacher")
    assert bool(written) is mailed
    found = mail_of(case.case, case.steps, CONSENT)
    assert found == (written[0].key if mailed else "")
