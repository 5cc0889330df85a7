"""Giving a matter to somebody, or keeping it and being asked again: for every door alike."""

from __future__ import annotations

from datetime import datetime

from alerts.wording.alert_mail import compose_given
from alerts.wording.subject import NOTHING_SEEN, Seen
from data.cases import Event
from data.errors import InputError
from data.judged import gravest
from data.steps.acts import Done, Refused
from data.steps.asking import Assigned
from data.store.alerts import alerts as alert_store
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox
from data.store.verdicts import growth
from data.store.verdicts.growth import GrowthWatch
from data.types import Owner
from monitor.act.step import record
from monitor.config.home.context import means
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, may_have, may_wait, school_of


def give(
    con: Connection,
    session: Session,
    story_id: str,
    urn: str,
    to: str,
    now: datetime,
    *,
    until: datetime | None = None,
    ask_at: datetime | None = None,
    note: str = "",
) -> Done[Owner] | Refused:
    """Gives a matter to somebody (an id) who may read it, and notifies them; or to oneself, to be asked
    again. `until` is when it comes back, `ask_at` when its owner is asked, `note` is for them.

    Its open cases are theirs too, by a step of their own, of which the ladder notifies them. Raises
    InputError where one of these refuses it.
    """
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    if not known.words(story_id) or known.stored.ended(story_id):
        return Refused("reads", _WHO)
    if to not in {person.id for person in may_have(reader, known, story_id)}:
        return Refused("be_given", _WHOM)
    if any(at is not None and at <= now for at in (until, ask_at)):
        return Refused("when", _WHEN)
    has = known.stored.holder(story_id)
    since = has.since if has and has.person == to else now
    owner = Owner(to, since, session.person.id, until, ask_at)
    cases = [case for case in known.cases if case.story_id == story_id]
    for case in cases:
        done = record(con, session, case, Event(Assigned(person=to), session.person.id, note), now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
    alert = known.stored.to_tell(story_id, now)
    alert_store.give(con, alert.id, owner, note, now)
    if to != session.person.id and not cases:
        judged = known.stored.verdicts[story_id]
        people, school = session.config.people, school_of(session.config, alert.urn)
        seen = Seen(gravest(judged)) if judged and not alert.times else NOTHING_SEEN
        reached = means(session.context, alert.urn)
        put_outbox(con, compose_given(alert, owner, note, people, school, reached, seen), now)
    return Done(owner)


def wait_for_growth(
    con: Connection, session: Session, story_id: str, urn: str, now: datetime
) -> Done[GrowthWatch] | Refused:
    """Gives a matter to oneself until it grows: whoever keeps it is asked then. It puts off no other
    question, and what may be danger waits for nothing.
    """
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    me, owner = session.person.id, known.stored.owners.get(story_id)
    if not may_wait(reader, known, story_id):
        return Refused("wait", _WAIT)
    if owner is None or owner.person != me:
        came = give(con, session, story_id, urn, me, now)
        if isinstance(came, Refused):
            return came
    (size,) = growth.sizes(con, [story_id], me, now)
    growth.put(con, size)
    return Done(size)


_WHO = "Whoever may read it gives it to somebody, while it is neither answered nor about another school."
_WHOM = (
    "It goes to somebody of the school who may read it, whom it neither accuses nor is aimed at. Whoever "
    "else is to deal with it is given its case."
)
_WAIT = "Whoever may have it keeps it until it grows; what may be danger waits for nothing."
_WHEN = "That time is over. Give one that is to come."
