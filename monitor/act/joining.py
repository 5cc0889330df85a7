"""Joining matters, and undoing it; lists of what somebody saw; notes."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from pathlib import Path

from alerts.access.knowing import Access, access
from alerts.access.matter import matter_of_story, with_more
from alerts.access.offices import OFFICE_ABOUT, roles_of
from alerts.ladder.advance import Refusal
from alerts.ladder.replay import after, replay, that_hold
from alerts.places import numbers, place_of
from alerts.wording.instant import given_key
from classifiers.linking.linker import Linker
from classifiers.verdicts.subject import NameReading, people_named, roles_said
from classifiers.verdicts.subject import prepare_names as reading
from data.cases import Case, CasePlace, CaseStep, Consent, Event
from data.effects import Clock
from data.errors import InputError
from data.frozen import freeze
from data.ids import text_hash
from data.judged import route_rank
from data.matters import ActKind, MatterNote
from data.people import people_of
from data.rungs import EMERGENCY, OF_PRIVACY
from data.steps.acts import Done, Refused
from data.steps.classes import (
    Answered,
    Asked,
    Checked,
    CopyFound,
    EvidenceKept,
    Hosted,
    Joined,
    Noted,
    PlaceLeft,
)
from data.steps.codes import PlaceRole
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store import stories as story_store
from data.store.engine.connect import Connection
from data.store.mentions import list_handed_in
from data.store.outbox import withdraw_keys
from data.store.owners import draw_numbers, take_note_back
from data.store.sealing import restrict
from data.store.stories import StoryMove
from data.types import Mark, Marked, Person, Role, School, Story
from data.web.urls import canonical_url
from monitor.act.casework import make_judges, rehearse_step
from monitor.act.mark import Handling
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.home import wiring
from monitor.matters.reader import (
    KnownMatters,
    Session,
    StoredMatters,
    load_case,
    matter_of,
    may_join,
    read_matters,
    reads_all,
    school_of,
)
from monitor.matters.views import read_matter, undoings
from monitor.pipeline.intake import take_in_list
from monitor.pipeline.judges import Judges
from monitor.pipeline.rejudge import raise_moved
from monitor.pipeline.supplied import Kept, Report


def merge(h: Handling, other: str, why: str = "") -> Done[StoryMove] | Refused:
    """Merge with another story (id): the posts of one, and what comes, are the other’s; of two the later case
    becomes part of the first (`why`). Raises InputError where somebody could read more by it."""
    one, session = h.story_id, h.session
    urns = {row.id: row.urn for row in story_store.list_stories(h.con, story_ids=[one, other])}
    if len(urns) < 2 or len({*urns.values()}) > 1:
        return h.refuse("two")
    known = session.look(h.con, urns)
    if not all(may_join(session, known, story) for story in urns):
        return h.refuse("works")
    pair = _pair(known.stored, one, other)
    stays, goes = (case.story_id for case in pair) if pair else _order(session, known, one, other)
    refused = _join_refusal(h, known, stays, goes) or (apart_refusal(h, *pair) if pair else None)
    if refused is None and _widens(session, known.stored, stays, goes, urns[stays]):
        refused = h.refuse("more")
    if refused is None and pair:
        refused = join(h, *pair, why)
    return refused or Done(_join(h, known, stays, goes))


def _order(session: Session, known: KnownMatters, one: str, other: str) -> tuple[str, str]:
    ranks = {story: _rank_to_stay(known, story) for story in (one, other)}
    stays, goes = sorted(ranks, key=lambda story: ranks[story], reverse=True)
    urn = known.stored.verdicts[stays][0].urn
    alike = ranks[stays] == ranks[goes]
    return (goes, stays) if alike and _widens(session, known.stored, stays, goes, urn) else (stays, goes)


def _pair(stored: StoredMatters, one: str, other: str) -> tuple[Case, Case] | None:
    """Their cases, what stays first; None where one of them has none, or several."""
    found = [[c for c in stored.cases_of(story) if not c.joined_to] for story in (one, other)]
    return order_for_joining(*(cases[0] for cases in found)) if [*map(len, found)] == [1, 1] else None


def _widens(session: Session, stored: StoredMatters, stays: str, goes: str, urn: str) -> bool:
    config, school, matters = session.config, school_of(session.config, urn), stored.by_story
    verdicts = (*stored.verdicts[stays], *stored.verdicts[goes])
    people, one, other = config.people, matters[stays], matters[goes]
    made = matter_of_story(
        verdicts, stored.alerts.get(stays), school, people_of(school, people), config.profile(urn),
        asked=one.told,
    )  # fmt: skip
    subjects = one.subjects | other.subjects
    made = with_more(made, subjects=subjects, threatened=one.threatened, restricted=one.restricted)
    before = _known_to(session, stored, stays, goes)
    return any(access(p, made, people) > before[p.id] for p in people)


def _rank_to_stay(known: KnownMatters, story_id: str) -> tuple[object, ...]:
    stored, alert = known.stored, known.stored.alerts.get(story_id)
    raised = (alert.severity, route_rank(alert.route), alert.posted_at is None) if alert else ()
    apart = stored.by_story[story_id].restricted, any(v.restricted for v in stored.verdicts[story_id])
    return bool(stored.cases_of(story_id)), apart, raised


def _join_refusal(h: Handling, known: KnownMatters, stays: str, goes: str) -> Refused | None:
    """Why the posts of the one cannot go to the other; None where they can."""
    one, other = (known.stored.by_story[story] for story in (stays, goes))
    cases = [case.id for story in (stays, goes) for case in known.stored.cases_of(story)]
    if alert_store.list_handed_over(h.con, [a.id for a in known.stored.alerts.values()]):
        return Refused("handed_over", "One of them is handed over to the school's own record.")
    if known.stored.cases_of(goes) and _pair(known.stored, stays, goes) is None:
        return h.refuse("cases", all=", ".join(cases), case=cases[0])
    if (one.bypass, one.restricted) != (other.bypass, other.restricted):
        if not h.session.keeps(one if one.restricted else other):
            return h.refuse("lane")
        if other.restricted and cases:
            return h.refuse("lane", "on_ladder", case=cases[0])
    return None


def _join(h: Handling, known: KnownMatters, stays: str, goes: str) -> StoryMove:
    con, session, now = h.con, h.session, h.now
    stored, (row,) = known.stored, story_store.list_stories(con, story_ids=[stays])
    urn, verdicts, alert = row.urn, stored.verdicts[goes], stored.alerts.get(stays)
    before = _known_to(session, stored, stays, goes)
    posts, times = tuple(sorted(v.mention_id for v in verdicts)), alert.times if alert else 0
    made = StoryMove(goes, stays, urn, True, posts, now, h.me, times, row.first_seen, row.last_seen)
    made = story_store.move(con, made)
    if any(case.lane for case in stored.cases_of(stays)):
        restrict(con, [v.mention_id for v in verdicts if not v.restricted], now)
    judges = make_judges(session.config, session.context.home, Linker(session.config.schools))
    raise_moved(con, Story(stays, urn, "", now, now, posts), verdicts, judges, now)
    if alert is not None:
        alert_store.exclude_from_alerts(con, {alert.id: sorted(stored.by_story[goes].subjects)}, now)
        out = alert_store.by_story(con, [stays])[stays, urn].excluded
        made = replace(made, kept_out=tuple(p for p in out if p not in alert.excluded))
        story_store.keep(con, made)
    owner_store.record_mark(con, Marked(goes, urn, Mark.MERGED, h.me, now))
    after, has = read_matters(con, session.config, {stays: urn}), stored.owners.get(goes)
    if any(knows > before[person] for person, knows in _known_to(session, after, stays).items()):
        raise InputError(h.refuse("more").reason)
    reads = before.get(has.person) is Access.WORDS if has else False
    if has and reads and stored.holder(stays) is None:
        owner_store.own(con, stays, urn, has, now)
    return made


def _known_to(session: Session, stored: StoredMatters, *story_ids: str) -> dict[str, Access]:
    people, matters = session.config.people, [stored.by_story[story] for story in story_ids]
    return {p.id: min(access(p, matter, people) for matter in matters) for p in people}


def _about(cases: Iterable[Case], posts: Iterable[str]) -> str:
    """The number of the first of these cases that has one of these posts; "" where none has."""
    theirs = {
        case.id: {case.mention_id, *case.copies, *(p.mention_id for p in case.others)} for case in cases
    }
    return next((number for number, held in theirs.items() if not held.isdisjoint(posts)), "")


def undo_merge(h: Handling) -> Done[StoryMove] | Refused:
    """Undoes the last merge into a story, as long as nothing was done since that cannot be undone."""
    made = story_store.last_merge(h.con, h.story_id)
    if made is None:
        return Refused("merged", "Nothing was merged into it.")
    known = h.session.look(h.con, {made.to_story: made.urn, made.from_story: made.urn})
    if not may_join(h.session, known, made.to_story):
        return h.refuse("works")
    pairs = (
        (s, g) for s in known.stored.cases_of(made.to_story) for g in known.stored.cases_of(made.from_story)
    )
    pair = next(((s, g) for s, g in pairs if g.joined_to == s.id), None)
    if why := _why_not_undone(h.con, known, made, pair):
        return Refused("since", f"It can no longer be undone: {why}")
    if pair and (refused := part(h, *pair)) is not None:
        return refused
    story_store.undo_move(h.con, made, h.me, h.now)
    owner_store.undo(h.con, made.from_story, made.urn, h.me, h.now)
    mine, theirs = (known.stored.owners.get(s) for s in (made.to_story, made.from_story))
    if mine and theirs and (mine.person, mine.at) == (theirs.person, theirs.at):
        owner_store.end_ownership(h.con, made.to_story, made.urn, [mine.person], h.now)
    return Done(made)


def _why_not_undone(
    con: Connection, known: KnownMatters, made: StoryMove, pair: tuple[Case, Case] | None
) -> str:
    """Return what bars that it is undone; "" where nothing does. `pair` are cases that it joined."""
    came = {here.mention_id for here in pair[1].places} if pair else set[str | None]()
    alert, cases = known.stored.alerts.get(made.to_story), known.stored.cases_of(made.to_story)
    if story_store.posts_in(con, made.to_story, made.posts) != {*made.posts}:
        return "posts of it were deleted, or moved once more."
    if (alert.times if alert else 0) != made.times:
        return "its alert was sent again, with what was merged."
    opened = next((case.id for case in cases if case.opened_at >= made.moved_at), "")
    if number := opened or _about(cases, {*made.posts} - came):
        return f"case {number} is about what was merged."
    if (
        not pair
        and any(case.lane for case in cases)
        and not story_store.restricted_stories(con).get(made.from_story)
    ):
        return "its words were hidden, as all of that case."
    return ""


# Two cases that are one: the later is closed, and its places go on as places of the first. That is the one
# whose removal was decided first, else which was opened first: no decision puts its target off. What was
# asked, answered and seen at a place comes along as it was, so that its clocks run on there.

_COMES_ALONG = (Asked, Answered, Checked, EvidenceKept, Hosted, PlaceLeft)


def order_for_joining(one: Case, other: Case) -> tuple[Case, Case]:
    """Say which of the two stays, and which becomes part of it."""

    def first(case: Case) -> tuple[bool, datetime, datetime, str]:
        decided = case.sought.since if case.sought else case.decided_at
        return decided is None, decided or case.opened_at, case.opened_at, case.id

    stays, goes = sorted((one, other), key=first)
    return stays, goes


def apart_refusal(h: Handling, stays: Case, goes: Case) -> Refused | None:
    """Why the two must stay two, in words that say what to do; None where they may be one."""
    settled = attrgetter("lane", "restricted", "locked", "fair", "content_class", "threatens")
    barred = {
        "closed": stays.closed_at or goes.closed_at,
        "kind": settled(stays) != settled(goes),
        "left_out": {*stays.subjects} != {*goes.subjects} or _opens(h.session, stays, goes),
        "target": goes.target not in (None, stays.target),
        "consent": goes.consent not in (Consent.NOT_ASKED, stays.consent),
        "decision": goes.decision not in (None, stays.decision),
        "open": stays.proposal or goes.proposal or stays.call_to_999 or goes.call_to_999,
        "held": goes.hold_by,
        "owed": any(w.clock in OF_PRIVACY for w in goes.waits),
        "twice": {p.mention_id for p in stays.places if p.mention_id} & {p.mention_id for p in goes.places},
    }
    why = next((name for name, bars in barred.items() if bars), "")
    return h.refuse(why, case=stays.id, other=goes.id) if why else None


def _opens(session: Session, stays: Case, goes: Case) -> bool:
    """Could somebody read by it what they may not now, or learn of a case of which they may know nothing?"""
    people = session.config.people
    first, later = (matter_of(case, session.config) for case in (stays, goes))
    both = [(access(p, first, people), access(p, later, people)) for p in people]
    return any(here > there or (there and here is Access.NOTHING) for here, there in both)


def join(h: Handling, stays: Case, goes: Case, why: str) -> Refused | None:
    """Make one case of two that nothing keeps apart, in the caller's transaction; nobody is written to."""
    by, now, steps = h.me, h.now, that_hold(case_store.steps_of_case(h.con, goes.id))
    closes, comes = Joined(case=stays.id, closes=True), Joined(case=goes.id)
    for case, step in ((goes, closes), (stays, comes)):
        came = rehearse_step(h.context, case, Event(step, by, why), now)
        if isinstance(came, Refusal):
            said = Refused(came.guard, f"{came.said} {came.remedy}")
            return said if why.strip() else h.refuse(came.guard, "why_one")
    along = [step for here in goes.places for step in _along(stays, goes, here, steps)]
    runs = next((w for w in goes.waits if goes.sought and w.clock == goes.sought.clock), None)
    opening = _step(stays, replace(comes, taken=len(along)), by, now, why)
    if runs is not None:
        opening = replace(opening, due_at=runs.due_at, clock=runs.clock)
    whole = [opening, *(replace(s, case_id=stays.id, actor=by, recorded_at=now) for s in along)]
    then = stays
    for i, each in enumerate(whole):
        whole[i] = replace(each, n=stays.steps + 1 + i)
        then = after(then, whole[i])
    if _place_states(then)[len(stays.places) :] != _place_states(goes):
        return h.refuse("came_back", case=stays.id, other=goes.id)
    closing = _step(goes, closes, by, now, why)
    case_store.append_steps(h.con, after(goes, closing), [closing], (), now)
    case_store.append_steps(h.con, then, whole, (), now)
    return None


