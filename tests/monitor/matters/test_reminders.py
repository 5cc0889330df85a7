"""What the service tells by itself: inspections in the press, a pupil named by the school."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders.digest import PEOPLE, TUESDAY, URN, a_config, say
from builders.home import rows_of, tend

from alerts.links import Links
from alerts.wording.matters import describe_verdict, next_of
from classifiers.verdicts.press import inspection_grade
from data.cases import Profile
from data.content_class import ContentClass
from data.judged import GRADED, NAMES_PUPIL
from data.store.verdicts import by_reason
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
from data.words.say import words
from monitor.config.home.context import Context
from monitor.service.reminders import grades, pupils
from monitor.service.serve import PERIODIC_TASKS

PRESS = Person("press", "Sam Elm", (Role.PRESS,), "press@example.org")
CHAIR = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
DPO = Person("dpo", "Kit Rowan", (Role.DPO,), "dpo@example.org")
PAGES = Links("https://alerts.example.org", b"secret")
SOON, HOUR = timedelta(minutes=10), timedelta(hours=1)


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
    assert inspection_grade(printed) == grade
    assert inspection_grade(replace(printed, kind=MentionKind.POST, channel="local_forum")) is None


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    people = (*PEOPLE, PRESS, CHAIR, DPO)
    return Context(a_config(tmp_path_factory.mktemp("config"), people=people), Path("/nowhere"), PAGES)


def article(store, name="ofsted", at=TUESDAY, grade="requires improvement", **verdict):
    reasons = (Reason(GRADED, f"It tells what inspectors judged the school to be: {grade}."),)
    given = {"severity": Severity.RESPOND, "route": Route.RESPOND, "event": PressEvent.INSPECTION, **verdict}
    say(store, name, at, kind=MentionKind.ARTICLE, channel="news", reasons=reasons, **given)


def mailed(store, task, context, now):
    """All that was queued once the service has seen to it: to whom, its subject, its text, when it is due."""
    tend(store, task, context, now)
    return rows_of(store, "SELECT person_id, subject, body, epoch_us(due_at) FROM outbox ORDER BY person_id")


def test_the_head_and_the_press_contact_are_told_in_the_same_hour_and_of_one_grade_once(store, context):
    article(store)
    found = mailed(store, grades, context, TUESDAY + SOON)
    assert [person for person, *_ in found] == ["head", "press"]
    assert {subject for _, subject, *_ in found} == {"Inspection: requires improvement"}
    assert all("judged the school “requires improvement”" in body for _, _, body, _ in found)
    assert all("https://alerts.example.org/m/" in body for _, _, body, _ in found)
    article(store, "again", TUESDAY + 3 * HOUR)
    assert mailed(store, grades, context, TUESDAY + 3 * HOUR + SOON) == found
    note = {"severity": Severity.NOTE, "route": Route.NOTE}
    article(store, "better", TUESDAY + 4 * HOUR, grade="good", **note)
    assert len(mailed(store, grades, context, TUESDAY + 4 * HOUR + SOON)) == 4


def test_the_chair_is_told_where_the_policy_has_the_chair_answer_the_press(store, context):
    article(store, about=About.HEAD)  # it is told to the head all the same
    config = replace(context.config, profiles={URN: Profile(press=Role.CHAIR)})
    found = mailed(store, grades, replace(context, config=config), TUESDAY + SOON)
    assert [person for person, *_ in found] == ["chair", "head", "press"]
    assert "/m/" not in found[0][2]  # the chair reads no such story


def test_what_an_alert_tells_and_what_may_be_anothers_or_old_is_not_told_here(store, context):
    others = {"severity": Severity.TODAY}, {"relevance": Relevance.UNSURE}, {"restricted": True}
    for n, other in enumerate((*others, {"history": TUESDAY})):
        article(store, f"other {n}", **other)
    assert mailed(store, grades, context, TUESDAY + SOON) == []


# ------------------------------------------------- a pupil named by a post of the school's own


SAID = "Well done to Amelia Hartley, Year 4!"


def slip(store, name="hartley", at=TUESDAY):
    reasons = (Reason(NAMES_PUPIL, f"It gives a pupil's full name: “{SAID}”"),)
    say(
        store, name, at, text=SAID, reasons=reasons, route=Route.NOTE, severity=Severity.NOTE,
        about=About.PUPIL, content_class=ContentClass.PRIVACY,
    )  # fmt: skip


def test_the_safeguarding_lead_and_the_data_protection_officer_are_told_once(store, context):
    slip(store)
    found = mailed(store, pupils, context, TUESDAY + SOON)
    assert [person for person, *_ in found] == ["dpo", "dsl"]
    assert all("https://alerts.example.org/m/" in body for _, _, body, _ in found)
    assert not any(word in body for _, _, body, _ in found for word in ("Amelia", "Hartley", "Year 4"))
    assert mailed(store, pupils, context, TUESDAY + 2 * SOON) == found
    with store.open_reader() as con:
        ((judged,),) = by_reason(con, NAMES_PUPIL, TUESDAY - SOON).values()
    w = words("en")
    assert describe_verdict(judged, w) == "the school’s own post names a pupil in full"
    assert next_of(judged, w).startswith("check whether you hold permission")


def test_without_either_the_head_is_told_and_at_night_it_waits_for_the_morning(store):
    heads = Context(a_config(Path("/nowhere"), people=PEOPLE[:1]), Path("/nowhere"), Links())
    night = TUESDAY.replace(hour=2)
    slip(store, at=night)
    ((person, _, body, due),) = mailed(store, pupils, heads, night + SOON)
    assert person == "head"
    assert "at the desk" in body
    assert datetime.fromtimestamp(due / 1e6, TUESDAY.tzinfo) > night + 4 * HOUR


def test_the_service_sees_to_it_all():
    for name, task in (("grades", grades), ("pupils", pupils)):
        assert PERIODIC_TASKS[name] is task
    assert "reports" in PERIODIC_TASKS
