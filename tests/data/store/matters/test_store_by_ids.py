"""Stories of very many posts are read by the ids of these: all of them, whenever they were written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.mention import NOW, POLICY, a_batch, a_mention, a_run, a_verdict

from data.store.engine.connect import sparing
from data.store.mentions.batch import save
from data.store.verdicts.stories import list_stories, story
from data.store.verdicts.verdicts import story_verdicts
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
