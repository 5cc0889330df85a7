"""Reader of a home, and how much of each matter they may know: `alerts.access` answers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from alerts.access.knowing import (
    Access,
    Act,
    access,
    access_of_all,
    access_unnamed,
    keeps_in_room,
    may_know_conflicts,
    people_to_agree,
    reads_whole,
    who_may,
)
from alerts.access.matter import (
    Matter,
    list_threatened,
    matter_of_account,
    matter_of_case,
    matter_of_story,
    people_here,
    with_more,
)
from alerts.ladder.replay import CONSENT, SUPPORT, mail_of, replay, with_derived_state
from alerts.next_date import SchoolDays, find_holder, list_marks, may_be_danger, undoable
from data.cases import Case, CaseStep
from data.errors import InputError
from data.frozen import freeze
from data.judged import gravest_verdict, is_of_this_hour, may_be_grave
from data.matters import Holder, SaidWrong
from data.people import PeopleBySchool, find_person
from data.steps.codes import NoticeWay
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import outbox
from data.store import owners as owner_store
from data.store import verdicts as verdict_store
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.sources import Logged
from data.types import Alert, Escalation, Mark, Marked, Owner, People, Person, School, StillOpen, Verdict
from monitor.config.home.lookup import known_person
from monitor.config.load import Config

if TYPE_CHECKING:
    from monitor.config.home.context import Context


def matter_of(case: Case, config: Config) -> Matter:
    """Return what decides who may know of the case and act in it. Raises InputError for no school."""
    return matter_of_case(case, school_of(config, case.urn), config.profile(case.urn))


def access_to(case: Case, person: Person | None, config: Config) -> Access:
    """Say how much of the case this person may know, or anybody (None); nothing where its school is not in
    the settings."""
    if config.school(case.urn) is None:
        return Access.NOTHING
    matter, people = matter_of(case, config), config.people
    return access(person, matter, people) if person else access_unnamed(matter, people)


def school_of(config: Config, urn: str) -> School:
    school = config.school(urn)
    if school is None:
        raise InputError(f"School {urn} of this case is not in {config.path.name} any more.")
    return school


def account_schools(config: Config, person: Person) -> tuple[School, ...]:
    """The schools whose own accounts this person may know of."""
    known = access_of_all(person, map(matter_of_account, config.schools), config.people)
    return tuple(s for s, known in zip(config.schools, known, strict=True) if known > Access.NOTHING)


def load_case(con: Connection, case_id: str) -> Case:
    """The case of that id, as it is known now. Raises InputError where there is none."""
    case = found_case(con, case_id)
    if case is None:
        raise InputError(f"There is no case {case_id}. The desk lists all cases.")
    return case


def found_case(con: Connection, case_id: str) -> Case | None:
    """The case of that id, as it is known now; None where there is none."""
    steps = case_store.steps_of_case(con, case_id)
    return replay_cases(con, steps)[0] if steps else None


def look_for_no_case(con: Connection) -> None:
    """Reads some case and tells nothing of it: what does not exist takes as long as what is hidden."""
    if number := case_store.case_to_look_at(con):
        found_case(con, number)


def replay_cases(con: Connection, *found: Sequence[CaseStep]) -> tuple[Case, ...]:
    """Return the cases that these steps add up to, as they are known now: with whom their alerts excluded
    since, who was asked next, whom a mail has not reached, and the owner on record."""
    cases = case_store.with_place(con, case_store.with_alerts(con, [replay(steps) for steps in found]))
    owners = owner_store.records(con, [case.story_id for case in cases]).owners
    return tuple(
        replace(with_derived_state(case), owner=has.person if (has := owners.get(case.story_id)) else None)
        for case in _cases_without_step(con, cases, found)
    )


def _cases_without_step(
    con: Connection, cases: Sequence[Case], found: Sequence[Sequence[CaseStep]]
) -> Sequence[Case]:
    mails = {
        (case.id, kinds): key
        for case, steps in zip(cases, found, strict=True)
        for kinds, told in ((CONSENT, case.consent_told), (SUPPORT, case.support_told))
        if told is NoticeWay.MAIL and (key := mail_of(case, steps, kinds))
    }
    if not mails:
        return cases
    unsent = outbox.unsent(con, list(mails.values()))
    told = {
        of: NoticeWay.OWED if unsent[key] else NoticeWay.WAITING for of, key in mails.items() if key in unsent
    }
    return [
        replace(
            case,
            consent_told=told.get((case.id, CONSENT), case.consent_told),
            support_told=told.get((case.id, SUPPORT), case.support_told),
        )
        for case in cases
    ]


@freeze
class Markable:
    """The marks on offer, the one that holds, whether its reader may take it back. `by_two`: two may say that
    it is not about the school, was no danger, or is over."""

    offered: tuple[Mark, ...] = ()
    standing: Marked | None = None
    undoable: bool = False
    by_two: bool = False

    @property
    def is_ended(self) -> bool:
        """Did somebody say that it is done with?"""
        return self.standing is not None and self.standing.mark.ends


def find_markable(reader: Reader, known: KnownMatters, story_id: str) -> Markable:
    """Find what this person may say of a story now. `known` is what `Reader.look` gave of it."""
    person, stored = reader.person, known.stored
    if person is None or known.access.get(story_id) is not Access.WORDS:
        return Markable()
    standing, cases = stored.marks.get(story_id), stored.cases_of(story_id)
    undo = standing is not None and undoable(standing, person, cases)
    if standing is not None and standing.mark.ends:
        return Markable((), standing, undo)
    matter, alert = stored.by_story[story_id], stored.alerts.get(story_id)
    verdicts = stored.verdicts.get(story_id, ())
    had = stored.holder(story_id) is not None
    people = reader.config.people
    may, by_two = list_marks(person, matter, people, alert, verdicts, cases, had=had)
    return Markable(may, standing, undo, by_two)


def reads_all(reader: Reader, known: KnownMatters, story_id: str) -> bool:
    """May this person read all of it, its locked cases too? `known` is as for `find_markable`."""
    locked = [case for case in known.stored.cases_of(story_id) if case.locked]
    return known.words(story_id) and all(map(reader.reads, locked))


def may_say_who(reader: Reader, known: KnownMatters, story_id: str) -> bool:
    """May this person say whom a story means, that is not done with? `known` is as for `find_markable`."""
    if reader.person is None or not known.words(story_id) or known.stored.ending_mark(story_id):
        return False
    grave = any(map(may_be_grave, known.stored.verdicts.get(story_id, ())))
    able = who_may(Act.SAY_WHO, known.stored.by_story[story_id], reader.config.people)
    return grave and reader.person in able


def waiting_requests(
    con: Connection, reader: Reader, known: KnownMatters, story_id: str, urn: str
) -> list[SaidWrong]:
    """List, oldest first, what another asked of a story and this person may agree to or refuse."""
    if not known.words(story_id) or known.stored.ending_mark(story_id):
        return []
    matter, people = known.stored.by_story[story_id], reader.config.people
    asked = owner_store.list_asked(con, story_id, urn, matter.people_concerned)
    return [one for one in asked if reader.person in people_to_agree(one.person_id, matter, people)]


def may_say_what_happened(reader: Reader, known: KnownMatters, story_id: str) -> bool:
    """Check whether they may say what happened: of this hour or restricted, theirs to work on, not done."""
    alert, matter = known.stored.alerts.get(story_id), known.stored.by_story[story_id]
    if alert is None or known.stored.ending_mark(story_id):
        return False
    if not (is_of_this_hour(alert) or matter.restricted):
        return False
    able = who_may(Act.WORK, matter, reader.config.people)
    return known.words(story_id) and reader.person in able


def to_ask_in_person(reader: Reader, known: KnownMatters, story_id: str) -> People:
    """List whom it threatens and may accuse, who must be asked in person whether to tell the police."""
    matter, people = known.stored.by_story[story_id], reader.config.people
    if not reader.conflicts(matter):
        return ()
    here = people_here(matter, people)
    aimed = list_threatened(known.stored.verdicts.get(story_id, ()), here)
    return tuple(p for p in here if p.id in aimed & matter.subjects)


def may_open_case(reader: Reader, known: KnownMatters, story_id: str) -> bool:
    """May this person open a case of it: do they read it and work on it, and is none open?"""
    if not known.words(story_id) or known.open_cases(story_id):
        return False
    return reader.person in who_may(Act.WORK, known.stored.by_story[story_id], reader.config.people)


def may_join(reader: Reader, known: KnownMatters, story_id: str) -> bool:
    """Check whether they may merge it: they read and work on all of it, and it is not done."""
    mark = known.stored.marks.get(story_id)
    if not reads_all(reader, known, story_id) or (mark is not None and mark.mark is not Mark.TAKEN):
        return False
    matter, people = known.stored.by_story[story_id], reader.config.people
    held = any(case.hold_by for case in known.stored.cases_of(story_id))
    acts = (Act.WORK, *([Act.HOLD] if held else []))
    return all(reader.person in who_may(act, matter, people) for act in acts)


def may_have(reader: Reader, known: KnownMatters, story_id: str) -> People:
    """List to whom this person may give what is not done with: who may deal with it and read it. What may be
    danger is given once it was raised."""
    if not known.words(story_id) or known.stored.ending_mark(story_id):
        return ()
    matter, people = known.stored.by_story[story_id], reader.config.people
    if story_id not in known.stored.alerts and may_be_danger(
        matter, None, known.stored.verdicts.get(story_id, ())
    ):
        return ()
    return tuple(
        p for p in who_may(Act.BE_GIVEN, matter, people) if access(p, matter, people) is Access.WORDS
    )


def may_take_unread(reader: Reader, known: KnownMatters, story_id: str) -> bool:
    """Was this person asked by number to take what nobody has? `known` is as for `find_markable`."""
    stored, person = known.stored, reader.person
    if person is None or known.access.get(story_id, Access.NOTHING) is Access.NOTHING:
        return False
    asked = person.id in stored.by_story[story_id].numbered
    return asked and stored.holder(story_id) is None and stored.ending_mark(story_id) is None


@freeze
class StoredMatters:
    """Matters by story, with what they were made of: newest `verdicts`, all `cases`, `alerts`, `marks` that
    hold, `owners`; `acknowledged` and `escalated` are by alert."""

    by_story: Mapping[str, Matter]
    verdicts: Mapping[str, tuple[Verdict, ...]]
    cases: tuple[Case, ...]
    acknowledged: Mapping[str, Owner]
    alerts: Mapping[str, Alert]
    marks: Mapping[str, Marked]
    owners: Mapping[str, Owner]
    escalated: Mapping[str, Sequence[Escalation]] = field(default_factory=dict)

    def cases_of(self, story_id: str) -> tuple[Case, ...]:
        """The cases of that story, the oldest first."""
        return tuple(case for case in self.cases if case.story_id == story_id)

    def to_tell(self, story_id: str, now: datetime) -> Alert:
        """Return its alert; of what was never raised what mails need in its place: sent to nobody."""
        if (alert := self.alerts.get(story_id)) is not None:
            return alert
        top, out = gravest_verdict(self.verdicts[story_id]), tuple(sorted(self.by_story[story_id].subjects))
        judged = (top.severity, top.route, top.content_class, top.restricted)
        number = story_id[:6].upper()
        return Alert(story_id, story_id, top.urn, *judged, (), out, top.reasons, now, times=0, number=number)

    def ending_mark(self, story_id: str) -> Marked | None:
        """Return what somebody marked it as, so that it is done with; None where nobody did."""
        marked = self.marks.get(story_id)
        return marked if marked is not None and marked.mark.ends else None

    def holder(self, story_id: str) -> Holder | None:
        """Return who has that story; nobody whom it may accuse, or whom its alert keeps out."""
        alert, matter = self.alerts.get(story_id), self.by_story[story_id]
        out = alert.excluded if alert else matter.subjects
        return find_holder(self.owners.get(story_id), self.cases_of(story_id), out)

    def dealt_with(self, alert: Alert) -> bool:
        """Does somebody have it, or were its cases closed, since it was raised last?"""
        holder, cases = self.holder(alert.story_id), self.cases_of(alert.story_id)
        if holder is not None and holder.since >= alert.raised_at:
            return True
        ends = [case.closed_at for case in cases if case.closed_at is not None]
        return bool(ends) and len(ends) == len(cases) and max(ends) >= alert.raised_at


def read_matters(con: Connection, config: Config, stories: Mapping[str, str]) -> StoredMatters:
    """Read the matter that each of these stories is, given with its school (URN). Whom its cases may accuse,
    it may; what a lead gave back to the ladder is not restricted, until raised again."""
    schools = {story: school for story, urn in stories.items() if (school := config.school(urn))}
    judged = verdict_store.story_verdicts(con, list(schools), verdict_store.BRIEF)
    verdicts = {s: tuple(v for v in judged.get(s, ()) if v.urn == stories[s]) for s in schools}
    alerts = {s: a for (s, urn), a in alert_store.by_story(con, list(schools)).items() if urn == stories[s]}
    acknowledged = alert_store.owners_of_alerts(con, [a.id for a in alerts.values()])
    escalated = alert_store.escalation_steps(con, [a.id for a in alerts.values()])
    asked, people = _people_asked(alerts.values(), escalated, acknowledged), PeopleBySchool(config.people)
    numbered = {
        a.story_id: [
            s.person_id
            for s in escalated.get(a.id, ())
            if s.person_id and s.about is StillOpen.BY_NUMBER and s.times == a.times
        ]
        for a in alerts.values()
    }
    matters = {
        story: matter_of_story(
            verdicts[story], alerts.get(story), school, people.of(school), config.profile(school.urn),
            asked=asked.get(story, ()), numbered=numbered.get(story, ()),
        )
        for story, school in schools.items()
    }  # fmt: skip
    cases = replay_cases(con, *case_store.all_steps(con, story_ids=list(schools)).values())
    for case in cases:
        found, alert = matters[case.story_id], alerts.get(case.story_id)
        if case.given_back_at and (alert is None or alert.raised_at < case.given_back_at):
            found = replace(found, restricted=False, bypass=None)
        aimed_at = (case.target,) if case.target else ()
        matters[case.story_id] = with_more(
            found, subjects=case.subjects, threatened=aimed_at, restricted=case.restricted
        )
    said = owner_store.records(con, list(schools))
    return StoredMatters(matters, verdicts, cases, acknowledged, alerts, said.marks, said.owners, escalated)


def _people_asked(
    alerts: Iterable[Alert], made: Mapping[str, Sequence[Escalation]], took: Mapping[str, Owner]
) -> dict[str, tuple[str, ...]]:
    """List who was asked next about each of these alerts, or took it: ids, by story."""
    asked = {
        i: dict.fromkeys(s.person_id for s in steps if s.person_id and s.about is not StillOpen.BY_NUMBER)
        for i, steps in made.items()
    }
    return {
        a.story_id: (*asked.get(a.id, ()), *((took[a.id].person,) if a.id in took else ())) for a in alerts
    }


def asker(config: Config, given: str | None) -> Person | None:
    """Find who asks: `given` by --as or SCHOOLGATE_AS, else `[cli] me`, else None. Raises InputError."""
    if given is not None and given.strip():
        return known_person(config, given.strip())
    if config.me is None:
        return None
    found = find_person(config.people, config.me)
    if found is None:
        raise InputError(
            f"{config.path.name}, [cli] “me”: there is no person {config.me}. Name one of the [[people]]."
        )
    return found


@freeze
class KnownMatters:
    """Knowledge of some stories that somebody may have, by story; `cases` are the open ones they may know
    of.
    """

    stored: StoredMatters
    access: Mapping[str, Access]
    cases: tuple[Case, ...]

    def tells_of(self, story_id: str) -> bool:
        """May they know that it is there?"""
        return self.access.get(story_id, Access.NOTHING) > Access.NOTHING

    def words(self, story_id: str) -> bool:
        """May they know all of it?"""
        return self.access.get(story_id) is Access.WORDS

    def open_cases(self, story_id: str) -> tuple[str, ...]:
        """The numbers of its open cases that they may know of, the oldest first."""
        return tuple(case.id for case in self.cases if case.story_id == story_id)


@freeze
class Reader:
    """The person who looks at a home, None where nobody is named, and what there is to look at."""

    config: Config
    store: Store
    person: Person | None

    @property
    def id(self) -> str:
        """Their id, "" where nobody is named."""
        return self.person.id if self.person else ""

    @property
    def required_person(self) -> Person:
        """Return who asks, where somebody must be named. Raises InputError."""
        return self.person or known_person(self.config, None)

    def access(self, matters: Mapping[str, Matter]) -> dict[str, Access]:
        """Say how much of each of these they may know."""
        people = self.config.people
        if self.person is None:
            here = PeopleBySchool(people)
            return {key: access_unnamed(matter, here.at(matter.school)) for key, matter in matters.items()}
        return dict(zip(matters, access_of_all(self.person, matters.values(), people), strict=True))

    def look(self, con: Connection, stories: Mapping[str, str]) -> KnownMatters:
        """Look up what they may know of these stories, given with the school of each (URN)."""
        stored = read_matters(con, self.config, stories)
        cases = self.cases(stored.cases)
        return KnownMatters(
            stored,
            self.access(stored.by_story),
            tuple(c for c in stored.cases if c.closed_at is None and cases.get(c.id)),
        )

    def cases(self, cases: Iterable[Case]) -> dict[str, Access]:
        """Say how much of each of these cases they may know, by number."""
        config = self.config
        return self.access({c.id: matter_of(c, config) for c in cases if config.school(c.urn) is not None})

    def reads(self, case: Case) -> bool:
        """May they read all of the case, though it is locked?"""
        person, config = self.person, self.config
        return person is not None and reads_whole(person, matter_of(case, config), config.people)

    def keeps(self, matter: Matter) -> bool:
        """Is it theirs to keep in the safeguarding room?"""
        return self.person is not None and keeps_in_room(self.person, matter, self.config.people)

    def conflicts(self, matter: Matter) -> bool:
        """May they know who is kept out of it?"""
        return self.person is not None and may_know_conflicts(self.person, matter, self.config.people)

    def holder(self, holder: Holder | None, access: Access) -> Holder | None:
        """Return who has it, as far as they may know: others by name only with its words."""
        if holder is None:
            return None
        mine = self.is_me(holder.person)
        named = mine or access is Access.WORDS
        return Holder(holder.person if named else "", holder.since, holder.how, mine)

    def mark(self, marked: Marked | None, access: Access) -> Marked | None:
        """A mark that holds, without who set it where that is not theirs to know."""
        if marked is None or access is Access.WORDS or self.is_me(marked.person_id):
            return marked
        return Marked(marked.story_id, marked.urn, marked.mark, "", marked.at)

    def is_me(self, person_id: str | None) -> bool:
        """Are they that person?"""
        return self.person is not None and self.person.id == person_id

    def days(self, urn: str) -> SchoolDays | None:
        """Return how that school counts its days; None where it is not in the settings any more."""
        school, config = self.config.school(urn), self.config
        return SchoolDays(school.nation, config.zone, config.calendar(urn)) if school else None

    def may_read_done(self, done: Iterable[Logged]) -> set[str]:
        """The ids of those things done on an own account of which they may know why, where and by whom."""
        schools = {s.urn: s for s in self.config.schools}
        matters = {e.id: matter_of_account(schools[e.urn], e.person_id) for e in done if e.urn in schools}
        return {key for key, access in self.access(matters).items() if access is Access.WORDS}


@freeze
class Session(Reader):
    """The person who acts in a home, and what every part of it is given."""

    person: Person
    context: Context
