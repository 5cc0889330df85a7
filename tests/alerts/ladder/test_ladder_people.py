"""Who decides, who may see a case, who may read it and who is told of what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.alert import CHAIR, DEPUTY, DEPUTY_DSL, DPO, DSL, HEAD, IT, LA, VICE
from builders.ladder import DAY, NOW, PEOPLE, TEACHER, WEIGHED, Climb, in_state, rules, with_target
from builders.steps import an_event

from alerts.access.guidance import staff_places
from alerts.access.knowing import Access, Act, confirmers, reports_to_one
from alerts.access.offices import REPORTS_TO
from alerts.ladder.advance import Advance, advance
from alerts.ladder.rules import in_due_form
from alerts.layout.note import LIFE
from data.cases import CaseState
from data.content_class import ContentClass
from data.rungs import Rung
from data.steps.classes import facts_to_store
from data.steps.codes import BypassRoute, Relationship, StepKind
from data.types import About, Person, Role, Route
from data.words.say import words

PRESS = Person("press", "Fay Dunn", (Role.PRESS,), "press@example.org")
GOVERNOR = Person("governor", "Ray Holm", (Role.GOVERNOR,), "governor@example.org")
SEEN_BY = {
    "an open case: those who work on such": (Climb(), {"head", "deputy", "dsl", "deputy_dsl", "dpo", "it"}),
    "about the head: the chair": (Climb(about=About.HEAD), {"chair"}),
    "about the chair: the vice-chair and the authority": (Climb(about=About.CHAIR), {"vice", "la"}),
    "restricted: its few and the leads": (
        Climb("C10", About.PUPIL, route=Route.SAFEGUARDING, audience="chair"), {"dsl", "deputy_dsl", "chair"},
    ),
    "an allegation against staff: the head too": (
        Climb("C10", About.STAFF, route=Route.SAFEGUARDING, subjects="teacher"),
        {"dsl", "deputy_dsl", "head"},
    ),
}  # fmt: skip
EVENING = datetime(2026, 11, 17, 21, tzinfo=UTC)
IT_FIRST = replace(rules(), profile=replace(rules().profile, first_assessor="it_lead"))
THREATENED = Climb("C6", route=Route.POLICE_NOW, target="teacher")
LANE = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING, audience="dsl deputy_dsl")
WHY = "It sets other parents on her by name; that is no criticism of what the school does."
TO_C2 = {"from": "C0", "class": "C2"}


def who(act, climb):
    return [p.id for p in climb.rules.who_may(act, climb.case)]


def may_see(case, person, people=PEOPLE):
    return rules(people=people).access(person, case) >= Access.STATUS


def may_read(case, person, people=PEOPLE):
    return rules(people=people).access(person, case) is Access.WORDS


def weighed(case, actor):
    case.classed(actor=actor)
    case.take(StepKind.WEIGHED, actor, **WEIGHED)
    return case


def test_the_head_decides_or_who_stands_above_or_whom_the_policy_names():
    for about, by in [
        (About.STAFF, ["head"]), (About.DSL, ["head"]), (About.HEAD, ["chair"]), (About.CHAIR, ["vice"]),
    ]:  # fmt: skip
        case = Climb(about=about)
        assert who(Act.DECIDE, case) == by
        assert weighed(case, by[0]).take(StepKind.DECIDED, by[0], decision="seek").case.decided_by == by[0]
    case = Climb(by=with_target(decider=Role.IT_LEAD))
    assert who(Act.DECIDE, case) == ["it"]
    weighed(case, "head")
    assert case.refused(StepKind.DECIDED, "chair", decision="seek") == "may_see"
    case.take(StepKind.DECIDED, "it", decision="seek")


@pytest.mark.parametrize(("act", "climb", "by"), [
    # where all of the school may be accused the authority decides, where the decider may be, the next
    (Act.DECIDE, Climb(about=About.HEAD, subjects="head chair vice"), ["la"]),
    (Act.DECIDE, Climb(by=with_target(decider=Role.IT_LEAD), subjects="it"), ["head"]),
    # the first assessor is whom the policy names and never the subject
    (Act.ASSESS, Climb(by=with_target(first_assessor=Role.IT_LEAD)), ["it"]),
    (Act.ASSESS, Climb(by=with_target(first_assessor=Role.IT_LEAD), subjects="it"), ["head"]),
    # the chair is the head of what is about the head
    (Act.APPROVE, Climb(about=About.HEAD), ["chair"]),
])  # fmt: skip
def test_whose_it_is_to_decide_assess_and_approve(act, climb, by):
    assert who(act, climb) == by


def test_the_head_or_chair_aimed_at_decides_only_alone_and_does_nothing_that_wants_words():
    case = Climb(target="head")
    assert who(Act.DECIDE, case) == ["chair"]
    assert who(Act.DECIDE, Climb(target="head", by=rules(people=(HEAD, DEPUTY)))) == ["deputy"]
    assert case.refused(StepKind.CLASSIFIED, "head", **{"class": "C2"}) == "works_on_it"
    alone = Climb(target="head", by=rules(people=(HEAD,)))
    weighed(alone, "head").take(StepKind.DECIDED, "head", decision="seek")
    for kind, facts in [
        (StepKind.LETTER, {"letter": "thanks"}), (StepKind.HOSTED, {"host": "example.org"}),
        (StepKind.CHECKED, {"result": "gone"}), (StepKind.LOCKED, {}),
    ]:  # fmt: skip
        assert Climb(target="teacher").refused(kind, "teacher", **facts) == "works_on_it"


def test_a_delegate_decides_on_a_platform_report_alone_and_undoes_nothing_of_the_heads():
    case = weighed(Climb(), "it")
    assert case.refused(StepKind.DECIDED, "it", "Why.", decision="stop") == "delegate_seeks"
    assert case.refused(StepKind.DECIDED, "dsl", decision="seek") == "decider"
    case.take(StepKind.DECIDED, "it", decision="seek")
    assert case.case.delegated
    case.take(StepKind.EVIDENCE, "schoolgate", capture="c", manifest="0" * 64, files="1")
    case.author("governor")
    assert case.not_asked(Rung.AUTHOR_REQUEST) == "decider_of_rung"
    case.author("unknown").ask(Rung.PLATFORM_REPORT)
    case.take(StepKind.DECIDED, "head", decision="seek")
    assert not case.case.delegated
    case = weighed(Climb(), "it")
    case.take(StepKind.DECIDED, "head", "It would only spread.", decision="stop")
    assert case.refused(StepKind.DECIDED, "it", "I disagree.", decision="seek") == "delegate_seeks"
    case = Climb(about=About.HEAD)
    assert who(Act.DECIDE_ON_REPORT, case) == who(Act.DECIDE, case)
    assert weighed(case, "chair").refused(StepKind.DECIDED, "deputy", decision="seek") == "may_see"


def seen_by(case, people=(*PEOPLE, PRESS, GOVERNOR)):
    return {p.id for p in people if may_see(case, p, people)}


@pytest.mark.parametrize(("climb", "people"), SEEN_BY.values(), ids=SEEN_BY)
def test_who_sees_a_case(climb, people):
    assert seen_by(climb.case) == people


@pytest.mark.parametrize("restricted", [False, True])
def test_who_stands_in_for_the_chair_sees_it_only_while_the_chair_cannot_be_told(restricted):
    case = Climb(about=About.HEAD).case
    if restricted:
        case = replace(case, restricted=True, lane=BypassRoute.STAFF_ALLEGATION)
    above = {CHAIR.id, VICE.id, LA.id}
    unreached = replace(CHAIR, email=None)
    assert seen_by(case) & above == {"chair"}
    assert seen_by(case, (HEAD, VICE, LA)) == {"vice"}
    assert seen_by(case, (HEAD, LA)) == {"la"}
    assert seen_by(case, (HEAD, unreached, VICE, LA)) == {"chair", "vice"}
    assert seen_by(replace(case, subjects=("head", "chair"))) & above == {"vice", "la"}
    assert seen_by(replace(case, audience=("chair", "vice"))) & above == {"chair", "vice"}


def test_a_subject_sees_nothing_in_whatever_role_and_who_is_aimed_at_the_status():
    for person in [HEAD, DEPUTY, DSL, CHAIR, IT, DPO, LA]:
        for how in ["subject", "subject told before", "subject assigned"]:
            case = replace(Climb(about=About.SCHOOL).case, subjects=(person.id,))
            if how == "subject told before":
                case = replace(case, audience=(person.id,), target=person.id)
            if how == "subject assigned":
                case = replace(case, assigned_to=person.id)
            assert not may_see(case, person)
            assert not may_read(case, person)
    case = Climb(target="teacher").case
    assert may_see(case, TEACHER)
    assert not may_read(case, TEACHER)
    lane = Climb("C9", About.STAFF, route=Route.POLICE_NOW, target="teacher").case
    assert not may_see(lane, TEACHER)
    case = Climb("C6", About.HEAD, route=Route.POLICE_NOW, target="head").case
    assert may_see(case, HEAD)
    assert not rules().has_conflict(HEAD, case)
    assert may_read(Climb("C0", About.HEAD, route=Route.RESPOND).case, HEAD)


def test_about_the_lead_another_lead_is_not_kept_out_and_of_a_head_who_is_the_lead_the_chair_is_told():
    second = Person("dsl2", "Uma Lyle", (Role.DSL,), "dsl2@example.org")
    named = Climb("C10", About.DSL, route=Route.SAFEGUARDING, subjects="dsl").case
    assert may_see(named, second, (DSL, second))
    assert not may_see(named, DSL)
    unnamed = Climb("C10", About.DSL, route=Route.SAFEGUARDING).case
    assert not may_see(unnamed, DSL)
    both = Person("head", "Jane Holt", (Role.HEAD, Role.DSL), "head@example.org")
    by = rules(people=(both, DEPUTY, DEPUTY_DSL, CHAIR, VICE))
    case = Climb("C10", About.HEAD, route=Route.SAFEGUARDING, subjects="head", by=by)
    assert seen_by(case.case, by.people) == {"chair", "deputy_dsl"}
    assert "head" not in case.told()
    assert {"chair", "deputy_dsl"} <= set(case.told())


def test_who_may_not_see_a_case_does_nothing_in_it_and_who_is_assigned_sees_it():
    for actor in ("chair", "la", "vice"):
        assert Climb().refused(StepKind.NOTED, actor, "Hello.") == "may_see"
    lane = in_state(CaseState.BYPASSED)
    assert lane.refused(StepKind.ASKED, "it", rung="platform_report") == "may_see"
    assert Climb().refused(StepKind.NOTED, "nobody", "Hello.") == "actor"
    assert Climb().refused(StepKind.DECIDED, "schoolgate", decision="seek") == "actor"
    case = Climb(about=About.HEAD, subjects="head")
    assert not may_read(case.case, IT)
    case.take(StepKind.ASSIGNED, "chair", person="it")
    assert may_read(case.case, IT)
    assert case.told()[-1] == "it"


def test_a_case_is_given_to_nobody_whom_it_may_accuse_and_only_leads_or_the_decider_say_who():
    for person in ["head", "teacher", "stranger"]:
        case = Climb(about=About.HEAD, subjects="head", target="teacher")
        assert case.refused(StepKind.ASSIGNED, "chair", person=person) == "may_be_assigned"
    for kind, facts in [
        (StepKind.ABOUT, {"who": "staff"}), (StepKind.ACCUSED, {"person": "deputy"}),
        (StepKind.CONFLICTED, {"person": "deputy"}),
    ]:  # fmt: skip
        case = Climb()
        assert case.refused(kind, "it", "I think so.", **facts) == "says_who"
        case.take(kind, "dsl", "It says so.", **facts)
        Climb().take(kind, "head", "It says so.", **facts)


def test_a_subject_is_no_target_unless_two_let_them_in_and_sees_no_more():
    case, cleared = Climb(subjects="teacher"), {"person": "teacher", "stands": "no"}
    assert case.refused(StepKind.TARGET, person="teacher") == "target_no_subject"
    assert case.refused(StepKind.TARGET, person="teacher", subjects="deputy") == "two_let_in"
    assert case.refused(StepKind.ACCUSED, "dsl", "A theft.", second="dsl", **cleared) == "two_let_in"
    case.take(StepKind.ACCUSED, "dsl", "It says that he stole.", second="head", **cleared)
    case.take(StepKind.TARGET, person="teacher")
    assert (case.case.subjects, case.case.target) == ((), "teacher")
    case = Climb()
    case.take(StepKind.TARGET, person="teacher", subjects="deputy")
    assert not may_see(case.case, DEPUTY)
    assert case.refused(StepKind.NOTED, "deputy", "Hello.") == "may_see"


def test_the_decider_alone_lets_in_the_one_target_of_a_smear_and_nobody_else_does():
    case = Climb(subjects="teacher")
    assert case.refused(StepKind.TARGET, "deputy", "Lies.", person="teacher", subjects="") == "two_let_in"
    case.take(StepKind.TARGET, "head", "Nothing is missing.", person="teacher", subjects="")
    assert (case.case.subjects, case.case.target) == ((), "teacher")
    two = Climb(subjects="teacher,deputy")
    assert two.refused(StepKind.TARGET, "head", "Lies.", person="teacher", subjects="") == "two_let_in"
    named = Climb()
    named.take(StepKind.ACCUSED, "head", "It says that he stole.", person="teacher")
    assert named.refused(StepKind.TARGET, "head", "Lies.", person="teacher", subjects="") == "two_let_in"


def test_a_decision_wants_a_class_and_all_four_in_words_and_what_is_left_open_is_not_said():
    case = Climb()
    assert case.refused(StepKind.DECIDED, decision="seek") == "class_set"
    case.classed()
    assert case.refused(StepKind.DECIDED, decision="seek") == "weighed"
    assert case.refused(StepKind.WEIGHED, **{**WEIGHED, "impact": " "}) == "in_words"
    assert case.refused(StepKind.WEIGHED, nature="an insult") == "facts"
    case = Climb(about=About.HEAD, subjects="head", by=rules(people=(HEAD, IT)), audience="it")
    done = case.attempt(StepKind.WEIGHED, "it", **{**WEIGHED, "impact": " "})
    assert done.guard == "in_words"
    weighed(case, "it")
    done = case.attempt(StepKind.DECIDED, "it", decision="seek")
    assert "somebody not yet in the settings" in done.remedy
    case = Climb()
    done = case.take(StepKind.AUTHOR, relationship="parent", contact_safe="")
    assert case.case.contact_safe
    assert done.steps[0].stored_facts == {"relationship": "parent"}
    case.take(StepKind.TARGET, person="teacher", subjects="deputy")
    case.take(StepKind.TARGET, "head", "Nobody is accused.", person="teacher", subjects="", second="dsl")
    assert case.case.subjects == ()


def test_a_restricted_case_is_decided_on_by_its_few_and_read_by_who_found_it_not_by_who_was_told():
    few = Climb("C11", About.PUPIL, restricted="yes", audience="deputy_dsl")
    assert who(Act.DECIDE, few) == ["dsl"]
    assert who(Act.APPROVE, few) == ["dsl"]
    assert who(Act.DECIDE_ON_REPORT, few) == who(Act.DECIDE, few)
    weighed(few, "deputy_dsl").take(StepKind.DECIDED, "dsl", decision="seek")
    told = Climb("C11", About.PUPIL, restricted="yes", audience="head")
    assert who(Act.DECIDE, told) == ["head"]
    case = Climb("C11", About.PUPIL, audience="it deputy")
    case.take(StepKind.ASSIGNED, "head", person="it")
    case.take(StepKind.CLASSIFIED, "head", **{"class": "C10"})
    assert {p.id for p in PEOPLE if may_read(case.case, p, PEOPLE)} == {"head", "dsl", "deputy_dsl"}


def test_whom_it_may_accuse_or_is_aimed_at_after_all_has_neither_decided_it_nor_has_it_in_hand():
    case = Climb().sought()
    done = case.take(StepKind.TARGET, "deputy", person="teacher", subjects="head")
    assert case.case.decision is None
    assert case.case.state is CaseState.TRIAGE
    assert not case.case.waits
    assert [m.person_id for m in done.outbox] == ["chair", "teacher"]
    assert case.not_asked(Rung.PLATFORM_REPORT, "", "chair") == "decided_to_seek"
    case.take(StepKind.DECIDED, "chair", decision="seek")
    case.ask(Rung.PLATFORM_REPORT, "", "chair")
    case = Climb().sought(actor="head")
    case.take(StepKind.ASSIGNED, person="deputy")
    case.take(StepKind.TARGET, "it", person="head")
    assert case.case.decision is None
    assert case.case.assigned_to == "deputy"
    case.take(StepKind.TARGET, "it", person="deputy")
    assert case.case.assigned_to is None


def test_who_is_accused_later_makes_it_about_the_head_until_cleared_and_an_insult_to_them_is_the_chairs():
    case = Climb()
    case.take(StepKind.TARGET, "deputy", person="teacher", subjects="head it")
    assert case.case.about is About.HEAD
    assert who(Act.DECIDE, case) == ["chair"]
    assert seen_by(case.case) == {"chair", "teacher"}
    both = {"stands": "no", "second": "dsl"}
    case.take(StepKind.ACCUSED, "chair", "Not the IT lead.", person="it", **both)
    assert case.case.about is About.HEAD
    case.take(StepKind.ACCUSED, "chair", "It means another school's.", **both)
    assert case.case.about is About.STAFF
    assert who(Act.DECIDE, case) == ["head"]
    case = Climb(about=About.HEAD, subjects="head")
    case.take(StepKind.TARGET, "chair", "It calls names.", person="head", subjects="", second="dsl")
    assert case.case.about is About.HEAD
    assert who(Act.DECIDE, case) == ["chair"]
    alleged = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, subjects="teacher")
    assert "chair" not in alleged.told()
    done = alleged.take(StepKind.TARGET, "dsl", person="deputy", subjects="teacher head")
    assert {m.person_id for m in done.outbox} == {"chair", "deputy_dsl"}
    assert not may_see(alleged.case, HEAD)


def test_to_name_who_is_accused_takes_no_target_and_lets_nobody_in_who_was_left_out_by_guess():
    guessed = Climb("C10", About.HEAD, route=Route.SAFEGUARDING, subjects="head chair")
    guessed.take(StepKind.ACCUSED, "dsl", "She grabbed the boy.", person="head")
    assert (set(guessed.case.subjects), guessed.case.accused) == ({"head", "chair"}, ("head",))
    case = Climb("C10", About.HEAD, route=Route.SAFEGUARDING, subjects="head")
    case.take(StepKind.ACCUSED, "dsl", "It is not her.", person="head", stands="no", second="deputy_dsl")
    case.take(StepKind.ACCUSED, "dsl", "The boy named him.", person="teacher")
    assert (case.case.subjects, case.case.accused, case.case.target) == (("teacher",), ("teacher",), None)
    assert may_read(case.case, HEAD)
    assert not may_see(case.case, TEACHER)
    case.take(StepKind.ACCUSED, "dsl", person="head")
    assert case.case.accused == ("teacher", "head")
    assert case.case.about is About.HEAD
    assert "chair" in case.told()


def test_an_adult_accused_makes_a_childs_matter_an_allegation_and_is_withdrawn_by_two():
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING)
    case.take(StepKind.ACCUSED, "dsl", person="teacher head")
    assert case.refused(StepKind.ACCUSED, "dsl", "Away.", person="head", stands="no") == "two_let_in"
    by_two = {"stands": "no", "second": "deputy_dsl"}
    case.take(StepKind.ACCUSED, "dsl", "Away that week.", person="head", **by_two)
    assert case.case.accused == case.case.subjects == ("teacher",)
    case.take(StepKind.ACCUSED, "dsl", "Another school is meant.", **by_two)
    assert case.case.accused == case.case.subjects == ()
    case = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    assert "head" not in case.told()
    case.take(StepKind.ACCUSED, "dsl", person="teacher")
    assert (case.case.lane, case.case.about) == (BypassRoute.STAFF_ALLEGATION, About.STAFF)
    assert "head" in case.told()
    assert Climb().refused(StepKind.ACCUSED, "dsl") == "facts"
    assert Climb().refused(StepKind.TARGET, "dsl") == "facts"


def test_a_conflict_of_interest_leaves_a_chair_out_who_is_accused_of_nothing():
    case = Climb("C10", About.HEAD, route=Route.SAFEGUARDING, subjects="head")
    case.take(StepKind.ACCUSED, "dsl", person="head")
    case.take(StepKind.CONFLICTED, "dsl", "Her husband.", person="chair")
    assert not may_see(case.case, CHAIR)
    assert case.case.accused == ("head",)
    assert case.case.about is About.HEAD
    assert "vice" in who(Act.DECIDE, case)
    by_two = {"stands": "no", "second": "deputy_dsl"}
    case.take(StepKind.ACCUSED, "dsl", "It means a cook.", **by_two)
    assert case.case.subjects == ("chair",)
    case.take(StepKind.CONFLICTED, "dsl", "So he has none.", person="chair", **by_two)
    assert case.case.subjects == case.case.conflicted == ()


def test_a_matter_that_is_no_childs_is_off_the_route_of_one_and_its_pictures_may_be_kept():
    case = Climb("C6", About.PUPIL).classed("C6")
    assert case.refused(StepKind.PICTURES_ALLOWED, "head", "A page.") == "no_child_in_pictures"
    assert case.refused(StepKind.ABOUT, "dsl", who="staff") == "reason"
    case.take(StepKind.ABOUT, "dsl", "It threatens a teacher.", who="staff")
    case.take(StepKind.PICTURES_ALLOWED, "head", "A page.")
    lane = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    lane.take(StepKind.ABOUT, "dsl", "It is about what he did.", who="staff")
    assert lane.case.lane is BypassRoute.STAFF_ALLEGATION
    lane.take(StepKind.ABOUT, "dsl", "It is a pupil after all.", who="child")
    assert lane.case.lane is BypassRoute.SAFEGUARDING


def which(messages, case):
    """By person, which of the subjects a message has."""
    w, said = words("en"), {}
    kinds = {w(key): key.rpartition(".")[2] for key in w.lines if key.startswith("case.do.")}
    for message in messages:
        matter, _, does = message.subject.removesuffix(f" ({case.case.id})").partition(": ")
        assert matter
        said[message.person_id] = next(kind for do, kind in kinds.items() if does.startswith(do))
    return said


def test_of_a_threat_and_of_pictures_those_concerned_are_told_and_no_subject_of_anything():
    case = Climb("C6", route=Route.POLICE_NOW, target="teacher", audience="head dsl")
    assert which(case.sent, case) == {"head": "police_now", "dsl": "police_now"}
    assert {m.due_at for m in case.sent} == {case.now}
    case = Climb("C8", About.SCHOOL, channel="blog")
    assert {m.person_id for m in case.sent}.isdisjoint({"dsl", "dpo"})
    done = case.take(StepKind.ABOUT, "head", "They are pictures of a class.", who="child")
    assert {"dsl", "dpo"} <= which(list(done.outbox), case).keys()
    assert case.rules.access(DPO, case.case) is Access.WORDS
    again = case.take(StepKind.CLASSIFIED, "head", **{"class": "C8"})
    assert not {m.person_id for m in again.outbox} & {"dsl", "dpo"}
    for code, concerned in [("C1", "dpo"), ("C11", "dpo"), ("C12", "it"), ("C13", "it")]:  # as a person says
        done = Climb("C2").take(StepKind.CLASSIFIED, "head", **{"class": code})
        assert concerned in {m.person_id for m in done.outbox}
    case = Climb(about=About.HEAD, subjects="head", audience="head chair")
    assert case.told() == ["chair"]
    lane = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, subjects="dsl", audience="dsl head")
    assert set(lane.told()) == {"head", "deputy_dsl"}
    by = rules(people=(replace(HEAD, email=None), DEPUTY, DSL))
    assert Climb(by=by).told() == []


def test_nobody_is_told_of_what_they_did_themselves_and_who_decides_once_it_can_be_decided():
    case = Climb().classed(actor="deputy")
    done = case.take(StepKind.WEIGHED, "deputy", **WEIGHED)
    assert which(list(done.outbox), case) == {"head": "decide"}
    again = case.take(StepKind.WEIGHED, "deputy", **WEIGHED)
    assert not again.outbox
    assert "head" not in Climb(opened_by="head").told()
    case = Climb().classed()
    assert not case.take(StepKind.WEIGHED, "head", **WEIGHED).outbox
    assert not case.take(StepKind.ASSIGNED, "head", person="head").outbox
    case = in_state(CaseState.SEEKING)
    before = len(case.sent)
    case.ask(Rung.PLATFORM_REPORT)
    assert len(case.sent) == before


@pytest.mark.parametrize(
    ("case", "step", "told"),
    [
        (Climb(by=IT_FIRST), (), {"it": "opened", "head": "opened"}),
        (LANE, (), {"dsl": "lane", "deputy_dsl": "lane"}),
        (in_state(CaseState.FAIR_COMMENT), (), {"head": "fair"}),
        (Climb(), (StepKind.ASSIGNED, "head", "it"), {"it": "assigned"}),
        (THREATENED, (StepKind.CONSENT_GIVEN, "teacher", "teacher"), {"head": "consent"}),
    ],
    ids=["a new case", "a lane", "fair comment", "a case given to somebody", "an answer about the police"],
)
def test_who_is_told_of_what(case, step, told):
    sent = case.sent
    if step:
        kind, actor, person = step
        sent = list(case.take(kind, actor, person=person).outbox)
    assert which(sent, case) == told


def test_of_what_came_back_they_are_told_at_once_and_of_what_is_still_there_in_working_hours():
    case = in_state(CaseState.SEEKING)
    case.take(StepKind.ASSIGNED, person="it")
    case.look("gone")
    case.now = EVENING
    done = case.attempt(StepKind.CHECKED, "schoolgate", result="present")
    sent = list(done.outbox)
    assert which(sent, case) == {"it": "came_back", "head": "came_back"}
    assert {m.due_at for m in sent} == {case.now}
    case = in_state(CaseState.CONFIRMING)
    case.now = EVENING
    done = case.attempt(StepKind.CHECKED, "schoolgate", result="present")
    (message,) = done.outbox
    assert which([message], case) == {"head": "still_there"}
    assert message.due_at == datetime(2026, 11, 18, 8, tzinfo=UTC)


def test_no_message_says_more_than_number_school_and_what_to_do_the_same_for_the_same_step():
    for state in CaseState:
        case = in_state(state)
        for message in case.sent:
            assert message.kind == "case"
            assert message.expires_at == message.due_at + LIFE == message.due_at + timedelta(hours=72)
            assert message.urn == case.case.urn
            for hidden in ("m1", "s1", "facebook", "C2", "C10"):
                assert hidden not in message.subject + message.body.replace(message.key, "")
    assert Climb().sent[0].key == Climb().sent[0].key
    case = in_state(CaseState.SEEKING).look("gone")
    keys = [m.key for m in case.look("present").sent]
    assert len(keys) == len(set(keys))
    case = Climb()
    done = case.take(StepKind.AUTHOR, relationship="pupil")
    assert which(list(done.outbox), case) == {"dsl": "pastoral", "deputy_dsl": "pastoral"}
    assert "pupil" not in done.outbox[0].subject + done.outbox[0].body
    assert not case.take(StepKind.AUTHOR, relationship="pupil").outbox
    had = Climb().classed()
    had.take(StepKind.REFERRED, to="pastoral")
    assert "pastoral" not in which(list(had.take(StepKind.AUTHOR, relationship="pupil").outbox), had).values()


def test_messages_as_they_are_read(snapshot):
    threat = Climb("C6", route=Route.POLICE_NOW, target="teacher")
    lane = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=rules(people=(HEAD, DSL, CHAIR)))
    back = in_state(CaseState.SEEKING).look("gone").look("present", DAY)
    shown = [threat.sent[0], lane.sent[0], back.sent[0], back.sent[-1]]
    assert [f"{m.subject}\n\n{m.body}" for m in shown] == snapshot


def criticism(about=About.SCHOOL, people=PEOPLE, **facts):
    return Climb("C0", about, route=Route.RESPOND, by=rules(people=people), **facts)


def tried(case, actor, meant):
    """What becomes of a person's word that it is C2: the guard in the way, or the step that was taken."""
    event = an_event(StepKind.RECLASSIFIED, actor, WHY, {**TO_C2, "meant": meant})
    done = advance(case.case, in_due_form(case.case, event, case.rules), case.now, case.rules)
    return done.steps[0].kind.value if isinstance(done, Advance) else done.guard


