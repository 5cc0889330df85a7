"""Undoing what somebody did in a matter, as it was done: taking it, giving it, asking to be asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.wording.alert_mail import given_key
from data.matters import ActKind
from data.steps.acts import Done, Refused
from data.store.alerts import alerts as alert_store
from data.store.engine.connect import Connection
from data.store.messages.outbox import withdraw_keys
from data.store.verdicts import growth
from monitor.matters.reader import Reader
from monitor.matters.undoing import undoings

UNDOES = (ActKind.PUT_DOWN, ActKind.TAKE_BACK, ActKind.ASK_NO_MORE, ActKind.WATCH_NO_MORE)


def undo(
    con: Connection, reader: Reader, story_id: str, urn: str, what: ActKind, now: datetime
) -> Done[ActKind] | Refused:
    """Undoes one of `UNDOES`, where nobody has acted upon it. A mail that was not sent yet is withdrawn; one
    that went is not undone by anything.
    """
    known = reader.look(con, {story_id: urn})
    if not any(action.act == what for action in undoings(con, reader, known, story_id, now)):
        return Refused("undone", "It can no longer be undone: somebody acted upon it, or it is over.")
    alert, owner = known.stored.to_tell(story_id, now), known.stored.owners[story_id]
    me = reader.named.id
    if what is ActKind.PUT_DOWN:
        alert_store.put_down(con, alert.id, me, now)
    elif what is ActKind.TAKE_BACK:
        withdraw_keys(con, [given_key(alert, owner)], now)
        alert_store.undo_giving(con, alert.id, owner, me, now)
    elif what is ActKind.ASK_NO_MORE:
        alert_store.give(con, alert.id, replace(owner, ask_at=None), now=now)
    else:
        growth.drop(con, story_id, urn, me, now)
    return Done(what)
