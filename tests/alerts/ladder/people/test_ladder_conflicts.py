"""Criticism that means somebody of the school: who may say that it is no fair comment, and who is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.alert import CHAIR, DEPUTY, DSL, HEAD, VICE
from builders.ladder import NOW, PEOPLE, Climb, rules
from builders.steps import an_event

from alerts.access.acts import confirmers, reports_to_one
from alerts.access.offices import REPORTS_TO
from alerts.ladder.advance import Advance, advance
from alerts.ladder.rules import in_due_form
from data.cases import CaseState
from data.content_class import ContentClass
from data.rungs import Rung
from data.steps.codes import StepKind
from data.steps.stored import facts_of
from data.types import About, Person, Role, Route

WHY = "It sets other parents on her by name; that is no criticism of what the school does."
TO_C2 = {"from": "C0", "class": "C2"}


def criticism(about: About = About.SCHOOL, people: tuple[Person, ...] = PEOPLE, **facts: str) -> Climb:
    return Climb("C0", about, route=Route.RESPOND, by=rules(people=people), **facts)


def tried(case: Climb, actor: str, meant: str) -> str:
    """What becomes of a person's word that it is C2: the guard in the way, or the step that was taken."""
    event = an_event(StepKind.RECLASSIFIED, actor, WHY, {**TO_C2, "meant": meant})
    done = advance(case.case, in_due_form(case.case, event, case.rules), case.now, case.rules)
    return done.steps[0].kind.value if isinstance(done, Advance) else done.guard


@pytest.mark.parametrize(
    ("meant", "actor", "becomes"),
    [
        ("head", "head", "not_their_own"),
        ("head", "deputy", "proposed"),
        ("head", "dsl", "proposed"),
        ("head", "deputy_dsl", "proposed"),
        ("head", "it", "proposed"),
        ("head", "dpo", "works_on_it"),
        ("deputy", "deputy", "not_their_own"),
        ("deputy", "head", "reclassified"),
        ("deputy", "it", "reclassified"),
        ("dsl", "deputy_dsl", "proposed"),
        ("dsl", "head", "reclassified"),
        ("dsl", "deputy", "reclassified"),
        ("teacher", "head", "reclassified"),
        ("chair", "head", "proposed"),
        ("chair", "deputy", "proposed"),
        ("head dsl", "dsl", "not_their_own"),
        ("", "head", "reclassified"),
    ],
)
def test_who_is_meant_never_says_so_and_who_reports_to_them_proposes_it(
    meant: str, actor: str, becomes: str
) -> None:
    assert tried(criticism(), actor, meant) == becomes


def test_everybody_on_the_staff_reports_to_the_head_and_through_the_head_to_the_chair() -> None:
    outside = {Role.CHAIR, Role.VICE_CHAIR, Role.GOVERNOR, Role.LA_CONTACT, Role.TRUST_CONTACT}
    for role in Role:
        person = Person("x", "Some Body", (role,))
        assert reports_to_one(person, {"head"}, PEOPLE) == (role not in outside | {Role.HEAD})
        assert reports_to_one(person, {"chair"}, PEOPLE) == (role not in outside)
        assert not reports_to_one(person, {"vice", "la"}, PEOPLE)
    assert outside.isdisjoint(REPORTS_TO)


def test_whoever_holds_several_offices_reports_by_each_of_them() -> None:
    both = Person("both", "Ann Both", (Role.GOVERNOR, Role.STAFF))
    assert reports_to_one(both, {"head"}, PEOPLE)


def proposed(meant: str = "head", people: tuple[Person, ...] = PEOPLE, **more: str) -> Climb:
    case = criticism(people=people, **more)
    case.take(StepKind.PROPOSED, "deputy", WHY, **TO_C2, meant=meant)
    return case


def test_until_it_is_confirmed_it_stays_fair_comment_and_no_rung_is_offered() -> None:
    case = proposed()
    assert case.case.state is CaseState.FAIR_COMMENT
    assert case.not_asked(Rung.PLATFORM_REPORT) == "fair_comment"
    assert case.case.content_class == "C0"


def test_the_chair_is_told_at_once_without_a_word_of_the_post() -> None:
    case = criticism()
    case.now = NOW.replace(hour=23)
    (told,) = case.take(StepKind.PROPOSED, "deputy", WHY, **TO_C2, meant="head").outbox
    assert (told.person_id, told.due_at) == ("chair", case.now)
    assert ": agree or refuse" in told.subject
    assert "case show 0001 --as chair" in told.body
    assert WHY not in told.body


@pytest.mark.parametrize(
    ("meant", "people", "told"),
    [
        ("head", PEOPLE, {"chair"}),
        ("head chair", PEOPLE, {"vice"}),
        ("chair", PEOPLE, {"vice"}),
        ("head chair vice", PEOPLE, {"la"}),
        ("head", tuple(p for p in PEOPLE if p is not CHAIR), {"vice"}),
        ("head", tuple(p for p in PEOPLE if p not in (CHAIR, VICE)), {"la"}),
        ("head", (*(p for p in PEOPLE if p is not CHAIR), replace(CHAIR, email=None)), {"vice"}),
    ],
)
def test_who_is_told_where_the_chair_is_meant_absent_or_cannot_be_reached(
    meant: str, people: tuple[Person, ...], told: set[str]
) -> None:
    case = criticism(people=people)
    done = case.take(StepKind.PROPOSED, "deputy", WHY, **TO_C2, meant=meant)
    assert {m.person_id for m in done.outbox} == told
    assert told <= {p.id for p in confirmers(case.rules.matter(case.case), meant.split(), case.rules.people)}


