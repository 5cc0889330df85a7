"""Verdicts, read back as values.

Rows of posts are read by their ids: the recent from the end of their table, others by key. DuckDB skips what
is older by the times of its blocks; to look up a thousand ids it reads a block for each.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import fields
from dataclasses import replace as values
from datetime import datetime
from itertools import zip_longest
from typing import Any

from data.content_class import ContentClass
from data.frozen import freeze
from data.judged import TONELESS, meant_by_labels
from data.keeping import is_restricted, retain_until
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import (
    Connection,
    Row,
    ValueTable,
    at_or_none,
    execute,
    group_pairs,
    insert_rows,
    is_time,
    read_column,
    read_rows,
    read_value,
    select_columns,
)
from data.store.engine.tables import MENTIONS, VERDICTS, VERSIONS, held_sql
from data.store.owners import marked_sql, unless_owned
from data.store.sealing import restrict, seal_again
from data.types import (
    About,
    Harm,
    Match,
    Meant,
    Mention,
    Policy,
    PressEvent,
    Reason,
    Relevance,
    Route,
    Sentiment,
    Severity,
    Verdict,
)

_FEW = 50
"""So many are looked up by key, however recent."""
_RECENT_US = 7 * 86_400_000_000
"""Of more those of a week before the newest: one old post must not make us read back to it."""


def mostly_since(seen_us: Iterable[int | None]) -> datetime | None:
    """Since when most of these (microseconds) were seen; None of so few that each is looked up."""
    seen = sorted(us for us in seen_us if us is not None)
    return at_or_none(seen[bisect(seen, seen[-1] - _RECENT_US)]) if len(seen) > _FEW else None


def rows_of(
    con: Connection,
    sql: str,
    added_at: str,
    wanted: Collection[tuple[Any, ...]],
    since: datetime | None,
    key: int,
) -> dict[tuple[Any, ...], Any]:
    """The wanted rows by their key, its first `key` columns, of which the first is a post's id. `sql` asks
    for rows with one of `$ids`, `added_at` is its column of when they were written. Those since then are
    found first; what is missing after that is looked up, whenever it was written."""
    rows: list[Any] = []
    if since is not None:
        given = {"ids": list({one[0] for one in wanted}), "since": since}
        rows = con.execute(f"{sql} AND {added_at} >= $since", given).fetchall()
    found = {row[:key]: row[key:] for row in rows if row[:key] in wanted}
    if missing := {one[0] for one in wanted if one not in found}:
        rows = read_rows(con, sql, ids=missing)
        found |= {row[:key]: row[key:] for row in rows if row[:key] in wanted}
    return found


COLUMNS = tuple(name for name in VERDICTS.names if name != "judged_at")
SELECTED = select_columns(COLUMNS, "v.")
"""The columns that `verdict` reads."""
_TELLING = "CASE WHEN v.look OR starts_with(v.score_labels[1], 'weighed:') THEN v.{0} ELSE [] END"
BRIEF = SELECTED
for _column in ("score_labels", "score_values"):
    BRIEF = BRIEF.replace(f"v.{_column}", _TELLING.format(_column))
"""The same for lists, of which each may hold thousands: scores take a third of the time, and of what a person
need not look at they say no more than that no model read it."""
TONE = f"""CASE WHEN list_has_any(v.reason_codes, {list(TONELESS)}) THEN 'neutral' ELSE v.sentiment END"""
"""The tone for counting: what nothing could tell (`data.judged.tone_of`) is neither praise nor concern."""
NEWEST = """FROM matches x
    JOIN mentions m ON m.id = x.mention_id AND m.version = x.version
    JOIN verdicts v ON v.mention_id = x.mention_id AND v.version = x.version AND v.urn = x.urn"""
"""Matches (x), mentions (m) and verdicts (v), the newest version of each mention only."""


def verdict(row: Sequence[Any]) -> Verdict:
    """A verdict from the columns of `SELECTED`; of a restricted one its reasons' codes without words."""
    held: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    held["reasons"] = reasons(held.pop("reason_codes"), held.pop("reason_texts"))
    held["history"] = at_or_none(held["history"])
    held["event"] = PressEvent(held["event"]) if held["event"] else None
    held["weighed_most"] = held["weighed_most"] and tuple(held["weighed_most"])
    held["scores"] = tuple(zip(held.pop("score_labels"), held.pop("score_values"), strict=True))
    for name, kind in _KINDS.items():
        held[name] = kind(held[name])
    subjects = held.pop("subjects")
    if held["accuses"] is None:
        of = meant_by_labels(held["route"], held["abuse"], held["about"], held["subject_person"], subjects)
    else:
        of = _read_meant(held["endangers"]), _read_meant(held["accuses"])
    held["endangers"], held["accuses"] = of
    return Verdict(**held)


