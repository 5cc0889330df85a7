"""Owners of matters, and the people who recorded that one is done with: one record a story of a school.

Somebody has it who said so of its alert, or of a story that was never raised, or to whom it was given. What
was taken lapses once the alert is raised anew; what was given stays while a case of it is open, and is in
hand again once they say so. That it is done with holds until it is taken back, until the alert is raised
anew, or until a case of it is opened. The audit keeps all of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from secrets import randbelow
from typing import Any

from data.frozen import freeze
from data.ids import digest
from data.matters import MatterNote, SaidWrong
from data.store.engine.audit_chain import AuditEntry, Code, append, note, record_act
from data.store.engine.rows import (
    Connection,
    ValueTable,
    at_or_none,
    execute,
    group_pairs,
    names,
    read_column,
    read_rows,
    read_value,
    replace,
    select_columns,
)
from data.store.engine.rows import at as moment_at
from data.store.engine.rows import insert_rows as put_rows
from data.types import Mark, Marked, Owner

_KEY = names("story_id urn")
HAS = names("person_id since_at given_by until_at ask_at times")
_SAID = names("mark marked_by marked_at marked_times why")

HOLDS = """owners.mark IS NOT NULL AND owners.marked_times >= coalesce((SELECT max(raised.times)
        FROM alerts raised WHERE raised.story_id = owners.story_id AND raised.urn = owners.urn), 0)
    AND NOT EXISTS (SELECT 1 FROM cases opened WHERE opened.story_id = owners.story_id
        AND opened.urn = owners.urn AND opened.opened_at >= owners.marked_at)"""


def marked_sql(story_id: str, urn: str, *these: Mark) -> str:
    """Write a condition: a mark holds of that story of that school, both given as SQL; one of these, or one
    that ends the story where none are named."""
    kinds = ", ".join(f"'{mark.value}'" for mark in these or [m for m in Mark if m.ends])
    return f"""EXISTS (SELECT 1 FROM owners WHERE owners.story_id = {story_id} AND owners.urn = {urn}
        AND owners.mark IN ({kinds}) AND {HOLDS} /* marked */)"""


def in_hand_sql(alerts: str) -> str:
    """Write a condition: somebody has the alert of this row of `alerts`, as it was raised last."""
    return f"""EXISTS (SELECT 1 FROM owners WHERE owners.story_id = {alerts}.story_id
        AND owners.urn = {alerts}.urn AND owners.person_id IS NOT NULL
        AND owners.times >= {alerts}.times /* in hand */)"""


def closed_sql(alerts: str) -> str:
    """Write a condition: every case of the alert of this row is closed, the last since that was raised."""
    return f"""coalesce((SELECT bool_and(c.closed_at IS NOT NULL) AND max(c.closed_at) >= {alerts}.raised_at
        FROM cases c WHERE c.story_id = {alerts}.story_id AND c.urn = {alerts}.urn), FALSE)"""


KEPT_APART = "story_id IN (SELECT story_id FROM cases WHERE restricted OR locked)"
"""A condition: a case of this row's story is restricted or locked."""


def unless_owned(con: Connection, query: str) -> str:
    """The query without its conditions of `marked_sql` and `in_hand_sql` while there is no such record."""
    if _MARKED.search(query) is None and _IN_HAND.search(query) is None:
        return query
    ((has, said),) = con.execute("SELECT count(person_id) > 0, count(mark) > 0 FROM owners").fetchall()
    query = query if said else _MARKED.sub("FALSE", query)
    return query if has else _IN_HAND.sub("FALSE", query)


_MARKED, _IN_HAND = (
    re.compile(rf"EXISTS \(SELECT 1 FROM owners WHERE (?:(?!/\*).)*/\* {what} \*/\)", re.DOTALL)
    for what in ("marked", "in hand")
)


@freeze
class Records:
    """The records of who has it, and what holds that was said of it, by story."""

    owners: Mapping[str, Owner]
    marks: Mapping[str, Marked]


