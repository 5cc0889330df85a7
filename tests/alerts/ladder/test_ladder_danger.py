"""Imminent danger, the police, and what somebody else records for whom a post is aimed at."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders.alert import NOW, VICE
from builders.ladder import DAY, HOUR, PEOPLE, TEACHER, Climb, in_state, rules, with_target
from builders.steps import an_event
from support.for_each import for_each

from alerts.access.knowing import Access
from alerts.ladder.advance import Advance, advance
from alerts.ladder.replay import CONSENT, mail_of, replay
from data.cases import CaseState, Consent
from data.rungs import CaseClock, Rung
from data.steps.codes import NoticeWay, Relationship, StepKind
from data.types import About, Person, Role, Route
from monitor.act.casework import next_act

DANGER = {"rung": "police", "imminent": "yes"}
ROLES = tuple(
    Person(role.value, f"{role.value} Somebody", (role,), f"{role.value}@example.org") for role in Role
)
EVERYBODY = (*PEOPLE, *ROLES, Person("nothing", "Lin Dale", ()))
OPEN = [state for state in CaseState if state is not CaseState.CLOSED]
ODD = {
    "as it is": {}, "restricted": {"restricted": True}, "locked": {"locked": True},
    "on hold": {"hold_by": "dpo"}, "by a pupil": {"relationship": Relationship.PUPIL},
    "not safe": {"contact_safe": False}, "everybody accused": {"subjects": tuple(p.id for p in EVERYBODY)},
    "about the head": {"about": About.HEAD}, "aimed at the head": {"target": "head"},
    "a delegate's decision": {"decision": "seek", "delegated": True},
    "of extremism": {"content_class": "C9"},
}  # fmt: skip
_STAYS = (CaseState.FAIR_COMMENT, CaseState.BYPASSED, CaseState.CONFIRMING)
_MADE = {state: in_state(state).case for state in CaseState}
UNREACHED = rules(people=tuple(replace(p, email=None) if p is TEACHER else p for p in PEOPLE))
GONE = rules(people=tuple(p for p in PEOPLE if p is not TEACHER))
LETTER = {"letter": "recorded_for_you", "form": "txt", "sha256": "0" * 64}
EVENING = datetime(2026, 11, 17, 21, tzinfo=UTC)


def rang(case, person, why="", **facts):
    event = an_event(StepKind.ASKED, person, why, {**DANGER, **facts})
    return advance(case, event, NOW + DAY, rules(people=EVERYBODY))


@for_each("state", OPEN)
@for_each("odd", ODD)
def test_999_passes_every_guard_in_every_open_state_by_anybody(state, odd):
    case = replace(_MADE[state], **ODD[odd])
    for person in EVERYBODY if odd == "as it is" else (TEACHER, *EVERYBODY[-1:]):
        done = rang(case, person.id)
        assert isinstance(done, Advance), (state, odd, person.id, done)
        assert done.case.state is (case.state if case.state in _STAYS else CaseState.WAITING)
        assert done.case.rung is Rung.POLICE


def test_what_is_not_imminent_is_guarded_and_a_closed_case_and_other_rungs_stay_shut():
    for state in [CaseState.TRIAGE, CaseState.SEEKING, CaseState.WAITING]:
        assert in_state(state).not_asked(Rung.POLICE, "He is here.", "governor", imminent="no") in (
            "actor",
            "may_see",
        )
        assert in_state(state).not_asked(Rung.POLICE, "He is here.", "teacher", imminent="no") == "may_see"
        fair = in_state(CaseState.FAIR_COMMENT)
        assert fair.not_asked(Rung.POLICE, "He is here.", imminent="no") == "fair_comment"
        assert fair.not_asked(Rung.POLICE, "He is here.") == "fair_comment"
        assert (
            in_state(CaseState.BYPASSED).not_asked(Rung.POLICE, "He is here.", "dsl", imminent="no") == "lane"
        )
    for state, rung, actor, guard in [
        (CaseState.FAIR_COMMENT, Rung.POLICE, "stranger", "actor"),
        (CaseState.FAIR_COMMENT, Rung.POLICE, "schoolgate", "actor"),
        (CaseState.CLOSED, Rung.POLICE, "head", "closed"),
        *((CaseState.FAIR_COMMENT, r, "head", "fair_comment") for r in Rung if r is not Rung.POLICE),
    ]:  # fmt: skip
        assert in_state(state).not_asked(rung, "He is here.", actor, imminent="yes") == guard


def test_a_call_received_this_moment_has_its_time_and_what_is_dated_ahead_is_left_out_not_refused():
    case = in_state(CaseState.TRIAGE)
    ahead, now = ((case.now + later).isoformat() for later in (DAY, HOUR))
    done = case.attempt(
        StepKind.ASKED, "teacher", at=case.now + DAY, received_at=ahead, kind="letter",
        reference="42", **DANGER,
    )  # fmt: skip
    (step,) = done.steps
    assert (step.done_at, step.stored_facts) == (
        step.recorded_at,
        {**DANGER, "kind": "letter", "reference": "42"},
    )
    received = in_state(CaseState.TRIAGE).attempt(StepKind.ASKED, "teacher", received_at=now, **DANGER)
    assert received.steps[0].stored_facts["received_at"] == now


def test_fair_comment_and_a_lane_stay_so_with_their_call_and_why_is_written_down_before_the_end():
    for state in (CaseState.FAIR_COMMENT, CaseState.BYPASSED):
        case = in_state(state).ask(Rung.POLICE, "He is here.", "teacher", imminent="yes")
        assert case.case.state is state
        assert {w.clock for w in case.case.waits} == {CaseClock.WARN_1H}
        assert case.not_asked(Rung.PLATFORM_REPORT, "Quick.", "dsl") in ("fair_comment", "lane")
    said = in_state(CaseState.FAIR_COMMENT).ask(Rung.POLICE, "She had seen a knife.", imminent="yes")
    assert not said.case.unexplained
    assert replay(said.steps) == said.case
    case = in_state(CaseState.FAIR_COMMENT).ask(Rung.POLICE, "", "teacher", imminent="yes")
    case.take(StepKind.RESPONDED, how="phone")
    assert case.refused(StepKind.CLOSED, "head", "Answered.", ending="answered") == "imminent_reason"
    case.take(StepKind.NOTED, "head", "She had seen a knife.")
    case.take(StepKind.CLOSED, "head", "Answered.", ending="answered")


def test_who_leads_is_told_at_once_and_how_it_is_read_only_if_they_may_read_it():
    case = Climb("C0", About.SCHOOL, route=Route.RESPOND, subjects="deputy_dsl")
    case.now = NOW.replace(hour=2)
    done = case.take(StepKind.ASKED, "teacher", "A knife.", **DANGER)
    assert {m.person_id for m in done.outbox} == {"head", "dsl"}
    assert {m.due_at for m in done.outbox} == {case.now}
    assert all("999" in m.subject and "knife" not in m.subject + m.body for m in done.outbox)
    case = Climb("C0", About.HEAD, route=Route.RESPOND)
    done = case.take(StepKind.ASKED, "teacher", "A knife.", **DANGER)
    assert {"chair", "dsl"} <= {m.person_id for m in done.outbox}
    assert VICE.id not in {m.person_id for m in done.outbox}
    for route in [Route.RESPOND, Route.REQUEST_REMOVAL]:
        case = Climb("C2", About.HEAD, route=route)
        done = case.take(StepKind.ASKED, "teacher", "A knife.", **DANGER)
        told = {m.person_id: m.body for m in done.outbox}
        assert {"chair", "dsl"} <= set(told)
        read = {p.id for p in PEOPLE if p.id in told and case.rules.access(p, case.case) is Access.WORDS}
        assert {who for who, body in told.items() if "at the desk" in body} == read
        assert "chair" in read
        assert route is Route.RESPOND or len(read) < len(told)


def test_whom_to_warn_is_listed_after_999_for_an_hour_past_the_ladder_too_and_where_nobody_rang_nobody_is():
    case = Climb("C6", route=Route.POLICE_NOW).ask(Rung.POLICE, "At the gate.", imminent="yes")
    assert case.case.to_warn == ("target", "site", "authority")
    assert [(w.clock, w.due_at - w.since) for w in case.case.waits] == [(CaseClock.WARN_1H, HOUR)]
    case.take(StepKind.WARNED, who="target")
    case.take(StepKind.WARNED, "it", who="site")
    assert case.case.to_warn == ("authority",)
    assert case.case.over(case.now)
    case.take(StepKind.WARNED, "dsl", who="authority")
    assert (case.case.to_warn, case.case.waits) == ((), ())
    case.ask(Rung.POLICE, "He is back.", imminent="yes")
    assert case.case.to_warn[0] == "target"
    lane = in_state(CaseState.BYPASSED).ask(Rung.POLICE, "He is here.", "dsl", imminent="yes")
    assert {w.clock for w in lane.case.waits} == {CaseClock.WARN_1H}
    assert Climb("C6", About.SCHOOL).sought().ask(Rung.POLICE).case.to_warn == ()
    case = Climb("C6", route=Route.POLICE_NOW).ask(Rung.POLICE, "At the gate.", imminent="yes")
    before = replace(case.steps[-1], clock=CaseClock.CHASE_2_WORKING_DAYS.value)
    then = replay([*case.steps[:-1], before])
    assert (then.to_warn, {w.clock for w in then.waits}) == ((), {CaseClock.CHASE_2_WORKING_DAYS})


def _threat_after_all():
    """A child’s matter in which 999 was rung, and which the lead then calls a threat to a member of staff."""
    case = in_state(CaseState.BYPASSED).ask(Rung.POLICE, "He is here.", "dsl", imminent="yes")
    case.take(StepKind.WARNED, "dsl", who="site")
    case.take(StepKind.CLASSIFIED, "dsl", "He means the teacher.", **{"class": "C6"})
    return case


def test_of_a_threat_after_all_whoever_is_aimed_at_and_who_decides_are_told_of_999():
    case = _threat_after_all().case
    assert (case.lane, case.rung, case.to_warn) == (None, Rung.POLICE, ("target", "authority"))
    assert case.call_to_999 is not None
    assert CaseClock.WARN_1H in {w.clock for w in case.waits}
    rung = _threat_after_all()
    (head,) = [m for m in rung.sent if m.person_id == "head" and "999 was rung" in m.subject][-1:]
    assert head.due_at == rung.now
    quiet = in_state(CaseState.BYPASSED)
    done = quiet.take(StepKind.CLASSIFIED, "dsl", "He means the teacher.", **{"class": "C6"})
    assert ["tell the police?" in m.subject for m in done.outbox if m.person_id == "head"] == [True]
    case = _threat_after_all()
    (mail,) = case.take(StepKind.TARGET, "dsl", person="teacher").outbox
    assert (mail.person_id, mail.due_at) == ("teacher", case.now)
    assert mail.subject.startswith("Your safety: please read this")
    for words in (
        "ring 999 now", "may be a threat", "asked to deal with it: Jane Holt", "entitled to support",
    ):  # fmt: skip
        assert words in " ".join(mail.body.split())
    assert not case.take(StepKind.TARGET, "dsl", person="teacher").outbox
    case = in_state(CaseState.BYPASSED)
    assert "teacher" not in {m.person_id for m in case.take(StepKind.TARGET, "dsl", person="teacher").outbox}
    done = case.take(StepKind.CLASSIFIED, "dsl", "He means the teacher.", **{"class": "C6"})
    assert "teacher" in {m.person_id for m in done.outbox}
    case = threat(audience="head dsl teacher")
    case.ask(Rung.POLICE, "He is at the gate.", imminent="yes")
    (mail,) = (m for m in case.sent if m.person_id == "teacher" and "999 was rung" in m.subject)
    assert mail.subject.startswith("Your safety: 999 was rung")
    body = " ".join(mail.body.split())
    assert "Help is under way." in body
    assert "make sure" not in body
    assert any("make sure now" in m.body for m in case.sent if m.person_id == "dsl")


def test_a_threat_is_not_handed_over_before_everybody_was_warned_nor_an_allegation():
    case = warned(_threat_after_all())
    case.take(StepKind.CLOSED, "head", "The police have it.", ending="handed_over")
    staff = Climb("C10", About.STAFF, route=Route.SAFEGUARDING)
    staff.ask(Rung.POLICE, "He is here.", "dsl", imminent="yes")
    assert staff.refused(StepKind.CLOSED, "dsl", "They have it.", ending="handed_over") == "referred"
    case = in_state(CaseState.BYPASSED)
    case.ask(Rung.POLICE, "He is beaten at home.", "dsl", imminent="yes")
    case.take(StepKind.CLOSED, "dsl", "They have it.", ending="handed_over")
    for content_class in ["C6", "C10"]:
        case = Climb(content_class, About.PUPIL, route=Route.POLICE_NOW, audience="head")
        case.ask(Rung.POLICE, "He is at the gate.", imminent="yes")
        case.take(StepKind.WARNED, "head", who="target")
        assert case.refused(StepKind.CLOSED, "head", "They have it.", ending="handed_over") == "danger_warned"
        left = case.attempt(StepKind.CLOSED, "head", "They have it.", ending="handed_over")
        assert "the gate and the site and the local authority or the trust" in left.said
        warned(case).take(StepKind.CLOSED, "head", "They have it.", ending="handed_over")


def test_once_the_hour_of_a_danger_is_over_the_first_question_is_whether_anything_happened():
    case = Climb("C6", route=Route.POLICE_NOW, by=replace(rules(), danger_at=NOW + DAY)).sought()
    case.take(StepKind.NOTED, "head", "The gate is shut early.")
    ends = {"ending": "handed_over"}
    case.take(StepKind.REFERRED, "head", to="police")
    assert case.refused(StepKind.CLOSED, "head", **ends) == "gate_warned"
    case.now = NOW + DAY
    assert next_act(case.case, (), "head", case.now, case.rules).act == StepKind.NOTED
    assert case.refused(StepKind.CLOSED, "head", **ends) == "outcome_said"
    case.take(StepKind.NOTED, "head", "Nobody came.")
    assert next_act(case.case, (), "head", case.now, case.rules).act != StepKind.NOTED
    assert case.refused(StepKind.CLOSED, "head", **ends) == "gate_warned"
    case.take(StepKind.CLOSED, "head", "The gate had heard by telephone.", **ends)


def warned(case):
    for who in case.case.to_warn:
        case.take(StepKind.WARNED, "head", who=who.value)
    return case


def test_every_mail_of_a_case_of_which_somebody_said_danger_now_says_so_first_with_999():
    case = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING, danger_now="yes", audience="dsl")
    case.take(StepKind.ASSIGNED, "dsl", person="deputy_dsl")
    case.take(StepKind.CLASSIFIED, "dsl", "He means the teacher.", **{"class": "C6"})
    case.take(StepKind.TARGET, "dsl", person="teacher")
    assert {"dsl", "deputy_dsl", "head", "teacher"} <= {*case.told()}
    for mail in case.sent:
        first = mail.body.split("\n\n")[1]
        assert first.startswith("The person who reported it says that somebody is in danger now."), (
            mail.subject
        )
        assert "999" in first
        assert mail.subject.startswith(("Danger? ", "Your safety", "Threat"))


def threat(about=About.STAFF, target="teacher", **facts):
    if target:
        facts["target"] = target
    return Climb("C6", about, route=Route.POLICE_NOW, **facts)


def test_a_threat_opens_at_the_police_for_a_person_to_choose_and_after_999_goes_on_as_any_other():
    case = threat()
    assert case.case.rung is Rung.POLICE
    assert case.case.state is CaseState.TRIAGE
    assert not case.case.askings
    assert Climb("C0", route=Route.POLICE_NOW).case.state is CaseState.TRIAGE
    case = threat().ask(Rung.POLICE, "He is here.", imminent="yes")
    case.sought()
    assert case.case.state is CaseState.WAITING
    case.answer(Rung.POLICE, "none")
    assert case.case.state is CaseState.SEEKING


def test_consent_is_asked_of_whoever_is_aimed_at_until_it_is_withdrawn():
    case = threat().sought()
    assert case.not_asked(Rung.POLICE) == "consent"
    assert case.refused(StepKind.CONSENT_WITHDRAWN, person="teacher") == "consent_was_given"
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in person")
    assert case.not_asked(Rung.POLICE) == "consent"
    case.take(StepKind.CONSENT_REFUSED, "teacher", person="teacher")
    assert case.not_asked(Rung.POLICE) == "consent"
    case.take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    assert isinstance(case.attempt(StepKind.ASKED, rung="police"), Advance)
    case.take(StepKind.CONSENT_WITHDRAWN, "teacher", person="teacher")
    assert case.not_asked(Rung.POLICE) == "consent"
    assert threat().refused(StepKind.CONSENT_GIVEN, "head", person="teacher") == "consent_asked"
    threat().take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    case = threat()
    assert case.refused(StepKind.CONSENT_ASKED, person="deputy", how="by phone") == "consent_person"
    nobody = threat(target="")
    assert nobody.refused(StepKind.CONSENT_ASKED, person="teacher", how="by phone") == "consent_person"


def test_the_head_or_who_stands_in_overrides_for_a_risk_with_the_reason_and_the_person_is_told():
    for ground in ["child_at_risk", "other_at_risk", "risk_to_life"]:
        case = threat().sought()
        case.take(StepKind.CONSENT_ASKED, person="teacher", how="by phone")
        case.take(StepKind.CONSENT_REFUSED, person="teacher")
        assert case.refused(StepKind.CONSENT_OVERRIDDEN, "head", ground=ground) == "reason"
        done = case.take(StepKind.CONSENT_OVERRIDDEN, "head", "A child was beside them.", ground=ground)
        assert [m.person_id for m in done.outbox] == ["teacher"]
        case.ask(Rung.POLICE)
    case = threat().sought()
    override = StepKind.CONSENT_OVERRIDDEN
    assert case.refused(override, "head", "It looks bad.", ground="reputation") == "override_ground"
    assert case.refused(override, "it", "A child.", ground="child_at_risk") == "head_overrides"
    case = Climb("C6", target="teacher", by=with_target(decider=Role.IT_LEAD))
    assert case.refused(override, "it", "A child.", ground="child_at_risk") == "head_overrides"
    case.take(override, "head", "A child.", ground="child_at_risk")
    case = threat(About.HEAD, "head", audience="dsl chair").sought(actor="chair")
    assert case.refused(override, "head", "A child.", ground="child_at_risk") == "head_overrides"
    case.take(override, "chair", "A child.", ground="child_at_risk")


def test_of_staff_alone_consent_is_asked_and_no_other_class_or_person_saves_it():
    case = threat().sought()
    case.take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    case.take(StepKind.SUPPORT, status="offered")
    case.take(StepKind.TARGET, person="deputy")
    assert case.case.consent is Consent.NOT_ASKED
    assert case.not_asked(Rung.POLICE) == "consent"
    case = threat(About.STAFF, "").sought()
    assert case.not_asked(Rung.POLICE) == "target_named"
    case.take(StepKind.TARGET, person="teacher")
    assert case.not_asked(Rung.POLICE) == "consent"
    for about in [About.PUPIL, About.SCHOOL, About.OTHER]:
        threat(about, "").sought().ask(Rung.POLICE)
        Climb("C13", About.STAFF).sought().ask(Rung.POLICE)
    case = threat()
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="phone")
    case.take(StepKind.CONSENT_REFUSED, person="teacher")
    assert case.refused(StepKind.CONSENT_GIVEN, "head", person="teacher") == "consent_asked"
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in person")
    case.take(StepKind.CONSENT_GIVEN, "head", person="teacher")
    case = threat().sought()
    case.classed("C13")
    assert case.not_asked(Rung.POLICE) == "consent"


def test_hate_threats_and_crime_go_to_the_police_at_once_and_other_matter_for_a_reason():
    for content_class in ["C3", "C5", "C6", "C13"]:
        Climb(content_class, About.SCHOOL).sought().ask(Rung.POLICE)
    case = Climb("C4", About.SCHOOL).sought()
    assert case.not_asked(Rung.POLICE) == "police_matter"
    case.ask(Rung.POLICE, "It may be a knowingly false message meant to harm.")
    case = Climb("C2", About.SCHOOL).sought()
    assert case.not_asked(Rung.POLICE) == "police_last"
    case.ask(Rung.PLATFORM_REPORT).ask(Rung.POLICE)
    Climb("C2", About.SCHOOL).sought().ask(Rung.POLICE, "It has gone on for a month.")


def test_the_police_may_be_told_of_what_is_said_to_be_gone_and_danger_undoes_a_decision_to_leave_it():
    case = Climb("C6", About.SCHOOL).sought().look("gone")
    assert case.case.state is CaseState.CONFIRMING
    assert case.not_asked(Rung.PLATFORM_REPORT) == "said_gone"
    case.ask(Rung.POLICE)
    assert case.case.state is CaseState.CONFIRMING
    case.look("gone", DAY).take(StepKind.CLOSED, ending="removed")
    case = threat().classed()
    case.take(StepKind.DECIDED, "head", "It reads as a joke.", decision="stop")
    case.ask(Rung.POLICE, "He is at the gate after all.", imminent="yes")
    assert case.case.state is CaseState.WAITING
    assert case.case.decision is None
    assert len(case.case.waits) == 1


def test_the_police_are_told_without_a_removal_sought_and_of_what_is_left_up_too():
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
    case = Climb("C6", About.SCHOOL).classed("C6").sought()
    case.take(StepKind.DECIDED, "head", "It would only spread.", decision="stop")
    assert case.not_asked(Rung.POLICE) == "decided_to_report"
    case.take(StepKind.DECIDED, "head", "A pattern.", decision="report_only")
    case.ask(Rung.POLICE)
    assert CaseClock.REVIEW_30D in {w.clock for w in case.case.waits}
    case.take(StepKind.CLOSED, "it", "It stays.", ending="standing")


def asked(by=None):
    case = threat(by=by).sought()
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in_person")
    return case


def to_the_teacher(case, kind, actor="head", why="", **facts):
    done = case.take(kind, actor, why, **facts)
    return [m for m in done.outbox if m.person_id == "teacher"]


def flat(message):
    return " ".join(message.body.split())


@pytest.mark.parametrize(("before", "kind", "said"), [
    ((), StepKind.CONSENT_GIVEN, "that you agree to the police being told"),
    ((), StepKind.CONSENT_REFUSED, "that you do not agree to the police being told"),
    ((StepKind.CONSENT_GIVEN,), StepKind.CONSENT_WITHDRAWN, "that you no longer agree"),
])  # fmt: skip
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
    assert message.subject.startswith("Words about you: recorded for you")
    for hidden in ("facebook", "C6", "m1", "s1"):
        assert hidden not in message.subject + message.body


def test_what_was_mailed_or_answered_opens_the_way_to_the_police_and_where_no_mail_reaches_a_letter_does():
    for by, told in [("teacher", None), ("head", NoticeWay.MAIL)]:
        case = asked()
        assert bool(to_the_teacher(case, StepKind.CONSENT_GIVEN, by, person="teacher")) is (by != "teacher")
        assert (case.case.consent_by, case.case.consent_told) == (by, told)
        case.ask(Rung.POLICE)
    for by in [UNREACHED, GONE]:
        case = asked(by)
        assert not to_the_teacher(case, StepKind.CONSENT_GIVEN, person="teacher")
        assert case.case.consent_told is NoticeWay.OWED
        assert case.not_asked(Rung.POLICE) == "consent_told"
        case.take(StepKind.LETTER, letter="support_offer", form="txt", sha256="0" * 64)
        assert case.not_asked(Rung.POLICE) == "consent_told"
        case.take(StepKind.LETTER, **LETTER)
        assert case.case.consent_told is NoticeWay.LETTER
        case.ask(Rung.POLICE)


def test_a_letter_of_before_tells_nothing_of_a_later_answer_and_danger_or_an_override_wait_for_none():
    case = asked(UNREACHED)
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    case.take(StepKind.LETTER, **LETTER)
    case.take(StepKind.CONSENT_WITHDRAWN, person="teacher")
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in_person")
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    assert case.not_asked(Rung.POLICE) == "consent_told"
    case = asked(UNREACHED)
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    case.ask(Rung.POLICE, "He is at the gate.", imminent="yes")
    other = asked(UNREACHED)
    other.take(StepKind.CONSENT_OVERRIDDEN, "head", "A child was beside them.", ground="child_at_risk")
    assert (other.case.consent, other.case.consent_told) == (Consent.OVERRIDDEN, NoticeWay.OWED)
    other.ask(Rung.POLICE)


@pytest.mark.parametrize(("status", "said"), [
    ("offered", "that support was offered to you"), ("accepted", "that you took up the support"),
    ("declined", "that you do not want the support"), ("in_place", "that the support for you is in place"),
    ("ended", "that the support for you has ended"),
])  # fmt: skip
def test_of_what_another_records_about_support_its_person_is_told(status, said):
    case = threat()
    (message,) = to_the_teacher(case, StepKind.SUPPORT, status=status)
    assert said in flat(message)
    assert case.case.support_told is NoticeWay.MAIL
    assert not to_the_teacher(case, StepKind.SUPPORT, "teacher", status=status)
    assert case.case.support_told is None


@pytest.mark.parametrize(("ending", "told"), [("handed_over", True), ("mistaken", False)])
def test_once_it_is_closed_whom_it_was_aimed_at_hears_once_what_was_done_and_whom_to_ask(ending, told):
    case = threat()
    case.take(StepKind.SUPPORT, status="offered")
    if told:
        case.take(StepKind.REFERRED, to="police", reference="CR/118/26")
    sent = to_the_teacher(case, StepKind.CLOSED, ending=ending, why="It is over.")
    assert [("CR/118/26" in flat(one), "ask: " in flat(one)) for one in sent] == [(True, True)] * told


def test_support_of_nobody_is_told_to_nobody_nor_what_was_recorded_of_another_target():
    nobody = Climb(about=About.SCHOOL)
    nobody.take(StepKind.SUPPORT, status="offered")
    assert nobody.case.support_told is None
    case = asked()
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    case.take(StepKind.SUPPORT, status="offered")
    case.take(StepKind.TARGET, person="deputy")
    held = case.case
    assert (held.consent_by, held.consent_told, held.support_by, held.support_told) == (None,) * 4


def test_a_mail_is_said_to_have_told_only_where_one_was_written():
    for by, mailed in [(None, True), (UNREACHED, False)]:
        case = asked(by)
        (*written,) = to_the_teacher(case, StepKind.CONSENT_GIVEN, person="teacher")
        assert bool(written) is mailed
        found = mail_of(case.case, case.steps, CONSENT)
        assert found == (written[0].key if mailed else "")
    case = asked()
    (message,) = to_the_teacher(case, StepKind.CONSENT_GIVEN, person="teacher")
    assert "at the desk" in message.body
    said = " ".join(message.body.split())
    assert "To take it back, say so on the page of the case, or tell the person who asked you." in said
    case = asked()
    case.take(StepKind.CONSENT_GIVEN, person="teacher")
    told = case.steps[-1]
    before = [*case.steps[:-1], replace(told, said=replace(told.said, informed=None))]
    case.case = replay(before)
    assert case.case.consent_told is NoticeWay.OWED
    assert case.not_asked(Rung.POLICE) == "consent_told"
