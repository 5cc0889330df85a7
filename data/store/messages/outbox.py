"""Messages to people: written together with what they report, then sent once, or recorded as failed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import (
    Connection,
    ValueTable,
    at,
    execute,
    moment,
    put,
    read_column,
    read_rows,
    read_value,
)
from data.store.owners import in_hand, marked
from data.types import Alert, OutboxMessage, Severity, Via

URGENT = ("instant", "escalation", "failure")
"""Kinds of message about an alert on which somebody must act; `failure` only where it has an alert."""


def unanswered(of: str) -> str:
    """A condition: nobody has acknowledged the alert of this row of `outbox` or marked its story, and its
    recipient may know of it.

    False for messages from before an alert was raised again.
    """
    return f"""EXISTS (SELECT 1 FROM alerts WHERE alerts.id = {of}.alert_id
        AND handed_over_at IS NULL AND NOT {in_hand("alerts")} AND {of}.times IN (0, alerts.times)
        AND NOT {marked("alerts.story_id", "alerts.urn")}
        AND NOT list_contains(alerts.excluded, {of}.person_id))"""


def reached(of: str) -> str:
    """A condition: somebody who may know of that alert was sent a message about it since it was raised.

    A text message to one telephone does not make up for lost mail, and messages to the next people in line do
    not make up for the audience's: while a server refuses all of theirs, they have heard nothing.
    """
    return f"""EXISTS (SELECT 1 FROM outbox r JOIN alerts ON alerts.id = r.alert_id
        WHERE r.alert_id = {of}.alert_id AND r.kind IN {URGENT} AND r.sent_at IS NOT NULL
        AND (r.via = '{Via.MAIL.value}' OR {of}.via = '{Via.CHAT.value}')
        AND (r.kind = 'instant' OR {of}.kind <> 'instant')
        AND r.times IN (0, alerts.times) AND NOT list_contains(alerts.excluded, r.person_id))"""


def unanswered_since(con: Connection, now: datetime, vias: Collection[Via]) -> datetime | None:
    """When the first undelivered alert message was due for which nothing makes up.

    It was refused or given up, and nobody else was reached; or it expired, tried or not, and its recipient
    had no other message about the alert. Both count until somebody acknowledges the alert. `vias` are the
    channels set up for sending.
    """
    given = {"now": now, "vias": [via.value for via in vias]}
    lost = f"""kind IN {URGENT} AND sent_at IS NULL AND withdrawn_at IS NULL
        AND list_contains($vias::VARCHAR[], via)"""
    late = "(failed_at IS NOT NULL OR given_up_at IS NOT NULL OR expires_at <= $now)"
    if not con.execute(f"SELECT 1 FROM outbox WHERE {lost} AND {late} LIMIT 1", given).fetchone():
        return None  # as nearly always: to plan what follows takes ten times as long
    sql = f"""SELECT epoch_us(min(due_at)) FROM outbox o
        WHERE {lost} AND {unanswered("o")}
            AND ((failed_at IS NOT NULL OR given_up_at IS NOT NULL) AND NOT {reached("o")}
                OR kind <> 'failure' AND failed_at IS NULL AND expires_at <= $now
                    AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.alert_id = o.alert_id
                        AND s.person_id = o.person_id AND s.times = o.times AND s.sent_at IS NOT NULL))"""
    return moment(read_value(con, sql, **given))


_MESSAGES = ValueTable(
    "outbox",
    OutboxMessage,
    "key urn person_id kind subject body due_at expires_at alert_id html via times attachment thread",
    via=Via,
)
SELECTED = _MESSAGES.selected
"""The columns that `message` reads."""
SINGLY = ("instant", "question", "case", "morning")
"""Kinds of message of which some may have to wait for others."""
LONGEST_HELD = timedelta(days=1, hours=1)
HELD_BACK = f"""(attempts = 0 AND due_at > $day AND (kind IN {SINGLY[1:]}
    OR kind = 'instant' AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = outbox.alert_id
        AND a.severity < {int(Severity.THIS_HOUR)})))"""
"""A condition: it may wait for the list of the day, and was due since `$day`, `LONGEST_HELD` ago."""
WAITS = "sent_at IS NULL AND failed_at IS NULL AND withdrawn_at IS NULL AND unsure_at IS NULL"
"""A condition: neither sent nor given up."""


def put_outbox(con: Connection, messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Adds messages that are not there yet; existing ones, sent or not, stay as they are."""
    rows = [(*row, now, 0) for row in _MESSAGES.rows(messages)]
    put(con, "outbox", (*_MESSAGES.columns, "written_at", "attempts"), rows, key=("key",))


