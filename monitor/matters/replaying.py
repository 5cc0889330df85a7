"""A case as its steps add up to it: found, loaded and known, changed by nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alerts.access.knowing import Access, access, access_unnamed
from alerts.access.matter import Matter, matter_of_case
from alerts.ladder.derived_state import with_derived_state
from alerts.ladder.recorded_on_behalf import CONSENT, SUPPORT, mail_of
from alerts.ladder.replay import replay
from data.cases import Case, CaseStep
from data.errors import InputError
from data.steps.codes import HowTold
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.messages import outbox
from data.store.owners import records
from data.types import Person, School
from monitor.config.load import Config


def matter_of(case: Case, config: Config) -> Matter:
    """What decides who may know of the case and act in it. Raises InputError for no school."""
    return matter_of_case(case, school_of(config, case.urn), config.profile(case.urn))


def access_to(case: Case, person: Person | None, config: Config) -> Access:
    """How much of the case this person may know; nothing where its school is not in the settings any more.

    `person` is None where nobody said who they are: then it may be anybody.
    """
    if config.school(case.urn) is None:
        return Access.NOTHING
    matter, people = matter_of(case, config), config.people
    return access(person, matter, people) if person else access_unnamed(matter, people)


def school_of(config: Config, urn: str) -> School:
    school = config.school(urn)
    if school is None:
        raise InputError(f"School {urn} of this case is not in {config.path.name} any more.")
    return school


def load_case(con: Connection, case_id: str) -> Case:
    """The case of that id, as it is known now. Raises InputError where there is none."""
    case = found_case(con, case_id)
    if case is None:
        raise InputError(f"There is no case {case_id}. To see those there are: ⟪case list⟫")
    return case


def found_case(con: Connection, case_id: str) -> Case | None:
    """The case of that id, as it is known now; None where there is none."""
    steps = case_store.steps(con, case_id)
    return replay_cases(con, steps)[0] if steps else None


def look_for_no_case(con: Connection) -> None:
    """Reads some case and tells nothing of it: what does not exist takes as long as what is hidden."""
    if number := case_store.one_to_read(con):
        found_case(con, number)


def replay_cases(con: Connection, *found: Sequence[CaseStep]) -> tuple[Case, ...]:
    """The cases that these steps add up to, as they are known now.

    Anybody whom their alerts have excluded since counts as a subject, anybody asked next as told. Somebody
    whom the mail about what was recorded for them has not reached still has to be told. Its owner is whoever
    is recorded now, whomever a step gave it to.
    """
    cases = case_store.with_place(con, case_store.with_alerts(con, [replay(steps) for steps in found]))
    owners = records(con, [case.story_id for case in cases]).owners
    return tuple(
        replace(with_derived_state(case), owner=has.person if (has := owners.get(case.story_id)) else None)
        for case in _unreached(con, cases, found)
    )


def _unreached(con: Connection, cases: Sequence[Case], found: Sequence[Sequence[CaseStep]]) -> Sequence[Case]:
    mails = {
        (case.id, kinds): key
        for case, steps in zip(cases, found, strict=True)
        for kinds, told in ((CONSENT, case.consent_told), (SUPPORT, case.support_told))
        if told is HowTold.MAIL and (key := mail_of(case, steps, kinds))
    }
    if not mails:
        return cases
    unsent = outbox.unsent(con, list(mails.values()))
    told = {
        which: HowTold.OWED if unsent[key] else HowTold.WAITING
        for which, key in mails.items()
        if key in unsent
    }
    return [
        replace(
            case,
            consent_told=told.get((case.id, CONSENT), case.consent_told),
            support_told=told.get((case.id, SUPPORT), case.support_told),
        )
        for case in cases
    ]
