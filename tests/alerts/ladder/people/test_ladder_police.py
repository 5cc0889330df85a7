"""The police: consent of whoever is aimed at, its overriding, and danger that waits for nothing."""

from __future__ import annotations

import pytest
from builders.ladder import DAY, Climb, with_target

from data.cases import CaseState, Consent
from data.rungs import CaseClock, Rung
from data.steps.codes import StepKind
from data.types import About, Role, Route


def threat(about: About = About.STAFF, target: str = "teacher", **facts: str) -> Climb:
    if target:
        facts["target"] = target
    return Climb("C6", about, route=Route.POLICE_NOW, **facts)


def test_a_threat_opens_at_the_rung_police_for_a_person_to_choose() -> None:
    case = threat()
    assert case.case.rung is Rung.POLICE
    assert case.case.state is CaseState.TRIAGE
    assert not case.case.askings


def test_imminent_danger_waits_for_nothing_and_is_written_down_as_often_as_it_is_told() -> None:
    case = threat()
    case.ask(Rung.POLICE, imminent="yes")
    assert case.case.unexplained
    case.ask(Rung.POLICE, "He says that he stands at the gate.", imminent="yes")
    assert case.case.state is CaseState.WAITING
    assert case.case.consent is Consent.NOT_ASKED
    case.ask(Rung.POLICE, "He is inside now.", imminent="yes")


@pytest.mark.parametrize("actor", ["teacher", "it", "deputy_dsl"])
def test_anybody_may_ring_999_whoever_it_may_accuse_too(actor: str) -> None:
    threat().ask(Rung.POLICE, "He is here.", actor, imminent="yes")
    threat(target="", subjects=actor).ask(Rung.POLICE, "He is here.", actor, imminent="yes")


def test_after_999_the_case_is_classed_weighed_and_decided_as_any_other() -> None:
    case = threat().ask(Rung.POLICE, "He is here.", imminent="yes")
    case.sought()
    assert case.case.state is CaseState.WAITING
    case.answer(Rung.POLICE, "none")
    assert case.case.state is CaseState.SEEKING


def test_a_threat_to_staff_goes_to_the_police_with_their_consent() -> None:
    case = threat().sought()
    assert case.not_asked(Rung.POLICE) == "consent"
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in person")
    assert case.not_asked(Rung.POLICE) == "consent"
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    case.ask(Rung.POLICE)


def test_a_refusal_keeps_the_police_out_and_a_withdrawal_does_so_again() -> None:
    case = threat().sought()
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="by phone")
    case.take(StepKind.CONSENT_REFUSED, "teacher", person="teacher")
    assert case.not_asked(Rung.POLICE) == "consent"
    case.take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    case.take(StepKind.CONSENT_WITHDRAWN, "teacher", person="teacher")
    assert case.not_asked(Rung.POLICE) == "consent"


def test_only_what_was_given_is_withdrawn() -> None:
    case = threat()
    assert case.refused(StepKind.CONSENT_WITHDRAWN, person="teacher") == "consent_was_given"


def test_an_answer_follows_a_question_unless_the_person_gives_it_unasked() -> None:
    assert threat().refused(StepKind.CONSENT_GIVEN, "head", person="teacher") == "consent_asked"
    threat().take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")


def test_consent_is_asked_of_the_person_aimed_at() -> None:
    case = threat()
    assert case.refused(StepKind.CONSENT_ASKED, person="deputy", how="by phone") == "consent_person"
    nobody = threat(target="")
    assert nobody.refused(StepKind.CONSENT_ASKED, person="teacher", how="by phone") == "consent_person"


@pytest.mark.parametrize("ground", ["child_at_risk", "other_at_risk", "risk_to_life"])
def test_the_head_overrides_for_a_risk_with_the_reason_and_the_person_is_told(ground: str) -> None:
    case = threat().sought()
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="by phone")
    case.take(StepKind.CONSENT_REFUSED, person="teacher")
    assert case.refused(StepKind.CONSENT_OVERRIDDEN, "head", ground=ground) == "reason"
    done = case.take(StepKind.CONSENT_OVERRIDDEN, "head", "A child was beside them.", ground=ground)
    assert [m.person_id for m in done.outbox] == ["teacher"]
    case.ask(Rung.POLICE)


def test_nothing_else_overrides_and_nobody_else() -> None:
    case = threat().sought()
    override = StepKind.CONSENT_OVERRIDDEN
    assert case.refused(override, "head", "It looks bad.", ground="reputation") == "override_ground"
    assert case.refused(override, "it", "A child.", ground="child_at_risk") == "head_overrides"


def test_a_threat_to_the_head_is_overridden_by_who_stands_in() -> None:
    case = threat(About.HEAD, "head", audience="dsl chair").sought(actor="chair")
    override = StepKind.CONSENT_OVERRIDDEN
    assert case.refused(override, "head", "A child.", ground="child_at_risk") == "head_overrides"
    case.take(override, "chair", "A child.", ground="child_at_risk")


def test_of_a_new_target_nothing_is_known_yet() -> None:
    case = threat().sought()
    case.take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    case.take(StepKind.SUPPORT, status="offered")
    case.take(StepKind.TARGET, person="deputy")
    assert case.case.consent is Consent.NOT_ASKED
    assert case.not_asked(Rung.POLICE) == "consent"


