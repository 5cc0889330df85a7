"""Verdicts, kept with everyone who may be meant, on every version."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders.mention import NOW, POLICY, a_batch, a_mention, a_verdict

from data.digest import Window
from data.store.engine.open import Store
from data.store.mentions.batch import save
from data.store.reporting.fresh_stories import fresh_stories
from data.store.verdicts.verdicts import former_verdicts


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
