"""The messages of an alert, and of asking the next: what the matter is, what to do and by when. Never what
was posted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.access.recipients import TELL_TARGET, noticed, told_so_far
from alerts.asked_again import Unfinished
from alerts.escalation import ENDS, Call, Occasion, Open, asked_mornings
from alerts.layout.note import LIFE, Button, Note, line, message
from alerts.links import Links
from alerts.next_date import Means, due_at
from alerts.wording import instant
from alerts.wording.instant import Telling
from alerts.wording.subject import NOTHING_SEEN, Seen
from data.ids import digest
from data.judged import of_this_hour
from data.matters import LADO, Holder
from data.store.messages.outbox import LIST
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
        """What its messages are made from."""
        it = self.it
        return instant.telling(it.alert, people, school, means, now, self.seen, it.targets, self.cases)


def compose_call(
    asked: Unanswered, people: Sequence[Person], school: School, means: Means, now: datetime
) -> tuple[OutboxMessage, ...]:
    """The messages of a row of the table: to each who is asked, by every way; the bare fact that nobody has
    it to whom it threatens; to IT that there is such an alarm, and no more.

    Keys depend on the alert, how often it was raised, the row, the person and the way.
    """
    it, this, alert = asked.it, asked.call, asked.it.alert
    t, minutes = asked.telling(people, school, means, now), this.row.minutes if this.row else 0
    told = told_so_far(alert, it.steps)
    of = (alert.id, str(alert.times), str(minutes))
    known = tuple(dict.fromkeys((*told, *(s.person_id for s in this.steps if s.person_id))))
    last = timedelta(minutes=minutes) >= ENDS
    again = asked_mornings(it, people, school, now) if last else []
    found: list[OutboxMessage] = []
    for step in this.steps:
        then = instant.who_is_next(t, known, minutes)
        if again:
            you = "you" if step.person_id in again else "others"
            then = t.w(f"instant.mornings.{you}", names=t.names(again))
        for via in instant.ways(step.person_id, alert, means) if step.person_id else ():
            key = digest("escalation", *of, step.person_id or "", via.value)
            found.append(_asks(t, step, told, then, via, key, last=last))
    names = [p for p in known if p not in t.targets]
    for person in this.fact:
        for via in instant.ways(person, alert, means):
            key = digest("nobody", *of, person, via.value)
            if person in alert.warned:
                found.append(instant.to_warned(t, person, key, via, nobody=True))
            else:
                found.append(instant.to_target(t, person, "escalation", via, key, names, taken=False))
    found += [instant.to_mender(t, person, digest("unanswered", *of, person)) for person in this.menders]
    return tuple(found)


def _asks(
    t: Telling, step: Escalation, told: Sequence[str], then: str, via: Via, key: str, *, last: bool
) -> OutboxMessage:
    """One message that asks somebody to take it, by number where that is enough. `then` comes after."""
    w, person = t.w, step.person_id or ""
    if step.about is StillOpen.BY_NUMBER:
        return instant.by_number(t, person, key, via, _raised_at(t))
    heading = instant.headed(t, w("instant.do.asked"), w("instant.nobody"))
    if via is Via.CHAT:
        return t.message(person, "escalation", key, instant.chat(t, person, heading))
    names = t.names(p for p in told if p not in t.targets)
    raised = [w("instant.raised", **_raised_at(t), names=names), then]
    beside = [instant.step(t), *(instant.out_of_hours(t) if last else ())]
    parts = (heading, w("instant.nobody_yet"), instant.of_the_post(t), raised, beside)
    return instant.mail(t, person, "escalation", key, *parts)


def compose_has_it(
    alert: Alert,
    has: Holder,
    targets: frozenset[str],
    people: Sequence[Person],
    school: School,
    means: Means,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """A mail to each whom the alert has warned, or may threaten: who deals with it, whom they may ring."""
    t = instant.telling(alert, people, school, means, now, NOTHING_SEEN, targets, ())
    aimed = [p for p in alert.audience if p in t.targets and p not in alert.excluded] if t.grave else []
    return tuple(
        instant.to_warned(t, p, digest("has it", alert.id, str(alert.times), p), Via.MAIL, has=has)
        for p in (*aimed, *alert.warned)
        if p != has.person
    )


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
        tellings, key=lambda t: (t.alert.id not in near, not t.grave, t.restricted, -t.alert.severity)
    )
    kept = next((t.alert for t in tellings if t.restricted), first.alert)
    w, steps = first.w, (s for one in asked for s in one.call.steps if s.person_id == person_id)
    numbered = {s.alert_id for s in steps if s.about is StillOpen.BY_NUMBER}
    kind = "morning" if all(one.call.why is Occasion.MORNING for one in asked) else "escalation"
    key = digest("morning", person_id, *sorted(one.it.alert.id for one in asked), now.isoformat())
    also = [
        (t, (w("instant.numbered.one", number=t.number) if t.alert.id in numbered
             else instant.headed(t, w("instant.do.asked")), w("instant.since", **_raised_at(t))))
        for t in others
    ]  # fmt: skip
    more = [w("instant.open.more", n=len(others))] if others else []
    heading = instant.headed(first, w("instant.do.asked"), w("instant.nobody"), *more)
    raised = [w("instant.since", **_raised_at(first)), instant.step(first)]
    danger, said = w("instant.nobody_yet"), first.seen.said_time
    if first.alert.id in near and said and said.at:
        danger = f"{w('instant.near', clock=f'{said.at:%H:%M}')} {danger}"
    parts = (heading, danger, instant.of_the_post(first), raised)
    made = instant.mail(first, person_id, kind, key, *parts, also=also)
    if first.alert.id in numbered:
        made = instant.by_number(first, person_id, key, Via.MAIL, _raised_at(first), kind, also)
    return (replace(made, alert_id=kept.id, times=kept.times),)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody is asked about what is not finished: `seen` and `cases` as for the alert itself."""

    matter: Unfinished
    step: Escalation
    seen: Seen = NOTHING_SEEN
    cases: Iterable[str] = ()


