"""Who may know, act and be told: over all subsets of offices, and by person."""

import tomllib
from dataclasses import fields, replace
from importlib.resources import files

import builders.alert
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
    STORY,
    VICE,
    any_people,
    any_verdict,
    codes,
    raised,
    told,
    verdict,
)
from builders.ladder import Climb
from builders.mention import by_labels
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
from alerts.access.matter import (
    Matter,
    ReaderPart,
    concern,
    conflicted,
    keys_of,
    matter_of_story,
    matter_to_raise,
    of_school,
    part_of,
)
from alerts.access.offices import FACTS, OFFICERS, Concern, Fact, FactRow, hold
from alerts.access.recipients import asked_next, recipients
from alerts.instant.raise_alert import Decline, raise_alert
from alerts.wording.matters import kept_apart, what_next
from data.cases import Profile
from data.judged import ON_OWN_ACCOUNT
from data.steps.codes import BypassRoute, StepKind
from data.types import (
    ABUSE_LABELS,
    About,
    Alert,
    Harm,
    Meant,
    Person,
    Policy,
    PressEvent,
    Reason,
    Role,
    Route,
    School,
    Severity,
)
from data.words.say import words

TWO_SITES = School("900001", "Oakfield Primary School", members=("900001", "900002"))
KEYS = frozenset(("900001", "900002"))
ELSEWHERE = ("900009",)
IDS = tuple("abcdefg")
MAIL = "somebody@example.org"
some_ids = st.frozensets(st.sampled_from(IDS), max_size=3)
some_urns = st.sampled_from([(), (), ("900001",), ("900002",), ELSEWHERE])
some_people = builders.alert.some_people(IDS, urns=some_urns)
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
    facts=st.sampled_from([frozenset(), frozenset((Fact.PRIVATE,))]),
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
_NAMEABLE = [r for r in OFFICERS if r not in (Role.SLT, Role.IT_LEAD, Role.DPO)]
DPO = next(p for p in EVERYBODY if p.id == "dpo")
BOTH_OUT = verdict(about=About.HEAD, subjects=("head", "chair"))
SMALL = (HEAD, DEPUTY, DSL, CHAIR)
BOTH = Person("both", "Jane Holt", (Role.HEAD, Role.DSL), "both@example.org")
SECOND = Person("second", "Ola Fenn", (Role.HEAD, Role.DSL), "second@example.org")
AN_INSULT, A_THREAT = Route.PLATFORM_REPORT, Route.POLICE_NOW
NEWS = verdict(Route.RESPOND, About.SCHOOL, severity=Severity.TODAY, event=PressEvent.INJURY)
AUDIENCES = {
    "a head who is the lead too is kept out of both": (verdict(about=About.HEAD, subject_person="both"),
     (BOTH, DEPUTY_DSL, CHAIR, VICE), ("chair", "deputy_dsl")),
    "where it is said which head, another is told": (verdict(about=About.HEAD, subjects=("head",)),
     (HEAD, SECOND), ("second",)),
    "an allegation against the chair": (verdict(about=About.CHAIR, subject_person="chair"), EVERYBODY,
     ("vice", "dsl")),
    "an insult to a pupil": (verdict(AN_INSULT, About.PUPIL), EVERYBODY, ("head", "dsl")),
    "private facts": (verdict(AN_INSULT, About.STAFF, content_class="C11"), EVERYBODY, ("head", "dpo")),
    "data out, as the press tells": (replace(NEWS, event=PressEvent.DATA_BREACH), EVERYBODY, ("head", "dpo")),
    "an odd post of ours, a threat too": (verdict(A_THREAT, About.SCHOOL, content_class="C14"), EVERYBODY,
     ("head", "dsl", "it", "deputy")),
    "a harmful reply on our own account": (
        verdict(AN_INSULT, About.STAFF, reasons=(Reason(ON_OWN_ACCOUNT, ""),)), EVERYBODY, ("head", "deputy"),
    ),
    "a threat to the only person": (verdict(A_THREAT, About.HEAD, subject_person="both"), (BOTH,), ("both",)),
    "extremism": (verdict(A_THREAT, About.SCHOOL, content_class="C9", restricted=True), EVERYBODY,
     ("dsl", "deputy_dsl", "head")),
    "an empty address is none": (verdict(), (replace(DSL, email=""), DEPUTY_DSL), ("deputy_dsl",)),
    "nobody of another school": (verdict(), (replace(DSL, id="elsewhere", urns=("900009",)), DEPUTY_DSL),
     ("deputy_dsl",)),
}  # fmt: skip
any_ids = st.lists(st.sampled_from([p.id for p in EVERYBODY]), max_size=4, unique=True).map(tuple)
any_post = any_verdict([r for r in Route if r is not Route.IGNORE], list(Severity))
PRESS = Person("press", "Sam Elm", (Role.PRESS,), "press@example.org")
THREAT = Matter(keys_of(SCHOOL), About.STAFF, threatened=frozenset((IT.id,)), told=(HEAD.id, DSL.id))


