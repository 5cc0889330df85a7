"""One story is found by indices: the rows of all others are not read."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from builders.mention import NOW, POLICY, a_batch, a_mention

from data.retention.purge import purge, rewrite
from data.store.mentions.batch import save
from data.store.verdicts.stories import list_stories, story
from data.store.verdicts.verdicts import story_verdicts

OF_MANY = ("matches", "mentions", "verdicts", "mention_versions", "sightings")


def keep(store, *batches):
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
    keep(store, *batches)
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
    keep(filled, a_batch(*edited, story_id="s-7", version=2))
    with filled.read() as con:
        assert [m.version for m in story(con, "s-7").mentions] == [2, 2, 2]
    rewrite(filled)
    with filled.read() as con:
        assert con.execute("SELECT count(*) FROM duckdb_indexes()").fetchone() == (4,)
        assert len(story(con, "s-8").mentions) == 3
    purge(filled, NOW + timedelta(days=400), POLICY, force=True)
    with filled.read() as con:
        assert story(con, "s-7") is None
    keep(filled, a_batch(a_mention("7-0"), story_id="s-7"))
    with filled.read() as con:
        assert len(story(con, "s-7").mentions) == 1