def test_the_chair_reads_it_and_confirms_it_and_who_proposed_it_is_told() -> None:
    case = proposed()
    done = case.take(StepKind.RECLASSIFIED, "chair", "So it is.", **TO_C2, proposed_by="deputy")
    assert (case.case.content_class, case.case.fair, case.case.proposal) == ("C2", False, None)
    assert [m.person_id for m in done.outbox] == ["deputy"]
    assert ": proposal agreed" in done.outbox[0].subject


def test_neither_the_proposer_nor_another_who_reports_to_them_nor_they_confirm_it() -> None:
    case = proposed()
    for actor, guard in (("deputy", "second_person"), ("dsl", "second_person"), ("head", "not_their_own")):
        assert case.refused(StepKind.RECLASSIFIED, actor, "Yes.", **TO_C2) == guard


def test_whom_the_proposal_found_to_be_meant_stays_meant_though_the_post_is_edited() -> None:
    assert proposed().refused(StepKind.RECLASSIFIED, "head", "Yes.", **TO_C2, meant="") == "not_their_own"


def test_it_is_turned_down_with_a_reason() -> None:
    case = proposed()
    assert case.refused(StepKind.TURNED_DOWN, "chair") == "reason"
    done = case.take(StepKind.TURNED_DOWN, "chair", "It is harsh, and an opinion.")
    assert (case.case.proposal, case.case.fair) == (None, True)
    assert [m.person_id for m in done.outbox] == ["deputy"]
    assert case.refused(StepKind.TURNED_DOWN, "chair", "Again.") == "is_proposed"


def test_what_became_no_fair_comment_and_means_the_head_is_the_chairs_to_decide() -> None:
    case = proposed()
    case.take(StepKind.RECLASSIFIED, "chair", "So it is.", **TO_C2)
    assert case.case.about is About.HEAD
    assert (
        case.refused(StepKind.WEIGHED, "head", nature="a", visible="b", spread="c", impact="d") == "may_see"
    )
    case.take(StepKind.EVIDENCE, "schoolgate", capture="c1", manifest="0" * 64, files="3")
    case.take(StepKind.WEIGHED, "chair", nature="a", visible="b", spread="c", impact="d")
    case.take(StepKind.DECIDED, "chair", decision="seek")


def test_whoever_says_it_alone_because_they_may_is_told_of_to_the_chair_too() -> None:
    done = criticism().take(StepKind.RECLASSIFIED, "head", WHY, **TO_C2, meant="teacher")
    told = {m.person_id: m for m in done.outbox}
    assert ": not fair comment" in told["chair"].subject


def test_of_criticism_that_means_nobody_the_chair_is_not_told() -> None:
    done = criticism().take(StepKind.RECLASSIFIED, "head", WHY, **TO_C2)
    assert "chair" not in {m.person_id for m in done.outbox}


def test_where_nobody_is_left_to_confirm_it_is_said_who_outside_may() -> None:
    small = (HEAD, DEPUTY, DSL)
    case = criticism(people=small)
    done = case.attempt(StepKind.PROPOSED, "deputy", WHY, **TO_C2, meant="head")
    assert not isinstance(done, Advance)
    assert done.guard == "somebody_confirms"
    assert "chair of governors" in done.remedy
    assert "local authority" in done.remedy
    alone = criticism(people=(HEAD,)).attempt(StepKind.RECLASSIFIED, "head", WHY, **TO_C2, meant="head")
    assert not isinstance(alone, Advance)
    assert alone.guard == "not_their_own"
    assert "local authority" in alone.remedy


def test_what_is_about_an_office_means_whoever_holds_it_though_nobody_is_named() -> None:
    assert tried(criticism(About.HEAD), "head", "") == "not_their_own"
    assert tried(criticism(About.HEAD), "deputy", "") == "proposed"


@pytest.mark.parametrize(("said", "goes"), [("C0", True), ("C10", True), ("C2", False)])
def test_whom_a_post_that_nobody_judged_means_opens_no_ladder_against_it_either(
    said: str, goes: bool
) -> None:
    case = Climb(ContentClass.UNJUDGED, About.SCHOOL, route=Route.RESPOND)
    done = case.attempt(StepKind.CLASSIFIED, "head", WHY, **{"class": said}, meant="head")
    assert isinstance(done, Advance) == goes


def test_what_was_not_judged_waits_for_a_second_person_likewise() -> None:
    case = Climb(ContentClass.UNJUDGED, About.SCHOOL, route=Route.RESPOND)
    event = an_event(StepKind.CLASSIFIED, "deputy", WHY, {"class": "C6", "meant": "head"})
    event = in_due_form(case.case, event, case.rules)
    case.take(event.kind, event.actor, event.why, **facts_of(event.said))
    assert case.case.unjudged
    assert case.not_asked(Rung.PLATFORM_REPORT) == "class_set"
    case.take(StepKind.CLASSIFIED, "chair", "So it is.", **{"class": "C6"})
    assert case.case.content_class == "C6"


def test_a_lane_is_no_way_round_it() -> None:
    case = Climb(ContentClass.UNJUDGED, About.SCHOOL, route=Route.RESPOND)
    case.take(StepKind.CLASSIFIED, "dsl", WHY, **{"class": "C10"}, lane="safeguarding")
    case.take(StepKind.CLASSIFIED, "dsl", "No child is at risk.", **{"class": "C2"})
    assert case.case.unjudged


def test_on_the_ladder_another_class_is_no_second_persons_matter() -> None:
    case = Climb("C2", About.STAFF).classed()
    case.take(StepKind.CLASSIFIED, "head", **{"class": "C7"}, meant="head")
    assert case.refused(StepKind.PROPOSED, "deputy", WHY, **{"from": "C7", "class": "C2"}) == "to_be_opened"
