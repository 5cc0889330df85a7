"""Who is told, by person: the subject never, in any role they hold."""

from __future__ import annotations

from dataclasses import replace

from builders.alert import (
    CHAIR,
    DEPUTY_DSL,
    DSL,
    EVERYBODY,
    HEAD,
    IT,
    NOW,
    SCHOOL,
    STORY,
    VICE,
    codes,
    raised,
    told,
    verdict,
)
from builders.mention import by_labels
from hypothesis import given
from hypothesis import strategies as st

from alerts.access.knowing import Access, access
from alerts.access.matter import matter_of_story
from alerts.instant.raise_alert import Decline, raise_alert
from data.types import (
    ABUSE_LABELS,
    ALLEGING_LABELS,
    About,
    Alert,
    Person,
    Policy,
    PressEvent,
    Role,
    Route,
    Severity,
    Verdict,
)


def test_a_child_at_risk_is_told_to_the_safeguarding_leads_and_not_the_head() -> None:
    assert told(verdict()) == ("dsl", "deputy_dsl")


def test_one_lead_alone_is_told_alone_and_it_says_so() -> None:
    alert = raised(verdict(), people=(HEAD, DSL, CHAIR))
    assert alert.audience == ("dsl",)
    assert "one_person_only" in codes(alert)


def test_without_a_lead_the_head_is_told() -> None:
    assert told(verdict(), people=(HEAD, CHAIR)) == ("head", "chair")


def test_an_allegation_against_staff_goes_to_head_and_lead() -> None:
    assert told(verdict(about=About.STAFF)) == ("head", "dsl")


def test_an_allegation_against_the_head_goes_to_the_chair_and_the_lead() -> None:
    alert = raised(verdict(about=About.HEAD, subject_person="head"))
    assert alert.audience == ("chair", "dsl")
    assert alert.excluded == ("head",)
    assert "subject_excluded" in codes(raised(verdict(about=About.STAFF, subject_person="head")))


def test_the_head_is_kept_out_even_where_nobody_could_name_them() -> None:
    assert "head" not in told(verdict(about=About.HEAD))


def test_a_head_who_is_also_the_lead_is_kept_out_of_both() -> None:
    both = Person("both", "Jane Holt", (Role.HEAD, Role.DSL), "both@example.org")
    people = (both, DEPUTY_DSL, CHAIR, VICE)
    assert told(verdict(about=About.HEAD, subject_person="both"), people=people) == ("chair", "deputy_dsl")


def test_an_allegation_against_the_lead_goes_to_the_head() -> None:
    found = told(verdict(about=About.DSL, subject_person="dsl"))
    assert found == ("head", "deputy_dsl")


def test_a_matter_about_the_chair_goes_to_the_vice_chair_and_outside() -> None:
    assert told(verdict(Route.PLATFORM_REPORT, About.CHAIR, subject_person="chair")) == ("vice", "la")


def test_a_threat_is_told_to_head_and_lead() -> None:
    assert told(verdict(Route.POLICE_NOW, About.STAFF)) == ("head", "dsl")


def test_a_threat_to_the_head_is_told_to_the_head() -> None:
    alert = raised(verdict(Route.POLICE_NOW, About.HEAD, subject_person="head"))
    assert alert.audience == ("head", "dsl")
    assert alert.excluded == ()
    assert "tell_target" not in codes(alert)


def test_whoever_is_threatened_is_told_beside_head_and_lead() -> None:
    found = told(verdict(Route.POLICE_NOW, About.STAFF, subject_person="it"))
    assert found == ("head", "dsl", "it")


def test_an_adult_threatened_who_cannot_be_told_must_be_told_in_person() -> None:
    unknown = raised(verdict(Route.POLICE_NOW, About.STAFF))
    no_address = raised(
        verdict(Route.POLICE_NOW, About.CHAIR, subject_person="chair"), people=without_address("chair")
    )
    assert "tell_target" in codes(unknown) & codes(no_address)


def test_nobody_is_to_be_told_in_person_where_no_adult_is_threatened() -> None:
    assert "tell_target" not in codes(raised(verdict(Route.POLICE_NOW, About.SCHOOL)))
    assert "tell_target" not in codes(raised(verdict(Route.POLICE_NOW, About.HEAD)))
    assert "tell_target" not in codes(raised(verdict(about=About.STAFF)))


