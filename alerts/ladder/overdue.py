"""A reminder of what is over in a case, once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.access.acts import Act
from alerts.access.knowing import Access
from alerts.ladder.notify import letter, mail
from alerts.ladder.rules import Rules
from alerts.means import in_working_hours
from alerts.wording.cases import until
from data.cases import Case, RunningClock
from data.ids import digest
from data.rungs import CaseClock
from data.types import OutboxMessage, Person
from data.words.say import Words, words


def reminders(case: Case, now: datetime, rules: Rules) -> tuple[OutboxMessage, ...]:
    """A mail in working hours to who has the case in hand, else to who decides: all that is late.

    Its key is that of the clock that ran out last, so that each is told once; our own looking again is not.
    Never to whom the case may accuse, nor to whom its post is aimed at.
    """
    ended = [w for w in case.over(now) if w.clock != CaseClock.RECHECK]
    if not ended:
        return ()
    asking = case.late(now)
    told = [w for w in ended if w in asking or w is ended[-1]]
    return tuple(_reminder(case, told, person, now, rules) for person in _reminded(case, rules))


def _reminded(case: Case, rules: Rules) -> Sequence[Person]:
    assigned = rules.person(case.assigned_to)
    if assigned is not None and _reached(case, assigned, rules):
        return (assigned,)
    return tuple(p for p in rules.who_may(Act.DECIDE, case) if _reached(case, p, rules))


def _reached(case: Case, person: Person, rules: Rules) -> bool:
    return bool(person.email) and person.id != case.target and rules.access(person, case) >= Access.STATUS


def _reminder(
    case: Case, ended: Sequence[RunningClock], person: Person, now: datetime, rules: Rules
) -> OutboxMessage:
    w, means = words(rules.school.language), rules.means
    due = in_working_hours(now, means.zone, means.calendar)
    told = [w("digest.case.locked")] if case.locked else [_said(w, wait, now, rules) for wait in ended]
    said = w("case.overdue_told", said="; ".join(told))
    note = letter("overdue", person, case, said, [[w("case.overdue_next")]], due, rules)
    return mail(case, person, _key(case, ended, person), note, due)


def _key(case: Case, ended: Sequence[RunningClock], person: Person) -> str:
    newest = ended[-1]
    return digest(
        "case overdue", case.urn, case.id, newest.clock, f"{newest.due_at.timestamp():.0f}", person.id
    )


def _said(w: Words, wait: RunningClock, now: datetime, rules: Rules) -> str:
    zone = rules.means.zone
    when = until(w, wait.due_at, now.astimezone(zone).date(), zone)
    return w(f"digest.case.late.{wait.clock}", when=when)
