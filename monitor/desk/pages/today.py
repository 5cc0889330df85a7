"""Today: what needs somebody now, from the very reading that their digest is composed of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from alerts.access.recipients import menders
from alerts.links import DeskLinks
from alerts.wording.digest.view import Line
from data.judged import calls_for_alert, stamp
from data.matters import MatterView
from data.people import schools_of
from data.store.engine.connect import Connection
from data.store.privacy import requests as request_store
from data.store.verdicts.said_wrong import stories_asked
from data.types import Person, Route, School
from data.words.say import Words, words
from monitor.act.requests.finding import offices_of
from monitor.act.target import own_matters
from monitor.config.load import Config
from monitor.desk.day import EVERY, FIRST, Day, LineGroup, day_of, with_first
from monitor.desk.matter.telling import own_key
from monitor.desk.page import led_to, shown
from monitor.desk.routes import DeskRequest
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, waiting
from monitor.matters.today import central_team, readers, readers_beside, today

_DANGERS, _NEEDS, _FOLDED, _OF_SEVERAL = 6, 6, 4, 3
"""So many lines of a group are shown at first; of each of several schools fewer."""
_PAGE, _A_MOMENT = 25, timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TodayView:
    """The page: what it says first, and each school."""

    heading: str
    schools: tuple[Day, ...]

    @property
    def quiet(self) -> bool:
        """Does nothing need anybody?"""
        return not any(day.danger or day.count for day in self.schools)


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
    take = partial(take_of, asking)
    return shown("today.html", asking.language, view=view, address=address_of, take=take, **given)


def lead_on(asking: DeskRequest, con: Connection) -> Response:
    """From the address in a digest of before, to Today."""
    return led_to("/")


def load(asking: DeskRequest, con: Connection) -> TodayView | ListView:
    """What their page of today says."""
    wanted = asking.query.get("all", "")
    days = _days(asking, con, asking.signed_in.person, EVERY if wanted else FIRST)
    one = [day for day in days if day.urn == asking.query.get("school")]
    days = one or days
    found = next(((d, g) for d in days for g in d.groups if g.key == wanted), None)
    return _listed(asking, *found) if found else _first(asking, days)


def _days(asking: DeskRequest, con: Connection, person: Person, lines: Mapping[str, int]) -> list[Day]:
    context, links = asking.context, asking.context.links
    links = DeskLinks(links.base_url, links.secret, links.mails)
    given = (con, context.config, person, asking.now, links, asking.book)
    parts = today(*given, shown=lines, recent=asking.recent)
    sent = [_is_sent(context.config, person, part.facts.school) for part in parts]
    days = [
        day_of(part.facts, part.chosen, sent=one, shown=lines) for part, one in zip(parts, sent, strict=True)
    ]
    return _with_own(asking, con, person, days)


def _with_own(asking: DeskRequest, con: Connection, person: Person, days: list[Day]) -> list[Day]:
    """These, with what is aimed at their reader, what somebody asks them to agree to, and what people asked
    about their own data that is overdue."""
    context = asking.context
    reader, at_desk = Reader(context.config, asking.store, person), context.links.at_desk
    session, urns = Session(context.config, context, asking.store, person), [day.urn for day in days]
    own = own_matters(con, session, urns, asking.now)
    asked = [
        (story, urn, one)
        for story, urn in stories_asked(con, urns).items()
        for one in waiting(con, reader, reader.look(con, {story: urn}), story, urn)
    ]
    late = request_store.overdue(con, asking.now)
    if late:
        ours = {one.school.urn for one in offices_of(asking.store, context.config, person)}
        late = tuple(one for one in late if one.urn in ours)
    if not (own or asked or late):
        return days
    names, found = {p.id: p.name for p in context.config.people}, []
    for day in days:
        w = words(_school(context.config, day).language)
        theirs = [one for one in own if one.urn == day.urn]
        danger, wrongs = (
            [Line(w(own_key(one)), page=at_desk(one.story_id)) for one in theirs if one.threatened is threat]
            for threat in (True, False)
        )
        agree = [
            Line(w("page.agree.asks",
                   who=names.get(one.person_id, ""), what=w(f"instant.second.what.{one.kind}")),
                 page=at_desk(story))
            for story, urn, one in asked
            if urn == day.urn
        ]  # fmt: skip
        owed = [
            Line(w("desk.today.request_late", request=one.id, kind=w(f"privacy.owed.kind.{one.kind}")),
                 about=w("requests.state.late", day=w.full_day(one.due_at - _A_MOMENT, context.config.zone)),
                 page=f"/requests/{one.id}")
            for one in late
            if one.urn == day.urn and one.due_at
        ]  # fmt: skip
        first = {"danger_to_you": danger, "own": wrongs, "agree": agree, "requests_late": owed}
        found.append(with_first(day, first, {one.story_id for one in own}, w))
    return found


def _listed(asking: DeskRequest, day: Day, group: LineGroup) -> ListView:
    pages = max(1, -(-len(group.lines) // _PAGE))
    asked = asking.query.get("page", "")
    n = min(int(asked), pages) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    return ListView(day, group.first(_PAGE, _PAGE * (max(n, 1) - 1)), max(n, 1), pages)


def _first(asking: DeskRequest, days: list[Day]) -> TodayView:
    config, person = asking.context.config, asking.signed_in.person
    here = [d for d in days if any(d.groups) or _comes_daily(config, person, _school(config, d))]
    here.sort(key=lambda day: (not day.danger, not day.count))
    several = len(here) > 1
    return TodayView(
        _heading(here, words(asking.language)), tuple(_cut(day, several=several) for day in here)
    )


def _cut(day: Day, *, several: bool) -> Day:
    """As much as is shown at first; of several schools what is folded is a page of its own."""
    most = _OF_SEVERAL if several else _NEEDS
    return replace(
        day,
        danger=tuple(group.first(_OF_SEVERAL if several else _DANGERS) for group in day.danger),
        needs=tuple(group.first(most) for group in day.needs),
        folds=tuple(
            replace(f, groups=tuple(g if f.key == "not_seen" else g.first(_FOLDED) for g in f.groups))
            for f in (() if several else day.folds)
        ),
    )


def _school(config: Config, day: Day) -> School:
    return next(school for school in config.schools if school.urn == day.urn)


def begins_at(asking: DeskRequest, con: Connection, person: Person, to: str) -> str:
    """Where somebody begins who wanted to go `to`: Today, only if something of it comes to them each day, or
    is theirs now."""
    config, here = asking.context.config, schools_of(person, asking.context.config.schools)
    if to != "/" or any(_comes_daily(config, person, school) for school in here):
        return to
    return to if any(any(day.groups) for day in _days(asking, con, person, FIRST)) else "/tell"


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


def take_of(asking: DeskRequest, line: Line) -> Mapping[str, str]:
    """What the form bears by which they take it, as on its page; nothing where that does not offer it first,
    or not before it is read."""
    view = line.matter
    if not (line.page and view and view.words) or view.sealed or view.holder or view.acknowledged:
        return {}
    told = view.stamp if line.decide else _stamp_to_answer(view)
    proof = asking.context.links.proof(path_of(line).rpartition("/")[2], asking.now)
    return {"form": asking.token, "proof": proof, "told": told} if told else {}


def _stamp_to_answer(view: MatterView) -> str:
    """Of what is to be answered and was never raised, what its page is stamped with; of all else ""."""
    asked = view.top is not None and view.top.route is Route.RESPOND and not calls_for_alert(view.top)
    return stamp(view.story_id, 0, ()) if asked and view.look is None else ""


def path_of(line: Line) -> str:
    """Where the page of what a line tells of lies on this site, "" where it has none."""
    at = urlsplit(line.page or "")
    return f"{at.path}?{at.query}" if at.query else at.path


def address_of(day: Day, group: LineGroup | None = None, page: int = 1) -> str:
    """Where all of a school, or of a group, is shown."""
    given = {"all": group.key} if group else {}
    more = {"page": page} if page > 1 else {}
    return "/?" + urlencode({"school": day.urn, **given, **more})
