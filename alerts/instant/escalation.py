"""Who is asked next where nobody acknowledges a grave alert, and when all are told to ring. Pure.

An alert of severity 4 that nobody has in hand after 15 minutes goes to the next on the list, after 15
more to the one after, and when nobody is left everybody told is asked to ring 999 or 101 (the domain
guide, "Timing"); but not of an odd post on the school's own account. Whoever may be its subject stands
on no list, in any role they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.access.recipients import asked_next, told_so_far
from alerts.next_date import WAIT as WAIT
from data.content_class import ContentClass
from data.types import Alert, Escalation, Person, School, Severity

LOOKED_BACK = timedelta(days=3)
"""What was raised longer ago, while nothing ran, is left to the lists: nobody is woken for it."""


def next_step(
    alert: Alert, made: Sequence[Escalation], people: Sequence[Person], school: School, now: datetime
) -> Escalation | None:
    """The step that is due now, None where none is; `made` are those of the alert so far.

    The alert must be one that nobody has in hand. Each step is due 15 minutes after the one before was
    made, so that after a sleep of the machine one is made at once and the others follow at their pace.
    """
    if alert.severity < Severity.THIS_HOUR or now - alert.raised_at > LOOKED_BACK:
        return None
    mine = [s for s in made if s.times == alert.times]
    if (
        any(s.person_id is None for s in mine)
        or now < max([alert.raised_at, *(s.told_at for s in mine)]) + WAIT
    ):
        return None
    told = told_so_far(alert, mine)
    after = next((p for p in asked_next(alert, people, school) if p not in told), None)
    if after is None and (not told or alert.content_class == ContentClass.OWN_ACCOUNT):
        return None
    return Escalation(alert.id, alert.urn, alert.times, len(mine) + 1, after, now)
