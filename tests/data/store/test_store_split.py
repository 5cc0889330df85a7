"""Of homes from before: what people handed in at one address is one post for each of their words again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import process_time

import pytest
from builders.case import a_case
from builders.home import migrated
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_run, a_store, a_verdict, an_alert

from data.store.alerts import alerts as alert_store
from data.store.cases.case_posts import posts
from data.store.cases.cases import whole_file
from data.store.engine.audit_chain import AuditEntry, append, note
from data.store.engine.migrations import MIGRATIONS
from data.store.mentions.batch import save
from data.store.mentions.person_reports import Reported, posts_there, reported
from data.store.sealing import seal_posts
from data.store.verdicts.stories import story
from data.store.verdicts.verdicts import story_verdicts
from data.types import Route, Severity

URL = "https://www.facebook.com/groups/northvale.example"
THREAT = a_mention(
    "one", url=URL, title="", text="I will stab him at the gate.", author="Lee", published=None
)
CONCERT = replace(THREAT, text="A lovely concert.", author="Pat")
GRAVE = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "content_class": "C6"}
NAMES = ("split_by_hand", "split_what_was_read_too", "brought_by")
SPLIT = [statement for m in MIGRATIONS if m.name in NAMES for statement in m.statements]
BY_HAND, READ = "report-in", "feed:one"


@pytest.fixture
def store(tmp_path):
    return migrated(a_store(tmp_path))


def handed_in(store, *said, sources=(BY_HAND,) * 3, restricted=False, sealed=False):
    """These versions of one post, as they were saved before; then the home is brought up to date."""
    with store.write("test") as con:
        con.execute("DROP INDEX sightings_by_mention")
        con.execute("ALTER TABLE sightings DROP COLUMN entry")
        con.execute("CREATE INDEX sightings_by_mention ON sightings (mention_id)")
        for n, (mention, verdict) in enumerate(said, start=1):
            at = NOW + timedelta(hours=n)
            judged = a_verdict(mention, n, restricted=restricted, **verdict)
            alerts = [an_alert("s-one", restricted=restricted)] if verdict else []
            batch = a_batch(
                replace(mention, fetched_at=at),
                verdicts=[judged],
                version=n,
                run=a_run(sources[n - 1], at),
                alerts=alerts,
            )
            save(con, batch, now=at, policy=POLICY)
            if sources[n - 1] == BY_HAND:
                codes = (note(con, f"Office {n}"),)
                append(con, [AuditEntry(at, BY_HAND, "reported_in", mention.id, URN, codes)])
        if sealed:
            seal_posts(con, [THREAT.id], at, "0001")
        for statement in SPLIT:
            con.execute(statement)


@pytest.mark.parametrize("restricted", [False, True])
def test_a_threat_that_another_report_replaced_is_a_post_again_with_its_verdict_and_alert(store, restricted):
    handed_in(store, (THREAT, GRAVE), (CONCERT, {}), restricted=restricted)
    with store.read() as con:
        concert, threat = sorted(posts(con, "s-one", restricted=True), key=lambda p: p.text)
        assert (threat.text, threat.url, threat.author) == (THREAT.text, URL, "Lee" if restricted else None)
        assert (concert.text, concert.mention_id) == (CONCERT.text, THREAT.id)
        judged = {v.mention_id: v.severity for v in story_verdicts(con, ["s-one"])["s-one"]}
        assert judged == {threat.mention_id: Severity.THIS_HOUR, concert.mention_id: Severity.RESPOND}
        assert list(alert_store.by_story(con, ["s-one"])) == [("s-one", URN)]
        assert story(con, "s-one").row.title == ("" if restricted else THREAT.text)
        assert {p.text for p in posts_there(con, URL)} == {THREAT.text, CONCERT.text}


def test_what_we_fetched_again_stays_versions_of_one_post(store):
    handed_in(store, (THREAT, GRAVE), (CONCERT, {}), sources=(READ, READ))
    with store.read() as con:
        assert [p.text for p in posts(con, "s-one")] == [CONCERT.text]


def test_the_same_words_once_more_are_no_other_post(store):
    handed_in(store, (THREAT, GRAVE), (CONCERT, {}), (THREAT, GRAVE))
    with store.read() as con:
        assert sorted(p.text for p in posts(con, "s-one")) == sorted((THREAT.text, CONCERT.text))


@pytest.mark.parametrize(
    ("said", "sources"),
    [
        ((THREAT, CONCERT), (READ, BY_HAND)),
        ((THREAT, CONCERT), (BY_HAND, READ)),
        ((CONCERT, THREAT, CONCERT), (READ, BY_HAND, READ)),
        ((THREAT, CONCERT, THREAT), (READ, BY_HAND, BY_HAND)),
    ],
)
def test_what_came_by_hand_is_a_post_of_its_own_where_a_source_read_the_post_too(store, said, sources):
    judged = [(one, GRAVE if one is THREAT else {}) for one in said]
    handed_in(store, *judged, sources=sources)
    with store.read() as con:
        shown = {p.mention_id == THREAT.id: p.text for p in posts(con, "s-one")}
        read = next(one.text for one, by in zip(said[::-1], sources[::-1], strict=True) if by == READ)
        assert shown == {True: read, False: next(one.text for one in said if one.text != read)}
        severities = {v.mention_id == THREAT.id: v.severity for v in story_verdicts(con, ["s-one"])["s-one"]}
        assert severities[read == THREAT.text] == Severity.THIS_HOUR


def test_what_is_sealed_of_a_post_that_a_source_read_too_stays_as_it_is(store):
    handed_in(store, (THREAT, GRAVE), (CONCERT, {}), sources=(READ, BY_HAND), sealed=True)
    with store.read() as con:
        assert [(p.text, p.version) for p in posts(con, "s-one")] == [(CONCERT.text, 2)]


def test_a_post_that_was_split_has_who_handed_it_in_and_when(store):
    handed_in(store, (THREAT, GRAVE), (CONCERT, {}))
    with store.read() as con:
        (threat,) = (p.mention_id for p in posts(con, "s-one") if p.text == THREAT.text)
        assert reported(con, [threat]) == {threat: [Reported(threat, NOW + timedelta(hours=1), "Office 1")]}


def test_who_brought_many_posts_is_found_without_asking_each_report_for_each_note(store):
    with store.write("test") as con:
        con.execute("""INSERT INTO audit SELECT 1000 + i, now(), 'report-in', 'reported_in', 'post ' || i,
            '1', ['number:' || i, 'note:' || i], '', '' FROM range(10000) r(i)""")
        con.execute("INSERT INTO audit_notes SELECT CAST(i AS VARCHAR), 'Office ' || i FROM range(4000) r(i)")
        began = process_time()
        found = reported(con, [f"post {i}" for i in range(50)])
        assert process_time() - began < 0.2
    assert [found[f"post {i}"][0].seen_by for i in (0, 49)] == ["Office 0", "Office 49"]


def test_a_case_about_a_post_that_was_split_shows_each_of_its_words_once(store):
    handed_in(store, (THREAT, GRAVE), (CONCERT, {}))
    with store.read() as con:
        file = whole_file(con, a_case())
        assert [file.post.text, *(words.text for words in file.beside)] == [CONCERT.text, THREAT.text]
