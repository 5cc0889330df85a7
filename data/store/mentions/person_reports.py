"""Reports by people: who made one, what is withheld at an address, and the alert raised for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from data.judged import HANDED_IN
from data.matters import Reported as Reported
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.rows import (
    Connection,
    at,
    group_pairs,
    insert_rows,
    read_column,
    read_rows,
    read_value,
)
from data.store.sealing import seal_column
from data.types import MentionKind
from data.web.urls import canonical_url


@dataclass(frozen=True, slots=True)
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
        (i, Reported(i, at(done_us), note, _first(Code.NUMBER, codes), place, saw))
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


@dataclass(frozen=True, slots=True)
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
        AND list_contains(v.reason_codes, '{HANDED_IN}')
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
    """List what was handed in for this school within that time, raised no alert, was never passed
    (`note_passed`) and was looked at by none of these people (ids): nobody has it, marked it, or did anything
    to it since."""
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
