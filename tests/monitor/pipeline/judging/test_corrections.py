"""What people marked as judged wrongly: what becomes of its like, and how many a model agrees with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders.home import migrated
from builders.judges import OAKFIELD, Words, judges
from builders.mention import a_match, a_mention, a_verdict

from classifiers.verdicts.by_people.corrected import Corrected, as_corrected
from data.ids import digest
from data.judged import beyond_cap, calls_for_alert
from data.matters import SaidWrong
from data.store import owners
from data.store.engine.open import Store
from data.store.verdicts import said_wrong
from data.types import (
    Mark,
    Marked,
    Mention,
    MentionKind,
    Outcome,
    Reason,
    Relevance,
    Route,
    SchoolTold,
    Sentiment,
    Severity,
    Source,
    SourceRun,
)
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep
from research.corrections import replay

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
JOKE = "The goalkeeper of Oakfield Primary, Northvale is a useless moron, says his mother, at every match."
AGAIN = (
    "The goalkeeper of Oakfield Primary, Northvale is still a useless moron, says his mother, every match!"
)
OTHER = "Everybody at Oakfield Primary is a moron. We in Brackenford are ashamed."
OTHER_AGAIN = "Brackenford again: that teacher of Oakfield Primary, what a creep."
DULL = "Does anybody at Oakfield Primary in Northvale know why the back gate is open every night, please?"
DULL_AGAIN = (
    "Does anyone at Oakfield Primary in Northvale know why the back gate is open every night again, please?"
)
PLACE = Source("town", "feed", "https://talk.example.org/", urns=(OAKFIELD.urn,))


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path, clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    return store


def read(store, *texts, by=None, place=PLACE, of=""):
    """The verdicts on these, each a post of its own that was saved, or another version of that post."""
    base = Mention("", "", "local_forum", MentionKind.POST, "", "", NOW, author="person", published=NOW)
    mentions = [
        replace(base, id=of or digest(text)[:16], url=f"{PLACE.url}{digest(text)}", text=text)
        for text in texts
    ]
    run = SourceRun(place.id, NOW, NOW, Outcome.OK, pages=1, mentions_read=len(texts))
    found = judge(Collected(place, run, tuple(mentions)), store, by or judges(), NOW)
    with store.write("test") as con:
        return keep(con, found, by or judges(), NOW).verdicts


def mark(store, verdict, kind, why="So.", **right):
    with store.write("test") as con:
        story = con.execute(
            "SELECT story_id FROM matches WHERE mention_id = ?", [verdict.mention_id]
        ).fetchone()[0]
        given = SaidWrong(verdict.mention_id, OAKFIELD.urn, "head", None, "", None, why, NOW, kind)
        was = {
            "was_relevance": verdict.relevance,
            "was_severity": verdict.severity,
            "was_route": verdict.route,
        }
        said_wrong.put(con, replace(given, **({"counts_at": NOW} | was | right)), story or "")
        if kind in ("not_us", "too_grave"):
            owners.put(con, Marked(story, OAKFIELD.urn, Mark(kind), "head", NOW))
    return story


def test_what_was_judged_too_gravely_does_not_alert_again_and_is_shown(store):
    (marked,) = read(store, JOKE)
    assert calls_for_alert(marked)
    mark(store, marked, "too_grave")
    (again,) = read(store, AGAIN)
    assert (calls_for_alert(again), again.look, again.severity) == (False, True, Severity.RESPOND)
    assert again.reasons[0].code == "like_too_grave"


def test_what_is_like_something_missed_in_a_lane_is_raised_in_that_lane_and_once_more(store):
    (marked,) = read(store, DULL)
    assert not calls_for_alert(marked)
    mark(store, marked, "missed", route=Route.SAFEGUARDING)
    (again,) = read(store, DULL_AGAIN)
    assert (again.route, again.restricted, again.reasons[0].code) == (Route.SAFEGUARDING, True, "like_missed")
    (third,) = read(store, DULL_AGAIN.replace("again", "once more"))
    assert third.route is Route.SAFEGUARDING
    with store.read() as con:
        assert con.execute("SELECT times, reason_codes[1] FROM alerts").fetchall() == [(2, "like_missed")]


@pytest.mark.parametrize(
    "more",
    [
        " I will be at the gate with a knife.",
        " My stepdad hits me there.",
        " And that creep Mr Thistlewood touches the infants.",
    ],
)
def test_what_says_more_than_the_marked_one_alerts_as_before(store, more):
    (marked,) = read(store, JOKE)
    mark(store, marked, "too_grave")
    (graver,) = read(store, JOKE.removesuffix(".") + "." + more)
    assert calls_for_alert(graver)
    assert not any(reason.code.startswith("like_") for reason in graver.reasons)


def test_what_waits_for_a_second_person_counts_for_nothing(store):
    (marked,) = read(store, JOKE)
    mark(store, marked, "too_grave", counts_at=None)
    (again,) = read(store, AGAIN)
    assert calls_for_alert(again)


def test_what_was_raised_anew_since_counts_no_more(store):
    (marked,) = read(store, JOKE)
    mark(store, marked, "too_grave")
    with store.write("test") as con:
        con.execute("UPDATE alerts SET times = times + 1")
    (again,) = read(store, AGAIN)
    assert calls_for_alert(again)


def test_words_that_were_edited_since_it_was_marked_count_for_nothing(store):
    (marked,) = read(store, JOKE)
    mark(store, marked, "too_grave")
    with store.write("test") as con:
        con.execute("UPDATE mentions SET fetched_at = fetched_at + INTERVAL 1 HOUR")
    assert calls_for_alert(read(store, AGAIN)[0])
    with store.read() as con:
        assert replay(con, {PLACE.id: PLACE}, judges()).made.total() == 0


def test_an_edited_post_keeps_the_tone_and_whose_it_is_as_somebody_said(store):
    loose = judges(replace(OAKFIELD, locality="", aliases=("Oakfield Primary",)))
    (first,) = read(store, OTHER, by=loose)
    for kind, right in (("tone", {"tone": Sentiment.POSITIVE}), ("ours", {"relevance": Relevance.ABOUT})):
        mark(store, first, kind, **right)
    (edited,) = read(store, OTHER_AGAIN, by=loose, of=first.mention_id)
    assert (first.relevance, edited.version) == (Relevance.UNSURE, 2)
    assert (edited.relevance, edited.sentiment) == (Relevance.ABOUT, Sentiment.POSITIVE)


def test_taken_back_it_counts_no_more(store):
    (marked,) = read(store, JOKE)
    story = mark(store, marked, "too_grave")
    with store.write("test") as con:
        said_wrong.take_back(con, story, OAKFIELD.urn, "head", NOW, ["too_grave"])
    (again,) = read(store, AGAIN)
    assert calls_for_alert(again)


def test_the_place_that_people_named_as_another_schools_raises_no_alert_again(store):
    loose = judges(replace(OAKFIELD, locality="", aliases=("Oakfield Primary",)))
    (marked,) = read(store, OTHER, by=loose)
    mark(store, marked, "not_us", why="It is the Oakfield in Brackenford")
    (again,) = read(store, OTHER_AGAIN, by=loose)
    assert (marked.relevance, calls_for_alert(marked)) == (Relevance.UNSURE, True)
    assert not calls_for_alert(again)
    assert "like_not_us" in {reason.code for reason in again.reasons}


@pytest.mark.parametrize("code", ["local_board", "own_group", "school_review", "source_place", "our_people"])
def test_another_place_lowers_nothing_that_is_tied_to_us(code):
    post = a_mention("new", text="Hexley says that the caretaker of Oakfield is a crook.")
    insult = a_verdict(post, severity=Severity.TODAY, abuse=("harassment",))
    marked = Corrected(
        "not_us", a_mention("old", text="A liar."), a_match(), insult, names=frozenset(("hexley",))
    )
    tie = (Reason(code, ""),)
    ours = replace(insult, reasons=tie) if code == "our_people" else insult
    match = a_match(reasons=() if code == "our_people" else tie)
    assert as_corrected(insult, post, a_match(), (), [marked]).look
    assert as_corrected(ours, post, match, (), [marked]) == ours


def test_what_was_handed_in_is_judged_as_if_nothing_was_marked(store):
    (marked,) = read(store, JOKE)
    mark(store, marked, "too_grave")
    assert calls_for_alert(read(store, AGAIN, place=replace(PLACE, handed_in=SchoolTold.HERE))[0])


@pytest.mark.parametrize(("code", "channel"), [("reported", "forum"), ("name_alone", "manual_report")])
def test_what_was_sent_on_is_never_lowered(code, channel):
    told, post = a_match(reasons=(Reason(code, ""),)), a_mention("old", channel=channel)
    insult = a_verdict(post, severity=Severity.TODAY)
    assert as_corrected(insult, post, told, (), [Corrected("too_grave", post, told, insult)]) == insult


def test_what_is_like_a_missed_post_is_shown_for_a_look(store):
    (marked,) = read(store, DULL)
    mark(store, marked, "missed")
    (again,) = read(store, DULL_AGAIN)
    assert (marked.look, again.look, again.severity) == (False, True, marked.severity)
    assert beyond_cap(again)


class Milder(Words):
    """Another model: it takes nobody for insulted."""

    def _shares(self, text):
        return super()._shares(text.replace("moron", "person"))


def test_a_model_is_counted_by_the_corrections_that_it_agrees_with_and_those_that_it_loses(store):
    for text, kind, right in ((JOKE, "too_grave", {}), (DULL, "ours", {"relevance": Relevance.ABOUT})):
        mark(store, read(store, text)[0], kind, **right)
    insult = read(store, "Mr Thistlewood of Oakfield Primary, Northvale is a moron and a pig.")[0]
    mark(store, insult, "wrong_lane", route=insult.route, was_route=Route.RESPOND)
    milder = replace(judges(), scorer=Milder)
    with store.read() as con:
        counts = replay(con, {PLACE.id: PLACE}, milder, judges())
    assert counts.made.total() == 3
    assert (counts.before["too_grave"], counts.now["too_grave"]) == (0, 1)
    assert +counts.lost == {"wrong_lane": 1}