def records(con: Connection, story_ids: Sequence[str]) -> Records:
    """Return what is recorded of these stories. What holds is asked only where one is marked: it is dear."""
    found, given = Records(owners := {}, said := {}), {"ids": list(story_ids)}
    of = "FROM owners WHERE owners.story_id = ANY($ids)"
    sql = f"SELECT {select_columns((*_KEY, *HAS, *_SAID))} {of}"
    rows = read_rows(con, sql, **given) if story_ids else []
    one_marked = any(mark for *_, mark, _, _, _, _ in rows)
    holding = set(read_rows(con, f"SELECT story_id, urn {of} AND {HOLDS}", **given)) if one_marked else ()
    for story, urn, *has, mark, who, when, _, _ in rows:
        if has[0] is not None:
            owners[story] = owner(has)
        if (story, urn) in holding:
            said[story] = Marked(story, urn, Mark(mark), who, moment_at(when))
        elif has[0] is not None and owners[story].taken:
            said[story] = Marked(story, urn, Mark.TAKEN, owners[story].person, owners[story].at)
    return found


def owner(has: Sequence[Any]) -> Owner:
    """Return who has it, from the columns of `HAS`."""
    person, since, by, until, ask, times = has
    ends, asked = at_or_none(until), at_or_none(ask)
    return Owner(person, moment_at(since), by, ends, asked, taken=times == 0 and by == person)


def marks(con: Connection, story_ids: Sequence[str]) -> Mapping[str, Marked]:
    """Return what holds now of what was said of these stories, by story."""
    return records(con, story_ids).marks


def held_by(con: Connection, person_id: str) -> dict[str, str]:
    """The stories that somebody is recorded to have, each with its school (URN)."""
    sql = "SELECT story_id, urn FROM owners WHERE person_id = $person"
    return dict(read_rows(con, sql, person=person_id))


def own(con: Connection, story_id: str, urn: str, owner: Owner, now: datetime | None = None) -> None:
    """Records that they have it from now on, whoever had it before; `now` where they had it already."""
    has = (owner.person, owner.at, owner.by, owner.until, owner.ask_at, _count_raised(con, story_id, urn))
    put_rows(con, "owners", (*_KEY, *HAS), [(story_id, urn, *has)], key=_KEY, update=replace(HAS))
    _seal(con, [(story_id, urn)], now or owner.at)


def ask_for_reminder(con: Connection, story_id: str, urn: str, owner: Owner, now: datetime) -> None:
    """Record that the owner is asked of it again at their `ask_at`. Audited."""
    own(con, story_id, urn, owner, now)
    record_act(con, now, owner.person, "reminder_asked", story_id, urn)


def reason_of(con: Connection, story_id: str, urn: str) -> str:
    """Why somebody said what they said of a story, in their words; "" where they gave no reason."""
    sql = """SELECT n.note FROM audit_notes n JOIN owners o ON o.why = $code || n.sha256
        WHERE o.story_id = $story AND o.urn = $urn"""
    return str(read_value(con, sql, code=Code.NOTE.of(""), story=story_id, urn=urn) or "")


def record_mark(con: Connection, given: Marked, why: str = "") -> Marked:
    """Record the mark unless one that ends the story holds; return what holds. Audited, with the reason."""
    standing = marks(con, [given.story_id]).get(given.story_id)
    if standing is not None and standing.mark.ends:
        return standing
    times, kept = _count_raised(con, given.story_id, given.urn), [note(con, why)] if why else []
    if given.mark is Mark.TAKEN:
        own(con, given.story_id, given.urn, Owner(given.person_id, given.at, given.person_id))
    else:
        said = (given.mark.value, given.person_id, given.at, times, next(iter(kept), None))
        row = (given.story_id, given.urn, *said)
        put_rows(con, "owners", (*_KEY, *_SAID), [row], key=_KEY, update=replace(_SAID))
        _seal(con, [(given.story_id, given.urn)], given.at)
    codes = (Code.MARK.of(given.mark.value), Code.TIMES.of(times), *kept)
    record_act(con, given.at, given.person_id, "story_marked", given.story_id, given.urn, codes)
    return given


