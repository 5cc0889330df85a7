"""Messages that wait, and what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from data.frozen import freeze
from data.judged import DANGER
from data.store.engine.audit_chain import Code, record_act
from data.store.engine.rows import (
    Connection,
    Row,
    ValueTable,
    at,
    at_or_none,
    execute,
    insert_rows,
    names,
    read_column,
    read_rows,
    read_value,
)
from data.store.owners import in_hand_sql, marked_sql
from data.types import Alert, OutboxMessage, Severity, Via

# Messages to people: written together with what they report, then sent once, or recorded as failed.

URGENT = ("instant", "escalation", "failure")
"""Kinds of message about an alert on which somebody must act; `failure` only where it has an alert."""


def unanswered_sql(of: str) -> str:
    """Write a condition: nobody has acknowledged the alert of this row of `outbox` or marked its story, and
    its recipient may know of it. False for messages from before an alert was raised again."""
    return f"""EXISTS (SELECT 1 FROM alerts WHERE alerts.id = {of}.alert_id
        AND handed_over_at IS NULL AND NOT {in_hand_sql("alerts")} AND {of}.times IN (0, alerts.times)
        AND NOT {marked_sql("alerts.story_id", "alerts.urn")}
        AND NOT list_contains(alerts.excluded, {of}.person_id))"""


def reached_sql(of: str) -> str:
    """Write a condition: somebody who may know of that alert was sent a message about it since it was raised.
    A text message to one telephone does not make up for lost mail, and messages to the next people in line do
    not make up for the audience's: while a server refuses all of theirs, they have heard nothing."""
    return f"""EXISTS (SELECT 1 FROM outbox r JOIN alerts ON alerts.id = r.alert_id
        WHERE r.alert_id = {of}.alert_id AND r.kind IN {URGENT} AND r.sent_at IS NOT NULL
        AND (r.via = '{Via.MAIL.value}' OR {of}.via = '{Via.CHAT.value}')
        AND (r.kind = 'instant' OR {of}.kind <> 'instant')
        AND r.times IN (0, alerts.times) AND NOT list_contains(alerts.excluded, r.person_id))"""


def unanswered_since(con: Connection, now: datetime, vias: Collection[Via]) -> datetime | None:
    """When the first undelivered alert message was due for which nothing makes up. It was refused or given
    up, and nobody else was reached; or it expired, tried or not, and its recipient had no other message about
    the alert. Both count until it is acknowledged. `vias` are the channels set up."""
    given = {"now": now, "vias": [via.value for via in vias]}
    lost = f"""kind IN {URGENT} AND sent_at IS NULL AND withdrawn_at IS NULL
        AND list_contains($vias::VARCHAR[], via)"""
    late = "(failed_at IS NOT NULL OR given_up_at IS NOT NULL OR expires_at <= $now)"
    if not con.execute(f"SELECT 1 FROM outbox WHERE {lost} AND {late} LIMIT 1", given).fetchone():
        return None  # as nearly always: to plan what follows takes ten times as long
    sql = f"""SELECT epoch_us(min(due_at)) FROM outbox o
        WHERE {lost} AND {unanswered_sql("o")}
            AND ((failed_at IS NOT NULL OR given_up_at IS NOT NULL) AND NOT {reached_sql("o")}
                OR kind <> 'failure' AND failed_at IS NULL AND expires_at <= $now
                    AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.alert_id = o.alert_id
                        AND s.person_id = o.person_id AND s.times = o.times AND s.sent_at IS NOT NULL))"""
    return at_or_none(read_value(con, sql, **given))


_MESSAGES = ValueTable("outbox", OutboxMessage, "key")
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
    insert_rows(con, "outbox", (*_MESSAGES.columns, "written_at", "attempts"), rows, key=("key",))


def unwritten(con: Connection, messages: Iterable[OutboxMessage]) -> list[OutboxMessage]:
    """Those of these messages that the outbox does not hold yet, sent or not."""
    found = list(messages)
    there = keys_in_outbox(con, [m.key for m in found])
    return [m for m in found if m.key not in there]


def keys_in_outbox(con: Connection, keys: Sequence[str]) -> frozenset[str]:
    """List those of these keys whose message the outbox holds already, sent or not."""
    if not keys:
        return frozenset()
    return frozenset(read_column(con, "SELECT key FROM outbox WHERE key = ANY($keys)", keys=keys))


