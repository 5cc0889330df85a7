"""What became of everything that was published at the places: each number is looked for to its end."""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from support.checkout import ROOT
from support.mail_server import Taken
from support.places import Post

from alerts.escalation import TABLE
from data.store.engine.open import Store
from data.types import Severity
from data.words.say import words

_STORIES = "SELECT mention_id, story_id FROM matches WHERE story_id IS NOT NULL"
_ALERTS = "SELECT id, story_id, severity, audience FROM alerts"
_OUTBOX = """SELECT key, kind, person_id, alert_id, sent_at IS NOT NULL,
    failed_at IS NOT NULL AND told_at IS NOT NULL,
    (SELECT max_by(outcome || ' ' || detail, attempt) FROM deliveries WHERE outbox_key = key) FROM outbox"""
_ESCALATIONS = "SELECT alert_id, times, told_at, person_id FROM escalations ORDER BY told_at"
_DIGESTS = """SELECT e.outbox_key, e.period, e.person_id, o.told_at IS NOT NULL
    FROM editions e JOIN outbox o ON o.key = e.outbox_key WHERE e.kind = 'digest'"""


_OF_OUR_TROUBLES = {
    line.format(school="Oakfield Primary School")
    for key, line in words("en").lines.items()
    if key.startswith("notice.") and "subject" in key and isinstance(line, str) and "{grade}" not in line
}
"""These go past the store, so that no message there is theirs."""


@dataclass(slots=True)
class Account:
    """`counts` in the order in which they are told, and in `faults` all that is not as it must be."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def none(self, what: str, found: Iterable[object]) -> None:
        """Counts what there may be none of."""
        wrong = list(found)
        self.counts[what] = len(wrong)
        self.faults += [f"{what}: {one}" for one in wrong]

    def table(self) -> str:
        width = max(map(len, self.counts))
        return "\n".join(f"{what:<{width}}  {n:>6}" for what, n in self.counts.items())


def account(
    store: Store, published: Mapping[int, Post], stored: Mapping[int, set[str]], taken: Iterable[Taken], *,
    aged: bool = True,
) -> Account:  # fmt: skip
    """`stored` holds, by number, the ids under which a post was ever seen in the store. `aged` says that
    every alert was left alone for long enough to go to the next person."""
    found = Account()
    with store.read() as con:
        stories: dict[str, set[str]] = defaultdict(set)
        for mention_id, story_id in con.execute(_STORIES).fetchall():
            stories[mention_id].add(story_id)
        alerts = con.execute(_ALERTS).fetchall()
        outbox = con.execute(_OUTBOX).fetchall()
        escalations = con.execute(_ESCALATIONS).fetchall()
        editions = con.execute(_DIGESTS).fetchall()
        edited = con.execute("SELECT mention_id FROM mention_versions WHERE n > 1").fetchall()
    _posts(found, published, stored, edited)
    told = _threats(found, published, stored, stories, alerts)
    _mails(found, alerts, outbox, escalations, editions, list(taken))
    found.none("threats that nobody was told of", [n for n, ids in sorted(told.items()) if not ids])
    if aged:
        asked = {alert for alert, *_ in escalations}
        young = [a for a, _, severity, _ in alerts if severity == Severity.THIS_HOUR and a not in asked]
        found.none("alerts that never went to the next person", young)
    return found


def _posts(
    found: Account, published: Mapping[int, Post], stored: Mapping[int, set[str]], edited: list[tuple[str]]
) -> None:
    found.counts["posts published"] = len(published)
    found.counts["posts stored"] = len(stored.keys() & published.keys())
    found.none("posts missing", sorted(published.keys() - stored.keys()))
    found.none("posts stored twice", [n for n, ids in stored.items() if len(ids) > 1] + edited)


def _threats(
    found: Account,
    published: Mapping[int, Post],
    stored: Mapping[int, set[str]],
    stories: Mapping[str, set[str]],
    alerts: list[tuple],
) -> dict[int, set[str]]:
    """The alerts of each threat."""
    story_of: dict[int, set[str]] = defaultdict(set)
    for n, post in published.items():
        if post.threat is not None:
            story_of[post.threat] |= {s for i in stored.get(n, ()) for s in stories.get(i, ())}
    ours = {story for found_in in story_of.values() for story in found_in}
    by_story = defaultdict(set)
    for alert_id, story_id, *_ in alerts:
        by_story[story_id].add(alert_id)
    shared = [
        (s, sorted(t for t, one in story_of.items() if s in one))
        for s, n in Counter(s for one in story_of.values() for s in one).items()
        if n > 1
    ]
    found.counts["threats"] = len(story_of)
    found.counts["their stories"] = len(ours)
    found.none("threats with more than one story", [t for t, one in story_of.items() if len(one) > 1])
    found.none("stories of more than one threat", shared)
    found.counts["alerts"] = len(alerts)
    found.none("alerts of no threat", [a for a, story, *_ in alerts if story not in ours])
    return {t: {a for s in one for a in by_story[s]} for t, one in story_of.items()}


def _mails(
    found: Account, alerts: list[tuple], outbox: list[tuple], escalations: list[tuple], editions: list[tuple],
    taken: list[Taken],
) -> None:  # fmt: skip
    received: dict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        if str(one.mail["Subject"]) not in _OF_OUR_TROUBLES:
            received[one.id.strip("<>").partition("@")[0]].append(one)
    kinds = {key: kind for key, kind, *_ in outbox}
    mails = sum(map(len, received.values()))
    found.counts["mails received"] = mails
    found.counts["their Message-IDs"] = len(received)
    found.counts["mails of troubles of ours besides"] = len(taken) - mails
    found.counts["repeats under one Message-ID"] = mails - len(received)
    found.none(
        "repeats that are not the same mail", [k for k, m in received.items() if len(_different(m)) > 1]
    )
    found.none("mails of no message", received.keys() - kinds.keys())
    found.none(
        "messages sent, but not received",
        [k for k, _, _, _, sent, *_ in outbox if sent and k not in received],
    )
    _instants(found, alerts, outbox, received)
    found.counts["escalations"] = len(escalations)
    found.none("people asked about one alert sooner than its table has it", _too_soon(escalations))
    _digests(found, editions, received)


def _too_soon(escalations: list[tuple]) -> list[tuple]:
    """Askings sooner than the table's first after the last of that person: alert, time of raising, person."""
    last: dict[tuple, datetime] = {}
    found = []
    for alert, times, told_at, person in escalations:
        before = last.get((alert, times, person))
        if before is not None and told_at - before < TABLE[1].after:
            found.append((alert, times, person))
        last[alert, times, person] = told_at
    return found


