"""Save readings that were judged, by what the store holds in the transaction that saves them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from alerts.raise_alert import date_verdict
from classifiers.signals.catalogue import find_signals
from classifiers.verdicts.by_people import Corrected, apply_corrections, carry_over, named_elsewhere
from data.judged import calls_for_alert
from data.keeping import is_restricted
from data.matters import SaidWrong, WrongKind
from data.store import sources as source_store
from data.store.engine.connect import Connection
from data.store.mentions import Batch, Known, SchoolSet, find_known, outranked_articles, set_of
from data.store.owners import corrections_that_count, said_wrong
from data.store.verdicts import JudgedBefore, former_verdicts, held_posts
from data.types import Alert, Folded, Match, Mention, Relevance, Verdict
from data.web.channels import PRESS
from monitor.pipeline.collect import is_own_post
from monitor.pipeline.judged import (
    Judged,
    Left,
    LeftOut,
    articles_of,
    find_unjudged,
    left_out,
    mentions_with_articles,
)
from monitor.pipeline.judges import FOLD_DAYS, Judges
from monitor.pipeline.one_event import OneDanger, fold_list_lines, join_events
from monitor.pipeline.raising import Later, passed_on, raise_for, touched_stories

_ENCYCLOPAEDIA = "wikipedia"
"""The kind of source whose page is there long before it is read."""


@dataclass(frozen=True, slots=True)
class _Brought:
    """The news of a reading that the store does not hold: mentions, each with its matches, and verdicts.
    `seen` are the mentions that it sights, `whole` the schools judged for, by mention, if more than
    matched."""

    judged: Judged
    left: Mapping[str, Left]
    fresh: tuple[tuple[Mention, tuple[Match, ...]], ...]
    verdicts: tuple[Verdict, ...]
    seen: tuple[str, ...]
    whole: Mapping[str, SchoolSet] = field(default_factory=dict)


def conclude(
    con: Connection, judged: Sequence[Judged], judges: Judges, now: datetime, untold: Sequence[Alert] = ()
) -> list[Batch]:
    """The batches of the first of these readings: of all, up to one that has other words of what another of
    them brings, or its article. At least one.

    What another process has judged since is only sighted, what it has told of is not told again. A mention
    that several bring is in the batch of the first, with what is made of it for the schools of the others.
    `untold` are the alerts that this transaction raised before, and has neither saved nor told.
    """
    brought, later = _list_news(con, judged, judges, now)
    urns = {
        v.urn for one in brought for v in one.verdicts if _relevance_to_fold(v) is not Relevance.NOT_ABOUT
    }
    judges.recent.shelves(con, urns, now - timedelta(days=FOLD_DAYS))  # of all of them at once
    rule = OneDanger(con, (v for one in brought for v in one.verdicts), judges)
    folded = [_stories_of(con, one, judges, now, rule) if one.fresh else () for one in brought]
    if any(folded):
        mentions = {m.id: m for one in brought for m, _ in one.fresh}
        folded = join_events(con, mentions, [v for one in brought for v in one.verdicts], folded, judges, now)
        folded = fold_list_lines(con, [one.judged.listed for one in brought], folded, judges)
    batches = _batches(brought, folded, now)
    raised = raise_for(con, batches, judges, now, later, untold)
    return [
        replace(
            b,
            alerts=tuple(r.alerts),
            kept_out=r.kept_out,
            # each keeps its title where it holds something graver
            stories=tuple(replace(s, title="") if s.id in r.lesser else s for s in b.stories),
        )
        for b, r in zip(batches, raised, strict=True)
    ]


def _list_news(
    con: Connection, judged: Sequence[Judged], judges: Judges, now: datetime
) -> tuple[list[_Brought], list[Later]]:
    """List what each reading brings after those before it, and what of the rest each source sights too."""
    with_news = [one for one in judged if one.fresh]
    if not with_news:
        return [_Brought(one, {}, (), (), tuple(m.id for m in one.collected.mentions)) for one in judged], []
    fresh = {m.id for one in with_news for m, _ in one.fresh}
    held = find_known(con, sorted(fresh))
    by_now = _ByNow(
        fresh,
        held,
        {(v.mention_id, v.urn): v for v in (former_verdicts(con, sorted(held)) if held else ())},
        said_wrong(con, sorted(held)) if held else {},
        set(mentions_with_articles(con, [one.collected for one in with_news])),
        outranked_articles(
            con, [m.id for one in with_news for m, _ in one.fresh if m.id in held and m.channel in PRESS]
        ),
        left_out(con, [(one.collected, {m.id for m, _ in one.fresh}) for one in with_news], judges),
        source_store.first_reads(con, [one.collected.source.id for one in with_news]),
        corrections_by_now(con, judges),
    )
    found: list[_Brought] = []
    for one in judged:
        left = by_now.left_to_save(one, now)
        if any(i in by_now.taken and (of.edited or of.again) for i, of in left.items()):
            break
        found.append(by_now.take(one, left))
    later = []
    for one in judged[len(found) :]:
        edited = {i for i, of in by_now.left_to_save(one, now).items() if of.edited}
        later.append(Later(one.collected.source.id, by_now.sighted_ids(one), frozenset(edited)))
    return found, later


@dataclass(slots=True)
class _ByNow:
    """The state known when a reading is saved: what the store holds, and what those before it bring.

    `fresh` are the mentions that any of them brings; `known` is by mention; `former` the newest verdict that
    is stored, by mention and school; `marked` what people said of them; `anew` are those whose articles
    nobody has read before, `outranked` those of which the press has a copy by now; `out` is what is
    suppressed, by source and mention; `began` says, by source, when it was first read well for each school;
    `corrected` carries over what people marked of its like; `taken` are mentions that readings before bring.
    """

    fresh: set[str]
    known: dict[str, Known]
    former: Mapping[tuple[str, str], Verdict]
    marked: Mapping[str, Sequence[SaidWrong]]
    anew: set[str]
    outranked: frozenset[str]
    out: Mapping[tuple[str, str], LeftOut]
    began: Mapping[str, Mapping[str, datetime]]
    corrected: CarryOver
    taken: set[str] = field(default_factory=set)

    def left_to_save(self, judged: Judged, now: datetime) -> dict[str, Left]:
        """List what is left of a reading to be saved, by mention."""
        anew = articles_of(judged.collected) & self.anew | self.outranked
        left = find_unjudged((m for m, _ in judged.fresh), self.known, judged.urns, now, anew)
        wanted = [v for v in judged.verdicts if v.mention_id in left and v.urn not in left[v.mention_id].done]
        grave = {v.mention_id for v in wanted if calls_for_alert(v)}
        source = judged.collected.source.id
        kept = {None: set(left), LeftOut.WORDS: set(), LeftOut.AUTHOR: grave}
        return {i: of for i, of in left.items() if i in kept[self.out.get((source, i))]}

    def take(self, judged: Judged, left: Mapping[str, Left]) -> _Brought:
        """Give what a reading brings, each match with its verdict's relevance; it is known from now on."""
        mentions = {m.id: m for m, _ in judged.fresh if m.id in left}
        verdicts = self._verdicts(judged, left, mentions)
        settled = {(v.mention_id, v.urn): v.relevance for v in verdicts}
        fresh = tuple(
            (m, tuple(replace(x, relevance=settled[m.id, x.urn]) for x in found if (m.id, x.urn) in settled))
            for m, found in judged.fresh
            if m.id in mentions
        )
        judged_for: dict[str, list[Verdict]] = defaultdict(list)
        for verdict in verdicts:
            judged_for[verdict.mention_id].append(verdict)
        whole = {
            m.id: set_of(judged.urns)
            for m, found in fresh
            if not left[m.id].done.union(match.urn for match in found).issuperset(judged.urns)
        }
        for mention, _ in fresh:
            self._know(mention, left[mention.id], judged_for[mention.id], whole.get(mention.id))
            self.taken.add(mention.id)
        self.anew.difference_update(judged.texts)
        return _Brought(judged, left, fresh, verdicts, self.sighted_ids(judged), whole)

    def sighted_ids(self, judged: Judged) -> tuple[str, ...]:
        """List what it sights, but for mentions left out of it and kept of a reading after it alone."""
        ids = (m.id for m in judged.collected.mentions)
        return tuple(i for i in ids if i in self.known or i not in self.fresh)

    def _verdicts(
        self, judged: Judged, left: Mapping[str, Left], mentions: Mapping[str, Mention]
    ) -> tuple[Verdict, ...]:
        """The verdicts on these versions, with the time of what stood there before we began to look."""
        by_match = {(m.id, match.urn): (m, match) for m, found in judged.fresh for match in found}
        source, first = judged.collected.source, judged.collected.run.started_at
        began, stands = self.began.get(source.id, {}), source.kind == _ENCYCLOPAEDIA
        return tuple(
            date_verdict(
                replace(
                    v,
                    version=left[v.mention_id].version,
                    restricted=v.restricted or passed_on(v) or left[v.mention_id].restricted,
                ),
                mentions[v.mention_id],
                began.get(v.urn, first),
                new_words=left[v.mention_id].edited,
                stood=stands and v.urn not in began,
            )
            for v in (
                carry_over(
                    v if source.handed_in else self.corrected(v, *by_match[v.mention_id, v.urn]),
                    self.former.get((v.mention_id, v.urn)),
                    self.marked.get(v.mention_id, ()),
                )
                for v in judged.verdicts
                if v.mention_id in left and v.urn not in left[v.mention_id].done
            )
        )

    def _know(
        self, mention: Mention, left: Left, verdicts: Sequence[Verdict], whole: SchoolSet | None
    ) -> None:
        before = None if left.edited else self.known.get(mention.id)
        earlier, sets = (before.urns, before.sets) if before else ((), ())
        self.known[mention.id] = Known(
            left.version,
            left.hashed,
            urns=(*earlier, *(v.urn for v in verdicts)),
            restricted=left.restricted or any(map(is_restricted, verdicts)),
            fetched_at=mention.fetched_at,
            sets=(*sets, whole) if whole else sets,
        )