@pytest.mark.parametrize(("meant", "actor", "becomes"), [
    ("head", "head", "not_their_own"), ("head", "deputy", "proposed"), ("head", "dsl", "proposed"),
    ("head", "deputy_dsl", "proposed"), ("head", "it", "proposed"), ("head", "dpo", "works_on_it"),
    ("deputy", "deputy", "not_their_own"), ("deputy", "head", "reclassified"),
    ("deputy", "it", "reclassified"), ("dsl", "deputy_dsl", "proposed"), ("dsl", "head", "reclassified"),
    ("dsl", "deputy", "reclassified"), ("teacher", "head", "reclassified"), ("chair", "head", "proposed"),
    ("chair", "deputy", "proposed"), ("head dsl", "dsl", "not_their_own"), ("", "head", "reclassified"),
])  # fmt: skip
def test_who_is_meant_never_says_so_and_who_reports_to_them_proposes_it(meant, actor, becomes):
    assert tried(criticism(), actor, meant) == becomes


def test_everybody_on_the_staff_reports_to_the_head_and_by_each_of_their_offices():
    outside = {Role.CHAIR, Role.VICE_CHAIR, Role.GOVERNOR, Role.LA_CONTACT, Role.TRUST_CONTACT}
    for role in Role:
        person = Person("x", "Some Body", (role,))
        assert reports_to_one(person, {"head"}, PEOPLE) == (role not in outside | {Role.HEAD})
        assert reports_to_one(person, {"chair"}, PEOPLE) == (role not in outside)
        assert not reports_to_one(person, {"vice", "la"}, PEOPLE)
    assert outside.isdisjoint(REPORTS_TO)
    both = Person("both", "Ann Both", (Role.GOVERNOR, Role.STAFF))
    assert reports_to_one(both, {"head"}, PEOPLE)


