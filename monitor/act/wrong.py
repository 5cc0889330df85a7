"""Saying that something is judged wrongly, with what is right and why: for the page and the command alike.

It is kept for whoever may correct it; no alert, severity or route changes by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.judged import leading
from data.matters import CRITICISM, SaidWrong
from data.steps.acts import Done, Refused
from data.store.verdicts import said_wrong
from data.types import ABUSE_LABELS
from monitor.matters.reader import reads_all

if TYPE_CHECKING:
    from datetime import datetime

    from data.store.engine.connect import Connection
    from data.types import Relevance, Severity
    from monitor.matters.reader import Reader

LABELS = (CRITICISM, *ABUSE_LABELS)
"""What a post may be said to be."""


@dataclass(frozen=True, slots=True)
class Right:
    """What is right in the place of what was judged, as far as somebody says it."""

    relevance: Relevance | None = None
    label: str = ""
    severity: Severity | None = None


def say_wrong(
    con: Connection, reader: Reader, story_id: str, urn: str, right: Right, why: str, now: datetime
) -> Done[SaidWrong] | Refused:
    """Records it of the post that the story goes by, for somebody who may read all of it."""
    known = reader.look(con, {story_id: urn})
    if not reads_all(reader, known, story_id):
        return Refused("words", "It is for those to say who may read it.")
    if right == Right() or right.label not in ("", *LABELS):
        return Refused(
            "right", f"Say what is right: ⟨about⟩, ⟨not_about⟩, ⟨severity⟩, ⟨label⟩ {', '.join(LABELS)}."
        )
    if not why.strip():
        return Refused("reason", "Say why; the reason is kept: ⟨why⟩ …")
    lead = leading(known.stored.verdicts[story_id]).mention_id
    by = reader.named.id
    given = SaidWrong(lead, urn, by, right.relevance, right.label, right.severity, why.strip(), now)
    said_wrong.put(con, given, story_id)
    return Done(given)


def take_back(con: Connection, reader: Reader, story_id: str, urn: str, now: datetime) -> Done[bool]:
    """Takes back what this person said of it; False where that is nothing."""
    return Done(said_wrong.take_back(con, story_id, urn, reader.named.id, now))
