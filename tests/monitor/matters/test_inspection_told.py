"""What inspectors judged the school to be is told the hour the press tells it, good or poor."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.digest import PEOPLE, TUESDAY, URN, a_config, a_home, kept_open, say

from alerts.links import Links
from classifiers.verdicts.press.events import grade_told
from data.cases import Profile
from data.judged import GRADED
from data.types import (
    About,
    Mention,
    MentionKind,
    Person,
    PressEvent,
    Reason,
    Relevance,
    Role,
    Route,
    Severity,
)
from monitor.config.home.context import Context
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.tasks.reminders import grades

PRESS = Person("press", "Sam Elm", (Role.PRESS,), "press@example.org")
CHAIR = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
PAGES = Links("https://alerts.example.org", b"secret")


@pytest.mark.parametrize(
    ("headline", "grade"),
    [
        ("Oakfield Primary ‘requires improvement’ for behaviour, says Ofsted", "requires improvement"),
        ("Oakfield Primary rated good by Ofsted - Northvale Gazette", "good"),
        ("Oakfield stays 'outstanding' after inspection", "outstanding"),
        ("Estyn: ysgol mewn mesurau arbennig", "mesurau arbennig"),
        ("Ofsted: Oakfield meets expected standard", "expected standard"),
        ("Ofsted inspectors visit Oakfield", None),
        ("Good turnout at Oakfield’s Ofsted meeting", None),
        ("Oakfield ‘requires improvement’ to its roof", None),
    ],
)
def test_a_headline_says_what_inspectors_judged_a_school_to_be(headline, grade):
    url = "https://paper.example.org/1"
    printed = Mention("1" * 16, url, "news", MentionKind.ARTICLE, headline, "", TUESDAY)
    assert grade_told(printed) == grade
    assert grade_told(replace(printed, kind=MentionKind.POST, channel="local_forum")) is None


@pytest.fixture
def store(tmp_path):
    with kept_open(a_home(tmp_path)) as found:
        yield found


@pytest.fixture
def context(tmp_path):
    return Context(a_config(tmp_path, people=(*PEOPLE, PRESS, CHAIR)), Path("/nowhere"), PAGES)


def article(store, name="ofsted", at=TUESDAY, grade="requires improvement", **verdict):
    reasons = (Reason(GRADED, f"It tells what inspectors judged the school to be: {grade}."),)
    given = {"severity": Severity.RESPOND, "route": Route.RESPOND, "event": PressEvent.INSPECTION, **verdict}
    say(store, name, at, kind=MentionKind.ARTICLE, channel="news", reasons=reasons, **given)


def told(store, context, now=TUESDAY + timedelta(minutes=10)):
    with store.write("test") as con:
        for write in grades(con, context, now):
            write(con)
        return con.execute("SELECT person_id, subject, body FROM outbox ORDER BY person_id").fetchall()


def test_the_head_and_the_press_contact_are_told_in_the_same_hour(store, context):
    article(store)
    found = told(store, context)
    assert [person for person, _, _ in found] == ["head", "press"]
    assert {subject for _, subject, _ in found} == {"Inspection in the press: requires improvement"}
    assert all("judged the school “requires improvement”" in body for _, _, body in found)
    assert all("https://alerts.example.org/m/" in body for _, _, body in found)


def test_the_chair_is_told_where_the_policy_has_the_chair_answer_the_press(store, context):
    article(store)
    config = replace(context.config, profiles={URN: Profile(press=Role.CHAIR)})
    found = told(store, replace(context, config=config))
    assert [person for person, _, _ in found] == ["chair", "head", "press"]
    assert "/m/" not in found[0][2]  # the chair reads no such story


def test_what_several_papers_write_of_one_grade_is_told_once(store, context):
    article(store)
    assert len(told(store, context)) == 2
    article(store, "again", TUESDAY + timedelta(hours=3))
    assert len(told(store, context, TUESDAY + timedelta(hours=3, minutes=5))) == 2
    article(
        store, "better", TUESDAY + timedelta(hours=4), grade="good", severity=Severity.NOTE, route=Route.NOTE
    )
    assert len(told(store, context, TUESDAY + timedelta(hours=4, minutes=5))) == 4


@pytest.mark.parametrize(
    "other",
    [
        {"severity": Severity.TODAY},
        {"relevance": Relevance.UNSURE},
        {"restricted": True},
        {"history": TUESDAY},
    ],
)
def test_what_an_alert_tells_and_what_may_be_anothers_or_old_is_not_told_here(store, context, other):
    article(store, **other)
    assert told(store, context) == []


def test_an_inspection_that_speaks_of_the_head_is_told_to_the_head(store, context):
    article(store, about=About.HEAD)
    assert "head" in [person for person, _, _ in told(store, context)]


def test_the_service_sees_to_grades():
    assert PERIODIC_TASKS["grades"] is grades