def compose_questions(
    asked: Sequence[Question], people: Sequence[Person], school: School, means: Means
) -> tuple[OutboxMessage, ...]:
    """The messages that ask one person about what is not finished: one mail, but one for each matter of
    danger; and by chat, where they have that, one for each matter.

    What is restricted stands first: its mail has nobody to be answered to.
    """
    posed = sorted((_posed(q, people, school, means) for q in asked), key=lambda p: not p.t.restricted)
    person_id = asked[0].step.person_id or ""
    groups = (*([p] for p in posed if p.t.grave), [p for p in posed if not p.t.grave])
    letters = [_letter(group, person_id) for group in groups if group]
    chats = [
        p.t.message(
            person_id, "question", p.key(person_id, Via.CHAT), instant.chat(p.t, person_id, p.heading)
        )
        for p in posed
        if Via.CHAT in instant.ways(person_id, p.t.alert, means)
    ]
    return (*letters, *chats)


@dataclass(frozen=True, slots=True)
class _Posed:
    """One question in words: what it asks for, then what is not recorded and what is asked of the reader."""

    t: Telling
    step: Escalation
    do: str
    told: Sequence[str]
    asked: Sequence[str]

    @property
    def heading(self) -> str:
        return instant.headed(self.t, self.do)

    def key(self, person_id: str, via: Via, *others: _Posed) -> str:
        steps = (part for p in (self, *others) for part in (p.step.alert_id, p.step.times, p.step.step))
        return digest("question", *map(str, steps), person_id, via.value)


def _posed(question: Question, people: Sequence[Person], school: School, means: Means) -> _Posed:
    matter, this = question.matter, question.step
    t = instant.telling(
        matter.alert, people, school, means, this.told_at, question.seen, frozenset(), question.cases
    )
    if this.about is StillOpen.BACK and not _is_theirs(matter, this):
        return _Posed(t, this, t.w("instant.do.asked"), [f"{t.w('instant.nobody')}."], [instant.step(t)])
    return _Posed(t, this, t.w(f"instant.do.{this.about.value}"), *_still_open(matter, this, t))


