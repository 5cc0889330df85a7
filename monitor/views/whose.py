"""Who has a matter and when it is next due, as a list shows it: as much as its reader may know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.offices import called
from alerts.holding import Holder
from alerts.next_date import DECIDE, LADO, NextDate
from data.frozen import dataclass
from data.types import Mark, Marked, Person
from data.words.say import words
from monitor.terminal.table import Cell, Tone
from monitor.views.case.wording import clock_words, next_words
from monitor.views.layout import brief, brief_end, utc

SOMEBODY = "somebody"
_DO = {DECIDE: "decide what is to be done", LADO: "tell the LADO"}
"""What is due where that is no clock of a case."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Who has a matter, as its reader may know it: `said` in words, `person` an id where that is theirs to
    know. `mine` says that it is the reader, `asked` that they were asked to take what nobody has.
    """

    said: str = ""
    person: str | None = None
    since: datetime | None = None
    how: str = ""
    mine: bool = False
    asked: bool = False

    @property
    def nobody(self) -> bool:
        """Has nobody got it?"""
        return self.since is None


def whose(
    holder: Holder | None,
    reader: Person | None,
    people: Iterable[Person],
    *,
    named: bool,
    asked: Iterable[str] = (),
) -> Whose:
    """“you”, “Mrs Tamsin Quillfeather (head)”; with `named` False only whether somebody has it.

    `asked` are those (ids) who were asked to take it.
    """
    me = reader.id if reader is not None else ""
    if holder is None:
        return Whose(asked=me in frozenset(asked))
    mine, said = holder.person == me, SOMEBODY
    if mine or named:
        said = "you" if mine else name_and_role(holder.person, people)
    person = holder.person if mine or named else None
    return Whose(said, person, holder.since, holder.how.value, mine)


def has_words(who: Whose) -> str:
    """“you have it”, “with Ms Imogen Larkspur (head)”, “somebody has it”, “nobody has it yet”."""
    if who.nobody:
        return "nobody has it yet"
    if who.mine:
        return "you have it"
    return f"with {who.said}" if who.person else "somebody has it"


def held_words(who: Whose, now: datetime, zone: ZoneInfo) -> str:
    """“You have it, since Fri 20 Nov, 15:20.”, “” where nobody has."""
    if who.since is None:
        return ""
    said = has_words(who)
    return f"{said[:1].upper()}{said[1:]}, since {brief(who.since, now, zone)}."


_MARKS = {Mark.NOT_US: "not about us", Mark.ANSWERED: "answered"}


@dataclass(frozen=True, slots=True)
class ShownMark:
    """What somebody marked a story as, for a reader who may know who it was, or (`person` None) may not."""

    mark: Mark
    said: str
    person: str | None
    at: datetime


def shown_mark(
    marked: Marked | None, reader: Person | None, people: Iterable[Person], *, named: bool
) -> ShownMark | None:
    """The mark that holds of a story, as this reader may know it."""
    if marked is None:
        return None
    mine = reader is not None and reader.id == marked.person_id
    who = "you" if mine else name_and_role(marked.person_id, people) if named else SOMEBODY
    return ShownMark(marked.mark, who, marked.person_id if mine or named else None, marked.at)


def mark_words(marked: ShownMark, now: datetime, zone: ZoneInfo) -> str:
    """“Marked as answered by you on Fri 20 Nov, 15:20.”"""
    return f"Marked as {_MARKS[marked.mark]} by {marked.said} on {brief(marked.at, now, zone)}."


def mark_json(marked: ShownMark | None) -> dict[str, object] | None:
    """The same as JSON values; null where no mark holds."""
    if marked is None:
        return None
    return {"mark": marked.mark.value, "by": marked.person, "at": utc(marked.at)}


def name_and_role(person_id: str, people: Iterable[Person]) -> str:
    """“Mrs Tamsin Quillfeather (head)”; the id of somebody who is not in the settings any more."""
    person = next((p for p in people if p.id == person_id), None)
    if person is None:
        return person_id
    role = words("en")(f"digest.who.{called(person).value}")
    return f"{person.name} ({role if role[1:2].isupper() else role[:1].lower() + role[1:]})"


def date_cell(due: NextDate | None, now: datetime, zone: ZoneInfo) -> str | Cell:
    """“Thu 19 Nov, 09:00”, marked where its time is over."""
    if due is None:
        return ""
    at = brief_end(due.at, now, zone)
    return Cell(f"overdue: {at}", Tone.GRAVE) if due.late else at


def due_line(due: NextDate, now: datetime, zone: ZoneInfo) -> str:
    """“due Mon 23 Nov: tell the LADO”."""
    return f"{'overdue since' if due.late else 'due'} {brief_end(due.at, now, zone)}: {due_words(due)}"


def due_words(due: NextDate) -> str:
    """What is due: “tell the LADO”; what a clock of a case waits for, and what to do once it is over."""
    if due.clock in _DO:
        return _DO[due.clock]
    return next_words(due.clock) if due.late else clock_words(due.clock)


def whose_json(who: Whose, *, dated: bool = True) -> dict[str, object] | None:
    """The same as JSON values, null where nobody has it; `person` is null where this reader may not know."""
    if who.since is None:
        return None
    return {"person": who.person, "since": utc(who.since) if dated else None, "how": who.how}


def due_json(due: NextDate | None) -> dict[str, object] | None:
    """When something is next due, and what; null where nothing is."""
    return None if due is None else {"clock": due.clock, "at": utc(due.at), "overdue": due.late}