def test_each_fact_has_a_row_of_columns_that_are_read():
    rows = tomllib.loads(files("alerts.access").joinpath("facts.toml").read_text(encoding="utf-8"))
    assert list(rows) == list(FACTS) == list(Fact)
    assert {column for row in rows.values() for column in row} <= {column.name for column in fields(FactRow)}


@given(some_matter, some_people)
def test_of_any_matter_a_subject_learns_nothing_and_whoever_acts_or_was_told_reads_it(matter, people):
    for person in people:
        if person.id in matter.subjects or person.urns == ELSEWHERE:
            assert access(person, matter, people) is Access.NOTHING
            assert not any(person in who_may(act, matter, people) for act in Act)
    here = tuple(p for p in people if of_school(p, matter))
    assert [access(p, matter, people) for p in here] == [access(p, matter, here) for p in here]
    assert who_may(Act.DECIDE, matter, people) == who_may(Act.DECIDE, matter, here)
    asked = {f(matter, people) for f in (deciders, delegates, heads, first_assessors)}
    for person in {p for found in asked for p in found}:
        assert access(person, matter, people) is Access.WORDS
    for person in people:
        theirs = person.id in (*matter.told, matter.assigned_to)
        if theirs and of_school(person, matter) and not conflicted(person, matter, people):
            assert access(person, matter, people) is Access.WORDS
    for person in people:
        if person.id in matter.threatened and of_school(person, matter):
            assert access(person, matter, people) >= (Access.EXISTS if matter.bypass else Access.STATUS)
            others = [p for p in deciders(matter, people) if p != person]
            assert not (others and person in who_may(Act.DECIDE, matter, people))
    assert access_unnamed(matter, people) <= (Access.EXISTS if matter.restricted else Access.STATUS)
    accused = [p for p in people if of_school(p, matter) and conflicted(p, matter, people)]
    if any(hold(p, OFFICERS) for p in accused):
        assert access_unnamed(matter, people) is Access.NOTHING


@given(some_matter, some_people)
def test_somebody_may_always_act_or_the_office_that_is_missing_is_named(matter, people):
    if who_may(Act.DECIDE, matter, people):
        assert who_may(Act.WORK, matter, people)
        return
    for role in wanted_offices(matter, people):
        named = (*people, Person("new", "Somebody New", (role,), MAIL))
        assert [p.id for p in who_may(Act.DECIDE, matter, named)] == ["new"]


@given(some_matter, some_people)
def test_guidance_names_no_office_of_which_every_holder_has_a_conflict(matter, people):
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
def test_the_data_protection_officer_reads_what_is_of_personal_data_and_of_the_rest_its_state(matter, people):
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
            assert level is (Access.WORDS if Fact.PRIVATE in matter.facts else Access.STATUS)


