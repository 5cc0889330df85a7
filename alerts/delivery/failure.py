"""What is said, and to whom, when a message did not arrive. Pure.

Of an alert the next is told who may know of it: of its audience, else by the order of last resort. Of
anything else whoever looks after the machines. Never the person whose message it was, never anyone whom
the alert excludes, and never what the message said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.offices import LAST_RESORT, MACHINES, holders
from alerts.delivery.results import URGENT_KINDS, cause_of
from alerts.layout.note import LIFE, Button, Note, message
from alerts.links import Links
from data.ids import digest
from data.people import people_of
from data.types import Alert, OutboxMessage, Person, School, Via
from data.words.say import Words, words

DOCTOR = "⟪doctor⟫"
SHOWN = 20
"""So many of them stand in one message; then it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A message that did not arrive. `detail` begins with the cause; `alert` is what it told of.

    `in_hand` says that somebody has acknowledged that alert, `number` is that of
    its matter.
    """

    message: OutboxMessage
    detail: str
    alert: Alert | None = None
    in_hand: bool = False
    number: str = ""

    @property
    def urgent(self) -> bool:
        """Must somebody else be found who acts? A short message has a mail beside it."""
        urgent = self.message.kind in URGENT_KINDS and self.message.via is Via.MAIL
        return urgent and self.alert is not None and not self.in_hand


@dataclass(frozen=True, slots=True)
class Circle:
    """The configured schools and people; `chats` are ids of those whom short messages reach.

    `beside` holds, by id, the ids of those who read somebody's short messages too; `links` make addresses.
    """

    schools: tuple[School, ...]
    people: tuple[Person, ...]
    chats: frozenset[str]
    zone: ZoneInfo
    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    links: Links = field(default_factory=Links)

    def school(self, urn: str) -> School:
        """The school of that key; one that is not configured any more goes by its number."""
        return next((s for s in self.schools if urn == s.urn or urn in s.members), School(urn, urn))

    def name(self, person_id: str) -> str:
        """What the person is called; somebody not configured any more goes by the id."""
        return next((p.name for p in self.people if p.id == person_id), person_id)


Told = tuple[tuple[str, ...], tuple[OutboxMessage, ...]]
"""Keys of messages that did not arrive, and what tells of them."""


def told_instead(lost: Lost, here: Sequence[Person], unreachable: Collection[str]) -> Person | None:
    """Who is told, None where nobody is left. `here` are the school's people.

    `unreachable` are ids of those whose own addresses fail: they are told only where nobody else is left.
    """
    barred = {lost.message.person_id, *(lost.alert.excluded if lost.alert else ())}
    left = [p for p in here if p.email and p.id not in barred]
    return _first(lost, [p for p in left if p.id not in unreachable]) or _first(lost, left)


def _first(lost: Lost, reachable: Sequence[Person]) -> Person | None:
    if lost.alert is None or not lost.urgent:
        return next(iter(holders(reachable, *MACHINES)), None)
    by_id = {p.id: p for p in reachable}
    in_order = (by_id[p] for p in _from(lost.alert.audience, lost.message.person_id) if p in by_id)
    return next(in_order, None) or next(iter(holders(reachable, *LAST_RESORT)), None)


def _from(audience: tuple[str, ...], person_id: str) -> tuple[str, ...]:
    """The audience from the person on, then from its beginning."""
    at = audience.index(person_id) + 1 if person_id in audience else 0
    return (*audience[at:], *audience[:at])


def tell(lost: Sequence[Lost], unreachable: Collection[str], circle: Circle, now: datetime) -> Iterator[Told]:
    """One message for each alert that did not reach somebody, one a person for all else together.

    `unreachable` as in `told_instead`. What nobody can be told of is left out.
    """
    others: dict[tuple[str, str], list[Lost]] = defaultdict(list)
    for one in lost:
        school = circle.school(one.message.urn)
        to = told_instead(one, people_of(school, circle.people), unreachable)
        if to is None:
            continue
        if one.urgent:
            yield (one.message.key,), urgent_message(one, to, circle, now)
        else:
            others[school.urn, to.id].append(one)
    for (urn, person_id), several in others.items():
        to = next(p for p in circle.people if p.id == person_id)
        yield (
            tuple(one.message.key for one in several),
            (other_message(several, to, circle.school(urn), circle, now),),
        )


def urgent_message(lost: Lost, to: Person, circle: Circle, now: datetime) -> tuple[OutboxMessage, ...]:
    """That an alert did not reach somebody: by mail and, to who has one, by a short message."""
    school = circle.school(lost.message.urn)
    w = words(school.language)
    given = {"number": lost.number, "person": circle.name(lost.message.person_id)}
    subject = w("failure.urgent.subject", **given)
    story = lost.alert.story_id if lost.alert else ""
    page = circle.links.page(story, to.id, now) if story else None
    once = [w("instant.once")] if page and lost.alert and lost.alert.restricted else []
    note = Note(
        language=w.language,
        subject=subject,
        greeting=w("instant.greeting", name=to.name),
        said=w("failure.urgent.said", cause=_cause(w, lost), **given),
        parts=((w("failure.urgent.act", **given),),),
        danger=w("failure.urgent.danger"),
        button=Button(w("failure.urgent.page"), page) if page else None,
        small=(*once, w("common.not_watched")),
    )
    mail = _message(("failure", lost.message.key, to.id), to, school, note, now, lost.message)
    excluded = lost.alert.excluded if lost.alert else ()
    if to.id not in circle.chats or circle.beside.get(to.id, frozenset()) & set(excluded):
        return (mail,)
    said = w("failure.urgent.chat", **given)
    key = ("failure", lost.message.key, to.id, Via.CHAT.value)
    return mail, _message(key, to, school, said, now, lost.message)


def other_message(
    lost: Sequence[Lost], to: Person, school: School, circle: Circle, now: datetime
) -> OutboxMessage:
    """That these did not arrive, and why."""
    w = words(school.language)
    lines = [_line(w, one, circle, now) for one in lost[:SHOWN]]
    if len(lost) > SHOWN:
        lines.append(w("failure.other.more", n=len(lost) - SHOWN))
    note = Note(
        language=w.language,
        subject=w("failure.other.subject", n=len(lost)),
        greeting=w("instant.greeting", name=to.name),
        said=w("failure.other.intro"),
        parts=(tuple(lines),),
        commands=((w("failure.end.mend"), circle.links.typed(DOCTOR)),),
        small=(w("common.not_watched"),),
    )
    key = ("failure", to.id, *sorted(one.message.key for one in lost))
    return _message(key, to, school, note, now)


def _line(w: Words, lost: Lost, circle: Circle, now: datetime) -> str:
    m = lost.message
    kind = "chat" if m.via is Via.CHAT else m.kind if w.has(f"failure.kind.{m.kind}") else "other"
    return w(
        "failure.other.line",
        kind=w(f"failure.kind.{kind}"),
        person=circle.name(m.person_id),
        day=w.day(m.due_at, now, circle.zone),
        time=w.clock(m.due_at, circle.zone),
        cause=_cause(w, lost),
    )


def _cause(w: Words, lost: Lost) -> str:
    return w(f"failure.cause.{cause_of(lost.detail)}")


def _message(
    key: tuple[str, ...],
    to: Person,
    school: School,
    said: Note | str,
    now: datetime,
    about: OutboxMessage | None = None,
) -> OutboxMessage:
    made = message(said, to.id, school.urn, "failure", digest(*key), now, LIFE)
    return replace(made, alert_id=about.alert_id, times=about.times) if about else made
