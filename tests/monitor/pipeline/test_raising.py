"""From what sources bring to who is told: once, without a word of it, and nobody whom it may accuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.home import a_migrated_store
from builders.judges import CALM as NOTE
from builders.judges import INSULT, PEOPLE, judges
from builders.mention import Clock

from alerts.links import Links
from alerts.next_date import Means
from data.store import owners as owner_store
from data.store.alerts import alerts as alert_store
from data.store.alerts import escalations as escalation_store
from data.types import (
    Escalation,
    Mark,
    Marked,
    Mention,
    MentionKind,
    Outcome,
    Person,
    Role,
    Source,
    SourceRun,
)
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
TOWN = Source("town", "feed", "https://talk.example.org/", urns=("900001",))
CALM = "Ms Larkspur of Oakfield Primary, Northvale, was at the winter fair with us."
GRAVE = "Her stepdad comes into her room at night, says my daughter at Oakfield Primary, Northvale."
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path):
    return a_migrated_store(tmp_path, Clock(NOW))


def read(store, text, at, *, source=TOWN, with_=None, **changes):
    mention = Mention(
        id="0123456789abcdef", url="https://talk.example.org/1", channel="local_forum", kind=MentionKind.POST,
        title="", text=text, fetched_at=at,
    )  # fmt: skip
    mention = replace(mention, **changes)
    run = SourceRun(source.id, at, at, Outcome.OK, pages=1, mentions_read=1)
    with_ = with_ or judges()
    judged = judge(Collected(source, run, (mention,)), store, with_, at)
    with store.write("test") as con:
        batch = keep(con, judged, with_, at)
    return batch


def read_at(store, n, text, at):
    """The same words at one more place."""
    place = replace(TOWN, id=f"place{n}", url=f"https://s{n}.example.org/")
    return read(
        store, text, at, source=place, id=f"{n:016x}", url=f"https://s{n}.example.org/1", author=f"a{n}"
    )


def deliver(store):
    with store.write("test") as con:
        con.execute("UPDATE outbox SET sent_at = due_at WHERE withdrawn_at IS NULL AND sent_at IS NULL")


def outbox(store, where="withdrawn_at IS NULL"):
    with store.read() as con:
        return con.execute(f"SELECT person_id, times FROM outbox WHERE {where} ORDER BY 1, 2").fetchall()


def test_whom_the_first_words_named_is_not_told_of_the_edited_ones(store):
    assert read(store, CALM, NOW).alerts == ()
    (alert,) = read(store, GRAVE, NOW + timedelta(hours=1)).alerts
    assert alert.excluded == ("dsl",)
    assert alert.audience == ("head",)


@pytest.mark.parametrize("delivered", [True, False], ids=["sent_at_once", "still_waiting"])
def test_a_burst_of_one_story_over_many_places_with_edits_is_one_mail(store, delivered):
    for n in range(3):
        read_at(store, n, GRAVE, NOW + n * MINUTE)
        if delivered:
            deliver(store)
    read_at(store, 0, f"{GRAVE} Edited, please share.", NOW + 10 * MINUTE)
    assert outbox(store, "true") == [("dsl", 1)]


def test_a_burst_that_rises_before_the_first_mail_is_sent_is_one_mail_the_graver(store):
    for n in range(4):
        read_at(store, n, INSULT, NOW + n * MINUTE / 4)
    assert outbox(store) == [("dsl", 2), ("head", 2)]
    assert outbox(store, "withdrawn_at IS NOT NULL") == [("dsl", 1), ("head", 1)]


def test_a_burst_that_rises_after_the_first_mail_was_sent_is_told_again_once(store):
    for n in range(4):
        read_at(store, n, INSULT, NOW + n * MINUTE)
        deliver(store)
    assert outbox(store, "sent_at IS NOT NULL") == [("dsl", 1), ("dsl", 2), ("head", 1), ("head", 2)]


def test_somebody_told_who_turns_out_to_be_its_subject_gets_nothing_of_what_waits(store):
    read(store, GRAVE, NOW)
    assert outbox(store) == [("dsl", 1)]
    (again,) = read(store, f"{GRAVE} Ms Larkspur hit her as well.", NOW + MINUTE).alerts
    assert "dsl" in again.excluded
    assert "dsl" not in [person for person, _ in outbox(store)]


WITH_DEPUTY = replace(
    judges(), people=(*PEOPLE, Person("vane", "Mrs Noor Vane", (Role.DEPUTY_DSL,), "vane@example.org"))
)


def test_somebody_not_told_yet_who_turns_out_to_be_its_subject_is_kept_out_without_telling_it_again(store):
    people = (PEOPLE[1], Person("vane", "Mrs Noor Vane", (Role.DEPUTY_HEAD,), "vane@example.org"))
    with_ = replace(judges(), people=people)
    (alert,) = read(store, GRAVE, NOW, with_=with_).alerts
    assert (alert.audience, alert.excluded) == (("dsl",), ())
    again = read(store, f"{GRAVE} Mrs Vane knew of it and hit her.", NOW + MINUTE, with_=with_)
    if again.alerts:  # an edit that also rises is told again, and keeps them out then
        assert "vane" in again.alerts[0].excluded
    with store.read() as con:
        assert "vane" in alert_store.alert(con, alert.id).excluded
    assert "vane" not in [person for person, _ in outbox(store)]


def test_somebody_asked_after_it_who_turns_out_to_be_its_subject_is_told_no_more(store):
    with_ = WITH_DEPUTY
    (alert,) = read(store, GRAVE, NOW, with_=with_).alerts
    assert "head" not in alert.audience
    with store.write("test") as con:
        escalation_store.put_step(con, Escalation(alert.id, alert.urn, 1, 1, "head", NOW))
    (again,) = read(store, f"{GRAVE} Mrs Quillfeather hit her.", NOW + MINUTE, with_=with_).alerts
    assert again.times == 2
    assert "head" in again.excluded


def test_somebody_who_took_it_and_turns_out_to_be_its_subject_has_it_no_more(store):
    (alert,) = read(store, GRAVE, NOW, with_=WITH_DEPUTY).alerts
    assert "head" not in alert.audience
    with store.write("test") as con:
        alert_store.ack(con, alert.id, "head", NOW)
    (again,) = read(store, f"{GRAVE} Mrs Quillfeather hit her.", NOW + MINUTE, with_=WITH_DEPUTY).alerts
    assert (again.times, "head" in again.excluded) == (2, True)
    with store.read() as con:
        assert alert_store.acknowledged(con, [alert.id]) == {}


PLANTED = {
    "title": "PLANTEDTITLE",
    "author": "PLANTEDAUTHOR",
    "quoted": "PLANTEDQUOTE",
    "url": "https://plantedhost.example.org/plantedpath",
}
SECRET = replace(TOWN, name="PLANTEDSOURCE", url="https://plantedsource.example.org/")


@pytest.mark.parametrize("text", [GRAVE, INSULT], ids=["restricted", "open"])
def test_nothing_of_a_post_stands_in_any_message(store, text):
    with_ = replace(
        judges(),
        means=lambda urn: Means(links=Links("https://desk.example.org", b"k" * 32), chats=frozenset({"dsl"})),
    )
    batch = read(store, f"{text} PLANTEDTEXT Year 4", NOW, source=SECRET, with_=with_, **PLANTED)
    assert batch.outbox
    with store.read() as con:
        held = repr(con.execute("SELECT * FROM outbox").fetchall()).lower()
    assert "planted" not in held
    assert not [w for w in ("year 4", "stepdad", "moron", "thistlewood", "local_forum") if w in held]
    assert ("forum" in held) is (text == INSULT)


def test_whom_a_threat_names_is_told_what_concerns_them_and_asked_for_nothing(store):
    threat = "I will wait for Mr Thistlewood of Oakfield Primary, Northvale at the gate with a knife tonight."
    people = (*PEOPLE[:2], replace(PEOPLE[2], email="teacher@example.org"))
    batch = read(store, threat, NOW, with_=replace(judges(), people=people))
    bodies = {m.person_id: m.body for m in batch.outbox}
    assert sorted(bodies) == ["dsl", "head", "teacher"]
    asked = bodies.pop("teacher")
    assert "may be a threat" in asked
    assert "ring 101" not in asked
    assert all("ring 101" in body for body in bodies.values())


def test_it_says_how_long_it_may_have_stood_there(store):
    first = read(store, INSULT, NOW)
    assert "We cannot tell how long it had been there." in first.outbox[0].body


@pytest.mark.parametrize(
    ("interval", "before", "surfaced", "says"),
    [
        (None, 16, False, "about every 15 minutes"),
        (7200.0, 120, False, "about every 2 hours"),
        (None, 300, False, "about 5 hours before"),
        (None, 16, True, "We found it through a search."),
    ],
)
def test_of_a_place_read_before_it_says_how_far_behind_it_may_be(store, interval, before, surfaced, says):
    place = replace(TOWN, interval_s=interval, surfaced=surfaced)
    read(store, NOTE, NOW - before * MINUTE, source=place, id="f" * 16)
    assert says in read(store, INSULT, NOW, source=place).outbox[0].body


def test_of_what_bears_its_time_it_says_when_it_was_posted_and_when_we_saw_it(store):
    body = read(store, INSULT, NOW, published=NOW - 200 * MINUTE).outbox[0].body
    assert "Posted at 12:40 on Tuesday 17 November; we saw it at 16:00." in body


def test_a_time_that_a_threat_names_is_said_from_when_it_was_posted_but_not_to_whom_it_is_aimed_at(store):
    threat = "I will wait for Mr Thistlewood of Oakfield Primary, Northvale with a knife, half 3 tomorrow."
    people = (*PEOPLE[:2], replace(PEOPLE[2], email="teacher@example.org"))
    batch = read(store, threat, NOW, with_=replace(judges(), people=people), published=NOW - MINUTE)
    said = {m.person_id: "It names a time: tomorrow, about 15:30." in m.body for m in batch.outbox}
    assert said == {"dsl": True, "head": True, "teacher": False}


def test_of_a_restricted_matter_no_time_is_said(store):
    assert "names a time" not in read(store, f"{GRAVE} Half 3 tomorrow.", NOW).outbox[0].body


def test_of_a_restricted_matter_not_even_that_is_said(store):
    body = read(store, GRAVE, NOW, published=NOW - 200 * MINUTE).outbox[0].body
    assert "12:40" not in body
    assert "We cannot tell how long" not in body


def test_of_what_a_person_reported_nothing_is_said_of_where_it_stood(store):
    by_hand = Source("report-in", "report-in", "", urns=("900001",), listing=True)
    body = read(store, INSULT, NOW, source=by_hand, channel="manual_report").outbox[0].body
    assert "We cannot tell how long it had been there." in body


@pytest.mark.parametrize(("text", "told_again"), [(INSULT, True), (NOTE, False)], ids=["as_serious", "calm"])
def test_what_was_marked_as_done_is_told_again_only_where_something_serious_comes(store, text, told_again):
    (alert,) = read(store, INSULT, NOW).alerts
    deliver(store)
    with store.write("test") as con:
        owner_store.put(con, Marked(alert.story_id, alert.urn, Mark.NOT_US, "head", NOW + MINUTE))
    later = {"id": "f" * 16, "url": "https://talk.example.org/2", "parent": "0123456789abcdef"}
    raised = read(store, f"{text} Again!", NOW + 5 * MINUTE, **later).alerts
    assert [a.times for a in raised] == ([2] if told_again else [])
    with store.read() as con:
        assert (alert.story_id in owner_store.marks(con, [alert.story_id])) is not told_again
        still_open = [a.id for a in alert_store.list_alerts(con)]
    assert still_open == ([alert.id] if told_again else [])
