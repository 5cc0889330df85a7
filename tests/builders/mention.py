"""Invented values for tests of the store: each function gives a whole one, fields changed by name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.ids import digest, text_hash
from data.judged import meant_by_labels
from data.store.engine.open import Store
from data.store.mentions.batch import Batch
from data.store.messages.outbox import SELECTED, WAITS, message
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

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


def a_store(home: Path, clock: Clock | None = None, wait_s: float = 5.0) -> Store:
    clock = clock or Clock()
    return Store(home, clock=clock, sleep=clock.sleep, wait_s=wait_s)


def a_mention(name: str = "one", **fields: object) -> Mention:
    """A mention whose id, address and text come from its name."""
    mention = Mention(
        id=digest(name)[:16], url=f"https://forum.example.org/{name}", channel="forum", kind=MentionKind.POST,
        title=f"Title {name}", text=f"Oakfield is mentioned here as {name}.", fetched_at=NOW,
        author=f"poster-{name}", published=NOW - timedelta(hours=2),
    )  # fmt: skip
    return replace(mention, **fields)  # type: ignore[arg-type]


def a_verdict(mention: Mention, version: int = 1, **fields: object) -> Verdict:
    verdict = Verdict(
        mention_id=mention.id, version=version, urn=URN, relevance=Relevance.ABOUT,
        sentiment=Sentiment.NEGATIVE, abuse=(), about=About.SCHOOL, severity=Severity.RESPOND,
        route=Route.RESPOND, reasons=(Reason("criticism", "It criticises a decision."),),
        scores=(("sentiment:negative", 0.75), ("abuse:threat", 0.125)), model="test-model",
    )  # fmt: skip
    return by_labels(verdict, **fields)


def by_labels(verdict: Verdict, **changes: object) -> Verdict:
    """The verdict so changed, with whom it means as its route, labels and subject tell it where not given."""
    subjects = changes.pop("subjects", verdict.subjects)
    changed = replace(verdict, **changes)  # type: ignore[arg-type]
    if "accuses" in changes or "endangers" in changes:
        return changed
    of = changed.route, changed.abuse, changed.about, changed.subject_person, subjects
    endangers, accuses = meant_by_labels(*of)  # type: ignore[arg-type]
    return replace(changed, endangers=endangers, accuses=accuses)


def a_match(**fields: object) -> Match:
    match = Match(URN, Relevance.ABOUT, 0.9, (Reason("name_and_street", "Name and street together."),))
    return replace(match, **fields)  # type: ignore[arg-type]


def a_fold(mention: Mention, story_id: str, urn: str = URN) -> Folded:
    body = text_hash("", mention.text)
    sketch = Sketch(mention.id, story_id, urn, mention.url, body, b"\x01\x02", mention.fetched_at)
    return Folded(mention.id, story_id, urn, "new", sketch)


def a_run(source_id: str = "feed:one", at: datetime = NOW, **fields: object) -> SourceRun:
    run = SourceRun(source_id, at, at + timedelta(seconds=2), Outcome.OK, mentions_read=1, mentions_new=1)
    return replace(run, **fields)  # type: ignore[arg-type]


def an_alert(story_id: str, **fields: object) -> Alert:
    alert = Alert(
        id=digest("alert", story_id)[:12], story_id=story_id, urn=URN, severity=Severity.TODAY,
        route=Route.REQUEST_REMOVAL, content_class="C11", restricted=False, audience=("p-head",), excluded=(),
        because=(Reason("street", "A street is given."),), raised_at=NOW,
    )  # fmt: skip
    return replace(alert, **fields)  # type: ignore[arg-type]


def a_message(key: str = "m1", **fields: object) -> OutboxMessage:
    message = OutboxMessage(
        key=key, urn=URN, person_id="p-head", kind="instant", subject="One matter waits for you",
        body="Open it at the desk.", due_at=NOW, expires_at=NOW + timedelta(hours=24),
    )  # fmt: skip
    return replace(message, **fields)  # type: ignore[arg-type]


def a_batch(
    *mentions: Mention, verdicts: Sequence[Verdict] | None = None, story_id: str | None = "s-one",
    version: int = 1, run: SourceRun | None = None, match: Match | None = None, alerts: Sequence[Alert] = (),
    outbox: Sequence[OutboxMessage] = (),
) -> Batch:  # fmt: skip
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


def pending_outbox(con, now):
    """The messages due at that time that wait and are not expired, the longest due first."""
    rows = con.execute(
        f"SELECT {SELECTED} FROM outbox WHERE {WAITS} AND due_at <= $now AND expires_at > $now "
        "ORDER BY due_at, key",
        {"now": now},
    ).fetchall()
    return [message(row) for row in rows]