def _different(mails: list[Taken]) -> set[tuple[tuple[str, ...], bytes]]:
    return {(one.to, one.content) for one in mails}


def _instants(
    found: Account, alerts: list[tuple], outbox: list[tuple], received: Mapping[str, list[Taken]]
) -> None:
    """Whom a server refused for good is not told; then that is told, and somebody else knows of the alert."""
    instants = [row for row in outbox if row[1] == "instant"]
    got = {(alert, person) for key, _, person, alert, *_ in instants if key in received}
    known = {alert for key, _, _, alert, *_ in outbox if key in received}
    refused = {(alert, person) for _, _, person, alert, _, told, _ in instants if told and alert in known}
    why = {(alert, person): last for _, _, person, alert, _, _, last in instants}
    wanted = {(alert, person) for alert, _, _, audience in alerts for person in audience}
    found.counts["instant messages"] = len(instants)
    found.counts["refused to the end, and others told instead"] = len(refused - got)
    never = [(*one, why.get(one, "no message")) for one in sorted(wanted - got - refused)]
    found.none("people who were never told of their alert", never)


def _digests(found: Account, editions: list[tuple], received: Mapping[str, list[Taken]]) -> None:
    found.counts["digests composed"] = len(editions)
    found.counts["digests received"] = sum(key in received for key, *_ in editions)
    lost = [(p, who) for key, p, who, told in editions if key not in received and not told]
    found.none("digests that did not come, and nobody was told", lost)
    twice = Counter((p, who) for key, p, who, _ in editions for _ in received.get(key, ()))
    found.none("digests received twice", [one for one, n in twice.items() if n > 1])


def verified(home: Path) -> tuple[int, str]:
    """How `schoolgate evidence verify` ended, and what it said."""
    run = subprocess.run(
        [sys.executable, "-P", "-m", "monitor.cli.app", "evidence", "verify", "--home", str(home)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    return run.returncode, run.stdout + run.stderr
