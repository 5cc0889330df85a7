"""A session: who is at work in which home. A command opens it once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.frozen import dataclass
from data.types import Person
from monitor.config.home.context import Context
from monitor.config.home.lookup import known_person
from monitor.config.load import Config
from monitor.home import wiring

if TYPE_CHECKING:
    from data.store.engine.open import Store


@dataclass(frozen=True, slots=True)
class Session:
    """The home's configuration, what every part is given, the store, and the person who acts."""

    config: Config
    context: Context
    store: Store
    person: Person


def open_session(person: str | None, home: Path | None, config: Path | None) -> Session:
    """Opens the home for that person (an id). Raises InputError where none is named or known, ConfigError,
    StoreError.
    """
    where, settings, store = wiring.open_home(home, config, at_once=False)
    return Session(settings, wiring.context(settings, where.home), store, known_person(settings, person))
