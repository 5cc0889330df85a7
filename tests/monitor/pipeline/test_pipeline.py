"""A scan over real loopback sites: what is saved, what is never lost, what one bad source may not do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count as count_up

import pytest
from builders.fetcher import fetcher_for
from builders.home import migrated, rows_of
from builders.judges import HEXLEY, INSULT, OAKFIELD, judges
from support.web_server import Answer, serve

from data.errors import StoreBusy
from data.store import mentions as mention_store
from data.store import sources as source_store
from data.store.engine.open import Store
from data.types import Outcome, Source
from monitor.cli.commands.scan import choose
from monitor.cli.scan_once import scan_once
from monitor.config.load import Config
from monitor.pipeline import stages
from monitor.terminal.progress import Progress

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
"""About when every scan here begins."""


def feed(*items: tuple[str, str], hours: int = 1) -> bytes:
    """An RSS document of (guid, text)."""
    when = format_datetime(NOW.replace(hour=NOW.hour - hours))
    rows = "".join(
        f"<item><title>{guid}</title><guid>{guid}</guid><pubDate>{when}</pubDate>"
        f"<link>https://gazette.example.org/{guid}</link><description>{text}</description></item>"
        for guid, text in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>G</title>{rows}</channel></rss>'.encode()


def tagged(body: bytes):
    """A route that answers 304 to whoever knows its ETag."""

    def route(exchange):
        if exchange.asked.headers.get("if-none-match") == '"1"':
            return Answer(304)
        return Answer(200, body, {"ETag": '"1"', "Content-Type": "application/rss+xml"})

    return route


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    return store


def config_of(tmp_path, site, *names, schools=(OAKFIELD,)):
    urns = tuple(s.urn for s in schools)
    sources = tuple(Source(n, "feed", f"{site}/{n}.xml", urns=urns, surfaced=True, name=n) for n in names)
    return Config(path=tmp_path / "schoolgate.toml", schools=tuple(schools), sources=sources)


TICKS = count_up()


def ticking():
    """A little later at each asking, so that each scan's runs have a time of their own."""
    return NOW + timedelta(milliseconds=next(TICKS))


def run(config, store, site, since=None, **given):
    fetcher = fetcher_for(site, **given)
    try:
        return scan_once(
            config, store, lambda: judges(*config.schools), fetcher, clock=ticking, since=since,
            progress=Progress(quiet=True),
        )  # fmt: skip
    finally:
        fetcher.close()


def count(store, table):
    return rows_of(store, f"SELECT count(*) FROM {table}")[0][0]


def judged_for(store):
    return {u for (u,) in rows_of(store, "SELECT DISTINCT urn FROM verdicts")}


CALM = "Oakfield Primary in Northvale has its winter fair on the fifth of December this year."
BOTH = "Hexley Primary in Hexley and Oakfield Primary in Northvale are both closed by snow today."


def test_a_scan_saves_what_it_read_and_says_so(tmp_path, store):
    with serve({"/a.xml": feed(("1", CALM))}) as site:
        summary = run(config_of(tmp_path, site, "a"), store, site)
    assert (summary.mentions_read, summary.new_stories, summary.exit) == (1, 1, 0)
    assert count(store, "mentions") == 1


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ((stages, "judge_readings"), RuntimeError("a post's words")),
        ((stages, "keep_all"), OSError("a post's words")),
        ((stages, "keep_all"), StoreBusy("held")),
    ],
)
def test_a_fault_of_ours_ends_one_sources_run_is_recorded_and_lets_the_others_go_on(
    tmp_path, store, monkeypatch, caplog, error, step
):
    real = getattr(*step)

    def fails(*given):
        among = given[0] if step[1] == "judge_readings" else [one.collected for one in given[1]]
        if any(collected.source.id == "a" for collected in among):
            raise error
        return real(*given)

    monkeypatch.setattr(*step, fails)
    with serve({"/a.xml": feed(("1", INSULT)), "/b.xml": feed(("2", CALM))}) as site:
        summary = run(config_of(tmp_path, site, "a", "b"), store, site)
    with store.open_reader() as con:
        found = {name: last.outcome for name, last in source_store.latest_runs(con).items()}
        assert source_store.states(con, ["a"])["a"].our_faults == 1
    assert found == {"a": Outcome.OUR_FAULT, "b": Outcome.OK}
    assert (summary.exit, count(store, "mentions")) == (3, 1)
    assert "a post's words" not in caplog.text + summary.not_seen[0].detail


def test_a_fault_of_ours_keeps_neither_etag_nor_watermark_of_what_nobody_judged(tmp_path, store, monkeypatch):
    with serve({"/a.xml": tagged(feed(("1", INSULT)))}) as site:
        with monkeypatch.context() as patched:
            patched.setattr(stages, "keep_all", lambda *_: 1 / 0)
            assert run(config_of(tmp_path, site, "a"), store, site).exit == 1
        assert run(config_of(tmp_path, site, "a"), store, site).exit == 0
    assert count(store, "alerts") == 1


