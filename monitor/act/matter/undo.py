"""Undoing what somebody did in a matter, as it was done: taking it, giving it, asking to be asked again. And
writing a note on it for the others who may read it, and taking that back: for every door alike.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.wording.alert_mail import given_key
from data.ids import digest
from data.matters import ActKind, MatterNote
from data.steps.acts import Done, Refused
from data.store.alerts import alerts as alert_store
from data.store.engine.connect import Connection
from data.store.messages.outbox import withdraw_keys
from data.store.verdicts import growth, notes
from monitor.matters.reader import Reader, reads_all
from monitor.matters.whole import undoings

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


MOST = 500
"""So many characters a note may have: it says what was done, and is no record of its own."""


def write_note(
    con: Connection, reader: Reader, story_id: str, urn: str, said: str, now: datetime
) -> Done[MatterNote] | Refused:
    """Writes it, for somebody who may read all of the matter. It counts as nothing done: whoever has the
    matter is asked as before."""
    if not reads_all(reader, reader.look(con, {story_id: urn}), story_id):
        return Refused("words", "It is for those to write on who may read it.")
    if not said.strip() or len(said.strip()) > MOST:
        return Refused("note", f"A note has words, and {MOST} characters at most.")
    by = reader.named.id
    written = MatterNote(
        digest("note", story_id, urn, by, now.isoformat())[:16], story_id, urn, by, said.strip(), now
    )
    notes.put(con, written)
    return Done(written)


def take_back_note(
    con: Connection, reader: Reader, story_id: str, urn: str, note_id: str, now: datetime
) -> Done[bool]:
    """Takes back what this person wrote on it; False where that is nothing."""
    return Done(notes.take_back(con, story_id, urn, note_id, reader.named.id, now))
