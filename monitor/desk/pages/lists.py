"""The lists of matters: all that a reader may know of, searched and narrowed; and what whoever looks the
school up sees first: the newest and the most carried, by place. Only what everybody may know of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import Response

from alerts.links import Links
from alerts.wording.digest.headlines import beginning, fit
from alerts.wording.matters import channel_name, has_words, title_of
from data.errors import InputError
from data.evidence.handed_in import BY_HAND
from data.frozen import freeze
from data.judged import part_at
from data.matters import MatterView
from data.people import people_of, schools_of
from data.search import read_search
from data.store.engine.connect import Connection
from data.store.sources import scores, states
from data.store.stories import Spot, oldest_posted
from data.types import Person, Source
from data.web.urls import visible
from data.words.say import Words, capital
from monitor.config.load import Config
from monitor.desk.page import DeskRequest, led_to
from monitor.matters.searching import State, Wanted, matters_page, state_of
from monitor.matters.today import read_at_school
from monitor.matters.views import find_matter

PATH = "/matters"
FILTERS = ("words", "month", "place", "state", "who", "school")
_MONTHS, _MOST_MONTHS = 12, 240
_LONGEST = 200
_SEALED = "matters"
_BEGAN, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
Choices = tuple[tuple[str, str], ...]


@freeze
class AskedMatters:
    """The search that is asked for: what was typed or chosen, by filter, with `wanted` made of it; what each
    may be (`choices`), in words; keys of what was not understood (`unknown`); after which spot."""

    said: Mapping[str, str]
    wanted: Wanted
    choices: Mapping[str, Choices]
    unknown: Sequence[str] = ()
    after: Spot | None = None

    def address(self, path: str = PATH, **more: str) -> str:
        """The address that asks for the same, with `more` in place of what it says."""
        said = {name: value for name, value in {**self.said, **more}.items() if value}
        return f"{path}?{urlencode(said)}" if said else path

    def in_words(self, w: Words) -> str:
        """Say what is asked for, “” where that is everything."""
        return w.list_items(
            [
                f"“{visible(value)}”" if name == "words" else dict(self.choices[name])[value]
                for name, value in self.said.items()
            ]
        )


def read_query(asking: DeskRequest, con: Connection, w: Words) -> AskedMatters:
    """Read what the address asks for, for this reader."""
    query, config, person = asking.query, asking.config, asking.person
    choices = _choices(con, config, person, asking.now, w)
    said, unknown = dict[str, str](), list[str]()
    for name in FILTERS:
        value = " ".join(query[name].split())
        if value and name in choices and value not in dict(choices[name]):
            unknown.append(name)
        elif value:
            said[name] = value
    since, until = span_of(said["month"], config.zone) if "month" in said else (None, None)
    urns = [s.urn for s in schools_of(person, config.schools) if said.get("school", s.urn) == s.urn]
    state = State(said["state"]) if "state" in said else None
    wanted = Wanted(None, since, until, said.get("place", ""), state, said.get("who", ""), urns)
    if "words" in said:
        try:
            wanted = replace(wanted, words=read_search(said["words"][:_LONGEST]))
        except InputError:
            unknown.append("words")
            del said["words"]
    after = query["after"]
    spot = spot_of(asking.links, after)
    unknown += ["after"] if after and spot is None else []
    return AskedMatters(said, wanted, choices, unknown, spot)


def _choices(con: Connection, config: Config, who: Person, now: datetime, w: Words) -> Mapping[str, Choices]:
    here = schools_of(who, config.schools)
    oldest = oldest_posted(con, [school.urn for school in here]) or now
    months = list(_months(*(config.day_of(at) for at in (now, oldest))))
    places = {s.id: s.name or s.id for school in here for s in read_at_school(config, school)}
    people = {p.id: p.name for school in here for p in people_of(school, config.people) if p != who}
    return {
        "month": tuple((f"{m:%Y-%m}", w.month(m)) for m in months),
        "place": tuple(sorted(places.items(), key=lambda place: place[1].casefold())),
        "state": tuple((state.value, w(f"matters.state.{state.value}")) for state in State),
        "who": ((who.id, w("matters.me")), *people.items()),
        "school": tuple((s.urn, s.name) for s in here) if len(here) > 1 else (),
    }


def _months(today: date, oldest: date) -> Iterator[date]:
    since = (today.year - oldest.year) * 12 + today.month - oldest.month + 1
    for back in range(min(max(_MONTHS, since), _MOST_MONTHS)):
        months = today.year * 12 + today.month - 1 - back
        yield date(months // 12, months % 12 + 1, 1)


def span_of(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When that month (“2026-11”) begins there, and the next."""
    year, n = map(int, month.split("-"))
    ends = date(year + n // 12, n % 12 + 1, 1)
    begins, over = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (date(year, n, 1), ends))
    return begins, over


