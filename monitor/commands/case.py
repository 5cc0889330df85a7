"""`schoolgate case list | show`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alerts.ladder.conflicts import second_persons
from alerts.ladder.deciders import leads
from alerts.ladder.lanes import SAFEGUARDERS
from alerts.ladder.sight import lead_kept_out
from data.cases import Case, CaseFile
from data.effects import utc_now
from data.people import people_of
from data.store import cases as case_store
from data.types import Person
from monitor import wiring
from monitor.casework.act import known, rules
from monitor.casework.possible import possible
from monitor.commands.case_common import Desk, Say, Sight, desk, find, sight, words
from monitor.commands.common import known_person, officers, opened
from monitor.config import Config
from monitor.terminal import in_json
from monitor.views import case_list as view
from monitor.views.case_file import Reader, whole_lines
from monitor.views.case_json import file_json


def list_cases(
    *,
    everything: bool,
    overdue: bool,
    person: str | None,
    school: str | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
) -> int:
    """Cases, what is overdue first; each with no more than this person may know of it."""
    _, settings, store = opened(home, config)
    who = known_person(settings, person) if person is not None else None
    urns = [wiring.pick_urn(settings, school)] if school else None
    now = utc_now()
    with store.read() as con:
        found = case_store.all_steps(con, urns, open_only=not everything)
        cases = known(con, *found.values())
    rows = [row for case in cases if (row := _row(case, who, settings))]
    if overdue:
        rows = [row for row in rows if view.overdue(row, now)]
    rows = view.in_order(rows, now)
    if as_json:
        say(in_json([view.as_json(r, now) for r in rows]))
        return 0
    return _say_list(rows, now, settings, everything, overdue, say)


def _say_list(
    rows: list[view.Row], now: datetime, settings: Config, everything: bool, overdue: bool, say: Say
) -> int:
    names = {p.id: p.name for p in settings.people}
    for row in rows:
        for line in view.lines(row, now, settings.zone, names):
            say(line)
    if not rows:
        say("Nothing is overdue." if overdue else "There is no case." if everything else "No case is open.")
    return 0


def _row(case: Case, person: Person | None, settings: Config) -> view.Row | None:
    """The case as this person may know of it; None where they may not know that it is there."""
    if person is None:  # whoever asks may be whom it accuses
        return (
            None
            if set(case.subjects) & set(officers(settings))
            else view.Row(case, told=not case.restricted, whole=False)
        )
    seen = sight(case, person, settings)
    if seen is Sight.NOTHING:
        return None
    return view.Row(
        case, told=seen is not Sight.WITH_THE_DSL, whole=seen is Sight.ALL, own=person.id == case.target
    )


def show_case(
    number: str,
    *,
    person: str,
    restricted: bool,
    reason: str | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
) -> int:
    """The case file; what is restricted or locked with `restricted` alone, and a row in the audit."""
    at = desk(person, home, config)
    now = utc_now()
    if restricted:
        why = words(reason, "--reason")
        with at.store.write("reading a restricted matter") as con:
            case = find(con, at, number)
            if case.restricted or case.locked:
                case_store.record_read(con, case, person=at.person.id, reason=why, now=now)
            file = case_store.whole_file(con, case, restricted=True)
    else:
        with at.store.read() as con:
            case = find(con, at, number)
            file = case_store.whole_file(con, case)
    return _say_file(file, at, _reader(case, at, now, read=restricted), as_json, say)


def _reader(case: Case, at: Desk, now: datetime, *, read: bool) -> Reader:
    """What section 141F withholds is for the safeguarding leads, and on record for whoever leads the case."""
    may = bool(SAFEGUARDERS & set(at.person.roles)) or (
        read and at.person in leads(case, rules(at.context, case.urn))
    )
    locked = case.locked and not may
    names = {p.id: p.name for p in at.config.people}
    if locked:  # whoever is accused may have answered for themselves
        names |= dict.fromkeys((*case.subjects, case.target or ""), "name withheld")
    school = at.config.school(case.urn)
    return Reader(
        now,
        at.config.zone,
        names,
        at.person.id,
        words=(read or not case.restricted) and not locked,
        locked=locked,
        unread=case.restricted and not read,
        second=tuple(p.id for p in second_persons(case, rules(at.context, case.urn))),
        deputy=school is not None and lead_kept_out(case, people_of(school, at.config.people)),
    )


def _say_file(file: CaseFile, at: Desk, reader: Reader, as_json: bool, say: Say) -> int:
    by_law = rules(at.context, file.case.urn)
    ways = possible(file.case, at.person.id, reader.now, by_law)
    if as_json:
        say(in_json(file_json(file, ways, reader)))
        return 0
    for line in whole_lines(file, ways, reader, by_law.school):
        say(line)
    return 0
