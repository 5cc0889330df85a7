"""Taking a matter, and giving it to somebody."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from alerts.access.knowing import Access, access
from alerts.access.matter import Matter
from alerts.access.recipients import notified_so_far
from alerts.wording.alert_mail import compose_given, compose_said
from alerts.wording.instant import Telling
from alerts.wording.title import NOTHING_SEEN, Seen
from data.cases import Event
from data.errors import InputError, StoreError
from data.ids import digest
from data.judged import gravest_verdict
from data.matters import ActKind, MatterView
from data.steps.acts import Done, Refused
from data.steps.asking import Assigned
from data.store.alerts import alerts as alert_store
from data.store.alerts.alerts import escalation_steps
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.messages.outbox import put_outbox, unwritten
from data.types import Alert, MailReply, Mark, Owner, StillOpen
from monitor.act.mark import mark, telling_of
from monitor.act.step import record_step
from monitor.config.home.context import Context, message_means
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, may_have, school_of
from monitor.matters.whole import read_matter

# Giving a matter to somebody: for every door alike.


def give(
    con: Connection,
    session: Session,
    story_id: str,
    urn: str,
    to: str,
    now: datetime,
    *,
    until: datetime | None = None,
    note: str = "",
) -> Done[Owner] | Refused:
    """Give it with its open cases, `until` a time, with a `note`. Raises InputError where a case refuses."""
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    if not known.words(story_id) or known.stored.ending_mark(story_id):
        return Refused("reads", _WHO)
    if to not in {person.id for person in may_have(reader, known, story_id)}:
        return Refused("be_given", _WHOM)
    if until is not None and until <= now:
        return Refused("when", _WHEN)
    has = known.stored.holder(story_id)
    since = has.since if has and has.person == to else now
    owner = Owner(to, since, session.person.id, until)
    cases = [case for case in known.cases if case.story_id == story_id]
    for case in cases:
        done = record_step(con, session, case, Event(Assigned(person=to), session.person.id, note), now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
    alert = known.stored.to_tell(story_id, now)
    alert_store.give(con, alert.id, owner, note, now)
    if to != session.person.id and not cases:
        judged = known.stored.verdicts[story_id]
        people, school = session.config.people, school_of(session.config, alert.urn)
        seen = Seen(gravest_verdict(judged)) if judged and not alert.times else NOTHING_SEEN
        reached = message_means(session.context, alert.urn)
        put_outbox(con, compose_given(alert, owner, note, people, school, reached, seen), now)
    return Done(owner)


_WHO = "People who may read it can pass it on, until it is answered or found to be about another school."
_WHOM = (
    "Pass it on to somebody at the school who may read it, and whom it does not accuse or target. Whoever "
    "else is to deal with it is given its case."
)
_WHEN = "That time is over. Give one in the future."


# Taking a matter: at the desk, by a reply to its mail, at the shell. One rule for every door.

log = logging.getLogger("schoolgate.replies")


class TakenBy(StrEnum):
    """The way somebody takes it: away from the desk only who was told or asked may; all of them are told."""

    DESK = "desk"
    REPLY = "reply"
    SHELL = "shell"


def take_matter(
    con: Connection, session: Session, view: MatterView, by: TakenBy, now: datetime, account: str = ""
) -> Done[Owner] | Refused:
    """Records that whoever acts has that matter; `account` is that of the operating system, at the shell."""
    person = session.person
    reader = Reader(session.config, session.store, person)
    if by is TakenBy.REPLY and alert_store.took_before(con, view.alert_id, person.id):
        return Refused("used", "This reply has been used.")
    if view.holder or view.taken:
        has = view.holder.person if view.holder else ""
        name = next((p.name for p in session.config.all_people if p.id == has), "Somebody")
        return Refused("taken", f"{name} has it already.")
    if not view.may(ActKind.TAKE):
        return Refused("not_for_you", "It is not for them to take on, or it is finished.")
    if by is not TakenBy.DESK and not alert_store.has_been_sent(con, view.alert_id, person.id):
        return Refused("not_for_you", f"{person.name} was not told about it or asked to take it on.")
    if not view.alert_id:
        mark(con, reader, view.story_id, view.urn, Mark.TAKEN, now)
        return Done(Owner(person.id, now, person.id))
    owner = alert_store.ack(con, view.alert_id, person.id, now, by.value, account)
    if by is not TakenBy.DESK:
        _tell(con, session, view, by, now)
    return Done(owner)


def _tell(con: Connection, session: Session, view: MatterView, by: TakenBy, now: datetime) -> None:
    """Mails whoever took it, and the others who were told of it or asked, and may read it."""
    t, matter = _telling(con, session, view, now)
    made = (
        s
        for s in escalation_steps(con, [t.alert.id]).get(t.alert.id, ())
        if s.about is not StillOpen.BY_NUMBER
    )
    me, out, everybody = session.person.id, matter.subjects | matter.threatened, session.config.people
    others = [p for p in notified_so_far(t.alert, list(made)) if p != me and p not in out]
    there = [p for p in others if p in t.people and access(t.people[p], matter, everybody) > Access.NOTHING]
    said = t.w(f"ways.taken.by_{by.value}", name=session.person.name)
    for to, do, more in ((there, "do", []), ([me], "yours", [t.w("ways.taken.mistaken")])):
        reached = [p for p in to if t.people[p].email]
        mails = compose_said(
            t, reached, t.w(f"ways.taken.{do}"), [said, *more], "taken", t.w("ways.taken.open")
        )
        put_outbox(con, mails, now)


def _telling(con: Connection, session: Session, view: MatterView, now: datetime) -> tuple[Telling, Matter]:
    known = Reader(session.config, session.store, session.person).look(con, {view.story_id: view.urn})
    return telling_of(session, known, view.story_id, now), known.stored.by_story[view.story_id]


def take_replies(store: Store, context: Context, replies: Sequence[MailReply], now: datetime) -> None:
    """Take what replies took, answer once what took nothing. A fault stops no other. Raises StoreError."""
    if not replies:
        return
    with store.open_reader() as con:
        refs = {
            context.links.reply_ref(alert.id, times, person.id): (alert, times, person)
            for alert in alert_store.list_alerts(con, open_only=False)
            for times in range(1, alert.times + 1)
            for person in context.config.people
            if person.email
        }
    for reply in replies:
        outcome = "unknown"
        if reply.ref in refs:
            alert, times, person = refs[reply.ref]
            session = Session(context.config, context, store, person)
            try:
                with store.write("a reply") as con:
                    outcome = _take_reply(con, session, alert, reply, now, current=times == alert.times)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - an edge: its text may hold a post's; the others go on
                log.error("a reply failed: fault=%s", type(error).__name__)
                continue
        log.info("reply=%s", outcome)


def _take_reply(
    con: Connection, session: Session, alert: Alert, reply: MailReply, now: datetime, *, current: bool
) -> str:
    """Take it by a reply: `taken`, or the guard against it. `current`: not raised again since that mail."""
    person = session.person
    view = read_matter(con, Reader(session.config, session.store, person), alert.story_id, now)
    if view is None:
        return "not_for_you"
    guard = (
        "sender" if reply.sender != (person.email or "").casefold()
        else "doubtful" if reply.doubtful
        else "word" if not reply.takes
        else "" if current
        else "changed"
    )  # fmt: skip
    if not guard:
        came = take_matter(con, session, view, TakenBy.REPLY, now)
        if isinstance(came, Done):
            return "taken"
        guard = came.guard
    if guard != "used":
        t, _ = _telling(con, session, view, now)
        has = t.names([view.holder.person]) if view.holder else ""
        taken = t.w("ways.refused.taken", name=has or t.w("matter.by.somebody"))
        said = taken if guard == "taken" else t.w(f"ways.refused.{guard}")
        (mail,) = compose_said(
            t, [person.id], t.w("ways.taken.not_yours"), [said], "", t.w("ways.taken.open")
        )
        once = replace(mail, key=digest("reply", guard, alert.id, str(alert.times), person.id))
        put_outbox(con, unwritten(con, [once]), now)
    return guard