def spot_of(links: Links, sealed: str) -> Spot | None:
    """The spot again; None for what we have not sealed."""
    opened = links.unseal(_SEALED, sealed)
    if opened is None:
        return None
    at, _, story = opened.decode().partition(" ")
    return _BEGAN + int(at) * _TICK, story


_MOST_PLACES, _NUMBER = 3, 6
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BOM = "\ufeff"


@freeze
class MatterRow:
    """One matter in a list: title, first words, where, how far, `day` of posting, `token` at the desk;
    `when` is the day by which the list is sorted, and that of posting where it is another."""

    token: str
    title: str
    said: str
    day: str
    when: str
    school: str
    places: str
    state: str
    had: str
    number: str

    @property
    def where(self) -> str:
        """The places, the days, the number."""
        return " · ".join(filter(None, (self.places, self.when, self.number)))


def row_of(view: MatterView, token: str, config: Config, now: datetime, w: Words) -> MatterRow:
    """The line of one matter, as its reader may know it."""
    state, posted = state_of(view), view.posted_at or view.first_seen
    names = {BY_HAND: channel_name("manual_report", w), **{s.id: s.name or s.id for s in config.sources}}
    school = config.school(view.urn)
    places = [names.get(i, i) for i in view.sources[:_MOST_PLACES]]
    places = places or [channel_name(c, w) for c in view.channels[:_MOST_PLACES]]
    day = w.day(posted, now, config.zone) if posted else ""
    seen = w.day(view.last_seen, now, config.zone) if view.last_seen and not view.is_sealed else ""
    another = w("matters.posted", day=day) if seen and day and seen != day else ""
    has = capital(has_words(view, config.people, w)) if state is State.HELD else ""
    had = has or w(f"matters.state.{state.value}")
    return MatterRow(
        token,
        title_of(view, people_of(school, config.people) if school else (), w, now, config.zone),
        said_of(view, config, w),
        day,
        " · ".join(filter(None, (seen or day, another))),
        school.name if school else "",
        "" if view.is_sealed else w.list_items(places),
        state.value,
        had,
        view.number,
    )


def said_of(view: MatterView, config: Config, w: Words) -> str:
    """A dozen words of it, first those that weighed most, where they may be repeated to its reader."""
    post = view.post
    if view.is_sealed or view.top is None or post is None or not post.words:
        return ""
    most = part_at(view.top.weighed_most, post.title, post.text)
    said = beginning(visible(most or post.title or post.text or ""))
    return w("matters.quote", said=said) if fit(said, [view.top], config.people, told=True) else ""


def rows_as_csv(rows: Iterable[MatterRow], addresses: Mapping[str, str], w: Words) -> bytes:
    """Write the rows as a file that a spreadsheet opens: nothing in it is taken for a formula."""
    file = io.StringIO(_BOM, newline="")
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)  # some split at “;” or a tab too
    writer.writerow([w(f"matters.column.{name}") for name in _COLUMNS])
    cells_of = (
        (r.day, r.school, r.title, r.said, r.places, r.had, r.number, addresses[r.token]) for r in rows
    )
    writer.writerows(map(harmless, cells) for cells in cells_of)
    return file.getvalue().encode()


_COLUMNS = ("day", "school", "title", "what", "places", "state", "number", "page")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet works out: by an apostrophe before what would begin a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


CSV_PATH = f"{PATH}/csv"
_PAGE, _ALL, _BESIDE = 25, 500, 8


def show_matters(asking: DeskRequest, con: Connection) -> Response:
    """Show the list; by the number of a matter that they may know of, that matter."""
    number = asking.query["words"].strip()
    if len(number) == _NUMBER and any(map(str.isdigit, number)):
        with suppress(InputError):
            found = find_matter(con, asking.session, number.lower())
            return led_to(asking.links.at_desk(found))
    return asking.render("matters.html", csv=CSV_PATH, page="matters", view=load_matters(asking, con))


def show_csv(asking: DeskRequest, con: Connection) -> Response:
    """Send what the page finds, as a file for a spreadsheet: up to 500, what went on last first."""
    w = asking.w
    views, _ = matters_page(con, asking.session, read_query(asking, con, w).wanted, None, _ALL)
    rows = _rows(asking, views, w)
    base = (asking.links.base_url or "").rstrip("/")
    file = rows_as_csv(rows, {row.token: f"{base}/m/s/{row.token}" for row in rows}, w)
    name = f'attachment; filename="schoolgate-{asking.now.astimezone(asking.zone):%Y-%m-%d}.csv"'
    return Response(file, media_type="text/csv", headers={"Content-Disposition": name})