def test_of_an_open_case_the_data_protection_officer_reads_c1_and_c11_and_what_is_owed_or_given_to_them():
    for content_class, reads in [("C1", True), ("C11", True), ("C2", False), ("C6", False)]:
        climb = Climb(content_class)
        level = climb.rules.access(DPO, climb.case)
        assert level is (Access.WORDS if reads else Access.STATUS)
        assert (DPO in climb.rules.who_may(Act.WORK, climb.case)) is reads
        assert DPO in climb.rules.who_may(Act.HOLD, climb.case)
        judged = verdict(Route.PLATFORM_REPORT, About.STAFF, content_class=content_class)
        story = matter_of_story([judged], None, SCHOOL, EVERYBODY)
        assert access(DPO, story, EVERYBODY) is level
    climb = Climb("C2")
    climb.take(StepKind.NOTED, "dpo", "She complains of it", starts="dp_complaint_30d")
    assert climb.rules.access(DPO, climb.case) is Access.WORDS
    climb.take(StepKind.NOTED, "dpo", "Acknowledged", ends="dp_complaint_30d")
    assert climb.rules.access(DPO, climb.case) is Access.STATUS
    climb = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    assert climb.rules.access(DPO, climb.case) is Access.EXISTS
    climb.take(StepKind.ASSIGNED, "dsl", person="dpo")
    assert climb.rules.access(DPO, climb.case) is Access.WORDS


def test_among_many_schools_those_of_its_own_are_asked_and_the_answers_are_the_same(monkeypatch):
    roles = list(Role)

    def somebody(n):
        urns = (str(n % 100),) if n > 2 else ()
        return Person(f"p{n}", "Somebody", (roles[n % len(roles)], roles[n % 7]), MAIL, urns=urns)

    people, asked, answers = tuple(somebody(n) for n in range(300)), [], set()
    matters = [
        Matter(frozenset((str(n),)), list(About)[n % len(About)], frozenset((f"p{n + 100}",)),
               bypass=[None, *BypassRoute][n % 5], told=(f"p{n}",))
        for n in range(100)
    ]  # fmt: skip

    def counted(person, matter):
        asked.append(person.id)
        return of_school(person, matter)

    for person in (people[1], people[107], people[250]):
        right = [access(person, matter, people) for matter in matters]
        answers.update(right)
        with monkeypatch.context() as watched:
            watched.setattr("alerts.access.matter.of_school", counted)
            assert access_of_all(person, matters, people) == right
    assert len(asked) < 3 * len(matters) * len(people) / 5
    assert answers >= {Access.NOTHING, Access.WORDS}


def told_of(verdicts, people):
    """An alert on these as it is raised, and the matter that it is from then on."""
    raised = matter_to_raise(verdicts, verdicts[0], people, TWO_SITES, Policy())
    who = recipients(raised, people)
    lead = verdicts[0]
    alert = Alert(
        *("a1", "s1", "900001", lead.severity, lead.route, lead.content_class),
        restricted=any(v.restricted for v in verdicts), audience=who.audience, excluded=who.excluded,
        because=who.because, raised_at=None,
    )  # fmt: skip
    return alert, matter_of_story(verdicts, alert, TWO_SITES, people)


@given(st.lists(some_verdict, min_size=1, max_size=3), some_people)
def test_whoever_is_told_may_read_it_and_somebody_above_the_accused_is_told(verdicts, people):
    alert, matter = told_of(verdicts, people)
    for person in people:
        level = access(person, matter, people)
        if person.id in alert.audience:
            assert level is Access.WORDS or person.id in matter.threatened
        if person.id in alert.excluded or person.urns == ELSEWHERE:
            assert level is Access.NOTHING
            assert person.id not in asked_next(alert, people, TWO_SITES, NOW)
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


