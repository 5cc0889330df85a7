"""Facts that the rules of a case depend on, and the result of an attempt: a step, or a refusal that says why.

Criticism of somebody at the school is never called unfair by that person, nor by somebody who reports to them
alone. Whoever reports to a person whom a post means may propose it; somebody who neither is meant nor reports
to any of those confirms it. The chair is told of either at once, or who stands in for the chair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.access.knowing import Access, Act, access, confirmers, independent, list_meant, overseers, who_may
from alerts.access.matter import Matter, has_conflict, matter_of_case
from alerts.next_date import Means
from data.cases import Asking, Case, CaseStep, Event, Post, Profile
from data.content_class import BYPASSING, ContentClass
from data.frozen import freeze
from data.ids import each_once
from data.people import find_person
from data.register.calendar import Calendar, local_day, months_after
from data.rungs import EMERGENCY, CaseClock, Rung
from data.steps.classes import (
    Accused,
    Answered,
    Asked,
    Classified,
    Conflicted,
    Decided,
    Proposed,
    Reclassified,
    Step,
    Targeted,
)
from data.steps.codes import Decision, RungAnswer
from data.types import Messages, People, Person, School
from data.web.channels import Channel, channel
from data.words.say import Words, words

# When what a case waits for is due: the clocks of the law, of policies and platforms, and our own. Each has
# its own way of counting, and each rule names its source. The law's run in London by the bank holidays of
# England and Wales, wherever the school is; those of staff by the school's own calendar and zone. None is a
# promise by anybody else.
LONDON = ZoneInfo("Europe/London")
_OF_THE_LAW = Calendar("england")
"""England and Wales have the same bank holidays."""
_DAY = timedelta(days=1)
_TWO_DAYS = timedelta(hours=48)
_POSTERS_DAYS = 5
_WEEK = timedelta(days=7)
_RECHECKS = (timedelta(hours=1), timedelta(hours=24), timedelta(hours=72), _WEEK, timedelta(days=30))


def due(
    clock: CaseClock, started: datetime, *, calendar: Calendar, zone: ZoneInfo, profile: Profile
) -> datetime:
    """When what began at `started` (aware) is due, in UTC; `calendar` and `zone` are the school's. An end at
    midnight is given as the first moment of the next day. Raises KeyError for an unknown clock."""
    if clock is CaseClock.AUTHOR_DAYS:
        last = local_day(started, zone)
        for _ in range(profile.author_days):
            last = calendar.next_school_day(last)
        return _midnight(last + _DAY, zone)
    if clock is CaseClock.CHASE_2_WORKING_DAYS:
        return _end_of_two_days(started, zone, lambda day: not calendar.working_day(day))
    if clock is CaseClock.OPERATOR_S5_48H:
        return _end_of_two_days(started, LONDON, lambda day: not _OF_THE_LAW.working_day(day))
    if clock is CaseClock.POSTER_5D:
        return _midnight(local_day(started, LONDON) + timedelta(_POSTERS_DAYS + 1), LONDON)
    if clock is CaseClock.ART14_MONTH:
        return _same_time(started, lambda day: months_after(day, 1), zone)
    if clock in _DAYS:
        return _same_time(started, lambda day: day + timedelta(_DAYS[clock]), zone)
    hours = timedelta(hours=profile.host_hours) if clock is CaseClock.BASILDON_24H else _ELAPSED[clock]
    return started.astimezone(UTC) + hours


_DAYS: Mapping[CaseClock, int] = {CaseClock.DP_COMPLAINT_30D: 30, CaseClock.REVIEW_30D: 30}
_ELAPSED = {CaseClock.PLATFORM_48H: _TWO_DAYS, CaseClock.RHC_WEEK: _WEEK, CaseClock.RECHECK: _RECHECKS[0]}
_ELAPSED |= {CaseClock.WARN_1H: timedelta(hours=1)}


def limitation_ends(published: datetime) -> date:
    """The last day on which an action for defamation may as a rule be begun: a year from first publication
    (aware), whose own day does not count. Limitation Act 1980, s.4A; in Scotland, Defamation and Malicious
    Publication (Scotland) Act 2021, s.32; in Northern Ireland, Limitation (NI) Order 1989, art. 6(2)."""
    return months_after(local_day(published, LONDON), 12)


def recheck_times(said_gone_at: datetime) -> tuple[datetime, ...]:
    """When to look at what is said to be gone since then (aware): 1, 24, 72 hours, 7, 30 days on, in UTC."""
    start = said_gone_at.astimezone(UTC)
    return tuple(start + wait for wait in _RECHECKS)


def _end_of_two_days(started: datetime, zone: ZoneInfo, discarded: Callable[[date], bool]) -> datetime:
    """Return forty-eight hours after `started`, without the parts of the local days discarded."""
    at, left = started.astimezone(UTC), _TWO_DAYS
    while True:
        day = local_day(at, zone)
        tomorrow = _midnight(day + _DAY, zone)
        if not discarded(day):
            if left <= tomorrow - at:
                return at + left
            left -= tomorrow - at
        at = tomorrow


def _same_time(started: datetime, later: Callable[[date], date], zone: ZoneInfo) -> datetime:
    local = started.astimezone(zone)
    return datetime.combine(later(local.date()), local.timetz()).astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)


SCHOOLGATE = "schoolgate"


@freeze
class Rules:
    """A school's own policy, its people and its days. `people` are only those of this school. `copies` are
    the posts with a case's words that are held and no places of it, where it is to be closed; `danger_at` is
    when the danger is to be that its post names (UTC), None where it surely names none."""

    profile: Profile
    school: School
    people: Sequence[Person]
    means: Means
    copies: tuple[Post, ...] = ()
    danger_at: datetime | None = None

    def unsaid(self, case: Case, now: datetime) -> bool:
        """Is the hour of a danger over, and nobody has noted since whether anything happened?"""
        at = self.danger_at
        return at is not None and at <= now and (case.noted_at is None or case.noted_at < at)

    @property
    def w(self) -> Words:
        return words(self.school.language)

    def matter(self, case: Case) -> Matter:
        """Return what decides who may know of a case, act in it and be told."""
        return matter_of_case(case, self.school, self.profile)

    def access(self, person: Person, case: Case) -> Access:
        return access(person, self.matter(case), self.people)

    def who_may(self, act: Act, case: Case) -> People:
        """Everybody who may do that in a case, whoever comes first, first."""
        return who_may(act, self.matter(case), self.people)

    def deciders(self, case: Case) -> People:
        return self.who_may(Act.DECIDE, case)

    def has_conflict(self, person: Person, case: Case) -> bool:
        return has_conflict(person, self.matter(case), self.people)

    def person(self, person_id: str | None) -> Person | None:
        return find_person(self.people, person_id)


@freeze
class Advance:
    """The result of a step: the case after it, the steps to be stored, and who is told."""

    case: Case
    steps: tuple[CaseStep, ...]
    outbox: Messages


@freeze
class Refusal:
    """Why a step is refused: the guard, its words, the remedy, and `copies` to be taken on first."""

    guard: str
    said: str
    remedy: str
    copies: tuple[str, ...] = ()


@freeze
class StepAttempt:
    """A step that somebody wants to take: the case, the event, and when it happened (`at`, UTC)."""

    case: Case
    event: Event
    at: datetime
    now: datetime
    rules: Rules

    @property
    def actor(self) -> Person | None:
        """The person who acts; None for the program itself."""
        return self.rules.person(self.event.actor)

    def actor_may(self, act: Act) -> bool:
        return self.actor is not None and self.actor in self.who_may(act)

    def who_may(self, act: Act) -> People:
        return self.rules.who_may(act, self.case)

    @property
    def channel(self) -> Channel:
        """The row of the place of its post."""
        return channel(self.case.channel)

    @property
    def why(self) -> str:
        return self.event.why.strip()

    @property
    def step(self) -> Step:
        return self.event.said

    @property
    def way(self) -> str:
        """Which way a rung is asked: conversation, s5, rhc, …; empty where none is."""
        return self.step.way if isinstance(self.step, Asked) else ""

    @property
    def decision(self) -> Decision | None:
        return self.step.decision if isinstance(self.step, Decided) else None

    @property
    def rung(self) -> Rung:
        """The rung that is asked or has answered. Raises ValueError for a step of another kind."""
        if isinstance(self.step, Asked | Answered):
            return self.step.rung
        raise ValueError(f"no rung is asked by a step {self.step.kind}")


Guard = Callable[[StepAttempt], bool]
"""True if the step may be taken, as far as this guard is concerned. Its name is that of its two sentences,
`refusal.NAME.said` and `.remedy` in data/words."""


def imminent(told: Event | CaseStep) -> bool:
    """Does this say that 999 was rung, because somebody is in danger this moment?"""
    said = told.said
    return isinstance(said, Asked) and said.rung is EMERGENCY and said.imminent is True


def still_left_out(case: Case, said: Step) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List who is left out (ids) once this is said, and who of them was named as accused by a person."""
    match said:
        case Accused(people=people, stands=False):
            gone = set(people or case.subjects) - set(case.conflicted)
            left = tuple(p for p in case.subjects if p not in gone)
            return left, tuple(p for p in case.accused if p not in (people or case.accused))
        case Accused(people=people):
            accused = each_once(case.accused, people)
            return each_once(accused, case.conflicted, case.subjects), accused
        case Conflicted(person=person, stands=False):
            out = person in case.conflicted and person not in case.accused
            return tuple(p for p in case.subjects if not (out and p == person)), case.accused
        case Conflicted(person=person):
            return each_once(case.subjects, (person,)), case.accused
        case Targeted(subjects=tuple() as people):
            return (*people, *(p for p in case.conflicted if p not in people)), people
    return case.subjects, case.accused


