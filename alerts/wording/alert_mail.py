"""The messages of an alert, and of asking the next: what the matter is, what to do and by when. Never what
was posted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.access.recipients import TELL_TARGET, find_notified, notified_so_far
from alerts.escalation import ENDS, HOUR, Call, Occasion, Open, Unfinished
from alerts.layout.note import LIFE, Button, clean_line, message, short_note
from alerts.links import Links
from alerts.next_date import Means, due_at, named_moment
from alerts.wording import instant
from alerts.wording.instant import Telling, To, out_of_hours, raised_at
from alerts.wording.title import NOTHING_SEEN, Seen
from data.ids import digest
from data.judged import is_enquiry, is_of_this_hour
from data.matters import LADO, Holder
from data.store.outbox import LIST
from data.types import Alert, Escalation, Mark, OutboxMessage, Owner, Person, Route, School, StillOpen, Via
from data.words.say import words


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An alert that nobody has, and who is asked about it now: `seen` and `cases` as for the alert itself."""

    it: Open
    call: Call
    seen: Seen = NOTHING_SEEN
    cases: Iterable[str] = ()

    def telling(self, people: Sequence[Person], school: School, means: Means, now: datetime) -> Telling:
        it = self.it
        given = (it.targets, it.matter.endangered, self.cases)
        return instant.telling(it.alert, people, school, means, now, self.seen, *given)


def compose_call(
    asked: Unanswered, people: Sequence[Person], school: School, means: Means, now: datetime
) -> tuple[OutboxMessage, ...]:
    """The messages of a row of the table: to each who is asked, by every way; the bare fact that nobody has
    it to whom it threatens; to IT that there is such an alarm. Keys depend on alert, row, person and way."""
    it, this, alert = asked.it, asked.call, asked.it.alert
    t, minutes = asked.telling(people, school, means, now), this.row.minutes if this.row else 0
    told, of = notified_so_far(alert, it.steps), (alert.id, str(alert.times), str(minutes))
    later = instant.out_of_hours(t) if timedelta(minutes=minutes) >= ENDS else ()
    so_far = t.w("instant.raised", **raised_at(t), names=t.names(p for p in told if p not in t.targets))
    found: list[OutboxMessage] = []
    for step in this.steps:
        person, numbered = step.person_id or "", step.about is StillOpen.BY_NUMBER
        parts = [[t.w("instant.numbered.how"), *out_of_hours(t)]] if numbered else [
            instant.post_sentences(t), [so_far], [instant.step(t), *later]
        ]  # fmt: skip
        for via in instant.ways(person, alert, means) if person else ():
            to = To(person, "escalation", digest("escalation", *of, person, via.value), via)
            found.append(instant.to_reader(t, to, t.w("instant.do.asked"), *parts,
                                           danger="instant.nobody_yet", numbered=numbered))  # fmt: skip
    known = dict.fromkeys((*told, *(s.person_id for s in this.steps if s.person_id)))
    names = [p for p in known if p not in t.targets]
    for person in this.fact:
        for via in instant.ways(person, alert, means):
            warned, key = person in alert.warned, digest("nobody", *of, person, via.value)
            to = To(person, "warning" if warned else "escalation", key, via)
            found.append(instant.to_warned(t, to, nobody=True) if warned
                         else instant.to_target(t, to, names, taken=False))  # fmt: skip
    found += [instant.to_outside(t, p, "unanswered", digest("unanswered", *of, p)) for p in this.menders]
    return tuple(found)