def proposed(meant="head", people=PEOPLE, **more):
    case = criticism(people=people, **more)
    case.take(StepKind.PROPOSED, "deputy", WHY, **TO_C2, meant=meant)
    return case


def test_a_proposal_is_confirmed_by_the_chair_or_turned_down_and_the_proposer_told():
    case = criticism()
    case.now = NOW.replace(hour=23)
    (told,) = case.take(StepKind.PROPOSED, "deputy", WHY, **TO_C2, meant="head").outbox
    assert (told.person_id, told.due_at) == ("chair", case.now)
    assert ": agree or refuse" in told.subject
    assert WHY not in told.body
    case = proposed()
    done = case.take(StepKind.RECLASSIFIED, "chair", "So it is.", **TO_C2, proposed_by="deputy")
    assert (case.case.content_class, case.case.fair, case.case.proposal) == ("C2", False, None)
    assert [m.person_id for m in done.outbox] == ["deputy"]
    assert ": proposal agreed" in done.outbox[0].subject
    case = proposed()
    assert (case.case.state, case.case.content_class) == (CaseState.FAIR_COMMENT, "C0")
    assert case.not_asked(Rung.PLATFORM_REPORT) == "fair_comment"
    assert case.refused(StepKind.TURNED_DOWN, "chair") == "reason"
    done = case.take(StepKind.TURNED_DOWN, "chair", "It is harsh, and an opinion.")
    assert (case.case.proposal, case.case.fair) == (None, True)
    assert [m.person_id for m in done.outbox] == ["deputy"]
    assert case.refused(StepKind.TURNED_DOWN, "chair", "Again.") == "is_proposed"


