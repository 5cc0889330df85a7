"""Finds what waits for people: matters that nobody has, asked about by the table of an alarm and each
morning; what is owed to somebody; and messages that failed or are no longer true.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from alerts.access.knowing import Access, readers
from alerts.access.matter import alleged_in
from alerts.access.offices import OFFICE_ABOUT, holders
from alerts.access.recipients import first_reader, in_their_place
from alerts.delivery.results import OF_THE_PERSON, TAKEN_UP_FOR, Circle, Lost, Told, cause_of, next_try, tell
from alerts.escalation import HOUR, Call, Open, Unfinished, ask_again, call, next_asking_at, next_call_at
from alerts.next_date import SchoolDays, is_decided, list_marks, list_safe, next_dates
from alerts.notices.upkeep import UnreadMatter, due_messages, handed_messages, mailing_hour
from alerts.wording.instant import (
    Question,
    Unanswered,
    compose_call,
    compose_has_it,
    compose_morning,
    compose_questions,
    telling,
)
from alerts.wording.matters import channel_name
from classifiers.verdicts.subject import strictly_named
from data.evidence.handed_in import Says, Whom, said_of
from data.frozen import freeze
from data.ids import number_of
from data.judged import is_of_this_hour, speaks_of_child
from data.matters import DECIDE, LADO, Having, MatterView
from data.people import people_of
from data.store import alerts as alert_store
from data.store.cases import open_about
from data.store.engine.connect import Connection
from data.store.mentions import UnreadHandIn, note_passed, unread_hand_ins
from data.store.outbox import (
    WaitingMail,
    given_up,
    is_in_digest,
    mark_reported,
    put_outbox,
    take_up,
    undelivered_messages,
    waiting_mails,
    withdraw_needless,
)
from data.store.owners import notes_by_story, notes_of
from data.store.privacy import due_between
from data.store.verdicts import story_verdicts
from data.types import Alert, Escalation, OutboxMessage, Person, School, StillOpen, Via
from data.words.say import words
from monitor.act.requests import protectors
from monitor.config.home.context import Context, Write, message_means, message_ways, rest, rests, write_new
from monitor.matters.reader import StoredMatters, read_matters
from monitor.pipeline.raising import seen_of

_LOOKED_BACK = timedelta(days=14)
"""What was raised longer ago is left to the digest."""
_THIS_MORNING = timedelta(hours=12)
"""The time before a look, however late in the day that is, in which this morning's digest was written."""


def ask_due_questions(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """A write that asks every question due now; cheap where nothing is unfinished, or nothing can be due."""
    if rests(context, "questions", con, now):
        return []
    looked = _list_unfinished(con, context, now)
    if any(step is not None for _, _, step, _ in looked):
        return [partial(_ask_questions, context=context, now=now)]
    if looked:
        until = min([now + HOUR, *(at for *_, at in looked if at is not None)])
        rest(context, "questions", con, now, until)
    return []


def _ask_questions(con: Connection, *, context: Context, now: datetime) -> None:
    # looked for again inside the transaction: meanwhile something may have been recorded
    looked = _list_unfinished(con, context, now)
    due = [(matter, school, step) for matter, school, step, _ in looked if step is not None]
    alerts = [matter.alert for matter, _, _ in due]
    stories = [alert.story_id for alert in alerts]
    verdicts, cases = story_verdicts(con, stories), open_about(con, stories)
    seen = seen_of(con, alerts, verdicts, partial(message_means, context))
    asked: dict[tuple[School, str | None], list[Question]] = {}
    freed = False
    for matter, school, step in due:
        alert = matter.alert
        numbers = cases.get((alert.story_id, school.urn), ())
        read = _is_read(con, matter, step, now)
        if not read:
            given = (alert, context.config.people, school, message_means(context, school.urn))
            t = telling(*given, step.told_at, seen[alert.id], cases=numbers)
            question = Question(matter, step, t)
            asked.setdefault((school, step.person_id), []).append(question)
        alert_store.put_step(con, step, by_digest=read)
        lent = matter.owner
        if step.about is StillOpen.BACK and lent is not None:
            to = lent.by if step.person_id == lent.by else None
            alert_store.return_matter(con, step.alert_id, lent, to, now)
            freed = freed or to is None
    # of what nobody has now, those whom the alarm or the morning asks at once have that mail alone
    called = _ask(con, context=context, now=now) if freed else ()
    for of in asked.values():
        left = [
            q for q in of
            if q.step.about is not StillOpen.BACK or (q.step.alert_id, q.step.person_id) not in called
        ]  # fmt: skip
        put_outbox(con, compose_questions(left), now)


def _is_read(con: Connection, matter: Unfinished, step: Escalation, now: datetime) -> bool:
    """Tell whether this morning's digest gave them its number; never of what the LADO must be told."""
    alert = matter.alert
    if step.person_id is None or step.about is not StillOpen.DUE:
        return False
    before = alert_store.escalation_steps(con, [alert.id]).get(alert.id, ())
    again = any(s.about is step.about and s.told_at >= matter.since for s in before)
    return again and is_in_digest(con, alert.number, step.person_id, now - _THIS_MORNING)


def _list_unfinished(
    con: Connection, context: Context, now: datetime
) -> list[tuple[Unfinished, School, Escalation | None, datetime | None]]:
    """List what is unfinished, with the question that is due, and when another may be."""
    recorded, wished = (
        alert_store.unfinished_alerts(con, now - _LOOKED_BACK),
        alert_store.stories_to_ask_about(con),
    )
    if not (recorded or wished):
        return []
    config, made = context.config, alert_store.escalation_steps(con, [*recorded, *wished])
    alerts = (
        [a for a in alert_store.list_alerts(con, open_only=False) if a.id in recorded] if recorded else []
    )
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts} | wished)
    alerts += [stored.to_tell(story, now) for story in wished if stored.verdicts.get(story)]
    notes = notes_by_story(con, [alert.story_id for alert in alerts])
    found = []
    for alert in alerts:
        school = config.school(alert.urn)
        if school is None:
            continue
        days = SchoolDays(school.nation, config.zone, config.calendar(alert.urn))
        matter = _make_unfinished(
            stored, alert, days, recorded.get(alert.id), people_of(school, config.people), now
        )
        if is_decided(notes.get((alert.story_id, alert.urn), ()), alert.raised_at):
            matter = replace(matter, due=tuple(date for date in matter.due if date.clock != DECIDE))
        before = made.get(alert.id, [])
        step = ask_again(matter, before, config.people, school, days, now)
        found.append((matter, school, step, next_asking_at(matter, before, days, now)))
    return found


