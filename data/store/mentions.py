"""Mentions: saved with everything that follows from them, known again, and reported by people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import field
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from data.frozen import freeze
from data.ids import digest, text_hash
from data.judged import HANDED_IN
from data.keeping import is_restricted, retain_until
from data.matters import PostVersion
from data.matters import Reported as Reported
from data.search import bits_of
from data.store import alerts as alert_store
from data.store import stories as story_store
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import (
    Connection,
    Row,
    at,
    at_or_none,
    execute,
    group_pairs,
    insert_rows,
    names,
    read_column,
    read_rows,
    read_value,
    replace,
)
from data.store.engine.tables import (
    BITS,
    MATCHES,
    MENTIONS,
    RESTRICTED,
    VERDICTS,
    VERSIONS,
    StoredTable,
    held_sql,
)
from data.store.outbox import put_outbox
from data.store.sealing import hide_in_threads, restrict, seal_again, seal_column
from data.store.sources import record_first_reads, record_runs
from data.store.stories import put_enclosures
from data.store.verdicts import NEWEST, reason_columns, verdict_rows
from data.types import (
    Alert,
    ArticleRead,
    Folded,
    HeldPost,
    Match,
    Mention,
    MentionKind,
    OutboxMessage,
    Outcome,
    Policy,
    Sketch,
    SourceRun,
    Story,
    Verdict,
)
from data.web.channels import PRESS
from data.web.urls import canonical_url

OF_SETS = """FROM mentions m JOIN judged_for j ON j.mention_id = m.id AND j.version = m.version
    JOIN school_sets s ON s.id = j.schools"""
"""The newest version of each mention with the schools that it was judged for as a whole."""


@freeze
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


@freeze
class Known:
    """The facts that are already known of a mention: its newest version and the hash of that version's text.

    `purged` is True where only a fingerprint is left; it is not judged again while its text stays the same.
    `urns` are the schools that version was judged for, beside those of `sets`. `restricted` says that an
    earlier version was for the safeguarding lead only; all later ones are too. `fetched_at` is when that
    version was read; None where it is purged. `gone`: it was seen gone and its words were deleted.
    """

    version: int
    text_hash: str
    purged: bool = False
    urns: tuple[str, ...] = ()
    restricted: bool = False
    fetched_at: datetime | None = None
    sets: tuple[SchoolSet, ...] = ()
    gone: bool = False


@freeze
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


def find_known(con: Connection, ids: Sequence[str], *, unmatched: bool = True) -> dict[str, Known]:
    """Find what is known of those of these mentions that were seen before, purged ones included; `unmatched`
    those too that were about no school, else these as if they had been judged for none."""
    sql = """SELECT mention_id, version, text_hash, $unmatched OR unmatched IS NOT TRUE, FALSE, NULL, FALSE
        FROM fingerprints WHERE mention_id = ANY($ids)
        UNION ALL SELECT id, version, text_hash, FALSE, restricted, epoch_us(fetched_at),
            stub AND NOT restricted AND gone_at IS NOT NULL FROM mentions WHERE id = ANY($ids)"""
    rows = read_rows(con, sql, ids=ids, unmatched=unmatched)
    judged = _judged_for(con, [(row[0], row[1]) for row in rows if not row[3]], unmatched=unmatched)
    sets = judged_for(con, [row[0] for row in rows if not row[3]]) if unmatched else {}
    return {
        mention_id: Known(
            *(version, text, purged, judged.get(mention_id, ()), restricted, at_or_none(fetched)),
            sets=sets.get((mention_id, version), ()),
            gone=gone,
        )
        for mention_id, version, text, purged, restricted, fetched, gone in rows
    }


def _judged_for(
    con: Connection, versions: Sequence[tuple[str, int]], *, unmatched: bool
) -> dict[str, tuple[str, ...]]:
    """The schools (urns) for which these versions of these mentions were judged; `unmatched` as above."""
    if not versions:
        return {}
    newest = dict(versions)
    sql = """SELECT mention_id, version, urn FROM verdicts
        WHERE mention_id = ANY($ids) AND ($unmatched OR relevance <> 'not_about')"""
    rows = read_rows(con, sql, ids=newest, unmatched=unmatched)
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


def held_words(con: Connection, ids: Collection[str]) -> dict[str, str]:
    """The newest words of each of these posts, else its title, by post; none of what is deleted."""
    sql = f"""SELECT m.id, coalesce(nullif({held_sql("text")}, ''), {held_sql("title")}, '') AS said
        FROM mentions m JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
        LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version
        WHERE m.id = ANY($ids) AND said <> ''"""
    return dict(read_rows(con, sql, ids=ids)) if ids else {}


_LEAST_JUDGED = 20
"""Where seven posts in ten are ours, nine of ten are by chance one time in seven, eighteen of twenty one
time in thirty."""
_JUDGED_FOR = timedelta(days=28)
"""Criticism is kept for 30 days: of longer ago, only how many came is known for certain."""
_PLACES_OF_OURS = f"""WITH busy AS (  -- those of these sources that brought enough posts, with how many
        SELECT source_id, sum(mentions_new) AS brought FROM source_runs
        WHERE source_id = ANY($ids) AND started_at >= $since
        GROUP BY source_id HAVING brought >= $least),
    alone AS (  -- each moment at which a single source first saw a mention
        SELECT mention_id, first_seen, min(source_id) AS source_id FROM sightings
        WHERE first_seen >= $since AND EXISTS (FROM busy)
        GROUP BY mention_id, first_seen HAVING count(*) = 1),
    judged AS (  -- what each busy source alone brought, counted by school
        SELECT a.source_id, x.urn, count(*) FILTER (t.says_whose AND v.relevance = 'about') AS ours,
            count(*) FILTER (NOT t.says_whose AND list_contains(x.reason_codes, 'listing')) AS by_place
        {NEWEST}
        JOIN alone a ON a.mention_id = m.id AND a.first_seen = m.first_seen,
        LATERAL (SELECT list_has_any(x.reason_codes, $named)
            AND NOT list_has_any(x.reason_codes, $shared) AS says_whose) t
        WHERE a.source_id IN (SELECT source_id FROM busy)
        GROUP BY ALL)
    SELECT source_id, urn FROM judged JOIN busy USING (source_id)
    WHERE brought - by_place >= $least AND 10 * ours >= 9 * (brought - by_place)"""


def places_of_ours(
    con: Connection,
    source_ids: Collection[str],
    now: datetime,
    *,
    named: Collection[str],
    shared: Collection[str],
) -> frozenset[tuple[str, str]]:
    """Those of these sources, each with the school (urn), where nine in ten of the posts that came in four
    weeks, those deleted since included, were about the school: by a reason of `named` and none of `shared`.
    What is the school's by where it stands alone counts neither for the place nor against it."""
    given = {"since": now - _JUDGED_FOR, "least": _LEAST_JUDGED, "named": named, "shared": shared}
    return frozenset(read_rows(con, _PLACES_OF_OURS, ids=source_ids, **given)) if source_ids else frozenset()


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