def _letter(group: Sequence[_Posed], person_id: str) -> OutboxMessage:
    """One mail: the first of them in full, of the others what each is and what is to do."""
    (first, *others), w = group, group[0].t.w
    more = [w("instant.open.more", n=len(others))] if others else []
    return instant.mail(
        *(first.t, person_id, "question", first.key(person_id, Via.MAIL, *others)),
        *(instant.headed(first.t, first.do, *more), w("instant.danger"), first.told, first.asked),
        opens=w("instant.open.button"),
        also=[(p.t, (p.heading, *p.told, *(a for a in p.asked if a not in first.asked))) for p in others],
    )


def _is_theirs(matter: Unfinished, this: Escalation) -> bool:
    """Has its reader got it, or does it come back to them?"""
    if this.about is StillOpen.BACK:
        return matter.owner is not None and matter.owner.by == this.person_id
    return matter.holder is not None and matter.holder.person == this.person_id


def _still_open(matter: Unfinished, this: Escalation, t: Telling) -> tuple[list[str], list[str]]:
    """What is not recorded, and what is asked of the reader."""
    w, holder, what, mine = t.w, matter.holder, this.about, _is_theirs(matter, this)
    name = t.names([holder.person]) if holder else ""
    when = instant.moment(t, holder.since) if holder else ""
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
    t = instant.telling(alert, people, school, means, owner.at, seen, frozenset(), ())
    w, name, zone = t.w, t.names([owner.by]), means.zone
    ends = owner.until
    until = (
        w("instant.open.until", day=w.day(ends, owner.at, zone), clock=w.clock(ends, zone)) if ends else ""
    )
    said = w("instant.open.note", name=name, note=line(note)) if note and not t.restricted else ""
    key, heading = given_key(alert, owner), instant.headed(t, w("instant.do.given"))
    given = w("instant.open.after", name=line(before)) if before else w("instant.open.given", name=name)
    parts = [given, until, said], [instant.step(t)]
    return (
        instant.mail(t, owner.person, "question", key, heading, w("instant.danger"), *parts,
                     opens=w("instant.open.button")),
    )  # fmt: skip


def compose_said(
    t: Telling, to: Iterable[str], do: str, said: Iterable[str], key: str, opens: str
) -> tuple[OutboxMessage, ...]:
    """A mail to each of these (ids) of what somebody of the school says or asks: what its subject asks for
    (`do`), these paragraphs, and the button that `opens` the page."""
    heading, parts, at = instant.headed(t, do), [[one] for one in said], t.due.isoformat()
    keys = {person: digest(key, t.alert.id, person, at) for person in to}
    return tuple(
        instant.mail(t, person, "answer", known, heading, t.w("instant.danger"), *parts, opens=opens)
        for person, known in keys.items()
    )


def given_key(alert: Alert, owner: Owner) -> str:
    """The key of the mail to whom it was given."""
    return digest("given", alert.id, str(alert.times), owner.person, owner.at.isoformat())


def _raised_at(t: Telling) -> dict[str, str]:
    at, zone = t.alert.raised_at, t.means.zone
    return {"clock": t.w.clock(at, zone), "day": t.w.day(at, t.due, zone)}


