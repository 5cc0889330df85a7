"""What was done in a matter and written on it, each line with what undoes it for its reader. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from data.matters import Action, ActKind
from data.words.say import Words
from monitor.desk.matter.facts import name_of
from monitor.desk.matter.page import DoneLine, Moment, PageButton
from monitor.desk.matter.reading import InWords, Visit


def done_lines(seen: Visit, at: Moment, w: Words) -> Iterator[DoneLine]:
    """For whoever has read the words; a note may repeat them."""
    for note in seen.view.notes:
        said = w(
            "page.done.note", who=name_of(seen, note.person_id), note=note.note, **at.said(note.written_at, w)
        )
        mine = note.person_id == seen.person.id
        back = PageButton(InWords.NOTE_BACK, w("page.done.note_back"), quiet=True)
        yield DoneLine(said, back if mine else None, note.id)
    for action in seen.view.actions:
        if action.act in _UNDOES:
            button = PageButton(InWords(action.act), w(f"page.done.{action.act}"), quiet=True)
            yield DoneLine(w(f"page.done.did.{action.act}", **_given(seen, action, at, w)), button)


_UNDOES = (ActKind.PUT_DOWN, ActKind.TAKE_BACK, ActKind.ASK_NO_MORE, ActKind.WATCH_NO_MORE)


def _given(seen: Visit, action: Action, at: Moment, w: Words) -> dict[str, str]:
    """Whom it was given to, or when they are asked."""
    values = dict(action.values)
    when = values.get("at")
    said = at.said(when, w) if isinstance(when, datetime) else {}
    return {"who": name_of(seen, str(values.get("to", ""))), **said}