@freeze
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


# Reports by people: who made one, what is withheld at an address, and the alert raised for it.


@freeze
class PostThere:
    """A post at an address, in its newest version, as far as another report of it needs it."""

    mention_id: str
    channel: str
    kind: MentionKind
    parent: str | None
    title: str
    text: str
    restricted: bool
    author: str | None


def find_reports(con: Connection, mention_ids: Sequence[str]) -> dict[str, list[Reported]]:
    """List who reported each of these mentions, earliest first; empty for mentions read from a source."""
    sql = """WITH found AS MATERIALIZED (
            SELECT n, done_at, subject, codes FROM audit WHERE action = 'reported_in' AND (subject = ANY($ids)
                OR n IN (SELECT entry FROM sightings WHERE mention_id = ANY($ids))))
        SELECT coalesce(s.mention_id, a.subject), epoch_us(a.done_at), n.note, a.codes, f.place
        FROM found a LEFT JOIN sightings s ON s.entry = a.n AND s.mention_id = ANY($ids)
        LEFT JOIN audit_notes n ON list_contains(a.codes, $note || n.sha256)
        LEFT JOIN files_not_taken f ON list_contains(a.codes, $number || f.number) ORDER BY a.n"""
    rows = read_rows(con, sql, ids=mention_ids, note=Code.NOTE.of(""), number=Code.NUMBER.of(""))
    return group_pairs(
        (i, Reported(at(done_us), note, _first(Code.NUMBER, codes), place, saw))
        for i, done_us, note, codes, place in rows
        for saw in [next(map(datetime.fromisoformat, Code.SEEN_AT.values(codes)), None)]
    )