def count_waiting(con: Connection, now: datetime, *, due: bool = False) -> int:
    """Count the messages that wait and have not expired; with `due`, only those that ought to have gone."""
    sql = f"""SELECT count(*) FROM outbox WHERE {WAITS} AND expires_at > $now
        AND (due_at <= $now AND NOT {HELD_BACK} OR NOT $due)"""
    return int(read_value(con, sql, now=now, due=due, day=now - LONGEST_HELD) or 0)


def count_sent(con: Connection, alert_id: str) -> int:
    """Count the messages of that alert that went out."""
    sql = "SELECT count(*) FROM outbox WHERE alert_id = $alert AND sent_at IS NOT NULL"
    return int(read_value(con, sql, alert=alert_id))


def unsent(con: Connection, keys: Sequence[str]) -> dict[str, bool]:
    """Those of these messages that have not gone out, each with whether it is lost (refused, undelivered)."""
    sql = """SELECT key, failed_at IS NOT NULL OR told_at IS NOT NULL FROM outbox
        WHERE key = ANY($keys) AND sent_at IS NULL"""
    return dict(read_rows(con, sql, keys=keys))


def withdraw(con: Connection, alert_id: str, person_ids: Collection[str], now: datetime) -> int:
    """Withdraws an alert's unsent messages to these people; returns how many. For people who turn out to be
    its subject: messages still waiting for them are not sent, but for the warning owed to somebody in danger.
    A mail about several matters names it by number."""
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
    return [alert for (alert,) in read_rows(con, sql, person=person_id, kinds=URGENT)]


def withdraw_of_school(con: Connection, urn: str, now: datetime, kind: str = "") -> None:
    """Withdraws what waits about a school: everything where it is watched no more, else of that kind."""
    sql = f"UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND urn = $urn AND $kind IN ('', kind)"
    execute(con, sql, now=now, urn=urn, kind=kind)


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


@freeze
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
    wanted = f"FROM outbox WHERE {WAITS} AND kind IN {URGENT} AND due_at <= $until"
    if not con.execute(f"SELECT 1 {wanted} LIMIT 1", {"until": until}).fetchone():
        return []  # as nearly always
    sql = f"""SELECT o.key, o.alert_id, o.person_id, o.kind, epoch_us(o.written_at), o.due_at > o.written_at,
            EXISTS (SELECT 1 FROM editions e JOIN outbox d ON d.key = e.outbox_key
                WHERE e.person_id = o.person_id AND e.urn = o.urn AND d.sent_at IS NOT NULL
                AND e.covers_to >= a.raised_at),
            {_in_digest_sql("a.number", "o.person_id", "a.raised_at")}
                AND a.severity < {int(Severity.THIS_HOUR)}
        FROM (SELECT * {wanted}) o
        JOIN alerts a ON a.id = o.alert_id ORDER BY o.alert_id, o.key"""
    return [
        WaitingMail(key, alert, person, kind, at(written), queued, shown, named)
        for key, alert, person, kind, written, queued, shown, named in read_rows(con, sql, until=until)
    ]


def _in_digest_sql(number: str, person: str, since: str) -> str:
    """Write a condition: a digest written since then, and sent, gave this person that number. A digest from
    before they were stored gave none: on the morning of that update one mail too many goes out."""
    return f"""EXISTS (SELECT 1 FROM outbox d WHERE d.kind = 'digest' AND d.sent_at IS NOT NULL
        AND d.person_id = {person} AND d.written_at >= {since} AND list_contains(d.numbers, {number}))"""


def is_in_digest(con: Connection, number: str, person_id: str, since: datetime) -> bool:
    """Has a digest of since then told this person of that matter?"""
    sql = f"SELECT {_in_digest_sql('$number', '$person', '$since')}"
    return bool(read_value(con, sql, number=number, person=person_id, since=since))


def withdraw_needless(
    con: Connection, alert: Alert, mails: Sequence[WaitingMail], now: datetime, *, by_digest: bool
) -> None:
    """Withdraws these of the alert, untrue by now or told by a digest (`by_digest`); audited, with whose."""
    withdraw_keys(con, [m.key for m in mails], now)
    of = [*sorted({Code.PERSON.of(m.person_id) for m in mails}), *(["digest"] if by_digest else [])]
    record_act(con, now, "schoolgate", "mail_withdrawn", alert.id, alert.urn, tuple(of))


