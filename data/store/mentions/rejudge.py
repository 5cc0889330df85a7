"""Verdicts of open matters that were given by the rules of before, and those that take their place.

Those alone do not say who may be accused: since then every verdict does, if only that nobody is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from dataclasses import replace as values
from datetime import datetime
from typing import Any

from data.keeping.periods import is_restricted, retain_until
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import (
    Connection,
    ValueTable,
    execute,
    insert_rows,
    is_time,
    read_column,
    read_rows,
)
from data.store.engine.tables import MENTIONS, VERDICTS, VERSIONS, held_sql
from data.store.mentions.batch import verdict_rows
from data.store.owners import marked_sql, unless_owned
from data.store.sealing import seal_again
from data.store.verdicts.restrict import restrict
from data.store.verdicts.verdicts import NEWEST, SELECTED, former_verdicts, reasons, verdict
from data.types import Match, Mention, MentionKind, Policy, Relevance, Severity, Verdict


@dataclass(frozen=True, slots=True)
class JudgedBefore:
    """A post of a story as it is held, the article behind it, its match with a school, its old verdict."""

    story_id: str
    mention: Mention
    article: str
    match: Match
    verdict: Verdict

    def has_stood_since(self, when: datetime) -> bool:
        """Did these words stand there then, unedited since?"""
        return self.mention.fetched_at <= when


def any_before(con: Connection) -> bool:
    """Is there a verdict of before? There is none in a home that began with this version."""
    return con.execute("SELECT 1 FROM verdicts WHERE accuses IS NULL LIMIT 1").fetchone() is not None


_IN_WORDS = f"""{NEWEST}
    LEFT JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
    LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version"""
_HELD = "NOT m.stub AND coalesce(n.text, r.text) IS NOT NULL"


def _held_before(stories: str) -> str:
    """Select what is held with a verdict of before of stories that no mark ends: with a case that is not
    closed, an alert that is neither handed over nor closed with its case, or a look. `stories` is a condition
    on `x`.
    """
    return f"""{_IN_WORDS}
        WHERE v.accuses IS NULL AND {_HELD} AND x.urn = ANY($urns)
            AND EXISTS (SELECT 1 FROM sightings s WHERE s.mention_id = m.id AND s.last_seen >= $since)
            AND NOT {marked_sql("x.story_id", "x.urn")} AND {stories} AND x.story_id IN (
                SELECT story_id FROM cases x WHERE closed_at IS NULL AND {stories}
                UNION SELECT story_id FROM alerts x
                WHERE handed_over_at IS NULL AND {stories} AND NOT EXISTS (SELECT 1 FROM cases c
                    WHERE c.story_id = x.story_id AND c.urn = x.urn AND c.closed_at >= x.raised_at)
                UNION SELECT x.story_id {NEWEST} WHERE v.look AND {stories} AND NOT EXISTS (
                    SELECT 1 FROM alerts a WHERE a.story_id = x.story_id AND a.urn = x.urn))"""


_HELD_FIELDS = [f for f in fields(Mention) if f.name in (*MENTIONS.names, *VERSIONS.names)]
_MENTION = ValueTable("", Mention, " ".join(f.name for f in _HELD_FIELDS), kind=MentionKind)
_POST = ", ".join(
    f"epoch_us({held_sql(f.name)})" if is_time(f.name)
    else f"coalesce({held_sql(f.name)}, '')" if f.type == "str" else held_sql(f.name)
    for f in _HELD_FIELDS
)  # fmt: skip
"""All that is held of a mention: each of its fields that is a column."""
_ALL = f"""SELECT x.story_id, coalesce(n.article, r.article, ''), x.relevance, x.score, x.reason_codes,
    x.reason_texts, {_POST}, {SELECTED}"""


def stories_before(con: Connection, urns: Collection[str], since: datetime) -> list[str]:
    """The stories of these schools' open matters with a verdict of before on a held post seen since then."""
    sql = f"SELECT DISTINCT x.story_id {_held_before('x.story_id IS NOT NULL')} ORDER BY x.story_id"
    return read_column(con, unless_owned(con, sql), urns=list(urns), since=since)


def judged_before(
    con: Connection, story_ids: Sequence[str], urns: Collection[str], since: datetime
) -> list[JudgedBefore]:
    """List what is held of these stories, as far as they are open still."""
    sql = f"""{_ALL}
        {_held_before("x.story_id = ANY($stories)")} ORDER BY m.first_seen, m.id"""
    rows = read_rows(con, unless_owned(con, sql), urns=list(urns), since=since, stories=list(story_ids))
    return [_read_judged(row) for row in rows]