def put_file_not_taken(con: Connection, number: str, mention_id: str, urn: str, place: str) -> None:
    """Keeps where a file lies that came with the report of this number and was not taken."""
    columns = ("number", "mention_id", "urn", "place")
    insert_rows(con, "files_not_taken", columns, [(number, mention_id, urn, place)], key=("number",))


def put_says(con: Connection, mention_id: str, urn: str, says: str, now: datetime) -> None:
    """Keeps what was first said at the door of a post for this school: nobody replaces that later."""
    columns = ("mention_id", "urn", "says", "said_at")
    insert_rows(con, "handed_in", columns, [(mention_id, urn, says, now)], key=("mention_id", "urn"))


@freeze
class UnreadHandIn:
    """A post that somebody handed in, or sent on by mail, `at` that time, and that nobody has looked at.
    `number` is what its bringer was given and `brought` who that is (an id), "" where there is none; `says`
    is what they said of it, as it is kept. `words` are its title and text, also of what is restricted."""

    mention_id: str
    story_id: str
    at: datetime
    number: str
    brought: str
    channel: str
    restricted: bool
    says: str
    words: str


_UNREAD = f"""WITH handed AS (
    SELECT subject AS id, done_at, codes FROM audit
    WHERE action = 'reported_in' AND urn = $urn AND done_at >= $since AND done_at < $until
    UNION ALL
    SELECT m.id, m.first_seen, [] FROM mentions m JOIN verdicts v ON v.mention_id = m.id
    WHERE v.version = m.version AND v.urn = $urn AND m.first_seen >= $since AND m.first_seen < $until
        AND (list_contains(v.reason_codes, '{HANDED_IN}') OR (v.restricted AND v.history IS NULL))
        AND m.id NOT IN (SELECT mention_id FROM sightings WHERE source_id = 'report-in')
)
SELECT h.id, x.story_id, epoch_us(h.done_at), h.codes, m.channel, m.restricted OR v.restricted,
    coalesce(w.says, ''), concat_ws(' ', coalesce(r.title, n.title), coalesce(r.text, n.text))
FROM handed h JOIN mentions m ON m.id = h.id
JOIN matches x ON x.mention_id = m.id AND x.version = m.version AND x.urn = $urn
JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version AND v.urn = $urn
JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version
LEFT JOIN handed_in w ON w.mention_id = m.id AND w.urn = $urn
WHERE x.story_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.action = 'hand_in_passed' AND a.subject = h.id
        AND a.urn = $urn)
    AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.story_id = x.story_id AND a.urn = $urn)
    AND NOT EXISTS (SELECT 1 FROM owners o WHERE o.story_id = x.story_id AND o.urn = $urn
        AND (o.person_id IS NOT NULL OR o.marked_at >= h.done_at))
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.story_id = x.story_id AND c.urn = $urn
        AND (c.closed_at IS NULL OR c.opened_at >= h.done_at))
    AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.subject IN (x.story_id, h.id) AND a.done_at >= h.done_at
        AND a.actor = ANY($people) AND a.action <> 'evidence_kept')
ORDER BY h.done_at, h.id"""


def unread_hand_ins(
    con: Connection, urn: str, since: datetime, until: datetime, people: Collection[str]
) -> list[UnreadHandIn]:
    """List what was handed in for this school within that time, or is sealed, that raised no alert, was never
    passed (`note_passed`) and was looked at by none of these people (ids): nobody has it, marked it, or did
    anything to it since."""
    rows = read_rows(con, _UNREAD, urn=urn, since=since, until=until, people=list(people))
    return [
        UnreadHandIn(
            mention, story, at(done_us), _first(Code.NUMBER, codes), _first(Code.BROUGHT, codes), *said
        )
        for mention, story, done_us, codes, *said in rows
    ]


def _first(kind: Code, codes: Sequence[str]) -> str:
    return next(iter(kind.values(codes)), "")


def note_passed(con: Connection, urn: str, passed: Mapping[str, str], now: datetime) -> None:
    """Records to whom (an id) each of these posts (ids) was passed to be read, so that none is again."""
    of = ((mention, (Code.PERSON.of(to),)) for mention, to in passed.items())
    append(con, [AuditEntry(now, "schoolgate", "hand_in_passed", mention, urn, to) for mention, to in of])