@pytest.mark.parametrize(("meant", "people", "told"), [
    ("head", PEOPLE, {"chair"}), ("head chair", PEOPLE, {"vice"}), ("chair", PEOPLE, {"vice"}),
    ("head chair vice", PEOPLE, {"la"}), ("head", tuple(p for p in PEOPLE if p is not CHAIR), {"vice"}),
    ("head", tuple(p for p in PEOPLE if p not in (CHAIR, VICE)), {"la"}),
    ("head", (*(p for p in PEOPLE if p is not CHAIR), replace(CHAIR, email=None)), {"vice"}),
])  # fmt: skip
def test_who_is_told_where_the_chair_is_meant_absent_or_cannot_be_reached(meant, people, told):
    case = criticism(people=people)
    done = case.take(StepKind.PROPOSED, "deputy", WHY, **TO_C2, meant=meant)
    assert {m.person_id for m in done.outbox} == told
    assert told <= {p.id for p in confirmers(case.rules.matter(case.case), meant.split(), case.rules.people)}


def test_neither_proposer_nor_who_reports_to_them_confirm_it_and_where_nobody_is_left_it_says_who():
    case = proposed()
    for actor, guard in (("deputy", "second_person"), ("dsl", "second_person"), ("head", "not_their_own")):
        assert case.refused(StepKind.RECLASSIFIED, actor, "Yes.", **TO_C2) == guard
    assert case.refused(StepKind.RECLASSIFIED, "head", "Yes.", **TO_C2, meant="") == "not_their_own"
    small = (HEAD, DEPUTY, DSL)
    case = criticism(people=small)
    done = case.attempt(StepKind.PROPOSED, "deputy", WHY, **TO_C2, meant="head")
    assert done.guard == "somebody_confirms"
    assert "chair of governors" in done.remedy
    assert "local authority" in done.remedy
    alone = criticism(people=(HEAD,)).attempt(StepKind.RECLASSIFIED, "head", WHY, **TO_C2, meant="head")
    assert alone.guard == "not_their_own"
    assert "local authority" in alone.remedy


