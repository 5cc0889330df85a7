"""What readings leave out because it was erased, or because its author objected.

What somebody hands in is taken in all the same: they have a reason of their own. What calls for an alert is
too, unless it is in the very words that were erased: an objection hides no threat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum

from data.store.engine.connect import Connection
from data.store.privacy import suppressions
from monitor.pipeline.collect import Collected
from monitor.pipeline.judges import Judges
from monitor.pipeline.sighting import SOURCE_ID


class LeftOut(Enum):
    """Why a post is left out: it was erased in these very WORDS, or it or its AUTHOR is suppressed."""

    WORDS = "words"
    AUTHOR = "author"


def left_out(
    con: Connection, asked: Iterable[tuple[Collected, Collection[str]]], judges: Judges
) -> dict[tuple[str, str], LeftOut]:
    """Those of these readings' mentions (the ids asked about) that are suppressed, by source and mention."""
    if not suppressions.any_kept(con):
        return {}
    keys = {
        (collected.source.id, m.id): suppressions.keys_of(judges.secret(), m)
        for collected, ids in asked
        if collected.source.id != SOURCE_ID
        for m in collected.mentions
        if m.id in ids
    }
    kept = suppressions.among(con, [one for k in keys.values() for one in k.words | k.others])
    words = {at: LeftOut.WORDS for at, k in keys.items() if not kept.isdisjoint(k.words)}
    return {at: LeftOut.AUTHOR for at, k in keys.items() if not kept.isdisjoint(k.others)} | words
