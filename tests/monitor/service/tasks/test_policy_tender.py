"""The service tells the head and the chair once a quarter of a policy past its review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from builders.home import a_migrated_store
from builders.mention import URN

from alerts.links import Links
from data.store.engine.connect import Connection
from data.types import Person, Role, School
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.config.settings import WrittenPolicy
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.tasks.reminders import policies

TUESDAY = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
SCHOOL = School(URN, "Oakfield Primary School")
HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
CHAIR = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
DEPUTY = Person("deputy", "Lee Ash", (Role.DEPUTY_HEAD, Role.DSL), "deputy@example.org")
VICE = Person("vice", "Kit Reed", (Role.VICE_CHAIR,), "vice@example.org")
LATE = WrittenPolicy(title="Social media policy", version="3", review_due=date(2026, 9, 1))


class Opened(NamedTuple):
    """A store that is open for a whole test."""

    home: Path
    con: Connection


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Opened]:
    with a_migrated_store(tmp_path).write("test") as con:
        yield Opened(tmp_path, con)


def config(*policies: WrittenPolicy, people: tuple[Person, ...] = (HEAD, DEPUTY, CHAIR, VICE)) -> Config:
    return Config(Path("schoolgate.toml"), schools=(SCHOOL,), people=people, policies=policies)


def run_task(store: Opened, now: datetime, settings: Config) -> list[str]:
    """Whom it tells now."""
    before = len(rows(store))
    for write in policies(store.con, Context(settings, store.home, Links()), now):
        write(store.con)
    return [person for person, *_ in rows(store)[before:]]


def rows(store: Opened) -> list[tuple[str, str, str, str, int]]:
    asked = (
        "SELECT person_id, kind, subject, body, epoch_us(due_at) FROM outbox ORDER BY written_at, person_id"
    )
    return list(store.con.execute(asked).fetchall())


def test_the_head_and_the_chair_are_told_that_a_review_is_overdue(store: Opened) -> None:
    assert run_task(store, TUESDAY, config(LATE)) == ["chair", "head"]
    _, kind, subject, body, due = rows(store)[0]
    assert (kind, subject) == ("account", "Policy past its review: please plan it")
    assert "The review of “Social media policy” was due on 1 September 2026." in body
    assert "Version 3 is still the one in use." in body
    assert due == int(TUESDAY.timestamp()) * 1_000_000


def test_it_is_told_once_a_quarter_while_it_is_overdue(store: Opened) -> None:
    first = datetime(2026, 9, 2, 9, tzinfo=UTC)
    days = [first + timedelta(n) for n in range(200) if run_task(store, first + timedelta(n), config(LATE))]
    assert days == [first, first + timedelta(91), first + timedelta(182)]


def test_nothing_is_told_on_the_day_it_is_due_nor_of_one_without_a_date(store: Opened) -> None:
    due_today = replace_due(date(2026, 11, 17))
    assert run_task(store, TUESDAY, config(due_today, WrittenPolicy(title="Another"))) == []
    assert run_task(store, TUESDAY + timedelta(1), config(due_today)) == ["chair", "head"]


def replace_due(day: date | None) -> WrittenPolicy:
    return replace(LATE, review_due=day)


def test_a_new_date_ends_it(store: Opened) -> None:
    run_task(store, TUESDAY, config(LATE))
    assert run_task(store, TUESDAY + timedelta(91), config(replace_due(date(2027, 9, 1)))) == []


def test_the_deputy_and_the_vice_chair_stand_in_for_those_whom_no_mail_reaches(store: Opened) -> None:
    people = (replace(HEAD, email=None), DEPUTY, replace(CHAIR, email=None), VICE)
    assert run_task(store, TUESDAY, config(LATE, people=people)) == ["deputy", "vice"]


def test_it_waits_for_working_hours(store: Opened) -> None:
    saturday_night = datetime(2026, 11, 21, 22, tzinfo=UTC)
    run_task(store, saturday_night, config(LATE))
    assert rows(store)[0][4] == int(datetime(2026, 11, 23, 8, tzinfo=UTC).timestamp()) * 1_000_000


def test_another_schools_policy_is_not_told(store: Opened) -> None:
    other = replace(LATE, schools=("900009",))
    assert run_task(store, TUESDAY, config(other)) == []


def test_the_service_sees_to_it() -> None:
    assert PERIODIC_TASKS["policies"] is policies
