"""Stored facts about mentions that were read: were they seen before, judged, and in which words?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from data.ids import digest
from data.matters import PostVersion
from data.store.engine.rows import (
    Connection,
    Row,
    at,
    at_or_none,
    group_pairs,
    insert_rows,
    names,
    read_rows,
    replace,
)
from data.store.verdicts.verdicts import NEWEST
from data.types import ArticleRead, Outcome
from data.web.channels import PRESS

OF_SETS = """FROM mentions m JOIN judged_for j ON j.mention_id = m.id AND j.version = m.version
    JOIN school_sets s ON s.id = j.schools"""
"""The newest version of each mention with the schools that it was judged for as a whole."""


@dataclass(frozen=True, slots=True)
class SchoolSet:
    """Schools (urns) by what stands for them."""

    id: str
    urns: frozenset[str]


@lru_cache(maxsize=64)
def set_of(urns: tuple[str, ...]) -> SchoolSet:
    """The set of these schools."""
    return SchoolSet(digest(*sorted(urns))[:16], frozenset(urns))


def put_judged_for(con: Connection, judged: Sequence[tuple[str, int, SchoolSet]]) -> None:
    """Keeps that these versions (mention, version) were judged for the whole of these sets."""
    sets = {of.id: of for _, _, of in judged}
    rows = [(of.id, sorted(of.urns)) for of in sets.values()]
    insert_rows(con, "school_sets", ("id", "urns"), rows, key=("id",))
    keys = ("mention_id", "version", "schools")
    insert_rows(con, "judged_for", keys, [(i, version, of.id) for i, version, of in judged], key=keys)


def judged_for(con: Connection, ids: Sequence[str]) -> dict[tuple[str, int], tuple[SchoolSet, ...]]:
    """By mention and version, the sets that it was judged for."""
    if not ids:
        return {}
    sql = "SELECT mention_id, version, schools FROM judged_for WHERE mention_id = ANY($ids)"
    rows = read_rows(con, sql, ids=ids)
    if not rows:
        return {}
    asked = {of for *_, of in rows}
    found = read_rows(con, "SELECT id, urns FROM school_sets WHERE id = ANY($sets)", sets=asked)
    sets = {i: SchoolSet(i, frozenset(urns)) for i, urns in found}
    by_version = group_pairs(((mention, version), sets[of]) for mention, version, of in rows)
    return {at: tuple(of) for at, of in by_version.items()}


_HELD = """SELECT 'mention', id, restricted, stub FROM mentions WHERE id = ANY($ids)
UNION ALL SELECT 'fingerprint', mention_id, FALSE, FALSE FROM fingerprints WHERE mention_id = ANY($ids)
UNION ALL SELECT 'story', id, FALSE, FALSE FROM stories WHERE id = ANY($stories)
UNION ALL SELECT 'hidden', story_id, FALSE, FALSE FROM cases
    WHERE lane IS NOT NULL AND story_id = ANY($stories)"""


@dataclass(frozen=True, slots=True)
class Known:
    """The facts that are already known of a mention: its newest version and the hash of that version's text.

    `purged` is True where only a fingerprint is left; it is not judged again while its text stays the same.
    `urns` are the schools that version was judged for, beside those of `sets`. `restricted` says that an
    earlier version was for the safeguarding lead only; all later ones are too. `fetched_at` is when that
    version was read; None where it is purged.
    """

    version: int
    text_hash: str
    purged: bool = False
    urns: tuple[str, ...] = ()
    restricted: bool = False
    fetched_at: datetime | None = None
    sets: tuple[SchoolSet, ...] = ()


@dataclass(frozen=True, slots=True)
class AlreadyHeld:
    """Ids: of the mentions that are there, of those that are restricted or only stubs among them, of those
    that left a fingerprint; of the stories that are there, and of those that a case took off the ladder:
    anything that joins them is hidden too."""

    mentions: frozenset[str]
    restricted: frozenset[str]
    stubs: frozenset[str]
    fingerprints: frozenset[str]
    stories: frozenset[str]
    hidden: frozenset[str]


def already_held(con: Connection, mention_ids: Collection[str], story_ids: Collection[str]) -> AlreadyHeld:
    """Find what is there of these mentions and stories."""
    rows = read_rows(con, _HELD, ids=mention_ids, stories=story_ids)

    def of(kind: str) -> frozenset[str]:
        return frozenset(row[1] for row in rows if row[0] == kind)

    return AlreadyHeld(
        mentions=of("mention"),
        restricted=frozenset(i for _, i, restricted, _ in rows if restricted),
        stubs=frozenset(i for _, i, _, stub in rows if stub),
        fingerprints=of("fingerprint"),
        stories=of("story"),
        hidden=of("hidden"),
    )


def find_known(con: Connection, ids: Sequence[str]) -> dict[str, Known]:
    """Find what is known of those of these mentions that were seen before, purged ones included."""
    sql = """SELECT mention_id, version, text_hash, TRUE, FALSE, NULL
        FROM fingerprints WHERE mention_id = ANY($ids)
        UNION ALL SELECT id, version, text_hash, FALSE, restricted, epoch_us(fetched_at)
        FROM mentions WHERE id = ANY($ids)"""
    rows = read_rows(con, sql, ids=ids)
    judged = _judged_for(con, [(row[0], row[1]) for row in rows if not row[3]])
    sets = judged_for(con, [row[0] for row in rows if not row[3]])
    return {
        mention_id: Known(
            *(version, text, purged, judged.get(mention_id, ()), restricted, at_or_none(fetched)),
            sets=sets.get((mention_id, version), ()),
        )
        for mention_id, version, text, purged, restricted, fetched in rows
    }


def _judged_for(con: Connection, versions: Sequence[tuple[str, int]]) -> dict[str, tuple[str, ...]]:
    """The schools (urns) for which these versions of these mentions were judged."""
    if not versions:
        return {}
    newest = dict(versions)
    sql = "SELECT mention_id, version, urn FROM verdicts WHERE mention_id = ANY($ids)"
    rows = read_rows(con, sql, ids=newest)
    found: dict[str, tuple[str, ...]] = {}
    for mention_id, version, urn in rows:
        if version == newest[mention_id]:
            found[mention_id] = (*found.get(mention_id, ()), urn)
    return found


def earlier_versions(con: Connection, newest: Mapping[str, int]) -> dict[str, list[PostVersion]]:
    """Return what these posts said before, each given with its newest version; the newest of them first."""
    sql = """SELECT mention_id, n, epoch_us(fetched_at), coalesce(title, ''), coalesce(text, '')
        FROM mention_versions WHERE mention_id = ANY($ids) ORDER BY mention_id, n DESC"""
    rows = read_rows(con, sql, ids=newest) if newest else []
    older = [(post, PostVersion(n, at_or_none(us), *said)) for post, n, us, *said in rows if n < newest[post]]
    return group_pairs(older)


def about(con: Connection, ids: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Those of these mentions, with the school (urn), that name it and are about it, or reply to such."""
    if not ids:
        return frozenset()
    sql = f"""SELECT x.mention_id, x.urn {NEWEST} WHERE x.mention_id = ANY($ids)
            AND (list_contains(x.reason_codes, 'thread')
                OR v.relevance <> 'not_about' AND NOT list_contains(x.reason_codes, 'unnamed'))"""
    return frozenset(read_rows(con, sql, ids=ids))