def test_where_the_chair_cannot_be_told_or_is_accused_those_above_are_or_the_head_alone():
    for route in (Route.SAFEGUARDING, Route.PLATFORM_REPORT):
        both = replace(
            BOTH_OUT, route=route, content_class="C10" if route.urgent else "C7", restricted=route.urgent
        )
        raised = matter_to_raise([both], both, EVERYBODY, SCHOOL, Policy())
        assert {"vice", "la"} <= set(recipients(raised, EVERYBODY).audience)
    people = (HEAD, DEPUTY, DSL, DEPUTY_DSL, CHAIR)
    who = recipients(matter_to_raise([BOTH_OUT], BOTH_OUT, people, SCHOOL, Policy()), people)
    assert who.audience == ("dsl", "deputy_dsl")
    assert "nobody_above" in {reason.code for reason in who.because}
    of_chair = Matter(KEYS, About.CHAIR, frozenset((CHAIR.id,)))
    assert who_may(Act.DECIDE, of_chair, SMALL) == (HEAD,)
    assert access(HEAD, of_chair, SMALL) is Access.WORDS
    assert access(DEPUTY, of_chair, SMALL) is Access.NOTHING
    with_vice = (*SMALL, VICE)
    assert who_may(Act.DECIDE, of_chair, with_vice) == (VICE,)
    assert access(HEAD, of_chair, with_vice) is Access.NOTHING
    assert access(LA, of_chair, (*with_vice, LA)) is Access.WORDS
    missing = {m.about: m.wanted for m in missing_offices(SCHOOL, SMALL)}
    outside = (Role.LA_CONTACT, Role.TRUST_CONTACT)
    assert missing == {(About.HEAD, About.CHAIR): (Role.VICE_CHAIR, *outside)}
    assert missing_offices(SCHOOL, (*SMALL, VICE)) == ()
    assert (About.SCHOOL,) in {m.about for m in missing_offices(SCHOOL, (IT,))}


def test_a_story_that_was_not_raised_is_read_by_all_who_work_but_whom_it_may_mean():
    look = replace(verdict(Route.NOTE, About.HEAD), look=True)
    matter = matter_of_story([look], None, SCHOOL, EVERYBODY)
    assert access(HEAD, matter, EVERYBODY) is Access.NOTHING
    assert access(DEPUTY, matter, EVERYBODY) is Access.WORDS
    calm = matter_of_story([verdict(Route.RESPOND, About.HEAD)], None, SCHOOL, EVERYBODY)
    assert access(HEAD, calm, EVERYBODY) is Access.WORDS
    assert access(Person("g", "A Governor", (Role.GOVERNOR,)), calm, EVERYBODY) is Access.NOTHING


@pytest.mark.parametrize(("of", "people", "who"), AUDIENCES.values(), ids=AUDIENCES)
def test_who_is_told_of_what(of, people, who):
    assert told(of, people=people) == who


def test_an_allegation_against_the_head_goes_to_chair_and_lead_and_a_threat_that_accuses_them_too():
    alert = raised(verdict(about=About.HEAD, subject_person="head"))
    assert (alert.audience, alert.excluded) == (("chair", "dsl", "deputy_dsl"), ("head",))
    assert "subject_excluded" in codes(raised(verdict(about=About.STAFF, subject_person="head")))
    assert "head" not in told(verdict(about=About.HEAD))
    alert = raised(verdict(about=About.HEAD, subject_person="head", subjects=("head", "dsl")))
    assert (alert.audience, alert.excluded) == (("chair", "deputy_dsl"), ("head", "dsl"))
    accused = verdict(
        Route.POLICE_NOW, About.HEAD, subject_person="head", subjects=("head",), abuse=("threat", "sexual")
    )
    alert = raised(accused)
    assert alert.audience == ("dsl", "chair")
    assert alert.excluded == alert.warned == ("head",)
    assert told(accused, people=without_address("chair")) == ("dsl", "vice")


