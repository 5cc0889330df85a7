"""Today: what needs somebody now, from the very reading that their digest is composed of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from starlette.responses import Response

from alerts.digest.select import for_part_of_it
from alerts.facts import SchoolPart
from alerts.wording.digest.compose import compose, the_day
from alerts.wording.digest.reader import Saying, stopped
from alerts.wording.digest.view import Line, Section
from alerts.wording.matters import who_is_away
from data.people import schools_of
from data.store.engine.connect import Connection
from data.types import Person, School
from data.words.say import Words, words
from monitor.config.load import Config
from monitor.desk.page import shown
from monitor.desk.routes import DeskRequest
from monitor.matters.due import central_team, readers, readers_beside
from monitor.matters.today import today

_NEEDS = ("restricted", "decide", "handed")


@dataclass(frozen=True, slots=True)
class TodayAtSchool:
    """One school's part of the page: `danger` first, what `needs` them, and the rest in `folds`."""

    school: str
    lead: tuple[str, ...]
    danger: tuple[Section, ...]
    needs: tuple[Section, ...]
    folds: tuple[Section, ...]
    foot: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many things need them, but for what is dangerous."""
        return sum(len(section.lines) for section in self.needs)


@dataclass(frozen=True, slots=True)
class TodayView:
    """The page: what it says first, and each school."""

    heading: str
    schools: tuple[TodayAtSchool, ...]


def show(asking: DeskRequest, con: Connection) -> Response:
    """The page of whoever is signed in."""
    view = load(asking, con)
    return shown("today.html", asking.language, who=asking.signed_in, view=view, page="today", path=path_of)


def load(asking: DeskRequest, con: Connection) -> TodayView:
    """What their page of today says."""
    who, context, w = asking.signed_in, asking.context, words(asking.language)
    sent = {s.urn for s in who.schools if _is_sent(context.config, who.person, s)}
    parts = today(con, context.config, who.person, asking.now, context.links, asking.book, so_far=True)
    schools = tuple(_at_school(part, asking.now) for part in parts if part.facts.school.urn in sent)
    return TodayView(_heading(schools, w), schools)


def begins_at(config: Config, person: Person, to: str) -> str:
    """Where somebody begins who wanted to go `to`: Today, only if a part of a digest is theirs."""
    here = schools_of(person, config.schools)
    return to if to != "/" or any(_is_sent(config, person, s) for s in here) else "/tell"


def _is_sent(config: Config, person: Person, school: School) -> bool:
    """Are they of those who are sent the school's digest, or a part of it?"""
    here = readers(config, school, [person], ()) or readers_beside(school, [person], ())
    return bool(here or central_team(config, [person]))


def _heading(schools: tuple[TodayAtSchool, ...], w: Words) -> str:
    if not schools:
        return w("desk.nav.today")
    n, danger = sum(s.count for s in schools), any(s.danger for s in schools)
    need = w("desk.today.need", n=n, count=w.number(n)) if n else w("desk.today.none")
    if danger:
        return w("desk.today.danger_too", need=need) if n else w("desk.today.danger")
    return need[:1].upper() + need[1:]


def _at_school(part: SchoolPart, now: datetime) -> TodayAtSchool:
    facts, chosen = part.facts, for_part_of_it(part.chosen)
    say = Saying(facts, chosen.person, words(facts.school.language))
    found = compose(facts, chosen).sections
    n = facts.reading.places
    read = say.count("desk.today.read", n) if n else say.w("desk.today.blind")
    lead = f"{the_day(say)}, {say.w.clock(now, facts.zone)}. {read}"
    with_dsl = say.w("digest.dsl_line", count=say.w.number(chosen.with_dsl)) if chosen.with_dsl else ""
    return TodayAtSchool(
        facts.school.name,
        tuple(filter(None, (stopped(say), lead))),
        tuple(s for s in found if s.grave),
        tuple(s for s in found if s.key in _NEEDS),
        tuple(s for s in found if not s.grave and s.key not in (*_NEEDS, "set_up")),
        (*filter(None, (with_dsl,)), *who_is_away(facts.people, now, facts.zone, say.w)),
    )


def path_of(line: Line) -> str:
    """Where the page of what a line tells of lies on this site, "" where it has none."""
    return urlsplit(line.page).path if line.page else ""
