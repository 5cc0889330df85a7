"""What people are told of a trouble of ours, and who is told. Pure; no post, no name but the reader's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from alerts.access.offices import TROUBLES, TROUBLES_ELSE, called
from alerts.access.recipients import told_of_faults
from alerts.layout.note import Note, message
from alerts.notices.book import SERVICE, Notice, matter, merged
from data.errors import as_typed
from data.ids import digest
from data.people import people_of
from data.types import OutboxMessage, Person, School, Trouble, Via
from data.words.say import Words, words

KIND = "notice"
_LIFE = timedelta(days=1)
DOCTOR = as_typed("⟪doctor⟫")
_MEANS = {
    **dict.fromkeys(("store", "judge", "all", "place", SERVICE), "unseen"),
    **dict.fromkeys(("mail", "tend", "chat"), "unsent"),
    "config": "config", "purge": "kept", "recheck": "cases",
}  # fmt: skip
UNSEEN = frozenset(m for m, means in _MEANS.items() if means == "unseen")
"""Matters in which posts may have gone unseen."""
IN_HEAD = UNSEEN - {"place"} | {"mail"}
"""Matters that stand at the head of a digest; a place that could not be judged has its line in it."""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is told, by one way, in the words of one of their schools."""

    person: Person
    school: School
    via: Via

    @property
    def name(self) -> str:
        """How a notice remembers them."""
        return f"{self.via.value} {self.person.id}"


def told(
    schools: Sequence[School],
    people: Sequence[Person],
    via: Via,
    chats: Mapping[str, str],
    *,
    anybody: bool = True,
) -> list[Told]:
    """Who is told in that way: of each school its IT leads and heads; without them, with `anybody`, the next.

    Each person once, and each address for short messages. `chats` hold them by person's id.
    """
    found: dict[str, Told] = {}
    for school in schools:
        here = [p for p in people_of(school, people) if (p.id in chats if via is Via.CHAT else p.email)]
        for person in told_of_faults(here, anybody=anybody):
            found.setdefault(
                chats.get(person.id, "") if via is Via.CHAT else person.id, Told(person, school, via)
            )
    return list(found.values())


def begun(notice: Notice, to: Told, every: Collection[Told], zone: ZoneInfo, now: datetime) -> OutboxMessage:
    """That something has stopped; where it has ended meanwhile, that too."""
    w, school = words(to.school.language), to.school.name
    at = partial(_at, w, zone, now)
    troubles = merged(notice.troubles)
    if to.via is Via.CHAT:
        first = troubles[0]
        given = {
            "since": at(first.since),
            "what": _what(w, first),
            "means": _means(w, troubles[:1]),
        }
        return _message(notice, to, "begun", w("notice.chat", school=school, **given), now)
    ended = [w("notice.ended", until=at(notice.until))] if notice.until else []
    note = Note(
        language=w.language,
        subject=w("notice.subject"),
        greeting=w("instant.greeting", name=to.person.name),
        said=w("notice.intro"),
        parts=(tuple(_lines(w, troubles, at)), (" ".join([_means(w, troubles), *ended]),)),
        commands=((w("notice.mend"), DOCTOR),),
        small=(w("notice.who", roles=_roles(w, every)), w("common.not_watched")),
    )
    return _message(notice, to, "begun", note, now)


def over(
    notice: Notice, to: Told, zone: ZoneInfo, now: datetime, beside: Sequence[Trouble] = ()
) -> OutboxMessage:
    """That all of it has worked for an hour; `beside` are other troubles, which are not over yet."""
    w, at = words(to.school.language), partial(_at, words(to.school.language), zone, now)
    given = {"school": to.school.name, "until": at(notice.until or now)}
    troubles, others = merged(notice.troubles), merged(beside)
    how = "part_well" if others else "all_well"
    if to.via is Via.CHAT:
        still = {"since": at(others[0].since), "what": _what(w, others[0])} if others else {}
        return _message(notice, to, "over", w(f"notice.{how}.chat", **given, **still), now)
    blind = any(matter(t) in UNSEEN for t in others)
    means = not blind and any(matter(t) in UNSEEN for t in troubles)
    note = Note(
        language=w.language,
        subject=w(f"notice.{how}.subject"),
        greeting=w("instant.greeting", name=to.person.name),
        said=w(f"notice.{how}.intro", until=given["until"]),
        parts=(
            tuple(_lines(w, troubles, at)),
            *([(w("notice.unsettled"), *_lines(w, others, at))] if others else []),
            *([(w("notice.over_means"),)] if means else []),
        ),
        small=(w("common.not_watched"),),
    )
    return _message(notice, to, "over", note, now)


def _lines(w: Words, troubles: Sequence[Trouble], at: Callable[[datetime], str]) -> Iterator[str]:
    for one in troubles:
        given = {"since": at(one.since), "what": _what(w, one)}
        if one.until is None:
            yield w("notice.line", **given)
        else:
            yield w("notice.line_over", until=at(one.until), **given)


def _what(w: Words, trouble: Trouble) -> str:
    return w(f"notice.what.{matter(trouble)}")


def _means(w: Words, troubles: Sequence[Trouble]) -> str:
    found = dict.fromkeys(_MEANS[m] for t in troubles if (m := matter(t)) in _MEANS)
    return " ".join(w(f"notice.means.{key}") for key in found)


def _roles(w: Words, every: Collection[Told]) -> str:
    """What they are for the school: never a name."""
    roles = [called(t.person, (*sorted(TROUBLES), *TROUBLES_ELSE)) for t in every]
    return ", ".join(w(f"digest.who.{role.value}") for role in dict.fromkeys(roles))


def _at(w: Words, zone: ZoneInfo, now: datetime, moment: datetime) -> str:
    return w.within(w("notice.at", day=w.day(moment, now, zone), time=w.clock(moment, zone)))


def _message(notice: Notice, to: Told, which: str, said: Note | str, now: datetime) -> OutboxMessage:
    key = digest(KIND, which, notice.at.isoformat(), to.name)
    return message(said, to.person.id, to.school.urn, KIND, key, now, _LIFE)
