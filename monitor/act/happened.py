"""Record what has happened in a grave matter: the police were rung, or nothing need be done. It is recorded
by the steps of a case, and so by their guards; where none is open, one is opened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from alerts.access.guidance import bodies_to_tell
from alerts.ladder.advance import Refusal
from alerts.ladder.guards.steps import consent_wanted
from data.cases import Case, Consent, Event
from data.errors import InputError
from data.rungs import EMERGENCY
from data.steps.acts import Done, Refused
from data.steps.asking import Asked, ConsentAsked, ConsentGiven, Referred, Warned
from data.steps.codes import BypassRoute, Ending, ToWarn
from data.steps.keeping import Closed, Noted
from data.steps.stored import Step
from data.store.alerts.alerts import list_handed_over
from data.store.engine.connect import Connection
from data.types import Mark
from data.words.say import words
from monitor.act.casework.opening import open_by_hand
from monitor.act.mark import mark
from monitor.act.step import Taken, record_step
from monitor.home.wiring import Session
from monitor.matters.reader import (
    Reader,
    find_markable,
    may_say_what_happened,
    reads_all,
    school_of,
    to_ask_in_person,
)

OVER = "handed_over"
"""The guard: what was handed over is so once, until more of it is raised."""
RECORD = "dsl"
"""To whom it is referred: the school's own record is the safeguarding lead's."""


def hand_over_matter(
    con: Connection, session: Session, story_id: str, urn: str, number: str, now: datetime
) -> Done[tuple[Case, ...]] | Refused:
    """Close every case of it, or one opened for it, as handed over under that number: its words go then.
    Raises InputError where no case may be opened, or a case does not allow it."""
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    restricted = story_id in known.stored.by_story and known.stored.by_story[story_id].restricted
    works = restricted and may_say_what_happened(reader, known, story_id)
    if not (works and reads_all(reader, known, story_id)):
        return Refused("works", "Only people who work on it and read it can hand it over.")
    if not number.strip():
        return Refused("number", "Give its number in the school's own record.")
    found = [case for case in known.cases if case.story_id == story_id]
    if not found and list_handed_over(con, [known.stored.alerts[story_id].id]):
        return Refused(OVER, "It has already been handed over.")
    cases = found or [_open_case(con, session, story_id, now)]
    return Done(tuple(_close(con, session, case, number.strip(), now) for case in cases))


def _open_case(con: Connection, session: Session, story_id: str, now: datetime) -> Case:
    opened = open_by_hand(con, session, story_id, "", now)
    if isinstance(opened, Refusal):
        raise InputError(opened.said)
    return opened.case


def _close(con: Connection, session: Session, case: Case, number: str, now: datetime) -> Case:
    for said in (Referred(to=RECORD, reference=number), Closed(ending=Ending.HANDED_OVER)):
        done = record_step(con, session, case, Event(said, session.person.id), now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
        case = done.made.case
    return case


RANG_999, RANG_101, OTHERWISE, NEEDLESS = "rang_999", "rang_101", "otherwise", "needless"
WARNED = {"warned_target": ToWarn.TARGET, "warned_site": ToWarn.SITE}
"""Answers that say who was warned: the person threatened, or the gate."""
ASKED = ("asked_yes", "asked_no")
"""Answers of whoever is threatened and may be accused too, when they were asked in person, without the words,
whether the police may be told."""
AGREED = ("in_person", "phone")
"""How whoever is threatened said that the police may be told."""


def list_answers(lane: BypassRoute | None, nation: str, *, asked: bool) -> tuple[str, ...]:
    """List what may be said: 999 or 101 was rung, somebody was warned or `asked` in person, a body was told
    that has to be (past the ladder, by its name), something else, or nothing need be."""
    told = bodies_to_tell(lane, nation) if lane else WARNED
    return (RANG_999, RANG_101, *told, *(ASKED if asked else ()), OTHERWISE, NEEDLESS)


@dataclass(frozen=True, slots=True)
class Happened:
    """One of `list_answers`: who told others, when, their number; of 101 how the threatened `agreed`."""

    what: str
    why: str
    by: str
    at: datetime | None = None
    reference: str = ""
    agreed: str = ""


def say_what_happened(
    con: Connection, session: Session, story_id: str, urn: str, said: Happened, now: datetime
) -> Taken:
    """Record it in the matter's case, opened if need be. Raises InputError where the case refuses."""
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    if not may_say_what_happened(reader, known, story_id):
        return Refused("works", "Only people who work on it can say what has happened.")
    matter, asked = known.stored.by_story[story_id], to_ask_in_person(reader, known, story_id)
    answers = list_answers(matter.bypass, school_of(session.config, urn).nation, asked=bool(asked))
    if not said.why.strip() or said.what not in answers or (said.at is not None and said.at > now):
        return Refused("reason", "Say what has happened, in a few words, and when, if not now.")
    if said.by in matter.subjects:
        return Refused("reason", "A person it may accuse cannot be the one who told.")
    if said.what in ASKED:
        w, who = words(school_of(session.config, urn).language), ", ".join(p.name for p in asked)
        said = replace(said, why=f"{w(f'page.happened.{said.what}')} ({who}): {said.why.strip()}")
    case = next((c for c in known.cases if c.story_id == story_id), None)
    if case is None:
        opened = open_by_hand(con, session, story_id, said.why, now)
        if isinstance(opened, Refusal):
            return Refused(opened.guard, opened.said, opened.remedy)
        case = opened.case
    case = _record_consent(con, session, case, said, now)
    done = record_step(con, session, case, _event(case, session, said), now)
    if isinstance(done, Refused) and said.what == RANG_101 and _may_tell_police(case):
        referred = Referred(to="police", reference=said.reference.strip())
        done = record_step(con, session, case, replace(_event(case, session, said), said=referred), now)
    if isinstance(done, Refused):
        raise InputError(done.reason)
    return done


