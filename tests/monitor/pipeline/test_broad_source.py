"""A source that is watched for very many schools: rows only for those that a text points to, and it is known
that it was judged for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.home import migrated
from builders.judges import INSULT, Words, judges

from classifiers.linking.linker import MANY
from data.privacy.terms import TermKind, term
from data.register.calendar import SchoolHours
from data.retention.preview import preview
from data.retention.purge import purge
from data.store.engine.open import Store
from data.store.mentions.known import known
from data.store.privacy.held import find
from data.types import (
    Mention,
    MentionKind,
    Outcome,
    Policy,
    Relevance,
    School,
    Source,
    SourceRun,
    SourceState,
)
from monitor.cli.views.scan.summary import summarise
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
SOURCE = Source("broad", "feed", "https://talk.example.org/")
RUN = SourceRun("broad", NOW, NOW, Outcome.OK, pages=1, mentions_read=1)
LOST = "Lost: a grey cat with one white paw, answers to Biscuit, last seen by the allotments on Tuesday."
OAKFIELD = School("900001", "Oakfield Primary School", locality="Northvale")
LATER = School("900999", "Allotments Primary School", aliases=("Biscuit Academy",), locality="Latertown")


def others(count):
    return tuple(
        School(
            f"91{n:04}",
            f"Quil{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10]}ford Academy",
            locality=f"Town{n}x",
        )
        for n in range(count)
    )


MANY_SCHOOLS = (OAKFIELD, *others(MANY))


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path, clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    return store


class Counting(Words):
    """The same model, which counts what it is asked."""

    def __init__(self):
        self.asked = 0

    def score(self, texts):
        self.asked += len(texts)
        return super().score(texts)


def many(*schools):
    model = Counting()
    return replace(judges(*(schools or MANY_SCHOOLS)), scorer=lambda: model), model


def mention(n, text, **changes):
    base = Mention(
        f"{n:016x}", f"https://talk.example.org/{n}", "local_forum", MentionKind.POST, "", text, NOW,
        author="Biscuit’s owner", published=NOW - timedelta(hours=1),
    )  # fmt: skip
    return replace(base, **changes)


def read(store, judges, *mentions, source=SOURCE):
    judged = judge(Collected(source, replace(RUN, source_id=source.id), mentions), store, judges, NOW)
    with store.write("test") as con:
        return keep(con, judged, judges, NOW)


def asked(store, query):
    with store.read() as con:
        return con.execute(query).fetchall()


def test_what_points_to_no_school_has_no_row_for_any(store):
    every, _ = many()
    batch = read(store, every, mention(1, LOST))
    assert (batch.matches, batch.verdicts, len(batch.mentions)) == ((), (), 1)
    with store.read() as con:
        (of,) = known(con, [mention(1, LOST).id])[mention(1, LOST).id].sets
    assert of.urns == {s.urn for s in MANY_SCHOOLS}


def test_what_names_one_school_has_a_row_for_that_one(store):
    every, _ = many()
    batch = read(store, every, mention(1, INSULT))
    assert [(v.urn, v.relevance) for v in batch.verdicts] == [("900001", Relevance.ABOUT)]
    assert [a.urn for a in batch.alerts] == ["900001"]


def test_it_is_not_judged_again(store):
    every, model = many()
    posts = mention(1, LOST), mention(2, INSULT)
    read(store, every, *posts)
    before = model.asked
    assert read(store, every, *posts).mentions == ()
    assert model.asked == before


def test_new_words_are_judged_again(store):
    every, _ = many()
    read(store, every, mention(1, LOST))
    batch = read(store, every, mention(1, INSULT))
    assert [(v.urn, v.version) for v in batch.verdicts] == [("900001", 2)]


def test_a_school_that_is_added_later_is_judged_for_once(store):
    every, _ = many()
    text = (
        "Lost: a cat near Allotments Primary School in Latertown, answers to Biscuit, please tell the office."
    )
    read(store, every, mention(1, text))
    more, _ = many(*MANY_SCHOOLS, LATER)
    assert [v.urn for v in read(store, more, mention(1, text)).verdicts] == ["900999"]
    assert read(store, more, mention(1, text)).mentions == ()
    assert read(store, every, mention(1, text)).mentions == ()


def test_a_school_that_is_taken_away_makes_nothing_new(store):
    every, _ = many(*MANY_SCHOOLS, LATER)
    read(store, every, mention(1, LOST))
    fewer, _ = many()
    assert read(store, fewer, mention(1, LOST)).mentions == ()


def test_what_came_by_a_school_s_own_source_first_is_judged_for_the_others_once(store):
    every, _ = many()
    own = replace(SOURCE, id="own", urns=("900001",), surfaced=True)
    first = read(store, every, mention(1, INSULT), source=own)
    again = read(store, every, mention(1, INSULT))
    assert [v.urn for v in (*first.verdicts, *again.verdicts)] == ["900001"]
    assert read(store, every, mention(1, INSULT)).mentions == ()
    assert read(store, every, mention(1, INSULT), source=own).mentions == ()


def test_up_to_fifty_schools_each_has_a_row(store):
    few, _ = many(*MANY_SCHOOLS[:MANY])
    batch = read(store, few, mention(1, LOST))
    assert {v.urn for v in batch.verdicts} == {s.urn for s in MANY_SCHOOLS[:MANY]}
    assert batch.judged_for == ()
    assert asked(store, "FROM judged_for") == asked(store, "FROM school_sets") == []


def test_a_reply_to_what_is_about_a_school_is_about_it_too(store):
    every, _ = many()
    post = mention(1, INSULT)
    reply = mention(2, "Quite so, and nobody does anything at all.", kind=MentionKind.REPLY, parent=post.id)
    answer = mention(3, "As ever, I am afraid, year in, year out.", kind=MentionKind.REPLY, parent=reply.id)
    batch = read(store, every, post, reply)
    assert {v.mention_id for v in batch.verdicts if v.urn == "900001"} == {post.id, reply.id}
    assert [v.urn for v in read(store, every, answer).verdicts] == ["900001"]


def test_after_a_day_it_goes_and_is_counted_for_each_school(store):
    every, model = many()
    read(store, every, mention(1, LOST), mention(2, INSULT), mention(3, f"{LOST} Please."))
    done = purge(store, NOW + timedelta(days=2), Policy())
    assert (done.deleted, done.not_about) == (2, 2)
    counted = asked(store, "SELECT purged, count(*) FROM counts WHERE relevance = 'not_about' GROUP BY ALL")
    assert counted == [(2, len(MANY_SCHOOLS))]
    assert asked(store, "SELECT mention_id FROM judged_for") == [(mention(2, "").id,)]
    before = model.asked
    assert read(store, every, mention(1, LOST)).mentions == ()
    assert model.asked == before


def test_a_school_that_has_a_verdict_of_it_is_not_counted_twice(store):
    every, _ = many()
    read(store, every, mention(2, INSULT))
    purge(store, NOW + timedelta(days=400), Policy())
    counted = dict(asked(store, "SELECT urn, list(relevance) FROM counts GROUP BY urn"))
    assert len(counted) == len(MANY_SCHOOLS)
    assert counted["900001"] == ["about"]
    assert asked(store, "FROM judged_for") == asked(store, "FROM school_sets") == []


def test_a_scan_says_for_each_school_what_was_not_about_it(store):
    every, _ = many()
    batch = read(store, every, mention(1, LOST), mention(2, INSULT))
    summary = summarise(
        [(SOURCE, SourceState("broad"), batch)], MANY_SCHOOLS,
        started=NOW, finished=NOW, waiting_messages=0, look_share=0.125,
        hours=lambda _: SchoolHours(frozenset(), ZoneInfo("UTC")),
    )  # fmt: skip
    assert [s.not_about for s in summary.schools] == [1, *[2] * MANY]


def test_whoever_asks_a_school_for_their_data_is_told_of_it(store):
    every, _ = many()
    read(store, every, mention(1, LOST))
    with store.read() as con:
        found = find(con, ["910003"], term(TermKind.NAME, "Biscuit’s owner"))
    assert [one.post.mention_id for one in found.posts] == [mention(1, LOST).id]


def test_what_will_be_deleted_is_told_to_each_school(store):
    every, _ = many()
    read(store, every, mention(1, LOST), mention(2, INSULT))
    with store.read() as con:
        ours, theirs = (
            preview(con, [u], NOW, NOW + timedelta(days=2), Policy()) for u in ("900001", "910003")
        )
    assert [[(g.relevance, g.posts) for g in p.going] for p in (ours, theirs)] == [[("not_about", 1)]] * 2
