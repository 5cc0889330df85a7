"""Replies in one reading to what another of the same group brings: judged after it, knowing whom it is about.

As if the readings were judged and saved one after another. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from alerts.gravity import calls_for_alert
from data.types import Match, Relevance, Verdict
from monitor.pipeline.judging.judged import Judged


def in_turns(waiting: Sequence[Judged]) -> list[list[int]]:
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
    one: Judged, before: Collection[tuple[str, str]], earlier: Sequence[Judged]
) -> set[tuple[str, str]]:
    """What it replies to, with the schools (urns) that is about: as it was known `before`, and as `earlier`
    readings that are not saved yet were judged."""
    parents = one.parents
    about = {pair for pair in before if pair[0] in parents}
    for judged in earlier if parents else ():
        if not parents.isdisjoint(judged.left):
            _go_on(about, judged, parents)
    return about


def _go_on(about: set[tuple[str, str]], judged: Judged, parents: Collection[str]) -> None:
    """What is suppressed counts only where it calls for an alert: else it is not kept."""
    verdicts = {(v.mention_id, v.urn): v for v in judged.verdicts if v.mention_id in parents}
    grave = {mention_id for (mention_id, _), v in verdicts.items() if calls_for_alert(v)}
    for mention, matches in judged.fresh:
        left = judged.left[mention.id]
        if mention.id not in parents or (left.suppressed and mention.id not in grave):
            continue
        pairs = {(mention.id, match.urn): match for match in matches}
        about -= {pair for pair in about if pair in pairs or (left.edited and pair[0] == mention.id)}
        about |= {pair for pair, match in pairs.items() if _names_it(match, verdicts[pair])}


def _names_it(match: Match, verdict: Verdict) -> bool:
    """As `data.store.mentions.batch.about` asks of what is kept."""
    codes = {reason.code for reason in match.reasons}
    return "thread" in codes or (verdict.relevance is not Relevance.NOT_ABOUT and "unnamed" not in codes)
