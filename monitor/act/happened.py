"""Record what has happened in a grave matter: the police were rung, or nothing need be done. It is recorded
by the steps of a case, and so by their guards; where none is open, one is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from data.types import Mark
from data.words.say import words
from monitor.act.casework.opening import open_by_hand
from monitor.act.mark import Handling, mark
from monitor.act.step import Taken, record_step
from monitor.matters.reader import (
    KnownMatters,
    find_markable,
    may_say_what_happened,
    reads_all,
    to_ask_in_person,
)

OVER = "handed_over"
"""The guard: what was handed over is so once, until more of it is raised."""
RECORD = "dsl"
"""To whom it is referred: the school's own record is the safeguarding lead's."""


def hand_over_matter(h: Handling, number: str) -> Done[tuple[Case, ...]] | Refused:
    """Close every case of it, or one opened for it, as handed over under that number: its words go then.
    Raises InputError where no case may be opened, or a case does not allow it."""
    known, number = h.look(), number.strip()
    restricted = h.story_id in known.stored.by_story and known.stored.by_story[h.story_id].restricted
    works = restricted and may_say_what_happened(h.session, known, h.story_id)
    if not (works and reads_all(h.session, known, h.story_id)):
        return Refused("works", "Whoever works on it and reads it hands it over.")
    if not number:
        return Refused("number", "Give the number that it has in the school's own record.")
    cases = tuple(case for case in known.cases if case.story_id == h.story_id)
    if not cases and list_handed_over(h.con, [known.stored.alerts[h.story_id].id]):
        return Refused(OVER, "It is handed over already.")
    if not cases:
        opened = open_by_hand(h.con, h.session, h.story_id, "", h.now)
        if isinstance(opened, Refusal):
            raise InputError(opened.said)
        cases = (opened.case,)
    closing = (Referred(to=RECORD, reference=number), Closed(ending=Ending.HANDED_OVER))
    return Done(tuple(_record_steps(h, case, closing) for case in cases))


def _record_steps(h: Handling, case: Case, steps: Sequence[Step]) -> Case:
    """Record them all. Raises InputError where the case refuses one."""
    for said in steps:
        done = record_step(h.con, h.session, case, Event(said, h.me), h.now)
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


def say_what_happened(h: Handling, said: Happened) -> Taken:
    """Record it in the matter's case, opened if need be. Raises InputError where the case refuses."""
    known = h.look()
    if not may_say_what_happened(h.session, known, h.story_id):
        return Refused("works", "Whoever works on it says what has happened.")
    matter, asked = known.stored.by_story[h.story_id], to_ask_in_person(h.session, known, h.story_id)
    answers = list_answers(matter.bypass, h.school.nation, asked=bool(asked))
    if not said.why.strip() or said.what not in answers or (said.at is not None and said.at > h.now):
        return Refused("reason", "Say what has happened, in a few words, and when, if not now.")
    if said.by in matter.subjects:
        return Refused("reason", "Whoever it may accuse told nobody of it.")
    if said.what in ASKED:
        w, who = words(h.school.language), ", ".join(p.name for p in asked)
        said = replace(said, why=f"{w(f'page.happened.{said.what}')} ({who}): {said.why.strip()}")
    case = _case_or_new(h, known, said.why)
    if isinstance(case, Refused):
        return case
    if said.what == RANG_101 and said.agreed in AGREED and not _may_tell_police(case):
        # the threatened lets 101 be told, for which the case waits
        whose = case.target or ""
        consent = (ConsentAsked(person=whose, how=said.agreed), ConsentGiven(person=whose))
        case = _record_steps(h, case, consent)
    event = _event(h, case, said)
    done = record_step(h.con, h.session, case, event, h.now)
    if isinstance(done, Refused) and said.what == RANG_101 and _may_tell_police(case):
        referred = Referred(to="police", reference=said.reference.strip())
        done = record_step(h.con, h.session, case, replace(event, said=referred), h.now)
    if isinstance(done, Refused):
        raise InputError(done.reason)
    return done


def end_as_said(h: Handling, why: str) -> Done[object] | Refused:
    """End it as a later post says, by a mark or its case. Raises InputError as `say_what_happened`."""
    known = h.look()
    if Mark.ANSWERED in find_markable(h.session, known, h.story_id).offered:
        return mark(h, Mark.ANSWERED, why)
    case = _case_or_new(h, known, why)
    if isinstance(case, Refused):
        return case
    no: list[Refused] = []
    for ending in (Ending.HANDED_OVER, Ending.ANSWERED, Ending.MISTAKEN):
        done = record_step(h.con, h.session, case, Event(Closed(ending=ending), h.me, why), h.now)
        if isinstance(done, Done):
            return done
        no.append(done)
    return next((one for one in no if one.guard != "ending_fits"), no[0])


def _case_or_new(h: Handling, known: KnownMatters, why: str) -> Case | Refused:
    """Find its open case, or open one."""
    if case := next((c for c in known.cases if c.story_id == h.story_id), None):
        return case
    opened = open_by_hand(h.con, h.session, h.story_id, why, h.now)
    return Refused(opened.guard, opened.said, opened.remedy) if isinstance(opened, Refusal) else opened.case


def _event(h: Handling, case: Case, said: Happened) -> Event:
    why = said.why.strip()
    if said.what in (OTHERWISE, NEEDLESS, *ASKED):
        return Event(Noted(), h.me, why)
    by = next((p.name for p in h.session.config.people if p.id == said.by and p.id != h.me), "")
    return Event(_telling_step(case, said), h.me, f"{by}: {why}" if by else why, said.at)


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
