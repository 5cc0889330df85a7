"""A group of runs saved in one transaction: as if each had been saved by itself, in far fewer statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.mention import (
    NOW,
    POLICY,
    URN,
    a_batch,
    a_mention,
    a_message,
    a_run,
    a_store,
    a_verdict,
    an_alert,
)
from support.statements import CountedStatements

from data.store.engine.audit_chain import verify
from data.store.mentions.batch import save, save_all
from data.store.sources.source_runs import began, latest_runs
from data.types import Outcome, Route, Severity, Story

GRAVE = {
    "severity": Severity.THIS_HOUR,
    "route": Route.SAFEGUARDING,
    "content_class": "C10",
    "restricted": True,
}


def as_rows(store):
    """All rows of all tables; the salts of seals are random, so is what hangs on them."""
    with store.read() as con:
        names = [n for (n,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            name: con.execute(f"SELECT t::VARCHAR FROM {name} t ORDER BY ALL").fetchall()
            for name in names
            if name not in ("migrations", "seal_salts", "audit")
        }


def kept(store, batches, now=NOW):
    with store.write("test") as con:
        counted = CountedStatements(con)
        save_all(counted, batches, now=now, policy=POLICY)
        return counted.asked


def brought(n, **fields):
    """What the n-th source brought: two posts of its own in a story of their own."""
    mentions = [a_mention(f"{n}-{k}", title=f"Lunch {n}", text=f"Lunch {n} was late {k}.") for k in range(2)]
    return a_batch(*mentions, run=a_run(f"feed:{n}"), story_id=f"s-{n}", **fields)


def every_kind():
    """A group with all that a batch can hold: an alert, a message, a restricted post, sightings, no news."""
    hidden = a_mention("hidden", title="What he did", text="What he did to me.")
    grave = a_batch(
        hidden,
        verdicts=[a_verdict(hidden, **GRAVE)],
        run=a_run("feed:grave"),
        story_id="s-grave",
        alerts=[an_alert("s-grave", restricted=True)],
        outbox=[a_message(alert_id="a1")],
    )
    two = [brought(1), brought(2, alerts=[an_alert("s-2")])]
    sighting = replace(a_batch(run=a_run("feed:3")), seen=two[0].seen, urns=(URN,))
    nothing = a_batch(run=a_run("feed:4", outcome=Outcome.NOT_MODIFIED))
    return [*two, grave, sighting, nothing]


def test_a_group_is_saved_as_each_of_it_by_itself(tmp_path):
    group, single = a_store(tmp_path / "group"), a_store(tmp_path / "single")
    group.migrate()
    single.migrate()
    kept(group, every_kind())
    with single.write("test") as con:
        for batch in every_kind():
            save(con, batch, now=NOW, policy=POLICY)
    assert as_rows(group) == as_rows(single)
    with group.read() as con:
        assert verify(con) == []
        raised = con.execute("SELECT subject FROM audit WHERE action = 'alert_raised'").fetchall()
    assert len(raised) == 2


def test_the_same_group_twice_changes_nothing(store):
    kept(store, every_kind())
    once = as_rows(store)
    kept(store, every_kind())
    assert as_rows(store) == once


def test_nothing_of_a_group_stays_where_one_of_it_fails(store):
    before = as_rows(store)
    unmatched = replace(brought(2), matches=())
    with pytest.raises(ValueError, match="folded without a match"):
        kept(store, [brought(1), unmatched])
    assert as_rows(store) == before


def test_a_story_that_two_sources_carry_in_one_group_spans_both(store):
    first, second = brought(1), brought(2)
    early, late = NOW - timedelta(hours=3), NOW + timedelta(hours=1)
    first = replace(first, stories=(Story("s-1", URN, "Lunch", early, NOW),))
    second = replace(
        second,
        stories=(Story("s-1", URN, "Late lunch", NOW, late),),
        folded=tuple(replace(f, story_id="s-1") for f in second.folded),
    )
    kept(store, [first, second])
    with store.read() as con:
        rows = con.execute("SELECT id, title, epoch(first_seen), epoch(last_seen) FROM stories").fetchall()
    assert rows == [("s-1", "Late lunch", early.timestamp(), late.timestamp())]


def test_what_one_source_brought_another_of_the_group_may_only_have_seen(store):
    first = brought(1)
    kept(store, [replace(brought(2), seen=(*first.seen, *brought(2).seen)), first])
    with store.read() as con:
        rows = con.execute("SELECT mention_id, list(source_id ORDER BY source_id) FROM sightings GROUP BY 1")
        places = dict(rows.fetchall())
    assert [places[m.id] for m in first.mentions] == [["feed:1", "feed:2"]] * 2


@pytest.mark.parametrize("first", [True, False])
def test_where_a_stub_is_seen_before_it_is_brought_anew_is_not_kept(store, first):
    anew = brought(1)
    kept(store, [anew])
    with store.write("test") as con:
        con.execute("UPDATE mentions SET stub = TRUE")
        con.execute("DELETE FROM sightings")
    sighting = replace(a_batch(run=a_run("feed:2")), source_id="feed:2", seen=anew.seen)
    kept(store, [sighting, anew] if first else [anew, sighting])
    with store.read() as con:
        places = con.execute("SELECT DISTINCT source_id FROM sightings ORDER BY 1").fetchall()
    assert places == ([("feed:1",)] if first else [("feed:1",), ("feed:2",)])


def test_a_mention_that_two_batches_bring_is_refused(store):
    again = replace(brought(1), run=a_run("feed:other"), source_id="feed:other")
    with pytest.raises(ValueError, match="the same mention"):
        kept(store, [brought(1), again])


def test_two_alerts_on_one_story_are_refused(store):
    with pytest.raises(ValueError, match="the same story"):
        kept(store, [brought(1, alerts=[an_alert("s-1")]), brought(2, alerts=[an_alert("s-1")])])


@pytest.mark.parametrize("outcome", [Outcome.NOT_MODIFIED, Outcome.BLOCKED, Outcome.DISABLED])
def test_runs_without_news_are_recorded_in_two_statements(store, outcome):
    runs = [a_batch(run=a_run(f"feed:{n}", outcome=outcome)) for n in range(65)]
    kept(store, runs[:1])  # the first of a process looks the columns up as well
    asked = kept(store, runs[1:])
    assert [sql.split(" ")[0] for sql in asked] == ["SELECT", "INSERT"]
    with store.read() as con:
        assert len(latest_runs(con)) == 65


def test_a_group_asks_as_much_of_the_store_as_one_source(store):
    kept(store, [brought(99)])  # what is asked once a process is asked
    one, many = kept(store, [brought(1)]), kept(store, [brought(n) for n in range(2, 34)])
    assert len(many) <= len(one)


def test_two_readings_of_a_group_begin_their_sources(store):
    later = a_run("feed:1", NOW + timedelta(hours=1))
    empty = a_run("feed:2", outcome=Outcome.EMPTY)
    kept(store, [replace(a_batch(run=a_run("feed:1")), urns=(URN,))])
    kept(store, [replace(a_batch(run=run), urns=(URN, "900002")) for run in (later, empty)])
    with store.read() as con:
        found = began(con, ["feed:1", "feed:2", "feed:3"])
    assert found == {
        "feed:1": {URN: NOW, "900002": later.started_at},
        "feed:2": {URN: NOW, "900002": NOW},
        "feed:3": {},
    }
