"""How a step of a case is taken: what is given is made an event, the ladder's rules judge it, and where
the case stands is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from alerts.ladder.advance import Advance
from data.cases import Case, Event, StepKind
from data.effects import utc_now
from data.errors import InputError
from monitor.commands.case_common import Desk, Say, Sight, desk, do, moment, sight
from monitor.terminal import in_json
from monitor.views.case_status import after, after_json


@dataclass(frozen=True, slots=True)
class Given:
    """What every command of a case is given: the case's number, who acts, and where things lie."""

    number: str
    person: str
    home: Path | None
    config: Path | None
    say: Say
    as_json: bool = False


Made = Callable[[Desk, Case], Event]


def take(given: Given, made: Made, *, reading: bool = True) -> int:
    """Does what `made` makes of the case, and says where it stands then."""
    at = desk(given.person, given.home, given.config)
    done = do(at, given.number, lambda case: made(at, case), reading=reading)
    return tell(done, at, given.say, as_json=given.as_json)


def take_danger(given: Given, made: Made) -> int:
    """Writes down that 999 was rung, for anybody of the school; who may not read it is shown none of it."""
    at = desk(given.person, given.home, given.config)
    done = do(at, given.number, lambda case: made(at, case), danger=True)
    number = done.case.id
    if sight(done.case, at.person, at.config) is Sight.ALL:
        tell(done, at, given.say, as_json=given.as_json)
        if done.case.unexplained and not given.as_json:
            given.say(f"  why, once there is time: schoolgate case note {number} “…” --as {at.person.id}")
    elif given.as_json:
        given.say(in_json({"case": number, "steps": [{"step": StepKind.ASKED.value}]}))
    else:
        given.say(f"Case {number}: it is written down that 999 was rung. You are shown no more of the case.")
        given.say("  Please tell whoever leads the school on the day as well, and why you rang.")
    return 0


def tell(done: Advance, at: Desk, say: Say, *, as_json: bool) -> int:
    """What was recorded, and what is awaited now."""
    if as_json:
        say(in_json(after_json(done, utc_now())))
        return 0
    for line in after(done, at.config):
        say(line)
    return 0


def of(kind: StepKind, facts: Mapping[str, str], why: str, at: str | None = None) -> Made:
    return lambda at_desk, case: event(at_desk, kind, facts, why, at)


def event(at_desk: Desk, kind: StepKind, facts: Mapping[str, str], why: str, at: str | None = None) -> Event:
    """Facts without a value are left out."""
    told = {name: value for name, value in facts.items() if value}
    return Event(kind, at_desk.person.id, why.strip(), told, moment(at, "--at", at_desk.config))


def the_one(given: Mapping[str, bool], ask_for: str) -> str:
    """The one that is given. Raises InputError for none or several."""
    chosen = [name for name, on in given.items() if on]
    if len(chosen) == 1:
        return chosen[0]
    options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
    raise InputError(f"{ask_for}: exactly one of {options}.")


def among(given: str, option: str, known: tuple[str, ...]) -> str:
    found = given.strip().lower().replace("-", "_").replace(" ", "_")
    if found in known:
        return found
    names = ", ".join(name.replace("_", "-") for name in known)
    raise InputError(f"{option} {given}: there is no such thing. It is one of: {names}.")
