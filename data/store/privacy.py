"""Data held about a person who asked: their posts, posts that name them, and what was typed about them.

Asked only for a recorded request of theirs (docs/privacy.md): there is no index on authors, and no other
question is answered from here but `data.store.cases`'s.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from data.cases import EvidenceFile, Post
from data.content_class import ContentClass
from data.frozen import freeze
from data.ids import PLAIN_FEED, digest, mention_id, text_hash
from data.privacy import PrivacyRequest, SearchTerm, fold
from data.store.cases import posts_of
from data.store.engine.audit_chain import AuditEntry, Code, append, record_act
from data.store.engine.rows import (
    Connection,
    ValueTable,
    at,
    group_pairs,
    insert_rows,
    names,
    read_column,
    read_rows,
    read_value,
)
from data.store.evidence import FILES
from data.store.mentions import OF_SETS
from data.store.owners import notes_of_schools
from data.types import Mention
from data.web.urls import canonical_url


@freeze
class FoundPost:
    """A post as its page shows it, `theirs` by its author, in `stories`; a restricted one without words."""

    post: Post
    theirs: bool
    restricted: bool
    retain_until: datetime
    stories: tuple[str, ...]


@freeze
class TypedNote:
    """Words that somebody of the school typed: in a step of a case, on these stories, or an own account."""

    at: datetime
    by: str
    words: str
    case_id: str | None = None
    n: int = 0
    stories: tuple[str, ...] = ()


@freeze
class Found:
    """Everything that was found, the oldest first."""

    posts: tuple[FoundPost, ...]
    notes: tuple[TypedNote, ...]
    cases: tuple[str, ...]
    """Numbers of the cases about these posts, and of those with a note that names them."""


_WORDS = """
SELECT m.id, m.url, m.author, n.title, n.text, n.quoted, n.article
FROM mentions m JOIN mention_versions n ON n.mention_id = m.id WHERE {mine}
UNION ALL SELECT m.id, r.url, r.author, r.title, r.text, r.quoted, r.article
FROM mentions m JOIN restricted_texts r ON r.mention_id = m.id WHERE {mine}"""
_JUDGED = f"""SELECT mention_id FROM verdicts WHERE urn = ANY($urns)
    UNION SELECT m.id {OF_SETS} WHERE list_has_any(s.urns, $urns)"""
_MINE = f"m.id IN ({_JUDGED})"


def find_held(
    con: Connection, urns: Sequence[str], wanted: SearchTerm, people: Collection[str] = ()
) -> Found:
    """Find all that is held of these schools; `people` are ids of who asked, if they work there."""
    theirs, about = _ids(con, urns, wanted)
    about |= judged_about(con, urns, people)
    found = _posts(con, {*theirs, *about}, theirs)
    cases = _cases_of(con, urns, [p.post.mention_id for p in found], people)
    about_theirs = _cases_of(con, urns, sorted(theirs), ())
    typed = (
        *_notes(con, urns, wanted, about_theirs),
        *_notes_on_matters(con, urns, wanted),
    )
    named = {note.case_id for note in typed if note.case_id}
    return Found(found, typed, tuple(sorted({*cases, *named})))


def _ids(con: Connection, urns: Sequence[str], wanted: SearchTerm) -> tuple[set[str], set[str]]:
    """Ids of the posts that they wrote, and of those that name them. Every version is looked at."""
    theirs: set[str] = set()
    about: set[str] = set()
    asked = con.execute(_WORDS.format(mine=_MINE), {"urns": list(urns)})
    while rows := asked.fetchmany(10_000):
        for post_id, url, author, *said in rows:
            if wanted.is_author(author) or wanted.is_address(url):
                theirs.add(post_id)
            elif any(map(wanted.is_in, said)):
                about.add(post_id)
    return theirs, about - theirs


def find_held_post(con: Connection, urns: Sequence[str], mention_id: str) -> tuple[FoundPost, ...]:
    """Return the post of these schools with that id, if there is one, as nobody's in particular."""
    sql = f"SELECT mention_id FROM ({_JUDGED}) WHERE mention_id = $id"
    return _posts(con, set(read_column(con, sql, urns=urns, id=mention_id)), set())


