"""Digests over both changes of Europe/London's clocks, and after the first reading of a start."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.digest import GAZETTE, TUESDAY, a_config, a_context, alert_on, grave, kept_open, ran
from builders.digest import HEAD as ASHA
from builders.fetcher import fetcher_for
from builders.home import a_migrated_store, migrated
from builders.judges import CALM, OAKFIELD, judges
from builders.mention import Clock, a_run, pending_outbox
from builders.open_store import KeptOpen
from support.web_server import serve

from alerts.links import Links
from alerts.notices.book import Book
from data.store.sources import source_runs as source_store
from data.types import Outcome, Person, Role, Source
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.delivery import Delivered
from monitor.service.state.notebook import Notebook
from monitor.service.step import FIRST_READING, Service
from monitor.service.tasks.digests import digests

HEAD = Person("head", "Mrs Ada Quillfeather", (Role.HEAD,), "head@example.org", ("900001",))
SOURCE = Source("gazette", "feed", "https://gazette.example.org/feed.xml", ("900001",))


@contextmanager
def opened(home):
    clock = Clock()
    store = KeptOpen(home, clock=clock, sleep=clock.sleep)
    migrated(store)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "home") as store:
        yield store


def all_sent(store, context, clock, vias):
    """A mail server that takes everything."""
    with store.write("test") as con:
        con.execute("UPDATE outbox SET sent_at = $now WHERE sent_at IS NULL", {"now": clock()})
    return Delivered()


def tended(store, moments):
    """When each digest was written, by a service that tends at these moments, newly begun at each tenth."""
    config = Config(
        path=store.home / "schoolgate.toml", schools=(OAKFIELD,), people=(HEAD,), sources=(SOURCE,)
    )
    clock, service = Clock(moments[0]), None
    with store.write("test") as con:
        source_store.record_runs(con, [a_run("gazette", moments[0] - timedelta(days=10))])
    for n, moment in enumerate(moments):
        clock.at = moment
        if n % 10 == 0:
            service = Service(
                store=store, context=Context(config, store.home, Links()), judges=judges, fetcher=None,
                deliver=all_sent, tasks={"digests": digests}, clock=clock,
            )  # fmt: skip
        service.run_tasks()
        service.deliver()
        assert service.health.faults == {}
    with store.read() as con:
        rows = con.execute(
            "SELECT epoch(composed_at), outbox_key, epoch(covers_from), epoch(covers_to) FROM editions "
            "WHERE outbox_key IS NOT NULL ORDER BY composed_at"
        ).fetchall()
    return [(datetime.fromtimestamp(at, UTC), *rest) for at, *rest in rows]


def moments(first, last, apart=(0, 389, 390, 449, 450, 540)):
    """So many minutes after each midnight in London, by the true passing of time."""
    found, day = [], first
    while day < last:
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
        found += [midnight + timedelta(minutes=n) for n in apart]
        day += timedelta(days=1)
    return found


BACK = (date(2026, 10, 23), date(2026, 10, 28))
FORWARD = (date(2027, 3, 25), date(2027, 4, 1))
WRITTEN = {
    BACK: ["2026-10-23 06:30", "2026-10-26 07:30", "2026-10-27 07:30"],
    FORWARD: ["2027-03-25 07:30", "2027-03-30 06:30", "2027-03-31 06:30"],  # Easter lies between
}


@pytest.fixture(scope="module", params=WRITTEN, ids=["back", "forward"])
def through(request, tmp_path_factory):
    """(the days, the digests of a service that tended through them)"""
    with opened(tmp_path_factory.mktemp("change") / "home") as store:
        return request.param, tended(store, moments(*request.param))


def test_at_a_change_of_clocks_no_digest_is_lost_and_none_is_twice_and_no_time_between_left_out(through):
    days, found = through
    assert [f"{at:%Y-%m-%d %H:%M}" for at, *_ in found] == WRITTEN[days]
    assert set(Counter(key for _, key, *_ in found).values()) == {1}
    assert [end for *_, end in found[:-1]] == [start for _, _, start, _ in found[1:]]


def test_a_machine_that_sleeps_over_the_change_and_the_digest_wakes_to_one(store):
    change, wakes = datetime(2027, 3, 27, 20, tzinfo=UTC), datetime(2027, 3, 30, 9, tzinfo=UTC)
    times = [m for m in moments(*FORWARD) if not change < m < wakes]
    found = tended(store, sorted([*times, wakes]))
    assert [at for at, *_ in found][1] == wakes
    assert len(found) == 3


def test_a_clock_set_back_by_hand_over_the_digests_time_brings_no_second_one(store):
    day = moments(date(2026, 11, 17), date(2026, 11, 18))
    again = [m for m in day if 7 <= m.hour < 9]
    found = tended(store, [*[m for m in day if m.hour < 9], *again, *[m for m in day if m.hour >= 9]])
    assert len(found) == 1


# ---------------------- one that tells of places not seen waits for the first reading, ten minutes at most


FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>G</title><item><title>1</title><guid>1</guid>'
    f"<link>https://gazette.example.org/1</link><description>{CALM}</description></item></channel></rss>"
)
SECOND = timedelta(seconds=1)
MONDAY = TUESDAY - timedelta(hours=21, minutes=30)
"""10:00 on a school day."""


@pytest.fixture
def clock():
    return Clock(MONDAY)


@pytest.fixture
def home(tmp_path, clock):
    """An untouched home, its one place, and the service at work on it."""
    with serve({"/a.xml": FEED.encode()}) as site:
        store = a_migrated_store(tmp_path / "home", clock)
        place = Source("a", "feed", f"{site}/a.xml", urns=(OAKFIELD.urn,), surfaced=True)
        config = Config(
            path=store.home / "schoolgate.toml", schools=(OAKFIELD,), sources=(place,), people=(ASHA,)
        )
        service = Service(
            store=store, context=Context(config, store.home, Links()), judges=lambda: judges(OAKFIELD),
            fetcher=fetcher_for(site), deliver=lambda *_: Delivered(), tasks={"digests": digests},
            clock=clock, waits=True,
        )  # fmt: skip
        yield store, service


def told(store, clock):
    with store.read() as con:
        return [m for m in pending_outbox(con, clock()) if m.kind == "digest"]


def test_a_first_start_late_in_the_morning_reads_before_it_tells(home, clock):
    store, service = home
    service.run_tasks()
    assert told(store, clock) == []
    assert service.collect() == 1
    clock.at += SECOND
    service.run_tasks()
    (mail,) = told(store, clock)
    assert "Nothing could be read" not in mail.subject
    assert "have not been able to read" not in mail.body
    assert "1 new post in 1 place" in mail.body


def test_after_ten_minutes_it_is_told_that_nothing_could_be_read(home, clock):
    store, service = home
    for _ in range(12):
        service.run_tasks()
        clock.at += 50 * SECOND
    assert told(store, clock) == []
    assert clock() == MONDAY + FIRST_READING
    service.run_tasks()
    (mail,) = told(store, clock)
    assert "Nothing could be read" in mail.subject


def test_what_was_posted_is_told_the_same_morning_where_the_reading_ends_just_past_the_digests_time(
    home, clock
):
    store, service = home
    clock.at = TUESDAY
    service.run_tasks()
    clock.at += 90 * SECOND
    service.collect()
    clock.at += SECOND
    service.run_tasks()
    (mail,) = told(store, clock)
    assert "Nothing could be read" not in mail.subject
    assert "1 new post in 1 place" in mail.body


def test_a_morning_after_a_sleep_is_as_a_first_start_and_says_how_long_nothing_ran(home, clock):
    store, service = home
    service.collect()
    clock.at += SECOND
    service.run_tasks()
    assert len(told(store, clock)) == 1
    Notebook(store.home).keep(Book(alive=clock()))
    clock.at = MONDAY + timedelta(days=1)
    service.run_tasks()
    assert told(store, clock) == []  # yesterday's has expired
    service.collect()
    clock.at += SECOND
    service.run_tasks()
    (mail,) = told(store, clock)
    assert "For 24 hours, Schoolgate did not run" in mail.body.replace("\n", " ")
    assert "Not seen" not in mail.body


@pytest.fixture
def reading(tmp_path):
    """The digests that are written while the first reading is under way, by the time."""
    config = a_config(tmp_path, people=(ASHA,), sources=(GAZETTE,))
    with kept_open(a_migrated_store(tmp_path / "home")) as store:

        def written(now):
            context = replace(a_context(config), read_at=now + timedelta(minutes=1))
            with store.read() as con:
                return len(digests(con, context, now))

        yield store, written


def test_a_digest_that_has_no_blindness_to_tell_of_waits_for_nothing(reading):
    store, written = reading
    ran(store, "gazette", TUESDAY - timedelta(days=1), Outcome.BLOCKED)
    assert written(TUESDAY) == 0
    ran(store, "gazette", TUESDAY - timedelta(minutes=5))
    assert written(TUESDAY) == 1


def test_what_is_grave_waits_for_nothing_on_a_day_without_school(reading):
    store, written = reading
    saturday = TUESDAY + timedelta(days=4)
    at = saturday - timedelta(hours=1)
    grave(store, "gate", at, alert_on("gate", at))
    assert written(saturday) == 1
