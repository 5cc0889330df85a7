"""From collected mentions to one batch for the store: link, fold, score, decide, alert.

Reads what the stages need from the store, calls them in their order, writes nothing. The batch is
saved by `data.store.mentions.save` in one transaction: all of it or none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from alerts.means import Means
from alerts.raise_alert import calls_for_alert
from classifiers.decide import decide, worth_scoring
from classifiers.folding import fold
from classifiers.signals.find import find_signals
from classifiers.text import model_text
from classifiers.thresholds import Thresholds
from data.ids import text_hash
from data.store import mentions as mention_store
from data.store import stories as story_store
from data.store.open import Store
from data.types import (
    Folded,
    Match,
    Mention,
    Person,
    Policy,
    Relevance,
    Role,
    School,
    Scores,
    Signal,
    Sketch,
    Source,
    Verdict,
)
from monitor.collect import Collected
from monitor.own import as_linked, is_own_post, settled
from monitor.raising import passed_on, raise_for, touched

FOLD_DAYS = 14
"""How far back a story is looked for."""


class Linking(Protocol):
    """Says which schools mentions are about: `classifiers.linking.Linker`, or what stands for it."""

    def link(self, mentions: Sequence[Mention], source: Source) -> list[tuple[Match, ...]]: ...


class TextScorer(Protocol):
    """A model: one row of probabilities a text, in their order."""

    def score(self, texts: Sequence[str]) -> Scores: ...


@dataclass(frozen=True, slots=True)
class Judges:
    """What judging needs, made once per command: schools, people, rules and the model.

    `means` says, by urn, how a school's people are reached; `first_assessors` whom its own policy has look
    at a matter first.
    """

    schools: Mapping[str, School]
    people: tuple[Person, ...]
    policy: Policy
    linker: Linking
    scorer: Callable[[], TextScorer]
    thresholds: Thresholds
    means: Callable[[str], Means] = lambda urn: Means()
    first_assessors: Mapping[str, Role] = field(default_factory=dict)

    def policy_of(self, urn: str) -> Policy:
        """The rules with the school's own first assessor, where its policy names one."""
        return replace(self.policy, first_assessor=self.first_assessors.get(urn, self.policy.first_assessor))


def judge(
    collected: Collected, store: Store, judges: Judges, now: datetime, extra: tuple[Signal, ...] = ()
) -> mention_store.Batch:
    """One source's batch: new and edited mentions judged, the others only sighted.

    `extra` are signals that a person has given with every mention of it. Looks are kept as they are:
    how many are shown is the business of those who show them.
    """
    urns = [u for u in (collected.source.urns or tuple(judges.schools)) if u in judges.schools]
    known = _known(collected.mentions, store)
    done = {m.id: _judged_for(m, known.get(m.id), urns) for m in collected.mentions}
    fresh = {m.id for m in collected.mentions if not done[m.id].issuperset(urns)}
    mentions = tuple(m for m in collected.mentions if m.id in fresh)
    linked = judges.linker.link(collected.mentions, as_linked(collected.source)) if mentions else []
    matches = [
        tuple(x for x in found if x.urn not in done[m.id])
        for m, found in zip(collected.mentions, linked, strict=bool(mentions))
        if m.id in fresh
    ]
    versions = {m.id: _version(m, known.get(m.id)) for m in mentions}
    verdicts = tuple(
        replace(v, restricted=v.restricted or passed_on(v) or _was_restricted(known.get(v.mention_id)))
        for v in settled(_verdicts(mentions, versions, matches, judges, extra), collected, store, judges, now)
    )
    recent = _recent(mentions, store, urns, now)
    folded = _folded(mentions, matches, verdicts, recent, now)
    stories = touched(mentions, folded, now)
    raised = raise_for(stories, folded, verdicts, collected.source, store, judges, now)
    return mention_store.Batch(
        run=replace(collected.run, mentions_new=len(mentions)),
        source_id=collected.source.id,
        mentions=mentions,
        versions=versions,
        seen=tuple(m.id for m in collected.mentions),
        matches=tuple((m.id, versions[m.id], x) for m, ms in zip(mentions, matches, strict=True) for x in ms),
        stories=stories,
        folded=folded,
        verdicts=verdicts,
        alerts=raised.alerts,
        outbox=raised.messages,
        kept_out=raised.kept_out,
    )


