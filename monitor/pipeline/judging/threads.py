"""Replies in one reading to what another of the same group brings: judged after it, knowing whom it is about.

As if the readings were judged and saved one after another. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from alerts.gravity import calls_for_alert
from data.types import Match, Relevance, Verdict
from monitor.pipeline.judging.judged import Judged, Unjudged


def in_turns(waiting: Sequence[Unjudged]) -> list[list[int]]:
    """The readings (their places) in the turns in which they can be judged: all in the first, but for those
    that reply to what an earlier one brings."""
    turn_of: dict[str, int] = {}
    turns: dict[int, list[int]] = defaultdict(list)
    for i, one in enumerate(waiting):
        if one.left:
            turn = max((turn_of[p] + 1 for p in one.parents if p in turn_of), default=0)
            turns[turn].append(i)
            turn_of |= {m: max(turn, turn_of.get(m, 0)) for m in one.left}
    return [turns[n] for n in sorted(turns)]


def about_by_now(
    one: Unjudged,
    before: Collection[tuple[str, str]],
    earlier: Sequence[tuple[Unjudged, Judged]],
    suppressed: Collection[tuple[str, str]],
) -> set[tuple[str, str]]:
    """What it replies to, with the schools (urns) that is about: as it was known `before`, and as `earlier`
    readings of its group have been judged.

    What is `suppressed` (source and mention) counts only where it calls for an alert: else it is not kept.
    """
    about = {pair for pair in before if pair[0] in one.parents}
    newest: dict[str, tuple[str, datetime]] = {}
    for reading, judged in earlier:
        verdicts = {(v.mention_id, v.urn): v for v in judged.verdicts if v.mention_id in one.parents}
        grave = {mention_id for (mention_id, _), v in verdicts.items() if calls_for_alert(v)}
        for mention, matches in judged.fresh if verdicts else ():
            at, left = (judged.collected.source.id, mention.id), reading.left[mention.id]
            if mention.id not in one.parents or (at in suppressed and mention.id not in grave):
                continue
            hashed, read = newest.setdefault(mention.id, (left.hashed, mention.fetched_at))
            if hashed != left.hashed and mention.fetched_at < read:
                continue
            if left.edited or hashed != left.hashed:
                about = {pair for pair in about if pair[0] != mention.id}
            newest[mention.id] = (left.hashed, mention.fetched_at)
            pairs = {(mention.id, match.urn): match for match in matches}
            about.difference_update(pairs)
            about.update(pair for pair, match in pairs.items() if _names_it(match, verdicts[pair]))
    return about


def _names_it(match: Match, verdict: Verdict) -> bool:
    """As `data.store.mentions.batch.about` asks of what is kept."""
    codes = {reason.code for reason in match.reasons}
    return "thread" in codes or (verdict.relevance is not Relevance.NOT_ABOUT and "unnamed" not in codes)