def _along(stays: Case, goes: Case, here: CasePlace, steps: list[CaseStep]) -> list[CaseStep]:
    """The steps that make a place of the one case a place of the other, with what was done there."""
    n = numbers(stays)[-1] + numbers(goes).index(here.n) + 1
    role = PlaceRole.ITEM if here.role is PlaceRole.POST else here.role
    found = CopyFound(mention=here.mention_id or "", url=here.url, what=role, channel=here.channel)
    theirs = [
        replace(s, said=replace(s.said, place=n))
        for s in steps
        if isinstance(s.said, _COMES_ALONG) and place_of(s.said) == here.n
    ]
    opened = replace(
        steps[0], said=found, done_at=goes.opened_at, why="", due_at=None, clock="", otherwise={}
    )
    return [opened, *theirs]


def _place_states(case: Case) -> list[tuple[object, ...]]:
    """Say how far each of its places is, what is asked there and not answered, and how it was seen."""
    asked = [[(a.rung, a.at) for a in p.askings if a.rung is not EMERGENCY] for p in case.places]
    return [(p.place_state, p.said_gone_at, p.checks, a) for p, a in zip(case.places, asked, strict=True)]


def _step(case: Case, said: Joined, by: str, now: datetime, why: str) -> CaseStep:
    return CaseStep(case.id, case.steps + 1, case.urn, said, by, now, now, why=why.strip())