def test_a_threat_that_also_accuses_the_head_goes_to_lead_and_chair() -> None:
    accused = verdict(
        Route.POLICE_NOW, About.HEAD, subject_person="head", subjects=("head",), abuse=("threat", "sexual")
    )
    alert = raised(accused)
    assert alert.audience == ("dsl", "chair")
    assert alert.excluded == ("head",)
    assert "tell_target" in codes(alert)
    assert told(accused, people=without_address("chair")) == ("dsl", "vice")


def test_the_only_person_is_told_that_they_are_threatened() -> None:
    both = Person("both", "Jane Holt", (Role.HEAD, Role.DSL), "both@example.org")
    assert told(verdict(Route.POLICE_NOW, About.HEAD, subject_person="both"), people=(both,)) == ("both",)


def test_whoever_a_child_in_need_only_mentions_is_told_where_nobody_else_can_be() -> None:
    both = Person("both", "Jane Holt", (Role.HEAD, Role.DSL), "both@example.org")
    mentioned = verdict(about=About.PUPIL, subject_person="both", subjects=("both",))
    assert told(mentioned, people=(both,)) == ("both",)
    assert told(mentioned, people=(both, DEPUTY_DSL)) == ("deputy_dsl",)
    assert told(mentioned, verdict(about=About.STAFF, subjects=("both",)), people=(both,)) == ()


def test_the_only_person_is_told_of_a_threat_of_which_it_is_unclear_who_makes_it() -> None:
    both = Person("both", "Jane Holt", (Role.HEAD, Role.DSL), "both@example.org")
    unclear = verdict(
        Route.POLICE_NOW, About.HEAD, subject_person="both", subjects=("both",), abuse=("threat",)
    )
    assert told(unclear, people=(both,)) == ("both",)
    assert told(unclear, people=(both, CHAIR)) == ("chair",)
    assert told(by_labels(unclear, abuse=("threat", "safeguarding")), people=(both,)) == ()


def test_where_it_is_said_who_may_be_meant_others_of_the_same_role_are_told() -> None:
    second = Person("second", "Ola Fenn", (Role.HEAD, Role.DSL), "second@example.org")
    assert told(verdict(about=About.HEAD, subjects=("head",)), people=(HEAD, second)) == ("second",)


def test_everyone_who_may_be_meant_is_kept_out() -> None:
    alert = raised(verdict(about=About.HEAD, subject_person="head", subjects=("head", "dsl")))
    assert alert.audience == ("chair", "deputy_dsl")
    assert alert.excluded == ("head", "dsl")


def test_where_the_head_may_be_meant_beside_staff_the_chair_is_told() -> None:
    assert told(verdict(about=About.STAFF, subjects=("head",))) == ("chair", "dsl")


def test_an_allegation_against_the_chair_goes_to_the_vice_chair_and_the_lead() -> None:
    assert told(verdict(about=About.CHAIR, subject_person="chair")) == ("vice", "dsl")


def test_of_several_subjects_the_one_with_most_power_decides_who_is_told() -> None:
    head = verdict(about=About.HEAD, subject_person="head")
    assert told(verdict(about=About.PUPIL), head, verdict(about=About.STAFF)) == ("chair", "dsl")
    assert told(verdict(about=About.PUPIL), verdict(about=About.STAFF)) == ("head", "dsl")
    chair = verdict(about=About.CHAIR, subject_person="chair")
    assert told(verdict(about=About.STAFF), chair) == ("vice", "dsl")


def test_an_insult_to_a_pupil_is_told_to_the_safeguarding_lead_too() -> None:
    assert told(verdict(Route.PLATFORM_REPORT, About.PUPIL)) == ("head", "dsl")


def test_an_insult_that_mentions_the_only_person_is_told_to_them() -> None:
    found = verdict(Route.PLATFORM_REPORT, About.STAFF, subject_person="it", subjects=("it", "head"))
    assert told(found, people=(IT, HEAD)) == ("head",)
    assert told(found) == ("chair", "vice")


def without_address(*ids: str) -> tuple[Person, ...]:
    return tuple(replace(p, email=None) if p.id in ids else p for p in EVERYBODY)


def test_extremism_goes_to_the_safeguarding_leads() -> None:
    found = verdict(Route.POLICE_NOW, About.SCHOOL, content_class="C9", restricted=True)
    assert told(found) == ("dsl", "deputy_dsl")


def test_an_insult_to_staff_goes_to_the_first_assessor() -> None:
    assert told(verdict(Route.PLATFORM_REPORT, About.STAFF)) == ("head", "deputy")
    by_it = raise_alert(
        STORY, [verdict(Route.PLATFORM_REPORT, About.STAFF)], None, EVERYBODY, SCHOOL,
        Policy(first_assessor=Role.IT_LEAD), NOW,
    )  # fmt: skip
    assert isinstance(by_it, Alert)
    assert by_it.audience == ("it", "head")


