"""Who is asked next where nobody acknowledges a grave alert, and who is asked again. Pure.

An alert of severity 4 that nobody has in hand after 15 minutes goes to the next on the list, after 15
more to the one after, each once. When nobody is left, who comes first is told to ring 999 or 101 (the domain
guide, "Timing"), and again each hour until somebody has it; but not of an odd post on the school's own
account. Whoever may be its subject stands on no list, in any role they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.access.recipients import asked_next, asks_again, first_to_remind, told_so_far
from alerts.next_date import WAIT as WAIT
from data.content_class import ContentClass
from data.people import away
from data.types import Alert, Escalation, Person, School, Severity

LOOKED_BACK = timedelta(days=3)
"""What was raised longer ago, while nothing ran, is left to the lists: nobody is woken for it."""
AGAIN = timedelta(hours=1)
"""How often who comes first is asked again."""


def next_step(
    alert: Alert,
    made: Sequence[Escalation],
    people: Sequence[Person],
    school: School,
    now: datetime,
    targets: frozenset[str] = frozenset(),
) -> Escalation | None:
    """The step that is due now, None where none is; `made` are those of the alert so far, `targets` (ids)
    those whom it threatens.

    The alert must be one that nobody has in hand. Each step is due a while after the one before was made, so
    that after a sleep of the machine one is made at once and the others follow at their pace.
    """
    mine = [s for s in made if s.times == alert.times]
    if alert.severity < Severity.THIS_HOUR or any(s.person_id is None for s in mine):
        return None
    if not mine and now - alert.raised_at > LOOKED_BACK:
        return None
    told = told_so_far(alert, mine)
    after = next((p for p in asked_next(alert, people, school, now) if p not in told), None)
    if after is None and alert.content_class != ContentClass.OWN_ACCOUNT:
        after = first_to_remind(alert, told, people, school, now, targets)
    wait = AGAIN if asks_again(alert, mine) else WAIT
    if after not in told and away(people, now).issuperset(told):
        wait = timedelta()
    if after is None or now < max([alert.raised_at, *(s.told_at for s in mine)]) + wait:
        return None
    return Escalation(alert.id, alert.urn, alert.times, len(mine) + 1, after, now)