def handed_in(con: Connection, urn: str, reference: str) -> list[str]:
    """The posts (ids) handed in for this school by number; those without one, by the start of their id."""
    sql = """SELECT DISTINCT subject FROM audit WHERE action = 'reported_in' AND urn = $urn AND CASE
            WHEN len([c FOR c IN codes IF starts_with(c, $numbers)]) > 0
            THEN list_contains(codes, $numbers || $reference)
            ELSE length($reference) >= 8 AND starts_with(subject, $reference) END ORDER BY subject"""
    return read_column(con, sql, urn=urn, reference=reference, numbers=Code.NUMBER.of(""))


def post_to_look_at(con: Connection, urn: str) -> list[str]:
    """Return a post (its id) of the school's newest alert, of a restricted one where there is any: to look at
    in the place of none."""
    sql = """SELECT x.mention_id FROM alerts a JOIN matches x USING (story_id, urn) WHERE a.urn = $urn
        ORDER BY a.restricted DESC, a.raised_at DESC, x.mention_id LIMIT 1"""
    return read_column(con, sql, urn=urn)


def brought_by(con: Connection, urn: str, number: str, person: str) -> bool:
    """Did that person (an id) hand in something for this school under that number?"""
    sql = """SELECT count(*) > 0 FROM audit WHERE action = 'reported_in' AND urn = $urn
            AND list_contains(codes, $number) AND list_contains(codes, $person)"""
    codes = {"number": Code.NUMBER.of(number), "person": Code.BROUGHT.of(person)}
    return bool(read_value(con, sql, urn=urn, **codes))


def list_handed_in(con: Connection, urn: str, person: str) -> list[tuple[str, str, str]]:
    """List what a person (an id) handed in for this school: post (id), address, words ("": none)."""
    sql = """SELECT m.id, coalesce(r.url, m.url, ''), coalesce(r.text, n.text, '') FROM mentions m
        JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
        LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version
        WHERE m.id IN (SELECT subject FROM audit WHERE action = 'reported_in' AND urn = $urn
            AND list_contains(codes, $person)) ORDER BY m.id"""
    return read_rows(con, sql, urn=urn, person=Code.BROUGHT.of(person))


def handed_in_for(con: Connection, urn: str, mention_ids: Sequence[str]) -> list[str]:
    """Those of these mentions that were handed in for this school."""
    sql = """SELECT DISTINCT subject FROM audit
        WHERE action = 'reported_in' AND urn = $urn AND subject = ANY($ids) ORDER BY subject"""
    return read_column(con, sql, urn=urn, ids=list(mention_ids))


_WITHDRAWN = """SELECT subject FROM (
    SELECT subject, urn, max(n) FILTER (WHERE action = 'reported_in') AS said,
        max(n) FILTER (WHERE action = 'child_image_withdrawn') AS withdrawn
    FROM audit WHERE action IN ('reported_in', 'child_image_withdrawn')
        AND subject IN (SELECT subject FROM audit WHERE action = 'child_image_withdrawn')
    GROUP BY subject, urn) GROUP BY subject HAVING bool_and(coalesce(withdrawn > said, said IS NULL))"""
_THERE = f"""SELECT coalesce(r.url, m.url), m.id, m.channel, m.kind, m.parent,
    coalesce(r.title, n.title, ''), coalesce(r.text, n.text, ''), m.restricted, coalesce(r.author, m.author)
FROM mentions m JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version
WHERE contains(lower(coalesce(r.url, m.url)), $host)
    AND (m.restricted OR EXISTS (
        SELECT 1 FROM sightings s WHERE s.mention_id = m.id AND s.source_id = 'report-in'))
    AND m.id NOT IN ({_WITHDRAWN})
ORDER BY NOT m.restricted, m.first_seen, m.id"""


def posts_there(con: Connection, url: str) -> list[PostThere]:
    """The posts at an address, restricted (first) or handed in, but for withdrawn images; oldest first."""
    wanted = canonical_url(url)
    rows = read_rows(con, _THERE, host=urlsplit(wanted).hostname or "")
    return [
        PostThere(mention_id, channel, MentionKind(kind), *rest)
        for found, mention_id, channel, kind, *rest in rows
        if canonical_url(found) == wanted
    ]


