"""Who may know, act and be told, over all subsets of offices, people with several of them, and schools."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from builders.alert import (
    CHAIR,
    DEPUTY,
    DEPUTY_DSL,
    DSL,
    EVERYBODY,
    HEAD,
    IT,
    LA,
    NOW,
    SCHOOL,
    VICE,
    verdict,
)
from builders.ladder import Climb
from hypothesis import given
from hypothesis import strategies as st

from alerts.access.acts import Act, missing_offices, reports_to_one, wanted_offices, who_may
from alerts.access.guidance import guidance, office_named
from alerts.access.knowing import (
    Access,
    access,
    access_of_all,
    access_unnamed,
    deciders,
    delegates,
    first_assessors,
    heads,
)
from alerts.access.matter import Matter, concern, conflicted, matter_of_story, of_school
from alerts.access.offices import OFFICERS, Concern, hold
from alerts.access.raised import to_be_raised
from alerts.access.recipients import asked_next, recipients
from data.cases import Profile
from data.steps.codes import BypassRoute, StepKind
from data.types import ABUSE_LABELS, About, Alert, Person, Policy, Role, Route, School, Severity, Verdict
from data.words.say import words

TWO_SITES = School("900001", "Oakfield Primary School", members=("900001", "900002"))
KEYS = frozenset(("900001", "900002"))
ELSEWHERE = ("900009",)
IDS = tuple("abcdefg")
MAIL = "somebody@example.org"

some_ids = st.frozensets(st.sampled_from(IDS), max_size=3)
some_person = st.builds(
    Person,
    id=st.sampled_from(IDS),
    name=st.just("Somebody"),
    roles=st.lists(st.sampled_from(list(Role)), min_size=1, max_size=3, unique=True).map(tuple),
    email=st.sampled_from([MAIL, MAIL, None]),
    urns=st.sampled_from([(), (), ("900001",), ("900002",), ELSEWHERE]),
)
some_people = st.lists(some_person, max_size=7, unique_by=lambda p: p.id).map(tuple)
some_policy = st.builds(
    Profile,
    first_assessor=st.sampled_from([Role.HEAD, Role.IT_LEAD, Role.DSL]),
    decider=st.sampled_from([Role.HEAD, Role.DEPUTY_HEAD, Role.IT_LEAD, Role.CHAIR]),
    delegates=st.sampled_from([(Role.DEPUTY_HEAD, Role.IT_LEAD), (Role.GOVERNOR,), ()]),
)
some_matter = st.builds(
    Matter,
    school=st.just(KEYS),
    about=st.sampled_from(list(About)),
    subjects=some_ids,
    threatened=st.frozensets(st.sampled_from(IDS), max_size=1),
    bypass=st.sampled_from([None, None, *BypassRoute]),
    restricted=st.booleans(),
    locked=st.booleans(),
    fair=st.booleans(),
    personal_data=st.booleans(),
    told=some_ids.map(lambda ids: tuple(sorted(ids))),
    assigned_to=st.sampled_from([None, None, *IDS]),
    policy=some_policy,
).map(
    lambda m: replace(
        m,
        threatened=m.threatened - m.subjects,
        restricted=m.restricted or m.bypass is not None,
        fair=m.fair and m.bypass is None,
    )
)
some_verdict = st.builds(
    verdict,
    route=st.sampled_from([r for r in Route if r is not Route.IGNORE]),
    about=st.sampled_from(list(About)),
    subject_person=st.sampled_from([None, *IDS]),
    subjects=some_ids.map(lambda ids: tuple(sorted(ids))),
    abuse=st.lists(st.sampled_from(ABUSE_LABELS), max_size=2, unique=True).map(tuple),
    content_class=st.sampled_from(["C0", "C2", "C6", "C9", "C10", "C11", "C12", "C14"]),
    severity=st.sampled_from([Severity.TODAY, Severity.THIS_HOUR]),
)


def acting_in(matter: Matter, people: tuple[Person, ...]) -> set[Person]:
    """Everybody who is asked to do anything but answer for themselves."""
    return {p for act in Act if act not in (Act.CONSENT, Act.BE_GIVEN) for p in who_may(act, matter, people)}


@given(some_matter, some_people)
def test_a_subject_learns_nothing_and_does_nothing(matter: Matter, people: tuple[Person, ...]) -> None:
    for person in people:
        if person.id in matter.subjects:
            assert access(person, matter, people) is Access.NOTHING
            assert not any(person in who_may(act, matter, people) for act in Act)


@given(some_matter, some_people)
def test_nobody_of_another_school_learns_or_does_anything(matter: Matter, people: tuple[Person, ...]) -> None:
    for person in people:
        if person.urns == ELSEWHERE:
            assert access(person, matter, people) is Access.NOTHING
            assert not any(person in who_may(act, matter, people) for act in Act)


@given(some_matter, some_people)
def test_the_answers_are_those_of_the_school_alone(matter: Matter, people: tuple[Person, ...]) -> None:
    here = tuple(p for p in people if of_school(p, matter))
    assert [access(p, matter, people) for p in here] == [access(p, matter, here) for p in here]
    assert who_may(Act.DECIDE, matter, people) == who_may(Act.DECIDE, matter, here)


@given(some_matter, some_people)
def test_who_decides_assesses_or_approves_may_read_it(matter: Matter, people: tuple[Person, ...]) -> None:
    asked = {f(matter, people) for f in (deciders, delegates, heads, first_assessors)}
    for person in {p for found in asked for p in found}:
        assert access(person, matter, people) is Access.WORDS


@given(some_matter, some_people)
def test_who_was_told_of_it_or_given_it_may_read_it(matter: Matter, people: tuple[Person, ...]) -> None:
    for person in people:
        theirs = person.id in (*matter.told, matter.assigned_to)
        if theirs and of_school(person, matter) and not conflicted(person, matter, people):
            assert access(person, matter, people) is Access.WORDS


@given(some_matter, some_people)
def test_somebody_may_always_act_or_the_office_that_is_missing_is_named(
    matter: Matter, people: tuple[Person, ...]
) -> None:
    if who_may(Act.DECIDE, matter, people):
        assert who_may(Act.WORK, matter, people)
        return
    for role in wanted_offices(matter, people):
        named = (*people, Person("new", "Somebody New", (role,), MAIL))
        assert [p.id for p in who_may(Act.DECIDE, matter, named)] == ["new"]


@given(some_matter, some_people)
def test_what_is_aimed_at_somebody_shows_them_its_status_and_is_not_theirs_to_decide(
    matter: Matter, people: tuple[Person, ...]
) -> None:
    for person in people:
        if person.id in matter.threatened and of_school(person, matter):
            assert access(person, matter, people) >= (Access.EXISTS if matter.bypass else Access.STATUS)
            others = [p for p in deciders(matter, people) if p != person]
            assert not (others and person in who_may(Act.DECIDE, matter, people))


@given(some_matter, some_people)
def test_a_restricted_matter_is_read_by_few_and_its_words_by_nobody_unnamed(
    matter: Matter, people: tuple[Person, ...]
) -> None:
    assert access_unnamed(matter, people) <= (Access.EXISTS if matter.restricted else Access.STATUS)
    accused = [p for p in people if of_school(p, matter) and conflicted(p, matter, people)]
    if any(hold(p, OFFICERS) for p in accused):
        assert access_unnamed(matter, people) is Access.NOTHING


_NAMEABLE = [r for r in OFFICERS if r not in (Role.SLT, Role.IT_LEAD, Role.DPO)]


@given(some_matter, some_people)
def test_guidance_names_no_office_of_which_every_holder_has_a_conflict(
    matter: Matter, people: tuple[Person, ...]
) -> None:
    if matter.bypass is None:
        return
    w, here = words("en"), [p for p in people if of_school(p, matter)]
    told, about = guidance(matter, people, "england", w).first, concern(matter, here)
    if about is not Concern.NEITHER:
        told = told.removesuffix(w(f"lane.told_nothing.{about.value}"))
    deputy = office_named(Role.DEPUTY_DSL, "england", w)
    for role in _NAMEABLE:
        held = [p for p in here if role in p.roles]
        if held and all(conflicted(p, matter, here) for p in held):
            said = told if role is Role.DEPUTY_DSL else told.replace(deputy, "")
            assert w("lane.the", office=office_named(role, "england", w)) not in said


@given(some_matter, some_people)
def test_the_data_protection_officer_reads_what_is_of_personal_data_and_of_the_rest_how_far_it_is(
    matter: Matter, people: tuple[Person, ...]
) -> None:
    for person in people:
        by_office = person.roles == (Role.DPO,) and not conflicted(person, matter, people)
        given_it = person.id in (*matter.told, matter.assigned_to, *matter.threatened)
        if not by_office or given_it or not of_school(person, matter):
            continue
        open_to_them = matter.fair or concern(matter, people) is Concern.NEITHER
        level = access(person, matter, people)
        if matter.restricted or not open_to_them:
            assert level is (Access.EXISTS if matter.restricted and open_to_them else Access.NOTHING)
        else:
            assert level is (Access.WORDS if matter.personal_data else Access.STATUS)


DPO = next(p for p in EVERYBODY if p.id == "dpo")


@pytest.mark.parametrize(
    ("content_class", "reads"), [("C1", True), ("C11", True), ("C2", False), ("C6", False)]
)
def test_of_an_open_case_the_data_protection_officer_reads_c1_and_c11_alone(
    content_class: str, reads: bool
) -> None:
    climb = Climb(content_class)
    level = climb.rules.access(DPO, climb.case)
    assert level is (Access.WORDS if reads else Access.STATUS)
    assert (DPO in climb.rules.who_may(Act.WORK, climb.case)) is reads
    assert DPO in climb.rules.who_may(Act.HOLD, climb.case)
    judged = verdict(Route.PLATFORM_REPORT, About.STAFF, content_class=content_class)
    story = matter_of_story([judged], None, SCHOOL, EVERYBODY)
    assert access(DPO, story, EVERYBODY) is level


def test_while_something_is_owed_to_a_person_about_their_data_its_officer_reads_the_case() -> None:
    climb = Climb("C2")
    climb.take(StepKind.NOTED, "dpo", "She complains of it", starts="dp_complaint_30d")
    assert climb.rules.access(DPO, climb.case) is Access.WORDS
    climb.take(StepKind.NOTED, "dpo", "Acknowledged", ends="dp_complaint_30d")
    assert climb.rules.access(DPO, climb.case) is Access.STATUS


def test_a_safeguarding_matter_is_the_officers_only_where_the_lead_gives_it_to_them() -> None:
    climb = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    assert climb.rules.access(DPO, climb.case) is Access.EXISTS
    climb.take(StepKind.ASSIGNED, "dsl", person="dpo")
    assert climb.rules.access(DPO, climb.case) is Access.WORDS


def generated(n: int, seed: int) -> tuple[list[Matter], tuple[Person, ...]]:
    """Matters of one school and its people, drawn without hypothesis: ten thousand in a second."""
    draw = random.Random(seed)

    def some(share: float) -> frozenset[str]:
        return frozenset(i for i in IDS if draw.random() < share)

    people = tuple(
        Person(i, "Somebody", tuple(draw.sample(list(Role), draw.randint(1, 3))), draw.choice([MAIL, None]))
        for i in IDS
    )
    matters = []
    for _ in range(n):
        bypass = draw.choice([None, None, None, *BypassRoute])
        subjects = some(0.15)
        matters.append(
            Matter(
                KEYS,
                draw.choice(list(About)),
                subjects,
                some(0.05) - subjects,
                bypass,
                bypass is not None or draw.random() < 0.2,
                fair=bypass is None and draw.random() < 0.3,
                told=tuple(sorted(some(0.15))),
                assigned_to=draw.choice([None, None, None, *IDS]),
            )
        )
    return matters, people


@pytest.mark.parametrize("seed", range(5))
def test_asked_of_many_at_once_the_answers_are_the_same_on_ten_thousand_matters(seed: int) -> None:
    matters, people = generated(2000, seed)
    person = people[seed]
    answers = access_of_all(person, matters, people)
    assert answers == [access(person, matter, people) for matter in matters]
    assert set(answers) >= {Access.NOTHING, Access.WORDS}


def test_among_many_schools_those_of_its_own_are_asked_and_the_answers_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = random.Random(1)

    def somebody(n: int) -> Person:
        roles = tuple(draw.sample(list(Role), 2))
        return Person(f"p{n}", "Somebody", roles, MAIL, urns=(str(n % 100),) if n > 2 else ())

    people = tuple(somebody(n) for n in range(700))
    matters = [
        replace(
            matter, school=frozenset((str(n % 100),)), told=(f"p{n}",), subjects=frozenset((f"p{n + 100}",))
        )
        for n, matter in enumerate(generated(300, 1)[0])
    ]
    asked: list[str] = []

    def counted(person: Person, matter: Matter) -> bool:
        asked.append(person.id)
        return of_school(person, matter)

    answers = set()
    for person in (people[1], people[107], people[250]):
        right = [access(person, matter, people) for matter in matters]
        answers.update(right)
        with monkeypatch.context() as watched:
            watched.setattr("alerts.access.matter.of_school", counted)
            assert access_of_all(person, matters, people) == right
    assert len(asked) < 3 * len(matters) * len(people) / 5
    assert len(answers) > 1


def told_of(verdicts: list[Verdict], people: tuple[Person, ...]) -> tuple[Alert, Matter]:
    """An alert on these as it is raised, and the matter that it is from then on."""
    raised = to_be_raised(verdicts, verdicts[0], people, TWO_SITES, Policy())
    who = recipients(raised, people)
    lead = verdicts[0]
    alert = Alert(
        *("a1", "s1", "900001", lead.severity, lead.route, lead.content_class),
        restricted=any(v.restricted for v in verdicts),
        audience=who.audience,
        excluded=who.excluded,
        because=who.because,
        raised_at=None,  # type: ignore[arg-type]
    )
    return alert, matter_of_story(verdicts, alert, TWO_SITES, people)


@given(st.lists(some_verdict, min_size=1, max_size=3), some_people)
def test_whoever_is_told_may_read_it_and_whoever_may_not_know_is_neither_told_nor_asked_next(
    verdicts: list[Verdict], people: tuple[Person, ...]
) -> None:
    alert, matter = told_of(verdicts, people)
    for person in people:
        level = access(person, matter, people)
        if person.id in alert.audience:
            assert level is Access.WORDS or person.id in matter.threatened
        if person.id in alert.excluded or person.urns == ELSEWHERE:
            assert level is Access.NOTHING
            assert person.id not in asked_next(alert, people, TWO_SITES, NOW)


@given(st.lists(some_verdict, min_size=1, max_size=3), some_people)
def test_not_only_those_who_report_to_the_accused_are_told_where_somebody_above_can_be(
    verdicts: list[Verdict], people: tuple[Person, ...]
) -> None:
    alert, matter = told_of(verdicts, people)
    here = [p for p in people if of_school(p, matter)]
    if concern(matter, here) is Concern.NEITHER or alert.content_class == "C14":
        return
    above = {Role.CHAIR, Role.VICE_CHAIR, Role.LA_CONTACT, Role.TRUST_CONTACT}
    free = [p for p in here if p.email and hold(p, above) and p.id not in alert.excluded]
    free = [p for p in free if not reports_to_one(p, matter.subjects, here)]
    accused = [v for v in verdicts if v.route is Route.SAFEGUARDING and v.about in (About.HEAD, About.CHAIR)]
    if free and accused and verdicts[0] in accused:
        told = [p for p in here if p.id in alert.audience]
        assert any(not reports_to_one(p, matter.subjects, here) for p in told)


BOTH_OUT = verdict(about=About.HEAD, subjects=("head", "chair"))


def test_where_head_and_chair_may_both_be_accused_the_vice_chair_and_the_authority_are_told() -> None:
    for route in (Route.SAFEGUARDING, Route.PLATFORM_REPORT):
        both = replace(
            BOTH_OUT, route=route, content_class="C10" if route.urgent else "C7", restricted=route.urgent
        )
        raised = to_be_raised([both], both, EVERYBODY, SCHOOL, Policy())
        assert {"vice", "la"} <= set(recipients(raised, EVERYBODY).audience)


@pytest.mark.parametrize("chair", [(), (replace(CHAIR, email=None),)])
def test_where_the_chair_cannot_be_told_of_the_head_the_vice_chair_is_told_beside_the_leads(
    chair: tuple[Person, ...],
) -> None:
    people = (HEAD, DEPUTY, DSL, DEPUTY_DSL, *chair, VICE)
    of_head = verdict(about=About.HEAD, subjects=("head",))
    told = recipients(to_be_raised([of_head], of_head, people, SCHOOL, Policy()), people).audience
    assert {"vice", "dsl"} <= set(told)


def test_where_nobody_stands_above_the_accused_it_is_said() -> None:
    people = (HEAD, DEPUTY, DSL, DEPUTY_DSL, CHAIR)
    who = recipients(to_be_raised([BOTH_OUT], BOTH_OUT, people, SCHOOL, Policy()), people)
    assert who.audience == ("dsl", "deputy_dsl")
    assert "nobody_above" in {reason.code for reason in who.because}


SMALL = (HEAD, DEPUTY, DSL, CHAIR)


def test_what_may_accuse_the_chair_is_the_heads_where_nobody_else_is_named() -> None:
    of_chair = Matter(KEYS, About.CHAIR, frozenset((CHAIR.id,)))
    assert who_may(Act.DECIDE, of_chair, SMALL) == (HEAD,)
    assert access(HEAD, of_chair, SMALL) is Access.WORDS
    assert access(DEPUTY, of_chair, SMALL) is Access.NOTHING
    with_vice = (*SMALL, VICE)
    assert who_may(Act.DECIDE, of_chair, with_vice) == (VICE,)
    assert access(HEAD, of_chair, with_vice) is Access.NOTHING
    assert access(LA, of_chair, (*with_vice, LA)) is Access.WORDS


def test_which_office_is_missing_is_named_by_the_matter_in_which_nobody_could_act() -> None:
    missing = {m.about: m.wanted for m in missing_offices(SCHOOL, SMALL)}
    outside = (Role.LA_CONTACT, Role.TRUST_CONTACT)
    assert missing == {(About.HEAD, About.CHAIR): (Role.VICE_CHAIR, *outside)}
    assert missing_offices(SCHOOL, (*SMALL, VICE)) == ()
    assert (About.SCHOOL,) in {m.about for m in missing_offices(SCHOOL, (IT,))}


def test_where_one_of_two_heads_may_be_accused_the_other_has_no_conflict() -> None:
    second = Person("second", "Ola Fenn", (Role.HEAD,), MAIL)
    named = Matter(KEYS, About.HEAD, frozenset(("head",)))
    assert conflicted(HEAD, named, (HEAD, second))
    assert not conflicted(second, named, (HEAD, second))
    assert conflicted(second, replace(named, subjects=frozenset()), (HEAD, second))


def test_a_story_that_was_not_raised_is_read_by_all_who_work_but_whom_it_may_mean() -> None:
    look = replace(verdict(Route.NOTE, About.HEAD), look=True)
    matter = matter_of_story([look], None, SCHOOL, EVERYBODY)
    assert access(HEAD, matter, EVERYBODY) is Access.NOTHING
    assert access(DEPUTY, matter, EVERYBODY) is Access.WORDS
    calm = matter_of_story([verdict(Route.RESPOND, About.HEAD)], None, SCHOOL, EVERYBODY)
    assert access(HEAD, calm, EVERYBODY) is Access.WORDS
    assert access(Person("g", "A Governor", (Role.GOVERNOR,)), calm, EVERYBODY) is Access.NOTHING
