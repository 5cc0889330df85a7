"""Recording a step of a case: what was given is taken, what came of it is printed."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from alerts.ladder.advance import Advance
from alerts.wording.cases import clock_lines, state_words
from data.cases import Event
from data.errors import SchoolgateError
from data.steps.acts import Done, Refused
from data.steps.codes import StepKind
from data.steps.kinds import Step
from monitor.cli.commands.inputs import instant
from monitor.cli.views.case.wording import remedy_command
from monitor.cli.views.layout import local, typed
from monitor.cli.views.screen import ENGLISH
from monitor.home.wiring import Session
from monitor.terminal.output import in_json, say
from monitor.terminal.wording import WITH_THE_DSL

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


def made(came: Done[Made] | Refused) -> Made:
    """What the act made. Raises ActRefused where it was refused."""
    if isinstance(came, Refused):
        raise ActRefused(came)
    return came.made


def print_result(done: Advance, session: Session, *, as_json: bool) -> None:
    """Prints what was recorded, what the case waits for now, and who hears of it."""
    case, config, now = done.case, session.config, done.steps[-1].recorded_at
    if as_json:
        say(in_json(_as_json(done)))
        return
    say(f"Case {case.id}: recorded. Now: {state_words(case, ENGLISH)}.")
    for said in clock_lines(case, now, partial(local, zone=config.zone), ENGLISH, case.late(now)):
        say(f"  {typed(said)}")
    names = {p.id: p.name for p in config.people}
    told = list(dict.fromkeys(names.get(m.person_id, m.person_id) for m in done.outbox))
    if told:
        say(f"  told, without a word of the post: {', '.join(told)}")


def print_recorded(number: str, kind: StepKind) -> None:
    """Prints for a program that it was recorded, to somebody who is shown no more of the case."""
    steps = [{"n": None, "step": kind.value}]
    say(in_json({"case": number, "state": WITH_THE_DSL, "steps": steps, "told": None}))


def _as_json(done: Advance) -> dict[str, object]:
    """The same as JSON values: the case, its state, the steps, the ids of the people told."""
    case = done.case
    steps = [{"n": s.n, "step": s.kind.value} for s in done.steps]
    told = list(dict.fromkeys(m.person_id for m in done.outbox))
    state = WITH_THE_DSL if case.restricted else case.state.value
    return {"case": case.id, "state": state, "steps": steps, "told": told}