# The articles behind headlines: which addresses were asked for, what they said, and where copies are held.

_COLUMNS = names("key mention_id read_at outcome paid again_at")
_TEXT = """SELECT mention_id, arg_max(article, n) AS article FROM (
        SELECT mention_id, n, article FROM mention_versions WHERE mention_id = ANY($ids)
        UNION ALL SELECT mention_id, n, article FROM restricted_texts WHERE mention_id = ANY($ids))
    WHERE article IS NOT NULL GROUP BY mention_id"""


def article_reads(con: Connection, keys: Sequence[str]) -> dict[str, ArticleRead]:
    """Return what became of these addresses, by key; with the text while a post that holds it is kept."""
    sql = """SELECT key, mention_id, epoch_us(read_at), outcome, paid, epoch_us(again_at)
        FROM article_reads WHERE key = ANY($keys)"""
    rows = read_rows(con, sql, keys=keys)
    texts = article_texts(con, [mention_id for _, mention_id, *_ in rows])
    return {
        key: ArticleRead(
            key, holder, at(read), Outcome(outcome), texts.get(holder, ""), paid, at_or_none(again)
        )
        for key, holder, read, outcome, paid, again in rows
    }


def article_texts(con: Connection, ids: Collection[str]) -> dict[str, str]:
    """The article behind each of these posts that has one, by post."""
    if not ids:
        return {}
    return dict(read_rows(con, _TEXT, ids=ids))


