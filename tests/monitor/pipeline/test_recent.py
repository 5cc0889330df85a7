"""What new mentions are folded with: kept between transactions, and right whoever else writes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.home import migrated
from builders.judges import HEXLEY, OAKFIELD, judges
from support import forked

from classifiers.stories.folding import fold
from classifiers.stories.shelves import Shelf
from data.retention.purge import purge, rewrite
from data.store.engine.open import Store
from data.store.verdicts import stories
from data.types import Match, Mention, MentionKind, Outcome, Policy, Relevance, Source, SourceRun
from monitor.pipeline import judges as recent_module
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep
from monitor.pipeline.judges import FOLD_DAYS, Recent

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
WORDS = "choir of oakfield primary sang at the hospice friday raised four pounds garden crown pipe hall"
SINCE = NOW - timedelta(days=FOLD_DAYS)
NEWS = "The choir of Oakfield Primary sang for an hour at the hospice in Northvale, and all of it was lovely."


@pytest.fixture
def store(tmp_path):
    return another(tmp_path)


def another(home):
    store = Store(home, clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    return store


@pytest.fixture
def asked(monkeypatch):
    """The schools whose prints were read from the store."""
    found = []
    real = stories.sketches
    monkeypatch.setattr(
        recent_module.story_store,
        "sketches",
        lambda con, urns, since: found.extend(urns) or real(con, urns, since),
    )
    return found


def mention(n, text, published=NOW - timedelta(hours=1)):
    return Mention(
        f"{n:016x}", f"https://talk.example.org/{n}", "local_forum", MentionKind.POST, "", text, NOW,
        published=published,
    )  # fmt: skip


def read(store, judges, *mentions, source="town", urns=("900001",)):
    """Judge and save what one source gave."""
    where = Source(source, "feed", "https://talk.example.org/", urns=urns, surfaced=True)
    run = SourceRun(source, NOW, NOW, Outcome.OK, pages=1, mentions_read=len(mentions))
    judged = judge(Collected(where, run, mentions), store, judges, NOW)
    with store.write("test") as con:
        return keep(con, judged, judges, NOW)


def in_vain(store, recent, *mentions):
    """Place them in a transaction that is rolled back."""
    with store.write("in vain") as con:
        placed(con, recent, *mentions)
        raise ZeroDivisionError


def shelves(store, recent, *urns):
    with store.write("look") as con:
        return recent.shelves(con, urns, SINCE)


def counts(store, recent, *urns):
    return [len(shelf) for shelf in shelves(store, recent, *urns).values()]


def test_it_is_read_once_and_knows_what_was_saved_since(store, asked):
    all_of_it = judges()
    first = read(store, all_of_it, mention(1, NEWS))
    second = read(store, all_of_it, mention(2, NEWS), source="other")
    assert asked == ["900001"]
    assert second.folded[0].story_id == first.folded[0].story_id
    assert counts(store, all_of_it.recent, "900001") == [2]


def test_only_what_is_matched_is_read(store, asked):
    read(store, judges(OAKFIELD, HEXLEY), mention(1, NEWS), urns=())
    assert asked == ["900001"]


def test_what_was_rolled_back_is_forgotten(store, asked):
    recent = Recent()
    with pytest.raises(ZeroDivisionError):
        in_vain(store, recent, mention(1, NEWS))
    assert counts(store, recent, "900001") == [0]
    assert asked == ["900001"]


def placed(con, recent, *mentions):
    return recent.fold(con, mentions, [(Match("900001", Relevance.ABOUT, 0.9),)] * len(mentions), NOW)


def test_a_later_reading_of_the_same_transaction_joins_what_was_placed_before_it(store):
    recent = Recent()
    with store.write("test") as con:
        (one,), (two,) = placed(con, recent, mention(1, NEWS)), placed(con, recent, mention(2, NEWS))
    assert one.story_id == two.story_id


def test_what_another_store_object_wrote_makes_it_be_read_again(store, asked):
    ours, theirs = judges(), judges()
    read(store, ours, mention(1, NEWS))
    read(another(store.home), theirs, mention(2, NEWS), source="other")
    assert counts(store, ours.recent, "900001") == [2]
    assert asked == ["900001"] * 3


WRITE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from data.store.engine.open import Store
now = datetime(2026, 11, 17, 16, tzinfo=UTC)
with Store(Path(sys.argv[1]), clock=lambda: now, sleep=lambda s: None).write("elsewhere") as con:
    con.execute("UPDATE matches SET story_id = 'moved'")
"""