@pytest.mark.parametrize("about", [About.PUPIL, About.SCHOOL, About.OTHER])
def test_no_consent_is_asked_where_children_or_the_site_are_threatened(about: About) -> None:
    threat(about, "").sought().ask(Rung.POLICE)


def test_where_a_member_of_staff_is_threatened_it_is_recorded_who() -> None:
    case = threat(About.STAFF, "").sought()
    assert case.not_asked(Rung.POLICE) == "target_named"
    case.take(StepKind.TARGET, person="teacher")
    assert case.not_asked(Rung.POLICE) == "consent"


def test_fraud_in_the_schools_name_wants_nobodys_consent() -> None:
    Climb("C13", About.STAFF).sought().ask(Rung.POLICE)


def test_what_is_not_usually_for_the_police_wants_a_reason() -> None:
    case = Climb("C4", About.SCHOOL).sought()
    assert case.not_asked(Rung.POLICE) == "police_matter"
    case.ask(Rung.POLICE, "It may be a knowingly false message meant to harm.")


@pytest.mark.parametrize("content_class", ["C3", "C5", "C6", "C13"])
def test_hate_threats_sexual_matter_and_crime_go_to_the_police_at_once(content_class: str) -> None:
    Climb(content_class, About.SCHOOL).sought().ask(Rung.POLICE)


def test_other_matter_goes_to_the_police_after_another_rung_or_for_a_reason() -> None:
    case = Climb("C2", About.SCHOOL).sought()
    assert case.not_asked(Rung.POLICE) == "police_last"
    case.ask(Rung.PLATFORM_REPORT).ask(Rung.POLICE)
    Climb("C2", About.SCHOOL).sought().ask(Rung.POLICE, "It has gone on for a month.")


def test_the_police_may_be_told_of_what_is_said_to_be_gone() -> None:
    case = Climb("C6", About.SCHOOL).sought().look("gone")
    assert case.case.state is CaseState.CONFIRMING
    assert case.not_asked(Rung.PLATFORM_REPORT) == "said_gone"
    case.ask(Rung.POLICE)
    assert case.case.state is CaseState.CONFIRMING
    case.look("gone", DAY).take(StepKind.CLOSED, ending="removed")


def test_whoever_else_decides_by_the_policy_does_not_override() -> None:
    case = Climb("C6", target="teacher", by=with_target(decider=Role.IT_LEAD))
    override = StepKind.CONSENT_OVERRIDDEN
    assert case.refused(override, "it", "A child.", ground="child_at_risk") == "head_overrides"
    case.take(override, "head", "A child.", ground="child_at_risk")


def test_danger_undoes_the_decision_to_leave_it_alone() -> None:
    case = threat().classed()
    case.take(StepKind.DECIDED, "head", "It reads as a joke.", decision="stop")
    case.ask(Rung.POLICE, "He is at the gate after all.", imminent="yes")
    assert case.case.state is CaseState.WAITING
    assert case.case.decision is None
    assert len(case.case.waits) == 1


def test_a_threat_is_no_fair_comment_whatever_class_was_proposed() -> None:
    assert Climb("C0", route=Route.POLICE_NOW).case.state is CaseState.TRIAGE


def test_after_a_refusal_nobody_else_records_a_consent_that_was_not_asked_anew() -> None:
    case = threat()
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="phone")
    case.take(StepKind.CONSENT_REFUSED, person="teacher")
    assert case.refused(StepKind.CONSENT_GIVEN, "head", person="teacher") == "consent_asked"
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in person")
    case.take(StepKind.CONSENT_GIVEN, "head", person="teacher")


def test_another_class_saves_nobody_the_consent_of_a_member_of_staff_who_is_aimed_at() -> None:
    case = threat().sought()
    case.classed("C13")
    assert case.not_asked(Rung.POLICE) == "consent"


def test_the_police_are_told_without_seeking_removal_its_evidence_its_weighing_or_its_clock() -> None:
    case = Climb("C6", route=Route.POLICE_NOW).classed("C6")
    assert case.not_asked(Rung.POLICE) == "evidence_held"
    case.take(StepKind.DECIDED, "head", "The police want it left up.", decision="report_only")
    assert not case.case.waits
    assert case.not_asked(Rung.PLATFORM_REPORT) == "decided_to_seek"
    case.take(StepKind.TARGET, person="teacher")
    assert case.not_asked(Rung.POLICE) == "consent"
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="phone")
    case.take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    case.ask(Rung.POLICE)
    assert case.case.decision == "report_only"
    assert {w.clock for w in case.case.waits} == {CaseClock.CHASE_2_WORKING_DAYS}


def test_what_is_left_up_may_be_reported_to_the_police_and_is_still_looked_at_again() -> None:
    case = Climb("C6", About.SCHOOL).classed("C6").sought()
    case.take(StepKind.DECIDED, "head", "It would only spread.", decision="stop")
    assert case.not_asked(Rung.POLICE) == "decided_to_report"
    case.take(StepKind.DECIDED, "head", "A pattern.", decision="report_only")
    case.ask(Rung.POLICE)
    assert CaseClock.REVIEW_30D in {w.clock for w in case.case.waits}
    case.take(StepKind.CLOSED, "it", "It stays.", ending="standing")
