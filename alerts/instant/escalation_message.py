"""The words of an escalation: nobody has the alert yet. Like the alert itself, never what it says."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.instant import lag as lags
from alerts.instant.escalation import WAIT, told_so_far
from alerts.instant.message import Telling, behind, chat, danger, mail, posted, step, telling, ways
from alerts.means import Means
from data.content_class import ContentClass
from data.ids import digest
from data.types import Alert, Escalation, OutboxMessage, Person, School, Via


def escalated(
    alert: Alert,
    made: Sequence[Escalation],
    this: Escalation,
    people: Sequence[Person],
    school: School,
    means: Means,
    lag: lags.Lag = lags.UNKNOWN,
) -> tuple[OutboxMessage, ...]:
    """The messages of one step: to the next on the list, or to everybody told that they ring.

    `made` are the steps before it; `lag` is for the next on the list, who has read nothing yet. Keys depend
    on the alert, how often it was raised, the step, the person and the way.
    """
    told = told_so_far(alert, made)
    to = told if this.person_id is None else (this.person_id,)
    t = telling(alert, people, school, means, this.told_at)
    return tuple(_message(t, this, told, p, via, lag) for p in to for via in ways(p, alert, means))


def _message(
    t: Telling, this: Escalation, told: Sequence[str], person_id: str, via: Via, lag: lags.Lag
) -> OutboxMessage:
    table = "instant.ring" if this.person_id is None else "instant.next"
    key = digest("escalation", this.alert_id, str(this.times), str(this.step), person_id, via.value)
    if via is Via.CHAT:
        return t.message(person_id, "escalation", via, key, "", chat(table, person_id, t))
    subject = t.w(f"{table}.subject", school=t.at, number=t.number)
    last = this.person_id is None
    head, end = (_ring(t, told), []) if last else (_asked(t, told), behind(lag, t))
    return t.message(person_id, "escalation", via, key, subject, mail(person_id, head, end, t))


def _asked(t: Telling, told: Sequence[str]) -> list[str]:
    before = t.names(told)
    return [
        t.w("instant.next.asked", **_raised(t)),
        *posted(t),
        *([t.w("instant.next.before", names=before)] if before else []),
        *danger(t),
        step(t),
        _chain(t),
    ]


def _chain(t: Telling) -> str:
    own = t.alert.content_class == ContentClass.OWN_ACCOUNT
    return t.w(
        "instant.chain_account" if own else "instant.next.chain", clock=t.w.clock(t.due + WAIT, t.means.zone)
    )


def _ring(t: Telling, told: Sequence[str]) -> list[str]:
    return [
        t.w("instant.ring.nobody", **_raised(t)),
        *posted(t),
        t.w("instant.ring.ring"),
        t.w("instant.ring.told", names=t.names(told)),
    ]


def _raised(t: Telling) -> dict[str, str]:
    at, zone = t.alert.raised_at, t.means.zone
    return {"number": t.number, "school": t.at, "clock": t.w.clock(at, zone), "day": t.w.day(at, t.due, zone)}
