"""Stories a page at a time, what went on last first: one statement with a limit, which goes on where a page
ended and counts nothing before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.store.engine.rows import Connection, at, read_rows
from data.store.verdicts.search import Searched, bits_wanted
from data.store.verdicts.stories import APART

Spot = tuple[datetime, str]
"""Where a page ended: when its last story went on last, and that story's id."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which stories: all of these schools (`urns`); of those of `raised` what was raised, is had, in the
    press or a matter of personal data. They went on within `since` and `until`, were seen in the `source`,
    are `held`, or `ended`; `everybodys` leaves out what is restricted or locked. Some more may be given than
    are so, of words, place, and who has them: whoever asks looks at each.
    """

    urns: Sequence[str]
    raised: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    words: Searched | None = None
    source: str = ""
    held: bool = False
    ended: bool = False
    everybodys: bool = False


_RAISED = """id IN (SELECT story_id FROM alerts UNION ALL SELECT story_id FROM owners
    UNION ALL SELECT story_id FROM cases
    UNION ALL SELECT x.story_id FROM matches x JOIN verdicts v USING (mention_id, version, urn)
        WHERE v.event IS NOT NULL OR v.content_class = ANY($private))"""
_CARRIED = """id IN (SELECT x.story_id FROM matches x JOIN sightings s USING (mention_id)
    WHERE s.source_id = $source)"""
_HELD = """id IN (SELECT story_id FROM owners WHERE person_id IS NOT NULL
    UNION ALL SELECT story_id FROM cases WHERE closed_at IS NULL)"""
_ENDED = """id IN (SELECT story_id FROM owners WHERE mark IS NOT NULL
    UNION ALL SELECT story_id FROM cases WHERE closed_at IS NOT NULL)"""
_WORDED = """id IN (SELECT x.story_id FROM mention_versions v
    JOIN matches x ON x.mention_id = v.mention_id AND x.version = v.n WHERE ({bits}) OR v.words_0 IS NULL)"""


def story_page(
    con: Connection, narrowed: Narrowed, private: Sequence[str], after: Spot | None, limit: int
) -> list[tuple[str, str, datetime]]:
    """At most so many of these stories, after that spot: the id, school (URN), and when it went on last, of
    each. `private` are the content classes that are a matter of personal data.
    """
    asked: dict[str, object] = {"limit": limit, "urns": narrowed.urns}
    if narrowed.raised:
        asked |= {"raised": narrowed.raised, "private": private}
    if narrowed.since and narrowed.until:
        asked |= {"since": narrowed.since, "until": narrowed.until}
    if narrowed.source:
        asked["source"] = narrowed.source
    if narrowed.words:
        asked |= bits_wanted(narrowed.words)[1]
    if after:
        asked |= {"seen": after[0], "id": after[1]}
    where = " AND ".join(_conditions(narrowed, after))
    sql = f"""SELECT id, urn, epoch_us(last_seen) FROM stories WHERE {where}
        ORDER BY last_seen DESC, id LIMIT $limit"""
    return [(story, urn, at(seen)) for story, urn, seen in read_rows(con, sql, **asked)]


def _conditions(narrowed: Narrowed, after: Spot | None) -> Iterator[str]:
    of_all = "urn = ANY($urns)"
    yield f"({of_all} OR (urn = ANY($raised) AND {_RAISED}))" if narrowed.raised else of_all
    if narrowed.since and narrowed.until:
        yield "first_seen < $until AND last_seen >= $since"
    if after:
        yield "(last_seen < $seen OR (last_seen = $seen AND id > $id))"
    yield from (_CARRIED,) * bool(narrowed.source)
    yield from (_HELD,) * narrowed.held
    yield from (_ENDED,) * narrowed.ended
    yield from (f"NOT {APART}",) * narrowed.everybodys
    if narrowed.words:
        yield _WORDED.format(bits=bits_wanted(narrowed.words)[0])
