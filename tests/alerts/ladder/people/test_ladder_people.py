"""Who decides, who may see a case, who may read it: by the school's policy, never its subject."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.alert import CHAIR, DEPUTY, DEPUTY_DSL, DPO, DSL, HEAD, IT, LA, VICE
from builders.ladder import PEOPLE, TEACHER, WEIGHED, Climb, in_state, rules, with_target

from alerts.access.acts import Act
from alerts.access.knowing import Access
from alerts.ladder.rules import Rules
from data.cases import Case, CaseState
from data.rungs import Rung
from data.steps.codes import BypassRoute, StepKind
from data.types import About, Person, Role, Route

PRESS = Person("press", "Fay Dunn", (Role.PRESS,), "press@example.org")
GOVERNOR = Person("governor", "Ray Holm", (Role.GOVERNOR,), "governor@example.org")


def deciders(case: Case, by: Rules) -> tuple[Person, ...]:
    return by.who_may(Act.DECIDE, case)


def heads(case: Case, by: Rules) -> tuple[Person, ...]:
    return by.who_may(Act.APPROVE, case)


def first_assessors(case: Case, by: Rules) -> tuple[Person, ...]:
    return by.who_may(Act.ASSESS, case)


def delegates(case: Case, by: Rules) -> tuple[Person, ...]:
    return tuple(p for p in by.who_may(Act.DECIDE_ON_REPORT, case) if p not in deciders(case, by))


def may_see(case: Case, person: Person, people: tuple[Person, ...] = PEOPLE) -> bool:
    return rules(people=people).access(person, case) >= Access.STATUS


def may_read(case: Case, person: Person, people: tuple[Person, ...] = PEOPLE) -> bool:
    return rules(people=people).access(person, case) is Access.WORDS


def kept_out(case: Case, person: Person) -> bool:
    return rules().conflicted(person, case)


def ids(people: tuple[Person, ...]) -> list[str]:
    return [p.id for p in people]


def weighed(case: Climb, actor: str) -> Climb:
    case.classed(actor=actor)
    case.take(StepKind.WEIGHED, actor, **WEIGHED)
    return case


@pytest.mark.parametrize(
    ("about", "by"),
    [
        (About.STAFF, ["head"]),
        (About.DSL, ["head"]),
        (About.HEAD, ["chair"]),
        (About.CHAIR, ["vice"]),
    ],
)
def test_the_head_decides_the_chair_about_the_head_the_vice_chair_about_the_chair(
    about: About, by: list[str]
) -> None:
    case = Climb(about=about)
    assert ids(deciders(case.case, case.rules)) == by
    assert weighed(case, by[0]).take(StepKind.DECIDED, by[0], decision="seek").case.decided_by == by[0]


def test_where_all_of_the_school_may_be_accused_the_authority_decides() -> None:
    case = Climb(about=About.HEAD, subjects="head chair vice")
    assert ids(deciders(case.case, case.rules)) == ["la"]


def test_a_policy_may_name_another_decider() -> None:
    case = Climb(by=with_target(decider=Role.IT_LEAD))
    assert ids(deciders(case.case, case.rules)) == ["it"]
    weighed(case, "head")
    assert case.refused(StepKind.DECIDED, "chair", decision="seek") == "may_see"
    case.take(StepKind.DECIDED, "it", decision="seek")


def test_where_the_decider_may_be_accused_the_next_decides() -> None:
    case = Climb(by=with_target(decider=Role.IT_LEAD), subjects="it")
    assert ids(deciders(case.case, case.rules)) == ["head"]


def test_who_is_aimed_at_does_not_decide_where_another_can() -> None:
    case = Climb(target="head")
    assert ids(deciders(case.case, case.rules)) == ["deputy"]
    assert case.refused(StepKind.CLASSIFIED, "head", **{"class": "C2"}) == "works_on_it"
    alone = Climb(target="head", by=rules(people=(HEAD,)))
    weighed(alone, "head").take(StepKind.DECIDED, "head", decision="seek")


def test_a_delegate_decides_on_a_platform_report_alone() -> None:
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


def test_about_the_head_or_the_chair_nobody_is_a_delegate() -> None:
    case = Climb(about=About.HEAD)
    assert delegates(case.case, case.rules) == ()
    assert weighed(case, "chair").refused(StepKind.DECIDED, "deputy", decision="seek") == "may_see"


def test_the_first_assessor_is_whom_the_policy_names_and_never_the_subject() -> None:
    led = Climb(by=with_target(first_assessor=Role.IT_LEAD))
    assert ids(first_assessors(led.case, led.rules)) == ["it"]
    accused = Climb(by=with_target(first_assessor=Role.IT_LEAD), subjects="it")
    assert ids(first_assessors(accused.case, accused.rules)) == ["head"]


def test_the_chair_is_the_head_of_what_is_about_the_head() -> None:
    case = Climb(about=About.HEAD)
    assert ids(heads(case.case, case.rules)) == ["chair"]


def seen_by(case: Case, people: tuple[Person, ...] = (*PEOPLE, PRESS, GOVERNOR)) -> set[str]:
    return {p.id for p in people if may_see(case, p, people)}


def test_an_open_case_is_seen_by_those_who_work_on_such() -> None:
    assert seen_by(Climb().case) == {"head", "deputy", "dsl", "deputy_dsl", "dpo", "it"}
    assert not may_read(Climb().case, DPO)


def test_the_person_aimed_at_sees_the_status_and_reads_nothing() -> None:
    case = Climb(target="teacher").case
    assert may_see(case, TEACHER)
    assert not may_read(case, TEACHER)


def test_a_case_about_the_head_is_the_chairs() -> None:
    case = Climb(about=About.HEAD).case
    assert seen_by(case) == {"chair"}


@pytest.mark.parametrize("restricted", [False, True])
def test_who_stands_in_for_the_chair_sees_it_only_while_the_chair_cannot_be_told(restricted: bool) -> None:
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


def test_a_case_about_the_chair_is_the_vice_chairs_with_the_authority() -> None:
    assert seen_by(Climb(about=About.CHAIR).case) == {"vice", "la"}


@pytest.mark.parametrize("person", [HEAD, DEPUTY, DSL, CHAIR, IT, DPO, LA])
@pytest.mark.parametrize("how", ["subject", "subject told before", "subject assigned"])
def test_a_subject_sees_nothing_in_whatever_role(person: Person, how: str) -> None:
    case = replace(Climb(about=About.SCHOOL).case, subjects=(person.id,))
    if how == "subject told before":
        case = replace(case, audience=(person.id,), target=person.id)
    if how == "subject assigned":
        case = replace(case, assigned_to=person.id)
    assert not may_see(case, person)
    assert not may_read(case, person)


def test_calm_criticism_of_the_head_is_not_hidden_from_the_head() -> None:
    assert may_read(Climb("C0", About.HEAD, route=Route.RESPOND).case, HEAD)


def test_a_head_who_is_threatened_is_no_subject() -> None:
    case = Climb("C6", About.HEAD, route=Route.POLICE_NOW, target="head").case
    assert may_see(case, HEAD)
    assert not kept_out(case, HEAD)


def test_about_the_dsl_the_other_safeguarding_lead_is_not_kept_out() -> None:
    second = Person("dsl2", "Uma Lyle", (Role.DSL,), "dsl2@example.org")
    named = Climb("C10", About.DSL, route=Route.SAFEGUARDING, subjects="dsl").case
    assert may_see(named, second, (DSL, second))
    assert not may_see(named, DSL)
    unnamed = Climb("C10", About.DSL, route=Route.SAFEGUARDING).case
    assert not may_see(unnamed, DSL)


def test_a_restricted_case_is_seen_by_its_few_and_the_safeguarding_leads() -> None:
    case = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING, audience="chair").case
    assert seen_by(case) == {"dsl", "deputy_dsl", "chair"}


def test_an_allegation_against_staff_is_the_heads_matter_too() -> None:
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, subjects="teacher").case
    assert case.lane is BypassRoute.STAFF_ALLEGATION
    assert seen_by(case) == {"dsl", "deputy_dsl", "head"}


def test_an_allegation_against_the_head_who_is_the_dsl_goes_to_the_chair_and_the_deputy() -> None:
    both = Person("head", "Jane Holt", (Role.HEAD, Role.DSL), "head@example.org")
    by = rules(people=(both, DEPUTY, DEPUTY_DSL, CHAIR, VICE))
    case = Climb("C10", About.HEAD, route=Route.SAFEGUARDING, subjects="head", by=by)
    assert seen_by(case.case, by.people) == {"chair", "deputy_dsl"}  # type: ignore[arg-type]
    assert "head" not in case.told()
    assert {"chair", "deputy_dsl"} <= set(case.told())


def test_who_may_not_see_a_case_does_nothing_in_it() -> None:
    for actor in ("chair", "la", "vice"):
        assert Climb().refused(StepKind.NOTED, actor, "Hello.") == "may_see"
    assert Climb().refused(StepKind.NOTED, "nobody", "Hello.") == "actor"
    assert Climb().refused(StepKind.DECIDED, "schoolgate", decision="seek") == "actor"


def test_a_refusal_to_whom_the_case_is_hidden_from_tells_nothing_of_it() -> None:
    lane = in_state(CaseState.BYPASSED)
    assert lane.refused(StepKind.ASKED, "it", rung="platform_report") == "may_see"


def test_who_is_assigned_sees_a_case_they_otherwise_would_not() -> None:
    case = Climb(about=About.HEAD, subjects="head")
    assert not may_read(case.case, IT)
    case.take(StepKind.ASSIGNED, "chair", person="it")
    assert may_read(case.case, IT)
    assert case.told()[-1] == "it"


@pytest.mark.parametrize("person", ["head", "teacher", "stranger"])
def test_a_case_is_given_to_nobody_whom_it_may_accuse_or_is_aimed_at(person: str) -> None:
    case = Climb(about=About.HEAD, subjects="head", target="teacher")
    assert case.refused(StepKind.ASSIGNED, "chair", person=person) == "may_be_assigned"


def test_a_subject_is_no_target_unless_cleared_with_a_reason() -> None:
    case = Climb(subjects="teacher")
    target = StepKind.TARGET
    assert case.refused(target, person="teacher") == "target_no_subject"
    assert case.refused(target, person="teacher", subjects="deputy") == "reason_to_clear"
    case.take(target, "head", "It only insults them.", person="teacher", subjects="deputy")
    assert case.case.subjects == ("deputy",)
    assert case.case.target == "teacher"


def test_who_becomes_a_subject_sees_no_more() -> None:
    case = Climb()
    case.take(StepKind.TARGET, person="teacher", subjects="deputy")
    assert not may_see(case.case, DEPUTY)
    assert case.refused(StepKind.NOTED, "deputy", "Hello.") == "may_see"


def test_all_four_are_weighed_in_words() -> None:
    assert Climb().refused(StepKind.WEIGHED, **{**WEIGHED, "impact": " "}) == "in_words"
    assert Climb().refused(StepKind.WEIGHED, nature="an insult") == "facts"


def test_a_decision_wants_a_class_and_the_weighing() -> None:
    case = Climb()
    assert case.refused(StepKind.DECIDED, decision="seek") == "class_set"
    case.classed()
    assert case.refused(StepKind.DECIDED, decision="seek") == "weighed"


def test_a_restricted_case_outside_a_lane_is_decided_on_by_those_who_may_see_it() -> None:
    few = Climb("C11", About.PUPIL, restricted="yes", audience="deputy_dsl")
    assert ids(deciders(few.case, few.rules)) == ["dsl"]
    assert ids(heads(few.case, few.rules)) == ["dsl"]
    assert delegates(few.case, few.rules) == ()
    weighed(few, "deputy_dsl").take(StepKind.DECIDED, "dsl", decision="seek")
    told = Climb("C11", About.PUPIL, restricted="yes", audience="head")
    assert ids(deciders(told.case, told.rules)) == ["head"]


def test_what_is_found_to_be_of_safeguarding_is_read_by_who_found_it_not_by_who_was_told() -> None:
    case = Climb("C11", About.PUPIL, audience="it deputy")
    case.take(StepKind.ASSIGNED, "head", person="it")
    case.take(StepKind.CLASSIFIED, "head", **{"class": "C10"})
    assert {p.id for p in PEOPLE if may_read(case.case, p, PEOPLE)} == {"head", "dsl", "deputy_dsl"}


def test_where_nobody_can_decide_the_refusal_says_that_nobody_is_named() -> None:
    case = Climb(about=About.HEAD, subjects="head", by=rules(people=(HEAD, IT)), audience="it")
    done = case.attempt(StepKind.WEIGHED, "it", **{**WEIGHED, "impact": " "})
    assert done.guard == "in_words"  # type: ignore[union-attr]
    weighed(case, "it")
    done = case.attempt(StepKind.DECIDED, "it", decision="seek")
    assert "somebody not yet in the settings" in done.remedy  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (StepKind.LETTER, {"letter": "thanks"}),
        (StepKind.HOSTED, {"host": "example.org"}),
        (StepKind.CHECKED, {"result": "gone"}),
        (StepKind.LOCKED, {}),
    ],
)
def test_who_is_aimed_at_does_nothing_that_wants_its_words(kind: StepKind, facts: dict[str, str]) -> None:
    assert Climb(target="teacher").refused(kind, "teacher", **facts) == "works_on_it"


def test_in_a_lane_even_the_person_aimed_at_sees_nothing() -> None:
    case = Climb("C9", About.STAFF, route=Route.POLICE_NOW, target="teacher").case
    assert not may_see(case, TEACHER)


def test_what_is_left_open_is_as_if_it_were_not_said() -> None:
    case = Climb()
    done = case.take(StepKind.AUTHOR, relationship="parent", contact_safe="")
    assert case.case.contact_safe
    assert done.steps[0].written == {"relationship": "parent"}
    case.take(StepKind.TARGET, person="teacher", subjects="deputy")
    case.take(StepKind.TARGET, "head", "Nobody is accused.", person="teacher", subjects="")
    assert case.case.subjects == ()


def test_a_delegate_does_not_undo_what_the_head_decided() -> None:
    case = weighed(Climb(), "it")
    case.take(StepKind.DECIDED, "head", "It would only spread.", decision="stop")
    assert case.refused(StepKind.DECIDED, "it", "I disagree.", decision="seek") == "delegate_seeks"


def test_what_somebody_decided_who_may_be_accused_after_all_is_decided_anew_by_another() -> None:
    case = Climb().sought()
    done = case.take(StepKind.TARGET, "deputy", person="teacher", subjects="head")
    assert case.case.decision is None
    assert case.case.state is CaseState.TRIAGE
    assert not case.case.waits
    assert [m.person_id for m in done.outbox] == ["chair"]
    assert case.not_asked(Rung.PLATFORM_REPORT, "", "chair") == "decided_to_seek"
    case.take(StepKind.DECIDED, "chair", decision="seek")
    case.ask(Rung.PLATFORM_REPORT, "", "chair")


def test_who_is_accused_later_makes_it_a_matter_about_the_head_until_they_are_cleared() -> None:
    case = Climb()
    case.take(StepKind.TARGET, "deputy", person="teacher", subjects="head it")
    assert case.case.about is About.HEAD
    assert ids(deciders(case.case, case.rules)) == ["chair"]
    assert seen_by(case.case) == {"chair", "teacher"}
    case.take(StepKind.TARGET, "chair", "Not the IT lead.", person="teacher", subjects="head")
    assert case.case.about is About.HEAD
    case.take(StepKind.TARGET, "chair", "It means another school's.", person="teacher", subjects="")
    assert case.case.about is About.STAFF
    assert ids(deciders(case.case, case.rules)) == ["head"]


def test_a_head_who_is_only_insulted_after_all_still_has_the_chair_decide() -> None:
    case = Climb(about=About.HEAD, subjects="head")
    case.take(StepKind.TARGET, "chair", "It calls names.", person="head", subjects="")
    assert case.case.about is About.HEAD
    assert ids(deciders(case.case, case.rules)) == ["chair"]


def test_an_allegation_that_turns_out_to_mean_the_head_is_told_to_the_chair() -> None:
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, subjects="teacher")
    assert "chair" not in case.told()
    done = case.take(StepKind.TARGET, "dsl", person="deputy", subjects="teacher head")
    assert {m.person_id for m in done.outbox} == {"chair", "deputy_dsl"}
    assert not may_see(case.case, HEAD)


def test_whom_it_is_aimed_at_after_all_has_neither_decided_it_nor_has_it_in_hand() -> None:
    case = Climb().sought(actor="head")
    case.take(StepKind.ASSIGNED, person="deputy")
    case.take(StepKind.TARGET, "it", person="head")
    assert case.case.decision is None
    assert case.case.assigned_to == "deputy"
    case.take(StepKind.TARGET, "it", person="deputy")
    assert case.case.assigned_to is None


def test_to_name_who_is_accused_lets_nobody_back_in_who_was_left_out_by_guess() -> None:
    case = Climb("C10", About.HEAD, route=Route.SAFEGUARDING, subjects="head chair")
    why = "She grabbed the boy."
    assert case.refused(StepKind.ACCUSED, "dsl", why, person="head") == "nobody_back_unsaid"
    case.take(StepKind.CONFLICTED, "dsl", "Her husband is in the chair.", person="chair")
    case.take(StepKind.ACCUSED, "dsl", why, person="head")
    assert set(case.case.subjects) == {"head", "chair"}


def test_to_name_who_is_accused_takes_no_target() -> None:
    case = Climb("C10", About.HEAD, route=Route.SAFEGUARDING, subjects="head")
    case.take(StepKind.ACCUSED, "dsl", "It is not her.", person="head", stands="no")
    case.take(StepKind.ACCUSED, "dsl", "The boy named him.", person="teacher")
    assert (case.case.subjects, case.case.accused, case.case.target) == (("teacher",), ("teacher",), None)
    assert may_read(case.case, HEAD)
    assert not may_see(case.case, TEACHER)


def test_whoever_is_accused_after_all_is_named_beside_those_named_before() -> None:
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING)
    case.take(StepKind.ACCUSED, "dsl", person="teacher")
    case.take(StepKind.ACCUSED, "dsl", person="head")
    assert case.case.accused == ("teacher", "head")
    assert case.case.about is About.HEAD
    assert "chair" in case.told()


def test_who_is_accused_is_withdrawn_with_a_reason_alone() -> None:
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING)
    case.take(StepKind.ACCUSED, "dsl", person="teacher head")
    assert case.refused(StepKind.ACCUSED, "dsl", person="head", stands="no") == "reason_to_withdraw"
    case.take(StepKind.ACCUSED, "dsl", "Away that week.", person="head", stands="no")
    assert case.case.accused == case.case.subjects == ("teacher",)
    case.take(StepKind.ACCUSED, "dsl", "Another school is meant.", stands="no")
    assert case.case.accused == case.case.subjects == ()


def test_an_adult_named_in_a_childs_matter_makes_it_an_allegation_which_the_head_is_told_of() -> None:
    case = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    assert "head" not in case.told()
    case.take(StepKind.ACCUSED, "dsl", person="teacher")
    assert (case.case.lane, case.case.about) == (BypassRoute.STAFF_ALLEGATION, About.STAFF)
    assert "head" in case.told()


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (StepKind.ABOUT, {"who": "staff"}),
        (StepKind.ACCUSED, {"person": "deputy"}),
        (StepKind.CONFLICTED, {"person": "deputy"}),
    ],
)
def test_who_is_left_out_is_for_a_safeguarding_lead_or_the_decider_to_say(
    kind: StepKind, facts: dict[str, str]
) -> None:
    case = Climb()
    assert case.refused(kind, "it", "I think so.", **facts) == "says_who"
    case.take(kind, "dsl", "It says so.", **facts)
    Climb().take(kind, "head", "It says so.", **facts)


def test_nobody_is_accused_by_a_step_that_names_nobody() -> None:
    assert Climb().refused(StepKind.ACCUSED, "dsl") == "facts"
    assert Climb().refused(StepKind.TARGET, "dsl") == "facts"


def test_a_conflict_of_interest_leaves_a_chair_out_who_is_accused_of_nothing() -> None:
    case = Climb("C10", About.HEAD, route=Route.SAFEGUARDING, subjects="head")
    case.take(StepKind.ACCUSED, "dsl", person="head")
    case.take(StepKind.CONFLICTED, "dsl", "Her husband.", person="chair")
    assert not may_see(case.case, CHAIR)
    assert case.case.accused == ("head",)
    assert case.case.about is About.HEAD
    assert "vice" in ids(deciders(case.case, case.rules))
    case.take(StepKind.ACCUSED, "dsl", "It means a cook.", stands="no")
    assert case.case.subjects == ("chair",)
    case.take(StepKind.CONFLICTED, "dsl", "So he has none.", person="chair", stands="no")
    assert case.case.subjects == case.case.conflicted == ()


def test_a_matter_that_is_no_childs_is_off_the_route_of_one_and_its_pictures_may_be_kept() -> None:
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