def _read_meant(texts: Sequence[str]) -> tuple[Meant, ...]:
    return tuple(
        Meant(who, float(sure), by, Harm(harm) if harm != "-" else None)
        for who, sure, by, harm in (text.split() for text in texts)
    )


_KINDS: dict[str, Any] = {
    "relevance": Relevance,
    "sentiment": Sentiment,
    "abuse": tuple,
    "themes": tuple,
    "about": About,
    "severity": Severity,
    "route": Route,
    "content_class": ContentClass,
}


def reasons(codes: Sequence[str], texts: Sequence[str]) -> tuple[Reason, ...]:
    """Reasons from their two columns; the text is empty where it is kept with a restricted text."""
    return tuple(Reason(code, text) for code, text in zip_longest(codes, texts, fillvalue=""))


def reason_columns(because: Sequence[Reason]) -> dict[str, object]:
    """The two columns that hold these reasons."""
    return {"reason_codes": [r.code for r in because], "reason_texts": [r.text for r in because]}


def verdict_rows(verdicts: Sequence[Verdict], restricted: Set[str], now: datetime) -> list[Row]:
    rows: list[Row] = []
    for v in verdicts:
        own = {
            **reason_columns(v.reasons),
            "score_labels": [label for label, _ in v.scores],
            "score_values": [value for _, value in v.scores],
            "judged_at": now,
            "endangers": meant_texts(v.endangers),
            "accuses": meant_texts(v.accuses),
        }
        rows.append(VERDICTS.row(v, own, hidden=v.mention_id in restricted))
    return rows


def meant_texts(of: Sequence[Meant]) -> list[str]:
    """Each as one text, as `verdict` reads it: whom, how sure, by what, the harm."""
    return [f"{m.who} {m.sure:.2f} {m.by} {m.harm or '-'}" for m in of]


_MATCHED = """SELECT mention_id, version, urn, story_id, epoch_us(seen_at) FROM matches
    WHERE story_id = ANY($ids)"""
Key = tuple[str, int, str]
"""Of a match and its verdict: mention, version, school (URN)."""


@freeze
class JudgedPost:
    """A post of a story in its newest version, and what was asked of its `mentions` and `verdicts`."""

    story_id: str
    key: Key
    mention: tuple[Any, ...]
    verdict: tuple[Any, ...]


def judged_posts(con: Connection, story_ids: Collection[str], mention: str, judged: str) -> list[JudgedPost]:
    """The judged posts of these stories, with these columns of `mentions` and of `verdicts` (v)."""
    matches = read_rows(con, _MATCHED, ids=story_ids) if story_ids else []
    since = mostly_since(row[-1] for row in matches)
    sql = f"SELECT id, version, {mention} FROM mentions WHERE id = ANY($ids)"
    newest = rows_of(con, sql, "first_seen", {row[:2] for row in matches}, since, 2)
    story_of = {row[:3]: row[3] for row in matches if row[:2] in newest}
    sql = f"SELECT {judged} FROM verdicts v WHERE mention_id = ANY($ids)"
    rows = rows_of(con, sql, "judged_at", story_of, since, 3)
    return [JudgedPost(story_of[key], key, newest[key[:2]], row) for key, row in rows.items()]