def test_private_facts_are_told_to_the_data_protection_officer_too() -> None:
    assert told(verdict(Route.PLATFORM_REPORT, About.STAFF, content_class="C11")) == ("head", "dpo")


def test_pictures_that_were_taken_are_told_to_the_data_protection_officer_too_where_they_show_pupils() -> (
    None
):
    found = verdict(Route.REQUEST_REMOVAL, About.PUPIL, content_class="C8")
    assert told(found) == ("head", "it", "dsl", "dpo")
    assert "dpo" not in told(verdict(Route.REQUEST_REMOVAL, About.SCHOOL, content_class="C8"))


def test_an_insult_to_the_head_goes_to_the_chair_instead() -> None:
    found = told(verdict(Route.PLATFORM_REPORT, About.HEAD, subject_person="head"))
    assert found == ("chair", "vice")


def test_nobody_left_is_said_loudly_and_still_an_alert() -> None:
    alert = raised(verdict(about=About.HEAD, subject_person="head"), people=(HEAD,))
    assert alert.audience == ()
    assert "nobody_left" in codes(alert)


def test_without_an_address_the_next_are_told_and_it_says_so() -> None:
    alert = raised(verdict(), people=(replace(DSL, email=None), HEAD, CHAIR))
    assert alert.audience == ("head", "chair")
    assert {"no_address", "fallback"} <= codes(alert)


def test_two_who_can_be_reached_are_told() -> None:
    alert = raised(verdict(about=About.STAFF), people=without_address("head"))
    assert alert.audience == ("dsl", "deputy_dsl")
    assert "no_address" in codes(alert)
    assert "no_address" not in codes(raised(verdict(about=About.STAFF)))


def test_an_empty_address_is_none() -> None:
    assert told(verdict(), people=(replace(DSL, email=""), DEPUTY_DSL)) == ("deputy_dsl",)


def test_where_nobody_has_an_address_nobody_is_left() -> None:
    alert = raised(verdict(), people=without_address(*(p.id for p in EVERYBODY)))
    assert alert.audience == ()
    assert "nobody_left" in codes(alert)


def test_the_subject_without_an_address_is_not_said_to_have_none() -> None:
    alert = raised(verdict(about=About.HEAD, subject_person="head"), people=without_address("head"))
    assert "no_address" not in codes(alert)


def test_people_of_other_schools_are_not_told() -> None:
    elsewhere = replace(DSL, id="elsewhere", urns=("900009",))
    assert told(verdict(), people=(elsewhere, DEPUTY_DSL)) == ("deputy_dsl",)


def test_a_person_of_one_member_of_the_school_is_told() -> None:
    school = replace(SCHOOL, members=("900001", "900002"))
    member = replace(DSL, urns=("900002",))
    found = raise_alert(STORY, [verdict()], None, (member,), school, Policy(), NOW)
    assert isinstance(found, Alert)
    assert found.audience == ("dsl",)


any_ids = st.lists(st.sampled_from([p.id for p in EVERYBODY]), max_size=4, unique=True).map(tuple)
any_verdict = st.builds(
    verdict,
    route=st.sampled_from([r for r in Route if r is not Route.IGNORE]),
    about=st.sampled_from(list(About)),
    subject_person=st.sampled_from([None, *(p.id for p in EVERYBODY)]),
    subjects=any_ids,
    abuse=st.lists(st.sampled_from(ABUSE_LABELS), max_size=3, unique=True).map(tuple),
    content_class=st.sampled_from(["C0", "C2", "C6", "C9", "C10", "C11", "C12"]),
    severity=st.sampled_from(list(Severity)),
)
any_people = st.lists(
    st.builds(
        Person,
        id=st.sampled_from([p.id for p in EVERYBODY]),
        name=st.just("Somebody"),
        roles=st.lists(st.sampled_from(list(Role)), min_size=1, max_size=3, unique=True).map(tuple),
        email=st.sampled_from([None, "", "somebody@example.org"]),
    ),
    max_size=6,
    unique_by=lambda p: p.id,
).map(tuple)