def test_what_the_site_asked_for_is_kept_though_we_failed(tmp_path, store, monkeypatch):
    monkeypatch.setattr(stages, "keep_all", lambda *_: 1 / 0)
    with serve({"/a.xml": Answer(429, b"later", {"Retry-After": "7200"})}) as site:
        run(config_of(tmp_path, site, "a"), store, site)
    with store.open_reader() as con:
        state = source_store.states(con, ["a"])["a"]
    assert state.last_outcome is Outcome.OUR_FAULT
    assert state.not_before is not None
    assert state.not_before > NOW + timedelta(minutes=119)


def test_a_source_that_failed_is_due_again_and_nothing_of_it_is_half_written(tmp_path, store, monkeypatch):
    def save_all(con, batches, **rest):
        real(con, batches, **rest)
        if any(batch.mentions for batch in batches):
            raise RuntimeError

    real = mention_store.save_all
    monkeypatch.setattr(mention_store, "save_all", save_all)
    with serve({"/a.xml": feed(("1", INSULT))}) as site:
        run(config_of(tmp_path, site, "a"), store, site)
        assert [count(store, t) for t in ("mentions", "verdicts", "alerts", "outbox")] == [0, 0, 0, 0]
        monkeypatch.undo()
        run(config_of(tmp_path, site, "a"), store, site)
    assert count(store, "alerts") == 1


def test_a_scan_for_one_school_leaves_the_other_its_mentions(tmp_path, store):
    with serve({"/a.xml": tagged(feed(("1", BOTH)))}) as site:
        whole = config_of(tmp_path, site, "a", schools=(OAKFIELD, HEXLEY))
        run(choose(whole, "900001", []), store, site)
        assert judged_for(store) == {"900001"}
        run(whole, store, site)
    assert judged_for(store) == {"900001", "900002"}


def test_a_scan_since_a_day_leaves_the_older_posts_to_the_next_scan(tmp_path, store):
    with serve({"/a.xml": tagged(feed(("1", CALM), hours=8))}) as site:
        config = config_of(tmp_path, site, "a")
        run(config, store, site, since=NOW.replace(hour=12))
        assert count(store, "mentions") == 0
        run(config, store, site)
    assert count(store, "mentions") == 1


def test_a_site_that_asked_to_be_left_alone_is_no_new_failure(tmp_path, store):
    with serve({"/a.xml": feed(("1", CALM))}) as site:
        config = config_of(tmp_path, site, "a")
        run(config, store, site)
        with store.open_reader() as con:
            before = source_store.latest_runs(con)["a"]
        with store.write("test") as con:
            refused = replace(before, outcome=Outcome.BLOCKED, retry_after_s=3600.0)
            source_store.record_runs(con, [replace(refused, started_at=ticking())])
        runs = count(store, "source_runs")
        summary = run(config, store, site)
    assert summary.not_seen[0].outcome is Outcome.BLOCKED
    assert count(store, "source_runs") == runs


def test_an_unchanged_feed_is_asked_for_with_its_etag_and_counts_as_seen(tmp_path, store):
    with serve({"/a.xml": tagged(feed(("1", CALM)))}) as site:
        config = config_of(tmp_path, site, "a")
        run(config, store, site)
        summary = run(config, store, site)
    assert (summary.mentions_read, summary.exit, summary.sources_seen) == (0, 0, 1)
    with store.open_reader() as con:
        assert source_store.latest_runs(con)["a"].outcome is Outcome.NOT_MODIFIED


DISCLOSURE = "im in year 6 at oakfield primary in northvale. my stepdad hits me and i dont want to go home"


def test_what_was_restricted_once_stays_hidden_when_it_is_edited_into_something_harmless(tmp_path, store):
    routes = {"/a.xml": feed(("help", DISCLOSURE))}
    with serve(routes) as site:
        config = config_of(tmp_path, site, "a")
        assert run(config, store, site).schools[0].restricted
        routes["/a.xml"] = feed(("help", CALM))
        part = run(config, store, site).schools[0]
    assert len(part.restricted) == 1
    assert (part.today, part.to_answer, part.good_news, part.to_look_at, part.noted) == ((), (), (), (), 0)


def test_a_school_none_of_whose_places_could_be_seen_is_not_told_that_nothing_is_new(tmp_path, store):
    with serve({"/a.xml": feed(("1", CALM))}) as site:
        config = config_of(tmp_path, site, "a", "gone", schools=(OAKFIELD, HEXLEY))
        here, there = config.sources
        split = (replace(here, urns=("900001",)), replace(there, urns=("900002",)))
        summary = run(replace(config, sources=split), store, site)
    assert [part.seen for part in summary.schools] == [True, False]
