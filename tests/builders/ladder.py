"""Builders for the tests of the removal ladder: a case that is climbed step by step, an hour apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders.alert import EVERYBODY, SCHOOL
from builders.steps import an_event, read_step

from alerts.ladder.advance import Advance, Refusal, Rules, advance, begin
from alerts.ladder.replay import replay
from alerts.next_date import Means
from data.cases import Case, CaseState, CaseStep, Event, Profile
from data.rungs import Rung
from data.steps.codes import StepKind
from data.types import About, OutboxMessage, Person, Role, Route

NOW = datetime(2026, 11, 17, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEACHER = Person("teacher", "Sam Reeve", (Role.STAFF,), "teacher@example.org")
PEOPLE = (*EVERYBODY, TEACHER)
WEIGHED = {"nature": "an insult", "visible": "two days", "spread": "little", "impact": "distress"}
PAGE = {"capture": "c1", "manifest": "0" * 64, "files": "3"}


def rules(profile=None, school=SCHOOL, people=PEOPLE):
    return Rules(profile or Profile(), school, people, Means())


class Climb:
    """One case, its steps and its messages so far."""

    def __init__(
        self, proposed="C2", about=About.STAFF, *, route=Route.PLATFORM_REPORT, by=None,
        opened_by="schoolgate", **facts,
    ):  # fmt: skip
        self.rules = by or rules()
        self.now = NOW
        opening = {
            **{"story": "s1", "mention": "m1", "route": route.value, "proposed_class": proposed},
            **{"about": about.value, "channel": "facebook"},
            **facts,
        }
        begun = begin("0001", "900001", an_event(StepKind.OPENED, opened_by, "", opening), NOW, self.rules)
        assert isinstance(begun, Advance), begun
        self.case: Case = begun.case
        self.steps: list[CaseStep] = list(begun.steps)
        self.sent: list[OutboxMessage] = list(begun.outbox)

    def attempt(self, kind, actor="head", why="", /, *, at=None, **facts):
        self.now += HOUR
        if isinstance(read := read_step(kind, facts), tuple):  # as a command would: it is never an event
            return Refusal("facts", ", ".join(read), "Give what fits.")
        done = advance(self.case, Event(read, actor, why, at), self.now, self.rules)
        if isinstance(done, Advance):
            self.case = done.case
            self.steps += done.steps
            self.sent += done.outbox
            assert replay(self.steps) == self.case
        return done

    def take(self, kind, actor="head", why="", /, *, at=None, **facts):
        done = self.attempt(kind, actor, why, at=at, **facts)
        assert isinstance(done, Advance), done
        return done

    def refused(self, kind, actor="head", why="", /, *, at=None, **facts):
        """The name of the guard in the way."""
        before = self.case
        done = self.attempt(kind, actor, why, at=at, **facts)
        assert isinstance(done, Refusal), done
        assert self.case is before
        return done.guard

    def classed(self, content_class=None, actor="head"):
        self.take(StepKind.CLASSIFIED, actor, **{"class": content_class or self.case.proposed_class})
        return self

    def sought(self, content_class=None, actor="head"):
        """Classed, captured, weighed, and removal decided."""
        self.classed(content_class, actor)
        self.take(StepKind.EVIDENCE, "schoolgate", **PAGE)
        self.take(StepKind.WEIGHED, actor, **WEIGHED)
        self.take(StepKind.DECIDED, actor, decision="seek")
        return self

    def author(self, relationship, **facts):
        """Who wrote it; what that is of somebody who works here is none of what stays up."""
        self.take(StepKind.AUTHOR, relationship=relationship, **facts)
        if self.case.wants_staff_matter:
            self.take(StepKind.STAFF_POST, "dsl", what="none_of_these")
        return self

    def ask(self, rung, why="", actor="head", **facts):
        self.take(StepKind.ASKED, actor, why, rung=rung.value, **facts)
        return self

    def not_asked(self, rung, why="", actor="head", **facts):
        return self.refused(StepKind.ASKED, actor, why, rung=rung.value, **facts)

    def answer(self, rung, result, **facts):
        self.take(StepKind.ANSWERED, rung=rung.value, result=result, **facts)
        return self

    def look(self, result, after=timedelta()):
        self.now += after
        self.take(StepKind.CHECKED, "schoolgate", result=result)
        return self

    def told(self):
        """Ids of those who were told of anything so far."""
        return [m.person_id for m in self.sent]


def in_state(state):
    """A case that stands so."""
    if state is CaseState.FAIR_COMMENT:
        return Climb("C0", About.SCHOOL, route=Route.RESPOND)
    if state is CaseState.BYPASSED:
        return Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    if state is CaseState.TRIAGE:
        return Climb()
    case = Climb().sought()
    if state is CaseState.SEEKING:
        return case
    case.ask(Rung.PLATFORM_REPORT)
    if state is CaseState.WAITING:
        return case
    case.answer(Rung.PLATFORM_REPORT, "removed")
    if state is CaseState.CONFIRMING:
        return case
    case.look("gone").look("gone", DAY).take(StepKind.CLOSED, ending="removed")
    return case


def with_target(**changes):
    """Rules of a school whose profile is changed so."""
    return rules(replace(Profile(), **changes))