def test_what_became_no_fair_comment_and_means_the_head_is_the_chairs_to_decide_and_hear_of():
    case = proposed()
    case.take(StepKind.RECLASSIFIED, "chair", "So it is.", **TO_C2)
    assert case.case.about is About.HEAD
    assert (
        case.refused(StepKind.WEIGHED, "head", nature="a", visible="b", spread="c", impact="d") == "may_see"
    )
    case.take(StepKind.EVIDENCE, "schoolgate", capture="c1", manifest="0" * 64, files="3")
    case.take(StepKind.WEIGHED, "chair", nature="a", visible="b", spread="c", impact="d")
    case.take(StepKind.DECIDED, "chair", decision="seek")
    done = criticism().take(StepKind.RECLASSIFIED, "head", WHY, **TO_C2, meant="teacher")
    told = {m.person_id: m for m in done.outbox}
    assert ": not fair comment" in told["chair"].subject
    of_nobody = criticism().take(StepKind.RECLASSIFIED, "head", WHY, **TO_C2)
    assert "chair" not in {m.person_id for m in of_nobody.outbox}
    assert tried(criticism(About.HEAD), "head", "") == "not_their_own"
    assert tried(criticism(About.HEAD), "deputy", "") == "proposed"


def test_what_was_not_judged_waits_for_a_second_person_and_means_nobody_against_a_ladder():
    for said, goes in [("C0", True), ("C10", True), ("C2", False)]:
        case = Climb(ContentClass.UNJUDGED, About.SCHOOL, route=Route.RESPOND)
        done = case.attempt(StepKind.CLASSIFIED, "head", WHY, **{"class": said}, meant="head")
        assert isinstance(done, Advance) == goes
    case = Climb("C2", About.STAFF).classed()
    case.take(StepKind.CLASSIFIED, "head", **{"class": "C7"}, meant="head")
    assert case.refused(StepKind.PROPOSED, "deputy", WHY, **{"from": "C7", "class": "C2"}) == "to_be_opened"
    case = Climb(ContentClass.UNJUDGED, About.SCHOOL, route=Route.RESPOND)
    event = an_event(StepKind.CLASSIFIED, "deputy", WHY, {"class": "C6", "meant": "head"})
    event = in_due_form(case.case, event, case.rules)
    case.take(event.kind, event.actor, event.why, **facts_to_store(event.said))
    assert case.case.is_unjudged
    assert case.not_asked(Rung.PLATFORM_REPORT) == "class_set"
    case.take(StepKind.CLASSIFIED, "chair", "So it is.", **{"class": "C6"})
    assert case.case.content_class == "C6"
    case = Climb(ContentClass.UNJUDGED, About.SCHOOL, route=Route.RESPOND)
    case.take(StepKind.CLASSIFIED, "dsl", WHY, **{"class": "C10"}, lane="safeguarding")
    case.take(StepKind.CLASSIFIED, "dsl", "No child is at risk.", **{"class": "C2"})
    assert case.case.is_unjudged


