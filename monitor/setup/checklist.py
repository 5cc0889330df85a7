"""The checklist of setting a home up: its steps in their order, what was answered at each, and the next one.

Nothing of it is stored: what was answered is what `schoolgate.toml` says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from data.types import Role, School


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

    @property
    def is_given(self) -> bool:
        """Was it answered, if only in part?"""
        return bool(self.said)


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
        """The next step behind that one which waits, whether it is needed or not; None where none is left."""
        return next((s for s in self.waiting if list(Step).index(s) > list(Step).index(step)), None)

    @property
    def waiting(self) -> tuple[Step, ...]:
        """The steps that wait for an answer."""
        return tuple(answer.step for answer in self.answers if not answer.is_given)

    @property
    def is_ready(self) -> bool:
        """Is all answered without which nothing is found, kept or told?"""
        return NEEDED.isdisjoint(self.waiting)

    def has(self, step: Step) -> bool:
        """Was that step answered?"""
        return step not in self.waiting


@dataclass(frozen=True, slots=True)
class OfficeQuestion:
    """A question for an office: for its holder, who stands in for it, and the key of the question."""

    holder: Role
    deputy: Role
    question: str


_NURSERY = re.compile(
    r"\b(day ?care|playgroup|pre-?school|cr[eè]che|nursery|meithrinfa|cylch meithrin)\b", re.IGNORECASE
)


def offices_to_ask(school: School) -> tuple[OfficeQuestion, ...]:
    """List who is asked for, by the words of the school's nation and kind (docs/nations.md, access.md).

    In Scotland nobody at a school oversees its head; a nursery that no register has is its owner's.
    """
    nursery = school.phase in ("", "pre-school") and _NURSERY.search(school.name) is not None
    who = "owner" if nursery else "chair" if school.phase else "proprietor"
    over = OfficeQuestion(Role.CHAIR, Role.VICE_CHAIR, who)
    if school.nation == "scotland" and not nursery:
        over = OfficeQuestion(Role.LA_CONTACT, Role.LA_CONTACT, "authority")
    return (
        OfficeQuestion(Role.HEAD, Role.DEPUTY_HEAD, "manager" if nursery else "head"),
        OfficeQuestion(Role.DSL, Role.DEPUTY_DSL, f"dsl.{school.nation}"),
        over,
    )