def _known(mentions: Sequence[Mention], store: Store) -> dict[str, mention_store.Known]:
    if not mentions:
        return {}
    with store.read() as con:
        return mention_store.known(con, [m.id for m in mentions])


def _recent(mentions: Sequence[Mention], store: Store, urns: Sequence[str], now: datetime) -> list[Sketch]:
    """What new mentions may be folded with; not read where there are none."""
    if not mentions:
        return []
    with store.read() as con:
        return story_store.sketches(con, urns, now - timedelta(days=FOLD_DAYS))


def _judged_for(mention: Mention, before: mention_store.Known | None, urns: Sequence[str]) -> frozenset[str]:
    """The schools for which this text of the mention has been judged already."""
    if before is None or before.text_hash != text_hash(mention.title, mention.text):
        return frozenset()
    return frozenset(urns) if before.purged else frozenset(before.urns)


def _was_restricted(before: mention_store.Known | None) -> bool:
    return before is not None and before.restricted


def _version(mention: Mention, before: mention_store.Known | None) -> int:
    """1 for a new mention; one more where its words have changed."""
    if before is None:
        return 1
    return before.version + (before.text_hash != text_hash(mention.title, mention.text))


def _folded(
    mentions: Sequence[Mention],
    matches: Sequence[tuple[Match, ...]],
    verdicts: Sequence[Verdict],
    sketches: Sequence[Sketch],
    now: datetime,
) -> tuple[Folded, ...]:
    """Stories of what the verdicts call ours, or grave and another's; a grave reply is folded alone."""
    relevance = {(v.mention_id, v.urn): _as_folded(v) for v in verdicts}
    grave = {v.mention_id for v in verdicts if calls_for_alert(v) or passed_on(v)}
    alone = [replace(m, parent=None) if m.id in grave else m for m in mentions]
    ours = [
        tuple(replace(match, relevance=relevance[m.id, match.urn]) for match in found)
        for m, found in zip(mentions, matches, strict=True)
    ]
    return tuple(fold(alone, ours, sketches, now))


def _as_folded(verdict: Verdict) -> Relevance:
    """What is grave and another's joins our stories; the school's own news joins none."""
    if passed_on(verdict):
        return Relevance.UNSURE
    return Relevance.NOT_ABOUT if is_own_post(verdict) else verdict.relevance


def _verdicts(
    mentions: Sequence[Mention],
    versions: Mapping[str, int],
    matches: Sequence[tuple[Match, ...]],
    judges: Judges,
    extra: tuple[Signal, ...],
) -> tuple[Verdict, ...]:
    asked = [
        i
        for i, ms in enumerate(matches)
        if any(map(worth_scoring, ms)) and (mentions[i].text + mentions[i].title).strip()
    ]
    scores = _score([mentions[i] for i in asked], judges)
    row_of = {i: n for n, i in enumerate(asked)}
    verdicts = []
    for i, mention in enumerate(mentions):
        row = scores.row(row_of[i]) if scores is not None and i in row_of else {}
        for match in matches[i]:
            school = judges.schools[match.urn]
            signals = (*find_signals(mention, school, judges.people), *extra)
            verdicts.append(
                decide(
                    mention, versions[mention.id], match, row, signals,
                    policy=judges.policy, school=school, people=judges.people, thresholds=judges.thresholds,
                    model=scores.model if row and scores is not None else "",
                )
            )  # fmt: skip
    return tuple(verdicts)


def _score(mentions: Sequence[Mention], judges: Judges) -> Scores | None:
    if not mentions:
        return None
    return judges.scorer().score([model_text(m.channel, m.title, m.text, m.rating) for m in mentions])
