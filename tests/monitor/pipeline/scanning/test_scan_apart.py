"""Sources that come in one after another, of one scan or of two: each as if those before it were saved."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from builders.home import migrated
from builders.in_turn import NOW, Pages
from builders.judges import CALM, INSULT, judges

from data.store.engine.open import Store
from data.types import Outcome, Source
from monitor.pipeline.scan import scan
from monitor.pipeline.scanning import group, stages

ANSWER = "That man who runs the stall is an ugly, stupid creep, laugh at him all of you."


def reddit(*posts):
    """Posts of (platform's id, words), all of one thread."""
    rows = "".join(
        f"<entry><id>{n}</id><link href='https://www.reddit.com/r/northvale/comments/1abc/of_it/{n}/'/>"
        f"<updated>{(NOW - timedelta(hours=1)).isoformat()}</updated><title>On it</title>"
        f"<content type='html'>{words}</content></entry>"
        for n, words in posts
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Northvale</title>{rows}</feed>".encode()


BODIES = {
    "https://www.reddit.com/r/northvale/new/.rss": reddit(("t3_1abc", CALM)),
    "https://www.reddit.com/r/northvale/comments/.rss": reddit(("t1_2", ANSWER)),
    "https://www.reddit.com/r/hexley/new/.rss": reddit(("t3_3", INSULT)),
}
SOURCES = [Source(name, "feed", url, urns=("900001",)) for name, url in zip("abc", BODIES, strict=True)]


@pytest.fixture
def store(tmp_path):
    return migrated(Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None))


def scanned(store, pages, sources=SOURCES):
    return list(
        scan(sources, store=store, fetcher=pages, judges=judges, clock=lambda: NOW, timer=lambda: 100.0)
    )


def told(store):
    """What is told of the answer: each alert's severity."""
    sql = """SELECT a.severity FROM alerts a JOIN matches x ON x.story_id = a.story_id
        JOIN mentions m ON m.id = x.mention_id WHERE m.parent IS NOT NULL"""
    with store.read() as con:
        return con.execute(sql).fetchall()


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_an_insult_in_a_reply_is_told_whether_the_post_came_with_it_or_just_before(store, at_once):
    scanned(store, Pages(BODIES, at_once=at_once))
    assert told(store) == [(3,)]


def test_an_insult_in_a_reply_is_told_where_another_source_could_not_be_judged(store, monkeypatch):
    real = stages.begin_judging

    def begin_judging(readings, *rest):
        if any(one.source.id == "c" for one in readings):
            raise RuntimeError("a fault of ours")
        return real(readings, *rest)

    monkeypatch.setattr(stages, "begin_judging", begin_judging)
    scanned(store, Pages(BODIES, at_once=3))
    assert told(store) == [(3,)]


def test_what_another_scan_saves_between_judging_and_saving_is_told_once(store, monkeypatch):
    real, others = stages.saved, []

    def saved(*given):
        if not others:
            others.append("begun")
            others.extend(scanned(store, Pages(BODIES), SOURCES[::-1]))
        return real(*given)

    monkeypatch.setattr(stages, "saved", saved)
    done = scanned(store, Pages(BODIES, at_once=3))
    assert sum(one.batch.run.mentions_new for one in others[1:]) == 3
    assert [(one.batch.run.outcome, one.batch.run.mentions_new) for one in done] == [(Outcome.OK, 0)] * 3
    with store.read() as con:
        counts = [
            con.execute(f"SELECT count(*) FROM {t}").fetchone() for t in ("mentions", "alerts", "sightings")
        ]
        waiting = con.execute("SELECT count(*), count(DISTINCT (alert_id, person_id)) FROM outbox").fetchone()
    assert counts == [(3,), (1,), (3,)]
    assert waiting[0] == waiting[1] > 0


@pytest.fixture
def each_a_group(monkeypatch):
    """Each source is saved by itself, beside judging the next."""
    monkeypatch.setattr(group, "MOST_SOURCES", 1)


def test_every_group_is_saved_in_one_thread_the_last_too(store, monkeypatch, each_a_group):
    real, threads = group.keep_all, []
    monkeypatch.setattr(
        group, "keep_all", lambda *given: threads.append(threading.current_thread()) or real(*given)
    )
    scanned(store, Pages(BODIES))
    assert len(threads) == len(SOURCES)
    assert set(threads) - {threading.current_thread()} == {threads[0]}


def test_a_group_is_saved_while_the_next_is_judged(store, monkeypatch, each_a_group):
    saving, judging = threading.Event(), threading.Event()
    real_keep, real_judge = group.keep_all, stages.begin_judging
    met = []

    def keep_all(con, judged, *rest):
        if judged[0].collected.source.id == "a":
            saving.set()
            met.append(judging.wait(20))
        return real_keep(con, judged, *rest)

    def begin_judging(readings, *rest):
        if readings[0].source.id == "b":
            judging.set()
            met.append(saving.wait(20))
        return real_judge(readings, *rest)

    monkeypatch.setattr(group, "keep_all", keep_all)
    monkeypatch.setattr(stages, "begin_judging", begin_judging)
    scanned(store, Pages(BODIES))
    assert met == [True, True]


def test_a_reply_is_told_whose_post_is_being_saved_while_it_is_judged(store, each_a_group):
    scanned(store, Pages(BODIES))
    assert told(store) == [(3,)]


def test_a_fault_in_saving_beside_judging_is_of_that_group_alone(store, monkeypatch, each_a_group):
    real = group.keep_all

    def keep_all(con, judged, *rest):
        if judged[0].collected.source.id == "a":
            raise RuntimeError("a fault of ours")
        return real(con, judged, *rest)

    monkeypatch.setattr(group, "keep_all", keep_all)
    done = scanned(store, Pages(BODIES))
    assert [(one.source.id, one.batch.run.outcome) for one in done] == [
        ("a", Outcome.OUR_FAULT), ("b", Outcome.OK), ("c", Outcome.OK),
    ]  # fmt: skip


def test_one_post_in_two_groups_is_one_mention_one_story_and_one_alert(store, each_a_group):
    bodies = {url: BODIES["https://www.reddit.com/r/hexley/new/.rss"] for url in BODIES}
    scanned(store, Pages(bodies))
    with store.read() as con:
        counted = [con.execute(f"SELECT count(*) FROM {table}").fetchall() for table in TABLES]
    assert counted == [[(1,)], [(1,)], [(1,)], [(3,)]]


TABLES = ("mentions", "stories", "alerts", "sightings")


def test_where_the_judging_fails_beside_a_saving_what_is_saved_is_saved(store, monkeypatch, each_a_group):
    real = stages.begin_judging

    def begin_judging(readings, *rest):
        if readings[0].source.id == "b":
            raise RuntimeError("a fault of ours")
        return real(readings, *rest)

    monkeypatch.setattr(stages, "begin_judging", begin_judging)
    done = scanned(store, Pages(BODIES))
    assert [one.batch.run.outcome for one in done] == [Outcome.OK, Outcome.OUR_FAULT, Outcome.OK]