def load_matters(asking: DeskRequest, con: Connection) -> dict[str, object]:
    """Gather what the page says."""
    w = asking.w
    asked = read_query(asking, con, w)
    views, spot = matters_page(con, asking.session, asked.wanted, asked.after, _PAGE)
    said = f"{(spot[0] - _BEGAN) // _TICK} {spot[1]}".encode() if spot else b""
    after = asking.links.seal(_SEALED, said) if said else ""
    return {
        "asked": asked,
        "asked_words": asked.in_words(w),
        "rows": _rows(asking, views, w),
        "day": w.full_day(asking.now, asking.zone),
        "next": asked.address(after=after) if after else "",
    }


def newest_rows(asking: DeskRequest, con: Connection) -> tuple[MatterRow, ...]:
    """List the first of all that whoever is signed in may see, as the list does: what went on last first."""
    wanted = Wanted(urns=[school.urn for school in asking.signed_in.schools])
    views, _ = matters_page(con, asking.session, wanted, None, _BESIDE)
    return _rows(asking, views, asking.w)


def _rows(asking: DeskRequest, views: Iterable[MatterView], w: Words) -> tuple[MatterRow, ...]:
    at_desk, config = asking.links.at_desk, asking.config
    tokens = ((view, at_desk(view.story_id).rpartition("/")[2]) for view in views)
    return tuple(row_of(view, token, config, asking.now, w) for view, token in tokens)


_MONTH = timedelta(days=31)
_LOOKED_AT, _FIRST = 60, 5


def show_outside_page(asking: DeskRequest, con: Connection) -> Response:
    """Show the page, for the schools of whoever asks."""
    config, w, here = asking.config, asking.w, asking.signed_in.schools
    every = {s.id: s for school in here for s in read_at_school(config, school) if s.surfaced or s.listing}
    urns = [s.urn for s in here]
    shows: list[tuple[Source, list[MatterView], str]] = []
    for source in (s for s in every.values() if not s.disabled):
        views, more = matters_page(con, asking.session, Wanted(source=source.id, urns=urns), None, _LOOKED_AT)
        public = (v for v in views if v.words and not (v.is_sealed or v.restricted or v.locked))
        shows.append((source, sorted(public, key=_at, reverse=True), "many" if more else "count"))
    carried = {
        v.story_id: v for _, views, _ in shows for v in views if len(v.sources) > 1 and _age(asking, v) < 1
    }
    most = sorted(carried.values(), key=lambda v: (len(v.sources), _at(v)), reverse=True)[:_FIRST]
    view = {
        "most": [
            (row, w.number(len(v.sources)))
            for v, (row, _) in zip(most, _outside_rows(asking, most), strict=True)
        ],
        "places": [
            (
                of[0].name or of[0].id,
                " ".join(_source_lines(asking, con, of)),
                _outside_rows(asking, of[1][:_FIRST]),
            )
            for of in sorted(shows, key=lambda of: not of[1])
        ],
        "off": w.list_items([s.name or s.id for s in every.values() if s.disabled]),
        "day": w.full_day(asking.now, config.zone),
    }
    return asking.render("outside.html", page="school", view=view)


def _source_lines(
    asking: DeskRequest, con: Connection, of: tuple[Source, list[MatterView], str]
) -> Iterable[str]:
    """Say when it was read, how much came of it in each of two months, and its score in both."""
    (source, views, key), w, zone = of, asking.w, asking.zone
    ages = [_age(asking, v) for v in views]
    read = states(con, [source.id])[source.id].last_ok_at
    yield w("outside.read", day=w.day(read, asking.now, zone)) if read else w("outside.unread")
    yield w(f"outside.{key}", count=w.number(ages.count(0)), before=w.number(ages.count(1)))
    for key, until in (("score", asking.now), ("score_then", asking.now - _MONTH)):
        if score := scores(con, source.id, until):
            yield w(f"outside.{key}", rating=f"{score[0]:.1f}", count=score[1])


def _outside_rows(asking: DeskRequest, views: Sequence[MatterView]) -> list[tuple[MatterRow, bool]]:
    """The lines of these matters, each with whether it is new since a month ago."""
    return [(row, _age(asking, v) < 1) for v, row in zip(views, _rows(asking, views, asking.w), strict=True)]


def _age(asking: DeskRequest, view: MatterView) -> int:
    """Count the months of 31 days since it was posted."""
    return max(0, (asking.now - _at(view)) // _MONTH)  # what names a later day is new


def _at(view: MatterView) -> datetime:
    at = view.posted_at or view.first_seen or view.last_seen
    assert at is not None
    return at