def by_staff(what, who="staff", about=About.SCHOOL, by="head", **facts):
    """A case about a post of somebody who works here, of whom it is said what that is."""
    case = Climb(about=about)
    case.take(StepKind.AUTHOR, by, relationship=who)
    case.take(StepKind.STAFF_POST, by, what=what, **facts)
    return case


def test_whistleblowing_is_the_chairs_to_answer_and_passes_nobody_who_employs_its_author():
    for author in ("staff", "volunteer", "former_staff"):
        case = by_staff("whistleblowing", author, by="deputy")
        assert (who(Act.DECIDE, case), who(Act.WORK, case)) == (["chair"], ["chair", "deputy"])
        assert not may_see(case.case, HEAD)
        assert case.told()[-1] == "chair"
        assert case.refused(StepKind.REFERRED, "deputy", to="hr") == "past_the_employer"
        for less in ("none_of_these", "outside", "union", "not_staff"):
            assert case.refused(StepKind.STAFF_POST, "deputy", "A rant.", what=less) == "protected_still"
        assert case.refused(StepKind.CLOSED, "deputy", "A rant.", ending="mistaken") == "decider_to_stand"
        case.take(StepKind.RESPONDED, "chair", how="meeting")
        assert case.take(StepKind.CLOSED, "chair", ending="answered").case.state is CaseState.CLOSED


