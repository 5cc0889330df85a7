"""What the runs of a source say about the next one, and the configuration as it was used."""

from __future__ import annotations

from datetime import timedelta

from builders.mention import NOW, a_run

from data.store.sources.configuration import put_people, put_schools, put_sources
from data.store.sources.source_runs import latest_runs, record_runs, states
from data.types import Namesake, Outcome, Person, Role, School, Source, SourceState

HOUR = timedelta(hours=1)


def record(store, *runs):
    with store.write("record runs") as con:
        for run in runs:
            record_runs(con, [run])


def state(store, source_id="feed:one"):
    with store.read() as con:
        return states(con, [source_id])[source_id]


def test_a_source_that_never_ran_has_an_empty_state(store):
    assert state(store) == SourceState("feed:one")


def test_the_newest_run_is_given_back_as_it_was(store):
    run = a_run(
        at=NOW + HOUR,
        detail="One item had no date.",
        warnings=("No date.", "No author."),
        etag='"v2"',
        last_modified="Tue, 17 Nov 2026 10:00:00 GMT",
        status=200,
        pages=2,
        retry_after_s=60.0,
        watermark=NOW,
    )
    record(store, a_run(), run, a_run("feed:two"))
    with store.read() as con:
        assert latest_runs(con) == {"feed:one": run, "feed:two": a_run("feed:two")}
        assert latest_runs(con, ["feed:one"]) == {"feed:one": run}
        assert latest_runs(con, []) == {}


def test_failures_are_counted_since_the_last_good_run(store):
    runs = [a_run(at=NOW + n * HOUR, outcome=Outcome.BLOCKED, mentions_new=0) for n in (1, 2, 3)]
    record(store, a_run(), *runs)
    found = state(store)
    assert found.failures_in_a_row == 3
    assert (found.last_run_at, found.last_ok_at) == (NOW + 3 * HOUR, NOW)
    record(store, a_run(at=NOW + 4 * HOUR, outcome=Outcome.NOT_MODIFIED))
    assert state(store).failures_in_a_row == 0


def test_faults_of_ours_are_counted_in_a_row_apart_from_what_a_place_did(store):
    outcomes = (Outcome.OUR_FAULT, Outcome.BLOCKED, Outcome.OUR_FAULT, Outcome.OUR_FAULT)
    record(store, *(a_run(at=NOW + n * HOUR, outcome=o) for n, o in enumerate(outcomes)))
    assert (state(store).our_faults, state(store).failures_in_a_row) == (2, 4)
    record(store, a_run(at=NOW + 5 * HOUR, outcome=Outcome.BLOCKED))
    assert state(store).our_faults == 0


def test_failures_from_the_first_run_on_are_all_counted(store):
    record(store, *(a_run(at=NOW + n * HOUR, outcome=Outcome.UNREACHABLE) for n in range(2)))
    assert state(store).failures_in_a_row == 2


def test_the_condition_of_the_next_request_comes_from_the_last_page_read(store):
    record(
        store,
        a_run(etag='"old"', last_modified="Mon"),
        a_run(at=NOW + HOUR, etag='"new"'),
        a_run(at=NOW + 2 * HOUR, outcome=Outcome.SUSPICIOUS, etag='"empty"'),
        a_run(at=NOW + 3 * HOUR, outcome=Outcome.NOT_MODIFIED),
    )
    assert (state(store).etag, state(store).last_modified) == ('"new"', None)


def test_what_is_usual_is_the_median_of_three_good_runs_or_more(store):
    record(store, *(a_run(at=NOW + n * HOUR, mentions_read=n) for n in (4, 6)))
    assert state(store).usual_mentions is None
    record(store, a_run(at=NOW + 9 * HOUR, mentions_read=20), a_run(at=NOW, outcome=Outcome.BLOCKED))
    assert state(store).usual_mentions == 6


def test_the_longest_gap_lies_between_runs_that_brought_something_new(store):
    new = [0, 1, 6, 8]
    record(store, *(a_run(at=NOW + n * HOUR, mentions_new=int(n in new)) for n in range(12)))
    found = state(store)
    assert found.longest_gap_s == 5 * 3600
    assert found.last_new_at == NOW + 8 * HOUR


def test_a_source_that_asked_us_to_wait_is_not_due_before(store):
    record(store, a_run(outcome=Outcome.BLOCKED, retry_after_s=90.0))
    assert state(store).not_before == a_run().finished_at + timedelta(seconds=90)
    record(store, a_run(at=NOW + HOUR))
    assert state(store).not_before is None


def test_the_watermark_never_goes_back(store):
    record(store, a_run(watermark=NOW), a_run(at=NOW + HOUR, watermark=NOW - HOUR), a_run(at=NOW + 2 * HOUR))
    assert state(store).watermark == NOW


def test_configured_things_are_replaced_as_a_whole(store):
    school = School(
        "900001",
        "Oakfield Primary",
        aliases=("Oakfield",),
        members=("900001", "900002"),
        namesakes=(Namesake("Oakfield Road", "Northvale", "street"),),
    )
    source = Source("feed:one", "feed", "https://example.org/feed", ("900001",), settings={"zone": "UTC"})
    with store.write("take over the configuration") as con:
        put_schools(con, [school, School("900009", "Gone Primary")])
        put_people(con, [Person("p1", "A. Example", (Role.HEAD, Role.DSL), urns=("900001",))])
        put_sources(con, [source])
    with store.write("take over the configuration") as con:
        put_schools(con, [school])
        put_sources(con, [])
        rows = con.execute("SELECT urn, aliases, members, namesakes FROM schools").fetchall()
        people = con.execute("SELECT id, roles, urns FROM people").fetchall()
        sources = con.execute("FROM sources").fetchall()
    assert [row[:3] for row in rows] == [("900001", ["Oakfield"], ["900001", "900002"])]
    assert "Northvale" in rows[0][3]
    assert people == [("p1", ["head", "dsl"], ["900001"])]
    assert sources == []


def daily(days, source_id="feed:one", **fields):
    """A run on each of these days, counted from now."""
    return [a_run(source_id, NOW + timedelta(days=n), **fields) for n in days]


def test_what_older_runs_say_counts_where_none_of_late_says_it(store):
    others = daily(range(-40, 1), "feed:busy")
    read = daily(range(-120, -80), etag='"old"', mentions_read=7)
    walled = daily(range(-80, 1), outcome=Outcome.BLOCKED, mentions_new=0)
    record(store, *others, *read, *walled)
    found = state(store)
    assert (found.etag, found.usual_mentions, found.failures_in_a_row) == ('"old"', 7, 81)
    assert (found.last_ok_at, found.last_run_at) == (NOW - timedelta(days=81), NOW)


def test_a_source_that_rested_for_long_is_remembered_beside_one_that_did_not(store):
    rested = daily(range(-200, -160), mentions_read=3)
    record(store, *rested, *daily(range(-40, 1), "feed:busy"))
    found = state(store)
    assert (found.usual_mentions, found.last_run_at) == (3, NOW - timedelta(days=161))


def test_the_longest_silence_is_remembered_beside_many_runs_of_late(store):
    news = [*daily([-300, -200]), *[a_run(at=NOW - n * HOUR) for n in range(60)]]
    record(store, *news, *daily([-250], mentions_new=0, watermark=NOW))
    found = state(store)
    assert found.longest_gap_s == (news[-1].started_at - news[1].started_at).total_seconds()
    assert (found.watermark, found.last_new_at) == (NOW, NOW)
