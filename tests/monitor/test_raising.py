"""Whom an edited mention tells: nobody whom its former words may accuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from judging_words import judges

from data.store import mentions as mention_store
from data.store.open import Store
from data.types import Mention, MentionKind, Outcome, Source, SourceRun
from monitor.collect import Collected
from monitor.judge import judge

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
TOWN = Source("town", "feed", "https://talk.example.org/", urns=("900001",))
CALM = "Ms Larkspur of Oakfield Primary, Northvale, was at the winter fair with us."
GRAVE = "Her stepdad comes into her room at night, says my daughter at Oakfield Primary, Northvale."


def read(store, text, at):
    mention = Mention(
        id="0123456789abcdef", url="https://talk.example.org/1", channel="local_forum", kind=MentionKind.POST,
        title="", text=text, fetched_at=at,
    )  # fmt: skip
    run = SourceRun("town", at, at, Outcome.OK, pages=1, mentions_read=1)
    batch = judge(Collected(TOWN, run, (mention,)), store, judges(), at)
    with store.write("test") as con:
        mention_store.save(con, batch, now=at, policy=judges().policy)
    return batch


def test_whom_the_first_words_named_is_not_told_of_the_edited_ones(tmp_path):
    store = Store(tmp_path, clock=lambda: NOW, sleep=lambda s: None)
    store.migrate()
    assert read(store, CALM, NOW).alerts == ()
    (alert,) = read(store, GRAVE, NOW + timedelta(hours=1)).alerts
    assert alert.excluded == ("dsl",)
    assert alert.audience == ("head",)
