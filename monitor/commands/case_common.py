"""What the commands of a case share: who acts, which case, who may, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from alerts.ladder.advance import Advance, Refusal
from alerts.ladder.lanes import SAFEGUARDERS
from alerts.ladder.sight import may_read, may_see
from data.cases import Case, Event
from data.effects import utc_now
from data.errors import InputError, SchoolgateError
from data.people import people_of
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import escalations as escalation_store
from data.store.connect import Connection
from data.types import Person
from monitor import wiring
from monitor.casework.act import act, known, rules
from monitor.casework.possible import satisfier
from monitor.commands.common import known_person, opened
from monitor.config import Config
from monitor.context import Context
from monitor.views.case_mend import mending

if TYPE_CHECKING:
    from data.store.open import Store

Say = Callable[[str], None]
Value = TypeVar("Value", bound=StrEnum)


class Sight(StrEnum):
    """How much of a case somebody is shown: not that it is there; that it is with the DSL; where it stands;
    all of it."""

    NOTHING = "nothing"
    WITH_THE_DSL = "with_the_dsl"
    STATUS = "status"
    ALL = "all"


class Refused(SchoolgateError):
    """A guard refused: the text names it, and says what would satisfy it. Nothing was changed."""

    def __init__(self, refusal: Refusal, number: str = "", person: str = "") -> None:
        self.refusal = refusal
        command = mending(refusal.guard, number or "CASE", person or "PERSON")
        lines = [
            f"Refused by the guard “{refusal.guard}”. {refusal.said}",
            f"What would satisfy it: {refusal.remedy}",
            *([f"    {command}"] if command else []),
            "Nothing was changed.",
        ]
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody works at cases: the configuration, the store, and who it is."""

    config: Config
    context: Context
    store: Store
    person: Person


def desk(person: str | None, home: Path | None, config: Path | None) -> Desk:
    """Opens it for that person. Raises InputError where none is named or known, ConfigError, StoreError."""
    where, settings, store = opened(home, config)
    return Desk(settings, wiring.context(settings, where.home), store, known_person(settings, person))


def sight(case: Case, person: Person, config: Config) -> Sight:
    """What this person is shown of the case: nothing of another school's, nor to whom it may accuse."""
    school = config.school(case.urn)
    if school is None or not people_of(school, [person]):
        return Sight.NOTHING
    people = people_of(school, config.people)
    if may_read(case, person, people):
        return Sight.ALL
    if may_see(case, person, people):
        return Sight.STATUS
    return Sight.WITH_THE_DSL if case.restricted and _told_that(case, person, people) else Sight.NOTHING


def _told_that(case: Case, person: Person, people: Collection[Person]) -> bool:
    """Whether only its being restricted keeps them from it."""
    return may_see(replace(case, restricted=False, lane=None), person, people)


def whole_number(given: str) -> str:
    """“4” → “0004”."""
    return given.strip().removeprefix("#").lstrip("0").zfill(4)


def find(con: Connection, desk: Desk, number: str, *, reading: bool = True) -> Case:
    """The case of that number, for one who may read it (or, without `reading`, may know where it stands).

    Raises InputError where there is none for them: whoever it may accuse is told the same as of a number
    that was never given.
    """
    wanted = whole_number(number)
    steps = case_store.steps(con, wanted)
    case = known(con, steps)[0] if steps else None
    seen = sight(case, desk.person, desk.config) if case else Sight.NOTHING
    if case is None or seen is Sight.NOTHING:
        raise InputError(
            f"There is no case {wanted}. To see those there are: schoolgate case list --as {desk.person.id}"
        )
    if seen is Sight.WITH_THE_DSL or (reading and seen is not Sight.ALL):
        whose = _WHOSE[seen].format(desk.person.id)
        raise InputError(f"Case {wanted} is not for {desk.person.id}. {whose}")
    return case


_WHOSE = {
    Sight.WITH_THE_DSL: "It is with the DSL: ask there.",
    Sight.STATUS: "Where it stands is shown by: schoolgate case list --as {}",
}


