"""A case as far as one person may know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.access.knowing import Access, reads_whole
from alerts.ladder.rules import Rules
from alerts.ladder.transitions import TABLE
from alerts.wording.cases import places_words
from data.cases import Case, CaseFile, CaseState
from data.rungs import Rung
from data.steps.codes import StepKind
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.web.visible import visible
from data.words.say import Words, words
from monitor.act.casework.evidence.capture_policy import picture_refusal, verdicts_on
from monitor.act.casework.finding import turned, without_place
from monitor.act.casework.next_act import other_ways
from monitor.act.casework.steps import NextStep, copies_of, next_steps, school_rules
from monitor.desk.case.questions import CaseSetting
from monitor.home.wiring import Session
from monitor.matters.reader import access_to, found_case, look_for_no_case, matter_of
from monitor.matters.views import case_as_far


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case as far as one person may know it now: `whole` where nothing of it is kept from them, `unread`
    where its words want a tap that is put on record; of whoever may know no more than how far it is `access`
    says so. `keeps` says that evidence of it may be kept now, `pictures` that a picture may."""

    session: Session
    case: Case
    file: CaseFile
    rules: Rules
    now: datetime
    whole: bool
    unread: bool
    access: Access = Access.WORDS
    keeps: bool = False
    pictures: bool = False

    @property
    def w(self) -> Words:
        """The words that its school reads."""
        return words(self.rules.school.language)

    @property
    def me(self) -> str:
        """The id of its reader."""
        return self.session.person.id

    @property
    def setting(self) -> CaseSetting:
        """What its questions are made of."""
        zone, school = self.session.config.zone, self.rules.school
        return CaseSetting(self.case, self.rules.people, school.nation, self.me, self.w, zone, self.now)

    @property
    def version(self) -> str:
        """What its forms were made from."""
        return str(self.case.steps)

    @property
    def ways(self) -> tuple[NextStep, ...]:
        """What its reader could ask next."""
        return next_steps(self.case, self.me, self.now, self.rules)

    @property
    def other_ways(self) -> Mapping[Rung, Sequence[str]]:
        """The rungs that could be asked for a reason, each in which ways."""
        return other_ways(self.case, self.me, self.now, self.rules)

    def at(self, place: int) -> SeenCase:
        """The same at another of its places."""
        case = turned(self.case, place)
        return replace(self, case=case, file=replace(self.file, case=case))

    def name(self, person_id: str | None) -> str:
        """What somebody is called; the program by its own name."""
        found = next((p.name for p in self.session.config.named if p.id == person_id), None)
        return found or self.w("pack.value.program")


def see(
    con: Connection, session: Session, number: str, now: datetime, *, read: bool = False
) -> SeenCase | None:
    """The case of that number as far as somebody may know it, None where there is none for them; `read` says
    that their reading of its words is on record."""
    number, place = without_place(number)
    case = found_case(con, number) if number.isalnum() else None
    much = access_to(case, session.person, session.config) if case else Access.NOTHING
    if case is None:
        look_for_no_case(con)
    if case is None or much < Access.STATUS or place not in [here.n for here in case.places]:
        return None
    case = turned(case, place)
    if much is Access.STATUS:
        far, rules = case_as_far(case, much, own=False), school_rules(session.context, case.urn)
        return SeenCase(
            session, far, CaseFile(far, (), None), rules, now, whole=False, unread=True, access=much
        )
    matter, people = matter_of(case, session.config), session.config.people
    sealed = case.restricted or case.locked
    whole = not case.locked or reads_whole(session.person, matter, people, recorded=True)
    file = case_store.whole_file(con, case, restricted=read and whole)
    rules = school_rules(session.context, case.urn)
    if case.state is CaseState.CONFIRMING:
        rules = replace(rules, copies=copies_of(con, case))
    seen = SeenCase(session, case, file, rules, now, whole, sealed and not read)
    keeps = whole and (case.state, StepKind.EVIDENCE) in TABLE
    pictures = keeps and picture_refusal(case, verdicts_on(con, case)) is None
    return replace(seen, keeps=keeps, pictures=pictures)


def when(moment: datetime, seen: SeenCase) -> str:
    zone, w = seen.session.config.zone, seen.w
    return w("ladder.moment", day=w.day(moment, seen.now, zone), clock=w.clock(moment, zone))


def sentence(said: str) -> str:
    return said[:1].upper() + said[1:]


def here(seen: SeenCase) -> str:
    """Which of its places its page is about, where it has several: what it is and its address."""
    if seen.unread or not seen.whole:
        return ""
    at = (where for number, where, _ in places_words(seen.file, seen.w) if number == seen.case.number)
    return visible(sentence(next(at, "")))
