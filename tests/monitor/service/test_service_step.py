"""One tick of the service, with the time given."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from builders.config import DPIA, PERSON, SCHOOL, SIGNED, SOURCE, write
from builders.fetcher import fetcher_for
from builders.home import do_in, migrated, rows_of
from builders.judges import CALM, OAKFIELD, judges
from builders.mention import (
    NOW,
    POLICY,
    Clock,
    a_batch,
    a_mention,
    a_message,
    a_run,
    a_store,
    a_verdict,
    pending_outbox,
    save,
)
from builders.serving import feed
from support.command_call import called
from support.documents import content
from support.web_server import serve

from alerts.links import Links
from data.effects import Uptime
from data.errors import StoreBusy
from data.retention.deleting import COPIES_KEPT, PurgeReport, purge_if_believed
from data.store import sources as source_store
from data.store.engine.rows import at
from data.store.outbox import put_outbox
from data.types import Outcome, Policy, Relevance, Route, Source
from monitor.cli.commands import scan
from monitor.cli.commands import service as status
from monitor.config.home.context import Context
from monitor.config.load import Config, load_file
from monitor.pipeline import supplied as spool
from monitor.pipeline.supplied import Report
from monitor.service import step
from monitor.service.delivery import Delivered
from monitor.service.step import Service
from monitor.setup import check_machine as state
from monitor.terminal import output

JUDGES = judges(OAKFIELD)


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def store(tmp_path, clock, monkeypatch):
    """A home in which nothing is due to go: of that are the tests at the end."""
    monkeypatch.setattr(step, "purge_if_believed", lambda *_: PurgeReport())
    return migrated(a_store(tmp_path / "home", clock))


def a_service(store, clock, site=None, *, tasks=None, deliver=lambda *_: Delivered(), names=("a",), **more):
    base = site or "https://example.org"
    sources = tuple(Source(n, "feed", f"{base}/{n}.xml", urns=("900001",), surfaced=True) for n in names)
    config = Config(store.home / "schoolgate.toml", schools=(OAKFIELD,), sources=sources, dpia=SIGNED)
    return Service(
        store=store, context=Context(config, store.home, Links()), judges=lambda: JUDGES,
        fetcher=fetcher_for(site) if site else fetcher_for(), deliver_due=deliver, tasks=tasks or {},
        clock=clock, **more,
    )  # fmt: skip


def runs(store):
    return rows_of(store, "SELECT source_id, outcome FROM source_runs ORDER BY started_at")


def message(key):
    return lambda con: put_outbox(con, [a_message(key)], NOW)


def written(store):
    with store.open_reader() as con:
        return sorted(m.key for m in pending_outbox(con, NOW))


def test_a_collect_asks_what_is_due_and_no_more(store, clock):
    with serve({"/a.xml": feed(CALM)}) as site:
        service = a_service(store, clock, site)
        assert service.collect() == 1
        clock.at += timedelta(minutes=5)
        assert service.collect() == 0
        assert a_service(store, clock, site).collect() == 0, "begun anew"
        clock.at += timedelta(minutes=10)
        assert service.collect() == 1
        assert site.paths == ["/a.xml", "/a.xml"]


def test_the_first_collect_after_an_upgrade_judges_what_is_open_again_and_the_next_does_not_ask(
    store, clock, monkeypatch
):
    asked = []
    monkeypatch.setattr(step, "judge_again", lambda *given: asked.append(given))
    service = a_service(store, clock)
    service.collect()
    service.collect()
    ((of, judges_of, by),) = asked
    assert (of, judges_of(), by) == (store, JUDGES, clock)


def test_a_fault_in_judging_again_stops_no_reading_and_is_tried_at_the_next(store, clock, monkeypatch):
    def broken(*_):
        raise RuntimeError

    with serve({"/a.xml": feed(CALM)}) as site:
        service = a_service(store, clock, site)
        monkeypatch.setattr(step, "judge_again", broken)
        assert service.collect() == 1
        asked = []
        monkeypatch.setattr(step, "judge_again", lambda *given: asked.append(given))
        service.collect()
        assert len(asked) == 1


@pytest.mark.parametrize("leap", [timedelta(hours=9), timedelta(days=-3)], ids=["a night asleep", "set back"])
def test_after_a_sleep_or_a_clock_that_is_set_back_a_source_is_asked_once_and_not_at_every_tick(
    store, clock, leap
):
    with serve({"/a.xml": feed(CALM)}) as site:
        service = a_service(store, clock, site)
        service.collect()
        clock.at += leap
        for _ in range(2):
            service.collect()
            clock.at += timedelta(seconds=20)
        assert len(site.paths) == 2


def asked_at(service, clock, site, seconds):
    """Of ticks at these seconds after now, those at which the site was asked."""
    began, found = clock.at, []
    for second in seconds:
        clock.at, before = began + timedelta(seconds=second), len(site.paths)
        service.collect()
        found += [second] * (len(site.paths) - before)
    return found


TICKS = (0, 59, 60, 359, 360, 1259, 1260)
AGAIN = [0, 60, 360, 1260]
"""After 1, 5 and 15 minutes."""


def no_space(*args, **rest):
    raise OSError("no space")


def test_what_could_not_be_judged_or_saved_is_asked_for_again_after_1_5_and_15_minutes(
    store, clock, monkeypatch
):
    with serve({"/a.xml": feed(CALM), "/b.xml": feed(CALM)}) as site:
        with monkeypatch.context() as broken:
            broken.setattr("monitor.pipeline.stages.judge_readings", no_space)
            assert asked_at(a_service(store, clock, site, names=("b",)), clock, site, TICKS[:4]) == AGAIN[:2]
        assert runs(store) == [("b", "our_fault")] * 2
        service = a_service(store, clock, site)
        with monkeypatch.context() as full:
            full.setattr("data.store.mentions.save_all", no_space)
            full.setattr("data.store.sources.record_runs", no_space)
            assert asked_at(service, clock, site, TICKS) == AGAIN
        assert len(runs(store)) == 2
        clock.at += timedelta(minutes=15)
        service.collect()
    assert runs(store)[2:] == [("a", "ok")]


def test_a_store_that_is_held_for_half_a_minute_costs_a_source_a_minute_and_no_other_anything(
    store, clock, monkeypatch
):
    from monitor.pipeline import stages

    real = stages.keep_all

    def held(con, judged, *rest):
        if any(one.collected.source.id == "a" for one in judged) and clock.at < NOW + timedelta(seconds=31):
            raise StoreBusy("held by python")
        return real(con, judged, *rest)

    monkeypatch.setattr(stages, "keep_all", held)
    with serve({"/a.xml": feed(CALM), "/b.xml": feed(CALM)}) as site:
        service = a_service(store, clock, site, names=("a", "b"))
        for _ in range(4):
            service.collect()
            clock.at += timedelta(seconds=20)
    assert sorted(runs(store)) == [("a", "ok"), ("a", "our_fault"), ("b", "ok")]


def test_saving_that_fails_has_not_ended_well_though_the_fault_itself_was_saved(store, clock, monkeypatch):
    with serve({"/a.xml": feed(CALM)}) as site:
        service = a_service(store, clock, site)
        monkeypatch.setattr("monitor.pipeline.stages.keep_all", no_space)
        service.collect()
    assert "save" not in service.health.last
    (trouble,) = [t for t in service.health.troubles(clock.at) if t.work == "save"]
    assert trouble.since == NOW


def test_collecting_has_not_ended_well_while_an_answer_is_owed(store, clock, monkeypatch):
    with serve({"/a.xml": feed(CALM)}) as site:
        service = a_service(store, clock, site)
        with monkeypatch.context() as broken:
            broken.setattr("monitor.pipeline.stages.judge_readings", no_space)
            service.collect()
        assert "collect" not in service.health.last
        clock.at += timedelta(minutes=5)
        service.collect()
        assert service.health.last["collect"] == clock.at


def test_a_purge_that_fails_stops_no_reading_and_is_tried_again_after_five_minutes(store, clock, monkeypatch):
    tried = []

    def refused(store, now, *more):
        tried.append(now)
        raise StoreBusy("held")

    monkeypatch.setattr("monitor.service.step.purge_if_believed", refused)
    with serve({"/a.xml": feed(CALM)}) as site:
        service = a_service(store, clock, site)
        assert service.collect() == 1
        for _ in range(17):
            clock.at += timedelta(seconds=20)
            service.collect()
    assert [t - NOW for t in tried] == [timedelta(0), timedelta(minutes=5)]


def test_what_is_due_to_go_is_purged_when_it_begins_and_every_hour(store, clock, monkeypatch):
    purged = []
    monkeypatch.setattr(
        "monitor.service.step.purge_if_believed",
        lambda store, now, *more: purged.append(now) or PurgeReport(),
    )
    service = a_service(store, clock, names=())
    for _ in range(3):
        service.collect()
        clock.at += timedelta(minutes=31)
    assert len(purged) == 2


def test_every_tender_reads_with_one_connection_and_writes_in_one_transaction(store, clock):
    read, wrote = [], []

    def task(name):
        def one(con, context, now):
            read.append(con)
            return [lambda con: wrote.append(con), message(name)]

        return one

    service = a_service(store, clock, tasks={"x": task("x"), "y": task("y")})
    assert service.run_tasks() == 4
    assert len({id(con) for con in read}) == len({id(con) for con in wrote}) == 1
    assert written(store) == ["x", "y"]


def test_one_tenders_fault_stops_no_other_and_its_words_are_not_logged(store, clock, caplog, monkeypatch):
    import logging

    monkeypatch.setattr(logging.getLogger("schoolgate"), "propagate", True)

    def broken(con, context, now):
        raise RuntimeError("a post's words")

    service = a_service(store, clock, tasks={"broken": broken, "good": lambda *_: [message("good")]})
    assert service.run_tasks() == 1
    assert written(store) == ["good"]
    assert service.health.faults == {"broken": 1}
    assert "in=broken fault=RuntimeError" in caplog.text
    assert "a post's words" not in caplog.text


def test_one_tenders_failing_write_takes_back_its_own_writes_and_no_others(store, clock):
    def fails(con):
        raise RuntimeError

    tasks = {
        "first": lambda *_: [message("first")],
        "broken": lambda *_: [message("half"), fails],
        "last": lambda *_: [message("last")],
    }
    service = a_service(store, clock, tasks=tasks)
    assert service.run_tasks() == 2
    assert written(store) == ["first", "last"]
    assert service.health.faults == {"broken": 1}


def test_a_delivery_that_fails_is_counted_and_tried_at_the_next_tick(store, clock):
    tried = []

    def deliver(store, context, clock, ways):
        tried.append(clock())
        if len(tried) == 1:
            raise OSError("a secret")
        return Delivered()

    service = a_service(store, clock, deliver=deliver)
    service.deliver()
    assert "mail" not in service.health.last
    service.deliver()
    assert service.health.last["mail"] == service.health.last["chat"] == NOW
    assert len(tried) == 2


def test_a_source_that_left_the_configuration_is_no_longer_asked(store, clock):
    with serve({"/a.xml": feed(CALM), "/b.xml": feed(CALM)}) as site:
        service = a_service(store, clock, site, names=("a", "b"))
        service.collect()
        config = service.context.config
        service.context = replace(service.context, config=replace(config, sources=config.sources[1:]))
        clock.at += timedelta(hours=2)
        service.collect()
        assert sorted(site.paths) == ["/a.xml", "/b.xml", "/b.xml"]


def test_a_scan_by_hand_counts_as_an_asking(store, clock):
    with serve({"/a.xml": feed(CALM)}) as site:
        service = a_service(store, clock, site)
        service.collect()
        clock.at += timedelta(minutes=14)
        with store.open_reader() as con:
            run = source_store.latest_runs(con)["a"]
        do_in(store, source_store.record_runs, [replace(run, started_at=clock.at, outcome=Outcome.OK)])
        clock.at += timedelta(minutes=6)
        assert service.collect() == 0


def test_what_a_person_handed_in_and_could_not_be_saved_is_taken_in_at_the_next_tick(
    store, clock, monkeypatch
):
    said = Report("The parking was a mess again.", "", "facebook", None, "Front office", clock())
    with spool.spool_report(store.home, spool.Kept(said, OAKFIELD.urn, clock())):
        pass
    service = a_service(store, clock, names=())
    with monkeypatch.context() as busy:
        busy.setattr("data.store.mentions.save_all", no_space)
        service.collect()
    assert [t.work for t in service.health.troubles(clock())] == ["report-in"]
    assert len(spool.spooled_reports(store.home)) == 1
    service.collect()
    assert service.health.troubles(clock()) == ()
    assert spool.spooled_reports(store.home) == []
    with store.open_reader() as con:
        assert ("The parking was a mess again.",) in con.execute(
            "SELECT text FROM mention_versions"
        ).fetchall()


# ----------------- a clock that leaps deletes nothing, through real scans and through ticks of the service


DAY = timedelta(days=1)


@pytest.fixture
def leap_store(tmp_path, clock):
    """A home with a criticism, first seen now."""
    write(tmp_path, DPIA + SCHOOL + SOURCE + 'disabled = "for this test"\n' + PERSON)
    leap_store = a_store(tmp_path, clock)
    migrated(leap_store)
    say(leap_store, NOW, "one")
    return leap_store


def say(store, now, name):
    mention = a_mention(name, fetched_at=now)
    with store.write("test") as con:
        batch = a_batch(mention, story_id=f"s-{name}", run=a_run(f"feed:{name}", at=now))
        save(con, batch, now=now, policy=POLICY)


def kept(store):
    return rows_of(store, "SELECT count(*) FROM mentions WHERE NOT stub")[0][0]


def due(store, name):
    with store.open_reader() as con:
        found = con.execute(
            "SELECT epoch_us(retain_until) FROM mentions WHERE id = ?", [a_mention(name).id]
        ).fetchone()
    return at(found[0])


def by_scan(store, clock, monkeypatch):
    """A scan by hand at the clock's time."""
    monkeypatch.setattr(scan, "utc_now", clock)
    monkeypatch.setattr(scan, "uptime", lambda: None)
    return lambda: called(scan.scan_once_command, home=store.home, no_send=True, as_json=True)


