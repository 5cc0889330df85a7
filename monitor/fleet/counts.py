"""A week's counts over all homes of a fleet: gathered home by home, told by authority, published once."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.weekly.compose import Past, kind_of, tallied_week
from alerts.weekly.numbers.disclosure import Hidden
from alerts.weekly.numbers.national import AreaWeek, SchoolWeek, areas
from alerts.weekly.weeks import Week
from data.errors import InputError, SchoolgateError
from data.frozen import dataclass
from data.store.reporting import weekly_counts
from data.store.reporting.national_counts import NationalCount, publish
from monitor.config.load import load
from monitor.home import wiring

if TYPE_CHECKING:
    from data.store.engine.connect import Connection
    from data.types import School
    from monitor.fleet.settings import Fleet, FleetHome

FOLDER = "counts"
_NAMED = 10
"""So many homes that cannot be read are named; the others are a number."""


@dataclass(frozen=True, slots=True)
class Published:
    """A week's file. `areas` are its tables, and `untold` the nations of too few schools; both are empty
    where it had been published before (`kept`).
    """

    path: Path
    kept: bool
    areas: tuple[AreaWeek, ...] = ()
    untold: tuple[str, ...] = ()


def published(
    fleet: Fleet, week: Week, without: Collection[str], step: Callable[[], None] = lambda: None
) -> Published:
    """The week's file, made now unless it is there: published anew, it could differ by a small number.

    `step` is called for each home that was looked at.
    Raises SchoolgateError where a home cannot be read that is not among those left out (`without`, by name),
    InputError where there is nothing to tell, StoreError where it cannot be written.
    """
    path = fleet.folder / FOLDER / f"national-{week.name}.parquet"
    if path.exists():
        return Published(path, kept=True)
    schools = _gathered(fleet, week, without, step)
    told = areas(schools)
    if not told:
        watched = f"{len(schools):,} schools were watched" if len(schools) != 1 else "one school was watched"
        raise InputError(
            f"There is nothing to tell of {week.name}: {watched} by then, and a count is told "
            "of five schools or more, none of whose small numbers it gives away."
        )
    made = publish(path, [row for area in told for row in _rows(week, area, len(without))])
    untold = {s.nation for s in schools} - {area.nation for area in told}
    return Published(path, not made, told, tuple(sorted(untold)))


def _gathered(
    fleet: Fleet, week: Week, without: Collection[str], step: Callable[[], None]
) -> list[SchoolWeek]:
    """Each school once, by the first home that has it."""
    found: dict[str, SchoolWeek] = {}
    unread: dict[str, str] = {}
    for home in fleet.homes:
        if home.name in without:
            continue
        try:
            for urn, school in _of_home(fleet, home, week):
                found.setdefault(urn, school)
        except SchoolgateError as error:
            unread[home.name] = str(error).splitlines()[0]
        step()
    if unread:
        raise SchoolgateError(_refusal(week, unread, len(fleet.homes)))
    return list(found.values())


def _refusal(week: Week, unread: dict[str, str], homes: int) -> str:
    named = [f"  {name}: {why}" for name, why in list(unread.items())[:_NAMED]]
    more = [f"  and {len(unread) - _NAMED:,} more"] if len(unread) > _NAMED else []
    left_out = " ".join(f"⟨without⟩ {name}" for name in list(unread)[:_NAMED])
    return "\n".join(
        [
            f"{len(unread):,} of {homes:,} homes cannot be read, so {week.name} was not published:",
            *named,
            *more,
            "A week is published once. Put this right and run it again, or leave them out of it for good:",
            f"  {left_out}{' …' if more else ''}",
        ]
    )


def _of_home(fleet: Fleet, home: FleetHome, week: Week) -> Iterator[tuple[str, SchoolWeek]]:
    config = load(home.config, os.environ, home.folder)
    start, end = week.start(fleet.zone), week.end(fleet.zone)
    shared = [  # the kinds of the fleet's own places that are watched for it: its store does not know them
        kind_of(place.source.channel or place.source.kind.split(".")[0])
        for place in fleet.places
        if place.source.disabled is None and (not place.homes or home.name in place.homes)
    ]
    with wiring.open_store(home.folder, migrate=False).read() as con:
        for school in config.proper:
            if weekly_counts.watched_before(con, school.urn, end):
                yield school.urn, _counted(con, school, week, (start, end), shared)


def _counted(
    con: Connection, school: School, week: Week, span: tuple[datetime, datetime], shared: Sequence[str]
) -> SchoolWeek:
    days = week.days()
    past = Past(
        week,
        weekly_counts.counted(con, school.urn, *span),
        weekly_counts.purged(con, school.urn, days[0], days[-1]),
    )
    tally = tallied_week(past, weekly_counts.places(con, school.urn, *span))
    return SchoolWeek(school.nation, school.local_authority, replace(tally, seen=(*tally.seen, *shared)))


def _rows(week: Week, area: AreaWeek, left_out: int) -> Iterator[NationalCount]:
    for kind, tone, cell in area.rows():
        count, hidden = (None, cell.value) if isinstance(cell, Hidden) else (cell, None)
        place = (week.name, area.nation, area.authority, area.schools)
        yield NationalCount(*place, kind, tone, count, hidden, left_out)
