"""What an act refused, as the command line says it."""

from __future__ import annotations

from typing import TypeVar

from data.errors import SchoolgateError
from data.steps.acts import Done, Refused

Made = TypeVar("Made")


class ActRefused(SchoolgateError):
    """A guard refused: the text names it, and says what would satisfy it. Nothing was changed."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(
            f"Refused by the guard “{refused.guard}”. {refused.reason}\n"
            f"What would satisfy it: {refused.wanted}\nNothing was changed."
        )


def made(came: Done[Made] | Refused) -> Made:
    """What the act made. Raises ActRefused where it was refused."""
    if isinstance(came, Refused):
        raise ActRefused(came)
    return came.made