def test_somebody_threatened_is_told_in_person_and_both_numbers_and_each_has_a_part():
    unknown = raised(verdict(Route.POLICE_NOW, About.STAFF))
    no_address = raised(
        verdict(Route.POLICE_NOW, About.CHAIR, subject_person="chair"), people=without_address("chair")
    )
    assert "tell_target" in codes(unknown) & codes(no_address)
    assert "tell_target" not in codes(raised(verdict(Route.POLICE_NOW, About.SCHOOL)))
    assert "tell_target" not in codes(raised(verdict(Route.POLICE_NOW, About.HEAD)))
    assert "tell_target" not in codes(raised(verdict(about=About.STAFF)))
    for by, personally in (("signal:bomb_threat", False), ("person_said", False), ("model:threat", True)):
        site = (Meant("school", 1.0, by, Harm.VIOLENCE),)
        of = verdict(Route.POLICE_NOW, About.STAFF, endangers=site)
        assert ("tell_target" in codes(raised(of))) is personally
    for person, part in [
        (HEAD, ReaderPart.ASKS), (DSL, ReaderPart.ASKS), (IT, ReaderPart.TARGET), (None, ReaderPart.OTHER),
    ]:  # fmt: skip
        assert part_of(person, THREAT) is part
    for about in (About.PUPIL, About.SCHOOL, About.OTHER):
        assert part_of(HEAD, replace(THREAT, about=about, threatened=frozenset())) is ReaderPart.ACTS
    aimed_at_head = replace(THREAT, about=About.HEAD, threatened=frozenset((HEAD.id,)))
    assert part_of(HEAD, aimed_at_head) is ReaderPart.ACTS
    assert part_of(DSL, aimed_at_head) is ReaderPart.ASKS
    for part in [part for part in ReaderPart if part is not ReaderPart.RECORD]:
        said = what_next(Route.POLICE_NOW, words("en"), part=part)
        assert said.index("999") < said.index("101")
        assert "decide" not in said
    for lane in BypassRoute:
        assert all(kept_apart(lane, About.STAFF, words("en")))


def test_the_only_person_is_told_of_what_only_mentions_them_or_does_not_say_whom_it_accuses():
    mentioned = verdict(about=About.PUPIL, subject_person="both", subjects=("both",))
    assert told(mentioned, people=(BOTH,)) == ("both",)
    assert told(mentioned, people=(BOTH, DEPUTY_DSL)) == ("deputy_dsl",)
    assert told(mentioned, verdict(about=About.STAFF, subjects=("both",)), people=(BOTH,)) == ()
    unclear = verdict(
        Route.POLICE_NOW, About.HEAD, subject_person="both", subjects=("both",), abuse=("threat",)
    )
    assert told(unclear, people=(BOTH,)) == ("both",)
    assert told(unclear, people=(BOTH, CHAIR)) == ("chair",)
    assert told(by_labels(unclear, abuse=("threat", "safeguarding")), people=(BOTH,)) == ()
    found = verdict(Route.PLATFORM_REPORT, About.STAFF, subject_person="it", subjects=("it", "head"))
    assert told(found, people=(IT, HEAD)) == ("head",)
    assert told(found) == ("chair", "vice")


def test_of_several_subjects_the_most_powerful_decides_and_of_two_heads_the_other_has_no_conflict():
    head = verdict(about=About.HEAD, subject_person="head")
    of_all = told(verdict(about=About.PUPIL), head, verdict(about=About.STAFF))
    assert of_all == ("chair", "dsl", "deputy_dsl")
    assert told(verdict(about=About.PUPIL), verdict(about=About.STAFF)) == ("head", "dsl")
    chair = verdict(about=About.CHAIR, subject_person="chair")
    assert told(verdict(about=About.STAFF), chair) == ("vice", "dsl")
    second = Person("second", "Ola Fenn", (Role.HEAD,), MAIL)
    named = Matter(KEYS, About.HEAD, frozenset(("head",)))
    assert conflicted(HEAD, named, (HEAD, second))
    assert not conflicted(second, named, (HEAD, second))
    assert conflicted(second, replace(named, subjects=frozenset()), (HEAD, second))


def without_address(*ids):
    return tuple(replace(p, email=None) if p.id in ids else p for p in EVERYBODY)


