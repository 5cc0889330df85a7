"""What the service tells by itself: inspections in the press, a pupil named by the school, terms that end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders.digest import PEOPLE, TUESDAY, URN, a_config, a_home, kept_open, say
from builders.home import a_migrated_store

from alerts.links import Links
from alerts.wording.matters import kind_of, next_of
from classifiers.verdicts.press.events import grade_told
from data.cases import Profile
from data.content_class import ContentClass
from data.judged import GRADED, NAMES_PUPIL
from data.register.calendar import Calendar, Term
from data.store.engine.connect import Connection
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


# ------------------------------------------------- a pupil named by a post of the school's own


DPO = Person("dpo", "Kit Rowan", (Role.DPO,), "dpo@example.org")
SOON = timedelta(minutes=10)
SAID = "Well done to Amelia Hartley, Year 4!"


@pytest.fixture
def with_officer(tmp_path):
    return Context(a_config(tmp_path, people=(*PEOPLE, DPO)), Path("/nowhere"), PAGES)


def slip(store, name="hartley", at=TUESDAY):
    reasons = (Reason(NAMES_PUPIL, f"It gives a pupil's full name: “{SAID}”"),)
    say(
        store, name, at, text=SAID, reasons=reasons, route=Route.NOTE, severity=Severity.NOTE,
        about=About.PUPIL, content_class=ContentClass.PRIVACY,
    )  # fmt: skip


def told_of_pupils(store, context, now=TUESDAY + SOON):
    with store.write("test") as con:
        for write in pupils(con, context, now):
            write(con)
        asked = "SELECT person_id, body, epoch_us(due_at) FROM outbox ORDER BY person_id"
        return con.execute(asked).fetchall()


def test_the_safeguarding_lead_and_the_data_protection_officer_are_told_once(store, with_officer):
    slip(store)
    found = told_of_pupils(store, with_officer)
    assert [person for person, _, _ in found] == ["dpo", "dsl"]
    assert all("https://alerts.example.org/m/" in body for _, body, _ in found)
    assert not any(word in body for _, body, _ in found for word in ("Amelia", "Hartley", "Year 4"))
    assert told_of_pupils(store, with_officer, TUESDAY + 2 * SOON) == found


def test_without_either_the_head_is_told_and_at_night_it_waits_for_the_morning(store, with_officer):
    heads = Context(a_config(Path("/nowhere"), people=PEOPLE[:1]), Path("/nowhere"), Links())
    night = TUESDAY.replace(hour=2)
    slip(store, at=night)
    ((person, body, due),) = told_of_pupils(store, heads, night + SOON)
    assert person == "head"
    assert "at the desk" in body
    assert datetime.fromtimestamp(due / 1e6, TUESDAY.tzinfo) > night + timedelta(hours=4)


def test_its_page_says_what_it_is_and_what_is_to_be_done(store):
    slip(store)
    with store.read() as con:
        ((judged,),) = by_reason(con, NAMES_PUPIL, TUESDAY - SOON).values()
    w = words("en")
    assert kind_of(judged, w) == "the school’s own post names a pupil in full"
    assert next_of(judged, w).startswith("see whether permission is held")


# ------------------------------------------------------------------------------ terms that end


FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
"""Three weeks before the last day of AUTUMN."""
DAY = timedelta(days=1)
AUTUMN = Calendar(terms=(Term(date(2026, 9, 1), date(2026, 12, 18)),))
YEAR = Calendar(terms=(*AUTUMN.terms, Term(date(2027, 1, 4), date(2027, 7, 21))))
SCHOOLS = (School(URN, "Oakfield Primary School"), School("900002", "Hexley Primary School"))
HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
DEPUTY = Person("deputy", "Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
IT = Person("it", "Jo Fern", (Role.IT_LEAD,), "it@example.org")


@pytest.fixture
def con(tmp_path: Path) -> Iterator[Connection]:
    with a_migrated_store(tmp_path).write("test") as con:
        yield con


def config(*people: Person, calendar: Calendar = AUTUMN, schools: tuple[School, ...] = SCHOOLS[:1]) -> Config:
    calendars = {s.urn: calendar for s in schools}
    return Config(Path("schoolgate.toml"), schools=schools, people=people, calendars=calendars)


def told_of_terms(con: Connection, now: datetime, settings: Config) -> list[tuple[str, str]]:
    """Whom it tells now, and what."""
    asked = "SELECT person_id, subject || chr(10) || chr(10) || body FROM outbox ORDER BY person_id"
    before = con.execute(asked).fetchall()
    for write in terms(con, Context(settings, Path("/nowhere"), Links()), now):
        write(con)
    return [row for row in con.execute(asked).fetchall() if row not in before]


def test_it_is_asked_once_three_weeks_before(con: Connection) -> None:
    settings = config(HEAD, DEPUTY, IT)
    assert told_of_terms(con, FRIDAY - DAY, settings) == []
    assert [person for person, _ in told_of_terms(con, FRIDAY, settings)] == ["it"]
    assert all(told_of_terms(con, FRIDAY + n * DAY, settings) == [] for n in range(1, 60))


def test_what_the_mail_says(con: Connection, snapshot) -> None:
    ((_, said),) = told_of_terms(con, FRIDAY, config(IT))
    assert said == snapshot


def test_where_the_next_terms_are_there_or_none_ever_were_nobody_is_asked(con: Connection) -> None:
    assert told_of_terms(con, FRIDAY, config(IT, calendar=YEAR)) == []
    assert told_of_terms(con, FRIDAY, config(IT, calendar=Calendar())) == []


def test_without_it_the_head_is_asked_or_who_stands_in(con: Connection) -> None:
    away = replace(HEAD, away_until=FRIDAY + 10 * DAY, cover="deputy")
    assert [person for person, _ in told_of_terms(con, FRIDAY, config(away, DEPUTY))] == ["deputy"]
    assert [person for person, _ in told_of_terms(con, FRIDAY + 20 * DAY, config(HEAD, DEPUTY))] == ["head"]


def test_of_several_schools_whose_terms_end_on_one_day_it_is_one_mail(con: Connection) -> None:
    settings = config(IT, schools=SCHOOLS)
    ((_, said),) = told_of_terms(con, FRIDAY, settings)
    assert "Oakfield Primary School and Hexley Primary School ends on 18 December 2026." in said
    one_added = replace(settings, calendars={URN: YEAR, "900002": AUTUMN})
    assert told_of_terms(con, FRIDAY + DAY, one_added) == []


def test_it_waits_for_working_hours(con: Connection) -> None:
    told_of_terms(con, FRIDAY + timedelta(hours=12), config(IT))
    due = con.execute("SELECT epoch(due_at) FROM outbox").fetchall()
    assert due == [(datetime(2026, 11, 30, 8, tzinfo=UTC).timestamp(),)]


@pytest.mark.parametrize(("name", "task"), [("grades", grades), ("pupils", pupils), ("terms", terms)])
def test_the_service_sees_to_it(name, task):
    assert PERIODIC_TASKS[name] is task
    assert "reports" in PERIODIC_TASKS