def withdraw_answered(
    con: Connection, alert: Alert, person_id: str, kinds: Sequence[str], but: str, now: datetime
) -> None:
    """Withdraws what waits of these kinds for somebody it threatens, who has answered, `but` this; audited.
    What tells that it was raised again still goes out: the page they answered on may be from before."""
    sql = f"""UPDATE outbox SET withdrawn_at = $now WHERE {WAITS} AND alert_id = $alert
        AND person_id = $person AND kind = ANY($kinds) AND key <> $but
        AND (times <= 1 OR kind = 'escalation') RETURNING key"""
    given = {"alert": alert.id, "person": person_id, "kinds": kinds, "but": but}
    if read_rows(con, sql, now=now, **given):
        record_act(
            con, now, "schoolgate", "mail_withdrawn", alert.id, alert.urn, (Code.PERSON.of(person_id),)
        )


def call_off(con: Connection, alert_id: str, now: datetime) -> None:
    """Somebody has acknowledged the alert: withdraws messages that would ask others, and those being tried
    again. Messages on their first attempt to somebody who should know of the alert still go out."""
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
    return _MESSAGES.select(con, "WHERE key = ANY($keys)", keys=list(keys))


def written_mails(con: Connection) -> list[OutboxMessage]:
    """All mails that were written, in the order in which they are due."""
    return _MESSAGES.select(con, f"WHERE via = '{Via.MAIL.value}' ORDER BY due_at, key")


def message(row: Sequence[object]) -> OutboxMessage:
    """A message from the columns of `SELECTED`."""
    return _MESSAGES.values([row])[0]


# Sending from the outbox: who has a message in hand, what became of each attempt, what reached nobody.

ONCE = ("digest", "report")
"""Kinds of message that nobody may receive twice."""
_URGENT_FIRST = """CASE WHEN kind IN ('instant', 'escalation', 'warning', 'drill') THEN 0
    WHEN kind = 'failure' THEN 1 ELSE 2 END"""
_IN_TURN = f"""{_URGENT_FIRST}, coalesce((SELECT -severity FROM alerts WHERE alerts.id = outbox.alert_id), 0),
    EXISTS (SELECT 1 FROM outbox AS beside WHERE beside.alert_id = outbox.alert_id
        AND beside.times = outbox.times AND beside.sent_at IS NOT NULL),
    epoch_us(due_at) * CASE WHEN {_URGENT_FIRST} = 0 THEN -1 ELSE 1 END, key"""
"""After an outage: danger first, of that what nobody has been sent as it is now, and of that the newest."""
_LAPSED = "(leased_until IS NULL OR leased_until <= $now)"
_FREE = f"list_contains($vias::VARCHAR[], via) AND ({_LAPSED} OR list_contains($gone::VARCHAR[], leased_by))"
_DUE = f"""{WAITS} AND due_at <= $now AND expires_at > $now
    AND (next_try_at IS NULL OR next_try_at <= $now) AND {_FREE}"""
_CUT_SHORT = f"""{WAITS} AND kind IN {ONCE} AND handing_over_at IS NOT NULL
    AND leased_until IS NOT NULL AND {_FREE}"""
_OURS = "leased_until = $until AND leased_by = $by"
_ITS_SUBJECT = f"""{WAITS} AND {_FREE} AND kind <> 'warning' AND EXISTS (SELECT 1 FROM alerts
    WHERE alerts.id = outbox.alert_id AND list_contains(alerts.excluded, outbox.person_id))"""
_DELIVERY = names("outbox_key attempt urn tried_at outcome detail")


@freeze
class Leased:
    """A message that `by` has in hand until `until`: its attempt number `attempt`, first at `first_try`."""

    message: OutboxMessage
    attempt: int
    until: datetime
    by: str
    first_try: datetime | None


@freeze
class Tried:
    """The result of one attempt: `outcome` is sent, retry, failed or unsure; `next_try` is for retry."""

    leased: Leased
    outcome: str
    detail: str = ""
    next_try: datetime | None = None