def restricted_places(con: Connection) -> list[tuple[str, str | None]]:
    """Id and address of every restricted mention; None where it was handed over and only a stub is left."""
    sql = """SELECT DISTINCT m.id, r.url FROM mentions m LEFT JOIN restricted_texts r ON r.mention_id = m.id
        WHERE m.restricted ORDER BY ALL"""
    return read_rows(con, sql)


def images_withdrawn(con: Connection) -> frozenset[str]:
    """The reports (ids) that an image may show a child which a safeguarding lead has withdrawn: of each
    school where it was reported, one."""
    return frozenset(read_column(con, _WITHDRAWN))


def shown_at(con: Connection, url: str) -> list[str]:
    """Ids of the unrestricted mentions at this address, however it is written."""
    wanted = canonical_url(url)
    sql = "SELECT id, url FROM mentions WHERE NOT restricted AND contains(lower(url), $host) ORDER BY id"
    rows = read_rows(con, sql, host=urlsplit(wanted).hostname or "")
    return [mention_id for mention_id, found in rows if canonical_url(found) == wanted]


def alert_of(con: Connection, mention_id: str, urn: str) -> str | None:
    """The id of the newest alert on a story of this mention; None where none was raised."""
    sql = """SELECT a.id FROM alerts a JOIN matches x ON x.story_id = a.story_id AND x.urn = a.urn
        WHERE x.mention_id = $mention AND a.urn = $urn ORDER BY a.raised_at DESC, a.id LIMIT 1"""
    found = read_value(con, sql, mention=mention_id, urn=urn)
    return None if found is None else str(found)


def stories_beside_restricted(con: Connection, story_ids: Sequence[str]) -> dict[str, set[str]]:
    """List those of these stories beside a restricted post of a thread, with the stories of that."""
    sql = """SELECT id, parent, story_id FROM mentions
        LEFT JOIN matches ON mention_id = id AND story_id IS NOT NULL
        WHERE restricted"""
    threads: dict[str, set[tuple[str, str]]] = {}
    for mention_id, parent, story in read_rows(con, sql) if story_ids else []:
        for thread in (parent or mention_id, mention_id):
            threads.setdefault(thread, set()).add((mention_id, story or ""))
    if not threads:
        return {}
    sql = """SELECT DISTINCT story_id, id, coalesce(parent, id) FROM matches JOIN mentions ON id = mention_id
        WHERE story_id = ANY($ids)"""
    found: dict[str, set[str]] = {}
    for story, mention_id, thread in read_rows(con, sql, ids=story_ids):
        if others := {of for other, of in threads.get(thread, ()) if other != mention_id}:
            found.setdefault(story, set()).update(others)
    return found


def put_channel_right(con: Connection, mention_id: str, channel: str, now: datetime) -> None:
    """Record where a handed-in post is, as a person says now; what a source read stays as it was."""
    sql = """UPDATE mentions SET channel = $channel WHERE id = $id
        AND EXISTS (SELECT 1 FROM audit WHERE action = 'reported_in' AND subject = $id) RETURNING id"""
    changed = read_rows(con, sql, channel=channel, id=mention_id)
    if changed:
        seal_column(con, mention_id, "channel", now)


# Whether posts still stand where they were read: asked of the platforms whose rules want it known.

_HELD_POSTS = f"""SELECT m.id, {held_sql("url")} FROM mentions m
JOIN (SELECT mention_id, max(last_seen) AS last_seen FROM sightings WHERE source_id = $source
    GROUP BY mention_id) s ON s.mention_id = m.id
LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version
WHERE NOT m.stub AND m.gone_at IS NULL AND {held_sql("url")} IS NOT NULL
    AND greatest(m.looked_at, s.last_seen)
        <= CASE WHEN m.missing_at >= s.last_seen THEN $missing_since ELSE $since END
ORDER BY coalesce(m.missing_at < s.last_seen, TRUE), greatest(m.looked_at, s.last_seen), m.id LIMIT 1000"""


def note_looked_up(con: Connection, source_id: str) -> None:
    """Note which posts of a source are looked up with its key: their words go where they are no more."""
    sql = """UPDATE mentions SET looked_at = first_seen WHERE looked_at IS NULL AND NOT stub
        AND id IN (SELECT mention_id FROM sightings WHERE source_id = $source)"""
    execute(con, sql, source=source_id)