def undo(con: Connection, story_id: str, urn: str, person_id: str, at: datetime) -> bool:
    """Takes back the mark that holds; False where none does. Audited."""
    standing = marks(con, [story_id]).get(story_id)
    if standing is None or standing.urn != urn:
        return False
    _forget(con, HAS if standing.mark is Mark.TAKEN else _SAID, at, _ONE, story=story_id, urn=urn)
    codes = (Code.MARK.of(standing.mark.value),)
    record_act(con, at, person_id, "mark_undone", story_id, urn, codes)
    return True


_ONE = "story_id = $story AND urn = $urn"


def lapse(con: Connection, story_ids: Sequence[str], now: datetime) -> None:
    """These are raised anew: somebody must say again that they have them, but for what an open case gave."""
    some = "SELECT 1 FROM owners WHERE story_id = ANY($ids) AND person_id IS NOT NULL LIMIT 1"
    if story_ids and read_value(con, some, ids=list(story_ids)):
        given = """given_by <> person_id AND EXISTS (SELECT 1 FROM cases c WHERE c.story_id = owners.story_id
            AND c.urn = owners.urn AND c.closed_at IS NULL)"""
        _forget(con, HAS, now, f"story_id = ANY($ids) AND NOT ({given})", ids=list(story_ids))


def end_ownership(con: Connection, story_id: str, urn: str, people: Sequence[str], now: datetime) -> None:
    """Record that none of these has it any more: they may be its subject, or may not know of it."""
    if people:
        _forget(con, HAS, now, f"{_ONE} AND person_id = ANY($out)", out=list(people), story=story_id, urn=urn)


def drop_owners_without_story(con: Connection, now: datetime) -> None:
    """Delete the records of stories that are gone."""
    _forget(con, (*HAS, *_SAID), now, "story_id NOT IN (SELECT id FROM stories)")


@freeze
class OwnerRow:
    """A record as it is stored, unparsed: who said what of it when (microseconds), and what seals it."""

    said: tuple[tuple[str, int], ...]
    seal: str


def rows(con: Connection, story_ids: Collection[str] | None = None) -> dict[tuple[str, str], OwnerRow]:
    """The records of these stories, or all, by story and school."""
    columns = [f"epoch_us({name})" if name.endswith("_at") else name for name in (*HAS, *_SAID)]
    sql = f"""SELECT {", ".join((*_KEY, *columns))} FROM owners
        WHERE $ids::VARCHAR[] IS NULL OR story_id = ANY($ids)"""
    found = {}
    for story, urn, *row in read_rows(con, sql, ids=None if story_ids is None else list(story_ids)):
        held = dict(zip((*HAS, *_SAID), row, strict=True))
        said = (held["person_id"], held["since_at"]), (held["marked_by"], held["marked_at"])
        sealed = Code.OWNER.of(digest(json.dumps(row)))
        found[story, urn] = OwnerRow(tuple((who, at) for who, at in said if who), sealed)
    return found


def _seal(con: Connection, keys: Sequence[tuple[str, str]], now: datetime) -> None:
    """Writes down what is recorded of these; the first time of all, since a home may be older than seals."""
    begun = con.execute("SELECT 1 FROM audit WHERE action = 'owner_sealed' LIMIT 1").fetchone() is not None
    held = rows(con, {story for story, _ in keys} if begun else None)
    every = sorted({*keys} if begun else {*keys, *held})
    seals = [(key, held[key].seal if key in held else NOBODYS) for key in every]
    append(con, [AuditEntry(now, "schoolgate", "owner_sealed", *key, (seal,)) for key, seal in seals])


