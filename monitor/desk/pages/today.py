"""Today: what needs somebody now, from the very reading that their digest is composed of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

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
from monitor.desk.day import Cards, Day, day_of, with_first
from monitor.desk.matter.telling import own_key
from monitor.desk.page import led_to, shown
from monitor.desk.routes import DeskRequest
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, waiting
from monitor.matters.today import central_team, readers, readers_beside, today

_OF_SEVERAL = 3
"""So many cards of a group are shown of each of several schools."""
_A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TodayView:
    """The page: what it says first, and each school."""

    heading: str
    schools: tuple[Day, ...]

    @property
    def quiet(self) -> bool:
        """Does nothing need anybody?"""
        return not self.count

    @property
    def count(self) -> int:
        """How many things need them, for the tab of a browser."""
        return sum(group.count for day in self.schools for group in (*day.danger, *day.needs))


def show(asking: DeskRequest, con: Connection) -> Response:
    """The page of whoever is signed in, or one school of it."""
    days = _days(asking, con, asking.signed_in.person)
    one = [day for day in days if day.urn == asking.query.get("school")]
    given = {"who": asking.signed_in, "page": "today", "path": path_of, "take": partial(take_of, asking)}
    return shown("today.html", asking.language, view=_first(asking, one or days), **given)


def lead_on(asking: DeskRequest, con: Connection) -> Response:
    """From the address in a digest of before, to Today."""
    return led_to("/")


def _days(asking: DeskRequest, con: Connection, person: Person) -> list[Day]:
    context, links = asking.context, asking.context.links
    links = DeskLinks(links.base_url, links.secret, links.mails)
    parts = today(con, context.config, person, asking.now, links, asking.book, recent=asking.recent)
    sent = [_is_sent(context.config, person, part.facts.school) for part in parts]
    days = [day_of(part.facts, part.chosen, sent=one) for part, one in zip(parts, sent, strict=True)]
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


def _first(asking: DeskRequest, days: list[Day]) -> TodayView:
    config, person = asking.context.config, asking.signed_in.person
    here = [d for d in days if any(d.groups) or _comes_daily(config, person, _school(config, d))]
    here.sort(key=lambda day: (not day.danger, not day.count))
    if len(here) > 1:
        here = [_cut(day) for day in here]
    return TodayView(_heading(here, words(asking.language)), tuple(here))


def _cut(day: Day) -> Day:
    """As much as is shown of one of several schools: of danger all."""

    def first(groups: Iterable[Cards]) -> tuple[Cards, ...]:
        return tuple(replace(group, cards=group.cards[:_OF_SEVERAL]) for group in groups)

    return replace(day, needs=first(day.needs), folded=())


def _school(config: Config, day: Day) -> School:
    return next(school for school in config.schools if school.urn == day.urn)


def begins_at(asking: DeskRequest, con: Connection, person: Person, to: str) -> str:
    """Where somebody begins who wanted to go `to`: Today, only if something of it comes to them each day, or
    is theirs now."""
    config, here = asking.context.config, schools_of(person, asking.context.config.schools)
    if to != "/" or any(_comes_daily(config, person, school) for school in here):
        return to
    return to if any(any(day.groups) for day in _days(asking, con, person)) else "/tell"


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
    if danger:
        return w("desk.today.danger_too", n=n, count=w.number(n)) if n else w("desk.today.danger")
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