def _stories_of(
    con: Connection, one: _Brought, judges: Judges, now: datetime, rule: OneDanger
) -> tuple[Folded, ...]:
    """Those of what the verdicts call ours, or grave and another’s; a grave reply is folded alone."""
    relevance = {(v.mention_id, v.urn): _relevance_to_fold(v) for v in one.verdicts}
    ours = [
        tuple(replace(match, relevance=relevance[m.id, match.urn]) for match in found)
        for m, found in one.fresh
    ]
    again = {i for i, left in one.left.items() if left.done or left.again}
    return judges.recent.fold(con, [m for m, _ in one.fresh], ours, now, again, rule)


def _relevance_to_fold(verdict: Verdict) -> Relevance:
    """The relevance for folding: what is grave elsewhere joins our stories, the school's news none."""
    if passed_on(verdict):
        return Relevance.UNSURE
    return Relevance.NOT_ABOUT if is_own_post(verdict) else verdict.relevance


def _batches(brought: Sequence[_Brought], folded: Sequence[tuple[Folded, ...]], now: datetime) -> list[Batch]:
    """A batch for each of the readings."""
    owner: dict[str, int] = {}
    for i, one in enumerate(brought):
        for mention, _ in one.fresh:
            owner.setdefault(mention.id, i)
    parts = [_BatchParts() for _ in brought]
    for one, stories in zip(brought, folded, strict=True):
        for mention, found in one.fresh:
            version = one.left[mention.id].version
            parts[owner[mention.id]].matches += [(mention.id, version, match) for match in found]
            if mention.id in one.whole:
                parts[owner[mention.id]].judged_for.append((mention.id, version, one.whole[mention.id]))
        for verdict in one.verdicts:
            parts[owner[verdict.mention_id]].verdicts.append(verdict)
        for entry in stories:
            parts[owner[entry.mention_id]].folded.append(entry)
    return [
        _batch(one, tuple(m for m, _ in one.fresh if owner[m.id] == i), parts[i], now)
        for i, one in enumerate(brought)
    ]


