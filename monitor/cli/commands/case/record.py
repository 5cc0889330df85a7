"""Recording a step of a case: what was given is taken, what came of it is printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from alerts.ladder.advance import Advance
from alerts.ladder.recorded_on_behalf import LETTER, OfTheirs
from alerts.wording.cases import clock_lines, state_words
from data.cases import Case, Event
from data.effects import utc_now
from data.errors import SchoolgateError
from data.matters import Access, MatterView
from data.steps.acts import Done, Refused
from data.steps.codes import HowTold, StepKind
from data.steps.kinds import Step
from monitor.act.casework.finding import find_case
from monitor.act.step import take_step
from monitor.cli.commands.inputs import instant
from monitor.cli.views.case.case_list import state_json
from monitor.cli.views.case.wording import remedy_command
from monitor.cli.views.layout import local, typed
from monitor.cli.views.screen import ENGLISH
from monitor.home.wiring import Session
from monitor.terminal.output import in_json, say

Made = TypeVar("Made")


class ActRefused(SchoolgateError):
    """A guard refused: the text names it, and says what would satisfy it. Nothing was changed."""

    def __init__(self, refused: Refused) -> None:
        lines = [
            f"Refused by the guard “{refused.guard}”. {refused.reason}",
            f"What would satisfy it: {refused.wanted}",
            *(f"    {command}" for command in map(remedy_command, refused.remedies) if command),
            "Nothing was changed.",
        ]
        super().__init__("\n".join(lines))


def event_of(session: Session, said: Step, why: str = "", at: str | None = None) -> Event:
    """What this person did, and when (`--at`). Raises InputError."""
    when = None if at is None else instant(at, "--at", session.config.zone)
    return Event(said, session.person.id, why.strip(), when)


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
    them, ActRefused.
    """
    find = find_case if reading else partial(find_case, reading=False)
    print_result(made(take_step(session, number, event, utc_now(), find=find)), session, as_json=as_json)


def made(came: Done[Made] | Refused) -> Made:
    """What the act made. Raises ActRefused where it was refused."""
    if isinstance(came, Refused):
        raise ActRefused(came)
    return came.made


def print_result(done: Advance, session: Session, *, as_json: bool) -> None:
    """Prints what was recorded, what the case waits for now, and who hears of it."""
    case, config, now = done.case, session.config, done.steps[-1].recorded_at
    if as_json:
        say(in_json(_as_json(done, utc_now())))
        return
    say(f"Case {case.id}: recorded. Now: {state_words(case, ENGLISH)}.")
    for said in clock_lines(case, now, partial(local, zone=config.zone), ENGLISH, case.late(now)):
        say(f"  {typed(said)}")
    names = {p.id: p.name for p in config.people}
    told = list(dict.fromkeys(names.get(m.person_id, m.person_id) for m in done.outbox))
    if told:
        say(f"  told, without a word of the post: {', '.join(told)}")
    if any(isinstance(s.said, OfTheirs) and s.said.informed is HowTold.OWED for s in done.steps):
        actor = done.steps[-1].actor
        say("  Whoever this was recorded for has no e-mail address here. Hand them a letter that says so:")
        say(f"    schoolgate case letter {case.id} {LETTER} --out letters --as {actor}")


def print_recorded(number: str, kind: StepKind) -> None:
    """Prints for a program that it was recorded, to somebody who is shown no more of the case."""
    nothing = dict.fromkeys(state_json(MatterView("", "", Access.NOTHING), utc_now()))
    steps = [{"n": None, "step": kind.value}]
    say(in_json(nothing | {"case": number, "steps": steps, "told": None}))


def _as_json(done: Advance, now: datetime) -> dict[str, object]:
    """The same as JSON values: steps, state, clocks (UTC), the ids of the people told."""
    case = done.case
    row = state_json(MatterView(case.story_id, case.urn, Access.STATUS, cases=(case,)), now)
    told = list(dict.fromkeys(m.person_id for m in done.outbox))
    return row | {"steps": [{"n": s.n, "step": s.kind.value} for s in done.steps], "told": told}
