"""Corrections judged again, before another model is adopted: with how many it agrees. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.judged import calls_for_alert, may_be_grave
from data.matters import SaidWrong, WrongKind
from data.store.engine.connect import Connection
from data.store.owners import corrections_that_count
from data.store.stories import sources_of_sightings
from data.store.verdicts import JudgedBefore, held_posts
from data.types import Match, Relevance, Source, Verdict
from monitor.pipeline.collect import source_for_linking
from monitor.pipeline.judge import verdicts_on
from monitor.pipeline.judged import with_article

if TYPE_CHECKING:
    from monitor.pipeline.judges import Judges


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many corrections there are, by kind; with how many each way of judging agrees, and which of those
    that agreed `before` are lost by now."""

    made: Counter[str]
    before: Counter[str]
    now: Counter[str]
    lost: Counter[str]


def replay(
    con: Connection, sources: Mapping[str, Source], now: Judges, before: Judges | None = None
) -> Replayed:
    """Judges what people corrected again, by the settings and rules of now, and counts who agrees with them.

    `before` is what judged it with another model; without it, what was judged when it was said. Posts whose
    words are not held any more, or were edited since, are left out. Nothing is changed.
    """
    given = [said for said in corrections_that_count(con) if said.urn in now.schools]
    held = held_posts(con, sorted({said.mention_id for said in given}))
    seen = sources_of_sightings(con, sorted({said.mention_id for said in given}))
    whose = ((said, held.get((said.mention_id, said.urn))) for said in given)
    asked = [(said, post) for said, post in whose if post is not None and post.has_stood_since(said.said_at)]
    fresh = [
        (
            with_article(post.mention, post.article),
            (_match(post, seen.get(post.mention.id, ()), sources, now),),
        )
        for _, post in asked
    ]
    latest = verdicts_on(fresh, now)
    former = verdicts_on(fresh, before) if before else [_was(said, post.verdict) for said, post in asked]
    counts = Replayed(Counter(), Counter(), Counter(), Counter())
    for (said, _), old, new in zip(asked, former, latest, strict=True):
        kind, held_before, holds = said.kind, agrees(said, old), agrees(said, new)
        counts.made[kind] += 1
        counts.before[kind] += held_before
        counts.now[kind] += holds
        counts.lost[kind] += held_before and not holds
    return counts


def agrees(said: SaidWrong, verdict: Verdict) -> bool:
    """Is it judged as somebody said that it is right?"""
    if said.kind == WrongKind.TOO_GRAVE:
        return not calls_for_alert(verdict)
    if said.kind == WrongKind.MISSED:
        return may_be_grave(verdict) and said.route in (None, verdict.route)
    if said.kind == WrongKind.OURS:
        return verdict.relevance is not Relevance.NOT_ABOUT
    return (
        said.relevance in (None, verdict.relevance)
        and said.severity in (None, verdict.severity)
        and said.route in (None, verdict.route)
        and said.tone in (None, verdict.sentiment)
    )


def _match(post: JudgedBefore, seen: Collection[str], sources: Mapping[str, Source], judges: Judges) -> Match:
    """Whose it is by the settings of now; as it was linked, where its place is not read any more, or where it
    answers another post."""
    source = next((sources[i] for i in sorted(seen) if i in sources), None)
    if source is None or post.mention.parent:
        return post.match
    (found,) = judges.linker.link([with_article(post.mention, post.article)], source_for_linking(source))
    return next((match for match in found if match.urn == post.verdict.urn), post.match)


def _was(said: SaidWrong, verdict: Verdict) -> Verdict:
    """The verdict as it was when somebody corrected it."""
    return replace(
        verdict,
        relevance=said.was_relevance or verdict.relevance,
        severity=verdict.severity if said.was_severity is None else said.was_severity,
        route=said.was_route or verdict.route,
        sentiment=said.was_tone or verdict.sentiment,
        look=verdict.look and said.kind != WrongKind.MISSED,
    )