def unwritten(con: Connection, messages: Iterable[OutboxMessage]) -> list[OutboxMessage]:
    """Those of these messages that the outbox does not hold yet, sent or not."""
    found = list(messages)
    there = written(con, [m.key for m in found])
    return [m for m in found if m.key not in there]


def written(con: Connection, keys: Sequence[str]) -> frozenset[str]:
    """Those of these keys whose message the outbox holds already, sent or not."""
    if not keys:
        return frozenset()
    return frozenset(read_column(con, "SELECT key FROM outbox WHERE key = ANY($keys)", keys=keys))


def fate_of(con: Connection, urn: str, subject: str) -> tuple[bool, datetime | None]:
    """Check whether a message about that school with that subject was handed over, taken or not, and when the
    last expires."""
    sql = """SELECT coalesce(bool_or(coalesce(sent_at, unsure_at, failed_at) IS NOT NULL), FALSE),
        epoch_us(max(expires_at)) FROM outbox
        WHERE urn = $urn AND subject = $subject"""
    ((sent, until),) = read_rows(con, sql, urn=urn, subject=subject)
    return sent, moment(until)


def count_waiting(con: Connection, now: datetime, *, due: bool = False) -> int:
    """How many messages are waiting and have not expired; with `due`, only those that ought to have gone."""
    sql = f"""SELECT count(*) FROM outbox WHERE {WAITS} AND expires_at > $now
        AND (due_at <= $now AND NOT {HELD_BACK} OR NOT $due)"""
    return int(read_value(con, sql, now=now, due=due, day=now - LONGEST_HELD) or 0)


def count_sent(con: Connection, alert_id: str) -> int:
    """How many messages of that alert went out."""
    sql = "SELECT count(*) FROM outbox WHERE alert_id = $alert AND sent_at IS NOT NULL"
    return int(read_value(con, sql, alert=alert_id))


def unsent(con: Connection, keys: Sequence[str]) -> dict[str, bool]:
    """Those of these messages that have not gone out, each with whether it is lost: refused, or reported as
    undelivered.
    """
    sql = """SELECT key, failed_at IS NOT NULL OR told_at IS NOT NULL FROM outbox
        WHERE key = ANY($keys) AND sent_at IS NULL"""
    return dict(read_rows(con, sql, keys=keys))


def withdraw(con: Connection, alert_id: str, person_ids: Collection[str], now: datetime) -> int:
    """Withdraws an alert's unsent messages to these people; returns how many.

    For people who turn out to be its subject: messages still waiting for them are not sent, but for the
    warning owed to somebody in danger. A mail about several matters names it by number.
    """
    numbers = """SELECT number FROM alerts WHERE id = $alert AND number <> ''
        UNION SELECT c.id FROM cases c JOIN alerts a ON a.story_id = c.story_id AND a.urn = c.urn
            WHERE a.id = $alert"""
    sql = f"""UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND person_id = ANY($people)
        AND kind <> 'warning' AND (alert_id = $alert OR kind IN ('question', 'morning', 'escalation', 'list')
            AND EXISTS (SELECT 1 FROM unnest($numbers::VARCHAR[]) t(n) WHERE contains(outbox.body, n)))
        RETURNING key"""
    named = read_column(con, numbers, alert=alert_id)
    return len(read_rows(con, sql, now=now, alert=alert_id, people=person_ids, numbers=named))


def withdraw_all(con: Connection, person_id: str, now: datetime) -> None:
    """Withdraws everything that waits for somebody who has left."""
    sql = f"UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND person_id = $person"
    execute(con, sql, now=now, person=person_id)


def asked_of(con: Connection, person_id: str) -> list[str]:
    """The ids of the alerts that a message which waits asks somebody to act on."""
    sql = f"""SELECT DISTINCT alert_id FROM outbox WHERE {WAITS} AND person_id = $person
        AND kind = ANY($kinds) AND alert_id IS NOT NULL ORDER BY alert_id"""
    return [alert for (alert,) in read_rows(con, sql, person=person_id, kinds=list(_ASKING))]


def withdraw_of_school(con: Connection, urn: str, now: datetime) -> None:
    """Withdraws everything that waits about a school which is watched no more."""
    sql = f"UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND urn = $urn"
    execute(con, sql, now=now, urn=urn)


def withdraw_keys(con: Connection, keys: Sequence[str], now: datetime) -> None:
    """Withdraws those of these messages that have not gone out."""
    sql = f"UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND key = ANY($keys)"
    execute(con, sql, now=now, keys=keys)


