"""The frame of a step's page: its question, why it is asked, an example; a form; where one goes on to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from starlette.responses import Response

from data.errors import InputError
from data.words.say import Words
from monitor.desk.page import led_to
from monitor.desk.pages.people import Desk, Page
from monitor.setup.checklist import Answer, Step

PATH = "/setup"
Wrong: TypeAlias = Mapping[str, str]
"""What is wrong with what was typed, by the name of the field beside which it is said."""


@dataclass(frozen=True, slots=True)
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
