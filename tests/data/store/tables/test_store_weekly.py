"""What the governors' report counts: nothing restricted, nothing beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_run, a_verdict, an_alert

from data.retention import deleting
from data.store.alerts.alerts import ack, put_alerts
from data.store.mentions.batch import save
from data.store.reporting import weekly_counts
from data.store.sources.configuration import put_sources
from data.types import Reason, Relevance, Route, Sentiment, Source

WEEK = (URN, NOW - timedelta(days=6), NOW + timedelta(days=1))


def stories(con, *names, restricted=False):
    for name in names:
        con.execute("INSERT INTO stories VALUES (?, ?, '', ?, ?, ?)", [name, URN, NOW, NOW, restricted])


def a_case(con, name, *steps, content_class="C11", opened=NOW):
    con.execute(
        "INSERT INTO cases (id, story_id, urn, content_class, rung, opened_at, opened_by, closed_at, hold) "
        "VALUES (?, ?, ?, ?, 'host', ?, 'head', NULL, FALSE)",
        [name, name, URN, content_class, opened],
    )
    for n, (step, done) in enumerate(steps):
        con.execute(
            "INSERT INTO case_steps (case_id, n, urn, step, actor, done_at, due_at, detail) "
            "VALUES (?, ?, ?, ?, 'head', ?, NULL, ?)",
            [name, n, URN, step, done, '{"rung": "host"}' if step == "asked" else "{}"],
        )


def test_only_open_matters_of_the_week_count_as_put_before_somebody(store):
    with store.write("alerts") as con:
        stories(con, "plain", "acked", "hidden", "class", "route", "before")
        stories(con, "beside", restricted=True)
        alerts = [
            an_alert("plain"),
            an_alert("acked"),
            an_alert("hidden", restricted=True),
            an_alert("class", content_class="C9"),
            an_alert("route", route=Route.SAFEGUARDING),
            an_alert("beside"),
            an_alert("before", raised_at=NOW - timedelta(days=7)),
        ]
        put_alerts(con, alerts, NOW)
        ack(con, alerts[1].id, "head", NOW + timedelta(minutes=9))
        found = weekly_counts.answers(con, *WEEK)
    assert sorted(str(a.acked_at) for a in found) == sorted((str(NOW + timedelta(minutes=9)), "None"))


def test_only_open_cases_of_the_week_count_with_the_newest_of_their_ends(store):
    later = NOW + timedelta(hours=2)
    with store.write("cases") as con:
        stories(con, "open", "gone", "c9", "c10", "before")
        stories(con, "beside", restricted=True)
        a_case(con, "open", ("letter", NOW))
        a_case(con, "gone", ("standing", NOW), ("letter", NOW), ("removed", later))
        a_case(con, "c9", content_class="C9")
        a_case(con, "c10", content_class="C10")
        a_case(con, "beside")
        a_case(con, "before", opened=NOW - timedelta(days=7))
        found = weekly_counts.removals(con, *WEEK)
    ends = {(r.outcome, r.ended_at) for r in found}
    assert len(found) == 2
    assert ends == {(None, None), ("removed", later)}


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({}, True),
        ({"route": Route.POLICE_NOW, "content_class": "C6"}, True),
        ({"route": Route.SAFEGUARDING}, False),
        ({"content_class": "C9"}, False),
        ({"content_class": "C10"}, False),
        ({"restricted": True}, False),
        ({"relevance": Relevance.NOT_ABOUT}, False),
    ],
)
def test_of_what_was_said_only_what_is_open_and_about_the_school_counts(store, given, counts):
    mention = a_mention("one", fetched_at=NOW)
    batch = a_batch(mention, verdicts=[a_verdict(mention, themes=("traffic",), **given)])
    with store.write("one") as con:
        save(con, batch, now=NOW, policy=POLICY)
        assert bool(weekly_counts.counted(con, *WEEK)) is counts
        assert bool(weekly_counts.themes(con, *WEEK)) is counts


@pytest.mark.parametrize("code", ["language_cy", "language_other", "too_few_words"])
@pytest.mark.parametrize("tone", [Sentiment.POSITIVE, Sentiment.NEGATIVE])
def test_what_nobody_could_tell_the_tone_of_is_neither_praise_nor_concern(store, code, tone):
    mention = a_mention("one", fetched_at=NOW)
    told = {"sentiment": tone, "reasons": (Reason(code, "Please read it."),), "themes": ("traffic",)}
    with store.write("one") as con:
        save(con, a_batch(mention, verdicts=[a_verdict(mention, **told)]), now=NOW, policy=POLICY)
        assert {tone for _, tone, _ in weekly_counts.counted(con, *WEEK)} == {"neutral"}
        assert not weekly_counts.themes(con, *WEEK)
        deleting.count(con, [mention.id])
        day = NOW.date()
        assert {tone for _, tone, _ in weekly_counts.purged(con, URN, day, day)} == {"neutral"}


def _by_a_place_that_was_read(con):
    put_sources(con, [Source("feed:one", "feed", "https://example.org/feed", (URN,))])
    save(con, a_batch(run=a_run("feed:one", NOW)), now=NOW, policy=POLICY)


def _by_a_post_alone(con):
    save(con, a_batch(a_mention()), now=NOW, policy=POLICY)


@pytest.mark.parametrize("begun", [_by_a_place_that_was_read, _by_a_post_alone])
def test_a_school_is_watched_from_what_began_it_on(store, begun):
    later = NOW + timedelta(seconds=1)
    with store.write("begin") as con:
        assert not weekly_counts.watched_before(con, URN, later)
        begun(con)
        assert weekly_counts.watched_before(con, URN, later)
        assert not weekly_counts.watched_before(con, URN, NOW)
        assert not weekly_counts.watched_before(con, "900009", later)
