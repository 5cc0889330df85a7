"""Sees to it that what nobody has goes by the table of an alarm, and is asked about each morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from alerts.access.knowing import readers
from alerts.escalation import HOUR, Call, Open, Unfinished, ask_again, call, next_asking_at, next_call_at
from alerts.next_date import SchoolDays, list_marks, next_dates
from alerts.wording.instant import (
    Question,
    Unanswered,
    compose_call,
    compose_has_it,
    compose_morning,
    compose_questions,
    telling,
)
from data.matters import DECIDE, LADO
from data.people import people_of
from data.store import alerts as alert_store
from data.store.cases import open_about
from data.store.engine.connect import Connection
from data.store.outbox import is_in_digest, put_outbox, unwritten
from data.store.verdicts import story_verdicts
from data.types import Alert, Escalation, OutboxMessage, Person, School, StillOpen
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
        return [partial(_ask_questions, context=context, now=now)]
    if looked:
        until = min([now + HOUR, *(at for *_, at in looked if at is not None)])
        rest(context, "questions", con, now, until)
    return []


def _ask_questions(con: Connection, *, context: Context, now: datetime) -> None:
    # looked for again inside the transaction: meanwhile something may have been recorded
    looked = _list_unfinished(con, context, now)
    due = [(matter, school, step) for matter, school, step, _ in looked if step is not None]
    alerts = [matter.alert for matter, _, _ in due]
    stories = [alert.story_id for alert in alerts]
    verdicts, cases = story_verdicts(con, stories), open_about(con, stories)
    seen = seen_of(con, alerts, verdicts, partial(message_means, context))
    asked: dict[tuple[School, str | None], list[Question]] = {}
    for matter, school, step in due:
        alert = matter.alert
        numbers = cases.get((alert.story_id, school.urn), ())
        read = _is_read(con, matter, step, now)
        if not read:
            given = (alert, context.config.people, school, message_means(context, school.urn))
            t = telling(*given, step.told_at, seen[alert.id], cases=numbers)
            question = Question(matter, step, t)
            asked.setdefault((school, step.person_id), []).append(question)
        alert_store.put_step(con, step, by_digest=read)
        lent = matter.owner
        if step.about is StillOpen.BACK and lent is not None:
            to = lent.by if step.person_id == lent.by else None
            alert_store.return_matter(con, step.alert_id, lent, to, now)
    for questions in asked.values():
        put_outbox(con, compose_questions(questions), now)


def _is_read(con: Connection, matter: Unfinished, step: Escalation, now: datetime) -> bool:
    """Tell whether this morning's digest gave them its number; never of what the LADO must be told."""
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
    """Gather a matter's facts; whom a case may accuse, or who may not read it any more, is never asked."""
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
    marks = list_marks(has, matter, people, alert, verdicts, cases, had=True)[0] if has else ()
    return Unfinished(
        replace(alert, excluded=excluded),
        holder,
        tuple(date for date in dates if date.clock in (DECIDE, LADO)),
        recorded,
        owner,
        matter.threatened,
        marks,
    )


_OF_TODAY = timedelta(days=7)
"""What is of severity 3 and was raised longer ago is left to the digest."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """An alert that nobody has, its school, and who is asked about it now."""

    it: Open
    school: School
    call: Call | None


def escalate(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Write what asks everybody who is to be asked now; cheap where nothing can be due."""
    if rests(context, "escalation", con, now):
        return []
    found = _list_untaken(con, context, now)
    if any(one.call for one in found):
        return [partial(_ask, context=context, now=now)]
    if found:
        until = min(next_call_at(one.it, _days(context, one.school), now) for one in found)
        rest(context, "escalation", con, now, until)
    return []


def _ask(con: Connection, *, context: Context, now: datetime) -> None:
    # looked for again inside the transaction: meanwhile somebody may have taken it, or it was raised again
    due = [one for one in _list_untaken(con, context, now) if one.call]
    alerts, people = [one.it.alert for one in due], context.config.people
    stories = [a.story_id for a in alerts]
    stored = read_matters(con, context.config, {a.story_id: a.urn for a in alerts})
    seen = seen_of(con, alerts, stored.verdicts, partial(message_means, context))
    cases, mornings = open_about(con, stories), dict[tuple[School, str], list[Unanswered]]()
    for one in due:
        this, alert = one.call, one.it.alert
        assert this is not None
        given = (alert, people, one.school, message_means(context, alert.urn), now, seen[alert.id])
        numbers = cases.get((alert.story_id, alert.urn), ())
        t = telling(*given, one.it.targets, one.it.matter.endangered, numbers)
        asked = Unanswered(one.it, this, t)
        if this.row is not None:
            put_outbox(con, compose_call(asked), now)
        for step in this.steps:
            alert_store.put_step(con, step)
            if this.why is not None and step.person_id is not None:
                mornings.setdefault((one.school, step.person_id), []).append(asked)
    for (_, person), of in mornings.items():
        put_outbox(con, compose_morning(of, person, now), now)


def _list_untaken(con: Connection, context: Context, now: datetime) -> list[_Looked]:
    """List what nobody has taken and no case has ended, each with who is asked now: nobody it may accuse."""
    config = context.config
    ids = set(alert_store.unanswered_alerts(con, now - _OF_TODAY))
    if not ids:
        return []
    made = alert_store.escalation_steps(con, sorted(ids))
    alerts = [a for a in alert_store.list_alerts(con) if a.id in ids and config.school(a.urn)]
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts})
    alerts = [a for a in alerts if not stored.dealt_with(a)]
    seen = seen_of(con, alerts, stored.verdicts, partial(message_means, context)) if alerts else {}
    newest = alert_store.newest_posts(con, [a.story_id for a in alerts]) if alerts else {}
    found = []
    for alert in alerts:
        school, matter = config.school(alert.urn), stored.by_story[alert.story_id]
        assert school is not None
        out = (*alert.excluded, *sorted(matter.subjects.difference(alert.excluded)))
        it = Open(
            replace(alert, excluded=out), matter, made.get(alert.id, ()), seen[alert.id].said_time,
            newest.get(alert.story_id),
        )  # fmt: skip
        found.append(_Looked(it, school, call(it, config.people, school, _days(context, school), now)))
    return found


def reassure(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Tell those who were warned of an alert, or whom it may threaten, once who took it within the hour."""
    alerts = alert_store.taken_since(con, now - _LATELY)
    if not alerts:
        return []
    config, messages = context.config, list[OutboxMessage]()
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts})
    for alert in alerts:
        school, has = config.school(alert.urn), stored.holder(alert.story_id)
        if school and has:
            aimed = stored.by_story[alert.story_id].endangered
            given = (alert, config.people, school, message_means(context, alert.urn), now)
            messages += compose_has_it(telling(*given, targets=aimed, threatened=aimed), has)
    new = unwritten(con, messages)
    return [partial(put_outbox, messages=new, now=now)] if new else []


_LATELY = timedelta(hours=1)


def _days(context: Context, school: School) -> SchoolDays:
    return SchoolDays(school.nation, context.config.zone, context.config.calendar(school.urn))
