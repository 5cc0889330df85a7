"""What somebody sees first who looks the school up: the newest and the most carried of what searches and
listings have shown, by place, and what is new since a month ago. Only what everybody may know of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from starlette.responses import Response

from data.matters import MatterView
from data.store.engine.connect import Connection
from data.store.sources import scores, states
from data.types import Source
from data.words.say import words
from monitor.desk.lists.page import MatterRow, row_of
from monitor.desk.page import render_page
from monitor.desk.routes import DeskRequest
from monitor.matters.reader import Reader
from monitor.matters.searching import Wanted, matters_page
from monitor.matters.today import read_at_school

_MONTH = timedelta(days=31)
_LOOKED_AT, _FIRST = 60, 5


def show_outside_page(asking: DeskRequest, con: Connection) -> Response:
    """Show the page, for the schools of whoever asks."""
    config, w, here = asking.context.config, words(asking.language), asking.signed_in.schools
    every = {s.id: s for school in here for s in read_at_school(config, school) if s.surfaced or s.listing}
    reader, urns = Reader(config, asking.store, asking.signed_in.person), [s.urn for s in here]
    shows: list[tuple[Source, list[MatterView], str]] = []
    for source in (s for s in every.values() if not s.disabled):
        found = matters_page(con, reader, Wanted(source=source.id, urns=urns), None, _LOOKED_AT)
        public = (v for v in found.views if v.words and not (v.is_sealed or v.restricted or v.locked))
        shows.append((source, sorted(public, key=_at, reverse=True), "many" if found.after else "count"))
    carried = {
        v.story_id: v
        for _, views, _ in shows
        for v in views
        if len(v.sources) > 1 and _months_ago(asking, v) < 1
    }
    most = sorted(carried.values(), key=lambda v: (len(v.sources), _at(v)), reverse=True)[:_FIRST]
    view = {
        "most": [
            (row, w.number(len(v.sources))) for v, (row, _) in zip(most, _rows(asking, most), strict=True)
        ],
        "places": [
            (
                of[0].name or of[0].id,
                " ".join(_source_lines(asking, con, of)),
                _rows(asking, of[1][:_FIRST]),
            )
            for of in sorted(shows, key=lambda of: not of[1])
        ],
        "off": w.list_items([s.name or s.id for s in every.values() if s.disabled]),
        "day": w.full_day(asking.now, config.zone),
    }
    return render_page("outside.html", asking.language, who=asking.signed_in, page="school", view=view)


def _source_lines(
    asking: DeskRequest, con: Connection, of: tuple[Source, list[MatterView], str]
) -> Iterable[str]:
    """Say when it was read, how much came of it in each of two months, and its score in both."""
    (source, views, key), w, zone = of, words(asking.language), asking.context.config.zone
    ages = [_months_ago(asking, v) for v in views]
    read = states(con, [source.id])[source.id].last_ok_at
    yield w("outside.read", day=w.day(read, asking.now, zone)) if read else w("outside.unread")
    yield w(f"outside.{key}", count=w.number(ages.count(0)), before=w.number(ages.count(1)))
    for key, until in (("score", asking.now), ("score_then", asking.now - _MONTH)):
        if score := scores(con, source.id, until):
            yield w(f"outside.{key}", rating=f"{score[0]:.1f}", count=score[1])


def _rows(asking: DeskRequest, views: Iterable[MatterView]) -> list[tuple[MatterRow, bool]]:
    """The lines of these matters, each with whether it is new since a month ago."""
    links, w = asking.context.links, words(asking.language)
    tokens = ((v, links.at_desk(v.story_id).rpartition("/")[2]) for v in views)
    return [
        (row_of(v, t, asking.context.config, asking.now, w), _months_ago(asking, v) < 1) for v, t in tokens
    ]


def _months_ago(asking: DeskRequest, view: MatterView) -> int:
    """Count the months of 31 days since it was posted."""
    return max(0, (asking.now - _at(view)) // _MONTH)  # what names a later day is new


def _at(view: MatterView) -> datetime:
    at = view.posted_at or view.first_seen or view.last_seen
    assert at is not None
    return at