def put_article_reads(con: Connection, reads: Sequence[ArticleRead]) -> None:
    """Records that these addresses were asked for; the texts are saved with their posts."""
    rows: list[Row] = [(r.key, r.mention_id, r.at, r.outcome.value, r.paid, r.again_at) for r in reads]
    if rows:
        insert_rows(con, "article_reads", _COLUMNS, rows, key=_COLUMNS[:1], update=replace(_COLUMNS[1:]))


_COPIES = """SELECT n.mention_id AS id, n.canonical_url AS address, n.n, coalesce(n.title, '') AS title,
    trim(coalesce(n.text, '') || chr(10) || coalesce(n.article, '')) AS text
FROM mention_versions n WHERE n.canonical_url = ANY($addresses)
UNION ALL SELECT r.mention_id, r.canonical_url, r.n, '', ''
FROM restricted_texts r WHERE r.canonical_url = ANY($addresses)"""


@dataclass(frozen=True, slots=True)
class HeldCopy:
    """One copy: its mention, the canonical address, the channel by which it was judged, what it says."""

    mention_id: str
    address: str
    channel: str
    title: str
    text: str


def copies_at(con: Connection, addresses: Collection[str]) -> list[HeldCopy]:
    """The articles that are held at these addresses; of what is restricted without its words."""
    if not addresses:
        return []
    sql = f"""SELECT c.id, c.address, m.channel, c.title, c.text
        FROM ({_COPIES}) c JOIN mentions m ON m.id = c.id
        WHERE m.kind = 'article' ORDER BY c.id, c.n"""
    return [HeldCopy(*row) for row in read_rows(con, sql, addresses=addresses)]


def outranked_articles(con: Connection, ids: Collection[str]) -> frozenset[str]:
    """List those of these open articles judged as people's own words before the press brought a copy."""
    sql = """SELECT m.id, n.canonical_url FROM mentions m
        JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
        WHERE m.id = ANY($ids) AND m.channel = 'blog' AND NOT m.restricted AND n.canonical_url IS NOT NULL"""
    own = dict(read_rows(con, sql, ids=ids)) if ids else {}
    press = {copy.address for copy in copies_at(con, own.values()) if copy.channel in PRESS}
    return frozenset(mention_id for mention_id, address in own.items() if address in press)


def peoples_finds(con: Connection, source_ids: Collection[str]) -> frozenset[str]:
    """Those of these sources that brought articles, perhaps of a school, judged as somebody's words."""
    sql = """SELECT DISTINCT s.source_id FROM sightings s JOIN mentions m ON m.id = s.mention_id
        JOIN matches x ON x.mention_id = m.id AND x.version = m.version
        WHERE s.source_id = ANY($ids) AND m.kind = 'article' AND m.channel = 'blog'
            AND x.story_id IS NOT NULL"""
    return frozenset(row[0] for row in read_rows(con, sql, ids=source_ids)) if source_ids else frozenset()
