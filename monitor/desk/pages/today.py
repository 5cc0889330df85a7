"""Today: what needs somebody now, from the very reading that their digest is composed of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from alerts.access.recipients import menders
from alerts.wording.digest.view import Line
from data.people import schools_of
from data.store.engine.connect import Connection
from data.types import Person, School
from data.words.say import Words, words
from monitor.config.load import Config
from monitor.desk.day import EVERY, FIRST, Day, Fold, LineGroup, day_of
from monitor.desk.page import shown
from monitor.desk.routes import DeskRequest
from monitor.matters.due import central_team, readers, readers_beside
from monitor.matters.today import today

_DANGERS, _NEEDS, _FOLDED, _OF_SEVERAL = 6, 6, 4, 3
"""So many lines of a group are shown at first; of each of several schools fewer."""
_PAGE = 25


@dataclass(frozen=True, slots=True)
class TodayView:
    """The page: what it says first, and each school."""

    heading: str
    schools: tuple[Day, ...]
    quiet: bool


@dataclass(frozen=True, slots=True)
class ListView:
    """All of one group, a page at a time: `n` of `pages`."""

    day: Day
    group: LineGroup
    n: int
    pages: int


def show(asking: DeskRequest, con: Connection) -> Response:
    """The page of whoever is signed in; by `all`, of one group of it."""
    given = {"who": asking.signed_in, "page": "today", "path": path_of}
    view = load(asking, con)
    if isinstance(view, ListView):
        return shown("today_all.html", asking.language, view=view, address=address_of, **given)
    return shown("today.html", asking.language, view=view, address=address_of, **given)


def load(asking: DeskRequest, con: Connection) -> TodayView | ListView:
    """What their page of today says."""
    who, context, wanted = asking.signed_in, asking.context, asking.query.get("all", "")
    lines = EVERY if wanted else FIRST
    parts = today(
        con, context.config, who.person, asking.now, context.links, asking.book, so_far=True, shown=lines
    )
    days = [
        day_of(
            part.facts,
            part.chosen,
            sent=_is_sent(context.config, who.person, part.facts.school),
            shown=lines,
        )
        for part in parts
    ]
    one = [day for day in days if day.urn == asking.query.get("school")]
    days = one or days
    found = next(((d, g) for d in days for g in d.groups if g.key == wanted), None)
    return _listed(asking, *found) if found else _first(asking, days)


def _listed(asking: DeskRequest, day: Day, group: LineGroup) -> ListView:
    pages = max(1, -(-len(group.lines) // _PAGE))
    asked = asking.query.get("page", "")
    n = min(int(asked), pages) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    return ListView(day, group.first(_PAGE, _PAGE * (max(n, 1) - 1)), max(n, 1), pages)


def _first(asking: DeskRequest, days: list[Day]) -> TodayView:
    config, person = asking.context.config, asking.signed_in.person
    here = [d for d in days if any(d.groups) or _comes_daily(config, person, _school(config, d))]
    here.sort(key=lambda day: (not day.danger, not day.count))
    quiet = not any(day.danger or day.count for day in here)
    several = len(here) > 1
    return TodayView(
        _heading(here, words(asking.language)), tuple(_cut(day, several=several) for day in here), quiet
    )


def _cut(day: Day, *, several: bool) -> Day:
    """As much as is shown at first; of several schools what is folded is a page of its own."""
    most = _OF_SEVERAL if several else _NEEDS
    return replace(
        day,
        danger=tuple(group.first(_OF_SEVERAL if several else _DANGERS) for group in day.danger),
        needs=tuple(group.first(most) for group in day.needs),
        folds=() if several else tuple(map(_folded, day.folds)),
    )


def _folded(fold: Fold) -> Fold:
    most = None if fold.key == "not_seen" else _FOLDED
    return fold if most is None else replace(fold, groups=tuple(g.first(most) for g in fold.groups))


def _school(config: Config, day: Day) -> School:
    return next(school for school in config.schools if school.urn == day.urn)


def begins_at(config: Config, person: Person, to: str) -> str:
    """Where somebody begins who wanted to go `to`: Today, only if something of it comes to them each day."""
    here = schools_of(person, config.schools)
    return to if to != "/" or any(_comes_daily(config, person, s) for s in here) else "/tell"


def _comes_daily(config: Config, person: Person, school: School) -> bool:
    """Is there a page for them on a day without anything as well?"""
    return _is_sent(config, person, school) or person in menders([person])


def _is_sent(config: Config, person: Person, school: School) -> bool:
    """Are they of those who are sent the school's digest, or a part of it?"""
    here = readers(config, school, [person], ()) or readers_beside(school, [person], ())
    return bool(here or central_team(config, [person]))


def _heading(days: list[Day], w: Words) -> str:
    if not days:
        return w("desk.nav.today")
    n, danger = sum(day.count for day in days), any(day.danger for day in days)
    if danger and n:
        return w("desk.today.danger_too", n=n, count=w.number(n))
    if danger:
        return w("desk.today.danger")
    need = w("desk.today.need", n=n, count=w.number(n)) if n else w("desk.today.none")
    return need[:1].upper() + need[1:]


def path_of(line: Line) -> str:
    """Where the page of what a line tells of lies on this site, "" where it has none."""
    return urlsplit(line.page).path if line.page else ""


def address_of(day: Day, group: LineGroup | None = None, page: int = 1) -> str:
    """Where all of a school, or of a group, is shown."""
    given = {"all": group.key} if group else {}
    more = {"page": page} if page > 1 else {}
    return "/?" + urlencode({"school": day.urn, **given, **more})
