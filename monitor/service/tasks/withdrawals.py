"""Withdraws what waits to be sent and is no longer true, somebody having the matter since or being done with
it, or what a digest has told its reader meanwhile.

A mail of danger is withdrawn only from whoever acknowledged it themselves. What is nobody's danger waits for
the morning: it is withdrawn from who took it, from all where it is done with, and from the others where a
digest that covers it has reached them. While nobody has it, a digest that gives its number has told it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from data.matters import Having
from data.store.alerts import alerts as alert_store
from data.store.engine.connect import Connection
from data.store.messages.outbox import WaitingMail, waiting_mails, withdraw_needless
from data.types import Alert
from monitor.config.home.context import Context, Write
from monitor.matters.reader import StoredMatters, read_matters

SOON = timedelta(minutes=2)
"""What goes out later is left: until then somebody may take back what they said."""


def withdrawals(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """A write that withdraws what is needless by now; cheap where nothing waits."""
    return [partial(_withdraw, context=context, now=now)] if _needless(con, context, now) else []


def _withdraw(con: Connection, *, context: Context, now: datetime) -> None:
    for alert, mails, by_digest in _needless(con, context, now):
        withdraw_needless(con, alert, mails, now, by_digest=by_digest)


def _needless(
    con: Connection, context: Context, now: datetime
) -> list[tuple[Alert, list[WaitingMail], bool]]:
    """Of each alert what is untrue by now, and what a digest has told."""
    waiting = waiting_mails(con, now + SOON)
    if not waiting:
        return []
    by_alert = {i: list(mails) for i, mails in groupby(waiting, key=lambda m: m.alert_id)}
    alerts = [a for i in by_alert if (a := alert_store.alert(con, i)) and context.config.school(a.urn)]
    stored = read_matters(con, context.config, {a.story_id: a.urn for a in alerts})
    found = []
    for alert in alerts:
        untrue = [m for m in by_alert[alert.id] if _is_untrue(m, alert, stored)]
        read = [m for m in by_alert[alert.id] if m not in untrue and _is_read(m)]
        found += [(alert, mails, mails is read) for mails in (untrue, read) if mails]
    return found


def _is_read(mail: WaitingMail) -> bool:
    """Has a digest given its reader the number of what was to wait?"""
    return mail.named and mail.queued and mail.kind == "instant"


def _is_untrue(mail: WaitingMail, alert: Alert, stored: StoredMatters) -> bool:
    """Was the matter taken or done with since the mail was written, and is it untrue or known to its
    reader?"""
    holder, ended = stored.holder(alert.story_id), stored.ended(alert.story_id)
    holder = holder if holder is not None and holder.since >= mail.written_at else None
    if ended is not None and ended.at >= mail.written_at:
        return mail.queued or mail.kind != "instant" or ended.person_id == mail.person_id
    if holder is None:
        return False
    if mail.kind != "instant":
        return True
    if holder.person == mail.person_id:
        return mail.queued or holder.how is Having.ACKNOWLEDGED
    return mail.queued and mail.shown