def accused(v: Verdict, people: tuple[Person, ...]) -> set[str]:
    """Said again, apart from the code: of whom an adult's allegation may be, or an insult surely is."""
    if v.severity < Severity.TODAY and not v.route.urgent:
        return set()
    threat = v.route is Route.POLICE_NOW
    named = set(v.subjects) | ({v.subject_person} if v.subject_person and not threat else set())
    if not named and not threat and v.about.value in (Role.HEAD, Role.DSL, Role.CHAIR):
        named = {p.id for p in people if v.about.value in p.roles}
    if v.route is Route.SAFEGUARDING or (threat and ALLEGING_LABELS & set(v.abuse)):
        return named if v.about not in (About.PUPIL, About.SCHOOL, About.OTHER) else set()
    return {v.subject_person} if v.subject_person and not threat else set()


@given(st.lists(any_verdict, min_size=1, max_size=4), any_people)
def test_whoever_may_be_accused_is_never_told_in_any_role(
    verdicts: list[Verdict], people: tuple[Person, ...]
) -> None:
    found = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)
    if isinstance(found, Alert):
        assert not set().union(*(accused(v, people) for v in verdicts)) & set(found.audience)


@given(st.lists(any_verdict, min_size=1, max_size=4), any_people)
def test_whoever_is_mentioned_is_told_only_where_nobody_else_of_the_school_can_be(
    verdicts: list[Verdict], people: tuple[Person, ...]
) -> None:
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


@given(st.lists(any_verdict, min_size=1, max_size=4), any_people, any_ids)
def test_nobody_kept_out_is_let_in_by_an_edit(
    verdicts: list[Verdict], people: tuple[Person, ...], before: tuple[str, ...]
) -> None:
    former = verdict(about=About.STAFF, subjects=before)
    found = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW, earlier=[former])
    if isinstance(found, Alert):
        assert not set(before) & set(found.audience)


@given(st.lists(any_verdict, min_size=1, max_size=4), any_people)
def test_nobody_is_left_only_where_nobody_may_be_told(
    verdicts: list[Verdict], people: tuple[Person, ...]
) -> None:
    found = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)
    if isinstance(found, Decline) or found.audience:
        return
    assert "nobody_left" in codes(found)
    leading = {Role.HEAD, Role.DEPUTY_HEAD, Role.DSL, Role.DEPUTY_DSL, Role.CHAIR, Role.VICE_CHAIR}
    free = [p for p in people if p.id not in found.excluded and p.email]
    assert not [p for p in free if leading & set(p.roles) and Role.DSL not in p.roles]


@given(st.lists(any_verdict, min_size=1, max_size=4), any_people)
def test_nobody_without_an_address_is_on_the_list(
    verdicts: list[Verdict], people: tuple[Person, ...]
) -> None:
    found = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)
    if isinstance(found, Alert):
        assert set(found.audience) <= {p.id for p in people if p.email}


@given(st.lists(any_verdict, max_size=4), any_people)
def test_an_audience_names_each_once(verdicts: list[Verdict], people: tuple[Person, ...]) -> None:
    found = raise_alert(STORY, verdicts, None, people, SCHOOL, Policy(), NOW)
    if isinstance(found, Alert):
        assert len(set(found.audience)) == len(found.audience)


PRESS = Person("press", "Sam Elm", (Role.PRESS,), "press@example.org")
NEWS = verdict(Route.RESPOND, About.SCHOOL, severity=Severity.TODAY, event=PressEvent.INJURY)


def test_whoever_speaks_to_the_press_is_told_of_its_alerts_and_of_nobody_elses():
    people = (*EVERYBODY, PRESS)
    assert "press" in told(NEWS, people=people)
    assert "press" not in told(verdict(Route.RESPOND, About.SCHOOL, severity=Severity.TODAY), people=people)


def test_the_press_contact_is_never_told_what_is_restricted_or_about_the_head():
    people = (*EVERYBODY, PRESS)
    assert "press" not in told(verdict(event=PressEvent.STAFF), people=people)
    assert "press" not in told(replace(NEWS, about=About.HEAD), people=people)


def test_the_press_contact_reads_articles_and_no_posts():
    def known(*verdicts: Verdict) -> Access:
        return access(PRESS, matter_of_story(verdicts, None, SCHOOL, EVERYBODY), (*EVERYBODY, PRESS))

    calm = replace(NEWS, severity=Severity.NOTE, route=Route.NOTE)
    assert (known(calm), known(replace(calm, event=None))) == (Access.WORDS, Access.NOTHING)
    assert known(calm, replace(calm, event=None)) is Access.NOTHING
    assert known(replace(calm, restricted=True)) is not Access.WORDS