def held_posts(con: Connection, mention_ids: Collection[str]) -> dict[tuple[str, str], JudgedBefore]:
    """These posts as far as their words are held, each with its newest verdict for every school: by both."""
    sql = f"{_ALL} {_IN_WORDS} WHERE {_HELD} AND m.id = ANY($ids)"
    held = [_read_judged(row) for row in read_rows(con, sql, ids=mention_ids)] if mention_ids else []
    return {(one.mention.id, one.verdict.urn): one for one in held}


def _read_judged(row: Sequence[Any]) -> JudgedBefore:
    (story_id, article, relevance, score, codes, texts), held = row[:6], row[6:]
    (mention,) = _MENTION.values([held[: len(_HELD_FIELDS)]])
    judged = verdict(held[len(_HELD_FIELDS) :])
    match = Match(judged.urn, Relevance(relevance), score, reasons(codes, texts))
    return JudgedBefore(story_id, mention, article, match, judged)


def whole_verdicts(con: Connection, mention_ids: Sequence[str], urn: str) -> list[Verdict]:
    """Every verdict on any version of these posts for this school, with the words of all its reasons."""
    sql = "SELECT mention_id, n, reasons[$urn] FROM restricted_texts WHERE mention_id = ANY($ids)"
    apart = {(i, n): texts for i, n, texts in read_rows(con, sql, ids=mention_ids, urn=urn)}
    found = []
    for v in former_verdicts(con, mention_ids):
        if v.urn == urn:
            texts = apart.get((v.mention_id, v.version)) or [r.text for r in v.reasons]
            found.append(values(v, reasons=reasons([r.code for r in v.reasons], texts)))
    return found


def posts_meaning(con: Connection, urn: str, offices: Collection[str]) -> list[str]:
    """The posts that may mean holders of these offices of a school: by office, or grave and about them."""
    sql = """SELECT DISTINCT mention_id FROM verdicts WHERE urn = $urn AND accuses IS NOT NULL
        AND ((severity >= $today AND list_contains($offices, about)) OR list_has_any($means,
            list_transform(list_concat(endangers, accuses), lambda m: split_part(m, ' ', 1)))) ORDER BY 1"""
    means = [f"office:{office}" for office in offices]
    given = {"offices": list(offices), "means": means, "today": int(Severity.TODAY)}
    return read_column(con, sql, urn=urn, **given)


def put_again(
    con: Connection,
    verdicts: Sequence[Verdict],
    rose: Collection[tuple[str, str]],
    now: datetime,
    policy: Policy,
    by: str = "schoolgate",
) -> None:
    """Writes these verdicts in the place of those on the same versions; no run, no sighting, no place more.

    Those that `rose` (mention and school) count as given now, and their posts are kept as long as that asks.
    """
    ids = sorted({v.mention_id for v in verdicts})
    sql = "SELECT id FROM mentions WHERE restricted AND id = ANY($ids)"
    restricted = {*read_column(con, sql, ids=ids), *(v.mention_id for v in verdicts if is_restricted(v))}
    for risen in (True, False):
        given = [v for v in verdicts if ((v.mention_id, v.urn) in rose) is risen]
        update = {c: value for c, value in VERDICTS.update.items() if risen or c != "judged_at"}
        rows = verdict_rows(given, restricted, now)
        insert_rows(con, VERDICTS.name, VERDICTS.names, rows, key=VERDICTS.key, update=update)
    restrict(con, sorted(restricted), now)
    for v in verdicts:
        if v.mention_id in restricted:
            execute(
                con, _REASONS, mention=v.mention_id, n=v.version, urn=v.urn, texts=[r.text for r in v.reasons]
            )
        if (v.mention_id, v.urn) in rose:
            execute(con, _KEPT, mention=v.mention_id, until=retain_until([v], now, policy))
    append(con, [_entry(v, now, by) for v in verdicts])
    for version in sorted({v.version for v in verdicts}):
        seal_again(con, {v.mention_id: v.version for v in verdicts if v.version == version}, now)


_REASONS = """UPDATE restricted_texts SET reasons = map_concat(reasons, map([$urn], [$texts::VARCHAR[]]))
    WHERE mention_id = $mention AND n = $n"""
_KEPT = "UPDATE mentions SET retain_until = greatest(retain_until, $until) WHERE id = $mention"


def _entry(of: Verdict, now: datetime, by: str) -> AuditEntry:
    codes = (Code.VERSION.of(of.version), Code.SEVERITY.of(int(of.severity)), Code.ROUTE.of(of.route))
    return AuditEntry(now, by, "judged_again", of.mention_id, of.urn, codes)