@freeze
class UndeliveredMessage:
    """A message that may not have arrived; `detail` is from its last attempt, `expired` without any."""

    message: OutboxMessage
    outcome: str
    detail: str


LIST = "list"
"""The kind of a mail that says together what would have gone singly."""


@freeze
class Queued:
    """A message that is due and waits, or when it went: `severity`, `route` and whether violence is meant are
    its alert's, 0, "" and False where it has none; `chat` that it goes beside a mail. `posted_at` is when the
    newest post of its alert was made, where that was before we began."""

    key: str
    person_id: str
    urn: str
    kind: str
    severity: int
    route: str
    violent: bool
    alert_id: str
    times: int
    chat: bool
    due_at: datetime
    went_at: datetime | None
    expires_at: datetime
    posted_at: datetime | None = None


def list_queued(con: Connection, now: datetime, since: datetime) -> list[Queued]:
    """List what is due, was never tried and may have to wait for others, and what of its kinds went since
    then; nothing where none waits, nor of what may accuse its reader by now."""
    waits = f"{WAITS} AND attempts = 0 AND due_at <= $now AND expires_at > $now"
    if not read_value(con, f"SELECT 1 FROM outbox WHERE {waits} AND kind IN {SINGLY} LIMIT 1", now=now):
        return []
    sql = f"""SELECT o.key, o.person_id, o.urn, o.kind, coalesce(a.severity, 0), coalesce(a.route, ''),
            coalesce(list_contains(a.reason_codes, '{DANGER}'), FALSE), coalesce(o.alert_id, ''), o.times,
            o.via = '{Via.CHAT.value}', epoch_us(o.due_at), epoch_us(o.went), epoch_us(o.expires_at),
            epoch_us(a.posted_at)
        FROM (SELECT *, CASE WHEN attempts > 0 THEN coalesce(sent_at, handing_over_at, due_at) END AS went
            FROM outbox WHERE kind IN {(*SINGLY, LIST)} AND withdrawn_at IS NULL
                AND ({waits} OR attempts > 0 AND coalesce(sent_at, due_at) >= $since)) o
        LEFT JOIN alerts a ON a.id = o.alert_id
        WHERE a.id IS NULL OR NOT list_contains(a.excluded, o.person_id)"""
    rows = read_rows(con, sql, now=now, since=since)
    return [
        Queued(*(*row[:-4], at(row[-4]), at_or_none(row[-3]), at(row[-2]), at_or_none(row[-1])))
        for row in rows
    ]


def keep_until(con: Connection, keys: Collection[str], until: datetime) -> None:
    """Lets none of these go stale before then."""
    sql = "UPDATE outbox SET expires_at = $until WHERE key = ANY($keys) AND expires_at < $until"
    execute(con, sql, keys=list(keys), until=until)


def senders(con: Connection, now: datetime) -> list[str]:
    """The senders that have messages in hand."""
    sql = f"SELECT DISTINCT leased_by FROM outbox WHERE {WAITS} AND leased_until > $now"
    return [by for (by,) in read_rows(con, sql, now=now) if by]


def anything_due(
    con: Connection,
    now: datetime,
    vias: Collection[Via],
    gone: Collection[str] = (),
    held: Collection[str] = (),
) -> bool:
    """Would `lease_due` find or change anything? Only reads."""
    sql = f"SELECT count(*) FROM outbox WHERE ({_DUE} AND key <> ALL($held)) OR ({_CUT_SHORT})"
    return bool(read_value(con, sql, now=now, vias=vias, gone=gone, held=list(held)))


