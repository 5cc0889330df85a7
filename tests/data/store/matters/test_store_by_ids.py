"""Stories of very many posts: read by ids and by indices, all of them, with every version that was judged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.mention import NOW, POLICY, a_batch, a_mention, a_run, a_verdict

from data.digest import Window
from data.retention.purge import purge, rewrite
from data.store.engine.connect import sparing
from data.store.engine.open import Store
from data.store.mentions.batch import save
from data.store.reporting.fresh_stories import fresh_stories
from data.store.verdicts.stories import list_stories, story
from data.store.verdicts.verdicts import former_verdicts, story_verdicts
from data.types import Severity

MANY = 120
DAY = timedelta(days=1)


def keep(store, *batches, now=NOW):
    with store.write("save") as con:
        for batch in batches:
            save(con, batch, now=now, policy=POLICY)


def posts(**fields):
    return [a_mention(str(n), **fields) for n in range(MANY)]


@pytest.mark.parametrize("days", [-30, 0, 30])
def test_all_posts_of_a_story_count_however_their_times_lie_to_when_they_were_written(store, days):
    """A clock that was set back leaves posts that were seen after they were written."""
    keep(store, a_batch(*posts(fetched_at=NOW + days * DAY)))
    with store.read() as con:
        (row,) = list_stories(con)
        assert (row.mentions, row.authors, row.places) == (MANY, MANY, 1)
        assert len(story_verdicts(con, ["s-one"])["s-one"]) == MANY
        assert len(story(con, "s-one").mentions) == MANY


def test_one_old_post_among_many_is_the_gravest_where_it_is(store):
    first = a_mention("first", fetched_at=NOW - 20 * DAY)
    grave = a_verdict(first, severity=Severity.THIS_HOUR)
    keep(store, a_batch(first, verdicts=[grave]), now=NOW - 20 * DAY)
    keep(store, a_batch(*posts(), run=a_run("feed:two")))
    with store.read() as con:
        (row,) = list_stories(con)
    assert (row.mentions, row.places, row.top) == (MANY + 1, 2, replace(grave, reasons=row.top.reasons))


def test_many_that_were_edited_count_once_and_by_their_newest_version(store):
    keep(store, a_batch(*posts()))
    edited = posts(text="another wording")
    keep(store, a_batch(*edited, version=2), now=NOW + DAY)
    with store.read() as con:
        assert [row.mentions for row in list_stories(con)] == [MANY]
        assert {v.version for v in story_verdicts(con, ["s-one"])["s-one"]} == {2}


def test_a_list_has_the_newest_story_first_and_leaves_out_one_without_a_verdict(store):
    keep(store, a_batch(a_mention("a"), story_id="s-a"), a_batch(a_mention("b"), story_id="s-b"))
    keep(store, a_batch(a_mention("c"), story_id="s-c", verdicts=[]))
    with store.read() as con:
        assert [row.id for row in list_stories(con)] == ["s-a", "s-b"]


def test_who_spares_memory_gives_it_back(store):
    with store.read() as con:
        asked = "SELECT current_setting('memory_limit')"
        before = con.execute(asked).fetchone()
        with sparing(con):
            assert con.execute(asked).fetchone() != before
        assert con.execute(asked).fetchone() == before


def test_who_may_be_meant_is_kept_and_former_versions_are_still_there(store: Store) -> None:
    mention = a_mention("one")
    first = a_verdict(mention, subject_person="holt", subjects=("holt", "pike"))
    second = a_verdict(mention, version=2)
    edited = replace(mention, text="Now it says something else.")
    for given, verdict in ((mention, first), (edited, second)):
        batch = a_batch(given, verdicts=[verdict])
        with store.write("save a test batch") as con:
            save(con, replace(batch, versions={mention.id: verdict.version}), now=NOW, policy=POLICY)
    with store.read() as con:
        assert former_verdicts(con, [mention.id]) == [first, second]
        assert former_verdicts(con, ["another"]) == []


def test_what_is_judged_anew_counts_in_the_window_however_long_ago_it_was_first_seen(store: Store) -> None:
    """Most of a window is read by when it was seen; whatever is older is looked up."""
    later = NOW + timedelta(days=30)
    old = a_mention("old", url="https://example.org/1")
    other = a_mention("other", url="https://example.org/2")  # not judged anew: of no window since
    with store.write("save a test batch") as con:
        save(con, a_batch(old), now=NOW, policy=POLICY)
        save(con, a_batch(other), now=NOW, policy=POLICY)
    edited = replace(old, text="Now it says something else.", fetched_at=later)
    again = a_batch(edited, verdicts=[a_verdict(edited, version=2)], version=2)
    new = a_mention("new", url="https://example.org/3", fetched_at=later)
    with store.write("save a test batch") as con:
        save(con, again, now=later, policy=POLICY)
        save(con, a_batch(new), now=later, policy=POLICY)
    window = Window(later - timedelta(days=3), later + timedelta(hours=1))
    for first in (True, False):
        with store.read() as con:
            found = fresh_stories(con, "900001", window, first=first)
        assert sum(story.mentions for story in found) == 2


OF_MANY = ("matches", "mentions", "verdicts", "mention_versions", "sightings")


def keep_all(store, *batches):
    with store.write("save") as con:
        for batch in batches:
            save(con, batch, now=NOW, policy=POLICY)


class Explained:
    """A connection that keeps the plan of whatever it is asked."""

    def __init__(self, con):
        self._con = con
        self.read_whole = set()

    def execute(self, asked, given):
        plan = self._con.execute(f"EXPLAIN (ANALYZE, FORMAT json) {asked}", given).fetchall()[0][1]
        self._look(json.loads(plan))
        return self._con.execute(asked, given)

    def _look(self, node):
        if isinstance(node, list):
            for part in node:
                self._look(part)
        if isinstance(node, dict):
            if node.get("Type") == "Sequential Scan":
                self.read_whole.add(node["Table"].rsplit(".", 1)[-1])
            self._look(list(node.values()))


@pytest.fixture
def filled(store):
    batches = (a_batch(*(a_mention(f"{n}-{m}") for m in range(3)), story_id=f"s-{n}") for n in range(12))
    keep_all(store, *batches)
    return store


@pytest.mark.parametrize(
    "ask",
    [
        lambda con: len(story(con, "s-7").mentions) == 3,
        lambda con: [row.mentions for row in list_stories(con, story_ids=["s-7"])] == [3],
        lambda con: [len(found) for found in story_verdicts(con, ["s-7"]).values()] == [3],
    ],
)
def test_one_story_is_found_without_reading_all_others(filled, ask):
    with filled.read() as con:
        looking = Explained(con)
        assert ask(looking)
        looking.execute("SELECT source_id FROM sightings WHERE source_id <> $id", {"id": "x"})
    assert looking.read_whole.intersection(OF_MANY) == {"sightings"}  # the last: it has no index for that


def test_after_edits_a_purge_and_a_rewrite_the_indices_find_what_is_there(filled):
    edited = [a_mention(f"7-{m}", text=f"another wording {m}") for m in range(3)]
    keep_all(filled, a_batch(*edited, story_id="s-7", version=2))
    with filled.read() as con:
        assert [m.version for m in story(con, "s-7").mentions] == [2, 2, 2]
    rewrite(filled)
    with filled.read() as con:
        assert con.execute("SELECT count(*) FROM duckdb_indexes()").fetchone() == (4,)
        assert len(story(con, "s-8").mentions) == 3
    purge(filled, NOW + timedelta(days=400), POLICY, force=True)
    with filled.read() as con:
        assert story(con, "s-7") is None
    keep_all(filled, a_batch(a_mention("7-0"), story_id="s-7"))
    with filled.read() as con:
        assert len(story(con, "s-7").mentions) == 1
