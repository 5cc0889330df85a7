"""What is counted for a surge, and what is left out of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import duckdb
import pytest
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_run, a_verdict, save

from data.digest import Surge
from data.retention.deleting import purge
from data.store import weekly as weekly_store
from data.types import About, Mention, Relevance, Route, Severity, Verdict

Connection = duckdb.DuckDBPyConnection
LONG_AGO = NOW - timedelta(days=30)
SETTLED = NOW - timedelta(days=7)
SINCE = NOW - timedelta(days=14)


@pytest.fixture
def con(store) -> Iterator[Connection]:
    """A store with one source read for long."""
    with store.write("test") as con:
        keep(con, run_at=LONG_AGO)
        yield con


def keep(
    con: Connection,
    *mentions: Mention,
    verdict: Verdict | None = None,
    source: str = "town",
    story: str | None = "s-one",
    run_at: datetime = NOW,
    version: int = 1,
) -> None:
    run = a_run(source, run_at)
    verdicts = [replace(verdict or a_verdict(m), mention_id=m.id, version=version) for m in mentions]
    batch = a_batch(*mentions, verdicts=verdicts, story_id=story, run=run, version=version)
    save(con, batch, now=run_at, policy=POLICY)


def heard(con: Connection) -> list[weekly_store.Heard]:
    return weekly_store.list_heard(con, URN, SINCE, SETTLED)


def test_a_post_counts_when_it_was_made_or_without_a_true_date_when_it_was_first_seen(con):
    keep(con, a_mention("old", published=NOW - timedelta(days=90)))
    assert heard(con) == []
    keep(con, a_mention("a", published=NOW - timedelta(hours=5)))
    keep(con, a_mention("b", published=None), a_mention("c", published=NOW + timedelta(days=2)))
    assert sorted(one.at for one in heard(con)) == [NOW - timedelta(hours=5), NOW, NOW]


def test_the_backlog_of_a_new_source_is_not_counted_until_it_has_been_read_for_seven_days(con):
    keep(con, a_mention("a"), source="new-forum")
    assert heard(con) == []
    keep(con, a_mention("a"))
    assert len(heard(con)) == 1
    keep(con, source="forum", run_at=SETTLED)
    keep(con, a_mention("b"), source="forum")
    assert len(heard(con)) == 2


def test_what_may_accuse_somebody_or_is_nobodys_talk_is_left_out(con: Connection) -> None:
    left_out = (
        {"relevance": Relevance.NOT_ABOUT},
        {"route": Route.IGNORE},
        {"content_class": "C14", "severity": Severity.THIS_HOUR},
        {"restricted": True},
        {"content_class": "C10", "route": Route.SAFEGUARDING, "severity": Severity.TODAY},
        {"severity": Severity.TODAY, "abuse": ("defamation",)},
        {"severity": Severity.TODAY, "abuse": ("harassment",), "subject_person": "p-cook"},
        {"severity": Severity.TODAY, "abuse": ("harassment",), "subjects": ("p-cook",)},
        {"severity": Severity.TODAY, "abuse": ("harassment",), "about": About.HEAD},
    )
    for n, given in enumerate(left_out):
        keep(con, a_mention(str(n)), verdict=a_verdict(a_mention(), **given), story=f"s-{n}")
        assert heard(con) == [], given
    fair = a_verdict(a_mention(), about=About.HEAD, subject_person="p-head")
    keep(con, a_mention("a"), verdict=fair, story="s-fair")
    assert [one.story_id for one in heard(con)] == ["s-fair"], "fair criticism of the head counts"


def test_a_whole_story_is_left_out_where_one_post_of_it_accuses(con: Connection) -> None:
    keep(con, *(a_mention(n) for n in "abc"), story="s-one")
    keep(con, a_mention("d"), verdict=a_verdict(a_mention(), severity=Severity.TODAY, abuse=("sexual",)))
    keep(con, a_mention("e"), story="s-two")
    assert [one.story_id for one in heard(con)] == ["s-two"]


def test_an_edit_to_milder_words_brings_no_accused_story_in(con: Connection) -> None:
    accusing = a_verdict(a_mention(), severity=Severity.TODAY, abuse=("defamation",))
    keep(con, a_mention("a"), verdict=accusing)
    keep(con, a_mention("a", text="Milder words about Oakfield."), version=2)
    assert heard(con) == []


def test_a_post_that_two_places_carry_is_one(con: Connection) -> None:
    keep(con, source="second", run_at=LONG_AGO)
    keep(con, a_mention("a"))
    keep(con, a_mention("a"), source="second")
    assert len(heard(con)) == 1


def test_schools_with_much_said_just_now_are_named(con: Connection) -> None:
    keep(con, *(a_mention(n) for n in "abcd"))
    hour = timedelta(hours=1)
    assert weekly_store.count_much_heard(con, NOW - hour, NOW - hour, 4) == {URN: 4}
    assert weekly_store.count_much_heard(con, NOW - hour, NOW - hour, 5) == {}
    assert weekly_store.count_much_heard(con, NOW - hour, NOW + hour, 4) == {}


def test_a_surge_told_once_keeps_what_was_told_and_only_lasts_longer(con: Connection) -> None:
    told = Surge(URN, NOW, NOW, 34, 3.0, ("traffic",), NOW)
    later = replace(told, told_at=NOW + timedelta(hours=1), mentions=80, lasted_to=NOW + timedelta(hours=1))
    weekly_store.put_surges(con, [told])
    weekly_store.put_surges(con, [later])
    weekly_store.put_surges(con, [told])
    assert weekly_store.latest_surge(con, URN) == replace(told, lasted_to=later.lasted_to)
    assert weekly_store.latest_surge(con, "900002") is None


def test_surges_are_forgotten_with_the_other_records(on_disk) -> None:
    with on_disk.write("test") as con:
        weekly_store.put_surges(con, [Surge(URN, NOW, NOW, 34, 3.0, (), NOW)])
    purge(on_disk, NOW + timedelta(days=POLICY.retain_days), POLICY)
    with on_disk.open_reader() as con:
        assert weekly_store.latest_surge(con, URN) is None
