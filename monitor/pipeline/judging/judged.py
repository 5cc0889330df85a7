"""What is left to be judged of a reading, by what is known; and what was judged of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from data.ids import text_hash
from data.store.engine.connect import Connection
from data.store.mentions.known import Known
from data.store.mentions.school_sets import set_of
from data.store.privacy import suppressions
from data.types import Match, Mention, Verdict
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


@dataclass(frozen=True, slots=True)
class Left:
    """A mention that is not judged for all schools: the version it is, for which schools it was judged.

    `hashed` stands for its words. `edited` says that they are others than those known, `again` that this
    version was judged before, by its headline alone, `suppressed` that it is only kept if it calls for an
    alert.
    """

    version: int
    hashed: str
    done: frozenset[str] = frozenset()
    restricted: bool = False
    edited: bool = False
    again: bool = False
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading, judged by what was known when it came; nothing of it is saved yet.

    `left` says of its new and edited mentions, by id, what was known of them; `fresh` are these with their
    matches; `verdicts` are on version 1 of each until `conclude` says which it is. `urns` are the schools
    that it is judged for, `texts` the articles behind headlines, by mention.
    """

    collected: Collected
    urns: tuple[str, ...]
    left: Mapping[str, Left] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    fresh: tuple[tuple[Mention, tuple[Match, ...]], ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    @property
    def parents(self) -> frozenset[str]:
        """What the mentions that are left reply to."""
        return frozenset(m.parent for m in self.collected.mentions if m.parent and m.id in self.left)


def unjudged(
    mentions: Iterable[Mention],
    known: Mapping[str, Known],
    urns: Sequence[str],
    now: datetime,
    anew: Collection[str],
) -> dict[str, Left]:
    """Those of the mentions whose words have not been judged for all these schools, by id.

    Those `anew` have been, by their headlines; they are judged with their articles.
    """
    left, every = {}, set_of(tuple(urns)).urns
    for mention in mentions:
        one = _left(mention, known.get(mention.id), urns, now, anew=mention.id in anew)
        if one.done is not every and not one.done >= every:
            left[mention.id] = one
    return left


def _left(mention: Mention, before: Known | None, urns: Sequence[str], now: datetime, *, anew: bool) -> Left:
    hashed = text_hash(mention.title, mention.text)
    if before is None:
        return Left(1, hashed)
    edited = before.text_hash != hashed
    done = _done(mention, before, urns, now, edited=edited)
    again = anew and not before.purged and bool(done)
    return Left(
        before.version + edited, hashed, frozenset() if again else done, before.restricted, edited, again
    )


def _done(
    mention: Mention, before: Known, urns: Sequence[str], now: datetime, *, edited: bool
) -> frozenset[str]:
    """The schools for which this text of the mention, or one read later, has been judged already."""
    if edited:
        # what lies in the future is no proof that it was read after this: the clock was set back
        overtaken = before.fetched_at is not None and mention.fetched_at < before.fetched_at <= now
        return frozenset(urns) if overtaken else frozenset()
    if before.purged:
        return frozenset(urns)
    if not before.sets:
        return frozenset(before.urns)
    whole = set_of(tuple(urns))
    if any(of.id == whole.id for of in before.sets):
        return whole.urns
    return frozenset(before.urns).union(*(of.urns for of in before.sets))


def brought(known: dict[str, Known], mentions: Iterable[Mention], left: Mapping[str, Left]) -> None:
    """From now on new words of these mentions are `known`, though for no school: as if they were saved."""
    for mention in mentions:
        of = left.get(mention.id)
        if of is not None and (of.edited or mention.id not in known):
            known[mention.id] = Known(
                of.version, of.hashed, restricted=of.restricted, fetched_at=mention.fetched_at
            )
