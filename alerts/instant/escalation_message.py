"""The words of an escalation: nobody has the alert yet. Like the alert itself, never what was posted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from alerts.instant.escalation import told_so_far
from alerts.means import Means
from alerts.wording.instant import (
    Telling,
    chat,
    headed,
    mail,
    perhaps,
    posted,
    step,
    telling,
    to_target,
    ways,
    who_is_next,
)
from alerts.wording.seen import NOTHING_SEEN, Seen
from data.ids import digest
from data.types import Alert, Escalation, OutboxMessage, Person, School, Via


def escalated(
    alert: Alert,
    made: Sequence[Escalation],
    this: Escalation,
    people: Sequence[Person],
    school: School,
    means: Means,
    seen: Seen = NOTHING_SEEN,
    targets: frozenset[str] = frozenset(),
    cases: Iterable[str] = (),
) -> tuple[OutboxMessage, ...]:
    """The messages of one step: to the next on the list, or to everybody told that they ring.

    `made` are the steps before it; `seen`, `targets` and `cases` as for the alert itself: a target is told
    that nobody has it yet, and was not asked. Keys depend on the alert, how often it was raised, the step,
    the person and the way.
    """
    told = told_so_far(alert, made)
    to = told if this.person_id is None else (this.person_id,)
    t = telling(alert, people, school, means, this.told_at, seen, cases)
    t = replace(t, targets=targets - {*alert.audience[:1]})
    return tuple(_message(t, this, told, p, via) for p in to for via in ways(p, alert, means))


def _message(t: Telling, this: Escalation, told: Sequence[str], person_id: str, via: Via) -> OutboxMessage:
    last, w = this.person_id is None, t.w
    key = digest("escalation", this.alert_id, str(this.times), str(this.step), person_id, via.value)
    asked_so_far = [p for p in told if p not in t.targets]
    if person_id in t.targets:
        return to_target(t, person_id, "escalation", via, key, asked_so_far, taken=False)
    do = w("instant.do.ring" if last else "instant.do.asked")
    heading = headed(t, do, w("instant.nobody"), first=last)
    if via is Via.CHAT:
        return t.message(person_id, "escalation", via, key, "", chat(t, person_id, heading))
    raised = w("instant.raised", **_raised(t), names=t.names(asked_so_far))
    asked = [w("instant.nobody_left")] if last else [step(t), who_is_next(t, (*told, person_id))]
    danger = w("instant.ring" if last else "instant.danger")
    seen = [*posted(t), perhaps(t)]
    return mail(t, person_id, "escalation", key, heading, danger, seen, [raised, *asked])


def _raised(t: Telling) -> dict[str, str]:
    at, zone = t.alert.raised_at, t.means.zone
    return {"clock": t.w.clock(at, zone), "day": t.w.day(at, t.due, zone)}