def compose_has_it(
    alert: Alert,
    has: Holder,
    threatened: frozenset[str],
    people: Sequence[Person],
    school: School,
    means: Means,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """A mail to each whom the alert has warned, or may threaten: who deals with it, whom they may ring."""
    t = instant.telling(alert, people, school, means, now, NOTHING_SEEN, threatened, threatened)
    aimed = [p for p in alert.audience if p in t.targets and p not in alert.excluded] if t.grave else []
    told = (p for p in dict.fromkeys((*aimed, *alert.warned)) if p != has.person)
    keys = ((p, digest("has it", alert.id, str(alert.times), p)) for p in told)
    return tuple(instant.to_warned(t, To(p, "warning", key), has=has) for p, key in keys)


def compose_morning(
    asked: Sequence[Unanswered],
    person_id: str,
    people: Sequence[Person],
    school: School,
    means: Means,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """One mail to one person for all that nobody has and that they are asked about beside the table: a time
    that is near first, then danger, as in the digest; of what is theirs by number alone, the number. Where
    any of it is restricted, nobody is to answer it."""
    tellings = [one.telling(people, school, means, now) for one in asked]
    near = {one.it.alert.id for one in asked if one.call.why is Occasion.NAMED}
    first, *others = sorted(
        tellings, key=lambda t: (t.alert.id not in near, not t.grave, t.is_restricted, -t.alert.severity)
    )
    kept = next((t.alert for t in tellings if t.is_restricted), first.alert)
    w, steps = first.w, (s for one in asked for s in one.call.steps if s.person_id == person_id)
    numbered = {s.alert_id for s in steps if s.about is StillOpen.BY_NUMBER}
    kind = "morning" if all(one.call.why is Occasion.MORNING for one in asked) else "escalation"
    key = digest("morning", person_id, *sorted(one.it.alert.id for one in asked), now.isoformat())
    do, danger, said = w("instant.do.asked"), "instant.nobody_yet", first.seen.said_time
    also = [
        (t, (w("instant.numbered.one", number=t.number) if t.alert.id in numbered else t.heading(do),
             w("instant.since", **raised_at(t))))
        for t in others
    ]  # fmt: skip
    parts = [instant.post_sentences(first), [w("instant.since", **raised_at(first)), instant.step(first)]]
    if first.alert.id in numbered:
        parts = [[w("instant.numbered.how"), *out_of_hours(first)]]
    elif first.alert.id in near and said and said.at:
        danger, parts = "instant.danger", [[w("instant.near", clock=f"{said.at:%H:%M}")], *parts]
    made = instant.to_reader(first, To(person_id, kind, key), do, *parts, danger=danger, also=also,
                             numbered=first.alert.id in numbered)  # fmt: skip
    return (replace(made, alert_id=kept.id, times=kept.times),)


@dataclass(frozen=True, slots=True)
class Question:
    """The question that is asked about what is not finished: `seen` and `cases` as for the alert itself."""

    matter: Unfinished
    step: Escalation
    seen: Seen = NOTHING_SEEN
    cases: Iterable[str] = ()


def compose_questions(
    asked: Sequence[Question], people: Sequence[Person], school: School, means: Means
) -> tuple[OutboxMessage, ...]:
    """The messages that ask one person about what is not finished: one mail, but one for each matter of
    danger, the restricted first, which nobody is to answer; by chat one for each matter."""
    posed = sorted((_pose(q, people, school, means) for q in asked), key=lambda p: not p.t.is_restricted)
    groups = (*([p] for p in posed if p.t.grave), [p for p in posed if not p.t.grave])
    chats = ([p] for p in posed if Via.CHAT in instant.ways(p.step.person_id or "", p.t.alert, means))
    mails = [_letter(group, Via.MAIL) for group in groups if group]
    return (*mails, *(_letter(one, Via.CHAT) for one in chats))


@dataclass(frozen=True, slots=True)
class _Posed:
    """One question in words: what it asks for, then what is not recorded and what is asked of the reader."""

    t: Telling
    step: Escalation
    do: str
    told: Sequence[str]
    asked: Sequence[str]


def _pose(question: Question, people: Sequence[Person], school: School, means: Means) -> _Posed:
    matter, this = question.matter, question.step
    t = instant.telling(
        matter.alert, people, school, means, this.told_at, question.seen, cases=question.cases
    )
    if this.about is StillOpen.BACK and not _is_theirs(matter, this):
        return _Posed(t, this, t.w("instant.do.asked"), [f"{t.w('instant.nobody')}."], [instant.step(t)])
    return _Posed(t, this, t.w(f"instant.do.{this.about.value}"), *_still_open(matter, this, t))


def _letter(group: Sequence[_Posed], via: Via) -> OutboxMessage:
    """One message: the first of them in full, of the others what each is and what is to do."""
    first, *others = group
    person, also = first.step.person_id or "", list[tuple[Telling, tuple[str, ...]]]()
    for p in others:
        new = (a for a in p.asked if a not in first.asked)
        also.append((p.t, (p.t.heading(p.do), *p.told, *new)))
    steps = (part for p in group for part in (p.step.alert_id, p.step.times, p.step.step))
    to = To(person, "question", digest("question", *map(str, steps), person, via.value), via)
    opens = first.t.w("instant.open.button")
    return instant.to_reader(first.t, to, first.do, first.told, first.asked, opens=opens, also=also)


def _is_theirs(matter: Unfinished, this: Escalation) -> bool:
    """Has its reader got it, or does it come back to them?"""
    if this.about is StillOpen.BACK:
        return matter.owner is not None and matter.owner.by == this.person_id
    return matter.holder is not None and matter.holder.person == this.person_id


def _still_open(matter: Unfinished, this: Escalation, t: Telling) -> tuple[list[str], list[str]]:
    w, holder, what, mine = t.w, matter.holder, this.about, _is_theirs(matter, this)
    name = t.names([holder.person]) if holder else ""
    when = instant.moment_words(t, holder.since) if holder else ""
    due = next((d for d in matter.due if (d.clock == LADO) is (what is StillOpen.LADO)), None)
    day = w.day(due.at - timedelta(microseconds=1), t.due, t.means.zone) if due else ""
    key = "yours" if mine and what is StillOpen.UNDONE else what.value
    told = [w(f"instant.open.{key}", name=name, when=when, day=day)]
    if holder is None:
        return [f"{w('instant.nobody')}.", *told], [instant.step(t)]
    if not mine and what is not StillOpen.UNDONE:
        told.append(w("instant.open.has", name=name, when=when))
    pressed = {Mark.NOT_US, Mark.ANSWERED} <= {*matter.marks}
    record = "instant.open.record_today" if pressed else "instant.open.record"
    return told, [w(record) if mine else w("instant.open.ask", name=name)]


def compose_given(
    alert: Alert,
    owner: Owner,
    note: str,
    people: Sequence[Person],
    school: School,
    means: Means,
    seen: Seen = NOTHING_SEEN,
    before: str = "",
) -> tuple[OutboxMessage, ...]:
    """The mail to whom somebody gave it, with their note, where what it is about may stand in a mail; to
    whoever has it since it can be theirs no more who had it `before` (a name), that this is so."""
    t = instant.telling(alert, people, school, means, owner.at, seen)
    w, name, zone = t.w, t.names([owner.by]), means.zone
    ends = owner.until or owner.at
    until = w("instant.open.until", day=w.day(ends, owner.at, zone), clock=w.clock(ends, zone))
    until = until if owner.until else ""
    said = w("instant.open.note", name=name, note=clean_line(note)) if note and not t.is_restricted else ""
    given = w("instant.open.after", name=clean_line(before)) if before else w("instant.open.given", name=name)
    to, opens = To(owner.person, "question", given_key(alert, owner)), w("instant.open.button")
    parts = [given, until, said], [instant.step(t)]
    return (instant.to_reader(t, to, w("instant.do.given"), *parts, opens=opens),)


def compose_said(
    t: Telling, to: Iterable[str], do: str, said: Iterable[str], key: str, opens: str
) -> tuple[OutboxMessage, ...]:
    """Mail these (ids) what staff say or ask: the subject's `do`, paragraphs, and what it `opens`."""
    parts, at = [[one] for one in said], t.due.isoformat()
    keys = {person: digest(key, t.alert.id, person, at) for person in to}
    return tuple(
        instant.to_reader(t, To(person, "answer", known), do, *parts, opens=opens)
        for person, known in keys.items()
    )


def given_key(alert: Alert, owner: Owner) -> str:
    return digest("given", alert.id, str(alert.times), owner.person, owner.at.isoformat())


def alert_messages(
    alert: Alert,
    people: Sequence[Person],
    school: School,
    now: datetime,
    means: Means,
    seen: Seen = NOTHING_SEEN,
    targets: frozenset[str] = frozenset(),
    threatened: frozenset[str] = frozenset(),
    cases: Iterable[str] = (),
) -> tuple[OutboxMessage, ...]:
    """Write a mail to each person of the alert's audience, in its order, and a chat message to those who have
    one; to those it has `warned` the bare fact in the same ways; to whom a row gives notice its number, by
    mail.

    None without audience. Those of `targets` (ids) are told that it is about them, those `threatened` that
    they may be in danger, and who deals with it, and are asked for nothing; but whoever comes first must act,
    target or not. `cases` are the numbers of the open cases about it. Keys depend on the alert, how often it
    was raised, the person and the way, so that a repeat is one."""
    t = instant.telling(alert, people, school, means, now, seen, targets, threatened, cases)
    aside = find_notified(alert, people, school)
    told = tuple(
        _message(t, kind, person, via, t.names(aside))
        for kind, those in (("instant", alert.audience), ("warning", alert.warned))
        for person in those
        for via in instant.ways(person, alert, means)
    )
    later = replace(t, due=due_at(alert, t.due, means.zone, means.calendar))
    others = tuple(
        instant.message_by_number(later, p, fact, digest("noticed", alert.id, str(alert.times), p))
        for p, fact in aside.items()
    )
    return (*told, *others)


def _message(whole: Telling, kind: str, person: str, via: Via, by_number: str) -> OutboxMessage:
    alert, means, warned = whole.alert, whole.means, kind == "warning"
    beside = () if via is Via.MAIL else (via.value,)
    key = digest("warning" if warned else "outbox", alert.id, str(alert.times), person, *beside)
    to = To(person, kind, key, via)
    if warned:
        return instant.to_warned(whole, to)
    t = replace(whole, due=due_at(alert, whole.due, means.zone, means.calendar, via))
    others = [p for p in alert.audience if p not in t.targets and p != person]
    if person in t.targets:
        return instant.to_target(t, to, others)
    do = t.w("instant.do.again") if alert.times > 1 else _do(t)
    names = t.names(p for p in alert.audience if p != person)
    told = [t.w("instant.told", names=names) if names else t.w("instant.only")]
    told += [t.w("instant.noticed.also", names=by_number)] if by_number and not t.is_restricted else []
    ico = "" if t.is_restricted else instant.ico_deadline(t)
    first = next((p for p in alert.audience if p not in t.targets), "")
    if first and t.because(TELL_TARGET):
        told.append(t.w("instant.tell_target", name=t.names([first])))
    return instant.to_reader(t, to, do, instant.post_sentences(t), [instant.step(t), _deadline(t), ico], told)


def _deadline(t: Telling) -> str:
    """Within the hour for what is of this hour, else on the day it goes out."""
    if is_of_this_hour(t.alert):
        return t.w("instant.by", when=instant.moment_words(t, t.due + HOUR, after=t.due))
    asks = is_enquiry(t.alert) and not t.is_restricted
    named = named_moment(t.seen.said_time, t.means.zone)
    if asks and named is not None:
        return t.w("instant.by", when=instant.moment_words(t, named, after=t.due))
    return t.w("instant.by_day", day=t.w.day(t.due, t.alert.raised_at, t.means.zone))


def _do(t: Telling) -> str:
    if t.own_account and not t.in_danger:
        return t.w("instant.do.account")
    if is_of_this_hour(t.alert) or t.alert.route.urgent:
        return t.w("instant.do.now")
    if t.topic.label == "unplaced":
        return t.w("instant.do.read")
    return t.w("instant.do.answer" if t.alert.route is Route.RESPOND else "instant.do.today")


def compose_list(
    of: Sequence[OutboxMessage], person: Person, school: School, links: Links, now: datetime
) -> OutboxMessage:
    """The mail to that person; its key depends on what it says."""
    w = words(school.language)
    lines = []
    for mail in of:
        page = re.search(rf"^\s*({re.escape(links.base_url or '')}/\S+)$", mail.body, re.MULTILINE)
        page = page if links.base_url is not None else None
        lines.append(((mail.subject,), Button(w("instant.together.page"), page[1]) if page else None))
    note = short_note(w, w("instant.together.subject", n=len(of)), w("instant.together.said"))
    greeting = w("instant.greeting", name=clean_line(person.name))
    note = replace(note, greeting=greeting, also=tuple(lines))
    return message(note, person.id, school.urn, LIST, digest(LIST, *(m.key for m in of)), now, LIFE)
