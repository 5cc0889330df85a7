"""What several commands need: settings with a readable store, and ids given by their beginning."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import InputError
from data.types import Alert, Person, Role
from monitor import paths, wiring

if TYPE_CHECKING:
    from data.store.open import Store
    from monitor.config import Config


def opened(home: Path | None, config: Path | None) -> tuple[paths.Paths, Config, Store]:
    """Where things lie, the configuration, and the store brought up to date."""
    where, settings = wiring.settings(home, config)
    return where, settings, wiring.open_store(where.home)


def register_file(register: Path | None, home: Path | None, config: Path | None) -> Path:
    """The register that is named, else the configured one. Raises InputError where there is none."""
    if register is not None:
        return register
    where = paths.find(os.environ, home, config)
    if where.config.exists():
        _, settings = wiring.settings(home, config)
        if settings.register is not None:
            return settings.register
    raise InputError(
        "No register of schools is named. Download it from get-information-schools.service.gov.uk "
        "and name it: --register FILE"
    )


def officers(config: Config) -> list[str]:
    """The ids of those who see cases by their office: no open list names one that may accuse them."""
    from alerts.ladder.sight import OFFICES

    return [p.id for p in config.people if OFFICES & set(p.roles)]


def withheld_from_a_lead(alert: Alert, config: Config) -> bool:
    """Does it keep out one of those with whom restricted matters are?

    No list that anybody may see tells of it: “with the DSL” would tell the DSL that it is about them.
    """
    leads = {p.id for p in config.people if {Role.DSL, Role.DEPUTY_DSL} & set(p.roles)}
    return alert.restricted and bool(leads & set(alert.excluded))


def whole_id(beginning: str, known: Iterable[str], what: str, group: str) -> str:
    """The one id that begins so, capitals aside; `what` it is of, `group` the commands that list them.

    Raises InputError where none or several do.
    """
    fits = sorted(i for i in known if i.lower().startswith(beginning.strip().lower()))
    if len(fits) == 1 or (fits and fits[0] == beginning.lower()):
        return fits[0]
    if not fits:
        raise InputError(f"No {what} begins with “{beginning}”. To see them: schoolgate {group} list")
    raise InputError(
        f"{len(fits)} of them begin with “{beginning}”. Give more of the id: {', '.join(fits[:5])}"
    )


def known_person(config: Config, person: str | None) -> Person:
    """The configured person of that id. Raises InputError where none is given or known."""
    found = next((p for p in config.people if p.id == person), None)
    if found is not None:
        return found
    has = f"{config.path.name} has: {', '.join(p.id for p in config.people) or 'nobody'}."
    if not (person or "").strip():
        raise InputError(f"Say who you are: --as PERSON. {has}")
    raise InputError(f"--as {person}: there is no such person. {has}")
