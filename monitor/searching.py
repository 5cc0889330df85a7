"""Stories found by their words, as far as whoever asks may read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from alerts.access.knowing import reads_whole
from data.store.verdicts import stories as story_store
from data.store.verdicts.search import stories_with
from monitor.casework.replaying import matter_of

if TYPE_CHECKING:
    from data.search.words import Searched
    from data.store.engine.connect import Connection
    from monitor.viewer import KnownMatters, Viewer
    from monitor.views.stories import ShownStory


def find(
    con: Connection,
    viewer: Viewer,
    searched: Searched,
    urns: Sequence[str],
    since: datetime | None,
    limit: int,
) -> list[ShownStory]:
    """At most so many stories of these schools that hold the words and went on since then, newest first.

    Only those of which whoever asks may know all: nobody learns by a search that a word stands in something
    they may not read. What is restricted, or has a locked case, is read with a recorded reason, never found.
    """
    found: list[ShownStory] = []
    waiting: list[str] = []
    looked_at: set[str] = set()
    for ids in chain(stories_with(con, searched, urns), (None,)):
        waiting += [i for i in ids or () if i not in looked_at]
        looked_at.update(waiting)
        while waiting and len(found) < limit and (ids is None or len(found) + len(waiting) >= limit):
            some, waiting = waiting[:limit], waiting[limit:]
            found += _shown(con, viewer, some, since)
        if len(found) >= limit:
            break
    newest = sorted(found, key=lambda s: s.row.id)
    return sorted(newest, key=lambda s: s.row.last_seen, reverse=True)[:limit]


def _shown(
    con: Connection, viewer: Viewer, story_ids: Sequence[str], since: datetime | None
) -> list[ShownStory]:
    """Those of these stories that may be found."""
    rows = story_store.list_stories(con, story_ids=story_ids, since=since, limit=len(story_ids))
    rows = [row for row in rows if not row.restricted]
    known = viewer.look(con, {row.id: row.urn for row in rows})
    open_to_them = [row for row in rows if known.words(row.id) and not _locked(known, row.id)]
    return viewer.stories(con, open_to_them, known)


def unsearched(con: Connection, viewer: Viewer, urns: Sequence[str]) -> int:
    """How many matters that whoever asks may read, but with a recorded reason alone, are not searched."""
    config, person = viewer.config, viewer.person
    apart = {story: urn for story, urn in story_store.apart(con).items() if urn in urns}
    known = viewer.look(con, apart)
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
