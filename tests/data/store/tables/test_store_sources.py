"""What the runs of a source say about the next one, and the configuration as it was used."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import pytest
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_run, a_verdict, an_alert, save

from data.ids import digest
from data.retention.deleting import purge
from data.store import sources as source_store
from data.store.engine import audit_chain
from data.store.sources import (
    AccountNotice,
    Logged,
    latest_runs,
    put_people,
    put_schools,
    put_sources,
    record_runs,
    states,
)
from data.types import Namesake, Outcome, Person, Reason, Role, Route, School, Source, SourceState

HOUR = timedelta(hours=1)


def record(store, *runs):
    with store.write("record runs") as con:
        for run in runs:
            record_runs(con, [run])


def state(store, source_id="feed:one"):
    with store.open_reader() as con:
        return states(con, [source_id])[source_id]


def test_the_newest_run_is_given_back_as_it_was(store):
    assert state(store) == SourceState("feed:one")
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
    with store.open_reader() as con:
        assert latest_runs(con) == {"feed:one": run, "feed:two": a_run("feed:two")}
        assert latest_runs(con, ["feed:one"]) == {"feed:one": run}
        assert latest_runs(con, []) == {}


def test_faults_of_ours_are_counted_in_a_row_apart_from_what_a_place_did(store):
    outcomes = (Outcome.OUR_FAULT, Outcome.BLOCKED, Outcome.OUR_FAULT, Outcome.OUR_FAULT)
    record(store, *(a_run(at=NOW + n * HOUR, outcome=o) for n, o in enumerate(outcomes)))
    assert (state(store).our_faults, state(store).failures_in_a_row) == (2, 4)
    record(store, a_run(at=NOW + 5 * HOUR, outcome=Outcome.BLOCKED))
    assert state(store).our_faults == 0


def test_failures_are_counted_since_the_last_good_run_or_from_the_first_on(store):
    record(store, *(a_run("feed:two", NOW + n * HOUR, outcome=Outcome.UNREACHABLE) for n in range(2)))
    assert state(store, "feed:two").failures_in_a_row == 2
    runs = [a_run(at=NOW + n * HOUR, outcome=Outcome.BLOCKED, mentions_new=0) for n in (1, 2, 3)]
    record(store, a_run(), *runs)
    found = state(store)
    assert found.failures_in_a_row == 3
    assert (found.last_run_at, found.last_ok_at) == (NOW + 3 * HOUR, NOW)
    record(store, a_run(at=NOW + 4 * HOUR, outcome=Outcome.NOT_MODIFIED))
    assert state(store).failures_in_a_row == 0


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
    namesake = Namesake("Oakfield Road", "Northvale", "street")
    school = School(
        "900001",
        "Oakfield Primary",
        aliases=("Oakfield",),
        members=("900001", "900002"),
        namesakes=(namesake,),
    )
    with store.write("take over the configuration") as con:
        put_schools(con, [school, School("900009", "Gone Primary")])
        put_people(con, [Person("p1", "A. Example", (Role.HEAD, Role.DSL), urns=("900001",))])
        put_sources(
            con,
            [Source("feed:one", "feed", "https://example.org/feed", ("900001",), settings={"zone": "UTC"})],
        )
    with store.write("take over the configuration") as con:
        put_schools(con, [school])
        put_sources(con, [])
        ((*row, namesakes),) = con.execute("SELECT urn, aliases, members, namesakes FROM schools").fetchall()
        people = con.execute("SELECT id, roles, urns FROM people").fetchall()
        assert con.execute("FROM sources").fetchall() == []
    assert row == ["900001", ["Oakfield"], ["900001", "900002"]]
    assert "Northvale" in namesakes
    assert people == [("p1", ["head", "dsl"], ["900001"])]


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


def test_the_longest_silence_is_remembered_beside_many_runs_of_late(store):
    news = [*daily([-300, -200]), *[a_run(at=NOW - n * HOUR) for n in range(60)]]
    record(store, *news, *daily([-250], mentions_new=0, watermark=NOW))
    found = state(store)
    assert found.longest_gap_s == (news[-1].started_at - news[1].started_at).total_seconds()
    assert (found.watermark, found.last_new_at) == (NOW, NOW)


# ------------------------------------------------------------------- the school's own accounts


Connection = duckdb.DuckDBPyConnection


@pytest.fixture
def con(store) -> Iterator[Connection]:
    with store.write("test") as con:
        yield con


def readings(con: Connection, *answers: bool | None, source: str = "own") -> None:
    """One run an hour, from `NOW` on."""
    for n, answer in enumerate(answers):
        outcome = Outcome.OK if answer is not None else Outcome.BLOCKED
        record_runs(con, [a_run(source, NOW + n * HOUR, notice=answer, outcome=outcome)])


def notice(con: Connection) -> AccountNotice | None:
    return source_store.notices(con, ["own"]).get("own")


def an_entry(**fields: object) -> Logged:
    given = {"action": "hidden", "reason": "It names a pupil.", "url": None} | fields
    return Logged("e1", URN, "own", NOW, "p-it", **given)  # type: ignore[arg-type]


NOTICES = {
    "never read": ((None, None), None),
    "always there": ((True, None, True), (True, 0, 2, False)),
    "gone since the first reading without it": ((True, True, False, None, False), (False, 2, 4, True)),
    "back since then": ((False, True, False, True), (True, 3, 3, True)),
    "a wall after a good reading": ((True, None, None), (True, 0, 0, False)),
}


@pytest.mark.parametrize(("read", "known"), NOTICES.values(), ids=NOTICES.keys())
def test_a_notice_stands_as_it_was_last_read_since_it_turned(con, read, known):
    readings(con, *read)
    if known is None:
        assert notice(con) is None
        return
    stands, since, seen, turned = known
    assert notice(con) == AccountNotice("own", stands, NOW + since * HOUR, NOW + seen * HOUR, turned=turned)


def test_what_was_done_is_kept_newest_first_with_its_reason(con: Connection) -> None:
    second = Logged(
        "e2", URN, "own", NOW + HOUR, "p-it", "blocked", "Insults, after a warning.", "https://x.example/1"
    )
    source_store.put_log(con, an_entry())
    source_store.put_log(con, second)
    assert source_store.list_log(con, ["own"]) == [second, an_entry()]
    assert source_store.list_log(con, ["other"]) == []


def test_the_audit_holds_the_hash_of_the_reason_and_its_words_stand_nowhere_else(con: Connection) -> None:
    source_store.put_log(con, an_entry())
    assert audit_chain.verify(con) == []
    (row,) = con.execute("SELECT actor, action, subject, urn, codes FROM audit").fetchall()
    assert con.execute("SELECT note FROM audit_notes").fetchall() == []
    assert row[:4] == ("p-it", "account_logged", "own", URN)
    assert row[4] == ["action:hidden", "entry:e1", f"reason:{digest('It names a pupil.')}"]
    assert "pupil" not in str(row)


def test_the_log_is_forgotten_with_the_other_records(on_disk) -> None:
    with on_disk.write("test") as con:
        source_store.put_log(con, an_entry())
    purge(on_disk, NOW + timedelta(days=POLICY.retain_days), POLICY)
    with on_disk.open_reader() as con:
        assert source_store.list_log(con, ["own"]) == []


def kept(con: Connection, name: str, at: datetime = NOW, **fields: object) -> str:
    mention = a_mention(name)
    verdict = a_verdict(mention, **fields)
    alerts = [an_alert(f"s-{name}", content_class="C14")] if verdict.content_class == "C14" else []
    batch = a_batch(mention, verdicts=[verdict], story_id=f"s-{name}", run=a_run("own", at), alerts=alerts)
    save(con, batch, now=at, policy=POLICY)
    return mention.id


def test_earlier_posts_are_the_accounts_own_newest_first(con: Connection) -> None:
    own = {"route": Route.IGNORE, "reasons": (Reason("own_post", ""),)}
    first = kept(con, "a", **own)
    second = kept(con, "b", NOW + HOUR, **own)
    kept(con, "comment")
    found = source_store.earlier_posts(con, "own", NOW - HOUR, "own_post")
    assert [mention_id for mention_id, _ in found] == [second, first]
    assert "Oakfield is mentioned here as b" in found[0][1]
    assert source_store.earlier_posts(con, "own", NOW + 2 * HOUR, "own_post") == []


def test_odd_posts_are_found_by_the_account_that_carried_them(con: Connection) -> None:
    kept(con, "odd", content_class="C14")
    kept(con, "calm")
    (found,) = source_store.odd_posts(con, "own")
    assert (found.alert_id, found.in_hand) == (an_alert("s-odd").id, False)
    assert source_store.odd_posts(con, "other") == []


def test_routes_are_known_by_address_but_not_of_what_is_restricted(con: Connection) -> None:
    kept(con, "a")
    kept(con, "b", restricted=True)
    at = "https://forum.example.org"
    assert source_store.routes_at(con, f"{at}/a", f"{at}/a", URN) == ["respond"]
    assert source_store.routes_at(con, f"{at}/b", f"{at}/b", URN) == []
    assert source_store.routes_at(con, f"{at}/a", f"{at}/a", "900002") == []
