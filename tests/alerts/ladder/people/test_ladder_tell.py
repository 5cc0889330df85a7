"""Who is told of what, when, in which words; and who never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.alert import CHAIR, DEPUTY, DPO, DSL, HEAD
from builders.ladder import DAY, WEIGHED, Climb, in_state, rules
from syrupy.assertion import SnapshotAssertion

from alerts.access.knowing import Access
from alerts.layout.note import LIFE
from data.cases import CaseState
from data.rungs import Rung
from data.steps.codes import StepKind
from data.types import About, OutboxMessage, Route
from data.words.say import words

EVENING = datetime(2026, 11, 17, 21, tzinfo=UTC)


def which(messages: list[OutboxMessage], case: Climb) -> dict[str, str]:
    """By person, which of the subjects a message has."""
    w, said = words("en"), {}
    kinds = {w(key): key.rpartition(".")[2] for key in w.lines if key.startswith("case.do.")}
    for message in messages:
        matter, _, does = message.subject.removesuffix(f" ({case.case.id})").partition(": ")
        assert matter
        said[message.person_id] = next(kind for do, kind in kinds.items() if does.startswith(do))
    return said


def test_of_a_new_case_the_first_assessor_and_the_decider_are_told() -> None:
    case = Climb(by=replace(rules(), profile=replace(rules().profile, first_assessor="it_lead")))  # type: ignore[arg-type]
    assert which(case.sent, case) == {"it": "opened", "head": "opened"}


def test_of_a_threat_the_decider_and_those_of_the_alert_are_told_at_once_at_any_hour() -> None:
    case = Climb("C6", route=Route.POLICE_NOW, target="teacher", audience="head dsl")
    assert which(case.sent, case) == {"head": "police_now", "dsl": "police_now"}
    assert {m.due_at for m in case.sent} == {case.now}


def test_of_taken_pictures_that_show_pupils_the_safeguarding_lead_and_the_data_officer_are_told() -> None:
    case = Climb("C8", About.SCHOOL, channel="blog")
    assert {m.person_id for m in case.sent}.isdisjoint({"dsl", "dpo"})
    done = case.take(StepKind.ABOUT, "head", "They are pictures of a class.", who="child")
    assert {"dsl", "dpo"} <= which(list(done.outbox), case).keys()
    assert case.rules.access(DPO, case.case) is Access.WORDS
    again = case.take(StepKind.CLASSIFIED, "head", **{"class": "C8"})
    assert not {m.person_id for m in again.outbox} & {"dsl", "dpo"}


def test_of_a_lane_its_people_are_told_and_nobody_else() -> None:
    case = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING, audience="dsl deputy_dsl")
    assert which(case.sent, case) == {"dsl": "lane", "deputy_dsl": "lane"}


def test_of_fair_comment_the_first_assessor_is_told() -> None:
    case = in_state(CaseState.FAIR_COMMENT)
    assert which(case.sent, case) == {"head": "fair"}


def test_who_decides_is_told_once_class_and_weighing_are_there() -> None:
    case = Climb().classed(actor="deputy")
    done = case.take(StepKind.WEIGHED, "deputy", **WEIGHED)
    assert which(list(done.outbox), case) == {"head": "decide"}
    again = case.take(StepKind.WEIGHED, "deputy", **WEIGHED)
    assert not again.outbox


def test_nobody_is_told_of_what_they_did_themselves() -> None:
    assert "head" not in Climb(opened_by="head").told()
    case = Climb().classed()
    assert not case.take(StepKind.WEIGHED, "head", **WEIGHED).outbox
    assert not case.take(StepKind.ASSIGNED, "head", person="head").outbox


def test_who_is_assigned_is_told() -> None:
    case = Climb()
    done = case.take(StepKind.ASSIGNED, person="it")
    assert which(list(done.outbox), case) == {"it": "assigned"}


def test_of_what_came_back_who_has_it_and_who_decides_are_told_at_once() -> None:
    case = in_state(CaseState.SEEKING)
    case.take(StepKind.ASSIGNED, person="it")
    case.look("gone")
    case.now = EVENING
    done = case.attempt(StepKind.CHECKED, "schoolgate", result="present")
    sent = list(done.outbox)  # type: ignore[union-attr]
    assert which(sent, case) == {"it": "came_back", "head": "came_back"}
    assert {m.due_at for m in sent} == {case.now}


def test_of_what_is_still_there_they_are_told_in_working_hours() -> None:
    case = in_state(CaseState.CONFIRMING)
    case.now = EVENING
    done = case.attempt(StepKind.CHECKED, "schoolgate", result="present")
    (message,) = done.outbox  # type: ignore[union-attr]
    assert which([message], case) == {"head": "still_there"}
    assert message.due_at == datetime(2026, 11, 18, 8, tzinfo=UTC)


def test_of_an_answer_about_the_police_who_decides_is_told() -> None:
    case = Climb("C6", route=Route.POLICE_NOW, target="teacher")
    done = case.take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    assert which(list(done.outbox), case) == {"head": "consent"}


def test_a_subject_is_told_nothing_whatever_they_are() -> None:
    case = Climb(about=About.HEAD, subjects="head", audience="head chair")
    assert case.told() == ["chair"]
    lane = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, subjects="dsl", audience="dsl head")
    assert set(lane.told()) == {"head", "deputy_dsl"}


def test_whom_mail_does_not_reach_is_told_nothing_by_mail() -> None:
    by = rules(people=(replace(HEAD, email=None), DEPUTY, DSL))
    assert Climb(by=by).told() == []


@pytest.mark.parametrize("state", CaseState)
def test_no_message_says_more_than_number_school_and_what_to_do(state: CaseState) -> None:
    case = in_state(state)
    for message in case.sent:
        assert message.kind == "case"
        assert message.expires_at == message.due_at + LIFE == message.due_at + timedelta(hours=72)
        assert message.urn == case.case.urn
        for hidden in ("m1", "s1", "facebook", "C2", "C10"):
            assert hidden not in message.subject + message.body.replace(message.key, "")


def test_a_message_of_the_same_step_is_the_same() -> None:
    assert Climb().sent[0].key == Climb().sent[0].key
    case = in_state(CaseState.SEEKING).look("gone")
    keys = [m.key for m in case.look("present").sent]
    assert len(keys) == len(set(keys))


def test_messages_as_they_are_read(snapshot: SnapshotAssertion) -> None:
    threat = Climb("C6", route=Route.POLICE_NOW, target="teacher")
    lane = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=rules(people=(HEAD, DSL, CHAIR)))
    back = in_state(CaseState.SEEKING).look("gone").look("present", DAY)
    shown = [threat.sent[0], lane.sent[0], back.sent[0], back.sent[-1]]
    assert [f"{m.subject}\n\n{m.body}" for m in shown] == snapshot


def test_a_rung_above_all_is_told_to_nobody_outside() -> None:
    case = in_state(CaseState.SEEKING)
    before = len(case.sent)
    case.ask(Rung.PLATFORM_REPORT)
    assert len(case.sent) == before


def test_what_a_pupil_may_have_written_is_told_to_the_safeguarding_leads_once() -> None:
    case = Climb()
    done = case.take(StepKind.AUTHOR, relationship="pupil")
    assert which(list(done.outbox), case) == {"dsl": "pastoral", "deputy_dsl": "pastoral"}
    assert "pupil" not in done.outbox[0].subject + done.outbox[0].body
    assert not case.take(StepKind.AUTHOR, relationship="pupil").outbox


def test_how_a_case_is_read_is_written_out_as_its_reader_types_it() -> None:
    lane = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=rules(people=(HEAD, DSL, CHAIR)))
    shown = {m.person_id: m.body for m in lane.sent}
    assert shown
    for person, body in shown.items():
        assert f'schoolgate case show {lane.case.id} --restricted --as {person} --reason "…"' in body
