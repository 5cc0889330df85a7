"""How much a group of readings asks of the store: no more for many sources than for a few."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from builders.home import migrated
from builders.judges import CALM, INSULT, judges
from support.statements import CountedStatements

from data.store.engine.open import Store
from data.store.engine.turn import turn_of
from data.types import Mention, MentionKind, Outcome, Source, SourceRun
from monitor.pipeline import judges as recent
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge_all, keep_all, look

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
TO_LOOK, TO_SAVE, TO_ALERT = 2, 23, 43
"""Statements for a group, however many its sources: whoever needs one more says here why. Of the 43, one asks
who has what rises, one which press matters are open, and, as of the 23, one whether anything was corrected
and one what people put into another story.
"""


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(recent, "turn_of", lambda con: turn_of(getattr(con, "con", con)))
    return migrated(Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None))


def apart(*of):
    """Words that keep a post from being taken for a copy of another."""
    draw = Random(repr(of))
    return " ".join("".join(draw.choices("aeioulmnrst", k=6)) for _ in range(30))


def reading(n, at, *texts, tag=""):
    """What the n-th source gave."""
    posts = [
        Mention(
            id=f"{tag}{n:08x}{k:04x}", url=f"https://{n}.example.org/{tag}{k}", channel="local_forum",
            kind=MentionKind.POST, title="", text=f"{text} {apart(tag, n, k)}", fetched_at=at, author=f"p{n}",
            published=at - timedelta(hours=1),
        )
        for k, text in enumerate(texts)
    ]  # fmt: skip
    where = Source(f"feed:{n}", "feed", f"https://{n}.example.org/feed", urns=("900001",), surfaced=True)
    return Collected(where, SourceRun(where.id, at, at, Outcome.OK, mentions_read=len(posts)), tuple(posts))


def asked(store, readings, by, at):
    """How many statements a look and a saving take."""
    with store.read() as con:
        looking = CountedStatements(con)
        before = look(looking, readings, by, at)
    judged = judge_all(readings, before, by)
    with store.write("test") as con:
        saving = CountedStatements(con)
        batches = keep_all(saving, judged, by, at)
    return looking.asked, saving.asked, batches


def in_turn(store, sizes, *texts):
    """What groups of these many sources ask, after one in which a process asks what it asks but once."""
    by, found = judges(), []
    for turn, size in enumerate((1, *sizes)):
        at = NOW + timedelta(minutes=turn)
        readings = [reading(n, at, *texts, tag=f"t{turn}") for n in range(size)]
        found.append(asked(store, readings, by, at))
    return found[1:]


def test_a_group_of_ordinary_posts_asks_as_much_for_two_sources_as_for_many(store):
    (few_looks, few, _), (many_looks, many, _) = in_turn(store, (2, 20), CALM, CALM)
    assert (len(many_looks), len(many)) == (len(few_looks), len(few))
    assert len(many_looks) <= TO_LOOK, many_looks
    assert len(many) <= TO_SAVE, many


def test_a_group_that_alerts_asks_as_much_for_two_alerts_as_for_many(store):
    (_, few, some), (_, many, more) = in_turn(store, (2, 12), INSULT, CALM)
    assert [sum(len(b.alerts) for b in batches) for batches in (some, more)] == [2, 12]
    assert len(many) == len(few)
    assert len(many) <= TO_ALERT, many
