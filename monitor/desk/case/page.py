"""A case's page: the ladder, what its reader sees, the sides."""

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
from data.web.urls import visible
from data.words.say import Words, capital, words
from monitor.act.casework.evidence.capture_policy import picture_refusal, verdicts_on
from monitor.act.casework.next_act import other_ways
from monitor.act.casework.opening import turned, without_place
from monitor.act.casework.steps import NextStep, copies_of, next_steps, school_rules
from monitor.desk.case.questions import AskedField, CaseSetting, StepQuestion
from monitor.home.wiring import Session
from monitor.matters.reader import access_to, found_case, look_for_no_case, matter_of
from monitor.matters.views import case_as_far

# What the page of a case holds.


@dataclass(frozen=True, slots=True)
class Lead:
    """Where one goes from here: what it says, and the address."""

    said: str
    to: str


@dataclass(frozen=True, slots=True)
class SideForm:
    """One form: its fields, `more` of them in a fold, its buttons (what each does, what it says), what goes
    along unseen."""

    buttons: tuple[tuple[str, str], ...] = ()
    fields: tuple[AskedField, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    heading: str = ""
    quiet: bool = False
    more: tuple[AskedField, ...] = ()

    @property
    def brings(self) -> bool:
        """Does it bring a file?"""
        return any(each.how == "file" for each in self.fields)


@dataclass(frozen=True, slots=True)
class LadderRung:
    """One step of the ladder: how far it is (`done`, `now`, `waits`, `barred`, `open`), in words too; what is
    said of it, what bars it, what would help, and where one goes to take it or to help."""

    name: str
    how: str
    state: str
    told: tuple[str, ...] = ()
    barred: str = ""
    remedy: str = ""
    leads: tuple[Lead, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """One step that was taken: its number, when, what, by whom, and what was typed for it."""

    n: int
    when: str
    did: str
    who: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case. `next` is the one thing to do and `by` its date; `asked` its question, where it is one,
    `forms` where these do it, `next_lead` where it is done elsewhere; `later` puts it off; `playbook` is
    the next step of the playbook that fits. `readable` says
    that its words are shown after a tap on record; `status` stands in place of all that, for whoever may know
    how far it is and no more; `told` is what became of what was just done, `wrong` where that was nothing.
    `version` goes into forms.
    """

    number: str
    school: str
    state: str
    version: str
    next: str
    by: str
    back: str = ""
    status: str = ""
    playbook: tuple[str, ...] = ()
    danger: str = ""
    told: str = ""
    wrong: bool = False
    remedy: str = ""
    remedy_leads: tuple[Lead, ...] = ()
    asked: StepQuestion | None = None
    forms: tuple[SideForm, ...] = ()
    later: str = ""
    next_lead: Lead | None = None
    readable: bool = False
    notes: tuple[str, ...] = ()
    nobody_yet: tuple[str, str] = ("", "")
    rungs: tuple[LadderRung, ...] = ()
    people: tuple[tuple[str, str, Lead | None], ...] = ()
    post: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str, Lead], ...] = ()
    here: str = ""
    words: str = ""
    leads: tuple[Lead, ...] = ()
    others: tuple[Lead, ...] = ()
    steps: tuple[Happening, ...] = ()


# A case as far as one person may know it.


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
        return CaseSetting(
            self.case, self.rules.people, school.nation, self.me, self.w, zone, self.now, self.pictures
        )

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


def here(seen: SeenCase) -> str:
    """Which of its places its page is about, where it has several: what it is and its address."""
    if seen.unread or not seen.whole:
        return ""
    at = (where for number, where, _ in places_words(seen.file, seen.w) if number == seen.case.number)
    return visible(capital(next(at, "")))
