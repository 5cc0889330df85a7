"""A clock that leaps deletes nothing, through real scans and through the ticks of the service."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest
from builders.config import PERSON, SCHOOL, SOURCE, write
from builders.home import migrated
from builders.mention import NOW, POLICY, Clock, a_batch, a_mention, a_run, a_store, a_verdict
from support.command_call import called
from support.documents import content

from alerts.links import Links
from data.effects import Uptime
from data.retention.purge import COPIES_KEPT
from data.store.engine.rows import at
from data.store.mentions.batch import save
from data.types import Relevance, Route
from monitor.cli.commands import scan
from monitor.cli.commands import service as status
from monitor.config.home.context import Context
from monitor.config.load import load
from monitor.service.delivery import Delivered
from monitor.service.step import Service
from monitor.setup.doctor import state

DAY = timedelta(days=1)


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def store(tmp_path, clock):
    """A home with a criticism, first seen now."""
    write(tmp_path, SCHOOL + SOURCE + 'disabled = "for this test"\n' + PERSON)
    store = a_store(tmp_path, clock)
    migrated(store)
    say(store, NOW, "one")
    return store


def say(store, now, name):
    mention = a_mention(name, fetched_at=now)
    with store.write("test") as con:
        batch = a_batch(mention, story_id=f"s-{name}", run=a_run(f"feed:{name}", at=now))
        save(con, batch, now=now, policy=POLICY)


def kept(store):
    with store.read() as con:
        return con.execute("SELECT count(*) FROM mentions").fetchone()[0]


def due(store, name):
    with store.read() as con:
        found = con.execute(
            "SELECT epoch_us(retain_until) FROM mentions WHERE id = ?", [a_mention(name).id]
        ).fetchone()
    return at(found[0])


def by_scan(store, clock, monkeypatch):
    """A scan by hand at the clock's time."""
    monkeypatch.setattr(scan, "utc_now", clock)
    monkeypatch.setattr(scan, "uptime", lambda: None)

    def look():
        called(scan.scan, home=store.home, no_send=True, as_json=True)

    return look


def by_service(store, clock, monkeypatch):
    """Ticks of one service, as it looks whether anything is due."""
    config = load(store.home / "schoolgate.toml", {})
    service = Service(
        store=store, context=Context(config, store.home, Links()), judges=lambda: None, fetcher=None,
        deliver=lambda *_: Delivered(), tasks={}, clock=clock,
    )  # fmt: skip
    return service.collect


@pytest.fixture(params=[by_scan, by_service], ids=["scan", "service"])
def look(request, store, clock, monkeypatch):
    found = request.param(store, clock, monkeypatch)
    found()
    return found


def test_a_clock_40_days_ahead_for_ten_seconds_deletes_nothing(store, clock, look):
    for said in (NOW + 40 * DAY, NOW + 40 * DAY + timedelta(seconds=10), NOW + timedelta(seconds=20)):
        clock.at = said
        look()
    assert kept(store) == 1
    clock.at = NOW + DAY
    look()
    assert kept(store) == 1


def test_a_machine_that_was_off_over_the_holidays_deletes_what_is_due_within_a_day(store, clock, look):
    for hours, left in ((0, 1), (10, 1), (22, 1), (24, 0)):
        clock.at = NOW + 42 * DAY + timedelta(hours=hours)
        look()
        assert kept(store) == left


def test_what_was_said_while_the_clock_was_behind_is_not_due_when_it_is_right_again(store, clock, look):
    clock.at = datetime(2020, 1, 1, tzinfo=NOW.tzinfo)
    look()
    say(store, clock.at + timedelta(minutes=1), "two")
    clock.at = NOW + timedelta(minutes=5)
    look()
    assert kept(store) == 2
    assert abs(due(store, "two") - NOW - 30 * DAY) < timedelta(hours=1)


def test_what_was_said_while_the_clock_was_ahead_is_kept_no_longer_than_it_should_be(store, clock, look):
    clock.at = NOW + 40 * DAY
    look()
    say(store, clock.at + timedelta(minutes=1), "two")
    clock.at = NOW + timedelta(minutes=5)
    look()
    assert abs(due(store, "two") - NOW - 30 * DAY) < timedelta(hours=1)
    assert due(store, "one") == NOW + 30 * DAY


def test_a_sleep_that_the_uptime_tells_of_is_no_leap(store, clock, monkeypatch):
    config = load(store.home / "schoolgate.toml", {})
    up = [Uptime("a", 0.0)]
    service = Service(
        store=store, context=Context(config, store.home, Links()), judges=lambda: None, fetcher=None,
        deliver=lambda *_: Delivered(), tasks={}, clock=clock, uptime=lambda: up[0],
    )  # fmt: skip
    service.collect()
    clock.at, up[0] = NOW + 42 * DAY, Uptime("a", 42 * 86400.0)
    service.collect()
    assert kept(store) == 0


def test_the_technician_is_told_by_the_log_the_status_and_the_doctor(store, clock, look, caplog):
    clock.at = NOW + 40 * DAY
    look()
    assert "nothing is deleted until" in caplog.text
    said = []
    status.run(home=store.home, config=None, as_json=False, say=said.append, clock=clock)
    (line,) = [x for x in said if x.startswith("Nothing is deleted until")]
    assert "more than a day ahead of Tue 17 Nov 2026" in line
    said.clear()
    status.run(home=store.home, config=None, as_json=True, say=said.append, clock=clock)
    assert content(said[0])["nothing_deleted_until"] is not None
    told = [f for f in state.store(store.home, (), clock=clock, sleep=clock.sleep) if f.check == "clock"]
    assert "more than a day ahead of 2026-11-17" in told[0].what
    clock.at = NOW + timedelta(minutes=1)
    assert not [f for f in state.store(store.home, (), clock=clock, sleep=clock.sleep) if f.check == "clock"]


def a_copy(store, made, name="schoolgate.duckdb.before-0002"):
    path = store.home / name
    path.write_bytes(b"as it was")
    os.utime(path, (made.timestamp(), made.timestamp()))
    return path


def test_a_copy_made_before_a_migration_is_kept_for_a_week_whatever_is_rewritten_and_no_longer(
    store, clock, look
):
    path = a_copy(store, NOW)
    with store.write("what is due at once") as con:
        mention = a_mention("two")
        judged = a_verdict(mention, relevance=Relevance.NOT_ABOUT, route=Route.IGNORE)
        save(con, a_batch(mention, verdicts=[judged], story_id=None), now=NOW, policy=POLICY)
    for hours in range(20, 7 * 24, 20):
        clock.at = NOW + timedelta(hours=hours)
        look()
    assert kept(store) == 1, "the file was rewritten meanwhile"
    assert path.exists()
    clock.at = NOW + COPIES_KEPT
    look()
    assert not path.exists()


def test_a_copy_of_a_time_to_come_is_kept_for_a_week_from_now(store, clock, look):
    path = a_copy(store, NOW + 400 * DAY)
    for hours in (20, 40):
        clock.at = NOW + timedelta(hours=hours)
        look()
    assert abs(path.stat().st_mtime - (NOW + timedelta(hours=20)).timestamp()) < 1


def test_a_copy_is_not_deleted_by_a_clock_that_leapt(store, clock, look):
    path = a_copy(store, NOW)
    clock.at = NOW + 40 * DAY
    look()
    assert path.exists()
