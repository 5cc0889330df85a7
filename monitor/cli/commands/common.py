"""What several commands need: who asks, which week, which register."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.errors import InputError
from monitor.config.home import paths
from monitor.config.home.lookup import known_person as known_person
from monitor.home import wiring

if TYPE_CHECKING:
    from alerts.weekly.weeks import Week
    from monitor.matters.reader import Reader


def open_reader(person: str | None, home: Path | None, config: Path | None, *, named: bool = False) -> Reader:
    """Opens the home for whoever asks; with `named`, somebody must be. Raises InputError for somebody
    unknown, ConfigError, StoreError.
    """
    from monitor.matters.reader import Reader, asker

    _, settings, store = wiring.open_home(home, config, at_once=False)
    reader = Reader(settings, store, asker(settings, person))
    if named:
        _ = reader.named
    return reader


def ended_week(text: str | None, zone: ZoneInfo, now: datetime) -> Week:
    """The report's week of that name, else the last whole one. Raises InputError where it goes on."""
    from alerts.weekly.weeks import last_complete, named
    from monitor.cli.views.layout import local

    if text is None:
        return last_complete(now, zone)
    week = named(text)
    if week.end(zone) > now:
        raise InputError(f"--week {text}: that week has not ended. It ends on {local(week.end(zone), zone)}.")
    return week


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