def opens_ladder(case: Case, event: Event) -> bool:
    """Would this step open the ladder against what was judged fair comment, or not judged?"""
    match event.said:
        case Reclassified() | Proposed():
            return True
        case Classified(content_class=given):
            return case.is_unjudged and given not in BYPASSING | {ContentClass.FAIR_COMMENT}
    return False


def newest_asking(case: Case, rung: Rung, kind: str | None = None) -> Asking | None:
    of = (a for a in reversed(case.askings) if a.rung is rung and kind in (None, a.kind))
    return next(of, None)


def has_been_tried(case: Case, rung: Rung, now: datetime, kind: str | None = None) -> bool:
    """Was this rung asked, and has it answered or run out of time? “No answer” is not an answer."""
    return any(
        a.answer not in (None, RungAnswer.NONE) or (a.due_at is not None and a.due_at <= now)
        for a in case.askings
        if a.rung is rung and kind in (None, a.kind)
    )


def meant_by(case: Case, event: Event, rules: Rules) -> frozenset[str]:
    """Ids of whom of the school the post means: named, accused, aimed at, or holding its office."""
    return _list_meant(case, getattr(event.said, "meant", ()), rules)


def _list_meant(case: Case, named: Iterable[str], rules: Rules) -> frozenset[str]:
    proposed = case.proposal.meant if case.proposal else ()
    return list_meant(rules.matter(case), {*named, *proposed}, rules.people)


def second_persons(case: Case, rules: Rules) -> People:
    """List who may confirm what is proposed in this case; nobody where nothing is."""
    if case.proposal is None:
        return ()
    return confirmers(rules.matter(case), _list_meant(case, (), rules), rules.people)


def in_due_form(case: Case, event: Event, rules: Rules) -> Event:
    """The step as its actor may take it: a proposal, where they report to somebody who is meant."""
    actor, said = rules.person(event.actor), event.said
    if actor is None or not isinstance(said, Classified | Reclassified) or not opens_ladder(case, event):
        return event
    ids = meant_by(case, event, rules)
    if said.proposed_by or actor.id in ids or independent(actor, ids, rules.people):
        return event
    proposed = Proposed(
        from_class=case.content_class, content_class=said.content_class, lane=said.lane, meant=said.meant
    )
    return replace(event, said=proposed)


def ids_to_inform(case: Case, event: Event, rules: Rules) -> tuple[str, ...] | None:
    """Return what the rules add to such a step: who is told of it (ids). None where it means nobody."""
    ids = meant_by(case, event, rules)
    return tuple(p.id for p in overseers(ids, rules.people)) or None if ids else None
