"""Saying of several calm matters at once that they are done with, for one reason; taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.matters import ActKind, MatterView
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.types import Mark, Marked
from monitor.act.mark import mark
from monitor.matters.reader import Reader
from monitor.matters.searching import matters_listed


@dataclass(frozen=True, slots=True)
class Several:
    """What became of them: those it was done to, each as it is now, and how many were left as they are."""

    views: tuple[MatterView, ...]
    left: int


def end_several(
    con: Connection, reader: Reader, chosen: Mapping[str, str], why: str, now: datetime
) -> Done[Several] | Refused:
    """Marks these stories, given with the version (`stamp`) that was read of each, as answered. What became
    another since, is grave, restricted, in a case or somebody else's stays as it is.
    """
    if not why.strip():
        return Refused("reason", "It takes a reason: ⟨why⟩")
    able = [v for v in _as_read(con, reader, chosen) if v.may(ActKind.MARK)]
    ended = [v.story_id for v in able if _done(mark(con, reader, v.story_id, v.urn, Mark.ANSWERED, now, why))]
    return Done(Several(tuple(matters_listed(con, reader, ended)), len(chosen) - len(ended)))


def take_back_several(
    con: Connection, reader: Reader, chosen: Mapping[str, str], now: datetime
) -> Done[Several]:
    """Takes back, of these stories, what this person said so and nothing has changed since."""
    mine = [
        view
        for view in _as_read(con, reader, chosen)
        if view.ended and view.ended.mark is Mark.ANSWERED and reader.is_me(view.ended.person_id)
    ]
    back = [v.story_id for v in mine if _done(mark(con, reader, v.story_id, v.urn, None, now))]
    return Done(Several(tuple(matters_listed(con, reader, back)), len(chosen) - len(back)))


def _as_read(con: Connection, reader: Reader, chosen: Mapping[str, str]) -> list[MatterView]:
    return [v for v in matters_listed(con, reader, list(chosen)) if chosen[v.story_id] == v.stamp]


def _done(came: Done[Marked | None] | Refused) -> bool:
    return isinstance(came, Done)
