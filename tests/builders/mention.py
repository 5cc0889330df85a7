"""Invented values for tests of the store: each function gives a whole one, fields changed by name."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from data.ids import digest, text_hash
from data.judged import meant_by_labels
from data.store.engine.open import Store
from data.store.mentions import Batch, save_all
from data.store.outbox import SELECTED, WAITS, message
from data.types import (
    About,
    Alert,
    Folded,
    Match,
    Mention,
    MentionKind,
    OutboxMessage,
    Outcome,
    Policy,
    Reason,
    Relevance,
    Route,
    Sentiment,
    Severity,
    Sketch,
    SourceRun,
    Story,
    Verdict,
)

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
URN = "900001"
POLICY = Policy()


class Clock:
    """A clock that moves when told, and a sleep that moves it."""

    def __init__(self, at=NOW):
        self.at = at
        self.slept: list[float] = []

    def __call__(self):
        return self.at

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


def a_store(home, clock=None, wait_s=5.0, sleep=time.sleep):
    """A store at a clock that moves when told. To wait for another thread's turn takes real time and moves no
    clock, unless `sleep` is the clock's."""
    return Store(home, clock=clock or Clock(), sleep=sleep, wait_s=wait_s)


def a_mention(name="one", **fields):
    """A mention whose id, address and text come from its name."""
    mention = Mention(
        id=digest(name)[:16], url=f"https://forum.example.org/{name}", channel="forum", kind=MentionKind.POST,
        title=f"Title {name}", text=f"Oakfield is mentioned here as {name}.", fetched_at=NOW,
        author=f"poster-{name}", published=NOW - timedelta(hours=2),
    )  # fmt: skip
    return replace(mention, **fields)


def a_verdict(mention, version=1, **fields):
    verdict = Verdict(
        mention_id=mention.id, version=version, urn=URN, relevance=Relevance.ABOUT,
        sentiment=Sentiment.NEGATIVE, abuse=(), about=About.SCHOOL, severity=Severity.RESPOND,
        route=Route.RESPOND, reasons=(Reason("criticism", "It criticises a decision."),),
        scores=(("sentiment:negative", 0.75), ("abuse:threat", 0.125)), model="test-model",
    )  # fmt: skip
    return by_labels(verdict, **fields)


def by_labels(verdict, **changes):
    """The verdict so changed, with whom it means as its route, labels and subject tell it where not given."""
    subjects = changes.pop("subjects", verdict.subjects)
    changed = replace(verdict, **changes)
    if "accuses" in changes or "endangers" in changes:
        return changed
    of = changed.route, changed.abuse, changed.about, changed.subject_person, subjects
    endangers, accuses = meant_by_labels(*of)
    return replace(changed, endangers=endangers, accuses=accuses)


def a_match(**fields):
    match = Match(URN, Relevance.ABOUT, 0.9, (Reason("name_and_street", "Name and street together."),))
    return replace(match, **fields)


def a_fold(mention, story_id, urn=URN):
    body = text_hash("", mention.text)
    sketch = Sketch(mention.id, story_id, urn, mention.url, body, b"\x01\x02", mention.fetched_at)
    return Folded(mention.id, story_id, urn, "new", sketch)


def a_run(source_id="feed:one", at=NOW, **fields):
    run = SourceRun(source_id, at, at + timedelta(seconds=2), Outcome.OK, mentions_read=1, mentions_new=1)
    return replace(run, **fields)


def an_alert(story_id, **fields):
    alert = Alert(
        id=digest("alert", story_id)[:12], story_id=story_id, urn=URN, severity=Severity.TODAY,
        route=Route.REQUEST_REMOVAL, content_class="C11", restricted=False, audience=("p-head",), excluded=(),
        because=(Reason("street", "A street is given."),), raised_at=NOW,
    )  # fmt: skip
    return replace(alert, **fields)


def a_message(key="m1", **fields):
    message = OutboxMessage(
        key=key, urn=URN, person_id="p-head", kind="instant", subject="One matter waits for you",
        body="Open it at the desk.", due_at=NOW, expires_at=NOW + timedelta(hours=24),
    )  # fmt: skip
    return replace(message, **fields)


def a_batch(
    *mentions, verdicts=None, story_id="s-one", version=1, run=None, match=None, alerts=(), outbox=()
):
    """One run's batch: every mention matched, judged and, with a story id, folded into one story."""
    run = run or a_run()
    match = match or a_match()
    judged = [a_verdict(m, version, relevance=match.relevance) for m in mentions]
    given = judged if verdicts is None else verdicts
    stories = [Story(story_id, URN, mentions[0].title, NOW, NOW)] if story_id and mentions else []
    return Batch(
        run=run, source_id=run.source_id, mentions=mentions, versions={m.id: version for m in mentions},
        seen=tuple(m.id for m in mentions), matches=tuple((m.id, version, match) for m in mentions),
        stories=tuple(stories), folded=tuple(a_fold(m, story_id) for m in mentions) if story_id else (),
        verdicts=tuple(given), alerts=tuple(alerts), outbox=tuple(outbox),
    )  # fmt: skip


def save(con, batch, *, now, policy):
    """Writes one batch, as `save_all` does."""
    save_all(con, [batch], now=now, policy=policy)


def keep(store, *batches, now=NOW):
    with store.write("save test batches") as con:
        for batch in batches:
            save(con, batch, now=now, policy=POLICY)


def pending_outbox(con, now):
    """The messages due at that time that wait and are not expired, the longest due first."""
    rows = con.execute(
        f"SELECT {SELECTED} FROM outbox WHERE {WAITS} AND due_at <= $now AND expires_at > $now "
        "ORDER BY due_at, key",
        {"now": now},
    ).fetchall()
    return [message(row) for row in rows]