SEALED, NOBODYS = "owner_sealed", Code.OWNER.of("none")
"""The audit's action, and what it holds where there is no record any more."""


def _count_raised(con: Connection, story_id: str, urn: str) -> int:
    """Count how often the story's alert has been raised; 0 where it has none."""
    return int(read_value(con, f"SELECT max(times) FROM alerts WHERE {_ONE}", story=story_id, urn=urn) or 0)


def _forget(con: Connection, columns: Sequence[str], now: datetime, which: str, **given: object) -> None:
    """Empties these columns, and deletes what says nothing any more."""
    emptied = ", ".join(f"{c} = NULL" for c in columns)
    sql = f"UPDATE owners SET {emptied} WHERE {which} RETURNING story_id, urn"
    changed = [(story, urn) for story, urn in read_rows(con, sql, **given)]
    con.execute("DELETE FROM owners WHERE person_id IS NULL AND mark IS NULL")
    if changed:
        _seal(con, changed, now)


# The numbers that people call matters by: drawn at random, so that one says nothing of what it stands for,
# and one that somebody does not see in a list tells them nothing.

_LOWEST, _NUMBERS = 100_000, 900_000
_TAKEN = """SELECT id FROM cases UNION SELECT subject FROM audit WHERE action = 'case_opened'
    UNION SELECT unnest([c[len($numbers) + 1:] FOR c IN codes IF starts_with(c, $numbers)]) FROM audit
        WHERE action = 'reported_in'
    UNION SELECT number FROM alerts"""
"""What has a number has it alone in its home: each table that holds some stands here."""


def draw_number(con: Connection, draw: Callable[[int], int] = randbelow) -> str:
    """A number of six digits that nothing here has or had. `draw` gives one from 0 to below its argument."""
    return _draw(con, 1, draw)[0]


def draw_numbers(
    con: Connection, ids: Collection[str], draw: Callable[[int], int] = randbelow
) -> dict[str, str]:
    """A number for each of these ids, as `draw_number`, all different."""
    return dict(zip(ids, _draw(con, len(ids), draw), strict=True)) if ids else {}


def _draw(con: Connection, wanted: int, draw: Callable[[int], int]) -> list[str]:
    taken = set(read_column(con, _TAKEN, numbers=Code.NUMBER.of("")))
    found: dict[str, None] = {}
    while len(found) < wanted:
        if (number := any_number(draw)) not in taken:
            found[number] = None
    return list(found)


def any_number(draw: Callable[[int], int] = randbelow) -> str:
    """One where the store cannot be asked which are taken: hardly ever is it one of those."""
    return str(_LOWEST + draw(_NUMBERS))


# What people say of a verdict: notes, and that it is wrong.

_NOTES_TABLE = ValueTable("notes", MatterNote, "id")


def put_note(con: Connection, written: MatterNote) -> None:
    """Keeps it. Audited, without its words."""
    _NOTES_TABLE.insert(con, [written])
    at, story_id = written.written_at, written.story_id
    record_act(con, at, written.person_id, "note_written", story_id, written.urn)


def take_note_back(
    con: Connection, story_id: str, urn: str, note_id: str, person_id: str, now: datetime
) -> bool:
    """Deletes what that person wrote on that story; False where that is nothing. Audited."""
    which = "WHERE id = $id AND story_id = $story AND urn = $urn AND person_id = $person"
    sql = f"DELETE FROM notes {which} RETURNING id"
    if not execute(con, sql, id=note_id, story=story_id, urn=urn, person=person_id).fetchall():
        return False
    record_act(con, now, person_id, "note_undone", story_id, urn)
    return True


def notes_of(con: Connection, story_id: str, urn: str) -> tuple[MatterNote, ...]:
    """List what stands on that story of that school, the oldest first."""
    where = "WHERE story_id = $story AND urn = $urn ORDER BY written_at, id"
    return tuple(_NOTES_TABLE.select(con, where, story=story_id, urn=urn))