def part(h: Handling, stays: Case, goes: Case) -> Refused | None:
    """Makes two of them again, each as it was; why not, where the case has gone on since."""
    undone = []
    for case, other in ((goes, stays), (stays, goes)):
        steps = case_store.steps_of_case(h.con, case.id)
        held = ((s, s.said) for s in reversed(steps) if isinstance(s.said, Joined))
        made, said = next((step, said) for step, said in held if said.case == other.id)
        last = made.n + (said.taken or 0)
        if any(not isinstance(s.said, Noted) for s in steps if s.n > last):
            return h.refuse("since", case=case.id)
        undone.append((steps, _step(case, replace(said, undone=True), h.me, h.now, made.why)))
    for steps, back in undone:
        case_store.append_steps(h.con, replay([*steps, back]), [back], (), h.now)
        case_store.drop_places(h.con, load_case(h.con, back.case_id))
    return None


# A list of what somebody saw: read, checked line by line, and handed in as one matter.

COLUMNS = ("address", "words")
MOST_LINES = 200
_DELIMITERS = ",;\t"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+|(?<![@\w.-])(?:[\w-]+\.)+[a-z]{2,}(?:/[^\s<>\"]*)?", re.I)
_NUMBERED = re.compile(r"^\s*\d+[.)]\s+")


class Becomes(StrEnum):
    """The outcome of a line: it is recorded, was handed in before by the same person, or is refused."""

    RECORDED = "recorded"
    KNOWN = "known"
    REFUSED = "refused"


@freeze
class ListLine:
    """One line: its number, how it was `typed`, what becomes of it, `why` not; `first` says the same."""

    n: int
    typed: str
    address: str
    words: str
    becomes: Becomes = Becomes.RECORDED
    why: str = ""
    first: int = 0


@freeze
class ReadList:
    """A list as it was read."""

    lines: tuple[ListLine, ...]

    def of(self, becomes: Becomes) -> tuple[ListLine, ...]:
        return tuple(line for line in self.lines if line.becomes is becomes)


def is_list(text: str) -> bool:
    """Is it a table of addresses and words, or are all its lines, two at least, addresses?"""
    lines = [line for line in text.splitlines() if line.strip()]
    begin = (_ADDRESS.match(_NUMBERED.sub("", line).strip()) for line in lines)
    return bool(lines) and (_read_header(lines[0]) is not None or (len(lines) > 1 and all(begin)))


def read_list(text: str, check: Callable[[str, str], str]) -> ReadList:
    """Its lines that are not empty. `check` (address, words) says why one is refused, "" for none."""
    first, _, below = text.lstrip("\ufeff\n\r ").partition("\n")
    header = _read_header(first)
    rows = _lines(text) if header is None else _rows(below, *header)
    return ReadList(tuple(_check_lines(rows, check)))


def _read_header(line: str) -> tuple[str, list[str]] | None:
    """Read what parts its cells, and its columns; None where it does not name them."""
    delimiter = max(_DELIMITERS, key=line.count)
    columns = [title.strip().strip('"').lower() for title in line.lstrip("\ufeff").split(delimiter)]
    return (delimiter, columns) if sorted(columns) == sorted(COLUMNS) else None


def _lines(text: str) -> Iterator[ListLine]:
    """Each line with the address that must be in it, and as words whatever else it says."""
    for n, line in enumerate(text.splitlines(), start=1):
        said = _NUMBERED.sub("", line).strip()
        found = _ADDRESS.search(said)
        address = found[0].rstrip(".,;:)>'") if found else ""
        words = said.replace(found[0], " ", 1).strip(' \t,;:–—-"|') if found else said
        words = words if any(map(str.isalpha, words)) else ""
        if said:
            yield ListLine(n, line, address, words, why="" if found else "address")


def _rows(text: str, delimiter: str, columns: Sequence[str]) -> Iterator[ListLine]:
    """The lines below the first of a table; where a quotation mark is left open, all the rest as one."""
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while (at := reader.line_num) < len(lines):
        try:
            cells = next(reader)
        except csv.Error:
            yield ListLine(at + 2, "".join(lines[at:]), "", "", Becomes.REFUSED, "quotes")
            return
        typed = "".join(lines[at : reader.line_num]).rstrip("\r\n")
        cell = dict(zip(columns, (*cells, "", ""), strict=False))
        line = ListLine(at + 2, typed, cell["address"].strip(), cell["words"].replace("\r\n", "\n").strip())
        if len(cells) > len(columns):
            yield replace(line, becomes=Becomes.REFUSED, why="cells")
        elif any(each.strip() for each in cells):
            yield line


def _check_lines(lines: Iterable[ListLine], check: Callable[[str, str], str]) -> Iterator[ListLine]:
    """Each line, refused where it cannot be recorded, or says what one before it says."""
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        odd = any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in line.address + line.words)
        why = line.why or ("control" if odd else check(line.address, line.words))
        first = line.n if why else seen.setdefault(_key(line.address, line.words), line.n)
        why = why or ("same" if first != line.n else "")
        yield replace(line, becomes=Becomes.REFUSED, why=why, first=first) if why else line