def lease_due(
    con: Connection,
    now: datetime,
    until: datetime,
    vias: Collection[Via],
    limit: int,
    *,
    by: str,
    gone: Collection[str] = (),
    held: Collection[str] = (),
) -> list[Leased]:
    """Leases what is due, nobody has in hand and is not `held` back, urgent messages first; each lease counts
    as an attempt. Leases of senders in `gone` are released. Before that, it gives up as unsure any message a
    sender left half transferred, and withdraws those waiting for somebody their alert now excludes."""
    free = {"now": now, "vias": list(vias), "gone": list(gone)}
    execute(con, f"UPDATE outbox SET unsure_at = $now WHERE {_CUT_SHORT}", **free)
    execute(con, f"UPDATE outbox SET withdrawn_at = $now WHERE {_ITS_SUBJECT}", **free)
    wanted = f"{_DUE} AND key <> ALL($held)"
    sql = f"SELECT key FROM outbox WHERE {wanted} ORDER BY {_IN_TURN} LIMIT $limit"
    keys = read_column(con, sql, **free, held=list(held), limit=limit)
    if not keys:
        return []
    sql = f"""UPDATE outbox SET leased_until = $until, leased_by = $by, attempts = attempts + 1
        WHERE key = ANY($keys) RETURNING key, {SELECTED}, attempts"""
    row_of = {key: row for key, *row in read_rows(con, sql, keys=keys, until=until, by=by)}
    sql = """SELECT outbox_key, epoch_us(min(tried_at)) FROM deliveries
        WHERE outbox_key = ANY($keys) GROUP BY outbox_key"""
    first_us = dict(read_rows(con, sql, keys=keys))
    of = [(message(row_of[key][:-1]), row_of[key][-1], at_or_none(first_us.get(key))) for key in keys]
    return [Leased(waiting, attempt, until, by, first) for waiting, attempt, first in of]


def mark_handing_over(con: Connection, leased: Leased, now: datetime) -> bool:
    """Mark that the server is about to take it. Returns False, and it must not be sent, where it was
    withdrawn or has expired, or where the lease ran out and somebody else has it now."""
    sql = f"""UPDATE outbox SET handing_over_at = $now WHERE {WAITS} AND key = $key AND expires_at > $now
        AND {_OURS} AND leased_until > $now RETURNING key"""
    return bool(read_rows(con, sql, now=now, key=leased.message.key, until=leased.until, by=leased.by))


def record_attempts(con: Connection, tried: Sequence[Tried], now: datetime) -> None:
    """Record the results of these attempts and end their leases. A sent message is recorded whoever has the
    lease by now; other results only if the sender still has it."""
    for one in tried:
        held = "" if one.outcome == "sent" else f" AND {_OURS}"
        given = {
            "key": one.leased.message.key, "now": now, "until": one.leased.until, "by": one.leased.by,
            "next": one.next_try,
        }  # fmt: skip
        sql = f"UPDATE outbox SET {_BECOMES[one.outcome]}, leased_until = NULL WHERE key = $key{held}"
        con.execute(sql, {name: value for name, value in given.items() if f"${name}" in sql})
    rows: list[Row] = [
        (t.leased.message.key, t.leased.attempt, t.leased.message.urn, now, t.outcome, t.detail)
        for t in tried
    ]
    insert_rows(con, "deliveries", _DELIVERY, rows, key=("outbox_key", "attempt"))


_BECOMES = {
    "sent": "sent_at = $now, unsure_at = NULL, withdrawn_at = NULL, failed_at = NULL",
    "retry": "next_try_at = $next, handing_over_at = NULL",
    "failed": "failed_at = $now",
    "unsure": "unsure_at = $now",
}


def end_leases(con: Connection, leased: Sequence[Leased]) -> None:
    """End leases of messages that were not attempted after all."""
    for one in leased:
        sql = f"UPDATE outbox SET leased_until = NULL, attempts = attempts - 1 WHERE key = $key AND {_OURS}"
        execute(con, sql, key=one.message.key, until=one.until, by=one.by)


_EXPIRED = f"""({WAITS} AND expires_at <= $now AND {_LAPSED}
    AND NOT (kind IN {ONCE} AND handing_over_at IS NOT NULL))"""
_LOST = f"""(failed_at IS NOT NULL OR unsure_at IS NOT NULL OR given_up_at IS NOT NULL OR {_EXPIRED})
    AND sent_at IS NULL AND withdrawn_at IS NULL AND expires_at > $since"""
_GIVEN_UP = f"""kind IN {URGENT} AND (failed_at IS NOT NULL OR {_EXPIRED})
    AND sent_at IS NULL AND withdrawn_at IS NULL AND unsure_at IS NULL AND expires_at > $since"""
