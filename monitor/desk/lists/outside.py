"""What somebody sees first who looks the school up: the newest and the most carried of what searches and
listings have shown, by place, and what is new since a month ago. Only what everybody may know of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from data.matters import MatterView
from data.store.engine.connect import Connection
from data.store.sources.source_runs import scores, states
from data.types import Source
from data.words.say import Words, words
from monitor.desk.lists.page import MatterRow, row_of
from monitor.desk.page import shown
from monitor.desk.routes import DeskRequest
from monitor.matters.reader import Reader
from monitor.matters.searching import Wanted, matters_page
from monitor.matters.today import read_at_school

_MONTH = timedelta(days=31)
_LOOKED_AT, _FIRST = 60, 5


@dataclass(frozen=True, slots=True)
class OutsidePlace:
    """A place: its name, in sentences how it is there (`said`), and what it shows first, each with whether it
    is new since a month ago."""

    name: str
    said: Sequence[str]
    rows: Sequence[tuple[MatterRow, bool]]


def show(asking: DeskRequest, con: Connection) -> Response:
    """The page, for the schools of whoever asks."""
    config, w, here = asking.context.config, words(asking.language), asking.signed_in.schools
    of_all = {s.id: s for school in here for s in read_at_school(config, school)}
    looked = [s for s in of_all.values() if (s.surfaced or s.listing) and not s.disabled]
    off = [s.name or s.id for s in of_all.values() if (s.surfaced or s.listing) and s.disabled]
    reader = Reader(config, asking.store, asking.signed_in.person)
    urns, carried, places = [s.urn for s in here], dict[str, MatterView](), list[OutsidePlace]()
    for source in looked:
        found = matters_page(con, reader, Wanted(source=source.id, urns=urns), None, _LOOKED_AT).views
        open_to_all = [v for v in found if not (v.sealed or v.restricted or v.locked) and v.words]
        carried |= {v.story_id: v for v in open_to_all}
        places.append(_place(asking, con, source, open_to_all, w))
    lately = [v for v in carried.values() if _at(v) >= asking.now - _MONTH and len(v.sources) > 1]
    lately.sort(key=lambda v: (len(v.sources), _at(v)), reverse=True)
    view = {
        "most": [
            (row, len(v.sources))
            for v, (row, _) in zip(lately, _rows(asking, lately[:_FIRST], w), strict=False)
        ],
        "places": sorted(places, key=lambda place: not place.rows),
        "off": w.listed(off) if off else "",
        "day": w.full_day(asking.now.astimezone(config.zone).date()),
    }
    return shown("outside.html", asking.language, who=asking.signed_in, page="school", view=view)


def _place(
    asking: DeskRequest, con: Connection, source: Source, views: Iterable[MatterView], w: Words
) -> OutsidePlace:
    views, now, zone = sorted(views, key=_at, reverse=True), asking.now, asking.context.config.zone
    read = states(con, [source.id])[source.id].last_ok_at
    new, before = (
        sum(since <= now - _at(v) < since + _MONTH for v in views) for since in (timedelta(), _MONTH)
    )
    said = [w("outside.read", day=w.day(read, now, zone)) if read else w("outside.unread")]
    if views:
        said.append(w("outside.count", n=new, count=w.number(new), before=w.number(before)))
    stars, then = (scores(con, source.id, until) for until in (now, now - _MONTH))
    if stars:
        said.append(w("outside.score", rating=f"{stars[0]:.1f}", count=stars[1]))
        said += [w("outside.score_then", rating=f"{then[0]:.1f}", count=then[1])] if then else []
    return OutsidePlace(source.name or source.id, said, _rows(asking, views[:_FIRST], w))


def _rows(asking: DeskRequest, views: Iterable[MatterView], w: Words) -> list[tuple[MatterRow, bool]]:
    links, config = asking.context.links, asking.context.config
    tokens = [(v, links.at_desk(v.story_id).rpartition("/")[2]) for v in views]
    return [(row_of(v, token, config, asking.now, w), _at(v) >= asking.now - _MONTH) for v, token in tokens]


def _at(view: MatterView) -> datetime:
    """When it was posted, as far as that is known."""
    at = view.posted_at or view.first_seen or view.last_seen
    assert at is not None
    return at
