"""Writing a note on a matter for the others who may read it, and taking it back: for every door alike."""

from __future__ import annotations

from datetime import datetime

from data.ids import digest
from data.matters import MatterNote
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.store.verdicts import notes
from monitor.matters.reader import Reader, reads_all

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
