"""Doing something in a case: read its steps, advance it by the ladder's rules, write what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alerts.ladder.advance import Advance, Refusal, Rules, advance
from alerts.ladder.recorded import CONSENT, SUPPORT, mail_of
from alerts.ladder.replay import replay
from alerts.ladder.standing import settled
from data.cases import Case, CaseStep, Event, Told
from data.errors import InputError
from data.people import people_of
from data.store import cases as case_store
from data.store import outbox
from data.store.connect import Connection
from data.types import School
from monitor.casework.meant import with_meant
from monitor.context import Context, means
from monitor.policies import with_policy


def rules(context: Context, urn: str) -> Rules:
    """What the school's own policy, people and days make of the ladder. Raises InputError for no school."""
    config = context.config
    school = _school(context, urn)
    return Rules(config.profile(urn), school, people_of(school, config.people), means(context, urn))


def act(con: Connection, context: Context, case_id: str, event: Event, now: datetime) -> Advance | Refusal:
    """Does it in the caller's write transaction; a refusal changes nothing.

    A decision cites the written policy in force. Raises InputError where there is no such case.
    """
    case = load(con, case_id)
    by_law = rules(context, case.urn)
    cited = with_policy(with_meant(con, case, event, by_law), context.config, by_law.school)
    done = advance(case, cited, now, by_law)
    if isinstance(done, Advance):
        case_store.put(con, done.case, done.steps, done.outbox, now)
    return done


def load(con: Connection, case_id: str) -> Case:
    """The case of that id, as it is known now. Raises InputError where there is none."""
    steps = case_store.steps(con, case_id)
    if not steps:
        raise InputError(f"There is no case {case_id}. To see those there are: schoolgate case list")
    return known(con, steps)[0]


def known(con: Connection, *found: Sequence[CaseStep]) -> tuple[Case, ...]:
    """The cases of these steps as they are known now: without what fell with whom their alerts keep out, and
    with what is still to be told to whom the mail about what was recorded for them has not reached.
    """
    cases = case_store.with_kept_out(con, [replay(steps) for steps in found])
    return tuple(settled(case) for case in _unreached(con, cases, found))


def _unreached(con: Connection, cases: Sequence[Case], found: Sequence[Sequence[CaseStep]]) -> Sequence[Case]:
    mails = {
        (case.id, kinds): key
        for case, steps in zip(cases, found, strict=True)
        for kinds, told in ((CONSENT, case.consent_told), (SUPPORT, case.support_told))
        if told is Told.MAIL and (key := mail_of(case, steps, kinds))
    }
    unsent = outbox.unsent(con, list(mails.values())) if mails else {}
    told = {which: _yet(unsent[key]) for which, key in mails.items() if key in unsent}
    return [
        replace(
            case,
            consent_told=told.get((case.id, CONSENT), case.consent_told),
            support_told=told.get((case.id, SUPPORT), case.support_told),
        )
        for case in cases
    ]


def _yet(lost: bool) -> Told:
    return Told.OWED if lost else Told.WAITING


def _school(context: Context, urn: str) -> School:
    school = context.config.school(urn)
    if school is None:
        raise InputError(f"School {urn} of this case is not in {context.config.path.name} any more.")
    return school
