"""Stories found by their words, as far as whoever asks may read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

from alerts.access.knowing import reads_whole
from data.store.verdicts import stories as story_store
from data.store.verdicts.search import stories_with
from monitor.matters.replaying import matter_of
from monitor.matters.views import story_views

if TYPE_CHECKING:
    from data.matters import MatterView
    from data.search.words import Searched
    from data.store.engine.connect import Connection
    from monitor.matters.reader import KnownMatters, Reader


def find(
    con: Connection,
    reader: Reader,
    searched: Searched,
    urns: Sequence[str],
    since: datetime | None,
    limit: int,
) -> list[MatterView]:
    """At most so many stories of these schools that hold the words and went on since then, newest first.

    Only those of which whoever asks may know all: nobody learns by a search that a word stands in something
    they may not read. What is restricted, or has a locked case, is read with a recorded reason, never found.
    """
    found: list[MatterView] = []
    waiting: list[str] = []
    looked_at: set[str] = set()
    for ids in chain(stories_with(con, searched, urns), (None,)):
        waiting += [i for i in ids or () if i not in looked_at]
        looked_at.update(waiting)
        while waiting and len(found) < limit and (ids is None or len(found) + len(waiting) >= limit):
            some, waiting = waiting[:limit], waiting[limit:]
            found += _shown(con, reader, some, since)
        if len(found) >= limit:
            break
    newest = sorted(found, key=lambda v: v.story_id)
    return sorted(newest, key=_last_seen, reverse=True)[:limit]


def _last_seen(view: MatterView) -> datetime:
    return view.last_seen or datetime.min.replace(tzinfo=UTC)


def _shown(
    con: Connection, reader: Reader, story_ids: Sequence[str], since: datetime | None
) -> list[MatterView]:
    """Those of these stories that may be found."""
    rows = story_store.list_stories(con, story_ids=story_ids, since=since, limit=len(story_ids))
    rows = [row for row in rows if not row.restricted]
    known = reader.look(con, {row.id: row.urn for row in rows})
    open_to_them = [row for row in rows if known.words(row.id) and not _locked(known, row.id)]
    return story_views(con, reader, open_to_them, known)


def unsearched(con: Connection, reader: Reader, urns: Sequence[str]) -> int:
    """How many matters that whoever asks may read, but with a recorded reason alone, are not searched."""
    config, person = reader.config, reader.person
    apart = {story: urn for story, urn in story_store.apart(con).items() if urn in urns}
    known = reader.look(con, apart)
    return sum(
        person is not None
        and known.words(story)
        and all(
            reads_whole(person, matter_of(case, config), config.people)
            for case in known.stored.cases_of(story)
            if case.locked
        )
        for story in apart
    )


def _locked(known: KnownMatters, story_id: str) -> bool:
    return any(case.locked for case in known.stored.cases_of(story_id))
