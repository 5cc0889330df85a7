"""Requests to be asked again once a matter grows: how big it was then, and how big it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.rows import Connection, ValueTable, execute
from data.store.verdicts.stories import list_stories
from data.types import Owner, Severity


@dataclass(frozen=True, slots=True)
class GrowthWatch:
    """A request by a person (an id), when, and how big the story was: its posts, the places that carried it,
    its gravest post.
    """

    story_id: str
    urn: str
    person_id: str
    asked_at: datetime
    mentions: int
    places: int
    severity: Severity

    def holds(self, owner: Owner | None) -> bool:
        """Has whoever asked it since they asked?"""
        return owner is not None and owner.person == self.person_id and owner.at <= self.asked_at

    def growth(self, now: GrowthWatch) -> Iterator[str]:
        """In what it has grown since, seen as it is now."""
        for name in ("severity", "places", "mentions"):
            if getattr(now, name) > getattr(self, name):
                yield name


_TABLE = ValueTable(
    "growth_watches",
    GrowthWatch,
    "story_id urn person_id asked_at mentions places severity",
    severity=Severity,
)


def sizes(con: Connection, story_ids: Collection[str], person_id: str, now: datetime) -> list[GrowthWatch]:
    """These stories as they are now, as that person would watch them."""
    rows = list_stories(con, story_ids=list(story_ids), limit=len(story_ids)) if story_ids else []
    return [GrowthWatch(r.id, r.urn, person_id, now, r.mentions, r.places, r.top.severity) for r in rows]


def put(con: Connection, watch: GrowthWatch) -> None:
    """Keeps it, in the place of one before. Audited."""
    _TABLE.put(con, [watch], 2, anew=True)
    at, story_id = watch.asked_at, watch.story_id
    append(con, [AuditEntry(at, watch.person_id, "growth_watched", story_id, watch.urn)])


def drop(con: Connection, story_id: str, urn: str, by: str, now: datetime) -> bool:
    """Deletes it, for them who asked or since they were asked; False where there is none. Audited."""
    sql = """DELETE FROM growth_watches WHERE story_id = $story AND urn = $urn RETURNING story_id"""
    if not execute(con, sql, story=story_id, urn=urn).fetchall():
        return False
    append(con, [AuditEntry(now, by, "growth_unwatched", story_id, urn)])
    return True


def watches(con: Connection, story_ids: Collection[str]) -> dict[str, GrowthWatch]:
    """By story; of a story that is another's by now, too."""
    found = _TABLE.read(con, "WHERE story_id = ANY($ids)", ids=story_ids)
    return {watch.story_id: watch for watch in found}


def drop_without_story(con: Connection) -> None:
    """Deletes those of stories that are gone."""
    con.execute("DELETE FROM growth_watches WHERE story_id NOT IN (SELECT id FROM stories)")
