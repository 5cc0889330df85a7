"""What a purge would delete up to a day, and what cases keep from it: read, and nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.content_class import ContentClass
from data.retention.purge_cases import KEPT, KeptCase, kept_until
from data.store.engine.rows import Connection, at, read_rows
from data.store.mentions.school_sets import OF_SETS
from data.types import Policy


@dataclass(frozen=True, slots=True)
class Going:
    """Posts that are due on the same day, for the same reason. `stubs` leave a stub; `day` is in UTC."""

    day: datetime
    content_class: str
    relevance: str
    stubs: bool
    posts: int


@dataclass(frozen=True, slots=True)
class KeptBack:
    """A case that keeps posts which would be due; of a hold, who set it and when it is looked at again."""

    case: KeptCase
    posts: int
    held_by: str | None
    review: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What goes up to a day, the soonest first; the closed cases that do, by when; what is kept back."""

    going: tuple[Going, ...]
    cases: tuple[KeptCase, ...]
    kept_back: tuple[KeptBack, ...]


_GOING = f"""
WITH judged AS (
    SELECT mention_id, version, content_class, relevance FROM verdicts WHERE urn = ANY($urns)
    UNION SELECT m.id, m.version, '{ContentClass.FAIR_COMMENT}', 'not_about' {OF_SETS}
    WHERE list_has_any(s.urns, $urns) AND m.id NOT IN (SELECT mention_id FROM verdicts
        WHERE mention_id = m.id AND version = m.version AND urn = ANY($urns))
)
SELECT epoch_us(greatest(date_trunc('day', m.retain_until), $now)), v.content_class, v.relevance,
    m.restricted AND NOT m.stub, count(DISTINCT m.id)
FROM mentions m JOIN judged v ON v.mention_id = m.id AND v.version = m.version
WHERE m.retain_until <= $until AND (m.restricted OR NOT m.stub)
    AND m.id NOT IN (SELECT mention_id FROM ({KEPT}) WHERE mention_id IS NOT NULL)
GROUP BY ALL ORDER BY ALL"""
_BACK = f"""
SELECT k.case_id, count(DISTINCT m.id),
    (SELECT last(actor ORDER BY n) FROM case_steps t WHERE t.case_id = k.case_id AND step = 'held'),
    (SELECT last(json_extract_string(detail, '$.review') ORDER BY n) FROM case_steps t
        WHERE t.case_id = k.case_id AND step = 'held')
FROM mentions m JOIN ({KEPT}) k ON k.mention_id = m.id
WHERE m.retain_until <= $until GROUP BY k.case_id ORDER BY k.case_id"""


def preview(con: Connection, urns: Sequence[str], now: datetime, until: datetime, policy: Policy) -> Preview:
    """What would go by `until`, if the clock is trusted and nothing else happens."""
    rows = read_rows(con, _GOING, urns=urns, now=now, until=until)
    going = tuple(Going(at(day), *rest) for day, *rest in rows)
    cases = {i: case for i, case in kept_until(con, now, policy).items() if case.urn in urns}
    due = [case for case in cases.values() if case.until is not None and case.until <= until]
    back = read_rows(con, _BACK, until=until)
    kept = [
        KeptBack(cases[i], n, held_by if cases[i].hold else None, review if cases[i].hold else None)
        for i, n, held_by, review in back
        if i in cases
    ]
    return Preview(going, tuple(due), tuple(kept))