def open_to_all(con: Connection, desk: Desk, number: str) -> Case:
    """The open case of that number, for anybody of its school, whoever it may accuse: for 999 alone.

    Raises InputError where there is none; who may not read it is told the same of a closed one.
    """
    wanted = whole_number(number)
    steps = case_store.steps(con, wanted)
    case = known(con, steps)[0] if steps else None
    school = desk.config.school(case.urn) if case else None
    here = school is not None and bool(people_of(school, [desk.person]))
    if (
        case is None
        or not here
        or (case.closed_at and sight(case, desk.person, desk.config) is not Sight.ALL)
    ):
        raise InputError(f"There is no open case {wanted}. {RING_FIRST}")
    return case


RING_FIRST = (
    "If anybody may be in danger, ring 999 and tell whoever leads the school on the day: "
    "this only writes it down."
)


def do(
    desk: Desk,
    number: str,
    event_of: Callable[[Case], Event],
    *,
    reading: bool = True,
    danger: bool = False,
) -> Advance:
    """Finds the case and does what `event_of` makes of it, in one transaction; in `danger`, for anybody.

    Raises InputError where the case is not for them, Refused where a guard refuses.
    """
    now = utc_now()
    with desk.store.write("case") as con:
        case = open_to_all(con, desk, number) if danger else find(con, desk, number, reading=reading)
        done = accepted(act(con, desk.context, case.id, event_of(case), now), case, desk)
        take_alert(con, desk, done.case, now)
    return done


def take_alert(con: Connection, desk: Desk, case: Case, now: datetime) -> None:
    """Whoever was alerted and works on the case has the alert in hand: nobody else is asked in their place.

    Whom the post is aimed at is not left with it by answering for themselves.
    """
    if case.alert_id is None or not may_read(case, desk.person):
        return
    found = alert_store.alert(con, case.alert_id)
    asked = escalation_store.asked(con, [case.alert_id]).get(case.alert_id, ())
    if found is not None and desk.person.id in (*found.audience, *asked):
        alert_store.ack(con, found.id, desk.person.id, now)


def accepted(done: Advance | Refusal, case: Case, at: Desk) -> Advance:
    """What was done in that case, by whoever is at that desk. Raises Refused where it was not."""
    if isinstance(done, Refusal):
        by = satisfier(done.guard, case, at.person.id, rules(at.context, case.urn))
        raise Refused(_nameless(done, case, at), case.id, by)
    return done


def _nameless(refusal: Refusal, case: Case, at: Desk) -> Refusal:
    """Of a locked case without the names of whom it accuses and is aimed at, but for the DSLs."""
    if not case.locked or SAFEGUARDERS & set(at.person.roles):
        return refusal
    said, remedy = refusal.said, refusal.remedy
    for person in at.config.people:
        if person.id in (*case.subjects, case.target):
            said, remedy = (text.replace(person.name, "(name withheld)") for text in (said, remedy))
    return Refusal(refusal.guard, said, remedy)


def words(given: str | None, option: str, least: int = 1) -> str:
    """A person's own words, at least so many characters of them. Raises InputError."""
    found = (given or "").strip()
    if len(found) < least:
        few = f"at least {least} characters, " if least > 1 else ""
        raise InputError(f"{option}: say it in your own words, {few}for whoever reads the case later.")
    return found


def moment(given: str | None, option: str, config: Config) -> datetime | None:
    """The moment a person gives, the school's own time where it names no zone. Raises InputError."""
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given.strip())
        return (found if found.tzinfo else found.replace(tzinfo=config.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(f"{option} “{given}”: not a time. Write it as 2026-11-20T15:20.") from None


def one_of(given: str, option: str, kinds: type[Value]) -> Value:
    """The value that is named, blanks and hyphens as underscores. Raises InputError with all there are."""
    try:
        return kinds(given.strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError:
        known = ", ".join(str(k).replace("_", "-") for k in kinds)
        raise InputError(f"{option} {given}: there is no such thing. It is one of: {known}.") from None


def somebody(desk: Desk, case: Case, given: str, option: str) -> Person:
    """The person of that id at the case's own school. Raises InputError."""
    people = rules(desk.context, case.urn).people
    found = next((p for p in people if p.id == given), None)
    if found is None:
        known = ", ".join(p.id for p in people)
        raise InputError(f"{option} {given}: there is no such person at that school. It has: {known}.")
    return found