def end_as_said(
    con: Connection, session: Session, story_id: str, urn: str, why: str, now: datetime
) -> Done[object] | Refused:
    """End it as a later post says, by a mark or its case. Raises InputError as `say_what_happened`."""
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    if Mark.ANSWERED in find_markable(reader, known, story_id).offered:
        return mark(con, reader, story_id, urn, Mark.ANSWERED, now, why)
    case = next((c for c in known.cases if c.story_id == story_id), None)
    if case is None:
        opened = open_by_hand(con, session, story_id, why, now)
        if isinstance(opened, Refusal):
            return Refused(opened.guard, opened.said, opened.remedy)
        case = opened.case
    no: list[Refused] = []
    for ending in (Ending.HANDED_OVER, Ending.ANSWERED, Ending.MISTAKEN):
        done = record_step(con, session, case, Event(Closed(ending=ending), session.person.id, why), now)
        if isinstance(done, Done):
            return done
        no.append(done)
    return next((one for one in no if one.guard != "ending_fits"), no[0])


def _record_consent(con: Connection, session: Session, case: Case, said: Happened, now: datetime) -> Case:
    """Record that the threatened lets 101 be told, where the case waits for that. Raises InputError."""
    if said.what != RANG_101 or said.agreed not in AGREED or _may_tell_police(case):
        return case
    target = case.target or ""
    for step in (ConsentAsked(person=target, how=said.agreed), ConsentGiven(person=target)):
        done = record_step(con, session, case, Event(step, session.person.id), now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
        case = done.made.case
    return case


def _event(case: Case, session: Session, said: Happened) -> Event:
    me, why = session.person.id, said.why.strip()
    if said.what in (OTHERWISE, NEEDLESS, *ASKED):
        return Event(Noted(), me, why)
    by = next((p.name for p in session.config.people if p.id == said.by and p.id != me), "")
    return Event(_telling_step(case, said), me, f"{by}: {why}" if by else why, said.at)


def _may_tell_police(case: Case) -> bool:
    """Is nobody's consent waited for? Then that the police were told stands, whatever else the case wants."""
    return not consent_wanted(case) or case.consent in (Consent.GIVEN, Consent.OVERRIDDEN)


def _telling_step(case: Case, said: Happened) -> Step:
    """Write who was told or warned: of what bypasses the ladder, as a referral."""
    number = said.reference.strip()
    if said.what in WARNED:
        return Warned(who=WARNED[said.what])
    if said.what not in (RANG_999, RANG_101):
        return Referred(to=said.what, reference=number)
    if case.lane is not None:
        return Referred(to="police", reference=number)
    return Asked(rung=EMERGENCY, reference=number, imminent=said.what == RANG_999)
