"""The messages of an alert, and of asking the next: what the matter is, what to do and by when. Never what
was posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.access.recipients import TELL_TARGET, asks_again, told_so_far
from alerts.asked_again import Unfinished
from alerts.layout.note import line
from alerts.next_date import Means, due_at
from alerts.wording import instant
from alerts.wording.lag import NOTHING_SEEN, Seen
from data.ids import digest
from data.matters import LADO
from data.types import (
    Alert,
    Escalation,
    Mark,
    OutboxMessage,
    Owner,
    Person,
    Route,
    School,
    Severity,
    StillOpen,
    Via,
)


def escalated(
    alert: Alert,
    made: Sequence[Escalation],
    this: Escalation,
    people: Sequence[Person],
    school: School,
    means: Means,
    seen: Seen = NOTHING_SEEN,
    targets: frozenset[str] = frozenset(),
    cases: Iterable[str] = (),
) -> tuple[OutboxMessage, ...]:
    """The messages of one step: to the next on the list, or that who comes first must ring.

    `made` are the steps before it; `seen`, `targets` and `cases` as for the alert itself: a target is told
    once that nobody has it yet, and was not asked. Keys depend on the alert, how often it was raised, the
    step, the person and the way.
    """
    told = told_so_far(alert, made)
    t = instant.telling(alert, people, school, means, this.told_at, seen, targets, cases)
    warned = t.targets if this.person_id in told and not asks_again(alert, made) else ()
    to = filter(None, (*(p for p in told if p in warned), this.person_id))
    return tuple(_escalation(t, this, told, p, via) for p in to for via in instant.ways(p, alert, means))


def _escalation(
    t: instant.Telling, this: Escalation, told: Sequence[str], person_id: str, via: Via
) -> OutboxMessage:
    last, w = this.person_id in told, t.w
    key = digest("escalation", this.alert_id, str(this.times), str(this.step), person_id, via.value)
    asked_so_far = [p for p in told if p not in t.targets]
    if person_id in t.targets:
        return instant.to_target(t, person_id, "escalation", via, key, asked_so_far, taken=False)
    do = w("instant.do.ring" if last else "instant.do.asked")
    heading = instant.headed(t, do, w("instant.nobody"), first=last)
    if via is Via.CHAT:
        return t.message(person_id, "escalation", key, instant.chat(t, person_id, heading))
    raised = w("instant.raised", **_raised_at(t), names=t.names(asked_so_far))
    asked = (
        [w("instant.nobody_left")] if last else [instant.step(t), instant.who_is_next(t, (*told, person_id))]
    )
    danger = w("instant.ring" if last else "instant.danger")
    seen = instant.of_the_post(t)
    return instant.mail(t, person_id, "escalation", key, heading, danger, seen, [raised, *asked])


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

    t: instant.Telling
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


def _still_open(matter: Unfinished, this: Escalation, t: instant.Telling) -> tuple[list[str], list[str]]:
    """What is not recorded, and what is asked of the reader."""
    w, holder, what, mine = t.w, matter.holder, this.about, _is_theirs(matter, this)
    name = t.names([holder.person]) if holder else ""
    when = instant.moment(t, holder.since) if holder else ""
    due = next((d for d in matter.due if (d.clock == LADO) is (what is StillOpen.LADO)), None)
    day = w.day(due.at - timedelta(microseconds=1), t.due, t.means.zone) if due else ""
    key = "yours" if mine and what is StillOpen.UNDONE else what.value
    grew = ", ".join(w(f"instant.grew.{by}") for by in (matter.grown.by if matter.grown else ()))
    told = [w(f"instant.open.{key}", name=name, when=when, day=day, grew=grew)]
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


def given_key(alert: Alert, owner: Owner) -> str:
    """The key of the mail to whom it was given."""
    return digest("given", alert.id, str(alert.times), owner.person, owner.at.isoformat())


def _raised_at(t: instant.Telling) -> dict[str, str]:
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
    to those it has `warned` a mail of the bare fact.

    None without audience. Those of `targets` (ids) are told that it may threaten them and who deals with
    it, and are asked for nothing; but whoever comes first must act, target or not. `cases` are the numbers of
    the open cases about it. Keys depend on the alert, how often it was raised, the person and the way, so
    that a repeat is one.
    """
    due = {via: due_at(alert, now, means.zone, means.calendar, via) for via in Via}
    whole = instant.telling(alert, people, school, means, now, seen, targets, cases)
    t = {via: replace(whole, due=due[via]) for via in Via}
    told = tuple(_message(t[via], p, via) for p in alert.audience for via in instant.ways(p, alert, means))
    warning = ("warning", alert.id, str(alert.times))
    return (*told, *(instant.to_warned(whole, p, digest(*warning, p)) for p in alert.warned))


def _message(t: instant.Telling, person_id: str, via: Via) -> OutboxMessage:
    beside_mail = () if via is Via.MAIL else (via.value,)
    key = digest("outbox", t.alert.id, str(t.alert.times), person_id, *beside_mail)
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
    asked = [instant.step(t), instant.deadline(t)]
    return instant.mail(
        t,
        person_id,
        "instant",
        key,
        heading,
        t.w("instant.danger"),
        instant.of_the_post(t),
        asked,
        told,
    )


def _do(t: instant.Telling) -> str:
    """What the subject asks for."""
    if t.alert.severity >= Severity.THIS_HOUR or t.alert.route.urgent or t.in_danger:
        return t.w("instant.do.account" if t.own_account and not t.in_danger else "instant.do.now")
    if t.own_account:
        return t.w("instant.do.account")
    if t.topic.label == "unplaced":
        return t.w("instant.do.read")
    return t.w("instant.do.answer" if t.alert.route is Route.RESPOND else "instant.do.today")


def _others(person_id: str, t: instant.Telling) -> str:
    others = t.names(p for p in t.alert.audience if p != person_id)
    if not others:
        return t.w("instant.only")
    first = t.alert.audience[0] == person_id
    return t.w("instant.first" if first else "instant.as_well", names=others)
