"""Cases as stored: their steps, which never change, and a projection of each case for lists.

A write is all or nothing, in the caller's transaction: steps, projection, messages and one audit entry per
step. The chain holds ids and codes only; a person's words for a step are in `case_steps.why`, by their hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from secrets import randbelow
from typing import Any
from urllib.parse import urlsplit

from data.cases import Case, CaseFile, CasePlace, CaseStep, OtherWords, Post
from data.errors import CaseMoved, StoreTooNew
from data.frozen import freeze
from data.steps.classes import (
    Accused,
    Assigned,
    Classified,
    CopyFound,
    Opened,
    Reclassified,
    Targeted,
    read_stored,
)
from data.steps.codes import BypassRoute, Ending, PlaceRole, StepKind
from data.store import alerts as alert_store
from data.store import owners as owner_store
from data.store.engine import rows as table_rows
from data.store.engine.audit_actions import action_of
from data.store.engine.audit_chain import AuditEntry, Code, append, is_code, note, record_act, step_seal
from data.store.engine.rows import (
    Connection,
    Row,
    at,
    at_or_none,
    execute,
    group_pairs,
    names,
    read_column,
    read_rows,
    read_value,
)
from data.store.evidence import files_of
from data.store.outbox import put_outbox
from data.store.owners import draw_number
from data.store.sealing import note_reason, restrict_matter, seal_of, seal_posts, sealed_version
from data.types import LISTED, OutboxMessage, Owner, PressEvent, StillOpen
from data.web.channels import UNSAID, place_said
from data.web.urls import canonical_url

CASE = names(
    "id story_id urn content_class rung opened_at opened_by closed_at hold state mention_id lane restricted "
    "subjects ending locked due_at clock recheck_at"
)
PLACE = names("case_id n urn role mention_id channel host state said_gone_at")
STEP = names("case_id n urn step actor done_at due_at detail recorded_at why clock")
STEPS = """SELECT case_id, n, urn, step, actor, epoch_us(done_at), epoch_us(due_at), detail,
    epoch_us(recorded_at), coalesce(why, ''), coalesce(clock, '') FROM case_steps"""
_ANEW = table_rows.replace(CASE[1:])
_PLACED_ANEW = table_rows.replace(PLACE[2:])
_TOLD = frozenset(
    Code(name)
    for name in names(
        "about alert amended as audience capture case channel class contact_safe danger_now decision "
        "ending ends form from ground imminent informed kind lane manifest meant mention nth overseers "
        "own_site person place proposed_by proposed_class relationship restricted result review route rung "
        "sha256 stands starts status story subjects target what who"
    )
)
"""Facts that are ids, codes or hashes. Others may be words, names or addresses; the seal covers them."""


def next_id(con: Connection, draw: Callable[[int], int] = randbelow, *, of: str = "") -> str:
    """The number of a new case: that of its alert, `of`, where no case has had it, else one that is drawn."""
    sql = "SELECT id FROM cases UNION SELECT subject FROM audit WHERE action = 'case_opened'"
    return of if of and of not in read_column(con, sql) else draw_number(con, draw)


def append_steps(
    con: Connection, case: Case, steps: Sequence[CaseStep], outbox: Sequence[OutboxMessage], now: datetime
) -> None:
    """Append the steps that lead to the case as given, with their messages and audit entries. A case that
    bypasses the ladder has its whole story hidden, whatever the program had made of it. Where the matter is
    handed over, so is its alert. Raises CaseMoved where a step of one of these numbers already exists, or one
    before them is missing."""
    if not steps:
        return
    (done,) = read_column(con, "SELECT coalesce(max(n), 0) FROM case_steps WHERE case_id = $id", id=case.id)
    if [s.n for s in steps] != list(range(done + 1, done + len(steps) + 1)):
        raise CaseMoved(
            f"Case {case.id} was changed by somebody else in the meantime. Nothing was written. "
            "Look at it again, then repeat what still applies."
        )
    steps = [_seal_step(con, step, now) for step in steps]
    table_rows.insert_rows(con, "case_steps", STEP, [step_row(s) for s in steps])
    table_rows.insert_rows(con, "cases", CASE, [case_row(case)], key=("id",), update=_ANEW)
    table_rows.insert_rows(con, "case_places", PLACE, place_rows(case), key=PLACE[:2], update=_PLACED_ANEW)
    append(con, [_entry(con, s) for s in steps])
    if any(isinstance(s.said, _OWNING) or s.stored_facts.get("subjects") for s in steps):
        _follow(con, case, steps)
    if any(s.kind is StepKind.CHRONOLOGY for s in steps):
        seal_posts(con, [p.mention_id for p in by_the_same(con, case)], now, case.id)
    if outbox:
        put_outbox(con, outbox, now)
    if case.lane is not None:
        restrict_matter(con, case.story_id, case.urn, case.audience, now)
    if case.ending is Ending.HANDED_OVER and any(s.kind is StepKind.CLOSED for s in steps):
        last = steps[-1]
        sql = "SELECT id FROM alerts WHERE story_id = $story AND urn = $urn AND handed_over_at IS NULL"
        for alert_id in read_column(con, sql, story=case.story_id, urn=case.urn):
            alert_store.hand_over_alert(con, alert_id, last.actor, last.recorded_at)


def drop_places(con: Connection, case: Case) -> None:
    """Takes the projections of those places away that the case has no more."""
    held = [here.n for here in case.places]
    sql = "DELETE FROM case_places WHERE case_id = $id AND NOT list_contains($held, n)"
    execute(con, sql, id=case.id, held=held)


def _seal_step(con: Connection, step: CaseStep, now: datetime) -> CaseStep:
    """Add to a step that takes a post into the case what seals that, where it is held."""
    said = step.said
    if not isinstance(said, Opened | CopyFound) or not said.mention:
        return step
    seal_posts(con, [said.mention], now, step.case_id)
    seal = seal_of(con, said.mention)
    return replace(step, said=replace(said, sealed=seal)) if seal else step


def steps_of_case(con: Connection, case_id: str) -> tuple[CaseStep, ...]:
    """Return the steps of a case in order; empty where there is no such case, or its steps were deleted."""
    rows = read_rows(con, f"{STEPS} WHERE case_id = $id", id=case_id)
    return tuple(map(step, sorted(rows, key=itemgetter(1))))


def case_to_look_at(con: Connection) -> str | None:
    """Return a case's number, of a restricted one where there is any, to be looked at in place of none."""
    sql = "SELECT id FROM cases ORDER BY restricted DESC, opened_at DESC, id LIMIT 1"
    return next(iter(read_column(con, sql)), None)


