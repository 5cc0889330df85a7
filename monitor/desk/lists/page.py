"""All matters: found by filters that are the address, 25 a page; as a table, as a page to print, and several
calm ones said to be done with at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.responses import Response

from data.matters import MatterView
from data.steps.acts import Done
from data.store.engine.connect import Connection
from data.words.say import Words, words
from monitor.act.matter.several import Several, end_several, take_back_several
from monitor.desk.lists.asked import PATH as PATH
from monitor.desk.lists.asked import AskedMatters, asked_of, sealed_spot
from monitor.desk.lists.rows import MatterRow, row_of, table
from monitor.desk.page import shown
from monitor.desk.routes import DeskRequest
from monitor.matters.reader import Reader
from monitor.matters.searching import FoundMatters, matters_page

CSV_PATH = f"{PATH}/csv"
_PAGE, _ALL = 25, 500
_TICKED, _UNDONE = "m-", "u-"


@dataclass(frozen=True, slots=True)
class MattersView:
    """The page: what is asked for, what was found, where the next page and the first lie. After a form: what
    became of it (`became`, a key, and its numbers), which of them are ticked still, why, and what undoes it,
    by name of a field.
    """

    asked: AskedMatters
    asked_words: str
    rows: tuple[MatterRow, ...]
    printed: bool
    day: str
    next: str = ""
    became: str = ""
    done: int = 0
    left: int = 0
    why: str = ""
    ticked: frozenset[str] = frozenset()
    undo: Mapping[str, str] | None = None

    @property
    def may_end(self) -> bool:
        """Is there any that may be said to be done with from here?"""
        return not self.printed and any(row.version for row in self.rows)


def show(asking: DeskRequest, con: Connection) -> Response:
    """The page, for whoever is signed in."""
    return _shown(asking, load(asking, con))


def show_csv(asking: DeskRequest, con: Connection) -> Response:
    """What the page finds, as a file for a spreadsheet: up to 500, what went on last first."""
    w = words(asking.language)
    asked = _asked(asking, w)
    rows = _rows(asking, _found(asking, con, replace(asked, after=None), _ALL), w)
    base = (asking.context.links.base_url or "").rstrip("/")
    file = table(rows, {row.token: f"{base}/m/s/{row.token}" for row in rows}, w)
    name = (
        f'attachment; filename="schoolgate-{asking.now.astimezone(asking.context.config.zone):%Y-%m-%d}.csv"'
    )
    return Response(file, media_type="text/csv", headers={"Content-Disposition": name})


def load(asking: DeskRequest, con: Connection) -> MattersView:
    """What the page says."""
    w, printed = words(asking.language), "print" in asking.query
    asked = _asked(asking, w)
    found = _found(asking, con, asked, _ALL if printed else _PAGE)
    after = sealed_spot(asking.context.links, found.after) if found.after else ""
    return MattersView(
        asked,
        asked.in_words(w),
        _rows(asking, found, w),
        printed,
        w.full_day(asking.now, asking.context.config.zone),
        asked.address(after=after) if after else "",
    )


def take(asking: DeskRequest) -> Response:
    """Says of those ticked that they are done with, or takes that back."""
    form, reader = asking.form, _reader(asking)
    undoes = form.get("do") == "undo"
    # the versions of what was ticked, by story
    prefix = _UNDONE if undoes else _TICKED
    links = asking.context.links
    given = {name.removeprefix(prefix): v for name, v in asking.form.items() if name.startswith(prefix)}
    chosen = {story: v for token, v in given.items() if (story := links.story_at_desk(token))}
    with asking.store.write("a list of matters") as con:
        came = (
            take_back_several(con, reader, chosen, asking.now)
            if undoes
            else end_several(con, reader, chosen, form.get("why", ""), asking.now)
        )
    with asking.store.read() as con:
        view = load(asking, con)
    if not isinstance(came, Done):
        ticked = frozenset(name.removeprefix(_TICKED) for name in form if name.startswith(_TICKED))
        return _shown(asking, replace(view, became="no_reason", ticked=ticked), 403)
    return _shown(asking, _became(asking, view, came.made, undoes=undoes))


def _became(asking: DeskRequest, view: MattersView, made: Several, *, undoes: bool) -> MattersView:
    links = asking.context.links
    undo = {_UNDONE + _token(links.at_desk(v.story_id)): v.stamp for v in made.views}
    key = ("back" if undoes else "done") if made.views else "none"
    typed = asking.form.get("why", "") if made.left and not undoes else ""
    return replace(
        view,
        became=key,
        done=len(made.views),
        left=made.left,
        why=typed,
        undo=undo if undo and not undoes else None,
    )


def _token(address: str) -> str:
    return address.rpartition("/")[2]


def _reader(asking: DeskRequest) -> Reader:
    return Reader(asking.context.config, asking.store, asking.signed_in.person)


def _asked(asking: DeskRequest, w: Words) -> AskedMatters:
    context, person = asking.context, asking.signed_in.person
    return asked_of(asking.query, context.config, context.links, person, asking.now, w)


def _found(asking: DeskRequest, con: Connection, asked: AskedMatters, most: int) -> FoundMatters:
    return matters_page(con, _reader(asking), asked.wanted, asked.after, most)


def _rows(asking: DeskRequest, found: FoundMatters, w: Words) -> tuple[MatterRow, ...]:
    def row(view: MatterView) -> MatterRow:
        token = _token(asking.context.links.at_desk(view.story_id))
        return row_of(view, token, asking.context.config, asking.now, w)

    return tuple(map(row, found.views))


def _shown(asking: DeskRequest, view: MattersView, status: int = 200) -> Response:
    given = {"who": asking.signed_in, "page": "matters", "view": view}
    return shown("matters.html", asking.language, status, csv=CSV_PATH, **given)