def posts_to_look_up(
    con: Connection, source_id: str, since: datetime, missing_since: datetime
) -> list[HeldPost]:
    """List the posts of a source that its platform neither showed nor was asked for since then; first those
    that were missing there, and were not asked for since `missing_since`."""
    rows = read_rows(con, _HELD_POSTS, source=source_id, since=since, missing_since=missing_since)
    return [HeldPost(*row) for row in rows]


_LOOKED = """UPDATE mentions SET looked_at = $now,
    gone_at = CASE WHEN list_contains($twice, id) THEN $now END,
    missing_at = CASE WHEN NOT list_contains($missing, id) THEN NULL
        WHEN list_contains($twice, id) THEN missing_at ELSE $now END
WHERE id = ANY($asked) AND gone_at IS NULL"""


_UNANSWERED = """UPDATE mentions SET looked_at = CASE WHEN missing_at >= (SELECT max(last_seen) FROM sightings
    WHERE mention_id = mentions.id) THEN $now ELSE $again END WHERE id = ANY($ids)"""


def note_lookup(
    con: Connection, asked: Collection[str], missing: Collection[str] | None, now: datetime, again: datetime
) -> int:
    """Note that a platform was asked for these posts (ids), which are `missing` there; None where it did not
    say: they count as looked up at `again`, or now where they were missing. Those that were missing at the
    last lookup too, and not shown since, are gone, which is audited: how many they are."""
    if missing is None:
        execute(con, _UNANSWERED, now=now, again=again, ids=asked)
        return 0
    sql = """SELECT id FROM mentions m WHERE id = ANY($ids) AND NOT stub AND gone_at IS NULL
        AND missing_at >= (SELECT max(last_seen) FROM sightings WHERE mention_id = m.id) ORDER BY id"""
    twice = read_column(con, sql, ids=missing)
    execute(con, _LOOKED, now=now, asked=asked, missing=missing, twice=twice)
    append(con, [AuditEntry(now, "schoolgate", "seen_gone", mention_id) for mention_id in twice])
    return len(twice)


# Saves what runs of sources brought, with everything that follows from it, or nothing.


@freeze
class BatchMentions:
    """The mentions of a batch, with what is known of each by its id. `restricted` are ids, `hashes` those of
    `data.ids.text_hash`; a mention that was not folded has no sketch. `articles` are the texts behind
    headlines."""

    mentions: Sequence[Mention]
    versions: Mapping[str, int]
    restricted: Set[str]
    sketches: Mapping[str, Sketch]
    hashes: Mapping[str, str]
    articles: Mapping[str, str]


def mention_rows(taken: BatchMentions, until: Mapping[str, datetime], now: datetime) -> list[Row]:
    """One row per mention; a restricted one without its address and author."""
    rows: list[Row] = []
    for m in taken.mentions:
        hidden = m.id in taken.restricted
        state = {"restricted": hidden, "stub": False, "first_seen": now, "retain_until": until[m.id]}
        state |= {"looked_at": None, "missing_at": None, "gone_at": None}
        of = {"version": taken.versions[m.id], "text_hash": taken.hashes[m.id]}
        rows.append(MENTIONS.row(m, {**of, **state}, hidden=hidden))
    return rows


def version_rows(taken: BatchMentions) -> list[Row]:
    """One row per version: its texts unless restricted, and the fingerprints that folding compares."""
    rows: list[Row] = []
    for m in taken.mentions:
        hidden, sketch = m.id in taken.restricted, taken.sketches.get(m.id)
        bits = () if hidden else bits_of((m.title, m.text, m.quoted, m.author, m.url))
        own = {
            "mention_id": m.id,
            "n": taken.versions[m.id],
            "text_hash": taken.hashes[m.id],
            "canonical_url": sketch and sketch.canonical_url,
            "minhash": sketch and sketch.minhash,
            "body_hash": sketch and sketch.text_hash,
            "article": taken.articles.get(m.id),
            **dict(zip(BITS, bits, strict=False)),
        }
        rows.append(VERSIONS.row(m, own, hidden=hidden))
    return rows


