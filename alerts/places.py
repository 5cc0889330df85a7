"""The places of a case: the post that it was opened about, and wherever else the same matter is.

A case holds what is asked, seen and known at one of them; here it is turned to another, so that every rule of
the ladder reads each place as it reads a case of one. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import timedelta

from data.cases import Case, CasePlace, PlaceState
from data.rungs import EMERGENCY
from data.steps.classes import (
    Answered,
    Asked,
    CameBack,
    Checked,
    EvidenceKept,
    Hosted,
    LetterDrafted,
    Placed,
    PlaceLeft,
    Step,
)
from data.steps.codes import Check, Decision, PlaceRole

_A_DAY = timedelta(days=1)
_OF_PLACES = (
    Asked, Answered, CameBack, Checked, EvidenceKept, Hosted, LetterDrafted, Placed, PlaceLeft,
)  # fmt: skip
_BOUND = tuple(f.name for f in fields(CasePlace) if f.name != "n")


def at_place(case: Case, n: int) -> Case:
    """The case as it is at that place; as it is where it has no such place."""
    there = next((p for p in case.others if p.n == n), None)
    if there is None:
        return case
    bound = {name: getattr(there, name) for name in _BOUND}
    return replace(case, place=n, others=tuple(p for p in case.places if p.n != n), **bound)


def at_each_place(case: Case) -> Iterator[Case]:
    return (at_place(case, n) for n in numbers(case))


def numbers(case: Case) -> tuple[int, ...]:
    return tuple(sorted((case.place, *(p.n for p in case.others))))


def everywhere(case: Case, change: Callable[[Case], Case]) -> Case:
    """The case with that change at each of its places."""
    changed = case
    for n in numbers(case):
        changed = change(at_place(changed, n))
    return at_place(changed, case.place)


def place_of(said: Step) -> int | None:
    """The place that a step is about, None for the case. The police are told of the whole matter."""
    if isinstance(said, Asked | Answered) and said.rung is EMERGENCY:
        return 1
    return said.place or 1 if isinstance(said, _OF_PLACES) else None


def name_place(case: Case, said: Step) -> Step:
    """Return the step with the place at which the case is, where it is about one and names none."""
    if case.place == 1 or not isinstance(said, _OF_PLACES) or said.place:
        return said
    return replace(said, place=case.place)


def standing(case: Case) -> bool:
    """Is there a place that is not said to be gone, nor left? What a search shows is no place that stands."""
    return any(here.said_gone_at is None and has_to_be_gone(here) for here in at_each_place(case))


def unasked_places(case: Case) -> tuple[int, ...]:
    """List places it stands at, unasked, of a ladder case whose first is gone, left or asked."""
    off = case.closed_at or case.lane or case.fair or case.decision not in (None, Decision.SEEK)
    if off or not case.others or case.places[0].place_state is PlaceState.STANDING:
        return ()
    counts = {here.place for here in at_counted_places(case)}
    return tuple(p.n for p in case.places if p.n in counts and p.place_state is PlaceState.STANDING)


def is_gone(case: Case) -> bool:
    """Is every place that counts said to be gone, and is there one?"""
    return not standing(case) and any(p.said_gone_at for p in at_each_place(case) if has_to_be_gone(p))


def seen_twice(here: Case, wanted: Check = Check.GONE) -> bool:
    """Was it seen so twice at the place it is at, at least a day apart, and not otherwise since?"""
    telling = [c for c in here.checks if c.result in (Check.GONE, Check.CHANGED)]
    seen = [c.at for c in telling if c.result is wanted]
    return len(seen) > 1 and telling[-1].result is wanted and seen[-1] - seen[0] >= _A_DAY


def at_counted_places(case: Case) -> Iterator[Case]:
    """Return the case at each place that has to be gone before it counts as removed."""
    return (here for here in at_each_place(case) if has_to_be_gone(here))


def has_to_be_gone(here: Case) -> bool:
    """Has the place it is at to be gone before it counts as removed?"""
    return not here.left and here.role is not PlaceRole.SEARCH
