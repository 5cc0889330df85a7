"""Who was asked about what is not finished: one row for each step, so that none is repeated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.judged import DANGER
from data.steps.codes import StepKind
from data.store import owners
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import (
    Connection,
    ValueTable,
    at_or_none,
    group_pairs,
    read_column,
    read_rows,
    read_value,
)
from data.types import Escalation, Severity, StillOpen

_IN_HAND = owners.in_hand_sql("alerts")


def is_in_hand(con: Connection, alert_id: str) -> bool:
    """Has somebody acknowledged the alert, or handed it over?"""
    sql = f"SELECT handed_over_at IS NOT NULL OR {_IN_HAND} FROM alerts WHERE id = $id"
    return bool(read_value(con, sql, id=alert_id))


_STEPS = ValueTable(
    "escalations", Escalation, "alert_id times step urn person_id told_at about", about=StillOpen
)


def unanswered_alerts(con: Connection, since: datetime) -> list[str]:
    """List the ids of the alerts that nobody has acknowledged, oldest first: all that are of this hour, of
    severity 3 those raised after `since`.
    """
    sql = f"""SELECT id FROM alerts WHERE handed_over_at IS NULL AND NOT {_IN_HAND}
        AND (severity >= {int(Severity.THIS_HOUR)} OR list_contains(reason_codes, '{DANGER}')
            OR severity >= {int(Severity.TODAY)} AND raised_at > $since) ORDER BY raised_at, id"""
    return read_column(con, owners.unless_owned(con, sql), since=since)


def newest_posts(con: Connection, story_ids: Sequence[str]) -> dict[str, datetime]:
    """When the newest post of each of these stories was first seen."""
    sql = """SELECT x.story_id, epoch_us(max(m.first_seen))
        FROM matches x JOIN mentions m ON m.id = x.mention_id
        WHERE x.story_id = ANY($ids) GROUP BY x.story_id"""
    return {story: at for story, us in read_rows(con, sql, ids=list(story_ids)) if (at := at_or_none(us))}


RECORDED = tuple(
    kind.value
    for kind in (
        *(StepKind.DECIDED, StepKind.ASKED, StepKind.ANSWERED, StepKind.RESPONDED, StepKind.WARNED),
        *(StepKind.REFERRED, StepKind.NOTED, StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING),
    )
)
"""Steps of a case by which somebody records that something was done, or need not be."""
_RECORDED = f"""SELECT max(s.recorded_at) FROM case_steps s JOIN cases c ON c.id = s.case_id
    WHERE c.story_id = alerts.story_id AND c.urn = alerts.urn AND s.actor <> 'schoolgate'
        AND s.step IN {RECORDED}"""


_WISHED = "coalesce(o.ask_at, o.until_at) IS NOT NULL"


def unfinished_alerts(con: Connection, since: datetime) -> dict[str, datetime | None]:
    """List the ids of the alerts of severity 3 and 4 raised after `since` that are not done with, oldest
    first, and when it was last recorded that something was done.

    Those of which that was since they were raised and given are left out, but for what a LADO may be owed and
    what its owner wants to be asked of.
    """
    some = f"""alerts LEFT JOIN owners o ON o.story_id = alerts.story_id AND o.urn = alerts.urn
        WHERE severity >= $grave AND handed_over_at IS NULL
            AND (raised_at > $since OR {_WISHED})"""
    given = {"grave": int(Severity.TODAY), "since": since}
    if not con.execute(f"SELECT 1 FROM {some} LIMIT 1", given).fetchall():
        return {}  # as nearly always: to plan what follows takes ten times as long
    sql = f"""SELECT alerts.id, epoch_us(({_RECORDED})) AS recorded FROM {some}
            AND (recorded IS NULL OR route = 'safeguarding' OR {_WISHED}
                OR recorded < epoch_us(greatest(raised_at, coalesce(o.since_at, raised_at))))
            AND NOT {owners.closed_sql("alerts")}
            AND NOT {owners.marked_sql("alerts.story_id", "alerts.urn")}
        ORDER BY raised_at, alerts.id"""
    rows = read_rows(con, owners.unless_owned(con, sql), **given)
    return {alert_id: at_or_none(recorded) for alert_id, recorded in rows}


def stories_to_ask_about(con: Connection) -> dict[str, str]:
    """List the stories that were never raised and are not done with whose holder wants to be asked, or has
    them for a while; each with its school.
    """
    sql = f"""SELECT o.story_id, o.urn FROM owners o WHERE o.person_id IS NOT NULL
            AND {_WISHED}
            AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.story_id = o.story_id AND a.urn = o.urn)
            AND NOT {owners.marked_sql("o.story_id", "o.urn")}
        ORDER BY o.story_id"""
    return dict(read_rows(con, owners.unless_owned(con, sql)))


def changes(con: Connection) -> tuple[int, int]:
    """Return what differs once anything has changed by which somebody is asked: it is audited, or a new
    verdict.
    """
    sql = "SELECT (SELECT coalesce(max(n), 0) FROM audit), (SELECT count(*) FROM verdicts)"
    ((acts, verdicts),) = con.execute(sql).fetchall()
    return acts, verdicts


def escalation_steps(con: Connection, alert_ids: Sequence[str]) -> dict[str, list[Escalation]]:
    """List the steps taken for these alerts, each time they were raised, in order."""
    if not alert_ids:
        return {}
    found = _STEPS.select(con, "WHERE alert_id = ANY($ids) ORDER BY alert_id, times, step", ids=alert_ids)
    return group_pairs((step.alert_id, step) for step in found)


def people_asked(con: Connection, alert_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """List the ids of those who were asked in addition to the audience, by alert, each once."""
    made = escalation_steps(con, alert_ids)
    return {i: tuple(dict.fromkeys(s.person_id for s in found if s.person_id)) for i, found in made.items()}


def put_step(con: Connection, step: Escalation, *, by_digest: bool = False) -> None:
    """Records a step and audits it; an existing one stays as it is. `by_digest`: no mail tells it."""
    _STEPS.insert(con, [step], 3)
    whom = Code.TOLD.of(step.person_id) if step.person_id else "ring"
    codes = (
        Code.TIMES.of(step.times),
        Code.ESCALATION.of(step.step),
        whom,
        *(["digest"] if by_digest else []),
    )
    append(con, [AuditEntry(step.told_at, "schoolgate", "alert_escalated", step.alert_id, step.urn, codes)])