def outbox(
    alert: Alert,
    people: Sequence[Person],
    school: School,
    now: datetime,
    means: Means,
    seen: Seen = NOTHING_SEEN,
    targets: frozenset[str] = frozenset(),
    cases: Iterable[str] = (),
) -> tuple[OutboxMessage, ...]:
    """A mail to each person of the alert's audience, in its order, and a chat message to those who have one;
    to those it has `warned` the bare fact in the same ways; to whom a row gives notice its number, by mail.

    None without audience. Those of `targets` (ids) are told that it may threaten them and who deals with
    it, and are asked for nothing; but whoever comes first must act, target or not. `cases` are the numbers of
    the open cases about it. Keys depend on the alert, how often it was raised, the person and the way, so
    that a repeat is one.
    """
    due = {via: due_at(alert, now, means.zone, means.calendar, via) for via in Via}
    whole = instant.telling(alert, people, school, means, now, seen, targets, cases)
    t = {via: replace(whole, due=due[via]) for via in Via}
    told = tuple(_message(t[via], p, via) for p in alert.audience for via in instant.ways(p, alert, means))
    warned = tuple(
        instant.to_warned(whole, p, digest("warning", alert.id, str(alert.times), p, *_beside(via)), via)
        for p in alert.warned
        for via in instant.ways(p, alert, means)
    )
    others = tuple(
        instant.to_noticed(whole, p, fact, digest("noticed", alert.id, str(alert.times), p))
        for p, fact in noticed(alert, people, school).items()
    )
    return (*told, *warned, *others)


def _beside(via: Via) -> tuple[str, ...]:
    """What the key of a message has more that goes beside the mail."""
    return () if via is Via.MAIL else (via.value,)


def _message(t: Telling, person_id: str, via: Via) -> OutboxMessage:
    key = digest("outbox", t.alert.id, str(t.alert.times), person_id, *_beside(via))
    if person_id in t.targets:
        others = [p for p in t.alert.audience if p not in t.targets]
        return instant.to_target(t, person_id, "instant", via, key, others)
    heading = instant.headed(t, _do(t), *([t.w("instant.again")] if t.alert.times > 1 else []))
    if via is Via.CHAT:
        return t.message(person_id, "instant", key, instant.chat(t, person_id, heading))
    told = [_others(person_id, t), instant.who_is_next(t, t.alert.audience)]
    first = next((p for p in t.alert.audience if p not in t.targets), "")
    if first and any(reason.code == TELL_TARGET for reason in t.alert.because):
        told.append(t.w("instant.tell_target", name=t.names([first])))
    asked = [instant.step(t)], [instant.deadline(t)]
    parts = (heading, t.w("instant.danger"), instant.of_the_post(t), *asked, told)
    return instant.mail(t, person_id, "instant", key, *parts)


def _do(t: Telling) -> str:
    """What the subject asks for."""
    if of_this_hour(t.alert) or t.alert.route.urgent:
        return t.w("instant.do.account" if t.own_account and not t.in_danger else "instant.do.now")
    if t.own_account:
        return t.w("instant.do.account")
    if t.topic.label == "unplaced":
        return t.w("instant.do.read")
    return t.w("instant.do.answer" if t.alert.route is Route.RESPOND else "instant.do.today")


def _others(person_id: str, t: Telling) -> str:
    others = t.names(p for p in t.alert.audience if p != person_id)
    if not others:
        return t.w("instant.only")
    first = t.alert.audience[0] == person_id
    return t.w("instant.first" if first else "instant.as_well", names=others)


def compose_list(
    of: Sequence[OutboxMessage], person: Person, school: School, links: Links, now: datetime
) -> OutboxMessage:
    """The mail to that person; its key depends on what it says."""
    w = words(school.language)
    lines = []
    for mail in of:
        page = _page(mail.body, links)
        lines.append(((mail.subject,), Button(w("instant.together.page"), page) if page else None))
    note = Note(
        language=w.language,
        subject=w("instant.together.subject", n=len(of)),
        greeting=w("instant.greeting", name=line(person.name)),
        danger=w("instant.danger"),
        said=w("instant.together.said"),
        also=tuple(lines),
        small=(w("common.not_watched"),),
    )
    return message(note, person.id, school.urn, LIST, digest(LIST, *(m.key for m in of)), now, LIFE)


def _page(body: str, links: Links) -> str | None:
    """The address that a mail leads to."""
    if links.base_url is None:
        return None
    found = re.search(rf"^\s*({re.escape(links.base_url)}/\S+)$", body, re.MULTILINE)
    return found[1] if found else None
