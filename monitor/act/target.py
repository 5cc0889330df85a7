"""What the person a matter is aimed at says for themselves: that they are safe, whether they would like
support, whether the police may be told. It is recorded by the steps of a case, and so by their guards.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from alerts.access.knowing import Access
from alerts.ladder.advance import Refusal
from alerts.ladder.mails import of_target
from alerts.ladder.notify import in_charge
from alerts.ladder.recorded_on_behalf import by_mail, code_of
from data.cases import Case, Consent, Event
from data.errors import InputError
from data.steps.acts import Done, Refused
from data.steps.asking import ConsentGiven, ConsentRefused, ConsentWithdrawn, SaidSafe, SupportStep
from data.steps.codes import Support
from data.steps.kinds import Step
from data.store.cases.cases import steps
from data.store.engine.connect import Connection
from data.store.messages import outbox
from data.types import Alert, OutboxMessage
from monitor.act.casework.from_alert import begin_case, case_of
from monitor.act.casework.steps import rehearse, school_rules
from monitor.act.step import record
from monitor.home.wiring import Session
from monitor.matters.reader import Reader

QUESTIONS = {
    "safe": ("safe",),
    "support": ("accepted", "declined"),
    "police": ("given", "refused", "withdrawn"),
}
"""What they may be asked, and the answers to each."""


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What they may say now, and what holds of it by `case`: their open case, or the one that would be begun
    of the alert (`begins`). `safe_at` is when they last said that they are safe.
    """

    case: Case
    open_to: tuple[str, ...]
    begins: Alert | None = None
    safe_at: datetime | None = None


def own_word(con: Connection, session: Session, story_id: str, urn: str, now: datetime) -> OwnWord | None:
    """What this person may say of a matter that is aimed at them; None where that is nothing."""
    reader = Reader(session.config, session.store, session.person)
    known, me = reader.look(con, {story_id: urn}), session.person.id
    if me not in known.stored.by_story[story_id].threatened or known.access[story_id] < Access.STATUS:
        return None
    cases, alert, begins = known.stored.cases_of(story_id), known.stored.alerts.get(story_id), None
    if not cases and alert is not None and (made := case_of(con, session.context, alert, now)) is not None:
        cases, begins = (made.case,), alert
    case = next((case for case in reversed(cases) if case.target == me and case.closed_at is None), None)
    open_to = tuple(_open_to(session, case, now)) if case is not None else ()
    if case is None or not open_to:
        return None
    safe = [] if begins else [s.done_at for s in steps(con, case.id) if isinstance(s.said, SaidSafe)]
    return OwnWord(case, open_to, begins, max(safe, default=None))


def _open_to(session: Session, case: Case, now: datetime) -> Collection[str]:
    """What the ladder lets them say, and is not so already."""
    stale = {case.consent.value, case.support.value}
    stale |= {"refused"} if case.consent is Consent.GIVEN else set()
    me = session.person.id
    tried = {code: rehearse(session.context, case, Event(said, me), now) for code, said in _steps(me).items()}
    return [code for code, came in tried.items() if code not in stale and not isinstance(came, Refusal)]


def say_for_oneself(
    con: Connection, session: Session, story_id: str, urn: str, codes: Collection[str], now: datetime
) -> Done[Case] | Refused:
    """Records these in their case, which is begun where there is none, and tells whoever deals with it, once.

    Raises InputError where the case refuses one of them.
    """
    own = own_word(con, session, story_id, urn, now)
    if own is None or not codes or not {*codes} <= {*own.open_to}:
        return Refused("offered", "It is not theirs to say, or nothing was said.")
    case = own.case
    if own.begins is not None:
        case = begin_case(con, session.context, own.begins, now) or case
    sent: list[OutboxMessage] = []
    said = [_steps(session.person.id)[code] for code in codes]
    for each in said:
        done = record(con, session, case, Event(each, session.person.id), now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
        case = done.made.case
        sent.extend(done.made.outbox)
    # one mail to each, in place of those that the steps alone would send: to whoever has it, and to whoever
    # decides where nobody has it or it is about the police
    rules = school_rules(session.context, case.urn)
    reader = Reader(session.config, session.store, session.person)
    holder = reader.look(con, {case.story_id: case.urn}).stored.holder(case.story_id)
    has = rules.person(holder.person) if holder is not None else None
    police = any(code_of(each) in QUESTIONS["police"] for each in said)
    people = (*((has,) if has else ()), *(in_charge(case, rules) if police or has is None else ()))
    told = {p.id: p for p in people if p.id != case.target and by_mail(p, case, rules)}
    outbox.withdraw_keys(con, [m.key for m in sent if m.person_id in told], now)
    outbox.put_outbox(con, [of_target(case, tuple(said), p, now, rules) for p in told.values()], now)
    return Done(case)


def _steps(me: str) -> dict[str, Step]:
    """What they may say, by what the catalogue calls it."""
    every: tuple[Step, ...] = (
        SaidSafe(person=me),
        SupportStep(status=Support.ACCEPTED, person=me),
        SupportStep(status=Support.DECLINED, person=me),
        ConsentGiven(person=me),
        ConsentRefused(person=me),
        ConsentWithdrawn(person=me),
    )
    return {code_of(each): each for each in every}
