"""What is said of a step that may not be taken, and what would satisfy the guard that refuses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from alerts.access.acts import Act, confirmers, wanted_offices
from alerts.access.guidance import office_named
from alerts.access.referrals import OF_ALLEGATIONS, places_in
from alerts.ladder.guards.first import wrong_facts
from alerts.ladder.guards.steps import was_gone
from alerts.ladder.reclassifying import meant_by
from alerts.ladder.replay_requests import open_clock
from alerts.ladder.rules import Refusal, StepAttempt
from alerts.ladder.transitions import NO_ROW
from data.cases import RunningClock
from data.steps.asking import Answered, Asked
from data.steps.codes import StepKind
from data.types import Person
from data.web.channels import channel
from data.words.asking import place_words


def without_row(attempt: StepAttempt) -> Refusal:
    """The same where the table has no row for it in this state."""
    if attempt.event.kind in (StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING):
        return refusal("by_closing", attempt)
    if attempt.event.kind is StepKind.CAME_BACK:
        return refusal(was_gone.__name__, attempt)
    return refusal(NO_ROW.get(attempt.case.state, "no_row"), attempt)


def refusal(guard: str, attempt: StepAttempt) -> Refusal:
    """What is said if a guard fails, and the remedy."""
    w, said, remedy = attempt.rules.w, f"refusal.{guard}.said", f"refusal.{guard}.remedy"
    wanted = (name for name in _MENTIONED if w.fills_in(name, said) or w.fills_in(name, remedy))
    given = {name: _MENTIONED[name](attempt) for name in wanted}
    return Refusal(guard, w(said, **given), w(remedy, **given))


def _named_person(attempt: StepAttempt, person_id: str | None) -> str:
    person = attempt.rules.person(person_id)
    return person.name if person else person_id or "–"


def _confirm(attempt: StepAttempt) -> tuple[Person, ...]:
    matter, rules = attempt.rules.matter(attempt.case), attempt.rules
    return confirmers(matter, meant_by(attempt.case, attempt.event, rules), rules.people)


def _names(attempt: StepAttempt, people: Sequence[Person]) -> str:
    """Who could do it instead; where nobody can, the offices that are missing from the settings."""
    rules, w = attempt.rules, attempt.rules.w
    if people:
        return w.listed([p.name for p in people])
    wanted = wanted_offices(rules.matter(attempt.case), rules.people)
    return w("refusal.nobody", offices=", ".join(office_named(r, rules.school.nation, w) for r in wanted))


def _kinds(attempt: StepAttempt) -> tuple[str, ...]:
    return attempt.rung.spec.kinds if isinstance(attempt.said, Asked) else ()


_MENTIONED: Mapping[str, Callable[[StepAttempt], str]] = {
    "number": lambda attempt: attempt.case.id,
    "class_now": lambda attempt: attempt.case.content_class,
    "facts": lambda attempt: ", ".join(wrong_facts(attempt.said)),
    "deciders": lambda attempt: _names(attempt, attempt.who_may(Act.DECIDE)),
    "heads": lambda attempt: _names(attempt, attempt.who_may(Act.APPROVE)),
    "confirmers": lambda attempt: _names(attempt, _confirm(attempt)),
    "target": lambda attempt: _named_person(attempt, attempt.case.target),
    "held_by": lambda attempt: _named_person(attempt, attempt.case.hold_by),
    "places": lambda attempt: ", ".join(places_in(attempt.rules.school.nation)),
    "nation": lambda attempt: attempt.rules.w(f"refusal.nation.{attempt.rules.school.nation}"),
    "instead": lambda attempt: _instead(attempt),
    "kinds": lambda attempt: ", ".join(_kinds(attempt)) or "–",
    "keeping": lambda attempt: _keeping(attempt),
    "until": lambda attempt: _moment(attempt, attempt.case.due(attempt.now)),
    "ends": lambda attempt: _moment(attempt, _answered_clock(attempt)),
}
"""What the sentences of a refusal may mention; only what they do is worked out."""


def _instead(attempt: StepAttempt) -> str:
    """Who is told of an allegation against staff in that nation, each with the name that is typed."""
    w, places = attempt.rules.w, OF_ALLEGATIONS[attempt.rules.school.nation]
    return w.listed([f"{place_words(place, w)} ({place.replace('_', '-')})" for place in places])


def _answered_clock(attempt: StepAttempt) -> RunningClock | None:
    said = attempt.said
    return open_clock(attempt.case, said.rung, said.way) if isinstance(said, Answered) else None


def _moment(attempt: StepAttempt, clock: RunningClock | None) -> str:
    """When that clock runs out."""
    if clock is None:
        return "–"
    at, zone = clock.due_at, attempt.rules.means.zone
    return f"{attempt.rules.w.day(at, attempt.now, zone)} {attempt.rules.w.clock(at, zone)}"


def _keeping(attempt: StepAttempt) -> str:
    """How evidence of it is kept, where it is."""
    return attempt.rules.w(f"refusal.keeping.{channel(attempt.case.channel).keeping.value}")
