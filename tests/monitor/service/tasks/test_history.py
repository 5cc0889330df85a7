"""The first reading of a place brings the posts of years: who is told of what, then and later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.home import a_migrated_store
from builders.judges import CALM, HEXLEY, INSULT, OAKFIELD, OTHER_INSULT, judges
from builders.mention import Clock

from data.register.calendar import SchoolHours
from data.retention.purge import purge
from data.store.engine.migrations import MIGRATIONS
from data.store.mentions import surges
from data.store.reporting import weekly_counts
from data.store.sources import source_runs as source_store
from data.store.sources.configuration import put_sources
from data.types import Mention, MentionKind, Outcome, Policy, Source, SourceRun, SourceState
from monitor.cli.views.scan.summary import summarise
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
LONG_AGO = datetime(2018, 1, 31, 9, tzinfo=UTC)
DISCLOSURE = "Her stepdad comes into her room at night, says my daughter at Oakfield Primary, Northvale."
DAY = timedelta(days=1)
BOTH = ("900001", "900002")


@pytest.fixture
def store(tmp_path):
    return a_migrated_store(tmp_path, Clock(NOW))


def post(n, text, published, **changes):
    base = Mention(
        id=f"{n:016x}", url=f"https://talk.example.org/{n}", channel="local_forum", kind=MentionKind.POST,
        title="", text=text, fetched_at=NOW, author=f"person{n}", published=published,
    )  # fmt: skip
    return replace(base, **changes)


def read(store, *posts, at=NOW, source="town", urns=("900001",), outcome=Outcome.OK, with_=None, kind="feed"):
    where = Source(source, kind, f"https://{source}.example.org/", urns=urns)
    run = SourceRun(source, at, at, outcome, pages=1, mentions_read=len(posts))
    with_ = with_ or judges()
    judged = judge(Collected(where, run, posts), store, with_, at)
    with store.write("test") as con:
        batch = keep(con, judged, with_, at)
    return batch


def test_an_old_insult_of_the_first_reading_is_judged_and_remembered_but_not_told(store):
    batch = read(store, post(1, INSULT, LONG_AGO))
    assert [v.severity for v in batch.verdicts] == [3]
    assert batch.alerts == ()
    with store.read() as con:
        assert con.execute("SELECT epoch_us(history) FROM verdicts").fetchall() == [
            (int(LONG_AGO.timestamp()) * 1_000_000,)
        ]


def article(text, **changes):
    found = post(9, text, NOW - DAY, kind=MentionKind.EDIT, channel="wikipedia")
    return replace(found, url="https://en.wikipedia.org/wiki/Oakfield_Primary#Controversy", **changes)


def test_what_stands_in_an_encyclopaedia_at_its_first_reading_is_its_baseline_though_edited_yesterday(store):
    assert read(store, article(INSULT), kind="wikipedia").alerts == ()


def test_what_is_written_into_an_encyclopaedia_afterwards_is_told(store):
    read(store, article(CALM), kind="wikipedia")
    later = article(INSULT, edited=NOW + DAY)
    assert read(store, later, at=NOW + DAY, kind="wikipedia").alerts


def test_an_old_disclosure_of_the_first_reading_is_told_with_its_date(store):
    (alert,) = read(store, post(1, DISCLOSURE, LONG_AGO)).alerts
    assert alert.posted_at == LONG_AGO


def test_the_newest_week_of_the_first_reading_is_told_as_ever(store):
    assert read(store, post(1, INSULT, NOW - 6 * DAY)).alerts


def test_a_later_reading_that_reaches_further_back_brings_history_too(store):
    read(store, post(1, CALM, NOW - DAY))
    assert read(store, post(2, INSULT, LONG_AGO), at=NOW + DAY).alerts == ()


def test_what_was_posted_while_we_were_blind_is_told(store):
    read(store, outcome=Outcome.EMPTY)
    read(store, outcome=Outcome.BLOCKED, at=NOW + DAY)
    assert read(store, post(1, INSULT, NOW + 2 * DAY), at=NOW + 20 * DAY).alerts


def test_a_place_that_never_answered_has_not_been_begun(store):
    read(store, outcome=Outcome.BLOCKED)
    assert read(store, post(1, INSULT, NOW + DAY), at=NOW + 20 * DAY).alerts == ()


def test_a_school_that_is_added_later_begins_when_it_is_first_read_for(store):
    with_ = judges(OAKFIELD, HEXLEY)
    read(store, post(1, CALM, NOW), with_=with_)
    hexley = INSULT.replace("Oakfield Primary, Northvale", "Hexley Primary School, Hexley")
    later = NOW + 60 * DAY
    batch = read(
        store,
        post(2, INSULT, NOW + 30 * DAY),
        post(3, hexley, NOW + 30 * DAY),
        at=later,
        urns=BOTH,
        with_=with_,
    )
    assert [a.urn for a in batch.alerts] == ["900001"]
    assert [v.urn for v in batch.verdicts if v.history and v.mention_id.endswith("3")] == ["900002"]


def test_an_edit_of_an_old_post_is_told(store):
    read(store, post(1, CALM, LONG_AGO))
    assert read(store, post(1, INSULT, LONG_AGO), at=NOW + DAY).alerts


def test_a_new_copy_of_an_old_insult_is_told_as_new(store):
    read(store, post(1, INSULT, LONG_AGO))
    (alert,) = read(store, post(2, INSULT, NOW + DAY, parent=f"{1:016x}"), at=NOW + DAY).alerts
    assert alert.posted_at is None


def test_when_a_place_was_begun_outlives_its_runs(store):
    read(store, post(1, CALM, NOW))
    with store.write("test") as con:
        con.execute("DELETE FROM source_runs")
    assert read(store, post(2, INSULT, NOW + DAY), at=NOW + 400 * DAY).alerts


def summary_of(batch, source="town"):
    where = Source(source, "feed", f"https://{source}.example.org/", urns=("900001",))
    entry = (where, SourceState(source), batch)
    whole = summarise(
        [entry], [OAKFIELD], started=NOW, finished=NOW, waiting_messages=0, look_share=0.125,
        hours=lambda _: SchoolHours(frozenset(), ZoneInfo("UTC")),
    )  # fmt: skip
    return whole.schools[0]


def test_a_scan_shows_what_is_old_apart_from_today(store):
    part = summary_of(read(store, post(1, INSULT, LONG_AGO), post(2, OTHER_INSULT, NOW - DAY)))
    assert [line.posted_at for line in part.today] == [NOW - DAY]
    assert [(line.posted_at, int(line.severity)) for line in part.before] == [(LONG_AGO, 3)]


def test_a_scan_shows_an_old_matter_that_alerts_under_today_with_its_date(store):
    threat = "I will stab the head of Oakfield Primary, Northvale, at the gate tomorrow, I have the knife."
    batch = read(store, post(1, threat, LONG_AGO))
    part = summary_of(batch)
    assert batch.alerts[0].posted_at == LONG_AGO
    assert [line.posted_at for line in part.today] == [LONG_AGO]
    assert part.before == ()


def test_a_scan_shows_nothing_of_an_old_restricted_matter(store):
    part = summary_of(read(store, post(1, DISCLOSURE, LONG_AGO)))
    assert (len(part.restricted), part.before, part.today) == (1, (), ())


def test_history_is_in_no_count_of_the_week_it_was_first_read_in_nor_of_any_after_it_is_deleted(store):
    read(store, post(1, CALM, LONG_AGO), post(2, CALM + " And when is it?", NOW - DAY))
    week = (NOW - DAY, NOW + DAY)
    with store.read() as con:
        assert sum(weekly_counts.counted(con, "900001", *week).values()) == 1
    purge(store, NOW + 40 * DAY, Policy())
    with store.read() as con:
        assert weekly_counts.counted(con, "900001", *week) == {}
        first, last = (moment.date() for moment in week)
        assert sum(weekly_counts.purged(con, "900001", first, last).values()) == 1


def test_history_is_no_surge(store):
    read(store, post(1, CALM, NOW - 9 * DAY), at=NOW - 8 * DAY)
    posts = [post(n, f"{CALM} {n}", LONG_AGO + n * DAY) for n in range(2, 40)]
    read(store, *posts, at=NOW)
    with store.read() as con:
        heard = surges.heard(con, "900001", NOW - 14 * DAY, NOW - 7 * DAY)
    assert [h.at for h in heard] == [NOW - 9 * DAY]


def test_places_begun_before_an_upgrade_stay_begun(store):
    read(store, post(1, CALM, NOW))
    with store.write("test") as con:
        put_sources(con, [Source("town", "feed", "https://town.example.org/", urns=BOTH)])
        con.execute("DELETE FROM beginnings")
        con.execute(MIGRATIONS[3].statements[-1])
        assert source_store.began(con, ["town"]) == {"town": {"900001": NOW, "900002": NOW}}