def _key(address: str, words: str) -> tuple[str, str]:
    return canonical_url(address) if address else "", text_hash("", words) if words else ""


def speaking_of(read: ReadList, school: School, people: Iterable[Person]) -> Mapping[Role, tuple[int, ...]]:
    """List lines (numbers) that name or speak of the head, chair or lead, where not all do: what accuses one
    of these turns the whole list past them."""
    here = people_of(school, people)
    of_all = len(read.lines) - len(read.of(Becomes.REFUSED))
    of = {line.n: _offices(reading(line.words), here) for line in read.of(Becomes.RECORDED)}
    found = {role: tuple(n for n in of if role in of[n]) for role in OFFICE_ABOUT.values()}
    return {role: lines for role, lines in found.items() if 0 < len(lines) < of_all}


def _offices(words: NameReading, here: Sequence[Person]) -> frozenset[Role]:
    return roles_said(words.plain) | roles_of(here, (p.id for p in people_named(words, here)))


def without_known(con: Connection, read: ReadList, urn: str, person: str) -> tuple[ReadList, frozenset[str]]:
    """Mark lines that this person handed in before, and as which posts; what others did is not told."""
    before: dict[tuple[str, str], str] = {}
    for mention, url, words in list_handed_in(con, urn, person):
        at, said = _key(url, words)
        before |= {(at, said): mention, **({(at, ""): mention} if at else {})}
    found = {
        line.n: before[key]
        for line in read.of(Becomes.RECORDED)
        if (key := _key(line.address, line.words)) in before
    }
    lines = (replace(one, becomes=Becomes.KNOWN) if one.n in found else one for one in read.lines)
    return replace(read, lines=tuple(lines)), frozenset(found.values())


