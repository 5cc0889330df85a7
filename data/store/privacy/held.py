"""What is kept about somebody who asked: their posts, posts that name them, and what was typed about them.

Asked only for a recorded request of theirs (docs/privacy.md): there is no index on authors, and no other
question is answered from here but `data.store.cases.case_posts`'s.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.cases import EvidenceFile, Post
from data.content_class import ContentClass
from data.privacy import SearchTerm
from data.store.cases.case_posts import posts_of
from data.store.cases.evidence_rows import FILES
from data.store.engine.audit_chain import Code
from data.store.engine.rows import Connection, at, group_pairs, read_column, read_rows
from data.store.mentions.known import OF_SETS
from data.store.verdicts.said_wrong import notes_of_schools


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post of a school, as its page shows it; `theirs` where the person who asked seems to be its author.

    `stories` are those it belongs to. Of a restricted post the words are not read.
    """

    post: Post
    theirs: bool
    restricted: bool
    retain_until: datetime
    stories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypedNote:
    """Words that somebody of the school typed: in a step of a case, on these stories, or an own account."""

    at: datetime
    by: str
    words: str
    case_id: str | None = None
    n: int = 0
    stories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
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
    """Find all that is held of these schools. `people` are ids of the person who asked, where they work
    there.
    """
    theirs, about = _ids(con, urns, wanted)
    about |= judged_about(con, urns, people)
    found = _posts(con, {*theirs, *about}, theirs)
    cases = _cases_of(con, urns, [p.post.mention_id for p in found], people)
    about_theirs = _cases_of(con, urns, sorted(theirs), ())
    typed = (
        *_notes(con, urns, wanted, about_theirs),
        *_notes_on_matters(con, urns, wanted),
        *_seen_by(con, urns, wanted),
    )
    named = {note.case_id for note in typed if note.case_id}
    return Found(found, typed, tuple(sorted({*cases, *named})))


def _ids(con: Connection, urns: Sequence[str], wanted: SearchTerm) -> tuple[set[str], set[str]]:
    """Ids of the posts that they wrote, and of those that name them. Every version is looked at."""
    theirs: set[str] = set()
    about: set[str] = set()
    asked = con.execute(_WORDS.format(mine=_MINE), {"urns": list(urns)})
    while rows := asked.fetchmany(10_000):
        for mention_id, url, author, *said in rows:
            if wanted.is_author(author) or wanted.is_address(url):
                theirs.add(mention_id)
            elif any(map(wanted.is_in, said)):
                about.add(mention_id)
    return theirs, about - theirs


def find_held_post(con: Connection, urns: Sequence[str], mention_id: str) -> tuple[FoundPost, ...]:
    """Return the post of these schools with that id, if there is one, as nobody's in particular."""
    sql = f"SELECT mention_id FROM ({_JUDGED}) WHERE mention_id = $id"
    return _posts(con, set(read_column(con, sql, urns=urns, id=mention_id)), set())


