"""Holds, locks, pictures, chronologies, notes: who may, why, and until when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.alert import SCHOOL
from builders.ladder import Climb, in_state, rules

from alerts.ladder import advance
from alerts.ladder.guards import asking, keeping
from data.cases import CaseState
from data.rungs import Rung
from data.steps.codes import StepKind
from data.types import About, Route

REVIEW = {"review": "2027-05-31"}


@pytest.mark.parametrize("actor", ["head", "dsl", "dpo"])
def test_a_hold_is_set_by_the_head_the_dsl_or_the_dpo(actor: str) -> None:
    case = Climb()
    case.take(StepKind.HELD, actor, "A claim is threatened.", **REVIEW)
    assert case.case.hold_by == actor
    assert case.case.hold_review is not None


def test_a_hold_wants_a_reason_and_a_day_of_review_that_lies_ahead() -> None:
    case = Climb()
    assert case.refused(StepKind.HELD, "it", "Why.", **REVIEW) == "may_hold"
    assert case.refused(StepKind.HELD, "head", **REVIEW) == "reason"
    assert case.refused(StepKind.HELD, "head", "Why.", review="2026-11-01") == "review_ahead"
    assert case.refused(StepKind.HELD, "head", "Why.", review="soon") == "facts"


def test_who_set_a_hold_does_not_release_it() -> None:
    case = Climb()
    assert case.refused(StepKind.RELEASED) == "held"
    case.take(StepKind.HELD, "head", "A claim.", **REVIEW)
    assert case.refused(StepKind.HELD, "dsl", "A claim.", **REVIEW) == "not_held"
    assert case.refused(StepKind.RELEASED, "head") == "another_releases"
    assert case.refused(StepKind.RELEASED, "it") == "may_hold"
    case.take(StepKind.RELEASED, "dpo")
    assert case.case.hold_by is None


@pytest.mark.parametrize("state", CaseState)
def test_a_hold_may_be_set_however_a_case_stands(state: CaseState) -> None:
    in_state(state).take(StepKind.HELD, "dsl", "A claim.", **REVIEW)


def test_about_the_head_the_chair_holds() -> None:
    case = Climb(about=About.HEAD, subjects="head")
    assert case.refused(StepKind.HELD, "head", "Why.", **REVIEW) == "may_see"
    case.take(StepKind.HELD, "chair", "A claim.", **REVIEW)


@pytest.mark.parametrize("ground", ["charge", "publication", "waiver", "court_order"])
def test_a_lock_is_taken_off_on_a_ground_that_the_act_names(ground: str) -> None:
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING)
    assert case.case.locked
    unlocked = StepKind.UNLOCKED
    assert case.refused(unlocked, "dsl", "Everybody knows.", ground="gossip") == "unlock_ground"
    assert case.refused(unlocked, "dsl", ground=ground) == "reason"
    case.take(unlocked, "dsl", "Letter of 12 November.", ground=ground)
    assert not case.case.locked


def test_a_case_is_locked_once_and_only_a_locked_one_is_unlocked() -> None:
    case = Climb()
    assert case.refused(StepKind.UNLOCKED, "head", "Why.", ground="charge") == "locked"
    case.take(StepKind.LOCKED)
    assert case.refused(StepKind.LOCKED) == "not_locked"
    assert case.refused(StepKind.UNLOCKED, "it", "Why.", ground="charge") == "may_unlock"


def test_no_lock_is_put_on_where_the_act_is_not_law() -> None:
    case = Climb(by=rules(school=replace(SCHOOL, nation="scotland")))
    assert case.refused(StepKind.LOCKED) == "lock_nation"


def test_pictures_are_a_persons_decision_with_a_reason_after_the_class() -> None:
    case = Climb("C12", About.SCHOOL)
    pictures = StepKind.PICTURES_ALLOWED
    assert case.refused(pictures, "head", "For the platform.") == "class_set"
    case.classed()
    assert case.refused(pictures, "head") == "reason"
    assert case.refused(pictures, "schoolgate", "Why.") == "actor"
    case.take(pictures, "head", "No child, no nakedness: it is our badge.")
    assert case.case.pictures_allowed


@pytest.mark.parametrize(
    ("content_class", "about", "facts"),
    [("C5", About.STAFF, {}), ("C11", About.PUPIL, {})],
)
def test_no_picture_that_may_show_a_child_or_nakedness(
    content_class: str, about: About, facts: dict[str, str]
) -> None:
    case = Climb(content_class, about, **facts).classed()
    assert case.refused(StepKind.PICTURES_ALLOWED, "head", "Please.") == "no_child_in_pictures"


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (StepKind.AUTHOR, {"relationship": "pupil"}),
        (StepKind.COMPLAINANT, {"who": "pupil"}),
    ],
)
def test_no_picture_where_a_pupil_wrote_or_complains(kind: StepKind, facts: dict[str, str]) -> None:
    case = Climb("C12").classed()
    case.take(kind, **facts)
    assert case.refused(StepKind.PICTURES_ALLOWED, "head", "Please.") == "no_child_in_pictures"


def test_what_was_taken_for_a_sexual_matter_gets_no_pictures_later() -> None:
    case = Climb("C5").classed("C2")
    assert case.refused(StepKind.PICTURES_ALLOWED, "head", "Please.") == "no_child_in_pictures"


OF_ONE = {"author": "author-1", "person": "teacher"}


@pytest.mark.parametrize("content_class", ["C2", "C3", "C6"])
def test_a_chronology_is_approved_by_the_head_in_a_case_of_harassment(content_class: str) -> None:
    case = Climb(content_class, target="teacher").classed()
    case.take(StepKind.CHRONOLOGY, "head", **OF_ONE)
    assert (case.case.chronology_author, case.case.chronology_person) == ("author-1", "teacher")


def test_a_chronology_wants_the_head_the_class_and_the_person_aimed_at() -> None:
    case = Climb("C2", target="teacher")
    chronology = StepKind.CHRONOLOGY
    assert case.refused(chronology, "head", **OF_ONE) == "class_set"
    case.classed()
    assert case.refused(chronology, "deputy", **OF_ONE) == "head_approves"
    assert case.refused(chronology, "head", author="author-1", person="it") == "chronology_person"
    assert Climb("C7", target="teacher").classed().refused(chronology, "head", **OF_ONE) == "harassment"
    assert Climb("C2").classed().refused(chronology, "head", **OF_ONE) == "chronology_person"


def test_about_the_head_the_chair_approves() -> None:
    case = Climb("C2", About.HEAD, target="head").classed(actor="chair")
    assert case.refused(StepKind.CHRONOLOGY, "head", author="a", person="head") == "head_approves"
    case.take(StepKind.CHRONOLOGY, "chair", author="a", person="head")


def test_a_chronology_ends_with_its_case() -> None:
    case = Climb("C2", target="teacher").classed()
    case.take(StepKind.CHRONOLOGY, "head", **OF_ONE)
    case.take(StepKind.CLOSED, "head", "Another school.", ending="mistaken")
    assert case.case.chronology_author is None


def test_a_chronology_ends_where_it_is_no_harassment_after_all() -> None:
    case = Climb("C2", target="teacher").classed()
    case.take(StepKind.CHRONOLOGY, "head", **OF_ONE)
    case.classed("C7")
    assert case.case.chronology_author is None


@pytest.mark.parametrize("state", CaseState)
def test_a_note_wants_words_and_may_be_added_however_a_case_stands(state: CaseState) -> None:
    case = in_state(state)
    assert case.refused(StepKind.NOTED, "dsl", "  ") == "reason"
    case.take(StepKind.NOTED, "dsl", "Rang the parent.")


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (StepKind.CLASSIFIED, {"class": "C5"}),
        (StepKind.AUTHOR, {"relationship": "pupil"}),
        (StepKind.COMPLAINANT, {"who": "pupil"}),
    ],
)
def test_pictures_are_allowed_no_more_once_they_may_show_a_child_or_nakedness(
    kind: StepKind, facts: dict[str, str]
) -> None:
    case = Climb("C12", About.SCHOOL).classed()
    case.take(StepKind.PICTURES_ALLOWED, "head", "It is our badge.")
    case.take(kind, **facts)
    assert not case.case.pictures_allowed
    assert case.refused(StepKind.PICTURES_ALLOWED, "head", "It is our badge.") == "no_child_in_pictures"


@pytest.mark.parametrize("change", [{"person": "deputy"}, {"person": "teacher", "subjects": "head"}])
def test_a_chronology_ends_with_another_target_and_where_its_approver_may_be_accused(
    change: dict[str, str],
) -> None:
    case = Climb(target="teacher").classed()
    case.take(StepKind.CHRONOLOGY, author="somebody", person="teacher")
    case.take(StepKind.TARGET, "it", **change)
    assert case.case.chronology_person is None


NATIONS = {"england": True, "wales": True, "scotland": False, "northern_ireland": False}


@pytest.mark.parametrize(("nation", "applies"), NATIONS.items())
def test_section_5_and_section_141f_are_law_in_england_and_wales_alone(nation: str, applies: bool) -> None:
    assert asking.section_5_applies(nation) is applies
    assert keeping.section_141f_applies(nation) is applies


def test_a_notice_waits_for_section_5_and_a_lock_for_section_141f(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Climb("C7").sought()
    assert case.not_asked(Rung.HOST, kind="s5") == "s5_individual"
    monkeypatch.setattr(asking, "section_5_applies", lambda nation: False)
    assert case.not_asked(Rung.HOST, kind="s5") == "s5_nation"
    assert _accused().case.locked
    monkeypatch.setattr(advance, "section_141f_applies", lambda nation: False)
    monkeypatch.setattr(keeping, "section_141f_applies", lambda nation: False)
    assert not _accused().case.locked
    assert _accused().refused(StepKind.LOCKED, "dsl") == "lock_nation"


def _accused() -> Climb:
    return Climb("C10", About.STAFF, route=Route.SAFEGUARDING, lane="staff_allegation")
