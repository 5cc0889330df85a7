"""Recording a step of a case: the case is found, the ladder's rules judge the step, the result is printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alerts.access.offices import SAFEGUARDERS, hold
from alerts.ladder.advance import Advance, Refusal
from data.cases import Case, Event
from data.effects import utc_now
from data.errors import InputError, SchoolgateError
from data.steps.kinds import Step
from data.store.engine.connect import Connection
from data.types import Person
from monitor.casework.finding import find_case
from monitor.casework.next_steps import who_can_satisfy
from monitor.casework.steps import apply_event, school_rules, take_alert
from monitor.commands.inputs import moment, own_words
from monitor.session import Session
from monitor.terminal.output import in_json, say
from monitor.views.case.remedy_command import remedy_command
from monitor.views.case.status import after, after_json


class Refused(SchoolgateError):
    """A guard refused: the text names it, and says what would satisfy it. Nothing was changed."""

    def __init__(self, refusal: Refusal, number: str = "", person: str = "", place: str = "") -> None:
        self.refusal = refusal
        command = remedy_command(refusal.guard, number or "CASE", person or "PERSON", place)
        lines = [
            f"Refused by the guard “{refusal.guard}”. {refusal.said}",
            f"What would satisfy it: {refusal.remedy}",
            *([f"    {command}"] if command else []),
            "Nothing was changed.",
        ]
        super().__init__("\n".join(lines))


def event_of(session: Session, said: Step, why: str = "", at: str | None = None) -> Event:
    """What this person did, and when (`--at`). Raises InputError."""
    return Event(said, session.person.id, why.strip(), moment(at, "--at", session.config.zone))


def record_step(
    session: Session,
    number: str,
    event: Event | Callable[[Case], Event],
    *,
    as_json: bool,
    reading: bool = True,
) -> None:
    """Records one step, or what `event` makes of the case, and prints the result.

    Without `reading` it is enough to know the case's status. Raises InputError where the case is not for
    them, Refused.
    """
    now = utc_now()
    with session.store.write("case") as con:
        case = find_case(con, session, number, reading=reading)
        done = run_step(con, session, case, event if isinstance(event, Event) else event(case), now)
    print_result(done, session, as_json=as_json)


def record_with_reason(session: Session, number: str, said: Step, why: str, *, as_json: bool) -> None:
    """Records a step that says little more than that it was done, and why. Raises InputError, Refused."""
    record_step(session, number, event_of(session, said, own_words(why, "--why")), as_json=as_json)


def run_step(con: Connection, session: Session, case: Case, event: Event, now: datetime) -> Advance:
    """Records one step in the caller's write transaction. Raises Refused."""
    done = accepted(apply_event(con, session.context, case, event, now), case, session)
    take_alert(con, done.case, session, now)
    return done


def accepted(done: Advance | Refusal, case: Case, session: Session) -> Advance:
    """What was done in that case by whoever is at work. Raises Refused where it was not."""
    if isinstance(done, Refusal):
        by = who_can_satisfy(done.guard, case, session.person.id, school_rules(session.context, case.urn))
        raise Refused(_without_names(done, case, session), case.id, by, case.channel)
    return done


def _without_names(refusal: Refusal, case: Case, session: Session) -> Refusal:
    """In a locked case only a DSL is shown the names of its subjects and its target."""
    if not case.locked or hold(session.person, SAFEGUARDERS):
        return refusal
    said, remedy = refusal.said, refusal.remedy
    for person in session.config.people:
        if person.id in (*case.subjects, case.target):
            said, remedy = (text.replace(person.name, "(name withheld)") for text in (said, remedy))
    return Refusal(refusal.guard, said, remedy)


def print_result(done: Advance, session: Session, *, as_json: bool) -> None:
    """What was recorded, and what the case waits for now."""
    if as_json:
        say(in_json(after_json(done, utc_now())))
        return
    for line in after(done, session.config):
        say(line)


def school_person(session: Session, case: Case, given: str, option: str) -> Person:
    """The person of that id at the case's own school. Raises InputError."""
    people = school_rules(session.context, case.urn).people
    found = next((p for p in people if p.id == given), None)
    if found is None:
        known = ", ".join(p.id for p in people)
        raise InputError(f"{option} {given}: there is no such person at that school. It has: {known}.")
    return found
