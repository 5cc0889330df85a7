"""The lines of a list of matters, in words, and the same as a table for a spreadsheet. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.wording.digest.headlines import beginning, fit
from alerts.wording.matters import has_words, what
from alerts.wording.verdicts import channel_name, kind_of
from data.judged import part_at
from data.matters import MatterView
from data.types import Severity
from data.web.visible import visible
from data.words.say import Words
from monitor.config.load import Config
from monitor.desk.matter.facts import sentence
from monitor.matters.searching import State, state_of

_MOST_PLACES = 3
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One matter in a list: what it says, where, how far; `token` is its address at the desk, `version` what
    a form about it bears, "" where nothing may be done with it from here.
    """

    token: str
    said: str
    day: str
    school: str
    places: str
    state: str
    had: str
    number: str
    version: str = ""

    @property
    def where(self) -> str:
        """The places, the day, the number."""
        return " · ".join(filter(None, (self.places, self.day, self.number)))


def row_of(view: MatterView, token: str, config: Config, now: datetime, w: Words) -> MatterRow:
    """The line of one matter, as its reader may know it."""
    state, names = state_of(view), {s.id: s.name or s.id for s in config.sources}
    school = config.school(view.urn)
    places = [names.get(i, i) for i in view.sources[:_MOST_PLACES]]
    places = places or [channel_name(c, w) for c in view.channels[:_MOST_PLACES]]
    had = (
        sentence(has_words(view, config.people, w))
        if state is State.HELD
        else w(f"matters.state.{state.value}")
    )
    return MatterRow(
        token,
        said_of(view, config, w),
        w.day(view.last_seen, now, config.zone) if view.last_seen else "",
        school.name if school else "",
        "" if view.sealed else w.listed(places),
        state.value,
        had,
        view.number,
        view.stamp if view.actions else "",
    )


def said_of(view: MatterView, config: Config, w: Words) -> str:
    """A dozen words of it, first those that weighed most, where they may be repeated to its reader, else what
    it is.
    """
    if view.sealed:
        return w("matter.with_lead" if view.restricted else "matters.sealed")
    post = view.post
    if post is not None and post.words:
        most = part_at(view.top.weighed_most if view.top else None, post.title, post.text)
        said = beginning(visible(most or post.title or post.text or ""))
        if view.top and fit(said, [view.top], config.people, told=True):
            return w("matters.quote", said=said)
    mild = not view.alert_id and view.severity < Severity.TODAY
    return sentence(kind_of(view.top, w) if view.top and mild else what(view, w))


def table(rows: Iterable[MatterRow], addresses: Mapping[str, str], w: Words) -> bytes:
    """The rows as a file that a spreadsheet opens: nothing in it is taken for a formula."""
    file = io.StringIO(_BOM, newline="")
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)  # some split at “;” or a tab too
    writer.writerow([w(f"matters.column.{name}") for name in _COLUMNS])
    writer.writerows([harmless(cell) for cell in _cells(row, addresses)] for row in rows)
    return file.getvalue().encode()


_COLUMNS = ("day", "school", "what", "places", "state", "number", "page")


def _cells(row: MatterRow, addresses: Mapping[str, str]) -> Iterator[str]:
    yield from (row.day, row.school, row.said, row.places, row.had, row.number, addresses[row.token])


def harmless(cell: str) -> str:
    """A cell that no spreadsheet works out: by an apostrophe before what would begin a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
