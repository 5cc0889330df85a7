"""Find what is owed to people: messages that failed, are owed or withdrawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from alerts.access.matter import alleged_in
from alerts.access.offices import OFFICE_ABOUT, holders
from alerts.access.recipients import first_reader, in_their_place
from alerts.delivery.results import OF_THE_PERSON, TAKEN_UP_FOR, Circle, Lost, Told, cause_of, next_try, tell
from alerts.notices.book import UnreadMatter, due_messages, handed_messages, mailing_hour
from alerts.wording.matters import channel_name
from classifiers.verdicts.subject import strictly_named
from data.evidence.handed_in import Says, Whom, said_of
from data.ids import number_of
from data.judged import speaks_of_child
from data.matters import Having
from data.people import people_of
from data.store.alerts import alerts as alert_store
from data.store.cases.cases import open_about
from data.store.engine.connect import Connection
from data.store.mentions.person_reports import UnreadHandIn, note_passed, unread_hand_ins
from data.store.messages.outbox import (
    WaitingMail,
    given_up,
    mark_reported,
    put_outbox,
    take_up,
    undelivered_messages,
    unwritten,
    waiting_mails,
    withdraw_needless,
)
from data.store.privacy import due_between
from data.types import Alert, OutboxMessage, Person, Via
from data.words.say import words
from monitor.act.requests import protectors
from monitor.config.home.context import Context, Write, message_ways, rest, rests
from monitor.matters.reader import StoredMatters, read_matters

# Mails about what waits for somebody: what people asked about their own data, a week before it is due; and
# what was handed in, within the hour.

BEFORE, HOUR = timedelta(days=7), timedelta(hours=1)
LOOKED_BACK = timedelta(days=3)
"""What was handed in earlier is not mailed any more: a service that stood still, or was upgraded, would send
what the digests have told."""


def requests_due(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Write about requests whose time ends within a week, or complaints to acknowledge: once for each end.

    To the data protection officer, or the head where there is none; for somebody away, to their cover.
    """
    config, found = context.config, due_between(con, now, now + BEFORE)
    schools = {urn: school for urn in {one.urn for one in found} if (school := config.school(urn))}
    messages = list[OutboxMessage]()
    for one in found:
        if school := schools.get(one.urn):
            here, able = people_of(school, config.people), protectors(config, school)
            to = in_their_place([p for p in here if p.id in able and p.email], here, now, lambda _: True)
            messages += due_messages(
                one, school, to, context.links, config.calendar(school.urn), config.zone, now
            )
    new = unwritten(con, messages)
    return [partial(put_outbox, messages=new, now=now)] if new else []