def test_an_insult_goes_to_the_first_assessor_of_any_member_and_pupils_pictures_to_the_data_officer_too():
    assert told(verdict(Route.PLATFORM_REPORT, About.STAFF)) == ("head", "deputy")
    by_it = raise_alert(
        STORY, [verdict(Route.PLATFORM_REPORT, About.STAFF)], None, EVERYBODY, SCHOOL,
        Policy(first_assessor=Role.IT_LEAD), NOW,
    )  # fmt: skip
    assert by_it.audience == ("it", "head")
    found = verdict(Route.REQUEST_REMOVAL, About.PUPIL, content_class="C8")
    assert told(found) == ("head", "it", "dsl", "dpo")
    assert "dpo" not in told(verdict(Route.REQUEST_REMOVAL, About.SCHOOL, content_class="C8"))
    school = replace(SCHOOL, members=("900001", "900002"))
    member = replace(DSL, urns=("900002",))
    found = raise_alert(STORY, [verdict()], None, (member,), school, Policy(), NOW)
    assert found.audience == ("dsl",)


def test_who_has_no_address_is_passed_over_and_where_nobody_is_left_it_is_said_loudly():
    alert = raised(verdict(about=About.HEAD, subject_person="head"), people=(HEAD,))
    assert alert.audience == ()
    assert "nobody_left" in codes(alert)
    alert = raised(verdict(), people=(replace(DSL, email=None), HEAD, CHAIR))
    assert alert.audience == ("head", "chair")
    assert {"no_address", "fallback"} <= codes(alert)
    alert = raised(verdict(about=About.STAFF), people=without_address("head"))
    assert alert.audience == ("dsl", "deputy_dsl")
    assert "no_address" in codes(alert)
    assert "no_address" not in codes(raised(verdict(about=About.STAFF)))
    alert = raised(verdict(about=About.HEAD, subject_person="head"), people=without_address("head"))
    assert "no_address" not in codes(alert)
    alert = raised(verdict(), people=(HEAD, DSL, CHAIR))
    assert alert.audience == ("dsl",)
    assert "one_person_only" in codes(alert)


@given(st.lists(any_post, min_size=1, max_size=4), any_people)
def test_whoever_is_mentioned_is_told_only_where_nobody_else_of_the_school_can_be(verdicts, people):
    """Whom calm words beside an allegation speak of is no better placed than whom the grave words name."""
    found = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)
    grave = [v for v in verdicts if v.severity >= Severity.TODAY or v.route.urgent]
    mentioned = set().union(*(v.subjects for v in grave))
    mentioned |= {v.subject_person for v in grave if v.subject_person and v.route is not Route.POLICE_NOW}
    if isinstance(found, Decline) or not mentioned & set(found.audience):
        return
    beside = set().union(*(v.subjects for v in verdicts)) | {v.subject_person for v in verdicts}
    others = [p for p in people if p.id not in {*mentioned, *beside, *found.excluded} and p.email]
    leading = {Role.HEAD, Role.DEPUTY_HEAD, Role.DEPUTY_DSL, Role.CHAIR, Role.VICE_CHAIR}
    assert not [p for p in others if leading & set(p.roles)]


def test_whoever_speaks_to_the_press_reads_articles_and_is_told_of_them_but_not_what_is_restricted():
    people = (*EVERYBODY, PRESS)
    assert "press" in told(NEWS, people=people)
    assert "press" not in told(verdict(Route.RESPOND, About.SCHOOL, severity=Severity.TODAY), people=people)
    people = (*EVERYBODY, PRESS)
    assert "press" not in told(verdict(event=PressEvent.STAFF), people=people)
    assert "press" not in told(replace(NEWS, about=About.HEAD), people=people)

    def known(*verdicts):
        return access(PRESS, matter_of_story(verdicts, None, SCHOOL, EVERYBODY), (*EVERYBODY, PRESS))

    calm = replace(NEWS, severity=Severity.NOTE, route=Route.NOTE)
    assert (known(calm), known(replace(calm, event=None))) == (Access.WORDS, Access.NOTHING)
    assert known(calm, replace(calm, event=None)) is Access.NOTHING
    assert known(replace(calm, restricted=True)) is not Access.WORDS