def wordings(con: Connection, ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Title and text of each version of these posts, the newest first; nothing of what is restricted.

    To a headline's text belongs the article behind it.
    """
    sql = """SELECT mention_id, coalesce(title, ''), concat_ws(chr(10), text, article) FROM mention_versions
        WHERE mention_id = ANY($ids) AND text IS NOT NULL ORDER BY mention_id, n DESC"""
    return group_pairs(
        (mention_id, (title, text)) for mention_id, title, text in read_rows(con, sql, ids=ids)
    )


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
    them in said so; without `fair`, no fair comment.
    """
    sql = """SELECT DISTINCT mention_id FROM verdicts LEFT JOIN handed_in h USING (mention_id, urn)
        WHERE urn = ANY($urns) AND ($fair OR content_class <> $plain)
        AND list_has_any($people::VARCHAR[], list_concat([subject_person, h.says->>'who'], subjects,
            regexp_extract_all(array_to_string(list_concat(endangers, accuses), ' '), 'person:(\\S+)', 1)))"""
    return set(
        read_column(con, sql, urns=urns, people=sorted(people), fair=fair, plain=ContentClass.FAIR_COMMENT)
    )


def _posts(con: Connection, ids: Collection[str], theirs: set[str]) -> tuple[FoundPost, ...]:
    sql = """SELECT m.id, m.restricted, epoch_us(m.retain_until),
            (SELECT list(DISTINCT story_id) FROM matches x WHERE x.mention_id = m.id AND story_id IS NOT NULL)
        FROM mentions m WHERE m.id = ANY($ids)"""
    rows = read_rows(con, sql, ids=sorted(ids))
    more = {i: (restricted, at(until), tuple(stories or ())) for i, restricted, until, stories in rows}
    return tuple(
        FoundPost(post, post.mention_id in theirs, *more[post.mention_id])
        for post in posts_of(con, sorted(ids))
    )


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
        if said and (case_id in cases or wanted.is_in(said) or _names(facts, wanted)):
            yield TypedNote(at(done), actor, said, case_id, n)
    sql = """SELECT case_id, person_id, epoch_us(typed_at), facts FROM letter_facts
        WHERE urn = ANY($urns) AND facts <> '{}' ORDER BY ALL"""
    for case_id, actor, typed, facts in read_rows(con, sql, urns=urns):
        said = "\n".join(json.loads(facts).values())
        if case_id in cases or wanted.is_in(said):
            yield TypedNote(at(typed), actor, said, case_id)
    sql = (
        "SELECT person_id, epoch_us(done_at), reason, url FROM account_log WHERE urn = ANY($urns) "
        "ORDER BY done_at, id"
    )
    logged = read_rows(con, sql, urns=urns)
    for person_id, done, reason, url in logged:
        if wanted.is_in(reason) or wanted.is_address(url):
            yield TypedNote(at(done), person_id, reason)


def _notes_on_matters(con: Connection, urns: Sequence[str], wanted: SearchTerm) -> Iterator[TypedNote]:
    """List what was typed on matters: that they are judged wrongly, and notes; nothing of what is
    restricted.
    """
    sql = """SELECT mention_id, epoch_us(said_at), person_id, why FROM said_wrong WHERE urn = ANY($urns)
        AND mention_id IN (SELECT id FROM mentions WHERE NOT restricted) ORDER BY said_at, person_id"""
    yield from _notes_of_stories(con, urns, wanted, read_rows(con, sql, urns=urns))
    for note in notes_of_schools(con, urns):
        if wanted.is_in(note.note):
            yield TypedNote(note.written_at, note.person_id, note.note, stories=(note.story_id,))


def _seen_by(con: Connection, urns: Sequence[str], wanted: SearchTerm) -> Iterator[TypedNote]:
    """Notes on what was handed in, and why a matter was given away or ended; none of what is restricted."""
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
    """List those of these rows (of what, when, by whom, words) that name them, with the stories they are
    of.
    """
    found = [row for row in rows if wanted.is_in(row[3])]
    sql = """SELECT mention_id, story_id FROM matches WHERE urn = ANY($urns) AND mention_id = ANY($of)
        UNION SELECT id, story_id FROM alerts WHERE id = ANY($of)
        UNION SELECT id, id FROM stories WHERE id = ANY($of) ORDER BY ALL"""
    stories: dict[str, list[str]] = {}
    for of, story in read_rows(con, sql, urns=urns, of=[row[0] for row in found]):
        stories.setdefault(of, []).append(story)
    for of, when, by, said in found:
        yield TypedNote(at(when), by, said, stories=tuple(stories.get(of, ())))


_TYPED = ("nature", "visible", "spread", "impact")
"""Facts of a step that are somebody's own words: how a post was weighed."""


def _names(facts: Mapping[str, object], wanted: SearchTerm) -> bool:
    """Does one of a step's facts name them: the author of a course of conduct, the reference of a letter?"""
    return any(wanted.is_in(value) for value in facts.values() if isinstance(value, str))