def supersede(con: Connection, raised: Mapping[str, int], now: datetime) -> None:
    """Withdraws the unsent messages of these alerts from before each was raised as often as this."""
    if raised:
        sql = f"""UPDATE outbox SET withdrawn_at = $now
            FROM (SELECT unnest($ids::VARCHAR[]) AS id, unnest($times::INTEGER[]) AS upto) risen
            WHERE alert_id = risen.id AND times < risen.upto AND {WAITS}"""
        execute(con, sql, now=now, ids=raised, times=list(raised.values()))


_ASKING = ("instant", "escalation", "failure")


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A message that asks somebody to act on an alert and is not sent yet. `queued` says that it was to wait,
    as nothing of danger does; `shown` that its reader was sent a digest since the alert was raised, `named`
    that one written since then gave its number, and may take its place."""

    key: str
    alert_id: str
    person_id: str
    kind: str
    written_at: datetime
    queued: bool
    shown: bool
    named: bool


def waiting_mails(con: Connection, until: datetime) -> list[WaitingMail]:
    """Those that go out until then, in the order of their alerts."""
    wanted = f"FROM outbox WHERE {WAITS} AND kind IN {_ASKING} AND due_at <= $until"
    if not con.execute(f"SELECT 1 {wanted} LIMIT 1", {"until": until}).fetchone():
        return []  # as nearly always
    sql = f"""SELECT o.key, o.alert_id, o.person_id, o.kind, epoch_us(o.written_at), o.due_at > o.written_at,
            EXISTS (SELECT 1 FROM editions e JOIN outbox d ON d.key = e.outbox_key
                WHERE e.person_id = o.person_id AND e.urn = o.urn AND d.sent_at IS NOT NULL
                AND e.covers_to >= a.raised_at),
            {_told_by_digest("a.number", "o.person_id", "a.raised_at")}
                AND a.severity < {int(Severity.THIS_HOUR)}
        FROM (SELECT * {wanted}) o
        JOIN alerts a ON a.id = o.alert_id ORDER BY o.alert_id, o.key"""
    return [
        WaitingMail(key, alert, person, kind, at(written), queued, shown, named)
        for key, alert, person, kind, written, queued, shown, named in read_rows(con, sql, until=until)
    ]


def _told_by_digest(number: str, person: str, since: str) -> str:
    """A condition: a digest written since then, and sent, gave this person that number."""
    return f"""EXISTS (SELECT 1 FROM outbox d WHERE d.kind = 'digest' AND d.sent_at IS NOT NULL
        AND d.person_id = {person} AND d.written_at >= {since} AND contains(d.body, nullif({number}, '')))"""


def told_by_digest(con: Connection, number: str, person_id: str, since: datetime) -> bool:
    """Has a digest of since then told this person of that matter?"""
    sql = f"SELECT {_told_by_digest('$number', '$person', '$since')}"
    return bool(read_value(con, sql, number=number, person=person_id, since=since))


def withdraw_needless(
    con: Connection, alert: Alert, mails: Sequence[WaitingMail], now: datetime, *, by_digest: bool
) -> None:
    """Withdraws these of the alert, which are untrue by now, or which a digest has told (`by_digest`);
    audited, with whose they were."""
    withdraw_keys(con, [m.key for m in mails], now)
    of = [*sorted({Code.PERSON.of(m.person_id) for m in mails}), *(["digest"] if by_digest else [])]
    append(con, [AuditEntry(now, "schoolgate", "mail_withdrawn", alert.id, alert.urn, tuple(of))])


def call_off(con: Connection, alert_id: str, now: datetime) -> None:
    """Somebody has acknowledged the alert: withdraws messages that would ask others, and those being tried
    again.

    Messages on their first attempt to somebody who should know of the alert still go out.
    """
    sql = f"""UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND alert_id = $alert
        AND (kind IN ('escalation', 'failure') OR given_up_at IS NOT NULL)"""
    execute(con, sql, now=now, alert=alert_id)


def call_again(con: Connection, alert_id: str, at: datetime) -> None:
    """Whoever acknowledged the alert at that moment has it no more: what was withdrawn then goes out."""
    sql = """UPDATE outbox SET withdrawn_at = NULL WHERE withdrawn_at = $at AND alert_id = $alert
        AND kind IN ('escalation', 'failure')"""
    execute(con, sql, at=at, alert=alert_id)


def messages(con: Connection, keys: Sequence[str]) -> list[OutboxMessage]:
    """Those of these keys."""
    return _MESSAGES.read(con, "WHERE key = ANY($keys)", keys=list(keys))


def message(row: Sequence[object]) -> OutboxMessage:
    """A message from the columns of `SELECTED`."""
    return _MESSAGES.values([row])[0]
