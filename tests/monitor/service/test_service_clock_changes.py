"""Digests over both changes of Europe/London's clocks, through the whole step of the service."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from builders.home import migrated
from builders.judges import OAKFIELD, judges
from builders.mention import Clock, a_run
from builders.month import LONDON
from builders.month_run import KeptOpen

from alerts.links import Links
from data.store.sources import source_runs as source_store
from data.types import Person, Role, Source
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.delivery import Delivered
from monitor.service.step import Service
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


def moments(first, last, minutes=30):
    """From midnight to midnight in London, by the true passing of time."""
    now = datetime(first.year, first.month, first.day, tzinfo=LONDON).astimezone(UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=LONDON).astimezone(UTC)
    found = []
    while now < end:
        found.append(now)
        now += timedelta(minutes=minutes)
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


def test_at_a_change_of_clocks_no_digest_is_lost_and_none_is_twice(through):
    days, found = through
    assert [f"{at:%Y-%m-%d %H:%M}" for at, *_ in found] == WRITTEN[days]
    assert set(Counter(key for _, key, *_ in found).values()) == {1}


def test_the_digests_cover_the_time_between_them_without_gap_or_overlap(through):
    _, found = through
    assert [end for *_, end in found[:-1]] == [start for _, _, start, _ in found[1:]]


@pytest.mark.parametrize("days", WRITTEN, ids=["back", "forward"])
def test_a_machine_that_sleeps_over_the_change_and_the_digest_wakes_to_one(store, days):
    change = {BACK: datetime(2026, 10, 24, 20, tzinfo=UTC), FORWARD: datetime(2027, 3, 27, 20, tzinfo=UTC)}[
        days
    ]
    wakes = {BACK: datetime(2026, 10, 26, 9, tzinfo=UTC), FORWARD: datetime(2027, 3, 30, 9, tzinfo=UTC)}[days]
    found = tended(store, [m for m in moments(*days) if not change < m < wakes])
    assert [at for at, *_ in found][1] == wakes
    assert len(found) == 3


def test_a_clock_set_back_by_hand_over_the_digests_time_brings_no_second_one(store):
    day = moments(date(2026, 11, 17), date(2026, 11, 18))
    again = [m for m in day if 7 <= m.hour < 9]
    found = tended(store, [*[m for m in day if m.hour < 9], *again, *[m for m in day if m.hour >= 9]])
    assert len(found) == 1
