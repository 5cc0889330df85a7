"""What people write on a matter for the others who may read it: kept as long as any of its words are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from data.matters import MatterNote
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.rows import Connection, ValueTable, execute

_TABLE = ValueTable("notes", MatterNote, "id story_id urn person_id note written_at")


def put(con: Connection, written: MatterNote) -> None:
    """Keeps it. Audited, without its words."""
    _TABLE.put(con, [written], 1)
    at, story_id = written.written_at, written.story_id
    append(con, [AuditEntry(at, written.person_id, "note_written", story_id, written.urn)])


def take_back(con: Connection, story_id: str, urn: str, note_id: str, person_id: str, now: datetime) -> bool:
    """Deletes what that person wrote on that story; False where that is nothing. Audited."""
    which = "WHERE id = $id AND story_id = $story AND urn = $urn AND person_id = $person"
    sql = f"DELETE FROM notes {which} RETURNING id"
    if not execute(con, sql, id=note_id, story=story_id, urn=urn, person=person_id).fetchall():
        return False
    append(con, [AuditEntry(now, person_id, "note_undone", story_id, urn)])
    return True


def notes_of(con: Connection, story_id: str, urn: str) -> tuple[MatterNote, ...]:
    """What stands on that story of that school, the oldest first."""
    where = "WHERE story_id = $story AND urn = $urn ORDER BY written_at, id"
    return tuple(_TABLE.read(con, where, story=story_id, urn=urn))


def of_schools(con: Connection, urns: Collection[str]) -> list[MatterNote]:
    """All of these schools, but of what is restricted."""
    where = """WHERE urn = ANY($urns) AND story_id NOT IN (SELECT id FROM stories WHERE restricted)
        ORDER BY written_at, id"""
    return _TABLE.read(con, where, urns=urns)


def drop_of_posts(con: Connection, mention_ids: Collection[str]) -> None:
    """Deletes those on the stories of these posts: they may repeat what is erased."""
    sql = "DELETE FROM notes WHERE story_id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))"
    execute(con, sql, ids=mention_ids)


def drop_without_words(con: Connection) -> None:
    """Deletes those on stories of which no words are kept."""
    con.execute("""DELETE FROM notes WHERE story_id NOT IN (SELECT x.story_id FROM matches x
        JOIN mentions m ON m.id = x.mention_id
        WHERE NOT m.stub AND x.story_id IN (SELECT story_id FROM notes))""")