def hand_in_list(
    config: Config,
    home: Paths,
    reports: Sequence[Report],
    files: tuple[bytes, ...],
    before: frozenset[str],
    urn: str,
    clock: Clock,
    judged: Callable[[Config, Path], Judges],
) -> list[Kept]:
    """Judge and save these as one matter, beside what was handed in `before`, each under a number, the first
    with the `files`. Raises StoreError or OSError: then nothing of it is saved."""
    store = wiring.open_store(home.home)
    wiring.remember_config(store, config)
    with store.open_reader() as con:
        numbers = draw_numbers(con, [str(n) for n, _ in enumerate(reports)]).values()
    kept = [Kept(report, urn, clock(), number) for report, number in zip(reports, numbers, strict=True)]
    kept[0] = replace(kept[0], files=files)
    take_in_list(kept, before, wiring.make_intake(config, home, store, judged), clock)
    return kept


# Undoing what somebody did in a matter, as it was done: taking it, giving it, asking to be asked again. And
# writing a note on it for the others who may read it, and taking that back: for every door alike.


def undo(h: Handling, what: ActKind) -> Done[ActKind] | Refused:
    """Undo it, where nobody acted upon it; a mail not sent yet is withdrawn."""
    known, story = h.look(), h.story_id
    if not any(action.act == what for action in undoings(h.con, h.session, known, story, h.now)):
        return Refused("undone", "It can no longer be undone: somebody acted upon it, or it is over.")
    alert, owner = known.stored.to_tell(story, h.now), known.stored.owners[story]
    if what is ActKind.PUT_DOWN:
        alert_store.put_down(h.con, alert.id, h.me, h.now)
    else:
        withdraw_keys(h.con, [given_key(alert, owner)], h.now)
        alert_store.undo_giving(h.con, alert.id, owner, h.me, h.now)
    return Done(what)


