"""The checklist of setting a home up: its steps in their order, what was answered at each, and the next one.

Nothing of it is stored: what was answered is what `schoolgate.toml` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """One question each, or one page of them, in the order in which they are asked."""

    SCHOOL = "school"
    PEOPLE = "people"
    DPIA = "dpia"
    PLACES = "places"
    NAMES = "names"
    MAIL = "mail"
    REACH = "reach"
    COVER = "cover"
    START = "start"


NEEDED = frozenset((Step.SCHOOL, Step.PEOPLE, Step.DPIA, Step.PLACES, Step.START))
"""Without these nothing is found, kept or told; the others can wait for another day."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a step, in words: `said` is "" while it waits, `waits` what of it is still missing."""

    step: Step
    said: str = ""
    waits: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """All steps in their order, with what was answered at each."""

    answers: tuple[Answer, ...]

    @property
    def next(self) -> Step | None:
        """The first step that is needed and waits, else the first that waits; None where all are answered."""
        waiting = self.waiting
        return next((step for step in waiting if step in NEEDED), next(iter(waiting), None))

    def after(self, step: Step) -> Step | None:
        """The next step behind that one which lacks an answer, or a part of it; None where none is left."""
        behind = self.answers[list(Step).index(step) + 1 :]
        return next((answer.step for answer in behind if answer.waits or not answer.said), None)

    @property
    def waiting(self) -> tuple[Step, ...]:
        """The steps that wait for an answer."""
        return tuple(answer.step for answer in self.answers if not answer.said)

    @property
    def is_ready(self) -> bool:
        """Is all answered without which nothing is found, kept or told?"""
        return NEEDED.isdisjoint(self.waiting)