def all_steps(
    con: Connection,
    urns: Sequence[str] | None = None,
    *,
    story_ids: Sequence[str] | None = None,
    open_only: bool = False,
    closed_since: datetime | None = None,
    kept_apart: bool = False,
) -> dict[str, tuple[CaseStep, ...]]:
    """The steps of every case of these schools and stories (all if None), by case, oldest case first. With
    `open_only`, closed cases are left out unless they are on hold or were closed at `closed_since` or later;
    with `kept_apart`, those of stories of which none is restricted or locked."""
    if story_ids is not None and not story_ids:
        return {}
    wanted, given = ["TRUE"], dict[str, object]()
    if urns is not None:
        wanted, given = [*wanted, "urn = ANY($urns)"], {**given, "urns": list(urns)}
    if story_ids is not None:
        wanted, given = [*wanted, "story_id = ANY($stories)"], {**given, "stories": list(story_ids)}
    if open_only:
        wanted.append("NOT (closed_at IS NOT NULL AND NOT hold AND coalesce(closed_at < $since, TRUE))")
        given["since"] = closed_since
    if kept_apart:
        wanted.append(owner_store.KEPT_APART)
    sql = f"{STEPS} WHERE case_id IN (SELECT id FROM cases WHERE {' AND '.join(wanted)})"
    rows = sorted(read_rows(con, sql, **given), key=itemgetter(0, 1))
    found = group_pairs((row[0], step(row)) for row in rows)
    return {case_id: tuple(done) for case_id, done in sorted(found.items(), key=lambda c: c[1][0].done_at)}


def count_standing(con: Connection, urns: Sequence[str]) -> tuple[int, int]:
    """Count the cases of these schools that are open, and those that are on hold."""
    sql = """SELECT count(*) FILTER (closed_at IS NULL), count(*) FILTER (hold) FROM cases
        WHERE urn = ANY($urns)"""
    ((still_open, held),) = read_rows(con, sql, urns=list(urns))
    return int(still_open), int(held)


