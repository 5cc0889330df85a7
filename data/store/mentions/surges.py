"""Surges of talk: what counts towards one, and which ones people were told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.content_class import ContentClass
from data.store.engine.rows import Connection, ValueTable, at, at_or_none, read_rows, read_value
from data.types import ALLEGING_LABELS, Severity
from data.web.channels import REVIEWS

_ADULTS = ("staff", "head", "dsl", "chair", "governor")


@dataclass(frozen=True, slots=True)
class Heard:
    """One post about a school: when it was posted, or first seen where the page does not say."""

    at: datetime
    story_id: str
    channel: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surge:
    """A surge that people were told of, or a rush `of_reviews`; `lasted_to` is when it last went on."""

    urn: str
    began_at: datetime
    told_at: datetime
    mentions: int
    usual: float
    themes: tuple[str, ...]
    lasted_to: datetime
    of_reviews: bool = False


_SPIKES = ValueTable("spikes", Surge, "urn began_at told_at mentions usual themes lasted_to of_reviews")


def count_much_heard(
    con: Connection, since: datetime, fresh: datetime, least: int, *, of_reviews: bool = False
) -> dict[str, int]:
    """Count the posts about each school (urn), or reviews alone, that came since then, where there are
    `least` or more and one of them came since `fresh`.
    """
    sql = """SELECT v.urn, count(*) FROM mentions m
        JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version
        WHERE m.first_seen >= $since AND v.judged_at >= $since AND v.relevance <> 'not_about'
            AND v.route <> 'ignore' AND ($channels IS NULL OR list_contains($channels, m.channel))
        GROUP BY v.urn HAVING count(*) >= $least AND max(m.first_seen) >= $fresh ORDER BY v.urn"""
    channels = sorted(REVIEWS) if of_reviews else None
    return dict(read_rows(con, sql, since=since, fresh=fresh, least=least, channels=channels))


_HEARD = f"""
WITH known AS (
    SELECT source_id FROM source_runs GROUP BY source_id HAVING min(started_at) <= $settled
), heard AS (
    SELECT m.id, least(coalesce(m.published, m.first_seen), m.first_seen) AS said_at,
        x.story_id, m.channel, v.themes
    FROM mentions m
    JOIN matches x ON x.mention_id = m.id AND x.version = m.version AND x.urn = $urn
    JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version AND v.urn = $urn
    WHERE m.first_seen >= $since AND x.seen_at >= $since AND v.judged_at >= $since
        AND x.story_id IS NOT NULL AND v.relevance <> 'not_about' AND v.route <> 'ignore'
        AND v.content_class <> '{ContentClass.OWN_ACCOUNT}' AND NOT m.restricted AND NOT v.restricted
), grave AS MATERIALIZED (
    SELECT mention_id, version FROM verdicts WHERE urn = $urn AND (restricted OR (severity >= $grave AND (
        list_has_any(abuse, $alleging::VARCHAR[]) OR subject_person IS NOT NULL OR len(subjects) > 0
        OR about = ANY($adults::VARCHAR[]))))
), accused AS (
    SELECT DISTINCT story_id FROM matches JOIN grave USING (mention_id, version)
    WHERE urn = $urn AND story_id IS NOT NULL
)
SELECT epoch_us(said_at), story_id, channel, coalesce(themes, []) FROM heard
WHERE said_at >= $since AND story_id NOT IN (SELECT story_id FROM accused)
    AND id IN (SELECT mention_id FROM sightings
        WHERE first_seen >= $since AND source_id IN (SELECT source_id FROM known))
ORDER BY said_at, id
"""


def heard(con: Connection, urn: str, since: datetime, settled: datetime) -> list[Heard]:
    """The posts about a school since then, oldest first, that may be counted and mentioned to its leadership.

    Left out: posts that only come from sources first read after `settled` (their backlog is not today's
    talk), the school's own posts, restricted ones, and every story in which any version of any post gravely
    accuses or targets a person of the school, since the accused must not be told.
    """
    given = {
        "urn": urn,
        "since": since,
        "settled": settled,
        "grave": int(Severity.TODAY),
        "alleging": sorted(ALLEGING_LABELS),
        "adults": list(_ADULTS),
    }
    rows = con.execute(_HEARD, given).fetchall()
    return [Heard(at(us), story_id, channel, tuple(themes)) for us, story_id, channel, themes in rows]


def watched_since(con: Connection, urn: str, settled: datetime) -> datetime | None:
    """When the school's first source was first read, among those first read before `settled`; else None."""
    sql = """SELECT epoch_us(min(r.started_at)) FROM source_runs r JOIN sources s ON s.id = r.source_id
        WHERE list_contains(s.urns, $urn) AND r.started_at <= $settled"""
    return at_or_none(read_value(con, sql, urn=urn, settled=settled))


def latest_surge(con: Connection, urn: str, *, of_reviews: bool = False) -> Surge | None:
    """The last surge of a school, or rush of reviews, that people were told of."""
    which = "WHERE urn = $urn AND of_reviews = $of_reviews ORDER BY told_at DESC LIMIT 1"
    return _SPIKES.first(con, which, urn=urn, of_reviews=of_reviews)


def put_surges(con: Connection, surges: Sequence[Surge]) -> None:
    """Records surges as told; for an existing one only how long it lasted, and how many reviews came."""
    update = {
        "lasted_to": "greatest(spikes.lasted_to, excluded.lasted_to)",
        "mentions": """CASE WHEN spikes.of_reviews THEN greatest(spikes.mentions, excluded.mentions)
            ELSE spikes.mentions END""",
    }
    _SPIKES.insert(con, surges, 2, update=update)
