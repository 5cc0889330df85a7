"""The service tells once where an own account has lost its notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from builders.home import a_migrated_store
from builders.mention import URN, a_run

from alerts.links import Links
from alerts.notices.upkeep import Missing, notice_words
from data.digest import Window
from data.store.engine.connect import Connection
from data.store.sources.source_runs import record_runs
from data.types import Person, Policy, Role, School, Source
from data.words.say import words
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.matters.due import Due
from monitor.matters.today import gather
from monitor.service.tasks.reminders import accounts
from sources.own.notice import has_notice

TUESDAY = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCHOOL = School(URN, "Oakfield Primary School")
OWN = Source("own", "own.page", "https://oakfield.example.sch.uk/", (URN,), name="School website", own=True)
PEOPLE = (
    Person("head", "Jane Holt", (Role.HEAD,), "head@example.org"),
    Person("it", "Jo Fern", (Role.IT_LEAD,), "it@example.org"),
    Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org"),
)


class Opened(NamedTuple):
    """A store that is open for a whole test: opening it for each step takes longer than the steps."""

    home: Path
    con: Connection


@pytest.fixture
def store(tmp_path) -> Iterator[Opened]:
    with a_migrated_store(tmp_path).write("test") as con:
        yield Opened(tmp_path, con)


def config(home: Path, source: Source = OWN, school: School = SCHOOL) -> Config:
    return Config(
        home / "schoolgate.toml",
        schools=(school,),
        sources=(source,),
        people=PEOPLE,
        contact="office@example.org",
    )


def read(store: Opened, answer: bool | None, at: datetime) -> None:
    record_runs(store.con, [a_run("own", at, notice=answer)])


def tend(store: Opened, now: datetime, settings: Config | None = None) -> int:
    writes = accounts(store.con, Context(settings or config(store.home), store.home, Links()), now)
    for write in writes:
        write(store.con)
    return len(writes)


def told(store: Opened) -> list[tuple[str, str, str]]:
    told = "SELECT person_id, kind, body FROM outbox ORDER BY written_at, person_id"
    return store.con.execute(told).fetchall()


def test_a_missing_notice_is_told_to_the_leadership_and_it(store: Opened) -> None:
    read(store, True, TUESDAY - HOUR)
    read(store, False, TUESDAY)
    tend(store, TUESDAY)
    assert [(p, k) for p, k, _ in told(store)] == [("head", "account"), ("it", "account")]


def test_it_is_told_at_once_at_any_hour(store: Opened) -> None:
    night = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # a Saturday
    read(store, False, night)
    tend(store, night)
    due = store.con.execute("SELECT DISTINCT epoch(due_at), via FROM outbox").fetchall()
    assert due == [(night.timestamp(), "mail")]


def test_it_is_told_once_and_nothing_is_written_after(store: Opened) -> None:
    for n in range(4):
        read(store, False, TUESDAY + n * HOUR)
        assert tend(store, TUESDAY + n * HOUR) == (n == 0)
    assert len(told(store)) == 2


def test_it_is_told_again_when_it_was_back_and_is_gone_again(store: Opened) -> None:
    for day, answer in enumerate((False, True, False)):
        at = TUESDAY + timedelta(days=day)
        read(store, answer, at)
        tend(store, at)
    assert len(told(store)) == 4


def test_a_page_that_shows_it_now_and_then_leads_to_one_mail_a_day(store: Opened) -> None:
    for n in range(8):
        at = TUESDAY + n * HOUR / 2
        read(store, n % 2 == 1, at)
        tend(store, at)
    assert len(told(store)) == 2


@pytest.mark.parametrize("answer", [True, None])
def test_a_notice_that_stands_and_a_page_that_cannot_be_read_are_not_told(
    store: Opened, answer: bool | None
) -> None:
    read(store, answer, TUESDAY)
    assert tend(store, TUESDAY) == 0


@pytest.mark.parametrize("source", [replace(OWN, own=False), replace(OWN, disabled="switched off")])
def test_only_own_sources_that_are_on_count(store: Opened, source: Source) -> None:
    read(store, False, TUESDAY)
    assert tend(store, TUESDAY, config(store.home, source)) == 0


@pytest.mark.parametrize(("disabled", "said"), [(None, ("School website",)), ("switched off", ())])
def test_the_digest_says_so_too_but_not_of_an_account_that_is_switched_off(
    store: Opened, disabled: str | None, said: tuple[str, ...]
) -> None:
    read(store, False, TUESDAY)
    settings = config(store.home, replace(OWN, disabled=disabled))
    window = Window(TUESDAY - HOUR, TUESDAY + HOUR)
    due = Due(TUESDAY.date(), TUESDAY, school_day=True)
    facts = gather(store.con, settings, SCHOOL, due, window, TUESDAY, {}, Links())
    assert facts.no_notice == said


def test_what_went_missing_while_no_service_ran_is_told_when_one_does(store: Opened) -> None:
    read(store, False, TUESDAY - timedelta(days=9))
    assert tend(store, TUESDAY) == 1


def test_it_is_not_told_again_when_the_readings_of_its_beginning_are_forgotten(store: Opened) -> None:
    brief = replace(config(store.home), policy=Policy(retain_days=30))
    told_on = []
    for day in range(40):
        now = TUESDAY + timedelta(days=day)
        store.con.execute("DELETE FROM source_runs WHERE started_at <= ?", [now - timedelta(days=30)])
        read(store, False, now)
        told_on += [day] * tend(store, now, brief)
    assert told_on == [0]


def test_what_the_mail_says(store: Opened, snapshot) -> None:
    read(store, True, TUESDAY - HOUR)
    read(store, False, TUESDAY)
    tend(store, TUESDAY)
    assert told(store)[0][2] == snapshot


def test_the_words_we_propose_are_words_we_find(tmp_path) -> None:
    assert has_notice(notice_words(Missing("own", "Our page", TUESDAY), words("en")))


def test_the_schools_own_words_come_first() -> None:
    missing = Missing("own", "Our page", TUESDAY, notice="Nobody reads this at night.")
    assert notice_words(missing, words("en")) == "Nobody reads this at night."
