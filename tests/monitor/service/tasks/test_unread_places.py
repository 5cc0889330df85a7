"""IT is told why a place is not read, once a whole school day has passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from builders.mention import URN, a_run

from alerts.links import Links
from data.register.calendar import Calendar, Term
from data.store.engine.connect import Connection
from data.store.sources.source_runs import record_runs
from data.types import Outcome, Person, Role, School, Source
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.tasks.reminders import places

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
IT = Person("it", "Alex Marsh", (Role.IT_LEAD,), "it@example.org")
SCHOOLS = (School(URN, "Oakfield Primary School"), School("900002", "Hexley Primary School"))
SOURCES = tuple(Source(i, "feed", f"https://{i}.example.org/", name=i.title()) for i in ("forum", "paper"))


def config(*people: Person) -> Config:
    return Config(Path("schoolgate.toml"), schools=SCHOOLS, people=people, sources=SOURCES)


@pytest.fixture
def con(tmp_path: Path):
    with a_migrated_store(tmp_path).write("test") as con:
        for source in SOURCES:
            record_runs(con, [a_run(source.id, FRIDAY)])
        yield con


def told(con: Connection, now: datetime, settings: Config) -> list[tuple[str, str]]:
    """Whom it tells now, and what."""
    writes = places(con, Context(settings, Path("/nowhere"), Links()), now)
    asked = "SELECT person_id, body FROM outbox ORDER BY person_id"
    before = con.execute(asked).fetchall()
    for write in writes:
        write(con)
    return [row for row in con.execute(asked).fetchall() if row not in before]


def fail(con: Connection, *sources: str, at: datetime, outcome: Outcome = Outcome.BLOCKED) -> None:
    record_runs(con, [a_run(source, at, outcome=outcome, mentions_new=0) for source in sources])


def test_it_alone_is_told_once_for_all_schools_after_a_whole_school_day(con: Connection) -> None:
    settings = config(HEAD, IT)
    fail(con, "forum", "paper", at=FRIDAY + HOUR)
    assert told(con, FRIDAY + 3 * DAY, settings) == []  # Monday afternoon
    ((person, body),) = told(con, FRIDAY + 4 * DAY, settings)
    assert person == "it"
    assert "- Forum: blocked since 20 November 2026." in body
    assert "- Paper: blocked since" in body
    assert "schoolgate source test forum" in body
    assert told(con, FRIDAY + 5 * DAY, settings) == []


def test_a_place_that_fails_anew_is_told_anew(con: Connection) -> None:
    settings = config(IT)
    fail(con, "forum", at=FRIDAY + HOUR)
    assert len(told(con, FRIDAY + 4 * DAY, settings)) == 1
    record_runs(con, [a_run("forum", FRIDAY + 5 * DAY)])
    fail(con, "forum", at=FRIDAY + 6 * DAY)
    assert told(con, FRIDAY + 6 * DAY, settings) == []
    assert len(told(con, FRIDAY + 10 * DAY, settings)) == 1


def test_past_the_last_term_a_weekday_is_a_school_day(con: Connection) -> None:
    autumn = Calendar(terms=(Term(date(2026, 9, 1), FRIDAY.date()),))
    settings = replace(config(IT), calendars={s.urn: autumn for s in SCHOOLS})
    fail(con, "forum", at=FRIDAY + HOUR)
    assert len(told(con, FRIDAY + 4 * DAY, settings)) == 1


@pytest.mark.parametrize("outcome", [Outcome.OUR_FAULT, Outcome.PARTLY, Outcome.OK])
def test_what_is_read_and_what_is_our_own_fault_is_not_told_here(con: Connection, outcome: Outcome) -> None:
    fail(con, "forum", at=FRIDAY + HOUR, outcome=outcome)
    assert told(con, FRIDAY + 4 * DAY, config(IT)) == []


def test_a_place_that_is_off_is_told_to_nobody(con: Connection) -> None:
    fail(con, "forum", at=FRIDAY + HOUR)
    off = tuple(replace(source, disabled="not wanted") for source in SOURCES)
    assert told(con, FRIDAY + 4 * DAY, replace(config(IT), sources=off)) == []


def test_the_service_sees_to_places() -> None:
    assert PERIODIC_TASKS["places"] is places


@pytest.mark.parametrize(("cover", "who"), [("bursar", "bursar"), (None, "head")])
def test_while_it_is_away_whoever_covers_is_told_or_who_is_here(
    con: Connection, cover: str, who: str
) -> None:
    away = replace(IT, away_until=FRIDAY + 9 * DAY, cover=cover)
    bursar = Person("bursar", "Kim Ash", (Role.STAFF,), "bursar@example.org")
    fail(con, "forum", at=FRIDAY + HOUR)
    assert [person for person, _ in told(con, FRIDAY + 4 * DAY, config(HEAD, away, bursar))] == [who]