def _make_unfinished(
    stored: StoredMatters,
    alert: Alert,
    days: SchoolDays,
    recorded: datetime | None,
    people: Sequence[Person],
    now: datetime,
) -> Unfinished:
    """Gather a matter's facts; whom a case may accuse, or who may not read it any more, is never asked."""
    story = alert.story_id
    matter, owner = stored.by_story[story], stored.owners.get(story)
    holder, able = stored.holder(story), {p.id for p in readers(people, matter, people)}
    if holder is not None and holder.person not in able:
        holder = None
    if owner is not None and owner.by not in able:
        owner = replace(owner, by="")
    excluded = (*alert.excluded, *sorted(matter.subjects.difference(alert.excluded)))
    verdicts, cases = stored.verdicts.get(story, ()), stored.cases_of(story)
    dates = next_dates(stored.alerts.get(story), cases, days, now, had=False, lane=matter.bypass)
    has = next((p for p in people if holder is not None and p.id == holder.person), None)
    marks = list_marks(has, matter, people, alert, verdicts, cases, had=True)[0] if has else ()
    return Unfinished(
        replace(alert, excluded=excluded),
        holder,
        tuple(date for date in dates if date.clock in (DECIDE, LADO)),
        recorded,
        owner,
        matter.threatened,
        marks,
    )


_OF_TODAY = timedelta(days=7)
"""What is of severity 3 and was raised longer ago is left to the digest."""


@freeze
class _Looked:
    """An alert that nobody has, its school, and who is asked about it now."""

    it: Open
    school: School
    call: Call | None


