"""From verdicts to stories, alerts and messages: who must know about what one source brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from alerts.access.meant import threatened
from alerts.gravity import calls_for_alert, leading
from alerts.instant.lag import UNKNOWN, Lag, lag_of
from alerts.instant.message import outbox
from alerts.instant.raise_alert import Decline, raise_alert
from alerts.instant.seen import NOTHING_SEEN, Seen
from alerts.instant.subject import is_restricted
from classifiers.verdicts.verdict_reasons import OTHER_SCHOOL_DANGER
from data.content_class import ContentClass
from data.errors import InputError
from data.people import people_of
from data.store.alerts import alerts as alert_store
from data.store.alerts import escalations as escalation_store
from data.store.alerts import marks as mark_store
from data.store.cases.case_posts import posts_of
from data.store.cases.cases import open_about
from data.store.engine.connect import Connection
from data.store.sources import source_runs as source_store
from data.store.verdicts import stories as story_store
from data.store.verdicts import verdicts as verdict_store
from data.types import (
    Alert,
    Folded,
    Mention,
    OutboxMessage,
    Person,
    Relevance,
    Route,
    School,
    Severity,
    Source,
    Story,
    Verdict,
)
from sources.registry import kind_named

if TYPE_CHECKING:
    from monitor.pipeline.judges import Judges


@dataclass(frozen=True, slots=True)
class RaisedAlerts:
    """What one source's stories call for. `kept_out` are, by alert, people it turns out to be about though
    it was told to others before."""

    alerts: tuple[Alert, ...] = ()
    kept_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def passed_on(verdict: Verdict) -> bool:
    """Is it grave and about another school, so that our safeguarding lead may pass it on?"""
    return any(reason.code == OTHER_SCHOOL_DANGER for reason in verdict.reasons)


def raise_for(
    con: Connection,
    stories: Sequence[Story],
    folded: Sequence[Folded],
    verdicts: Sequence[Verdict],
    source: Source,
    judges: Judges,
    now: datetime,
) -> RaisedAlerts:
    """Alerts that these stories call for now.

    Reads with `con`, in the transaction that saves them: who was told already is not told again.
    """
    if not stories:
        return RaisedAlerts()
    ids = [s.id for s in stories]
    before = verdict_store.story_verdicts(con, ids)
    standing = alert_store.by_story(con, ids)
    carriers = story_store.carriers(con, ids)
    former = verdict_store.former_verdicts(con, [v.mention_id for v in verdicts if v.version > 1])
    beside = _told_beside(con, [a.id for a in standing.values()])
    ended = {story for story, marked in mark_store.marks(con, ids).items() if marked.mark.ends}
    new = _by_story(folded, verdicts)
    alerts: list[Alert] = []
    kept_out: dict[str, tuple[str, ...]] = {}
    for story in stories:
        school, before_it = judges.schools[story.urn], standing.get((story.id, story.urn))
        verdicts_on = [_as_told(v) for v in _together(before.get(story.id, []), new[story.id])]
        raised = raise_alert(
            story,
            verdicts_on,
            before_it,
            judges.people_of(story.urn),
            school,
            judges.policy_of(story.urn),
            now,
            places=len(carriers.get(story.id, set()) | {source.id}),
            earlier=[v for v in former if v.urn == story.urn and v.mention_id in story.mention_ids],
            asked=beside.get(before_it.id, ()) if before_it else (),
            since_marked=story.id in ended and any(calls_for_alert(_as_told(v)) for v in new[story.id]),
        )
        if not isinstance(raised, Decline):
            alerts.append(raised)
        elif before_it is not None and raised.kept_out:
            kept_out[before_it.id] = raised.kept_out
    return RaisedAlerts(tuple(alerts), kept_out)


def _told_beside(con: Connection, alert_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Those who know of an alert beside its audience: who was asked next, and who took it (ids)."""
    asked = escalation_store.asked(con, alert_ids)
    taken = alert_store.acknowledged(con, alert_ids)
    return {i: (*asked.get(i, ()), *([taken[i].person] if i in taken else [])) for i in alert_ids}