def hand_ins(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Write each person one mail, once, about reports of an hour that raised no alert and nobody read."""
    config, writes = context.config, list[Write]()
    if rests(context, "handed", con, now):
        return []
    for school in config.schools:
        hour = mailing_hour(now, config.zone, config.calendar(school.urn))
        here = people_of(school, config.people)
        if hour is None or not any(p.email for p in here):
            continue
        found = unread_hand_ins(con, school.urn, hour - LOOKED_BACK, hour, [p.id for p in here])
        stored = read_matters(con, config, {one.story_id: school.urn for one in found})
        theirs: dict[Person, list[UnreadHandIn]] = {}
        for one in found:
            to = _first_reader(one, stored, here, now)
            if to is not None:
                theirs.setdefault(to, []).append(one)
        for to, of_them in theirs.items():
            if told := [one for one in of_them if one.brought != to.id]:
                messages = handed_messages(
                    _matters(told, school.language), school, to, context.links, config.zone, now
                )
                writes.append(partial(put_outbox, messages=messages, now=now))
            passed = {one.mention_id: to.id for one in of_them}
            writes.append(partial(note_passed, urn=school.urn, passed=passed, now=now))
    if not writes:
        rest(context, "handed", con, now, now.replace(minute=0, second=0, microsecond=0) + HOUR)
    return writes


def _first_reader(
    one: UnreadHandIn, stored: StoredMatters, here: Sequence[Person], now: datetime
) -> Person | None:
    """Choose who is mailed of it: nobody whom its bringer named or whom any verdict may accuse or mean."""
    says = said_of(json.loads(one.says)) if one.says else Says()
    verdicts = stored.verdicts[one.story_id]
    abouts = {*(v.about.value for v in verdicts), says.about}
    offices = [role for about, role in OFFICE_ABOUT.items() if about.value in abouts]
    named = alleged_in(verdicts, here) | {says.who, *(p.id for p in holders(here, *offices))}
    named |= {v.subject_person for v in verdicts if v.subject_person}
    named |= {p.id for p in strictly_named(here, one.words)}
    child = says.who == "child" or says.about in (Whom.CHILD, Whom.CHILDREN, Whom.BEFRIENDS)
    of_child = child or speaks_of_child(verdicts, one.words)
    return first_reader(stored.by_story[one.story_id], here, named, now, of_child=of_child)


def _matters(told: Sequence[UnreadHandIn], language: str) -> list[UnreadMatter]:
    """Each matter once, by what was handed in of it first; without its place where it is restricted."""
    first, w = {one.story_id: one for one in reversed(told)}, words(language)
    hidden = {one.story_id for one in told if one.restricted}
    return [
        UnreadMatter(
            one.story_id,
            one.number or one.story_id[:6].upper(),
            "" if one.story_id in hidden else channel_name(one.channel, w),
            one.at,
        )
        for one in sorted(first.values(), key=lambda one: one.at)
    ]


# Telling of messages that could not be sent, and trying again what nobody was told of.

TOLD_WITHIN = timedelta(days=7)
"""What should have arrived before that is not told of by mail any more; `doctor` shows it."""


def failures(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Tells, once, of messages that failed, expired or may not have arrived: to people who can act.

    Of an alert that reached nobody and that nobody has in hand, what was given up is tried again, once all
    that is due about it was tried.
    """
    if context.config.mail is None and not context.config.chats:
        return ()
    since = now - TOLD_WITHIN
    tellings = _tellings(con, context, now, since)
    told = {key for keys, _ in tellings for key in keys}
    lost = given_up(con, now, since, message_ways(context.config))
    again = {
        key: (next_try(tries, now, now, 0.0, urgent=True) if tries else None) or now
        for key, tries in lost
        if key not in told
    }
    return [
        *(partial(_tell, keys, messages, now) for keys, messages in tellings),
        *([partial(_take_up, again, message_ways(context.config), now)] if again else []),
    ]


def _tellings(con: Connection, context: Context, now: datetime, since: datetime) -> Sequence[Told]:
    untold = undelivered_messages(con, now, since, untold_only=True)
    if not untold:
        return ()
    every = undelivered_messages(con, now, since)
    alerts = {one.message.alert_id: None for one in untold if one.message.alert_id}
    found = {alert_id: alert_store.alert(con, alert_id) for alert_id in alerts}
    acked = alert_store.owners_of_alerts(con, list(alerts))
    cases = open_about(con, [a.story_id for a in found.values() if a is not None])
    lost = [
        Lost(u.message, u.detail, alert, u.message.alert_id in acked, number)
        for u in untold
        for alert in (found.get(u.message.alert_id or ""),)
        for number in (number_of(alert.number, cases.get((alert.story_id, alert.urn), ())) if alert else "",)
    ]
    unreachable = {one.message.person_id for one in every if cause_of(one.detail) in OF_THE_PERSON}
    config = context.config
    chats = frozenset(config.chats)
    circle = Circle(config.schools, config.people, chats, config.zone, config.people_sharing(), context.links)
    return tuple(tell(lost, unreachable, circle, now))


def _tell(keys: tuple[str, ...], messages: tuple[OutboxMessage, ...], now: datetime, con: Connection) -> None:
    if mark_reported(con, keys, now):
        put_outbox(con, messages, now)


def _take_up(next_tries: Mapping[str, datetime], vias: Sequence[Via], now: datetime, con: Connection) -> None:
    lost = {key for key, _ in given_up(con, now, now - TOLD_WITHIN, vias)}
    still = {key: at for key, at in next_tries.items() if key in lost}
    take_up(con, still, now + TAKEN_UP_FOR)


# Withdraws what waits to be sent and is no longer true, somebody having the matter since or being done with
# it, or what a digest has told its reader meanwhile.

SOON = timedelta(minutes=2)
"""What goes out later is left: until then somebody may take back what they said."""


def withdrawals(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """A write that withdraws what is needless by now; cheap where nothing waits."""
    return [partial(_withdraw, context=context, now=now)] if _needless_mails(con, context, now) else []


def _withdraw(con: Connection, *, context: Context, now: datetime) -> None:
    for alert, mails, by_digest in _needless_mails(con, context, now):
        withdraw_needless(con, alert, mails, now, by_digest=by_digest)


def _needless_mails(
    con: Connection, context: Context, now: datetime
) -> list[tuple[Alert, list[WaitingMail], bool]]:
    """List of each alert what is untrue by now, and what a digest has told."""
    waiting = waiting_mails(con, now + SOON)
    if not waiting:
        return []
    by_alert = {i: list(mails) for i, mails in groupby(waiting, key=lambda m: m.alert_id)}
    alerts = [a for i in by_alert if (a := alert_store.alert(con, i)) and context.config.school(a.urn)]
    stored = read_matters(con, context.config, {a.story_id: a.urn for a in alerts})
    found = []
    for alert in alerts:
        untrue = [m for m in by_alert[alert.id] if _is_untrue(m, alert, stored)]
        read = [  # a digest has given its reader the number of what was to wait
            m for m in by_alert[alert.id] if m not in untrue and m.named and m.queued and m.kind == "instant"
        ]
        found += [(alert, mails, mails is read) for mails in (untrue, read) if mails]
    return found


def _is_untrue(mail: WaitingMail, alert: Alert, stored: StoredMatters) -> bool:
    """Tell whether the matter was taken or ended since the mail was written, so that it says nothing new."""
    holder, ended = stored.holder(alert.story_id), stored.ending_mark(alert.story_id)
    holder = holder if holder is not None and holder.since >= mail.written_at else None
    if ended is not None and ended.at >= mail.written_at:
        return mail.queued or mail.kind != "instant" or ended.person_id == mail.person_id
    if holder is None:
        return False
    if mail.kind != "instant":
        return True
    if holder.person == mail.person_id:
        return mail.queued or holder.how is Having.ACKNOWLEDGED
    return mail.queued and mail.shown
