"""What a reading leaves out because it was erased, or because its author objected.

What somebody hands in is taken in all the same: they have a reason of their own. What calls for an alert is
too, unless it is in the very words that were erased: an objection hides no threat.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from alerts.gravity import calls_for_alert
from data.store.engine.connect import Connection
from data.store.privacy import suppressions
from data.types import Mention, Verdict
from monitor.pipeline.judges import Judges


def in_erased_words(con: Connection, mentions: Sequence[Mention], judges: Judges) -> frozenset[str]:
    """Ids of those that were erased in the same words: they are not even judged."""
    return _left_out(con, mentions, judges, ())


def suppressed(
    con: Connection, mentions: Sequence[Mention], verdicts: Collection[Verdict], judges: Judges
) -> frozenset[str]:
    """The same, with those of a post or an author that is suppressed; not with what calls for an alert."""
    grave = {v.mention_id for v in verdicts if calls_for_alert(v)}
    return _left_out(con, mentions, judges, [m.id for m in mentions if m.id not in grave])


def _left_out(
    con: Connection, mentions: Sequence[Mention], judges: Judges, in_any_words: Collection[str]
) -> frozenset[str]:
    if not mentions or not suppressions.any_kept(con):
        return frozenset()
    secret, calm = judges.secret(), frozenset(in_any_words)
    keys = {m.id: suppressions.keys_of(secret, m) for m in mentions}
    asked = {i: found.words | (found.others if i in calm else frozenset()) for i, found in keys.items()}
    kept = suppressions.among(con, [one for found in asked.values() for one in found])
    return frozenset(i for i, found in asked.items() if not kept.isdisjoint(found))
