"""Handing over what somebody had who leaves, or gives an office up: to whoever comes, as far as they may know
of it, and the rest to the next who may. What was recorded stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from alerts.access.acts import Act, who_may
from alerts.access.knowing import Access, access
from alerts.access.matter import Matter, name_holders
from alerts.access.offices import holders
from alerts.ladder.advance import Refusal
from alerts.ladder.rules import SCHOOLGATE
from alerts.wording.alert_mail import alert_messages as compose_alert
from alerts.wording.alert_mail import compose_given
from data.cases import Case, Event
from data.errors import InputError
from data.people import people_of
from data.steps.asking import Assigned
from data.store import owners
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.messages.outbox import asked_of, put_outbox, withdraw_all
from data.store.service import end_all
from data.store.verdicts.verdicts import posts_meaning, put_again, whole_verdicts
from data.types import Alert, Owner, Person, Role
from monitor.act.casework.steps import apply_event
from monitor.config.home.context import Context, message_means
from monitor.config.load import Config
from monitor.matters.reader import StoredMatters, matter_of, read_matters, replay_cases, school_of
from monitor.pipeline.raising import aimed_at, seen_of


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The outcome of one matter: `to` has it or is `asked`, None where nobody may; who knows by `matter`."""

    number: str
    to: Person | None
    matter: Matter
    asked: bool = False


def keep_meant(con: Connection, before: Config, then: Config, by: str, now: datetime) -> None:
    """Keep what was said of an office until now about those who held it."""
    for school in before.schools:
        here = [people_of(school, config.people) for config in (before, then)]
        held, holds = ({role: tuple(p.id for p in holders(each, role)) for role in Role} for each in here)
        turned = {role.value: ids for role, ids in held.items() if ids and ids != holds[role]}
        by_office = {f"office:{role}": ids for role, ids in turned.items()}
        judged = whole_verdicts(con, posts_meaning(con, school.urn, turned), school.urn) if turned else []
        changed = [new for v in judged if (new := name_holders(v, by_office)) != v]
        if changed:
            put_again(con, changed, (), now, before.policy, by)


def hand_over_all(
    con: Connection, context: Context, old: Person, new: Person | None, now: datetime
) -> list[HandedOver]:
    """Give each open matter of `old` to the first who may have it: `new`, `old` if still in the settings, or
    who works on it; each is mailed. `context` has the settings from now on."""
    cases = replay_cases(con, *case_store.all_steps(con, open_only=True).values())
    theirs = {c.story_id: c.urn for c in cases if c.closed_at is None and c.acting == old.id}
    held = theirs | owners.held_by(con, old.id)
    held = {story: urn for story, urn in held.items() if context.config.school(urn) is not None}
    stored = read_matters(con, context.config, held)
    found = []
    for story, urn in held.items():
        if story not in stored.by_story or not _is_theirs(stored, story, old.id):
            continue
        to = _next(context, stored, story, (new, old))
        if to is not None and to.id == old.id:
            continue
        alert, open_cases = stored.to_tell(story, now), _open(stored, story)
        if to is None:
            owners.end_ownership(con, story, urn, [old.id], now)
        else:
            _give(con, context, stored, alert, open_cases, old, to, now)
        number = open_cases[0].id if open_cases else alert.number
        found.append(HandedOver(number, to, stored.by_story[story]))
    return found


def let_go(con: Connection, old: Person, by: str, now: datetime) -> None:
    """Ends what reaches somebody who has left: sessions, codes on paper, and mail that waits."""
    end_all(con, old.id, by, now)
    withdraw_all(con, old.id, now)


def finish_leaving(store: Store, context: Context, now: datetime) -> None:
    """Hand over what those have who left, where that was cut off or they were still written to."""
    if not context.config.former:
        return
    with store.write("hand over") as con:
        for old in context.config.former:
            hand_over_all(con, context, old, None, now)
            ask_next(con, context, old, None, now)
            withdraw_all(con, old.id, now)