def at_home(store, clock, **more):
    """A service of that home, as it looks whether anything is due."""
    return Service(
        store=store, context=Context(load_file(store.home / "schoolgate.toml", {}), store.home, Links()),
        judges=lambda: None, fetcher=None, deliver_due=lambda *_: Delivered(), tasks={}, clock=clock, **more,
    )  # fmt: skip


def by_service(store, clock, monkeypatch):
    """Ticks of one service."""
    return at_home(store, clock).collect


@pytest.mark.parametrize("looks", [by_scan, by_service], ids=["scan", "service"])
def test_a_clock_40_days_ahead_deletes_nothing_and_the_technician_is_told(
    leap_store, clock, looks, monkeypatch, caplog
):
    look = looks(leap_store, clock, monkeypatch)
    look()
    clock.at = NOW + 40 * DAY
    look()
    assert kept(leap_store) == 1
    assert "nothing is deleted until" in caplog.text
    said = []
    with patch.object(output, "say", said.append):
        status.print_status(home=leap_store.home, config=None, as_json=False, clock=clock)
        status.print_status(home=leap_store.home, config=None, as_json=True, clock=clock)
    (line,) = [x for x in said if str(x).startswith("Nothing is deleted until")]
    assert "more than a day ahead of Tue 17 Nov 2026" in line
    assert content(said[-1])["nothing_deleted_until"] is not None

    def of_the_clock():
        found = state.store(leap_store.home, (), clock=clock, sleep=clock.sleep)
        return [f.what for f in found if f.check == "clock"]

    assert "more than a day ahead of 2026-11-17" in of_the_clock()[0]
    clock.at = NOW + timedelta(minutes=1)
    look()
    assert (kept(leap_store), of_the_clock()) == (1, [])


