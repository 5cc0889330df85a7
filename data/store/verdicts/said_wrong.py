"""What people say who hold a post to be judged wrongly: kept as long as its words.

What they only say changes nothing; what they mark counts for what is like it, once as many have as it takes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from data.matters import SaidWrong
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import Connection, ValueTable, execute, grouped, read_rows
from data.store.owners import HOLDS
from data.types import Relevance, Route, Sentiment, Severity

_TABLE = ValueTable(
    "said_wrong",
    SaidWrong,
    "mention_id urn person_id kind relevance label severity why said_at route tone was_relevance "
    "was_severity was_route was_tone model counts_at",
    relevance=Relevance,
    severity=Severity,
    route=Route,
    tone=Sentiment,
    was_relevance=Relevance,
    was_severity=Severity,
    was_route=Route,
    was_tone=Sentiment,
)
_OF_STORY = "urn = $urn AND mention_id IN (SELECT mention_id FROM matches WHERE story_id = $story)"

_ENDS = "kind IN ('not_us', 'too_grave')"
"""A condition: a mark goes with it, which ends the story."""


def put(con: Connection, given: SaidWrong, story_id: str) -> None:
    """Keeps it; said again by the same person, it takes the older's place. Where it counts, what others
    marked so does from now on too. Audited, without the reason."""
    _TABLE.put(con, [given], 4, anew=True)
    if given.counts_at is not None:
        sql = f"UPDATE said_wrong SET counts_at = $at WHERE {_OF_STORY} AND kind = $kind"
        execute(con, sql, at=given.counts_at, urn=given.urn, story=story_id, kind=given.kind)
    right = given.kind, given.relevance, *given.label.split(), given.severity, given.route, given.tone
    codes = (
        Code.MENTION.of(given.mention_id),
        *(Code.RIGHT.of(each) for each in right if each not in (None, "")),
    )
    append(con, [AuditEntry(given.said_at, given.person_id, "judged_wrongly", story_id, given.urn, codes)])


def take_back(
    con: Connection,
    story_id: str,
    urn: str,
    person_id: str,
    now: datetime,
    kinds: Collection[str],
    *,
    anybodys: bool = False,
    why: Sequence[str] = (),
) -> list[SaidWrong]:
    """Takes back, and gives, what that person, or anybody, said of the posts of a story so. Audited, with
    `why` as codes."""
    which = f"{_OF_STORY} AND (person_id = $person OR $anybodys) AND kind = ANY($kinds)"
    given = {"urn": urn, "person": person_id, "story": story_id, "kinds": kinds, "anybodys": anybodys}
    found = _TABLE.read(con, f"WHERE {which} ORDER BY said_at", **given)
    execute(con, f"DELETE FROM said_wrong WHERE {which}", **given)
    entries = [
        AuditEntry(now, person_id, "judged_wrongly_undone", story_id, urn, (Code.MENTION.of(mention), *why))
        for mention in dict.fromkeys(each.mention_id for each in found)
    ]
    append(con, entries)
    return found


def said_wrong(con: Connection, mention_ids: Sequence[str]) -> dict[str, list[SaidWrong]]:
    """What stands of each of these posts, the oldest first."""
    found = _TABLE.read(con, "WHERE mention_id = ANY($ids) ORDER BY said_at, person_id", ids=mention_ids)
    return grouped((each.mention_id, each) for each in found)


_ASKED = """counts_at IS NULL
    AND kind IN ('not_us', 'too_grave', 'wrong_lane', 'let_in', 'withdrawn')"""
"""A condition: it waits for a second person."""


def asked(con: Connection, story_id: str, urn: str) -> list[SaidWrong]:
    """What somebody asked for of a story that waits for a second person, the oldest first."""
    return _TABLE.read(con, f"WHERE {_OF_STORY} AND {_ASKED} ORDER BY said_at", story=story_id, urn=urn)


def stories_asked(con: Connection, urns: Collection[str]) -> dict[str, str]:
    """The stories of these schools of which something waits for a second person, each with its school."""
    sql = f"""SELECT DISTINCT x.story_id, w.urn FROM said_wrong w
        JOIN matches x ON x.mention_id = w.mention_id AND x.urn = w.urn
        WHERE {_ASKED} AND w.urn = ANY($urns) AND x.story_id IS NOT NULL ORDER BY ALL"""
    return dict(read_rows(con, sql, urns=list(urns)))


def corrections(con: Connection, urns: Collection[str] | None = None) -> list[SaidWrong]:
    """What counts, and what was only said, of posts of these schools, or of all; one of each post and kind,
    the oldest first. What ends a story counts while that mark holds. To see that nobody said anything takes
    next to no time."""
    if con.execute("SELECT 1 FROM said_wrong LIMIT 1").fetchone() is None:
        return []
    rest = f"""WHERE (counts_at IS NOT NULL OR kind = '') AND ($urns::VARCHAR[] IS NULL OR urn = ANY($urns))
        AND (NOT ({_ENDS}) OR (mention_id, urn, kind) IN (SELECT (x.mention_id, x.urn, owners.mark)
            FROM matches x JOIN owners ON owners.story_id = x.story_id AND owners.urn = x.urn
            WHERE x.mention_id IN (SELECT mention_id FROM said_wrong) AND {HOLDS}))
        ORDER BY said_at DESC, person_id"""
    found = {(one.mention_id, one.urn, one.kind): one for one in _TABLE.read(con, rest, urns=urns)}
    return list(found.values())[::-1]


def marked_now(con: Connection, story_id: str, urn: str, person_id: str, now: datetime) -> SaidWrong | None:
    """What that person marked of a story at that moment."""
    rest = f"WHERE {_OF_STORY} AND person_id = $person AND said_at = $now AND kind <> ''"
    return _TABLE.first(con, rest, story=story_id, urn=urn, person=person_id, now=now)