def escalate(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Write what asks everybody who is to be asked now; cheap where nothing can be due."""
    if rests(context, "escalation", con, now):
        return []
    found = _list_untaken(con, context, now)
    if any(one.call for one in found):
        return [partial(_ask, context=context, now=now)]
    if found:
        until = min(next_call_at(one.it, _days(context, one.school), now) for one in found)
        rest(context, "escalation", con, now, until)
    return []


def _ask(con: Connection, *, context: Context, now: datetime) -> set[tuple[str, str | None]]:
    """Ask all who are to be asked now; give of which alert whom (ids), but those whom a digest has told."""
    # looked for again inside the transaction: meanwhile somebody may have taken it, or it was raised again
    due = [one for one in _list_untaken(con, context, now) if one.call]
    alerts, people = [one.it.alert for one in due], context.config.people
    stories = [a.story_id for a in alerts]
    stored = read_matters(con, context.config, {a.story_id: a.urn for a in alerts})
    seen = seen_of(con, alerts, stored.verdicts, partial(message_means, context))
    cases, mornings = open_about(con, stories), dict[tuple[School, str], list[Unanswered]]()
    called = set[tuple[str, str | None]]()
    for one in due:
        this, alert = one.call, one.it.alert
        assert this is not None
        given = (alert, people, one.school, message_means(context, alert.urn), now, seen[alert.id])
        numbers = cases.get((alert.story_id, alert.urn), ())
        t = telling(*given, one.it.targets, one.it.matter.endangered, numbers)
        t = replace(t, safe=_said_safe(con, stored, alert))
        asked = Unanswered(one.it, this, t)
        old = alert.posted_at is not None  # one mail a person for all that was posted before we began
        if this.row is not None and not old:
            put_outbox(con, compose_call(asked), now)
        for step in this.steps:
            read = this.why is not None and _reads_it_in_digest(con, one, step, now)
            alert_store.put_step(con, step, by_digest=read)
            if not read:
                called.add((step.alert_id, step.person_id))
            if (this.why is not None or old) and step.person_id is not None and not read:
                mornings.setdefault((one.school, step.person_id), []).append(asked)
    for (_, person), of in mornings.items():
        put_outbox(con, compose_morning(of, person, now), now)
    return called


def _reads_it_in_digest(con: Connection, one: _Looked, step: Escalation, now: datetime) -> bool:
    """Has this morning's digest named to them what is of severity 3, so that no mail asks about it too?"""
    alert = one.it.alert
    if step.person_id is None or is_of_this_hour(alert):
        return False
    return is_in_digest(con, alert.number, step.person_id, now - _THIS_MORNING)


def _list_untaken(con: Connection, context: Context, now: datetime) -> list[_Looked]:
    """List what nobody has taken and no case has ended, each with who is asked now: nobody it may accuse."""
    config = context.config
    ids = set(alert_store.unanswered_alerts(con, now - _OF_TODAY))
    if not ids:
        return []
    made = alert_store.escalation_steps(con, sorted(ids))
    alerts = [a for a in alert_store.list_alerts(con) if a.id in ids and config.school(a.urn)]
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts})
    alerts = [a for a in alerts if not stored.dealt_with(a)]
    seen = seen_of(con, alerts, stored.verdicts, partial(message_means, context)) if alerts else {}
    newest = alert_store.newest_posts(con, [a.story_id for a in alerts]) if alerts else {}
    found = []
    for alert in alerts:
        school, matter = config.school(alert.urn), stored.by_story[alert.story_id]
        assert school is not None
        out = (*alert.excluded, *sorted(matter.subjects.difference(alert.excluded)))
        it = Open(
            replace(alert, excluded=out), matter, made.get(alert.id, ()), seen[alert.id].said_time,
            newest.get(alert.story_id),
        )  # fmt: skip
        found.append(_Looked(it, school, call(it, config.people, school, _days(context, school), now)))
    return found


def reassure(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Tell those who were warned of an alert, or whom it may threaten, once who took it within the hour."""
    alerts = alert_store.taken_since(con, now - _LATELY)
    if not alerts:
        return []
    config, messages = context.config, list[OutboxMessage]()
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts})
    for alert in alerts:
        school, has = config.school(alert.urn), stored.holder(alert.story_id)
        if school and has:
            aimed = stored.by_story[alert.story_id].endangered
            given = (alert, config.people, school, message_means(context, alert.urn), now)
            t = telling(*given, targets=aimed, threatened=aimed)
            messages += compose_has_it(replace(t, safe=_said_safe(con, stored, alert)), has)
    return write_new(con, messages, now)


def _said_safe(con: Connection, stored: StoredMatters, alert: Alert) -> frozenset[str]:
    """List who said that they are safe since it was raised again (ids)."""
    story, urn = alert.story_id, alert.urn
    cases, notes, times = stored.cases_of(story), notes_of(con, story, urn), alert.times
    given = (story, urn, Access.WORDS)
    return list_safe(MatterView(*given, raised_at=alert.raised_at, times=times, cases=cases, notes=notes))


_LATELY = timedelta(hours=1)


def _days(context: Context, school: School) -> SchoolDays:
    return SchoolDays(school.nation, context.config.zone, context.config.calendar(school.urn))


# Mails about what waits for somebody: what people asked about their own data, a week before it is due; and
# what was handed in, within the hour.

BEFORE = timedelta(days=7)
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
            messages += due_messages(one, school, to, message_means(context, school.urn), now)
    return write_new(con, messages, now)


def hand_ins(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Write each person one mail, once, about reports of an hour that raised no alert and nobody read, and at
    once about what is sealed."""
    config, writes = context.config, list[Write]()
    if rests(context, "handed", con, now):
        return []
    for school in config.schools:
        hour = mailing_hour(now, config.zone, config.calendar(school.urn))
        here = people_of(school, config.people)
        if not any(p.email for p in here):
            continue
        found = unread_hand_ins(con, school.urn, now - LOOKED_BACK, now, [p.id for p in here])
        found = [one for one in found if one.restricted or (hour is not None and one.at < hour)]
        stored = read_matters(con, config, {one.story_id: school.urn for one in found})
        theirs: dict[Person, list[UnreadHandIn]] = {}
        for one in found:
            to = _first_reader(one, stored, here, now)
            if to is not None:
                theirs.setdefault(to, []).append(one)
        for to, of_them in theirs.items():
            told = [one for one in of_them if one.brought != to.id]
            for kind in ("handed", "sealed"):
                if mailed := [one for one in told if one.restricted is (kind == "sealed")]:
                    means = message_means(context, school.urn)
                    matters = _matters(mailed, school.language)
                    messages = handed_messages(matters, school, to, means, now, kind)
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
    of_child = child or one.restricted or speaks_of_child(verdicts, one.words)
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