@pytest.fixture
def look(leap_store, clock):
    """A look at what is due, at the clock's time."""

    def found():
        purge_if_believed(leap_store, clock(), Policy())

    found()
    return found


def test_a_clock_40_days_ahead_for_ten_seconds_deletes_nothing(leap_store, clock, look):
    for said in (40 * DAY, 40 * DAY + timedelta(seconds=10), timedelta(seconds=20), DAY):
        clock.at = NOW + said
        look()
        assert kept(leap_store) == 1


def test_a_machine_that_was_off_over_the_holidays_deletes_what_is_due_within_a_day(leap_store, clock, look):
    for hours, left in ((0, 1), (10, 1), (22, 1), (24, 0)):
        clock.at = NOW + 42 * DAY + timedelta(hours=hours)
        look()
        assert kept(leap_store) == left


@pytest.mark.parametrize("wrong", [datetime(2020, 1, 1, tzinfo=NOW.tzinfo), NOW + 40 * DAY])
def test_what_was_said_while_the_clock_was_wrong_is_kept_as_long_as_it_should_be(
    leap_store, clock, look, wrong
):
    clock.at = wrong
    look()
    say(leap_store, clock.at + timedelta(minutes=1), "two")
    clock.at = NOW + timedelta(minutes=5)
    look()
    assert kept(leap_store) == 2
    assert abs(due(leap_store, "two") - NOW - 30 * DAY) < timedelta(hours=1)
    assert due(leap_store, "one") == NOW + 30 * DAY


