"""What a matter is, what next, who has it, what is due: the sentences of a `MatterView`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.access.offices import called, holding
from alerts.layout.note import line
from alerts.wording.verdicts import describe
from data.matters import Holder, MatterView, SaidTime
from data.people import away
from data.types import Person
from data.words.say import Words


def what(view: MatterView, w: Words) -> str:
    """What it is, by the gravest of it that may be shown."""
    if view.top is not None:
        return describe(view.top, w)
    return w("matter.with_lead" if view.judged else "matter.not_kept")


def the_same_words(view: MatterView, w: Words) -> str:
    """At which other schools the same words are, as far as the reader may know; "" for none."""
    return w("matter.same_words", schools=", ".join(view.same_words_at)) if view.same_words_at else ""


def has_words(view: MatterView, people: Iterable[Person], w: Words) -> str:
    """“you have it”, “with Ms Imogen Larkspur (head)”, “somebody has it”, “nobody has it yet”."""
    holder = view.holder
    if holder is None:
        return w("matter.has.nobody")
    if holder.mine:
        return w("matter.has.you")
    return w("matter.has.other", who=named(holder, people, w)) if holder.person else w("matter.has.somebody")


def named(holder: Holder, people: Iterable[Person], w: Words) -> str:
    """“you”, “Mrs Tamsin Quillfeather (head)”, “somebody” where no more may be known."""
    return _who(holder.person, people, w, mine=holder.mine)


def follows_words(follows: Iterable[tuple[str, str | int]], w: Words) -> list[str]:
    """A sentence for each thing that a mark changes or does not; with how many, or with a command."""
    return [
        w(f"matter.corrected.{key}", n=said, count=w.number(said))
        if isinstance(said, int)
        else w(f"matter.corrected.{key}", **({"command": said} if said else {}))
        for key, said in follows
    ]


def _who(person_id: str, people: Iterable[Person], w: Words, *, mine: bool) -> str:
    if mine and person_id:
        return w("matter.by.you")
    return name_and_role(person_id, people, w) if person_id else w("matter.by.somebody")


def name_and_role(person_id: str, people: Iterable[Person], w: Words) -> str:
    """“Mrs Tamsin Quillfeather (head)”; the id of somebody who is not in the settings any more."""
    person = next((p for p in people if p.id == person_id), None)
    if person is None:
        return person_id
    if not holding(person, ()):  # they have left
        return person.name
    role = w(f"digest.who.{called(person).value}")
    return f"{person.name} ({role if role[1:2].isupper() else role[:1].lower() + role[1:]})"


def who_is_away(people: Iterable[Person], now: datetime, zone: ZoneInfo, w: Words) -> list[str]:
    """“Mr Daniel Pryce is away until Monday 30 November; Mrs Ruth Adeyemi covers.”, for each who is away."""
    people = tuple(people)
    gone = away(people, now)
    return [away_words(p, people, now, zone, w) for p in people if p.id in gone]


def away_words(person: Person, people: Iterable[Person], now: datetime, zone: ZoneInfo, w: Words) -> str:
    """Whether they are away, until when, and who covers."""
    name, names = line(person.name), {p.id: line(p.name) for p in people}
    if person.away_until is None or person.id not in away([person], now):
        return w("people.done.back", name=name)
    key, cover = "digest.away_covered" if person.cover in names else "digest.away", person.cover or ""
    return w(key, name=name, day=w.day(person.away_until, now, zone), cover=names.get(cover, ""))


def time_words(said: SaidTime | None, today: date, w: Words) -> str:
    """“It names a time: today, about 15:30.”, or that it is not sure which day; "" where it names none."""
    if said is None:
        return ""
    clock = w("matter.names.about", clock=f"{said.at:%H:%M}") if said.at else ""
    over = said.day is not None and said.day < today
    day = ""
    if said.day and (said.sure or not over):
        near = {0: "matter.names.today", 1: "matter.names.tomorrow"}.get((said.day - today).days)
        day = w(near) if near else w.day(said.day, today)
    if said.sure or not day:
        found = ", ".join(part for part in (day, clock) if part)
        key = "past" if over and said.sure else "time" if said.sure else "which_day"
        return w(f"matter.names.{key}", when=found) if found else ""
    return w("matter.names.perhaps", clock=clock, day=day) if clock else w("matter.names.day", day=day)
