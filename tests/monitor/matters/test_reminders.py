"""What the service tells by itself: inspections in the press, a pupil named by the school, terms that end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders.digest import PEOPLE, TUESDAY, URN, a_config, say

from alerts.links import Links
from alerts.wording.matters import kind_of, next_of
from classifiers.verdicts.press.events import grade_told
from data.cases import Profile
from data.content_class import ContentClass
from data.judged import GRADED, NAMES_PUPIL
from data.register.calendar import Calendar, Term
from data.store.verdicts.verdicts import by_reason
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
    School,
    Severity,
)
from data.words.say import words
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.tasks.reminders import grades, pupils, terms

PRESS = Person("press", "Sam Elm", (Role.PRESS,), "press@example.org")
CHAIR = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
DPO = Person("dpo", "Kit Rowan", (Role.DPO,), "dpo@example.org")
PAGES = Links("https://alerts.example.org", b"secret")
SOON, HOUR, DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)


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
    with store.write("test") as con:
        for write in task(con, context, now):
            write(con)
        asked = "SELECT person_id, subject, body, epoch_us(due_at) FROM outbox ORDER BY person_id"
        return con.execute(asked).fetchall()


def test_the_head_and_the_press_contact_are_told_in_the_same_hour_and_of_one_grade_once(store, context):
    article(store)
    found = mailed(store, grades, context, TUESDAY + SOON)
    assert [person for person, *_ in found] == ["head", "press"]
    assert {subject for _, subject, *_ in found} == {"Inspection in the press: requires improvement"}
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
    with store.read() as con:
        ((judged,),) = by_reason(con, NAMES_PUPIL, TUESDAY - SOON).values()
    w = words("en")
    assert kind_of(judged, w) == "the school’s own post names a pupil in full"
    assert next_of(judged, w).startswith("see whether permission is held")


def test_without_either_the_head_is_told_and_at_night_it_waits_for_the_morning(store):
    heads = Context(a_config(Path("/nowhere"), people=PEOPLE[:1]), Path("/nowhere"), Links())
    night = TUESDAY.replace(hour=2)
    slip(store, at=night)
    ((person, _, body, due),) = mailed(store, pupils, heads, night + SOON)
    assert person == "head"
    assert "at the desk" in body
    assert datetime.fromtimestamp(due / 1e6, TUESDAY.tzinfo) > night + 4 * HOUR


# ------------------------------------------------------------------------------ terms that end


FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
"""Three weeks before the last day of AUTUMN."""
AUTUMN = Calendar(terms=(Term(date(2026, 9, 1), date(2026, 12, 18)),))
YEAR = Calendar(terms=(*AUTUMN.terms, Term(date(2027, 1, 4), date(2027, 7, 21))))
SCHOOLS = (School(URN, "Oakfield Primary School"), School("900002", "Hexley Primary School"))
HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
DEPUTY = Person("deputy", "Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
IT = Person("it", "Jo Fern", (Role.IT_LEAD,), "it@example.org")


def settings(
    *people: Person, calendar: Calendar = AUTUMN, schools: tuple[School, ...] = SCHOOLS[:1]
) -> Config:
    calendars = {s.urn: calendar for s in schools}
    return Config(Path("schoolgate.toml"), schools=schools, people=people, calendars=calendars)


def told_of_terms(store, now: datetime, config: Config) -> list[tuple[str, str]]:
    """Whom it tells now, and what."""
    context = Context(config, Path("/nowhere"), Links())
    before = mailed(store, lambda *_: (), context, now)
    found = [row for row in mailed(store, terms, context, now) if row not in before]
    return [(person, f"{subject}\n\n{body}") for person, subject, body, _ in found]


def test_it_is_asked_once_three_weeks_before(store) -> None:
    config = settings(HEAD, DEPUTY, IT)
    assert told_of_terms(store, FRIDAY - DAY, config) == []
    assert [person for person, _ in told_of_terms(store, FRIDAY, config)] == ["it"]
    assert all(told_of_terms(store, FRIDAY + n * DAY, config) == [] for n in (1, 7, 20, 30, 59))


def test_what_the_mail_says_and_that_it_waits_for_working_hours(store, snapshot) -> None:
    ((_, said),) = told_of_terms(store, FRIDAY + 12 * HOUR, settings(IT))
    assert said == snapshot
    ((*_, due),) = mailed(store, lambda *_: (), None, FRIDAY)
    assert due == datetime(2026, 11, 30, 8, tzinfo=UTC).timestamp() * 1e6


def test_where_the_next_terms_are_there_or_none_ever_were_nobody_is_asked(store) -> None:
    assert told_of_terms(store, FRIDAY, settings(IT, calendar=YEAR)) == []
    assert told_of_terms(store, FRIDAY, settings(IT, calendar=Calendar())) == []


def test_without_it_the_head_is_asked_or_who_stands_in(store) -> None:
    away = replace(HEAD, away_until=FRIDAY + 10 * DAY, cover="deputy")
    assert [person for person, _ in told_of_terms(store, FRIDAY, settings(away, DEPUTY))] == ["deputy"]
    assert [person for person, _ in told_of_terms(store, FRIDAY + 20 * DAY, settings(HEAD, DEPUTY))] == [
        "head"
    ]


def test_of_several_schools_whose_terms_end_on_one_day_it_is_one_mail(store) -> None:
    config = settings(IT, schools=SCHOOLS)
    ((_, said),) = told_of_terms(store, FRIDAY, config)
    assert "Oakfield Primary School and Hexley Primary School ends on 18 December 2026." in said
    one_added = replace(config, calendars={URN: YEAR, "900002": AUTUMN})
    assert told_of_terms(store, FRIDAY + DAY, one_added) == []


def test_the_service_sees_to_it_all():
    for name, task in (("grades", grades), ("pupils", pupils), ("terms", terms)):
        assert PERIODIC_TASKS[name] is task
    assert "reports" in PERIODIC_TASKS