def test_a_sleep_that_the_uptime_tells_of_is_no_leap(leap_store, clock):
    up = [Uptime("a", 0.0)]
    service = at_home(leap_store, clock, uptime=lambda: up[0])
    service.collect()
    clock.at, up[0] = NOW + 42 * DAY, Uptime("a", 42 * 86400.0)
    service.collect()
    assert kept(leap_store) == 0


def a_copy(store, made, name="schoolgate.duckdb.before-0002"):
    path = store.home / name
    path.write_bytes(b"as it was")
    os.utime(path, (made.timestamp(), made.timestamp()))
    return path


def test_a_copy_made_before_a_migration_is_kept_for_a_week_whatever_is_rewritten_and_no_longer(
    leap_store, clock, look
):
    path = a_copy(leap_store, NOW)
    with leap_store.write("what is due at once") as con:
        mention = a_mention("two")
        judged = a_verdict(mention, relevance=Relevance.NOT_ABOUT, route=Route.IGNORE)
        save(con, a_batch(mention, verdicts=[judged], story_id=None), now=NOW, policy=POLICY)
    for hours in (20, 90, 7 * 24 - 1):
        clock.at = NOW + timedelta(hours=hours)
        look()
    assert kept(leap_store) == 1, "the file was rewritten meanwhile"
    assert path.exists()
    clock.at = NOW + COPIES_KEPT
    look()
    assert not path.exists()


def test_a_copy_of_a_time_to_come_is_kept_for_a_week_from_now(leap_store, clock, look):
    path = a_copy(leap_store, NOW + 400 * DAY)
    for hours in (20, 40):
        clock.at = NOW + timedelta(hours=hours)
        look()
        assert abs(path.stat().st_mtime - (NOW + timedelta(hours=20)).timestamp()) < 1


def test_a_copy_is_not_deleted_by_a_clock_that_leapt(leap_store, clock, look):
    path = a_copy(leap_store, NOW)
    clock.at = NOW + 40 * DAY
    look()
    assert path.exists()
