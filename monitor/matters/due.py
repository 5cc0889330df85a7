"""Whose digest is due, and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from alerts.digest.when import Due, due_now, due_on

if TYPE_CHECKING:
    from data.types import Person, School
    from monitor.config.load import Config

OF_ONE_SCHOOL = "digest", "grave"
OF_A_TRUST = "trust", "trust_grave"
"""The kinds of a digest: of a school day, and of what cannot wait on any other."""


def due_of(config: Config, school: School, day: date) -> Due:
    """The school's digest of a day."""
    return due_on(day, config.calendar(school.urn), time.fromisoformat(config.digest.at), config.zone)


def due_today(config: Config, school: School, now: datetime) -> Due | None:
    """The school's digest that is due now and not stale; None between times."""
    return due_now(config.calendar(school.urn), time.fromisoformat(config.digest.at), config.zone, now)


def readers(
    config: Config,
    school: School,
    among: Sequence[Person] | None = None,
    instead: Collection[Person] | None = None,
) -> tuple[Person, ...]:
    """Who is sent the school's digest, of all or `among` some: its leadership, but for those who asked for
    one of all their schools (`instead`, where that is known already).
    """
    from alerts.access.recipients import leadership

    elsewhere = asked_together(config) if instead is None else instead
    found = leadership(school, config.people if among is None else among)
    return tuple(p for p in found if p not in elsewhere)


def asked_together(config: Config) -> tuple[Person, ...]:
    """Those who asked for one digest of all their schools, and are sent it."""
    return central_team(config, [p for p in config.people if p.id in config.digest.together])


def central_team(config: Config, among: Sequence[Person] | None = None) -> tuple[Person, ...]:
    """Who is sent one digest for all their schools, of all or `among` some."""
    from alerts.access.recipients import central_team

    people = config.people if among is None else among
    return central_team(config.schools, people, config.digest.together)
