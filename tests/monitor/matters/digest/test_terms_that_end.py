"""The service asks for the next terms three weeks before the last one ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from builders.mention import URN

from alerts.links import Links
from data.register.calendar import Calendar, Term
from data.store.engine.connect import Connection
from data.types import Person, Role, School
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.tasks.reminders import terms

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


def told(con: Connection, now: datetime, settings: Config) -> list[tuple[str, str]]:
    """Whom it tells now, and what."""
    asked = "SELECT person_id, subject || chr(10) || chr(10) || body FROM outbox ORDER BY person_id"
    before = con.execute(asked).fetchall()
    for write in terms(con, Context(settings, Path("/nowhere"), Links()), now):
        write(con)
    return [row for row in con.execute(asked).fetchall() if row not in before]


def test_it_is_asked_once_three_weeks_before(con: Connection) -> None:
    settings = config(HEAD, DEPUTY, IT)
    assert told(con, FRIDAY - DAY, settings) == []
    assert [person for person, _ in told(con, FRIDAY, settings)] == ["it"]
    assert all(told(con, FRIDAY + n * DAY, settings) == [] for n in range(1, 60))


def test_what_the_mail_says(con: Connection, snapshot) -> None:
    ((_, said),) = told(con, FRIDAY, config(IT))
    assert said == snapshot


def test_where_the_next_terms_are_there_or_none_ever_were_nobody_is_asked(con: Connection) -> None:
    assert told(con, FRIDAY, config(IT, calendar=YEAR)) == []
    assert told(con, FRIDAY, config(IT, calendar=Calendar())) == []


def test_without_it_the_head_is_asked_or_who_stands_in(con: Connection) -> None:
    away = replace(HEAD, away_until=FRIDAY + 10 * DAY, cover="deputy")
    assert [person for person, _ in told(con, FRIDAY, config(away, DEPUTY))] == ["deputy"]
    assert [person for person, _ in told(con, FRIDAY + 20 * DAY, config(HEAD, DEPUTY))] == ["head"]


def test_of_several_schools_whose_terms_end_on_one_day_it_is_one_mail(con: Connection) -> None:
    settings = config(IT, schools=SCHOOLS)
    ((_, said),) = told(con, FRIDAY, settings)
    assert "Oakfield Primary School and Hexley Primary School ends on 18 December 2026." in said
    one_added = replace(settings, calendars={URN: YEAR, "900002": AUTUMN})
    assert told(con, FRIDAY + DAY, one_added) == []


def test_it_waits_for_working_hours(con: Connection) -> None:
    told(con, FRIDAY + timedelta(hours=12), config(IT))
    due = con.execute("SELECT epoch(due_at) FROM outbox").fetchall()
    assert due == [(datetime(2026, 11, 30, 8, tzinfo=UTC).timestamp(),)]


def test_the_service_sees_to_it() -> None:
    assert PERIODIC_TASKS["terms"] is terms