def ask_next(
    con: Connection, context: Context, old: Person, new: Person | None, now: datetime
) -> list[HandedOver]:
    """Ask `new`, or the next who may know and was not told, what a waiting mail asks of `old`."""
    alerts = [
        a for i in asked_of(con, old.id) if (a := alert_store.alert(con, i)) and context.config.school(a.urn)
    ]
    here = {p.id for p in context.config.people}
    stored = read_matters(con, context.config, {a.story_id: a.urn for a in alerts})
    seen = seen_of(con, alerts, stored.verdicts, partial(message_means, context))
    found = []
    for alert in alerts:
        to = _next(context, stored, alert.story_id, (new,))
        stays = to is not None and to != new and old.id in here
        dealt_with = stored.ending_mark(alert.story_id) or stored.holder(alert.story_id)
        if dealt_with or stays or to is None or to.id in alert.audience:
            continue
        school, people = school_of(context.config, alert.urn), context.config.people
        aimed = aimed_at(alert, stored.verdicts.get(alert.story_id, ()), school, people)
        left = [i for i in alert.audience if i in here]
        again = replace(alert, audience=(to.id, *left), warned=())
        reached, numbers = message_means(context, alert.urn), [c.id for c in _open(stored, alert.story_id)]
        mails = compose_alert(again, people, school, now, reached, seen[alert.id], *aimed, numbers)
        put_outbox(con, [mail for mail in mails if mail.person_id == to.id], now)
        found.append(HandedOver(alert.number, to, stored.by_story[alert.story_id], asked=True))
    return found


def _open(stored: StoredMatters, story: str) -> tuple[Case, ...]:
    return tuple(case for case in stored.cases_of(story) if case.closed_at is None)


def _is_theirs(stored: StoredMatters, story: str, old: str) -> bool:
    """Have they that matter, and is it not done with?"""
    holder, cases = stored.holder(story), stored.cases_of(story)
    over = stored.ending_mark(story) is not None or (bool(cases) and not _open(stored, story))
    return holder is not None and holder.person == old and not over


def _next(context: Context, stored: StoredMatters, story: str, of: Sequence[Person | None]) -> Person | None:
    """The first who may have it and whom mail reaches: of these, then of those who work on it."""
    people = context.config.people
    matters = (stored.by_story[story], *(matter_of(case, context.config) for case in _open(stored, story)))
    able = {p.id for p in people if p.email and all(_can_have(p, m, people) for m in matters)}
    order = (*(p for p in of if p is not None), *who_may(Act.WORK, matters[0], people))
    return next((p for p in order if p.id in able), None)


def _can_have(person: Person, matter: Matter, people: Sequence[Person]) -> bool:
    given = person in who_may(Act.BE_GIVEN, matter, people)
    return given and access(person, matter, people) is Access.WORDS


def _give(
    con: Connection,
    context: Context,
    stored: StoredMatters,
    alert: Alert,
    open_cases: Sequence[Case],
    old: Person,
    to: Person,
    now: datetime,
) -> None:
    """By a step of each open case, of which the ladder mails them; else by a mail of its own."""
    config, story = context.config, alert.story_id
    for case in open_cases:
        said = Event(Assigned(person=to.id), SCHOOLGATE, f"In place of {old.name}.")
        done = apply_event(con, context, case, said, now)
        if isinstance(done, Refusal):
            raise InputError(
                f"{old.name} has a case that can go to nobody now. Somebody has to take it on first."
            )
    before = stored.owners.get(story)
    ask_at = before.ask_at if before and before.ask_at and before.ask_at > now else None
    given = Owner(to.id, now, SCHOOLGATE, None, ask_at)
    alert_store.give(con, alert.id, given, "", now)
    if not open_cases:
        seen = seen_of(con, [alert], stored.verdicts, partial(message_means, context))[alert.id]
        school = school_of(config, alert.urn)
        mail = compose_given(
            alert, given, "", config.people, school, message_means(context, alert.urn), seen, old.name
        )
        put_outbox(con, mail, now)
