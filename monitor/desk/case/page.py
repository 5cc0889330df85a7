"""What a page of a case holds, and a case as far as its reader may know it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.acts import Act
from alerts.access.knowing import Access, reads_whole
from alerts.ladder.advance import Refusal, advance
from alerts.ladder.rules import Rules
from alerts.ladder.transitions import TABLE
from alerts.wording.cases import places_words
from data.cases import Case, CaseFile, CaseState, Event
from data.steps.codes import StepKind
from data.steps.keeping import Noted
from data.steps.stored import Step
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.web.urls import visible
from data.words.say import Words, capital, words
from monitor.act.casework.evidence.capture_policy import case_verdicts, picture_refusal
from monitor.act.casework.opening import turn_to_place, without_place
from monitor.act.casework.steps import NextStep, copies_of, danger_at, next_steps, school_rules
from monitor.home.wiring import Session
from monitor.matters.reader import access_to, found_case, look_for_no_case, matter_of
from monitor.matters.views import case_as_far

# What the page of a case holds.


@dataclass(frozen=True, slots=True)
class Lead:
    """The way on from here: what it says, and the address."""

    said: str
    to: str


@dataclass(frozen=True, slots=True)
class AskedField:
    """One field: its name and label, how it is answered (`pick`, `tick`, `choose`, `line`, `words`, `when`,
    `file`, `ready`), its options, each a value and what it says, what is `chosen`; `long`: a whole letter."""

    name: str
    label: str
    how: str
    options: tuple[tuple[str, str], ...] = ()
    chosen: str = ""
    needed: bool = False
    long: bool = False


@dataclass(frozen=True, slots=True)
class CaseForm:
    """One form: what it does (`act`, as in its address), its buttons (a name, a value and words each), its
    fields, `more` of them in a fold, what goes along unseen; a `quiet` one is not what is done first."""

    act: str
    buttons: tuple[tuple[str, str, str], ...]
    fields: tuple[AskedField, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    more: tuple[AskedField, ...] = ()
    heading: str = ""
    hint: str = ""
    quiet: bool = False

    @property
    def brings(self) -> bool:
        """Does it bring a file?"""
        return any(each.how == "file" for each in (*self.fields, *self.more))


@dataclass(frozen=True, slots=True)
class LadderRung:
    """The rung that may be asked: how far that is in words, what is said of it, what bars it, what would
    help, and where one goes to ask or to help.
    """

    name: str
    state: str
    told: tuple[str, ...] = ()
    barred: str = ""
    remedy: str = ""
    leads: tuple[Lead, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """One step that was taken: when, what, by whom, and what was typed for it."""

    when: str
    did: str
    who: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of a case, which asks one question: its `heading`, by when, what is said of it (`lines`), a
    letter, `forms`, where one goes instead (`leads`). The case's own page bears below what is known of its
    other questions (`parts`), of people, places, the post, and what was done; `barred` are letters that do
    not fit.

    `readable` says that its words are shown after a tap on record; `status` stands in place of all that, for
    whoever may know how far it is and no more; `told` is what became of what was just done, `wrong` where
    that was nothing, and then `typed` what had been typed. `version` goes into forms.
    """

    number: str
    state: str
    version: str
    heading: str
    by: str = ""
    back: str = ""
    here: str = ""
    status: str = ""
    danger: str = ""
    told: str = ""
    wrong: bool = False
    remedy: str = ""
    remedy_leads: tuple[Lead, ...] = ()
    typed: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    letter: str = ""
    letter_title: str = ""
    warnings: tuple[str, ...] = ()
    forms: tuple[CaseForm, ...] = ()
    leads: tuple[Lead, ...] = ()
    barred: tuple[str, ...] = ()
    readable: bool = False
    parts: tuple[tuple[str, tuple[str, ...], Lead], ...] = ()
    rungs: tuple[LadderRung, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    post: tuple[tuple[str, str], ...] = ()
    words: str = ""
    places: tuple[tuple[str, str, Lead], ...] = ()
    steps: tuple[Happening, ...] = ()
    more: str = ""


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
    def zone(self) -> ZoneInfo:
        """The clock that its reader reads by."""
        return self.session.config.zone

    @property
    def version(self) -> str:
        """The state that its forms were made from; exhibits that were made since change nothing in them."""
        packs = (s for s in self.file.steps if isinstance(s.said, Noted) and s.said.pack)
        return str(self.case.steps - len([*packs]))

    @property
    def ways(self) -> tuple[NextStep, ...]:
        """The steps that its reader could ask next."""
        return next_steps(self.case, self.me, self.now, self.rules)

    def may(self, act: Act) -> bool:
        """May its reader do that in the case?"""
        return any(person.id == self.me for person in self.rules.who_may(act, self.case))

    def step_refusal(self, said: Step, why: str = "") -> Refusal | None:
        """Return what the ladder would say to that step of its reader; None where it may be taken."""
        done = advance(self.case, Event(said, self.me, why), self.now, self.rules)
        return done if isinstance(done, Refusal) else None

    def at(self, place: int) -> SeenCase:
        """The same at another of its places."""
        case = turn_to_place(self.case, place)
        return replace(self, case=case, file=replace(self.file, case=case))

    def name(self, person_id: str | None) -> str:
        """Return what somebody is called; the program by its own name."""
        found = next((p.name for p in self.session.config.all_people if p.id == person_id), None)
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
    case = turn_to_place(case, place)
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
    rules = replace(rules, danger_at=danger_at(con, case, rules))
    if case.state is CaseState.CONFIRMING:
        rules = replace(rules, copies=copies_of(con, case))
    seen = SeenCase(session, case, file, rules, now, whole, sealed and not read)
    keeps = whole and (case.state, StepKind.EVIDENCE) in TABLE
    pictures = keeps and picture_refusal(case, case_verdicts(con, case)) is None
    return replace(seen, keeps=keeps, pictures=pictures)


def when(moment: datetime, seen: SeenCase) -> str:
    w, zone = seen.w, seen.zone
    return w("ladder.moment", day=w.day(moment, seen.now, zone), clock=w.clock(moment, zone))


def place_on_page(seen: SeenCase) -> str:
    """Say which of its places its page is about, where it has several: what it is and its address."""
    if seen.unread or not seen.whole:
        return ""
    at = (where for number, where, _ in places_words(seen.file, seen.w) if number == seen.case.number)
    return visible(capital(next(at, "")))