def ask_for_reminder(h: Handling) -> Done[ActKind] | Refused:
    """Record that who has it is asked of it again at the time that its page offers, and not before."""
    view = read_matter(h.con, h.session, h.story_id, h.now)
    offered = [one for one in view.actions if one.act == ActKind.REMIND] if view else []
    at = next((when for one in offered for _, when in one.values if isinstance(when, datetime)), None)
    if at is None:
        return Refused("remind", "It is not theirs, or something is due in it before then.")
    owner = h.look().stored.owners[h.story_id]
    owner_store.ask_for_reminder(h.con, h.story_id, h.urn, replace(owner, ask_at=at), h.now)
    return Done(ActKind.REMIND)


MOST = 500
"""So many characters a note may have: it says what was done, and is no record of its own."""


def write_note(h: Handling, said: str) -> Done[MatterNote] | Refused:
    """Write it, for who may read all of the matter. It counts as nothing done."""
    if not reads_all(h.session, h.look(), h.story_id):
        return Refused("words", "It is for those to write on who may read it.")
    if not said.strip() or len(said.strip()) > MOST:
        return Refused("note", f"A note has words, and {MOST} characters at most.")
    return Done(h.note_down(said.strip()))


def take_back_note(h: Handling, note_id: str) -> Done[bool]:
    """Takes back what this person wrote on it; False where that is nothing."""
    return Done(take_note_back(h.con, h.story_id, h.urn, note_id, h.me, h.now))
