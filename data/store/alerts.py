"""Alerts and the messages they lead to: written with the mentions, read, acknowledged, handed over."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace as as_it_is
from datetime import datetime
from typing import Any

from data.content_class import ContentClass
from data.errors import InputError
from data.frozen import freeze
from data.judged import DANGER, part_at
from data.matters import MatterNote
from data.steps.codes import StepKind
from data.store import owners as owner_store
from data.store.engine.audit_chain import AuditEntry, Code, append, links, note, record_act
from data.store.engine.rows import (
    Connection,
    Row,
    ValueTable,
    at_or_none,
    execute,
    group_pairs,
    insert_rows,
    read_column,
    read_rows,
    read_value,
    select_columns,
)
from data.store.engine.rows import at as moment_at
from data.store.engine.tables import ALERTS
from data.store.outbox import call_again, call_off, supersede, withdraw
from data.store.owners import KEPT_APART, in_hand_sql, marked_sql, unless_owned
from data.store.sealing import alert_codes, forget_alerts, note_reason
from data.store.stories import KINDS
from data.store.verdicts import reasons
from data.types import Alert, Escalation, Owner, Route, Severity

_NOT_WRITTEN = ("handed_over_at", "handed_over_by")
_ALERT = tuple(c for c in ALERTS.names if c not in _NOT_WRITTEN)
_AGAIN = tuple(c for c in ALERTS.sealed if c not in ("first_raised_at", "number"))
"""What is written of an alert that is raised again."""


@freeze
class RestrictedText:
    """The text behind a restricted alert; `n` is the mention's version, `reasons` are those for the alert's
    school, as `weighed_most` is, the words that weighed most."""

    mention_id: str
    n: int
    url: str | None
    author: str | None
    title: str | None
    text: str | None
    quoted: str | None
    reasons: tuple[str, ...]
    enclosed: tuple[str, ...]
    weighed_most: str


def put_alerts(con: Connection, alerts: Sequence[Alert], now: datetime) -> list[Alert]:
    """Adds alerts and updates those of the same story; an alert raised again must be acknowledged again.
    Returns them with their numbers: a new one's is drawn. New and re-raised alerts are audited; earlier
    messages that are still unsent are withdrawn. A restricted alert keeps its reasons' codes but not their
    words, and stays restricted."""
    if not alerts:
        return []
    before = by_story(con, [a.story_id for a in alerts])
    drawn = owner_store.draw_numbers(con, {a.id for a in alerts if (a.story_id, a.urn) not in before})
    numbers = drawn | {a.id: before[a.story_id, a.urn].number for a in alerts if a.id not in drawn}
    alerts = [as_it_is(a, number=numbers[a.id]) for a in alerts]
    times = {key: alert.times for key, alert in before.items()}
    raised = [a for a in alerts if a.times > times.get((a.story_id, a.urn), -1)]
    rows = [_row(a) for a in alerts]
    insert_rows(con, "alerts", _ALERT, rows, key=("story_id", "urn"), update=ALERTS.update)
    owner_store.lapse(con, [a.story_id for a in raised], now)
    supersede(con, {a.id: a.times for a in raised}, now)
    new = [a.id for a in raised if (a.story_id, a.urn) not in before]
    sealed = alert_codes(con, new) | alert_codes(con, {a.id for a in raised}.difference(new), _AGAIN)
    append(con, [_entry_of_raising(a, now, sealed[a.id]) for a in raised])
    return alerts


def delete_without_story(con: Connection, now: datetime) -> None:
    """Deletes the alerts whose story is gone; an audit entry records each."""
    sql = "DELETE FROM alerts WHERE story_id NOT IN (SELECT id FROM stories) RETURNING id, urn"
    rows = read_rows(con, sql)
    if rows:
        append(con, [AuditEntry(now, "schoolgate", "alert_deleted", i, urn) for i, urn in sorted(rows)])
        forget_alerts(con, [alert_id for alert_id, _ in rows])


def exclude_from_alerts(con: Connection, kept_out: Mapping[str, Sequence[str]], now: datetime) -> None:
    """Add people (ids, by alert) who turn out to be the subject of a story that is not told again. Messages
    to them that are still unsent are withdrawn. An audit entry records that they are kept out."""
    for alert_id, people in kept_out.items():
        found = _existing(con, alert_id)
        late = [p for p in people if p not in found.excluded]
        if not late:
            continue
        sql = "UPDATE alerts SET excluded = list_concat(excluded, $late::VARCHAR[]) WHERE id = $id"
        execute(con, sql, late=late, id=alert_id)
        owner_store.end_ownership(con, found.story_id, found.urn, late, now)
        withdraw(con, alert_id, late, now)
        codes = tuple(Code.EXCLUDED.of(p) for p in late)
        record_act(con, now, "schoolgate", "alert_kept_out", alert_id, found.urn, codes)


def record_named(
    con: Connection, alert: Alert | None, story: tuple[str, str], by: str, codes: Sequence[str], now: datetime
) -> None:
    """Audits whom a story (its id and its school's) means, as somebody (an id) said; of its alert, if any."""
    sealed = _seal_codes(con, alert.id, *_AGAIN) if alert else ()
    entry = AuditEntry(now, by, "who_was_named", alert.id if alert else story[0], story[1], (*codes, *sealed))
    append(con, [entry])


def named_then(con: Connection, alert: Alert, by: str, at: datetime) -> set[str]:
    """Ids of those at whom somebody (an id) alone said, at that moment, that it is aimed; none was warned."""
    sql = """SELECT unnest(codes) FROM audit
        WHERE action = 'who_was_named' AND actor = $by AND done_at = $at AND urn = $urn"""
    named = Code.TARGET.values(read_column(con, sql, by=by, at=at, urn=alert.urn))
    sql = "SELECT person_id FROM outbox WHERE alert_id = $id AND kind = 'warning' AND written_at < $at"
    return {*named}.difference(read_column(con, sql, id=alert.id, at=at))


def aimed_at_one(
    con: Connection, person_id: str, meant: Sequence[str], urns: Collection[str]
) -> dict[str, str]:
    """The stories of these schools that may be aimed at somebody (an id), each with its school, the newest
    first: whose case may have them as its target, or whose posts may endanger or wrong whom is `meant`
    so (`Meant.who`)."""
    sql = """SELECT story_id, urn, opened_at AS known_at FROM cases
            WHERE urn = ANY($urns) AND id IN (SELECT case_id FROM case_steps
                WHERE step IN ('opened', 'target') AND contains(detail, $person))
        UNION SELECT x.story_id, v.urn, v.judged_at FROM verdicts v
            JOIN matches x ON x.mention_id = v.mention_id AND x.urn = v.urn
            WHERE v.urn = ANY($urns) AND x.story_id IS NOT NULL
                AND len(v.endangers) > 0 AND regexp_matches(array_to_string(v.endangers, ' '), $means)
        ORDER BY known_at DESC, story_id"""
    means = f"(^| )({'|'.join(map(re.escape, meant))}) "
    rows = read_rows(con, sql, urns=list(urns), person=person_id, means=means)
    return {story: urn for story, urn, _ in rows}


def ask_also(
    con: Connection, alert: Alert, people: Sequence[str], late: Sequence[str], by: str, now: datetime
) -> None:
    """Records whom (ids) somebody (an id) asks to agree; the `late` read the alert from now on. Audited."""
    sql = "UPDATE alerts SET audience = list_concat(audience, $late::VARCHAR[]) WHERE id = $id"
    execute(con, sql, late=late, id=alert.id)
    codes = (*(Code.TOLD.of(p) for p in people), *_seal_codes(con, alert.id, *_AGAIN))
    record_act(con, now, by, "second_asked", alert.id, alert.urn, codes)


def show(con: Connection, alert_id: str) -> None:
    """Has an alert restricted no more; its next entry seals that."""
    execute(con, "UPDATE alerts SET restricted = FALSE WHERE id = $id", id=alert_id)


def record_shown(con: Connection, story_ids: Sequence[str], by: str, now: datetime) -> None:
    """Audits that the alerts of these stories are restricted no more, as somebody (an id) said."""
    found = [(a.id, a.urn, tuple(_seal_codes(con, a.id, *_AGAIN))) for a in by_story(con, story_ids).values()]
    append(con, [AuditEntry(now, by, "alert_shown", *of) for of in found])


def by_story(con: Connection, story_ids: Sequence[str]) -> dict[tuple[str, str], Alert]:
    if not story_ids:
        return {}
    found = _ALERTS.select(con, "WHERE story_id = ANY($ids)", ids=story_ids)
    return {(a.story_id, a.urn): a for a in found}


_IN_HAND = in_hand_sql("alerts")
_FINISHED = f"(handed_over_at IS NOT NULL OR {_IN_HAND} AND {owner_store.closed_sql('alerts')})"


def list_alerts(
    con: Connection,
    urns: Sequence[str] | None = None,
    *,
    open_only: bool = True,
    finished: bool = True,
    kept_apart: bool = False,
) -> list[Alert]:
    """Alerts of these schools (all if None), gravest first, then newest; those `kept_apart` alone. An alert
    is open until somebody acknowledges it, hands it over or marks its story. It is finished once its story is
    marked, it is handed over, or it is acknowledged and every case of its story closed; without `finished`
    those are left out."""
    done = marked_sql("alerts.story_id", "alerts.urn")
    wanted = ["TRUE"] if urns is None else ["urn = ANY($urns)"]
    if open_only:
        wanted.append(f"handed_over_at IS NULL AND NOT {_IN_HAND} AND NOT {done}")
    if not finished:
        wanted.append(f"NOT {_FINISHED}" if open_only else f"NOT ({_FINISHED} OR {done})")
    if kept_apart:
        wanted.append(f"(restricted OR {KEPT_APART})")
    given = {} if urns is None else {"urns": urns}
    asked = " AND ".join(wanted)  # each condition is planned, asked for or not
    order = "ORDER BY severity DESC, raised_at DESC, id"
    return _ALERTS.select(con, unless_owned(con, f"WHERE {asked} {order}"), **given)


def without_case(con: Connection, route: Route, since: datetime) -> list[Alert]:
    """Alerts of this route raised since then whose story has no case, open or closed, nor was handed over."""
    wanted = """WHERE route = $route AND raised_at >= $since AND handed_over_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.story_id = alerts.story_id AND c.urn = alerts.urn)
        ORDER BY raised_at, id"""
    return _ALERTS.select(con, wanted, route=route.value, since=since)


def taken_since(con: Connection, since: datetime) -> list[Alert]:
    """Alerts that somebody took, or was given, since then."""
    taken = "FROM owners o WHERE o.person_id IS NOT NULL AND o.since_at >= $since"
    if not read_value(con, f"SELECT 1 {taken} LIMIT 1", since=since):
        return []  # as nearly always
    wanted = f"""WHERE EXISTS (SELECT 1 {taken} AND o.story_id = alerts.story_id AND o.urn = alerts.urn
        AND o.times >= alerts.times) ORDER BY id"""
    return _ALERTS.select(con, wanted, since=since)


def alert(con: Connection, alert_id: str) -> Alert | None:
    return _ALERTS.first(con, "WHERE id = $id", id=alert_id)


def alert_to_look_at(con: Connection) -> str | None:
    """Return the story of an alert, a restricted one where there is any, to be looked at in place of none."""
    sql = "SELECT story_id FROM alerts ORDER BY restricted DESC, raised_at DESC, id LIMIT 1"
    return next(iter(read_column(con, sql)), None)


def find_by_number(con: Connection, number: str, beginning: str) -> list[Alert]:
    """Return those of that number, or whose id begins so, capitals aside: as mails of before called them."""
    wanted = "WHERE number = $number OR starts_with(id, $beginning) ORDER BY id"
    return _ALERTS.select(con, wanted, number=number, beginning=beginning.lower())


def has_been_sent(con: Connection, alert_id: str, person_id: str) -> bool:
    """Was the alert sent to this person, or were they asked next about it? Not where there is no such one."""
    sql = """SELECT list_contains(audience, $person) OR EXISTS (
            SELECT 1 FROM escalations WHERE alert_id = $id AND person_id = $person)
        FROM alerts WHERE id = $id"""
    return bool(read_value(con, sql, id=alert_id, person=person_id))


def restricted_text(
    con: Connection, alert_id: str, *, reason: str, person: str, now: datetime
) -> tuple[RestrictedText, ...]:
    """The texts behind a restricted alert, every version, the gravest first; an audit entry records that they
    were read. Needs a write connection. Raises InputError without a reason, or where there is no such alert.
    Whether this person may read them is for the caller to decide."""
    why = note_reason(con, reason)
    found = _existing(con, alert_id)
    codes = (Code.ALERT.of(alert_id), why)
    record_act(con, now, person, "restricted_read", found.story_id, found.urn, codes)
    sql = f"""SELECT mention_id, n, url, author, title, text, quoted, coalesce(reasons[$urn], []),
            {KINDS.format("mention_id")}, (SELECT v.weighed_most FROM verdicts v
                WHERE v.mention_id = r.mention_id AND v.version = n AND v.urn = $urn), article
        FROM restricted_texts r
        WHERE mention_id IN (SELECT mention_id FROM matches WHERE story_id = $id)
        ORDER BY (SELECT max(severity) FROM verdicts v WHERE v.mention_id = r.mention_id AND v.urn = $urn)
            DESC NULLS LAST, mention_id, n"""
    rows = read_rows(con, sql, id=found.story_id, urn=found.urn)
    return tuple(
        RestrictedText(
            *(mention_id, n, url, author, title, text, quoted, tuple(sentences), tuple(kinds)),
            part_at(span and tuple(span), title, text, article),
        )
        for mention_id, n, url, author, title, text, quoted, sentences, kinds, span, article in rows
    )


def took_before(con: Connection, alert_id: str, person: str) -> bool:
    """Has this person taken the alert, as it was raised last, at any time?"""
    found = alert(con, alert_id)
    times = found and Code.TIMES.of(found.times)
    took = (e.entry for e in links(con, [alert_id]) if e.entry.action == "alert_acked")
    return any(entry.actor == person and times in entry.codes for entry in took)


def ack(con: Connection, alert_id: str, person: str, now: datetime, by: str = "", account: str = "") -> Owner:
    """Records that a person has acknowledged the alert, unless somebody already has; returns who has it. The
    audit has by what, and by which account of the machine. Raises InputError where there is none."""
    found = _existing(con, alert_id)
    standing = owners_of_alerts(con, [alert_id]).get(alert_id)
    if standing is not None:
        return standing
    owner = Owner(person, now, person)
    owner_store.own(con, found.story_id, found.urn, owner)
    call_off(con, alert_id, now)
    how = (*([Code.TAKEN_BY.of(by)] if by else ()), *([Code.OS_ACCOUNT.of(account)] if account else ()))
    codes = (Code.TIMES.of(found.times), *how)
    record_act(con, now, person, "alert_acked", alert_id, found.urn, codes)
    return owner


def _may_be_had(con: Connection, of: str) -> tuple[str, str, int, tuple[str, ...]]:
    """Story, school, how often it was raised and who is kept out: of an alert, or of a story (by its id)."""
    if (found := alert(con, of)) is None:
        if urn := read_value(con, "SELECT urn FROM stories WHERE id = $id", id=of):
            return of, str(urn), 0, ()
        found = _existing(con, of)
    return found.story_id, found.urn, found.times, found.excluded


def give(con: Connection, of: str, owner: Owner, why: str = "", now: datetime | None = None) -> None:
    """Records that somebody has that alert, or that story, from now on, by whom it was given; `now` where
    they had it already. Audited, with the note to them and how it was before. Raises InputError where there
    is no such one."""
    (story, urn, raised, _), now = _may_be_had(con, of), now or owner.at
    before = owners_of_alerts(con, [of]).get(of) if raised else owner_store.records(con, [of]).owners.get(of)
    owner_store.own(con, story, urn, owner, now)
    call_off(con, of, now)
    # who had it, by whom, since when, until when and when they were to be asked, as one code
    times = (before.at, before.until, before.ask_at) if before else ()
    was = (str(round(at.timestamp() * 10**6)) if at else "" for at in times)
    codes = (
        *(Code.TIMES.of(raised), Code.PERSON.of(owner.person)),
        *([Code.HAD.of("/".join((before.person, before.by, *was)))] if before is not None else ()),
        *([note(con, why)] if why else ()),
    )
    record_act(con, now, owner.by, "alert_given", of, urn, codes)


def return_matter(con: Connection, of: str, lent: Owner, to: str | None, now: datetime) -> None:
    """Record that what was given for a while is theirs again who gave it (an id), or nobody's. Audited, as
    done by the program. Raises InputError where there is no such one."""
    codes = _return(con, of, lent, Owner(to, now, to) if to else None, now)
    record_act(con, now, "schoolgate", "alert_given", of, *codes)


def undo_giving(con: Connection, of: str, given: Owner, by: str, now: datetime) -> None:
    """Audits that its giver (an id) took it back: it is as it was before. Raises InputError without one."""
    codes = _return(con, of, given, _had_before(con, of), now)
    record_act(con, now, by, "giving_undone", of, *codes)


def _return(
    con: Connection, of: str, given: Owner, to: Owner | None, now: datetime
) -> tuple[str, tuple[str, ...]]:
    """Gives it back; the school's URN and the codes of what is audited of that."""
    story, urn, raised, excluded = _may_be_had(con, of)
    if to is None or to.person in excluded:
        call_again(con, of, given.at)
        owner_store.end_ownership(con, story, urn, [given.person], now)
        to = None
    else:
        owner_store.own(con, story, urn, to, now)
    return urn, (Code.TIMES.of(raised), *([Code.PERSON.of(to.person)] if to else ()))


def put_down(con: Connection, alert_id: str, person: str, now: datetime) -> None:
    """Records that somebody (an id) has it no more, nor anybody. Audited. Raises InputError without one."""
    found, had = _existing(con, alert_id), owners_of_alerts(con, [alert_id]).get(alert_id)
    if had is not None:
        call_again(con, alert_id, had.at)
    owner_store.end_ownership(con, found.story_id, found.urn, [person], now)
    record_act(con, now, person, "alert_put_down", alert_id, found.urn)


def find_last_giving(con: Connection, of: str, urn: str) -> MatterNote | None:
    """Find who gave that alert or story last, when, and with which note; None where nobody did."""
    given = [link.entry for link in links(con, [of]) if link.entry.action == "alert_given"][-1:]
    for entry in given:
        code = next(iter(Code.NOTE.values(entry.codes)), "")
        said = read_value(con, "SELECT note FROM audit_notes WHERE sha256 = $sha256", sha256=code) or ""
        return MatterNote("", of, urn, entry.actor, said, entry.done_at)
    return None


def _had_before(con: Connection, of: str) -> Owner | None:
    """Return the owner that it had before it was given last; None: nobody."""
    given = [link.entry.codes for link in links(con, [of]) if link.entry.action == "alert_given"]
    was = next(iter(Code.HAD.values(given[-1])), None) if given else None
    if was is None:
        return None
    person, by, since, until, ask_at = was.split("/")
    ends, asked = (at_or_none(int(at)) if at else None for at in (until, ask_at))
    return Owner(person, moment_at(int(since)), by, ends, asked)


def acted_since(con: Connection, alert: Alert, at: datetime, but: str) -> bool:
    """Has anybody but this person (an id) done something in the alert's matter since, beside reading?"""
    sql = """SELECT 1 FROM audit WHERE done_at >= $at AND actor NOT IN ($but, 'schoolgate')
        AND action NOT IN ('restricted_read', 'reminder_asked') AND (subject IN ($alert, $story)
            OR subject IN (SELECT id FROM cases WHERE story_id = $story AND urn = $urn)) LIMIT 1"""
    given = {"story": alert.story_id, "urn": alert.urn, "alert": alert.id}
    return bool(read_rows(con, sql, at=at, but=but, **given))


def owners_of_alerts(con: Connection, alert_ids: Sequence[str]) -> dict[str, Owner]:
    """Find who has each of these alerts as it was raised last; the rest are left out."""
    if not alert_ids:
        return {}
    sql = f"""SELECT id, {select_columns(owner_store.HAS, "o.")} FROM alerts a JOIN owners o
            ON o.story_id = a.story_id AND o.urn = a.urn AND o.times >= a.times
        WHERE id = ANY($ids) AND o.person_id IS NOT NULL"""
    return {alert_id: owner_store.owner(has) for alert_id, *has in read_rows(con, sql, ids=alert_ids)}


def hand_over_alert(con: Connection, alert_id: str, person: str, now: datetime) -> None:
    """Record that the matter is now in the school's own safeguarding system. Its restricted texts are due at
    once: the next purge leaves a stub. Raises InputError without an alert."""
    found = _existing(con, alert_id)
    sql = "UPDATE alerts SET handed_over_at = $now, handed_over_by = $person WHERE id = $id"
    execute(con, sql, now=now, person=person, id=alert_id)
    sql = """UPDATE mentions SET retain_until = $now WHERE restricted AND NOT stub
            AND id IN (SELECT mention_id FROM matches WHERE story_id = $story)"""
    execute(con, sql, now=now, story=found.story_id)
    call_off(con, alert_id, now)
    codes = (found.content_class, *_seal_codes(con, alert_id, "handed_over_at", "handed_over_by"))
    record_act(con, now, person, "handed_over", alert_id, found.urn, codes)


def list_handed_over(con: Connection, alert_ids: Sequence[str]) -> set[str]:
    """List those of these alerts that were handed over since they were raised last."""
    sql = "SELECT id FROM alerts WHERE id = ANY($ids) AND handed_over_at IS NOT NULL"
    return set(read_column(con, sql, ids=list(alert_ids)))


def _existing(con: Connection, alert_id: str) -> Alert:
    found = alert(con, alert_id)
    if found is None:
        raise InputError(f"There is no alert {alert_id}. To list them: ⟪alerts list⟫")
    return found


def _seal_codes(con: Connection, alert_id: str, *columns: str) -> list[str]:
    return alert_codes(con, [alert_id], columns)[alert_id]


def _entry_of_raising(a: Alert, now: datetime, sealed: Sequence[str]) -> AuditEntry:
    codes = (
        *(Code.SEVERITY.of(int(a.severity)), Code.ROUTE.of(a.route), a.content_class, Code.TIMES.of(a.times)),
        *(Code.TOLD.of(p) for p in a.audience),
        *(Code.EXCLUDED.of(p) for p in a.excluded),
        *(Code.WARNED.of(p) for p in a.warned),
    )
    return AuditEntry(now, "schoolgate", "alert_raised", a.id, a.urn, (*codes, *sealed))


def _row(a: Alert) -> Row:
    codes, texts = [r.code for r in a.because], [r.text for r in a.because]
    own: dict[str, object] = {"reason_codes": codes, "reason_texts": [] if a.restricted else texts}
    own |= {"first_raised_at": a.raised_at, **dict.fromkeys(_NOT_WRITTEN)}
    row = dict(zip(ALERTS.names, ALERTS.row(a, own), strict=True))
    return [row[column] for column in _ALERT]


def _alert(*, reason_codes: Sequence[str], reason_texts: Sequence[str], **held: Any) -> Alert:
    return Alert(because=reasons(reason_codes, reason_texts), **held)


_ALERTS = ValueTable(
    "alerts",
    _alert,
    columns=" ".join(c for c in _ALERT if c != "first_raised_at"),
    severity=Severity,
    route=Route,
    content_class=ContentClass,
)


# Who was asked about what is not finished: one row for each step, so that none is repeated.


def is_in_hand(con: Connection, alert_id: str) -> bool:
    """Has somebody acknowledged the alert, or handed it over?"""
    sql = f"SELECT handed_over_at IS NOT NULL OR {_IN_HAND} FROM alerts WHERE id = $id"
    return bool(read_value(con, sql, id=alert_id))


_STEPS = ValueTable("escalations", Escalation, "alert_id times step")


def unanswered_alerts(con: Connection, since: datetime) -> list[str]:
    """List the untaken alerts (ids), oldest first: of this hour; of severity 3 raised after `since`."""
    sql = f"""SELECT id FROM alerts WHERE handed_over_at IS NULL AND NOT {_IN_HAND}
        AND (severity >= {int(Severity.THIS_HOUR)} OR list_contains(reason_codes, '{DANGER}')
            OR severity >= {int(Severity.TODAY)} AND raised_at > $since) ORDER BY raised_at, id"""
    return read_column(con, owner_store.unless_owned(con, sql), since=since)


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
    first, and when it was last recorded that something was done. Those of which that was since they were
    raised and given are left out, but for what a LADO may be owed and what its owner wants to be asked of."""
    some = f"""alerts LEFT JOIN owners o ON o.story_id = alerts.story_id AND o.urn = alerts.urn
        WHERE severity >= $grave AND handed_over_at IS NULL
            AND (raised_at > $since OR {_WISHED})"""
    given = {"grave": int(Severity.TODAY), "since": since}
    if not con.execute(f"SELECT 1 FROM {some} LIMIT 1", given).fetchall():
        return {}  # as nearly always: to plan what follows takes ten times as long
    sql = f"""SELECT alerts.id, epoch_us(({_RECORDED})) AS recorded FROM {some}
            AND (recorded IS NULL OR route = 'safeguarding' OR {_WISHED}
                OR recorded < epoch_us(greatest(raised_at, coalesce(o.since_at, raised_at))))
            AND NOT {owner_store.closed_sql("alerts")}
            AND NOT {owner_store.marked_sql("alerts.story_id", "alerts.urn")}
        ORDER BY raised_at, alerts.id"""
    rows = read_rows(con, owner_store.unless_owned(con, sql), **given)
    return {alert_id: at_or_none(recorded) for alert_id, recorded in rows}


def stories_to_ask_about(con: Connection) -> dict[str, str]:
    """List open stories, never raised, whose holder wants to be asked or has a loan; with their school."""
    sql = f"""SELECT o.story_id, o.urn FROM owners o WHERE o.person_id IS NOT NULL
            AND {_WISHED}
            AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.story_id = o.story_id AND a.urn = o.urn)
            AND NOT {owner_store.marked_sql("o.story_id", "o.urn")}
        ORDER BY o.story_id"""
    return dict(read_rows(con, owner_store.unless_owned(con, sql)))


def changes(con: Connection) -> tuple[int, int]:
    """Return what differs once something was audited or judged, by which somebody may be asked."""
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
    _STEPS.insert(con, [step])
    whom = Code.TOLD.of(step.person_id) if step.person_id else "ring"
    codes = (
        Code.TIMES.of(step.times),
        Code.ESCALATION.of(step.step),
        whom,
        *(["digest"] if by_digest else []),
    )
    record_act(con, step.told_at, "schoolgate", "alert_escalated", step.alert_id, step.urn, codes)
