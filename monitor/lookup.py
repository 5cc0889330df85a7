"""What somebody names, found: a person by id, a story or an alert by the beginning of its id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from data.errors import InputError

if TYPE_CHECKING:
    from data.types import Person
    from monitor.config.load import Config


def known_person(config: Config, person: str | None) -> Person:
    """The configured person of that id. Raises InputError where none is given or known."""
    found = next((p for p in config.people if p.id == person), None)
    if found is not None:
        return found
    has = f"{config.path.name} has: {', '.join(p.id for p in config.people) or 'nobody'}."
    if not (person or "").strip():
        raise InputError(f"Say who you are: --as PERSON. {has}")
    raise InputError(f"--as {person}: there is no such person. {has}")


def whole_id(beginning: str, known: Iterable[str], what: str, group: str) -> str:
    """The one id that begins so, capitals aside; `what` it is of, `group` the commands that list them.

    Raises InputError where none or several do.
    """
    fits = sorted(i for i in known if i.lower().startswith(beginning.strip().lower()))
    if len(fits) == 1 or (fits and fits[0] == beginning.lower()):
        return fits[0]
    if not fits:
        raise no_such(beginning, what, group)
    raise InputError(
        f"{len(fits)} of them begin with “{beginning}”. Give more of the id: {', '.join(fits[:5])}"
    )


def no_such(beginning: str, what: str, group: str) -> InputError:
    """None of them begins so: that of which somebody may not know is answered the same."""
    return InputError(f"No {what} begins with “{beginning}”. To see them: schoolgate {group} list")


def whole_number(given: str) -> str:
    """The number of a case as it is stored: “4” → “0004”."""
    return given.strip().removeprefix("#").lstrip("0").zfill(4)
