"""What a reading leaves out because it was erased, or because its author objected.

What somebody hands in is taken in all the same: they have a reason of their own. What calls for an alert is
too, unless it is in the very words that were erased: an objection hides no threat.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from alerts.gravity import calls_for_alert
from data.store.engine.connect import Connection
from data.store.privacy import suppressions
from data.types import Mention, Verdict
from monitor.pipeline.collect import Collected
from monitor.pipeline.judges import Judges
from monitor.pipeline.sighting import SOURCE_ID

Left = TypeVar("Left")


def without_erased_words(
    con: Connection, collected: Collected, left: Mapping[str, Left], judges: Judges
) -> dict[str, Left]:
    """Those of what is left to be judged (by mention id) that were not erased in these very words."""
    return _without(con, collected, left, judges, frozenset())


def without_suppressed(
    con: Connection,
    collected: Collected,
    left: Mapping[str, Left],
    judges: Judges,
    verdicts: Collection[Verdict],
) -> dict[str, Left]:
    """Those, too, whose post or author is not suppressed, or which call for an alert all the same."""
    grave = {v.mention_id for v in verdicts if calls_for_alert(v)}
    return _without(con, collected, left, judges, frozenset(left) - grave)


def _without(
    con: Connection,
    collected: Collected,
    left: Mapping[str, Left],
    judges: Judges,
    in_any_words: frozenset[str],
) -> dict[str, Left]:
    handed_in = collected.source.id == SOURCE_ID
    if handed_in or not left or not suppressions.any_kept(con):
        return dict(left)
    asked = _keys([m for m in collected.mentions if m.id in left], judges.secret(), in_any_words)
    kept = suppressions.among(con, [one for found in asked.values() for one in found])
    return {i: one for i, one in left.items() if kept.isdisjoint(asked[i])}


def _keys(
    mentions: Sequence[Mention], secret: bytes, in_any_words: frozenset[str]
) -> dict[str, frozenset[str]]:
    """The keys that each of them is looked for by."""
    keys = {m.id: suppressions.keys_of(secret, m) for m in mentions}
    return {i: k.words | k.others if i in in_any_words else k.words for i, k in keys.items()}