def restricted_rows(taken: BatchMentions, verdicts: Sequence[Verdict]) -> list[Row]:
    """One row per version of a restricted mention: all that is hidden elsewhere, with reasons by school."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for verdict in verdicts:
        reasons.setdefault(verdict.mention_id, {})[verdict.urn] = [r.text for r in verdict.reasons]
    rows: list[Row] = []
    for m in taken.mentions:
        if m.id in taken.restricted:
            sketch, texts = taken.sketches.get(m.id), reasons.get(m.id, {})
            own = {
                "mention_id": m.id,
                "n": taken.versions[m.id],
                "canonical_url": sketch and sketch.canonical_url,
                "reasons": {"key": list(texts), "value": list(texts.values())},  # a MAP, as DuckDB takes it
                "article": taken.articles.get(m.id),
            }
            rows.append(RESTRICTED.row(m, own))
    return rows


def match_rows(
    matches: Sequence[tuple[str, int, Match]], folded: Sequence[Folded], restricted: Set[str]
) -> list[Row]:
    """One row per match, with its story. Raises ValueError where something was folded without a match."""
    story = {(f.mention_id, f.urn): f for f in folded}
    rows: list[Row] = []
    for mention_id, version, match in matches:
        f = story.pop((mention_id, match.urn), None)
        own = {"mention_id": mention_id, "version": version, **reason_columns(match.reasons)}
        own |= {"story_id": f and f.story_id, "how": f and f.how, "seen_at": f and f.sketch.seen_at}
        rows.append(MATCHES.row(match, own, hidden=mention_id in restricted))
    if story:
        raise ValueError(f"folded without a match: {sorted(story)}")
    return rows


@freeze
class Batch:
    """One run of one source and everything it led to.

    `mentions` are the new and edited ones, `versions` their versions by id; `seen` are all ids sighted in
    this run, changed or not. `matches` are (mention id, version, match); every item of `folded` belongs to
    one of them. `kept_out` names, by alert, people the story turns out to be about although it is not told
    again. `urns` are the schools the source was read for. `articles` are the texts behind headlines, by
    mention, `article_reads` what became of asking for them. `judged_for` are (mention id, version, schools)
    where it was judged for more schools than have a match. `counted` are posts, with the hash of their
    words, of which only that is kept.
    """

    run: SourceRun
    source_id: str
    mentions: tuple[Mention, ...]
    versions: Mapping[str, int]
    seen: tuple[str, ...]
    matches: tuple[tuple[str, int, Match], ...]
    stories: tuple[Story, ...]
    folded: tuple[Folded, ...]
    verdicts: tuple[Verdict, ...]
    alerts: tuple[Alert, ...]
    outbox: tuple[OutboxMessage, ...]
    kept_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    urns: tuple[str, ...] = ()
    articles: Mapping[str, str] = field(default_factory=dict)
    article_reads: tuple[ArticleRead, ...] = ()
    judged_for: tuple[tuple[str, int, SchoolSet], ...] = ()
    counted: Mapping[str, str] = field(default_factory=dict)


def save_all(con: Connection, batches: Sequence[Batch], *, now: datetime, policy: Policy) -> None:
    """Writes these batches whole in the caller's transaction; saving them again changes nothing. The texts of
    mentions with a restricted verdict go only to `restricted_texts`, with those of their earlier versions;
    once restricted, a mention stays so. Most runs bring nothing new: of those only the run is written. Raises
    ValueError where two batches bring the same mention, or an alert on the same story."""
    _refuse_twice([{m.id for m in b.mentions} for b in batches])
    _refuse_twice([{(a.story_id, a.urn) for a in b.alerts} for b in batches])
    record_runs(con, [b.run for b in batches])
    record_first_reads(con, [(b.run, b.urns) for b in batches])
    put_article_reads(con, [read for b in batches for read in b.article_reads])
    seen = {i for b in batches for i in (*b.seen, *(m.id for m in b.mentions))}
    if seen:
        touched = {f.story_id for b in batches for f in b.folded} | {s.id for b in batches for s in b.stories}
        held = already_held(con, seen, touched)
        _save_news(con, [b for b in batches if b.mentions], held, now, policy)
        _save_sightings(con, batches, held, now, policy)
    if counted := {i: hashed for b in batches for i, hashed in b.counted.items()}:
        until = now + timedelta(days=policy.criticism_days)
        rows = [(i, 1, hashed, now, until, False) for i, hashed in counted.items()]
        insert_rows(con, "fingerprints", _PRINT, rows, key=_PRINT[:1], update=replace(_PRINT[1:]))
    alert_store.put_alerts(con, [a for b in batches for a in b.alerts], now)
    for b in batches:
        alert_store.exclude_from_alerts(con, b.kept_out, now)
    put_outbox(con, [m for b in batches for m in b.outbox], now)


def _refuse_twice(given: Sequence[Collection[object]]) -> None:
    if len(set().union(*given)) < sum(map(len, given)):
        raise ValueError("two batches of one group bring the same mention, or an alert on the same story")


def _save_news(
    con: Connection, batches: Sequence[Batch], held: AlreadyHeld, now: datetime, policy: Policy
) -> None:
    """The new and edited mentions of these batches, and what was made of them."""
    if not batches:
        return
    # Ids of their mentions that are or were restricted, or whose story a case has hidden
    joined = {f.mention_id for b in batches for f in b.folded if f.story_id in held.hidden}
    judged = {v.mention_id for b in batches for v in b.verdicts if is_restricted(v)}
    restricted = judged | joined | {m.id for b in batches for m in b.mentions if m.id in held.restricted}
    written = {m.id: b.versions[m.id] for b in batches for m in b.mentions}
    if known := held.fingerprints.intersection(written):
        execute(con, "DELETE FROM fingerprints WHERE mention_id = ANY($ids)", ids=known)
    for table, rows in _tables(batches, restricted, now, policy):
        new, again = (
            [r for r in rows if r[0] not in held.mentions],
            [r for r in rows if r[0] in held.mentions],
        )
        insert_rows(con, table.name, table.names, new, key=table.key, new=True)
        insert_rows(con, table.name, table.names, again, key=table.key, update=table.update)
    put_judged_for(con, [one for b in batches for one in b.judged_for])
    story_store.put_stories(con, [s for b in batches for s in b.stories], held.stories)
    restrict(con, sorted(restricted), now)
    hide_in_threads(con, list(written), list(held.stories), now)
    seal_again(con, written, now)
    put_enclosures(con, [(m, b.source_id) for b in batches for m in b.mentions])


def _tables(
    batches: Sequence[Batch], restricted: set[str], now: datetime, policy: Policy
) -> Iterator[tuple[StoredTable, list[Row]]]:
    """Each table with its rows."""
    judged = [v for b in batches for v in b.verdicts]
    folded = [f for b in batches for f in b.folded]
    verdicts = group_pairs((verdict.mention_id, verdict) for verdict in judged)
    mentions = [m for b in batches for m in b.mentions]
    until = {m.id: retain_until(verdicts.get(m.id, ()), now, policy) for m in mentions}
    taken = BatchMentions(
        mentions,
        versions={i: n for b in batches for i, n in b.versions.items()},
        restricted=restricted,
        sketches={f.mention_id: f.sketch for f in folded},
        hashes={m.id: text_hash(m.title, m.text) for m in mentions},
        articles={i: text for b in batches for i, text in b.articles.items()},
    )
    yield MENTIONS, mention_rows(taken, until, now)
    yield VERSIONS, version_rows(taken)
    yield RESTRICTED, restricted_rows(taken, judged)
    yield MATCHES, match_rows([m for b in batches for m in b.matches], folded, restricted)
    yield VERDICTS, verdict_rows(judged, restricted, now)


_PRINT = names("mention_id version text_hash purged_at retain_until unmatched")
_SIGHTING = names("mention_id source_id first_seen last_seen")


def _save_sightings(
    con: Connection, batches: Sequence[Batch], held: AlreadyHeld, now: datetime, policy: Policy
) -> None:
    """Save where each mention was seen, unless a stub or a fingerprint is all that is left of it."""
    written: set[str] = set()
    rows = []
    for b in batches:
        written.update(m.id for m in b.mentions)
        gone = held.stubs - written  # until a batch brings it anew
        rows += [(i, b.source_id, now, now) for i in (*b.seen, *(m.id for m in b.mentions)) if i not in gone]
    new, again = written - held.mentions, held.mentions
    key, later = _SIGHTING[:2], {"last_seen": "greatest(sightings.last_seen, excluded.last_seen)"}
    insert_rows(con, "sightings", _SIGHTING, [r for r in rows if r[0] in new], key=key, new=True)
    insert_rows(con, "sightings", _SIGHTING, [r for r in rows if r[0] in again], key=key, update=later)
    if left := held.fingerprints - written:
        sql = """UPDATE fingerprints SET retain_until = greatest(retain_until, $until)
            WHERE mention_id = ANY($left)"""
        execute(con, sql, until=now + timedelta(days=policy.criticism_days), left=left)
