"""Handing a safeguarding matter over to the school's own record: under its number there, and closed here."""

from __future__ import annotations

from datetime import datetime

from alerts.ladder.advance import Refusal
from data.cases import Case, Event
from data.errors import InputError
from data.steps.acts import Done, Refused
from data.steps.asking import Referred
from data.steps.codes import Ending
from data.steps.keeping import Closed
from data.store.alerts.alerts import list_handed_over
from data.store.engine.connect import Connection
from monitor.act.casework.opening import open_by_hand
from monitor.act.step import record_step
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, may_say_what_happened, reads_all

OVER = "handed_over"
"""The guard: what was handed over is so once, until more of it is raised."""
RECORD = "dsl"
"""To whom it is referred: the school's own record is the safeguarding lead's."""


def hand_over_matter(
    con: Connection, session: Session, story_id: str, urn: str, number: str, now: datetime
) -> Done[tuple[Case, ...]] | Refused:
    """Closes every open case of it as handed over under that number, or one that is opened for it: its words
    are due for deletion then.

    Raises InputError where no case may be opened, or a case does not allow it.
    """
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    restricted = story_id in known.stored.by_story and known.stored.by_story[story_id].restricted
    works = restricted and may_say_what_happened(reader, known, story_id)
    if not (works and reads_all(reader, known, story_id)):
        return Refused("works", "Whoever works on it and reads it hands it over.")
    if not number.strip():
        return Refused("number", "Give the number that it has in the school's own record.")
    found = [case for case in known.cases if case.story_id == story_id]
    if not found and list_handed_over(con, [known.stored.alerts[story_id].id]):
        return Refused(OVER, "It is handed over already.")
    cases = found or [_open_case(con, session, story_id, now)]
    return Done(tuple(_close(con, session, case, number.strip(), now) for case in cases))


def _open_case(con: Connection, session: Session, story_id: str, now: datetime) -> Case:
    opened = open_by_hand(con, session, story_id, "", now)
    if isinstance(opened, Refusal):
        raise InputError(opened.said)
    return opened.case


def _close(con: Connection, session: Session, case: Case, number: str, now: datetime) -> Case:
    for said in (Referred(to=RECORD, reference=number), Closed(ending=Ending.HANDED_OVER)):
        done = record_step(con, session, case, Event(said, session.person.id), now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
        case = done.made.case
    return case