def notes_by_story(con: Connection, story_ids: Sequence[str]) -> dict[tuple[str, str], list[MatterNote]]:
    """List what stands on each of these stories, by story and school, the oldest first."""
    found = _NOTES_TABLE.select(con, "WHERE story_id = ANY($ids) ORDER BY written_at, id", ids=story_ids)
    return group_pairs(((note.story_id, note.urn), note) for note in found)


def stories_noted(con: Connection, urn: str, notes: Collection[str]) -> list[str]:
    """List the stories of that school with one of these notes."""
    sql = "SELECT DISTINCT story_id FROM notes WHERE urn = $urn AND note = ANY($notes)"
    return read_column(con, sql, urn=urn, notes=list(notes))


def notes_of_schools(con: Connection, urns: Collection[str]) -> list[MatterNote]:
    """List all of these schools, but of what is restricted."""
    where = """WHERE urn = ANY($urns) AND story_id NOT IN (SELECT id FROM stories WHERE restricted)
        ORDER BY written_at, id"""
    return _NOTES_TABLE.select(con, where, urns=urns)


def drop_of_posts(con: Connection, mention_ids: Collection[str]) -> None:
    """Deletes those on the stories of these posts: they may repeat what is erased."""
    sql = "DELETE FROM notes WHERE story_id IN (SELECT story_id FROM matches WHERE mention_id = ANY($ids))"
    execute(con, sql, ids=mention_ids)


def drop_without_words(con: Connection) -> None:
    """Deletes those on stories of which no words are kept."""
    con.execute("""DELETE FROM notes WHERE story_id NOT IN (SELECT x.story_id FROM matches x
        JOIN mentions m ON m.id = x.mention_id
        WHERE NOT m.stub AND x.story_id IN (SELECT story_id FROM notes))""")


# What people say who hold a post to be judged wrongly: kept as long as its words.

_SAID_WRONG_TABLE = ValueTable("said_wrong", SaidWrong, "mention_id urn person_id kind")
_OF_STORY = "urn = $urn AND mention_id IN (SELECT mention_id FROM matches WHERE story_id = $story)"

_ENDS = "kind IN ('not_us', 'too_grave')"
"""A condition: a mark goes with it, which ends the story."""


def put_said_wrong(con: Connection, given: SaidWrong, story_id: str) -> None:
    """Keeps it; said again by the same person, it takes the older's place. Where it counts, what others
    marked so does from now on too. Audited, without the reason."""
    _SAID_WRONG_TABLE.insert(con, [given], anew=True)
    if given.counts_at is not None:
        sql = f"UPDATE said_wrong SET counts_at = $at WHERE {_OF_STORY} AND kind = $kind"
        execute(con, sql, at=given.counts_at, urn=given.urn, story=story_id, kind=given.kind)
    right = given.kind, given.relevance, *given.label.split(), given.severity, given.route, given.tone
    said = (Code.RIGHT.of(each) for each in right if each not in (None, ""))
    codes = (Code.MENTION.of(given.mention_id), *said)
    record_act(con, given.said_at, given.person_id, "judged_wrongly", story_id, given.urn, codes)


def take_said_wrong_back(
    con: Connection,
    story_id: str,
    urn: str,
    person_id: str,
    now: datetime,
    kinds: Collection[str],
    *,
    anybodys: bool = False,
    why: Sequence[str] = (),
) -> list[SaidWrong]:
    """Takes back, and gives, what that person, or anybody, said of a story's posts. Audited, with `why`."""
    which = f"{_OF_STORY} AND (person_id = $person OR $anybodys) AND kind = ANY($kinds)"
    given = {"urn": urn, "person": person_id, "story": story_id, "kinds": kinds, "anybodys": anybodys}
    found = _SAID_WRONG_TABLE.select(con, f"WHERE {which} ORDER BY said_at", **given)
    execute(con, f"DELETE FROM said_wrong WHERE {which}", **given)
    entries = [
        AuditEntry(now, person_id, "judged_wrongly_undone", story_id, urn, (Code.MENTION.of(mention), *why))
        for mention in dict.fromkeys(each.mention_id for each in found)
    ]
    append(con, entries)
    return found


