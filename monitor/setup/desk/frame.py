"""The steps of setting a home up, the checklist of them, and the frame of a step's page.

Nothing of the checklist is stored: what was answered is what `schoolgate.toml` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeAlias

from starlette.responses import Response

from data.errors import InputError
from data.frozen import freeze
from data.words.say import Words
from monitor.desk.page import led_to
from monitor.desk.pages.people import Desk, Page

PATH = "/setup"
Wrong: TypeAlias = Mapping[str, str]
"""What is wrong with what was typed, by the name of the field beside which it is said."""


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


@freeze
class Answer:
    """The answer to a step, in words: `said` is "" while it waits, `waits` what of it is still missing."""

    step: Step
    said: str = ""
    waits: str = ""


@freeze
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


@freeze
class StepPage:
    """The page of one step: `show` it, `take` its form; `answer` says what the settings have of it now.

    Before a school is set up, `Desk.at.config` is blank and `Desk.at.store` None; only SCHOOL is shown then.
    Whoever sets up from the shell's account has no `Desk.at.by`. A form is taken only from somebody who keeps
    the whole home, and who has just proved who they are.
    """

    show: Page
    take: Page
    answer: Callable[[Desk], Answer]


def step_page(desk: Desk, step: Step, template: str, wrong: Wrong | None = None, **view: object) -> Response:
    """The page that a template makes for that step, by the frame `setup_step.html`; with what is `wrong`."""
    wrong = dict(wrong or {})
    if wrong and not desk.wrong:
        desk = replace(desk, wrong=desk.w("setup.wrong"))
    number = list(Step).index(step) + 1
    given = {"step": step, "number": number, "of": len(Step), "wrong": defaultdict(str, wrong)}
    return desk.page(template, **given, **view)


class TypedAnswers:
    """The fields of a form, read one by one; what is `wrong`, by field."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form, self.wrong = form, dict[str, str]()

    def read(self, field: str, reader: Callable[[str], Any], *, wanted: bool = True) -> Any:
        """Return what `reader` makes of a field, which raises InputError for what cannot be; None then, and
        where nothing was typed that need not be."""
        typed = self._form.get(field, "").strip()
        if not typed and not wanted:
            return None
        try:
            return reader(typed)
        except InputError as error:
            self.wrong[field] = error.text
            return None


_MOST_NAMED = 4


def list_some(names: Sequence[str], w: Words) -> str:
    """List names; of many the first ones, and how many others there are."""
    if len(names) <= _MOST_NAMED:
        return w.list_items(list(names))
    first = names[: _MOST_NAMED - 1]
    return w("setup.some", names=", ".join(first), n=len(names) - len(first))


def go_on(step: Step) -> Response:
    """Leads from an answered step to the next one that waits."""
    return led_to(f"{PATH}?after={step.value}")