def test_what_another_process_wrote_makes_it_be_read_again(store):
    ours = judges()
    read(store, ours, mention(1, NEWS))
    assert forked.run(WRITE, store.home).returncode == 0
    batch = read(store, ours, mention(2, NEWS), source="other")
    assert [f.story_id for f in batch.folded] == ["moved"]


@pytest.mark.parametrize("change", ["purge", "rewrite"])
def test_what_is_purged_is_found_no_more(store, change):
    ours = judges()
    first = read(store, ours, mention(1, NEWS))
    if change == "rewrite":
        rewrite(store)
        assert counts(store, ours.recent, "900001") == [1]
        return
    purge(store, NOW + timedelta(days=400), Policy())
    assert counts(store, ours.recent, "900001") == [0]
    again = read(store, ours, mention(2, NEWS), source="other")
    assert again.folded[0].story_id != first.folded[0].story_id


def test_where_the_clock_was_set_back_the_older_ones_are_read_too(store, asked):
    ours = judges()
    read(store, ours, mention(1, NEWS, published=NOW - timedelta(days=13)))
    with store.write("look") as con:
        assert len(ours.recent.shelves(con, ["900001"], NOW - timedelta(days=12))["900001"]) == 0
    shelves(store, ours.recent, "900001")
    assert counts(store, ours.recent, "900001") == [1]


def test_no_more_are_kept_than_it_may_hold_those_asked_for_last(store, asked):
    recent, both = Recent(most=2), judges(OAKFIELD, HEXLEY)
    both = replace(both, recent=recent)
    for n, urn in enumerate(("900001", "900002", "900002", "900001"), start=1):
        text = f"Number {n} of {'Oakfield' if urn == '900001' else 'Hexley'} Primary is out, said {n} of us."
        read(store, both, mention(n, text), urns=(urn,), source=f"s{n}")
    del asked[:]
    assert counts(store, recent, "900001") == [2]
    assert asked == []
    assert counts(store, recent, "900002") == [2]
    assert asked == ["900002"]


def test_a_mention_judged_for_one_school_more_keeps_its_print(store):
    both = judges(OAKFIELD, HEXLEY)
    read(store, both, mention(1, NEWS))
    with store.read() as con:
        before = stories.sketches(con, ["900001"], SINCE)
    read(store, both, mention(1, NEWS), source="broad", urns=())
    with store.read() as con:
        assert stories.sketches(con, ["900001"], SINCE) == before != []


def test_folding_with_what_is_kept_is_folding_with_all_of_it_given_anew(store):
    chance, ours = random.Random(7), judges(OAKFIELD, HEXLEY)
    told = [
        " ".join(chance.choices(WORDS.split(), k=20)) + " at Oakfield Primary and Hexley Primary"
        for _ in range(4)
    ]
    for n in range(24):
        words = chance.choice(told).split()
        words[chance.randrange(len(words) - 6)] = chance.choice(WORDS.split())
        made = mention(
            chance.choice([n, n, n // 2]),
            " ".join(words),
            published=NOW - timedelta(hours=chance.randrange(340)),
        )
        matches = [
            tuple(Match(u, Relevance.ABOUT, 0.9) for u in ("900001", "900002") if chance.random() < 0.7)
        ]
        with store.write("look") as con:
            anew = fold([made], matches, of_the_store(con), NOW)
            kept = ours.recent.fold(con, [made], matches, NOW)
            assert list(kept) == anew
        if chance.random() < 0.3:
            with pytest.raises(ZeroDivisionError):
                in_vain(store, ours.recent, made)
        read(store, ours, made, source=f"s{n}", urns=("900001", "900002"))


def of_the_store(con):
    urns = ("900001", "900002")
    return {urn: Shelf(stories.sketches(con, [urn], SINCE)) for urn in urns}