_TO_TAKE_UP = f"""{_GIVEN_UP}
    AND {unanswered_sql("outbox")} AND NOT {reached_sql("outbox")} AND NOT EXISTS (
        SELECT 1 FROM outbox w WHERE w.alert_id = outbox.alert_id AND w.kind IN {URGENT} AND w.attempts = 0
        AND w.due_at <= $now AND w.expires_at > $now AND list_contains($vias::VARCHAR[], w.via)
        AND w.withdrawn_at IS NULL AND w.failed_at IS NULL)"""


def undelivered_messages(
    con: Connection, now: datetime, since: datetime, *, untold_only: bool = False
) -> list[UndeliveredMessage]:
    """List what failed, expired unsent or may not have arrived, of messages that would expire after `since`.
    Includes, as failed, messages once given up that are being tried again. `untold_only` leaves out those
    somebody was told about, and messages that themselves report such failures."""
    only = " AND told_at IS NULL AND kind <> 'failure'" if untold_only else ""
    sql = f"""SELECT {SELECTED}, CASE WHEN failed_at IS NOT NULL OR given_up_at IS NOT NULL THEN 'failed'
            WHEN unsure_at IS NOT NULL THEN 'unsure' ELSE 'expired' END,
            (SELECT max_by(detail, attempt) FROM deliveries WHERE outbox_key = outbox.key)
        FROM outbox WHERE {_LOST}{only} ORDER BY due_at, key"""
    if not read_value(con, f"SELECT 1 FROM outbox WHERE {_LOST}{only} LIMIT 1", now=now, since=since):
        return []  # as nearly always: to plan what follows takes three times as long
    rows = read_rows(con, sql, now=now, since=since)
    return [
        UndeliveredMessage(message(row), outcome, "interrupted" if outcome == "unsure" else why or "expired")
        for *row, outcome, why in rows
    ]


def last_by_mail(con: Connection) -> tuple[datetime, str] | None:
    """When a mail was last tried, and its detail: "" where the server took it. None where none ever was."""
    row = con.execute(
        """SELECT epoch_us(tried_at), detail FROM deliveries JOIN outbox ON outbox.key = outbox_key
        WHERE via = $via ORDER BY tried_at DESC, outbox_key, attempt DESC LIMIT 1""",
        {"via": Via.MAIL.value},
    ).fetchone()
    at = at_or_none(row[0]) if row else None
    return (at, row[1]) if row and at else None


def mark_reported(con: Connection, keys: Collection[str], now: datetime) -> bool:
    """Mark that somebody is told of these; return False and mark nothing if any was told of before."""
    given = {"keys": list(keys)}
    sql = "SELECT count(*) FROM outbox WHERE key = ANY($keys) AND told_at IS NULL"
    if read_value(con, sql, **given) != len(given["keys"]):
        return False
    execute(con, "UPDATE outbox SET told_at = $now WHERE key = ANY($keys)", **given, now=now)
    return True


def given_up(con: Connection, now: datetime, since: datetime, vias: Collection[Via]) -> list[tuple[str, int]]:
    """Keys, with their attempts so far, of alert messages that failed or expired and that nobody was told
    about. Leaves out alerts that somebody has acknowledged, alerts with a message still due for its first
    attempt by one of the `vias`, and messages to somebody who may be the alert's subject."""
    given = {"now": now, "since": since}
    if not con.execute(f"SELECT 1 FROM outbox WHERE {_GIVEN_UP} LIMIT 1", given).fetchall():
        return []  # as nearly always: to plan what follows takes ten times as long
    sql = f"SELECT key, attempts FROM outbox WHERE {_TO_TAKE_UP} ORDER BY due_at, key"
    return [(key, attempts) for key, attempts in read_rows(con, sql, **(given | {"vias": list(vias)}))]


def take_up(con: Connection, next_tries: Mapping[str, datetime], until: datetime) -> None:
    """Schedules these of `given_up`, by key, for another attempt as the same, until `until` at least."""
    sql = """UPDATE outbox SET given_up_at = coalesce(given_up_at, failed_at, expires_at), failed_at = NULL,
            next_try_at = again.at, expires_at = greatest(expires_at, $until), handing_over_at = NULL
        FROM (SELECT unnest($keys::VARCHAR[]) AS k, unnest($at::TIMESTAMPTZ[]) AS at) again
        WHERE key = again.k"""
    execute(con, sql, keys=next_tries, at=list(next_tries.values()), until=until)