def find_open(con: Connection, mention_id: str, urn: str | None = None) -> str | None:
    """The id of the open case about that post, for this school if one is given; None where there is none."""
    sql = """SELECT id FROM cases WHERE mention_id = $id AND closed_at IS NULL
            AND ($urn::VARCHAR IS NULL OR urn = $urn::VARCHAR) ORDER BY opened_at, id LIMIT 1"""
    found = read_value(con, sql, id=mention_id, urn=urn)
    return None if found is None else str(found)


def open_about(con: Connection, story_ids: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """The numbers of the open cases about these stories, by story and school."""
    sql = """SELECT story_id, urn, list(id ORDER BY opened_at, id) FROM cases
        WHERE closed_at IS NULL AND story_id = ANY($ids) GROUP BY story_id, urn"""
    return {(story_id, urn): numbers for story_id, urn, numbers in read_rows(con, sql, ids=story_ids)}


def returned_stories(con: Connection, story_ids: Sequence[str]) -> set[tuple[str, str]]:
    """List those of these stories, with their schools, of which something came back after it was gone."""
    sql = """SELECT DISTINCT c.story_id, c.urn FROM cases c JOIN case_steps s ON s.case_id = c.id
        WHERE s.step = 'came_back' AND c.story_id = ANY($ids)"""
    return set(read_rows(con, sql, ids=story_ids))


def lanes_about(con: Connection, story_ids: Sequence[str]) -> set[BypassRoute]:
    """The ways past the ladder that cases about these stories take, or took."""
    sql = "SELECT DISTINCT lane FROM cases WHERE lane IS NOT NULL AND story_id = ANY($ids)"
    return {BypassRoute(lane) for lane in read_column(con, sql, ids=story_ids)}


def due_rechecks(con: Connection, now: datetime) -> list[str]:
    """Ids of the cases whose post is due for another recheck, longest overdue first."""
    sql = "SELECT id FROM cases WHERE recheck_at <= $now ORDER BY recheck_at, id"
    return read_column(con, sql, now=now)


def places_seen_gone(con: Connection) -> list[tuple[str, int]]:
    """List the places (case, number) of open cases whose posts were seen gone, which no step says since."""
    sql = """SELECT p.case_id, p.n FROM case_places p JOIN cases c ON c.id = p.case_id
        JOIN mentions m ON m.id = p.mention_id
        WHERE m.gone_at IS NOT NULL AND c.state IN ('triage', 'seeking', 'waiting', 'confirming')
            AND NOT EXISTS (SELECT 1 FROM case_steps t WHERE t.case_id = p.case_id AND t.step = 'checked'
                AND t.done_at >= m.gone_at AND json_extract_string(t.detail, '$.result') = 'gone'
                AND coalesce(json_extract_string(t.detail, '$.place')::INTEGER, 1) = p.n)
        ORDER BY ALL"""
    return read_rows(con, sql)


def overdue_cases(con: Connection, now: datetime) -> list[str]:
    """List the ids of the open cases with an expired clock, and of all cases on hold."""
    sql = """SELECT id FROM cases WHERE (due_at <= $now AND closed_at IS NULL) OR hold
        ORDER BY due_at, id"""
    return read_column(con, sql, now=now)


def with_alerts(con: Connection, found: Sequence[Case]) -> tuple[Case, ...]:
    """The cases, with anyone whom their alerts, or those of posts at their places, have since excluded added
    to those they may accuse, and anyone who was asked next added to those told.

    An edit or a reply may reveal whom a post is about after its case was opened. Once a person has said whom
    the case may accuse (a step `accused`, or `target` with `subjects`), only that counts; a target is not a
    subject. Nobody was told of what bypasses the ladder but by a person, who says so, nor is whom the post is
    aimed at.
    """
    if not found:
        return ()
    sql = "SELECT story_id, urn, id, excluded FROM alerts WHERE story_id = ANY($ids)"
    stories = _stories(con, found)
    rows = read_rows(con, sql, ids=set().union(*stories.values()))
    alerts = {(story_id, urn): (alert_id, out) for story_id, urn, alert_id, out in rows}
    if not alerts:
        return tuple(found)
    sql = """SELECT alert_id, person_id FROM escalations WHERE alert_id = ANY($ids)
        AND person_id IS NOT NULL AND about <> $number ORDER BY told_at"""
    ids = [alert_id for alert_id, _ in alerts.values()]
    asked: dict[str, list[str]] = group_pairs(read_rows(con, sql, ids=ids, number=StillOpen.BY_NUMBER.value))
    sql = """SELECT case_id FROM case_steps WHERE case_id = ANY($ids)
        AND (step = 'accused' OR (step = 'target' AND contains(detail, '"subjects": ')))"""
    kept = any(out for _, out in alerts.values())
    said = read_column(con, sql, ids=[case.id for case in found]) if kept else ()
    known = []
    for case in found:
        alert_id, _ = alerts.get((case.story_id, case.urn), ("", ()))
        out = [p for story in stories[case.id] for p in alerts.get((story, case.urn), ("", ()))[1]]
        told = case
        if alert_id in asked and case.lane is None:
            both = (p for p in (*case.audience, *asked[alert_id]) if p != case.target or p in case.audience)
            told = replace(case, audience=tuple(dict.fromkeys(both)))
        late = [p for p in out if p not in case.subjects and p != case.target and case.id not in said]
        known.append(replace(told, subjects=(*case.subjects, *late)) if late else told)
    return tuple(known)


def _stories(con: Connection, found: Sequence[Case]) -> dict[str, list[str]]:
    """The stories that each case (id) is shown posts of: its own, and those that hold a post of a place."""
    shown = {case.id: {*case.copies, *(here.mention_id for here in case.others)} - {None} for case in found}
    sql = """SELECT mention_id, urn, story_id FROM matches
        WHERE mention_id = ANY($ids) AND story_id IS NOT NULL"""
    ids = set().union(*shown.values())
    rows = read_rows(con, sql, ids=ids) if ids else ()
    held = group_pairs(((post, urn), story) for post, urn, story in rows)
    return {
        case.id: [case.story_id, *(s for post in shown[case.id] for s in held.get((post, case.urn), ()))]
        for case in found
    }


def with_place(con: Connection, found: Sequence[Case]) -> tuple[Case, ...]:
    """The cases; one whose place nobody has said, with the place that its post or its address tells."""
    unsaid = {case.id: case.mention_id for case in found if case.channel in UNSAID}
    if not unsaid:
        return tuple(found)
    sql = "SELECT id, channel, coalesce(url, '') FROM mentions WHERE id = ANY($ids)"
    rows = read_rows(con, sql, ids=list(unsaid.values()))
    told = {mention_id: place_said(said, url) for mention_id, said, url in rows}
    return tuple(replace(case, channel=told.get(unsaid.get(case.id), case.channel)) for case in found)


def whole_file(con: Connection, case: Case, *, restricted: bool = False) -> CaseFile:
    """Everything held about a case: its steps, its post and copies, its files and those of its post. As with
    `post`, restricted words are included only with `restricted`, for somebody who may read them
    (`record_read`), or where the safeguarding lead has given the matter back to the ladder."""
    restricted = restricted or case.is_returned
    others = [*case.copies, *(here.mention_id for here in case.others if here.mention_id)]
    found = {p.mention_id: p for p in posts_of(con, list(dict.fromkeys(others)), restricted=restricted)}
    found.pop(case.mention_id or "", None)
    mine = post_of(con, case, restricted=restricted)
    beside: tuple[OtherWords, ...] = ()
    if mine is not None:
        mine, beside = version_at_opening(con, mine, case, restricted=restricted)
        again = reported_again(con, mine, case, restricted=restricted)
        shown = {(mine.title or "", mine.text), *((words.title or "", words.text) for words in beside)}
        beside += tuple(words for words in again if (words.title or "", words.text) not in shown)
    return CaseFile(
        case,
        steps_of_case(con, case.id),
        mine,
        (*found.values(), *(at_address(here, mine, case.opened_at) for here in case.others if here.url)),
        files_of(con, case.id),
        beside,
    )


def record_read(con: Connection, case: Case, *, person: str, reason: str, now: datetime) -> None:
    """Audits who read a case's restricted words, and why. Raises InputError without a reason."""
    codes = (Code.CASE.of(case.id), note_reason(con, reason))
    record_act(con, now, person, "restricted_read", case.story_id, case.urn, codes)


def keep_letter_facts(
    con: Connection, case: Case, letter: str, facts: Mapping[str, str], person: str, now: datetime
) -> None:
    """Keeps what was typed for a letter of the case, in the place of what had been."""
    sql = "INSERT OR REPLACE INTO letter_facts VALUES ($id, $letter, $urn, $person, $facts, $now)"
    given = {"id": case.id, "urn": case.urn, "person": person, "facts": json.dumps(facts)}
    execute(con, sql, letter=letter, now=now, **given)


def letter_facts(con: Connection, case_id: str, letter: str) -> dict[str, str]:
    """Return what was typed last for that letter of the case, by the names of its facts."""
    sql = "SELECT max(facts) FROM letter_facts WHERE case_id = $id AND letter = $letter"
    return dict(json.loads(read_value(con, sql, id=case_id, letter=letter) or "{}"))


_OWNING = (Assigned, Accused, Targeted, Classified, Reclassified, Opened)
"""What decides who may have it."""


def _follow(con: Connection, case: Case, steps: Sequence[CaseStep]) -> None:
    """Record who has it once it is given, and that those have it no more whom the case may accuse or is aimed
    at. What becomes one of those that only a few know of is no longer theirs to whom it had been given."""
    for step in steps:
        if isinstance(step.said, Assigned):
            owner = Owner(step.said.person, step.recorded_at, step.actor)
            owner_store.own(con, case.story_id, case.urn, owner)
    held = owner_store.records(con, [case.story_id]).owners.get(case.story_id)
    narrowed = case.lane is not None and case.assigned_to is None
    if held is not None and (
        held.person in (*case.subjects, case.target) or (narrowed and held.by != held.person)
    ):
        owner_store.end_ownership(con, case.story_id, case.urn, [held.person], steps[-1].recorded_at)


def _entry(con: Connection, step: CaseStep) -> AuditEntry:
    """Its facts are codes, one for each id in a list; anything that does not look like a code is left out."""
    said = [
        Code(name).of(value)
        for name, values in step.stored_facts.items()
        if name in _TOLD
        for value in values.replace(",", " ").split()
    ]
    why = [note(con, step.why)] if step.why else []
    codes = (Code.N.of(step.n), *filter(is_code, said), step_seal(step), *why)
    return AuditEntry(step.recorded_at, step.actor, action_of(step.kind), step.case_id, step.urn, codes)


def case_row(case: Case) -> Row:
    """The projection of a case, in the order of `CASE`."""
    due = case.first_due
    return (
        *(case.id, case.story_id, case.urn, case.content_class, case.rung, case.opened_at, case.opened_by),
        *(case.closed_at, case.hold_by is not None, case.state, case.mention_id, case.lane, case.restricted),
        *(list(case.subjects), case.ending, case.locked),
        *(
            due.due_at if due else None,
            due.clock if due else None,
            min((here.recheck_at for here in case.places if here.recheck_at), default=None),
        ),
    )


def place_rows(case: Case) -> list[Row]:
    """The projections of its places, in the order of `PLACE`."""
    return [
        (
            *(case.id, here.n, case.urn, here.role, here.mention_id, here.channel),
            *(here.hosting.get("host", ""), here.place_state, here.said_gone_at),
        )
        for here in case.places
    ]


def step_row(step: CaseStep) -> Row:
    """A step in the order of `STEP`."""
    detail = json.dumps(dict(sorted(step.stored_facts.items())), ensure_ascii=False)
    return (
        *(step.case_id, step.n, step.urn, step.kind.value, step.actor, step.done_at, step.due_at, detail),
        *(step.recorded_at, step.why, step.clock),
    )


def step(row: Sequence[Any]) -> CaseStep:
    """A step from the columns of `STEPS`. Raises StoreTooNew for what this version does not know."""
    case_id, n, urn, kind, actor, done, due, detail, recorded, why, clock = row
    try:
        said, otherwise = read_stored(StepKind(kind), json.loads(detail or "{}"))
    except ValueError as error:
        raise StoreTooNew(
            f"Case {case_id}, step {n}: {error}. This version does not know it. Was it written by a newer "
            "one? Then install that version again; nothing was changed."
        ) from None
    return CaseStep(
        *(case_id, n, urn, said, actor, at(done), at(done if recorded is None else recorded)),
        why=why,
        otherwise=otherwise,
        due_at=at_or_none(due),
        clock=clock,
    )


_ONE_MATTER = "FROM cases c JOIN alerts a ON a.story_id = c.story_id AND a.urn = c.urn"


def alert_of_case(con: Connection, case_id: str) -> str | None:
    """The id of the alert of that case; None where nothing was raised of it, or there is no such case."""
    found = read_value(con, f"SELECT a.id {_ONE_MATTER} WHERE c.id = $id", id=case_id)
    return None if found is None else str(found)


# The posts that cases are about, as stored.

_NEWEST = """WITH these AS MATERIALIZED (SELECT * FROM mentions WHERE id = ANY($ids)),
    versions AS MATERIALIZED (SELECT mention_id, n, title, text FROM mention_versions
        WHERE mention_id = ANY($ids))
SELECT m.id, m.channel, m.kind, m.restricted, m.url, m.author, n.title, n.text,
    epoch_us(m.published), epoch_us(m.first_seen), epoch_us(m.fetched_at), m.version
FROM these m LEFT JOIN versions n ON n.mention_id = m.id AND n.n = m.version
ORDER BY coalesce(m.published, m.first_seen), m.id"""
"""Each table is read by its index: a join would read all rows."""
_WITHHELD = """SELECT mention_id, n, url, author, title, text FROM restricted_texts
WHERE mention_id = ANY($ids)"""
_SIGHTED = """SELECT mention_id, list(source_id ORDER BY source_id), epoch_us(max(last_seen))
FROM sightings WHERE mention_id = ANY($ids) GROUP BY mention_id"""
_EVENTS = "SELECT mention_id, version, event FROM verdicts WHERE mention_id = ANY($ids) AND event IS NOT NULL"
_ENCLOSED = "SELECT mention_id, kinds FROM enclosures WHERE mention_id = ANY($ids)"


def find_post(con: Connection, mention_id: str | None, *, restricted: bool = False) -> Post | None:
    """Return a post in its newest version; None where it does not exist (any more). The address, author,
    title and text of a restricted post are included only with `restricted`. The caller must check the right
    to read them and record the reading (`cases.record_read`)."""
    return next(iter(posts_of(con, [mention_id], restricted=restricted)), None) if mention_id else None


def post_of(con: Connection, case: Case, *, restricted: bool = False) -> Post | None:
    """The post where the case is turned to; of an address alone, the case's post with that address."""
    if case.mention_id or not case.url:
        return find_post(con, case.mention_id, restricted=restricted)
    first = find_post(con, case.places[0].mention_id, restricted=restricted)
    return at_address(case, first, case.opened_at)


def at_address(here: Case | CasePlace, first: Post | None, since: datetime) -> Post:
    """Return a place of which only the address is held: the words of the first are looked for."""
    words = first if here.role not in NOT_READ else None
    title, text = (words.title, words.text) if words else (None, None)
    seen = first.first_seen if first else since
    return Post("", here.channel, "post", here.url, None, title, text, None, seen, seen)


NOT_READ = frozenset((PlaceRole.ACCOUNT, PlaceRole.SEARCH))
"""What a person looks at: no account is read, and no search is made for somebody's name."""


def posts_of_story(con: Connection, story_id: str, *, restricted: bool = False) -> tuple[Post, ...]:
    """Return the posts of a story in their newest versions, oldest first; as `find_post` returns them."""
    matched = {*read_rows(con, "SELECT mention_id, version FROM matches WHERE story_id = $id", id=story_id)}
    ids = {i for i, _ in matched}
    newest = read_rows(con, "SELECT id, version FROM mentions WHERE id = ANY($ids)", ids=ids)
    return posts_of(con, sorted(i for i, n in newest if (i, n) in matched), restricted=restricted)


_VERSIONS = """SELECT n.n, epoch_us(n.fetched_at), coalesce(r.title, n.title), coalesce(r.text, n.text)
FROM mention_versions n
LEFT JOIN restricted_texts r ON $restricted AND r.mention_id = n.mention_id AND r.n = n.n
WHERE n.mention_id = $id ORDER BY n.n"""


def version_at_opening(
    con: Connection, post: Post, case: Case, *, restricted: bool
) -> tuple[Post, tuple[OtherWords, ...]]:
    """Return a post as it was sealed when the case was opened, and its other versions, oldest first."""
    if post.version == 1:
        return post, ()
    rows = read_rows(con, _VERSIONS, id=post.mention_id, restricted=restricted)
    wanted = sealed_version(con, post.mention_id, case.id) or post.version
    others = [OtherWords(at(read), title, text) for n, read, title, text in rows if n != wanted]
    told = [replace(post, version=n, title=title, text=text) for n, _, title, text in rows if n == wanted]
    return (told or [post])[0], tuple(others) if told else ()


def reported_again(con: Connection, post: Post, case: Case, *, restricted: bool) -> tuple[OtherWords, ...]:
    """List what others reported of the story at the post's address, oldest first."""
    address, told = canonical_url(post.url or ""), (post.mention_id, *case.copies)
    return tuple(
        OtherWords(other.first_seen, other.title, other.text)
        for other in (posts_of_story(con, case.story_id, restricted=restricted) if address else ())
        if other.mention_id not in told and canonical_url(other.url or "") == address
    )


def posts_of(con: Connection, mention_ids: Sequence[str], *, restricted: bool = False) -> tuple[Post, ...]:
    """Those of these posts that exist, oldest first; as `post` returns them."""
    if not mention_ids:
        return ()
    given = {"ids": list(mention_ids)}
    rows = read_rows(con, _NEWEST, **given)
    if not rows:
        return ()
    hidden = restricted and any(row[3] for row in rows)
    # each read by itself: to plan them all as one takes longer than to read them
    withheld = {row[:2]: row[2:] for row in (read_rows(con, _WITHHELD, **given) if hidden else ())}
    sighted = {row[0]: row[1:] for row in read_rows(con, _SIGHTED, **given)}
    events = {row[:2]: PressEvent(row[2]) for row in read_rows(con, _EVENTS, **given)}
    enclosed = dict(read_rows(con, _ENCLOSED, **given))
    found = []
    for mention_id, channel, kind, apart, *said, published, first, fetched, version in rows:
        of = (mention_id, version)
        words = withheld.get(of, (None, None, None, None)) if apart else said
        sources, last = sighted.get(mention_id, ((), None))
        seen = at(fetched if last is None else last)
        when, came = (at_or_none(published), at(first), seen), tuple(enclosed.get(mention_id, ()))
        about = (*words, *when, version, tuple(sources), events.get(of), came)
        found.append(Post(mention_id, channel, kind, *about))
    return tuple(found)


@freeze
class SeenPost:
    """The place where a post is, when it was published, and which sources (ids) have it: no word of it."""

    channel: str
    published: datetime | None
    source_ids: frozenset[str]


def seen_posts(con: Connection, mention_ids: Sequence[str]) -> dict[str, SeenPost]:
    """Those of these posts that exist, by id: in a fifth of the time of `posts_of`, without its join."""
    given = {"ids": list(mention_ids)}
    sql = "SELECT id, channel, epoch_us(published) FROM mentions WHERE id = ANY($ids)"
    seen = "SELECT mention_id, source_id FROM sightings WHERE mention_id = ANY($ids)"
    sources: dict[str, list[str]] = group_pairs(read_rows(con, seen, **given))
    return {
        mention_id: SeenPost(channel, at_or_none(published), frozenset(sources.get(mention_id, ())))
        for mention_id, channel, published in read_rows(con, sql, **given)
    }


def stories_of_posts(con: Connection, urn: str, beginning: str) -> dict[str, tuple[str, ...]]:
    """The posts of that school's stories whose id begins so, each with the stories that hold it."""
    sql = """SELECT mention_id, list(DISTINCT story_id) FROM matches
        WHERE urn = $urn AND starts_with(mention_id, $beginning) GROUP BY mention_id ORDER BY mention_id"""
    return {post: tuple(of) for post, of in read_rows(con, sql, urn=urn, beginning=beginning)}


def stories_listing(con: Connection, urn: str, mention_ids: Sequence[str]) -> list[tuple[str, bool]]:
    """The stories of that school that hold these posts, and whether one of them is there as a line of a list:
    those first, then the one that holds most."""
    sql = """SELECT story_id, bool_or(how = $how) AS so FROM matches
        WHERE urn = $urn AND mention_id = ANY($ids) AND story_id IS NOT NULL
        GROUP BY story_id ORDER BY so DESC, count(DISTINCT mention_id) DESC, story_id"""
    return read_rows(con, sql, urn=urn, ids=list(mention_ids), how=LISTED)


def with_the_same_words(con: Connection, story_id: str, urn: str) -> dict[str, str]:
    """Stories (id to URN) of other schools with the very words of a post of this one, if it has a print."""
    sql = """SELECT DISTINCT y.story_id, y.urn FROM matches x
        JOIN mention_versions n ON n.mention_id = x.mention_id AND n.n = x.version AND n.body_hash <> ''
        JOIN mention_versions m ON m.body_hash = n.body_hash
        JOIN matches y ON y.mention_id = m.mention_id AND y.version = m.n AND y.story_id IS NOT NULL
        WHERE x.story_id = $id AND y.urn <> $urn ORDER BY ALL"""
    return dict(read_rows(con, sql, id=story_id, urn=urn))


def restricted_among(con: Connection, mention_ids: Sequence[str]) -> frozenset[str]:
    """Ids of those of these posts whose words only the safeguarding lead may read."""
    sql = "SELECT id FROM mentions WHERE restricted AND id = ANY($ids)"
    return frozenset(read_column(con, sql, ids=mention_ids))


def cases_with_new_posts(con: Connection, since: datetime) -> list[str]:
    """Ids of cases whose school was spoken of in another post at `since` or later: where removal is being
    sought, or that closed because the post was gone. Only cases whose post's words may be compared: none that
    bypasses the ladder, and no fair comment."""
    sql = """SELECT DISTINCT c.id FROM cases c JOIN matches x ON x.urn = c.urn
        JOIN mentions m ON m.id = x.mention_id AND m.version = x.version
        WHERE m.first_seen >= $since AND c.mention_id IS NOT NULL AND m.id <> c.mention_id
            AND (c.state IN ('triage', 'seeking', 'waiting', 'confirming')
                OR c.ending IN ('removed', 'changed'))
        ORDER BY c.id"""
    return read_column(con, sql, since=since)


def posts_since(con: Connection, since: datetime) -> frozenset[str]:
    """The ids of the posts that were first seen then or later."""
    return frozenset(read_column(con, "SELECT id FROM mentions WHERE first_seen >= $since", since=since))


_POSTS = """
WITH this AS (
    SELECT m.channel, CASE WHEN m.restricted THEN r.author ELSE m.author END AS author
    FROM mentions m
    LEFT JOIN restricted_texts r ON $restricted AND r.mention_id = m.id AND r.n = m.version
    WHERE m.id = $mention)
SELECT m.id FROM mentions m JOIN this ON m.channel = this.channel
LEFT JOIN restricted_texts r ON $restricted AND r.mention_id = m.id AND r.n = m.version
JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version AND v.urn = $urn
WHERE this.author = $author AND (CASE WHEN m.restricted THEN r.author ELSE m.author END) = this.author
    AND (v.subject_person = $person OR m.id = $mention) AND v.relevance <> 'not_about'
"""


def by_the_same(con: Connection, case: Case) -> tuple[Post, ...]:
    """The author's posts about the approved person, on the case's own channel and site, oldest first. The
    author is that of the case's own post; nothing is returned where the approval names another. Restricted
    posts are included if the case itself is restricted, or was."""
    restricted = case.restricted or case.is_returned
    of = {"mention": case.mention_id, "urn": case.urn, "restricted": restricted}
    by, about = case.chronology_author, case.chronology_person
    ids = read_column(con, _POSTS, author=by, person=about, **of)
    found = posts_of(con, ids, restricted=restricted)
    site = next((_site(p.url) for p in found if p.mention_id == case.mention_id), None)
    return tuple(p for p in found if p.mention_id == case.mention_id or (site and _site(p.url) == site))


def _site(url: str | None) -> str | None:
    """The host of an address: the same name on another forum may be somebody else."""
    host = urlsplit(url or "").hostname
    return host.removeprefix("www.").removeprefix("m.") if host else None
