"""Asks about grave matters in which nothing is recorded: who has them, then the next who may act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from alerts.access.knowing import readers
from alerts.asked_again import HOUR, Unfinished, ask_again, next_asking_at
from alerts.next_date import SchoolDays, list_marks, next_dates
from alerts.wording.alert_mail import Question, compose_questions
from data.matters import DECIDE, LADO
from data.people import people_of
from data.store.alerts import alerts as alert_store
from data.store.cases.cases import open_about
from data.store.engine.connect import Connection
from data.store.messages.outbox import is_in_digest, put_outbox
from data.store.verdicts.verdicts import story_verdicts
from data.types import Alert, Escalation, Person, School, StillOpen
from monitor.config.home.context import Context, Write, message_means, rest, rests
from monitor.matters.reader import StoredMatters, read_matters
from monitor.pipeline.raising import seen_of

_LOOKED_BACK = timedelta(days=14)
"""What was raised longer ago is left to the digest."""


def ask_due_questions(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """A write that asks every question due now; cheap where nothing is unfinished, or nothing can be due."""
    if rests(context, "questions", con, now):
        return []
    looked = _list_unfinished(con, context, now)
    if any(step is not None for _, _, step, _ in looked):
        return [partial(_ask, context=context, now=now)]
    if looked:
        until = min([now + HOUR, *(at for *_, at in looked if at is not None)])
        rest(context, "questions", con, now, until)
    return []


def _ask(con: Connection, *, context: Context, now: datetime) -> None:
    """Looked for again inside the transaction: meanwhile something may have been recorded.

    What one person is asked of one school at a look is composed together.
    """
    looked = _list_unfinished(con, context, now)
    due = [(matter, school, step) for matter, school, step, _ in looked if step is not None]
    alerts = [matter.alert for matter, _, _ in due]
    stories = [alert.story_id for alert in alerts]
    verdicts, cases = story_verdicts(con, stories), open_about(con, stories)
    seen = seen_of(con, alerts, verdicts, partial(message_means, context))
    asked: dict[tuple[School, str | None], list[Question]] = {}
    for matter, school, step in due:
        numbers = cases.get((matter.alert.story_id, school.urn), ())
        read = _is_read(con, matter, step, now)
        if not read:
            question = Question(matter, step, seen[matter.alert.id], numbers)
            asked.setdefault((school, step.person_id), []).append(question)
        alert_store.put_step(con, step, by_digest=read)
        lent = matter.owner
        if step.about is StillOpen.BACK and lent is not None:
            to = lent.by if step.person_id == lent.by else None
            alert_store.return_matter(con, step.alert_id, lent, to, now)
    for (school, _), questions in asked.items():
        people, reached = context.config.people, message_means(context, school.urn)
        put_outbox(con, compose_questions(questions, people, school, reached), now)


def _is_read(con: Connection, matter: Unfinished, step: Escalation, now: datetime) -> bool:
    """Has the digest of this very morning given the next of them its number? Never of what the LADO is to be
    told, which it does not ask for."""
    alert = matter.alert
    if step.person_id is None or step.about is not StillOpen.DUE:
        return False
    before = alert_store.escalation_steps(con, [alert.id]).get(alert.id, ())
    again = any(s.about is step.about and s.told_at >= matter.since for s in before)
    return again and is_in_digest(con, alert.number, step.person_id, now - HOUR)


def _list_unfinished(
    con: Connection, context: Context, now: datetime
) -> list[tuple[Unfinished, School, Escalation | None, datetime | None]]:
    """List what is unfinished, with the question that is due, and when another may be."""
    recorded, wished = (
        alert_store.unfinished_alerts(con, now - _LOOKED_BACK),
        alert_store.stories_to_ask_about(con),
    )
    if not (recorded or wished):
        return []
    config, made = context.config, alert_store.escalation_steps(con, [*recorded, *wished])
    alerts = (
        [a for a in alert_store.list_alerts(con, open_only=False) if a.id in recorded] if recorded else []
    )
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts} | wished)
    alerts += [stored.to_tell(story, now) for story in wished if stored.verdicts.get(story)]
    found = []
    for alert in alerts:
        school = config.school(alert.urn)
        if school is None:
            continue
        days = SchoolDays(school.nation, config.zone, config.calendar(alert.urn))
        matter = _make_unfinished(
            stored, alert, days, recorded.get(alert.id), people_of(school, config.people), now
        )
        before = made.get(alert.id, [])
        step = ask_again(matter, before, config.people, school, days, now)
        found.append((matter, school, step, next_asking_at(matter, before, days, now)))
    return found


def _make_unfinished(
    stored: StoredMatters,
    alert: Alert,
    days: SchoolDays,
    recorded: datetime | None,
    people: Sequence[Person],
    now: datetime,
) -> Unfinished:
    """Whoever a case of it may accuse, by a person's word too, counts as excluded: they are never asked. Nor
    is whoever may not read it any more, or left. `people` are all of its school.
    """
    story = alert.story_id
    matter, owner = stored.by_story[story], stored.owners.get(story)
    holder, able = stored.holder(story), {p.id for p in readers(people, matter, people)}
    if holder is not None and holder.person not in able:
        holder = None
    if owner is not None and owner.by not in able:
        owner = replace(owner, by="")
    excluded = (*alert.excluded, *sorted(matter.subjects.difference(alert.excluded)))
    verdicts, cases = stored.verdicts.get(story, ()), stored.cases_of(story)
    dates = next_dates(stored.alerts.get(story), cases, days, now, had=False, lane=matter.bypass)
    has = next((p for p in people if holder is not None and p.id == holder.person), None)
    marks = list_marks(has, matter, people, alert, verdicts, cases, had=True) if has else ()
    return Unfinished(
        replace(alert, excluded=excluded),
        holder,
        tuple(date for date in dates if date.clock in (DECIDE, LADO)),
        recorded,
        owner,
        matter.threatened,
        marks,
    )
