"""Naming whom a matter is aimed at, and whom it is about, for the page and the command alike; and what
becomes of whom somebody named when handing it in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from classifiers.linking.linker import Linker
from classifiers.verdicts.by_people.said import Naming, as_named, as_withdrawn
from data.cases import Case, Event
from data.errors import InputError
from data.people import people_of
from data.steps.acts import Done, Refused
from data.steps.judging import Accused, Targeted
from data.steps.kinds import Step
from data.store.alerts import alerts as alert_store
from data.store.engine.audit_chain import Code, note
from data.store.engine.connect import Connection
from data.store.mentions import person_reports
from data.types import Alert
from monitor.act.casework.from_alert import judging
from monitor.act.step import record
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, may_say_who
from monitor.matters.replaying import school_of
from monitor.pipeline.judging.rejudge import judge_as_said


def name(
    con: Connection, session: Session, story_id: str, urn: str, naming: Naming, why: str, now: datetime
) -> Done[Alert | None] | Refused:
    """Puts those who are named in the place of all whom it may mean by guess, and notifies those who may know
    by that; gives its alert, None where it has none.

    An open case gets the same by its own steps. Raises InputError where a case refuses them.
    """
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    people = people_of(school_of(session.config, urn), session.config.people)
    given = (*(naming.aimed_at or ()), *(naming.about or ()))
    if not may_say_who(reader, known, story_id):
        return Refused("says_who", _WHO)
    if not why.strip():
        return Refused("reason", _WHY)
    if naming == Naming() or not {*given} <= {p.id for p in people}:
        return Refused("person", _WHOM)
    for case in known.cases:
        if case.story_id == story_id:
            _record(con, session, case, naming, why, now)
    judges = judging(session.config, session.context.home, Linker(session.config.schools))
    say = partial(as_named, naming=naming, people=people)
    accuses = naming.about is not None
    alert = judge_as_said(con, story_id, urn, say, judges, session.person.id, now, accuses=accuses)
    codes = (
        *(Code.TARGET.of(i) for i in naming.aimed_at or ()),
        *(Code.SUBJECTS.of(i) for i in naming.about or (("nobody",) if naming.about == () else ())),
        note(con, why.strip()),
    )
    alert_store.record_named(con, alert, (story_id, urn), session.person.id, codes, now)
    return Done(alert)


def settle_said(
    con: Connection, session: Session, story_id: str, urn: str, why: str, now: datetime, *, holds: bool
) -> Done[Alert | None] | Refused:
    """Confirms what was said when a story's posts were handed in, or withdraws whom it leaves out; gives its
    alert, None where it has none. Raises InputError where an open case refuses it."""
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    if not may_say_who(reader, known, story_id):
        return Refused("says_who", _WHO)
    if not why.strip():
        return Refused("reason", _WHY)
    posts = tuple(person_reports.unsettled(con, story_id, urn))
    if not posts:
        return Refused("said", "Nothing was said when it was handed in that waits for an answer.")
    alert = known.stored.alerts.get(story_id)
    if not holds:
        judges = judging(session.config, session.context.home, Linker(session.config.schools))
        by = session.person.id
        alert = judge_as_said(con, story_id, urn, as_withdrawn, judges, by, now, accuses=False)
        alert_store.record_named(con, alert, (story_id, urn), session.person.id, (), now)
        if alert is not None:  # without one nothing says whom else it may mean
            for case in known.cases:
                still = (*alert.excluded, *case.accused, *case.conflicted)
                if back := tuple(p for p in case.subjects if p not in still):
                    _take(con, session, case, Accused(people=back, stands=False), why, now)
    person_reports.settle(con, posts, urn, session.person.id, why.strip(), now, holds=holds)
    return Done(alert)


def _record(con: Connection, session: Session, case: Case, naming: Naming, why: str, now: datetime) -> None:
    for said in _steps(case, naming):
        case = _take(con, session, case, said, why, now)


def _take(con: Connection, session: Session, case: Case, said: Step, why: str, now: datetime) -> Case:
    done = record(con, session, case, Event(said, session.person.id, why), now)
    if isinstance(done, Refused):
        raise InputError(done.reason)
    return done.made.case


def _steps(case: Case, naming: Naming) -> Iterator[Step]:
    """What is recorded in a case: its target, others beside it, and those accused; nobody is both."""
    accused = case.subjects if naming.about is None else naming.about
    if targets := [p for p in naming.aimed_at or () if p not in accused]:
        target = case.target if case.target in targets else targets[0]
        yield Targeted(person=target, beside=tuple(p for p in targets if p != target), subjects=naming.about)
    elif naming.about is not None:
        if gone := tuple(p for p in (case.accused or case.subjects) if p not in naming.about):
            yield Accused(people=gone, stands=False)
        if naming.about:
            yield Accused(people=naming.about)


_WHY = "Say why; the reason is recorded: ⟨why⟩ …"
_WHO = (
    "A safeguarding lead says who is meant, or whoever decides: somebody who may read it, and whom it does "
    "not accuse."
)
_WHOM = "Name people at the school by id: ⟨aimed_at⟩ PERSON, ⟨about⟩ PERSON, or ⟨about⟩ nobody."