def story_verdicts(
    con: Connection, story_ids: Sequence[str], columns: str = SELECTED
) -> dict[str, list[Verdict]]:
    """The verdicts on the newest version of every mention of these stories, by story: whole, or `BRIEF`."""
    posts = judged_posts(con, story_ids, "epoch_us(first_seen)", columns)
    posts.sort(key=lambda p: (*p.mention, p.key[0]))
    return group_pairs((p.story_id, verdict((*p.key, *p.verdict))) for p in posts)


def judged_at(con: Connection, mention_id: str, urn: str) -> datetime | None:
    """When the newest version of a mention was judged for this school, UTC; None if it was not."""
    sql = f"SELECT epoch_us(v.judged_at) {NEWEST} WHERE x.mention_id = $mention AND x.urn = $urn"
    return at_or_none(read_value(con, sql, mention=mention_id, urn=urn))


def former_verdicts(con: Connection, mention_ids: Sequence[str]) -> list[Verdict]:
    """Every verdict kept on any version of these mentions, oldest version first."""
    sql = f"SELECT {SELECTED} FROM verdicts v WHERE mention_id = ANY($ids) ORDER BY mention_id, version"
    return [verdict(row) for row in read_rows(con, sql, ids=mention_ids)]


def by_reason(
    con: Connection, code: str, since: datetime, *, in_story: bool = True
) -> dict[str, list[Verdict]]:
    """List what was judged since then for that reason, new and surely about a school: by story; unless
    `in_story` also what is in none."""
    sql = f"""SELECT x.story_id, {SELECTED} {NEWEST}
        WHERE v.judged_at >= $since AND list_contains(v.reason_codes, $code) AND v.relevance = 'about'
            AND v.history IS NULL AND (x.story_id IS NOT NULL OR NOT $in_story)
            AND NOT v.restricted AND NOT m.restricted
        ORDER BY v.judged_at"""
    given: dict[str, object] = {"code": code, "since": since}
    lately = "SELECT 1 FROM verdicts WHERE judged_at >= $since AND list_contains(reason_codes, $code) LIMIT 1"
    if not con.execute(lately, given).fetchone():  # most often: no table is joined for it
        return {}
    rows = con.execute(sql, given | {"in_story": in_story}).fetchall()
    return group_pairs((story_id, verdict(row)) for story_id, *row in rows)


# Verdicts of open matters that were given by the rules of before, and those that take their place.


@freeze
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
    on `x`."""
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
_MENTION = ValueTable("", Mention, columns=" ".join(f.name for f in _HELD_FIELDS))
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
    Those that `rose` (mention and school) count as given now, and their posts are kept as long as that
    asks."""
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
            texts = [r.text for r in v.reasons]
            execute(con, _REASONS, mention=v.mention_id, n=v.version, urn=v.urn, texts=texts)
        if (v.mention_id, v.urn) in rose:
            execute(con, _KEPT, mention=v.mention_id, until=retain_until([v], now, policy))
    entries = []
    for v in verdicts:
        codes = (Code.VERSION.of(v.version), Code.SEVERITY.of(int(v.severity)), Code.ROUTE.of(v.route))
        entries.append(AuditEntry(now, by, "judged_again", v.mention_id, v.urn, codes))
    append(con, entries)
    for version in sorted({v.version for v in verdicts}):
        seal_again(con, {v.mention_id: v.version for v in verdicts if v.version == version}, now)


_REASONS = """UPDATE restricted_texts SET reasons = map_concat(reasons, map([$urn], [$texts::VARCHAR[]]))
    WHERE mention_id = $mention AND n = $n"""
_KEPT = "UPDATE mentions SET retain_until = greatest(retain_until, $until) WHERE id = $mention"
