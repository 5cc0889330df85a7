"""What people say who hold a post to be judged wrongly: kept as long as its words, and changing nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.matters import SaidWrong
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import Connection, ValueTable, execute, grouped
from data.types import Relevance, Severity

_TABLE = ValueTable(
    "said_wrong",
    SaidWrong,
    "mention_id urn person_id relevance label severity why said_at",
    relevance=Relevance,
    severity=Severity,
)


def put(con: Connection, given: SaidWrong, story_id: str) -> None:
    """Keeps it; said again by the same person, it takes the older's place. Audited, without the reason."""
    _TABLE.put(con, [given], 3, anew=True)
    right = (given.relevance, given.label, given.severity)
    codes = (
        Code.MENTION.of(given.mention_id),
        *(Code.RIGHT.of(each) for each in right if each not in (None, "")),
    )
    append(con, [AuditEntry(given.said_at, given.person_id, "judged_wrongly", story_id, given.urn, codes)])


def take_back(con: Connection, story_id: str, urn: str, person_id: str, now: datetime) -> bool:
    """Takes back what that person said of the posts of a story; False where that is nothing. Audited."""
    sql = """DELETE FROM said_wrong WHERE urn = $urn AND person_id = $person
        AND mention_id IN (SELECT mention_id FROM matches WHERE story_id = $story) RETURNING mention_id"""
    gone = execute(con, sql, urn=urn, person=person_id, story=story_id).fetchall()
    entries = [
        AuditEntry(now, person_id, "judged_wrongly_undone", story_id, urn, (Code.MENTION.of(mention),))
        for (mention,) in gone
    ]
    append(con, entries)
    return bool(gone)


def said_wrong(con: Connection, mention_ids: Sequence[str]) -> dict[str, list[SaidWrong]]:
    """What stands of each of these posts, the oldest first."""
    found = _TABLE.read(con, "WHERE mention_id = ANY($ids) ORDER BY said_at, person_id", ids=mention_ids)
    return grouped((each.mention_id, each) for each in found)
