"""Naming whom a matter is aimed at, and whom it is about, for the page and the command alike."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from classifiers.linking.linker import Linker
from classifiers.verdicts.said import Naming, as_named
from data.cases import Event
from data.errors import InputError
from data.people import people_of
from data.steps.acts import Done, Refused
from data.steps.judging import Accused, Targeted
from data.store.alerts import alerts as alert_store
from data.store.engine.audit_chain import Code, note
from monitor.act.casework.from_alert import judging
from monitor.act.step import record
from monitor.matters.reader import Reader, may_say_who
from monitor.matters.replaying import school_of
from monitor.pipeline.judging.rejudge import judge_as_said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from data.cases import Case
    from data.steps.kinds import Step
    from data.store.engine.connect import Connection
    from data.types import Alert
    from monitor.home.wiring import Session


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
        return Refused("reason", "Say why; the reason is recorded: ⟨why⟩ …")
    if naming == Naming() or not {*given} <= {p.id for p in people}:
        return Refused("person", _WHOM)
    for case in known.cases:
        if case.story_id == story_id:
            _record(con, session, case, naming, why, now)
    judges = judging(session.config, session.context.home, Linker(session.config.schools))
    say = partial(as_named, naming=naming, people=people)
    alert = judge_as_said(con, story_id, urn, say, judges, session.person.id, now)
    codes = (
        *(Code.TARGET.of(i) for i in naming.aimed_at or ()),
        *(Code.SUBJECTS.of(i) for i in naming.about or (("nobody",) if naming.about == () else ())),
        note(con, why.strip()),
    )
    alert_store.record_named(con, alert, (story_id, urn), session.person.id, codes, now)
    return Done(alert)


def _record(con: Connection, session: Session, case: Case, naming: Naming, why: str, now: datetime) -> None:
    for said in _steps(case, naming):
        done = record(con, session, case, Event(said, session.person.id, why), now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
        case = done.made.case


def _steps(case: Case, naming: Naming) -> Iterator[Step]:
    """What is recorded in a case: one target, and those accused; nobody is both."""
    target = naming.aimed_at[0] if naming.aimed_at and len(naming.aimed_at) == 1 else ""
    if target and target not in (case.subjects if naming.about is None else naming.about):
        yield Targeted(person=target, subjects=naming.about)
    elif naming.about is not None:
        if gone := tuple(p for p in (case.accused or case.subjects) if p not in naming.about):
            yield Accused(people=gone, stands=False)
        if naming.about:
            yield Accused(people=naming.about)


_WHO = (
    "A safeguarding lead says who is meant, or whoever decides: somebody who may read it, and whom it does "
    "not accuse."
)
_WHOM = "Name people at the school by id: ⟨aimed_at⟩ PERSON, ⟨about⟩ PERSON, or ⟨about⟩ nobody."