def tell(
    con: Connection, alerts: Sequence[Alert], lag: Lag, judges: Judges, now: datetime
) -> tuple[OutboxMessage, ...]:
    """Messages for each of the people of these alerts, by what is saved of them.

    Cases that they begin are opened first: alert and case are one matter, told once under one number.
    """
    if not alerts:
        return ()
    judges.open_cases(con, alerts, now)
    stories = [a.story_id for a in alerts]
    seen = seen_of(con, alerts, dict.fromkeys((a.id for a in alerts), lag))
    cases, verdicts = open_about(con, stories), verdict_store.story_verdicts(con, stories)
    return tuple(
        message
        for a in alerts
        for message in outbox(
            a, judges.people_of(a.urn), judges.schools[a.urn], now, judges.means(a.urn), seen[a.id],
            aimed_at(a, verdicts.get(a.story_id, ()), judges.schools[a.urn], judges.people_of(a.urn)),
            cases.get((a.story_id, a.urn), ()),
        )
    )  # fmt: skip


def seen_of(con: Connection, alerts: Sequence[Alert], lags: Mapping[str, Lag]) -> dict[str, Seen]:
    """By alert; `lags` say how far behind we may be, by alert. Of what is restricted nothing is read."""
    found = dict.fromkeys((a.id for a in alerts), NOTHING_SEEN)
    told = [a for a in alerts if not is_restricted(a)]
    judged = verdict_store.story_verdicts(con, [a.story_id for a in told]) if told else {}
    for alert in told:
        mine = [v for v in judged.get(alert.story_id, ()) if v.urn == alert.urn]
        lag = lags.get(alert.id, UNKNOWN)
        if not mine:
            found[alert.id] = Seen(lag=lag)
            continue
        lead = leading(mine)
        grave = dict.fromkeys((lead.mention_id, *(v.mention_id for v in mine if calls_for_alert(v))))
        posts = {p.mention_id: p for p in posts_of(con, list(grave))}
        channels = dict.fromkeys(posts[i].channel for i in grave if i in posts)
        at = posts[lead.mention_id].published if lead.mention_id in posts else None
        found[alert.id] = Seen(lead, tuple(channels), at, lag)
    return found


def aimed_at(
    alert: Alert, verdicts: Sequence[Verdict], school: School, people: Sequence[Person]
) -> frozenset[str]:
    """Ids of those a threat in it is aimed at."""
    mine = [_as_told(v) for v in verdicts if v.urn == alert.urn]
    return threatened(mine, people_of(school, people))


def lag_of_place(con: Connection, source: Source, now: datetime) -> Lag:
    """How far behind this source may be, asked before a reading of it is saved; of one that is no place to
    look at, nothing is known."""
    try:
        interval_s = source.interval_s or kind_named(source.kind).default_interval_s
    except InputError:  # what a person reported: nobody asked a source
        return UNKNOWN
    state = source_store.states(con, [source.id]).get(source.id)
    return lag_of(interval_s, state.last_ok_at if state else None, now, search=source.surfaced)


def _by_story(folded: Sequence[Folded], verdicts: Sequence[Verdict]) -> dict[str, list[Verdict]]:
    story_of = {(f.mention_id, f.urn): f.story_id for f in folded}
    found: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        story = story_of.get((verdict.mention_id, verdict.urn))
        if story is not None:
            found[story].append(verdict)
    return found


def _together(before: Sequence[Verdict], new: Sequence[Verdict]) -> list[Verdict]:
    """All verdicts of a story, the newest of each mention."""
    judged_now = {v.mention_id for v in new}
    return [*(v for v in before if v.mention_id not in judged_now), *new]


def _as_told(verdict: Verdict) -> Verdict:
    """What is grave at another school is told to our safeguarding lead as a matter of today."""
    if not passed_on(verdict):
        return verdict
    return replace(
        verdict,
        relevance=Relevance.UNSURE,
        severity=Severity.TODAY,
        route=Route.SAFEGUARDING,
        content_class=ContentClass.SAFEGUARDING,
        restricted=True,
    )


def touched(mentions: Sequence[Mention], folded: Sequence[Folded], now: datetime) -> tuple[Story, ...]:
    """The stories of these mentions, with what is new of each."""
    by_id = {m.id: m for m in mentions}
    grouped: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    for entry in folded:
        grouped[entry.story_id, entry.urn].append(by_id[entry.mention_id])
    return tuple(
        Story(
            id=story_id,
            urn=urn,
            title=_in_one_line(members[0].title) or _in_one_line(members[0].text)[:80],
            first_seen=now,
            last_seen=now,
            mention_ids=tuple(m.id for m in members),
        )
        for (story_id, urn), members in grouped.items()
    )


def _in_one_line(said: str) -> str:
    return " ".join(said.split())
