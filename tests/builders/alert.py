"""Builders for the tests of alerting: people, verdicts, and the alert they raise."""

from dataclasses import replace
from datetime import UTC, datetime

from builders.mention import by_labels
from hypothesis import strategies as st
from support.case_numbers import number_of

from alerts.access.matter import matter_of_story, with_more
from alerts.escalation import Open
from alerts.raise_alert import Standing, StoryNow, raise_alert
from data.types import (
    ABUSE_LABELS,
    About,
    Alert,
    Person,
    Policy,
    Relevance,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
    StillOpen,
    Story,
    Verdict,
)

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
SCHOOL = School("900001", "Oakfield Primary School")
STORY = Story("story-1", "900001", "Something", NOW, NOW, ("m1",))
HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
DEPUTY = Person("deputy", "Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
DSL = Person("dsl", "Robin Pike", (Role.DSL,), "dsl@example.org")
DEPUTY_DSL = Person("deputy_dsl", "Noor Vane", (Role.DEPUTY_DSL,), "deputy_dsl@example.org")
CHAIR = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
VICE = Person("vice", "Kit Reed", (Role.VICE_CHAIR,), "vice@example.org")
LA = Person("la", "Council contact", (Role.LA_CONTACT,), "la@example.org")
DPO = Person("dpo", "Ira Moss", (Role.DPO,), "dpo@example.org")
IT = Person("it", "Jo Fern", (Role.IT_LEAD,), "it@example.org")
EVERYBODY = (HEAD, DEPUTY, DSL, DEPUTY_DSL, CHAIR, VICE, LA, DPO, IT)
IDS = [p.id for p in EVERYBODY]


def some_people(ids=IDS, **more):
    """Any people of these ids, as hypothesis draws them."""
    somebody = st.builds(
        Person,
        id=st.sampled_from(ids),
        name=st.just("Somebody"),
        roles=st.lists(st.sampled_from(list(Role)), min_size=1, max_size=3, unique=True).map(tuple),
        email=st.sampled_from([None, "", "somebody@example.org", "somebody@example.org"]),
        **more,
    )
    return st.lists(somebody, max_size=7, unique_by=lambda p: p.id).map(tuple)


any_people = some_people()
_CLASS = {Route.SAFEGUARDING: "C10", Route.POLICE_NOW: "C6", Route.PLATFORM_REPORT: "C2"}
_SEVERITY = {Route.NOTE: 1, Route.THANK: 1, Route.IGNORE: 0, Route.RESPOND: 2, Route.POLICE_NOW: 4}


def verdict(route=Route.SAFEGUARDING, about=About.PUPIL, **changes):
    base = Verdict(
        mention_id="m1", version=1, urn="900001", relevance=Relevance.ABOUT, sentiment=Sentiment.NEUTRAL,
        abuse=(), about=about, severity=Severity(_SEVERITY.get(route, 3)), route=route,
        content_class=_CLASS.get(route, "C0"),
    )  # fmt: skip
    base = replace(base, restricted=base.content_class in ("C9", "C10"))
    return by_labels(base, **changes)


def story_now(*verdicts, people=EVERYBODY, existing=None, asked=(), **more):
    """A story with these verdicts, whose alert is `existing`; `asked` know of it beside its audience."""
    given = {"school": SCHOOL, "policy": Policy(), "now": NOW, **more}
    standing = Standing(existing, tuple(asked)) if existing else None
    return StoryNow(STORY, people=people, verdicts=verdicts, standing=standing, **given)


def raised(*verdicts, **more):
    found = raise_alert(story_now(*verdicts, **more))
    assert isinstance(found, Alert)
    return replace(found, number=number_of(found.id))


def opened(alert, people=EVERYBODY, made=(), **more):
    """An alert that nobody has, as the steps so far leave it; `more` is of its matter, or of it."""
    told = [s.person_id for s in made if s.person_id and s.about is StillOpen.UNTAKEN]
    aimed = more.pop("targets", frozenset())
    matter = matter_of_story(more.pop("verdicts", []), alert, SCHOOL, people, asked=told)
    matter = replace(with_more(matter, threatened=aimed), endangered=matter.endangered | aimed)
    return Open(alert, matter, tuple(made), **more)


def told(*verdicts, people=EVERYBODY):
    return raised(*verdicts, people=people).audience


def codes(alert):
    return {reason.code for reason in alert.because}


def any_verdict(routes, severities):
    """Any verdict of these routes and severities, as hypothesis draws it."""
    return st.builds(
        verdict,
        route=st.sampled_from(routes),
        about=st.sampled_from(list(About)),
        subject_person=st.sampled_from([None, *IDS]),
        subjects=st.lists(st.sampled_from(IDS), max_size=4, unique=True).map(tuple),
        abuse=st.lists(st.sampled_from(ABUSE_LABELS), max_size=3, unique=True).map(tuple),
        content_class=st.sampled_from(["C0", "C2", "C6", "C9", "C10", "C11", "C12"]),
        severity=st.sampled_from(severities),
    )