def wordings(con: Connection, ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Title and text (with any article) of each version of these unrestricted posts, the newest first."""
    sql = """SELECT mention_id, coalesce(title, ''), concat_ws(chr(10), text, article) FROM mention_versions
        WHERE mention_id = ANY($ids) AND text IS NOT NULL ORDER BY mention_id, n DESC"""
    return group_pairs((post, (title, text)) for post, title, text in read_rows(con, sql, ids=ids))


def files_showing(con: Connection, ids: Sequence[str], cases: Sequence[str]) -> list[EvidenceFile]:
    """The files of evidence of these posts or cases, each content once, the oldest first."""
    wanted = """WHERE mention_id = ANY($ids) OR case_id = ANY($cases)
        QUALIFY row_number() OVER (PARTITION BY sha256 ORDER BY captured_at, id) = 1
        ORDER BY captured_at, capture_id, name, id"""
    return FILES.select(con, wanted, ids=ids, cases=cases)


def judged_about(
    con: Connection, urns: Sequence[str], people: Collection[str], *, fair: bool = True
) -> set[str]:
    """The posts that were judged to be about or to endanger one of these people, or of which whoever handed
    them in said so; without `fair`, no fair comment."""
    sql = """SELECT DISTINCT mention_id FROM verdicts LEFT JOIN handed_in h USING (mention_id, urn)
        WHERE urn = ANY($urns) AND ($fair OR content_class <> $plain)
        AND list_has_any($people::VARCHAR[], list_concat([subject_person, h.says->>'who'], subjects,
        regexp_extract_all(array_to_string(list_concat(endangers, accuses), ' '), 'person[:](\\S+)', 1)))"""
    plain = ContentClass.FAIR_COMMENT
    return set(read_column(con, sql, urns=urns, people=sorted(people), fair=fair, plain=plain))


def _posts(con: Connection, ids: Collection[str], theirs: set[str]) -> tuple[FoundPost, ...]:
    sql = """SELECT m.id, m.restricted, epoch_us(m.retain_until),
            (SELECT list(DISTINCT story_id) FROM matches x WHERE x.mention_id = m.id AND story_id IS NOT NULL)
        FROM mentions m WHERE m.id = ANY($ids)"""
    rows = read_rows(con, sql, ids=sorted(ids))
    more = {i: (restricted, at(until), tuple(stories or ())) for i, restricted, until, stories in rows}
    posts = posts_of(con, sorted(ids))
    return tuple(FoundPost(p, p.mention_id in theirs, *more[p.mention_id]) for p in posts)


def _cases_of(
    con: Connection, urns: Sequence[str], mentions: Sequence[str], people: Collection[str]
) -> set[str]:
    """Cases about one of these posts, or aimed at one of these people."""
    sql = """SELECT id FROM cases WHERE urn = ANY($urns) AND (mention_id = ANY($ids)
            OR list_has_any(subjects, $people::VARCHAR[])
            OR id IN (SELECT case_id FROM case_steps WHERE step IN ('opened', 'target')
                AND list_has_any($people::VARCHAR[], list_concat([detail->>'target', detail->>'person'],
                    string_split(detail->>'beside', ',')))))"""
    return set(read_column(con, sql, urns=urns, ids=mentions, people=sorted(people)))


def _notes(
    con: Connection, urns: Sequence[str], wanted: SearchTerm, cases: Collection[str]
) -> Iterator[TypedNote]:
    """List what was typed in the cases about their posts, and anywhere else where it names them."""
    sql = """SELECT case_id, n, actor, epoch_us(done_at), why, detail FROM case_steps WHERE urn = ANY($urns)
        ORDER BY done_at, case_id, n"""
    rows = read_rows(con, sql, urns=urns)
    for case_id, n, actor, done, why, detail in rows:
        facts = json.loads(detail)
        said = "\n".join(filter(None, (why, *(facts.get(name) for name in _TYPED))))
        # the author of a course of conduct, or the reference of a letter, may name them
        if said and (case_id in cases or any(map(wanted.is_in, (said, *facts.values())))):
            yield TypedNote(at(done), actor, said, case_id, n)
    sql = """SELECT case_id, person_id, epoch_us(typed_at), facts FROM letter_facts
        WHERE urn = ANY($urns) AND facts <> '{}' ORDER BY ALL"""
    for case_id, actor, typed, facts in read_rows(con, sql, urns=urns):
        said = "\n".join(json.loads(facts).values())
        if case_id in cases or wanted.is_in(said):
            yield TypedNote(at(typed), actor, said, case_id)
    sql = """SELECT person_id, epoch_us(done_at), reason, url FROM account_log
        WHERE urn = ANY($urns) ORDER BY done_at, id"""
    logged = read_rows(con, sql, urns=urns)
    for person_id, done, reason, url in logged:
        if wanted.is_in(reason) or wanted.is_address(url):
            yield TypedNote(at(done), person_id, reason)


def _notes_on_matters(con: Connection, urns: Sequence[str], wanted: SearchTerm) -> Iterator[TypedNote]:
    """List what was typed on unrestricted matters: notes, that they are judged wrongly, what was handed in
    with a post, and why a matter was given away or ended."""
    sql = """SELECT mention_id, epoch_us(said_at), person_id, why FROM said_wrong WHERE urn = ANY($urns)
        AND mention_id IN (SELECT id FROM mentions WHERE NOT restricted) ORDER BY said_at, person_id"""
    yield from _notes_of_stories(con, urns, wanted, read_rows(con, sql, urns=urns))
    for note in notes_of_schools(con, urns):
        if wanted.is_in(note.note):
            yield TypedNote(note.written_at, note.person_id, note.note, stories=(note.story_id,))
    sql = """SELECT a.subject, epoch_us(a.done_at), a.actor, n.note FROM audit a
        JOIN audit_notes n ON list_contains(a.codes, $note || n.sha256)
        WHERE a.action IN ('reported_in', 'story_marked', 'alert_given') AND a.urn = ANY($urns)
            AND a.subject IN (SELECT id FROM mentions WHERE NOT restricted
                UNION SELECT id FROM stories WHERE NOT restricted
                UNION SELECT id FROM alerts WHERE NOT restricted) ORDER BY a.n"""
    yield from _notes_of_stories(con, urns, wanted, read_rows(con, sql, urns=urns, note=Code.NOTE.of("")))


def _notes_of_stories(
    con: Connection, urns: Sequence[str], wanted: SearchTerm, rows: Iterable[Sequence[Any]]
) -> Iterator[TypedNote]:
    """List those of these rows (of what, when, by whom, words) that name them, with their stories."""
    found = [row for row in rows if wanted.is_in(row[3])]
    sql = """SELECT mention_id, story_id FROM matches WHERE urn = ANY($urns) AND mention_id = ANY($of)
        UNION SELECT id, story_id FROM alerts WHERE id = ANY($of)
        UNION SELECT id, id FROM stories WHERE id = ANY($of) ORDER BY ALL"""
    stories: dict[str, list[str]] = group_pairs(read_rows(con, sql, urns=urns, of=[row[0] for row in found]))
    for of, when, by, said in found:
        yield TypedNote(at(when), by, said, stories=tuple(stories.get(of, ())))


_TYPED = ("nature", "visible", "spread", "impact")
"""Facts of a step that are somebody's own words: how a post was weighed."""


# What a later reading does not bring back, as hashes keyed with the home's secret.

_COLUMNS = names("key kind request_id added_at")


class Suppression(StrEnum):
    """Kind of suppression: the same WORDS at one address, a POST in any words, all posts of an AUTHOR.
    RESTORED: a key of the record of deletions, which a restored backup does not know."""

    WORDS = "words"
    POST = "post"
    AUTHOR = "author"
    RESTORED = "restored"


@freeze
class Keys:
    """The keys under which a mention may be suppressed."""

    words: frozenset[str]
    others: frozenset[str]


def key(secret: bytes, kind: Suppression, *parts: str) -> str:
    """32 hex digits."""
    return hmac.new(secret, digest(kind.value, *parts).encode("ascii"), "sha256").hexdigest()[:32]


def author_key(secret: bytes, channel: str, author: str) -> str:
    """The key of somebody's posts in one kind of place: the same name elsewhere may be another’s."""
    return key(secret, Suppression.AUTHOR, channel, fold(author).removeprefix("@"))


def post_keys(secret: bytes, of: str, url: str | None, *, channel: str | None = None) -> tuple[str, ...]:
    """The keys of a post in any words: by its id (`of`) and by its address. Given its channel, by its address
    only where its id is made of that: reviews share their page's."""
    address = canonical_url(url) if url else None
    made = () if channel is None else (mention_id(name, address or "") for name in (channel, PLAIN_FEED))
    shared = channel is not None and of not in made
    places = (of, *((address,) if address and not shared else ()))
    return tuple(key(secret, Suppression.POST, place) for place in places)


def words_keys(secret: bytes, of: str, url: str | None, hashed: str) -> tuple[str, ...]:
    """The same of a post in these words, by their hash (`data.ids.text_hash`)."""
    places = (of, *((canonical_url(url),) if url else ()))
    return tuple(key(secret, Suppression.WORDS, place, hashed) for place in places)


def suppression_keys(secret: bytes, mention: Mention) -> Keys:
    """Return all of them, of a mention that was just read."""
    hashed = text_hash(mention.title, mention.text)
    author = [author_key(secret, mention.channel, mention.author)] if mention.author else []
    others = (*post_keys(secret, mention.id, mention.url), *author)
    return Keys(frozenset(words_keys(secret, mention.id, mention.url, hashed)), frozenset(others))


def add_suppressions(
    con: Connection, given: Iterable[tuple[Suppression, str]], request_id: str | None, now: datetime
) -> None:
    """Keep these keys, each with its kind; one that is there stays."""
    rows = [(one, kind.value, request_id, now) for kind, one in given]
    insert_rows(con, "suppressions", _COLUMNS, rows, key=_COLUMNS[:1])


_OBJECTED = """FROM suppressions WHERE request_id = $id AND added_at NOT IN (
    SELECT added_at FROM suppressions WHERE request_id = $id AND kind = 'words')"""
"""What the objection of a request added: what is erased is kept out by its words too, at one moment."""


def keeps_out(con: Connection, request_id: str) -> bool:
    """Does an objection keep posts out for this request?"""
    return bool(read_rows(con, f"SELECT 1 {_OBJECTED} LIMIT 1", id=request_id))


def lift_suppressions(con: Connection, request_id: str) -> int:
    """Drop what a request's objection suppressed, not what was erased; return how many there were."""
    return len(read_rows(con, f"DELETE {_OBJECTED} RETURNING key", id=request_id))


def any_kept(con: Connection) -> bool:
    """Is anything suppressed at all?"""
    return read_value(con, "SELECT 1 FROM suppressions LIMIT 1") is not None


def among(con: Connection, keys: Sequence[str]) -> frozenset[str]:
    """Those of these keys that are kept."""
    return frozenset(read_column(con, "SELECT key FROM suppressions WHERE key = ANY($keys)", keys=keys))


# Requests of people about their own data, and what they say of a post about them.

_REQUESTS = ValueTable("privacy_requests", PrivacyRequest, "id")
_FIRST_LETTER = "P"


@freeze
class Correction:
    """The words of somebody about a post about them: they stand beside the post, which stays as it was."""

    request_id: str
    mention_id: str
    words: str
    added_at: datetime
    added_by: str


_CORRECTIONS = ValueTable("corrections", Correction, "request_id mention_id")


def record_request(con: Connection, given: PrivacyRequest) -> PrivacyRequest:
    """Keep a new request, under the next number; what the id of `given` is does not matter."""
    before = read_value(con, "SELECT count(*) FROM audit WHERE action = 'request_recorded'")
    kept = replace(given, id=f"{_FIRST_LETTER}{before + 1:04}")
    codes = (Code.KIND.of(kept.kind.value),)
    entry = AuditEntry(kept.recorded_at, kept.recorded_by, "request_recorded", kept.id, kept.urn, codes)
    _REQUESTS.insert(con, [kept])
    append(con, [entry])
    return kept


def change(con: Connection, changed: PrivacyRequest, entry: AuditEntry) -> None:
    _REQUESTS.insert(con, [changed], anew=True)
    append(con, [entry])


def request(con: Connection, request_id: str) -> PrivacyRequest | None:
    return _REQUESTS.first(con, "WHERE id = $id", id=request_id)


def requests(con: Connection, urns: Sequence[str]) -> tuple[PrivacyRequest, ...]:
    """Those of these schools: what is due first, then what is answered, the newest first."""
    wanted = """WHERE urn = ANY($urns)
        ORDER BY answered_at IS NOT NULL, due_at NULLS LAST, answered_at DESC, id"""
    return tuple(_REQUESTS.select(con, wanted, urns=urns))


def overdue_requests(con: Connection, now: datetime) -> tuple[PrivacyRequest, ...]:
    """List those of all schools that should have been answered by now, or a complaint acknowledged."""
    wanted = "WHERE answered_at IS NULL AND due_at <= $now ORDER BY due_at"
    return tuple(_REQUESTS.select(con, wanted, now=now))


def due_between(con: Connection, start: datetime, end: datetime) -> tuple[PrivacyRequest, ...]:
    """Those of all schools that are open and due after `start` and by `end`, the soonest first."""
    wanted = "WHERE answered_at IS NULL AND due_at > $start AND due_at <= $end ORDER BY due_at, id"
    return tuple(_REQUESTS.select(con, wanted, start=start, end=end))


def done_for(con: Connection, request_id: str) -> list[tuple[datetime, str, str, int]]:
    """List what was done for a request, the oldest first: when, by whom, what, and of how many posts."""
    sql = """SELECT epoch_us(done_at), actor,
            coalesce(nullif(regexp_extract(array_to_string(codes, ' '), $result, 1), ''), action),
            count(DISTINCT subject)
        FROM audit WHERE subject = $id OR list_contains(codes, $request) GROUP BY ALL ORDER BY min(n)"""
    codes = {"request": Code.REQUEST.of(request_id), "result": rf"\b{Code.RESULT.of('')}(\S+)"}
    return [(at(us), by, what, n) for us, by, what, n in read_rows(con, sql, id=request_id, **codes)]


def correct(con: Connection, given: Correction, urn: str) -> None:
    """Puts what somebody says beside a post; said again for the same request, it takes the older's place."""
    _CORRECTIONS.insert(con, [given], anew=True)
    codes = (Code.MENTION.of(given.mention_id),)
    record_act(con, given.added_at, given.added_by, "post_corrected", given.request_id, urn, codes)


def corrections_of_posts(con: Connection, mention_ids: Sequence[str]) -> dict[str, list[Correction]]:
    """List what stands beside each of these posts, oldest first."""
    wanted = "WHERE mention_id = ANY($ids) ORDER BY added_at, request_id"
    found = _CORRECTIONS.select(con, wanted, ids=mention_ids)
    return group_pairs((one.mention_id, one) for one in found)