def said_wrong(con: Connection, mention_ids: Sequence[str]) -> dict[str, list[SaidWrong]]:
    """List what stands of each of these posts, the oldest first."""
    which = "WHERE mention_id = ANY($ids) ORDER BY said_at, person_id"
    found = _SAID_WRONG_TABLE.select(con, which, ids=mention_ids)
    return group_pairs((each.mention_id, each) for each in found)


_ASKED = """counts_at IS NULL
    AND kind IN ('not_us', 'too_grave', 'over', 'wrong_lane', 'let_in', 'withdrawn')"""
"""A condition: it waits for a second person."""


def list_asked(con: Connection, story_id: str, urn: str, out: Collection[str]) -> list[SaidWrong]:
    """List what somebody asked for of a story that waits for a second person, the oldest first; to end it
    only since its alert was raised last, and none of these (`out`, ids)."""
    raised = "SELECT max(raised_at) FROM alerts WHERE story_id = $story AND urn = $urn"
    stale = (
        f"({_ENDS} OR kind = 'over') AND (person_id = ANY($out) OR said_at < coalesce(({raised}), said_at))"
    )
    which = f"WHERE {_OF_STORY} AND {_ASKED} AND NOT ({stale}) ORDER BY said_at"
    return _SAID_WRONG_TABLE.select(con, which, story=story_id, urn=urn, out=list(out))


def stories_asked(con: Connection, urns: Collection[str]) -> dict[str, str]:
    """The stories of these schools of which something waits for a second person, each with its school."""
    sql = f"""SELECT DISTINCT x.story_id, w.urn FROM said_wrong w
        JOIN matches x ON x.mention_id = w.mention_id AND x.urn = w.urn
        WHERE {_ASKED} AND w.urn = ANY($urns) AND x.story_id IS NOT NULL ORDER BY ALL"""
    return dict(read_rows(con, sql, urns=list(urns)))


def corrections_that_count(con: Connection, urns: Collection[str] | None = None) -> list[SaidWrong]:
    """List what counts of what was judged, of posts of these schools, or of all; one of each post and kind,
    the oldest first: not whom people let in, nor what is over. What ends a story counts while that mark
    holds. To see that nobody said anything takes next to no time."""
    if con.execute("SELECT 1 FROM said_wrong LIMIT 1").fetchone() is None:
        return []
    rest = f"""WHERE counts_at IS NOT NULL AND kind NOT IN ('let_in', 'withdrawn', 'over')
        AND ($urns::VARCHAR[] IS NULL OR urn = ANY($urns)) AND (NOT ({_ENDS}) OR (mention_id, urn, kind) IN (
            SELECT (x.mention_id, x.urn, owners.mark)
            FROM matches x JOIN owners ON owners.story_id = x.story_id AND owners.urn = x.urn
            WHERE x.mention_id IN (SELECT mention_id FROM said_wrong) AND {HOLDS}))
        ORDER BY said_at DESC, person_id"""
    said = _SAID_WRONG_TABLE.select(con, rest, urns=urns)
    return list({(one.mention_id, one.urn, one.kind): one for one in said}.values())[::-1]


def marked_now(con: Connection, story_id: str, urn: str, person_id: str, now: datetime) -> SaidWrong | None:
    """Return what that person marked of a story at that moment."""
    rest = f"WHERE {_OF_STORY} AND person_id = $person AND said_at = $now AND kind <> ''"
    return _SAID_WRONG_TABLE.first(con, rest, story=story_id, urn=urn, person=person_id, now=now)