@dataclass(slots=True)
class _BatchParts:
    """The parts made of the mentions of one batch."""

    matches: list[tuple[str, int, Match]] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    folded: list[Folded] = field(default_factory=list)
    judged_for: list[tuple[str, int, SchoolSet]] = field(default_factory=list)


def _batch(one: _Brought, mentions: tuple[Mention, ...], parts: _BatchParts, now: datetime) -> Batch:
    judged, collected = one.judged, one.judged.collected
    return Batch(
        run=replace(collected.run, mentions_new=sum(not one.left[m.id].again for m, _ in one.fresh)),
        source_id=collected.source.id,
        mentions=mentions,
        versions={m.id: one.left[m.id].version for m in mentions},
        seen=one.seen,
        matches=tuple(parts.matches),
        stories=touched_stories(mentions, parts.folded, parts.verdicts, now),
        folded=tuple(parts.folded),
        verdicts=tuple(parts.verdicts),
        alerts=(),
        outbox=(),
        urns=judged.urns,
        articles={m.id: judged.texts[m.id] for m in mentions if m.id in judged.texts},
        article_reads=tuple(read for read in collected.articles.values() if read.new),
        judged_for=tuple(parts.judged_for),
    )


CarryOver: TypeAlias = Callable[[Verdict, Mention, Match], Verdict]
"""The verdict on a post with its match, as what people marked of its like says."""


def corrections_by_now(con: Connection, judges: Judges) -> CarryOver:
    """Return what carries over what counts by now; nothing where nobody marked anything."""
    given = [said for said in corrections_that_count(con, judges.schools) if said.kind in _COUNT]
    if not given:
        return lambda verdict, mention, match: verdict
    made: dict[str, list[Corrected]] = defaultdict(list)
    held = held_posts(con, sorted({said.mention_id for said in given}))
    for said in given:
        post = held.get((said.mention_id, said.urn))
        apart = post is not None and post.verdict.restricted and said.kind != WrongKind.MISSED
        if post is not None and post.has_stood_since(said.said_at) and not apart:
            made[said.urn].append(_make_correction(said, post, judges))

    def carry_over(verdict: Verdict, mention: Mention, match: Match) -> Verdict:
        mine = made.get(verdict.urn)
        if not mine:
            return verdict
        school, people = judges.schools[verdict.urn], judges.people_of(verdict.urn)
        return apply_corrections(verdict, mention, match, find_signals(mention, school, people), mine)

    return carry_over


_COUNT = frozenset((WrongKind.NOT_US.value, WrongKind.TOO_GRAVE.value, WrongKind.MISSED.value))
"""What counts for posts that are like the marked one."""


def _make_correction(said: SaidWrong, post: JudgedBefore, judges: Judges) -> Corrected:
    school = judges.schools[said.urn]
    names = named_elsewhere(said.why, post.mention, school) if said.kind == WrongKind.NOT_US else frozenset()
    signals = find_signals(post.mention, school, judges.people_of(said.urn))
    return Corrected(said.kind, post.mention, post.match, post.verdict, signals, names, said.route)