def test_what_somebody_who_works_here_may_say_is_sought_by_nobody_and_another_answer_takes_a_reason():
    case = by_staff("union", meant="head", by="deputy")
    assert (who(Act.DECIDE, case), case.case.subjects) == (["chair"], ("head",))
    case.classed(actor="chair")
    case.take(StepKind.WEIGHED, "chair", **WEIGHED)
    assert case.refused(StepKind.DECIDED, "chair", decision="seek") == "may_come_down"
    assert case.refused(StepKind.STAFF_POST, "chair", what="none_of_these") == "protected_still"
    case.take(StepKind.STAFF_POST, "chair", "It is an insult and no more.", what="none_of_these")
    case.take(StepKind.DECIDED, "chair", decision="seek")


@pytest.mark.parametrize(("what", "lane"), [
    ("child_concern", BypassRoute.SAFEGUARDING), ("staff_concern", BypassRoute.STAFF_ALLEGATION),
])  # fmt: skip
def test_a_concern_about_a_child_goes_to_the_safeguarding_lead_as_any_does(what, lane):
    case = by_staff(what, "agency_worker")
    assert (case.case.state, case.case.lane, case.case.restricted) == (CaseState.BYPASSED, lane, True)
    assert "dsl" in case.told()
    assert case.case.locked is (lane is BypassRoute.STAFF_ALLEGATION)


def test_of_none_of_these_whom_it_means_and_who_wrote_it_decide_nothing():
    assert who(Act.DECIDE, by_staff("none_of_these")) == ["head"]
    assert who(Act.DECIDE, by_staff("none_of_these", meant="head", by="deputy")) == ["chair"]
    assert who(Act.DECIDE, by_staff("low_level", person="head", by="deputy")) == ["chair"]
    case = Climb().author("parent")
    assert case.refused(StepKind.STAFF_POST, "head", what="union", person="head") == "not_of_them"


def test_who_is_staff_after_all_is_asked_again_and_no_office_hears_of_what_is_said_of_its_holder():
    case = by_staff("not_staff")
    assert (case.case.relationship, case.case.wants_staff_matter) == (Relationship.UNKNOWN, False)
    case.take(StepKind.AUTHOR, "head", relationship="staff")
    assert case.refused(StepKind.DECIDED, "head", decision="seek") == "staff_matter_said"
    assert Climb(author_says="staff").author("third_party").case.staff_matter is not None
    assert "listen" not in by_staff("outside").sent[-1].subject
    warned = by_staff("whistleblowing", by="deputy", meant="chair")
    assert staff_places(warned.case, "england", PEOPLE) == ("la_contact", "trust_contact")
