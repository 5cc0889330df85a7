"""Save readings that were judged, by what the store holds in the transaction that saves them, each in the
story of its event.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from alerts.access.matter import DangerFacts, danger_of
from alerts.raise_alert import date_verdict
from classifiers.signals.catalogue import find_signals
from classifiers.stories import Anywhere, tells_the_same
from classifiers.verdicts.by_people import Corrected, apply_corrections, carry_over, named_elsewhere
from classifiers.verdicts.press import (
    EVENT_SPAN,
    MOST_OF_ITS_OWN,
    Article,
    is_press,
    matter_of,
    read_event,
    shared_in,
    without_paper,
)
from classifiers.verdicts.verdict_reasons import passed_on
from data.content_class import ContentClass
from data.ids import digest, squeeze
from data.judged import calls_for_alert, may_be_grave, passes_on_news
from data.keeping import is_restricted
from data.matters import SaidWrong, WrongKind
from data.store import sources as source_store
from data.store.cases import stories_listing
from data.store.engine.connect import Connection
from data.store.mentions import Batch, HeldCopy, Known, SchoolSet, find_known, outranked_articles, set_of
from data.store.owners import corrections_that_count, said_wrong
from data.store.stories import open_press
from data.store.verdicts import JudgedBefore, former_verdicts, held_posts, story_verdicts
from data.types import (
    LISTED,
    Alert,
    BackFill,
    Folded,
    Match,
    Mention,
    MentionKind,
    PressEvent,
    Relevance,
    Source,
    Verdict,
)
from data.web.channels import PRESS, WEBSITE, channel_at, domains_of, host_of
from data.web.urls import canonical_url
from monitor.config.model import MAILBOX
from monitor.pipeline.collect import Collected, is_own_post
from monitor.pipeline.judged import (
    Judged,
    Left,
    LeftOut,
    articles_of,
    find_unjudged,
    has_own_lane,
    left_out,
    mentions_with_articles,
    with_article,
)
from monitor.pipeline.judges import FOLD_DAYS, Judges
from monitor.pipeline.raising import raise_for, touched_stories, verdict_to_report
from sources.nature import CHANNEL_OF, Nature, nature_at

# Articles of one event, and posts that share them, belong to the school's open press matter; nothing
# restricted joins or is joined. The lines of a list that somebody hands in are one matter, whatever each
# says. No text leaves here.

_LONGEST_HEADLINE = 25


class OneDanger(Anywhere):
    """The stories that the grave posts of some readings fit: those alone that tell of the same danger. The
    press, and posts that pass on its news, go by the event; the same words are the same matter. It goes by
    what is stored of a story and by these `verdicts`, which are not."""

    def __init__(self, con: Connection, verdicts: Iterable[Verdict], judges: Judges) -> None:
        told = (verdict_to_report(v) for v in verdicts)
        self._con, self._people = con, judges.people_of
        self._grave = {v.pair: v for v in told if calls_for_alert(v)}
        self._stored: dict[str, list[DangerFacts]] = {}
        self._new: dict[str, list[DangerFacts]] = defaultdict(list)

    def fits(self, mention_id: str, urn: str, story_id: str, how: str) -> bool:
        verdict = self._grave.get((mention_id, urn))
        if verdict is None or how == "thread":
            return verdict is None
        if how == "same_text" or verdict.event or passes_on_news(verdict):
            return True
        if story_id not in self._stored:
            found = map(verdict_to_report, story_verdicts(self._con, [story_id]).get(story_id, ()))
            grave = (v for v in found if calls_for_alert(v))
            self._stored[story_id] = [danger_of(v, self._people(v.urn)) for v in grave]
        danger, told = danger_of(verdict, self._people(urn)), self._stored[story_id] + self._new[story_id]
        if not told:
            return how != "quote"  # it answers what is calm, as a reply does
        copied = how == "copy"
        return danger in told or not any(danger.is_another(than, copied=copied) for than in told)

    def note_story(self, mention_id: str, urn: str, story_id: str) -> None:
        if verdict := self._grave.get((mention_id, urn)):
            self._new[story_id].append(danger_of(verdict, self._people(urn)))


def join_events(
    con: Connection,
    mentions: Mapping[str, Mention],
    verdicts: Sequence[Verdict],
    folded: Sequence[tuple[Folded, ...]],
    judges: Judges,
    now: datetime,
) -> list[tuple[Folded, ...]]:
    """The folded, those that begin a story of an event that is told already in the story of that event."""
    judged = {v.pair: v for v in verdicts}
    whole = [(n, f) for n, some in enumerate(folded) for f in some]
    apart = {f.story_id for _, f in whole if is_restricted(judged[f.mention_id, f.urn])}
    begun = [
        (n, f)
        for n, f in whole
        if f.how == "new"
        and f.story_id not in apart
        and _may_join(mentions[f.mention_id], judged[f.mention_id, f.urn])
    ]
    if not begun:
        return list(folded)
    # What the press has told of these schools lately, by school
    urns = {f.urn for _, f in begun}
    known: dict[str, list[Article]] = defaultdict(list)
    for urn, story_id, title, text, event, at in open_press(con, sorted(urns), now - 2 * EVENT_SPAN):
        if story_id not in apart:
            told = read_event(title, text, event, at, judges.schools[urn])
            known[urn].append(Article(story_id, title, told))
    of: dict[str, str] = {}

    def rank(one: tuple[int, Folded]) -> tuple[int, bool, datetime, str]:
        """Rank each as if it came alone: by reading, articles before what shares them, the older first."""
        return one[0], not is_press(mentions[one[1].mention_id]), one[1].sketch.seen_at, one[1].mention_id

    for _, f in sorted(begun, key=rank):
        story = _story_of(mentions[f.mention_id], f, judged[f.mention_id, f.urn], known[f.urn], judges)
        if story is not None:
            of[f.story_id] = story
    if of:
        judges.recent.forget({f.urn for _, f in begun if f.story_id in of})
    return [tuple(_move(f, of.get(f.story_id), "event") for f in some) for some in folded]


def _may_join(mention: Mention, verdict: Verdict) -> bool:
    """Is it an article surely ours and of today, or a post of few words that is calm or passes on news?"""
    if verdict.history is not None:
        return False
    if is_press(mention):
        return verdict.relevance is Relevance.ABOUT and not verdict.route.urgent
    few = len(f"{mention.title} {mention.text}".split()) <= _LONGEST_HEADLINE + MOST_OF_ITS_OWN
    calm = passes_on_news(verdict) or not may_be_grave(verdict)
    return few and mention.kind is MentionKind.POST and calm and not (verdict.route.urgent or verdict.accuses)


def _story_of(
    mention: Mention, begun: Folded, verdict: Verdict, known: list[Article], judges: Judges
) -> str | None:
    """The story in which it belongs, None where it is news; what the press tells is known from now on."""
    at = begun.sketch.seen_at
    if not is_press(mention):
        return shared_in(f"{mention.title} {mention.text}", at, known)
    event, school = verdict.event or PressEvent.OTHER, judges.schools[begun.urn]
    told = read_event(mention.title, mention.text, event, at, school)
    story = matter_of(told, known)
    known.append(Article(story or begun.story_id, mention.title, told))
    return story


def _move(folded: Folded, story: str | None, how: str) -> Folded:
    """The folded in that story, if any; one that began its own is there in this way."""
    if story is None:
        return folded
    now = how if folded.how == "new" else folded.how
    return replace(folded, story_id=story, how=now, sketch=replace(folded.sketch, story_id=story))


def fold_list_lines(
    con: Connection, brought: Sequence[Judged], folded: Sequence[tuple[Folded, ...]], judges: Judges
) -> list[tuple[Folded, ...]]:
    """The folded, the lines of a list in the story of those of it that were handed in before, else in that of
    its first line. What is a copy of another story stays there."""
    lines = [
        (one, f) for one, some in zip(brought, folded, strict=True) for f in some if one.listed is not None
    ]
    begun = dict.fromkeys(f.story_id for one, f in lines if f.how == "new" and not one.alone)
    matter = next(iter(begun), None)
    if lines and (before := _matter_before(con, lines[0][0].listed or (), lines[0][1].urn)):
        matter = before
    if matter is None:
        return list(folded)
    judges.recent.forget({f.urn for _, f in lines})
    theirs = {matter, *begun}
    return [
        tuple(_place_line(f, one, matter) if f.story_id in theirs else f for f in some)
        if one.listed is not None
        else some
        for one, some in zip(brought, folded, strict=True)
    ]


def _place_line(folded: Folded, line: Judged, matter: str) -> Folded:
    story, how = (digest(folded.urn, folded.mention_id)[:16], "new") if line.alone else (matter, LISTED)
    return replace(folded, story_id=story, how=how, sketch=replace(folded.sketch, story_id=story))


def _matter_before(con: Connection, beside: Collection[str], urn: str) -> str | None:
    """The story of the lines handed in before: of a list, else one in which nothing has a lane of its own."""
    for story, by_list in stories_listing(con, urn, sorted(beside)) if beside else ():
        if by_list or not any(map(has_own_lane, story_verdicts(con, [story]).get(story, ()))):
            return story
    return None


# Copies of one article have one nature, by whatever places they came: the strongest that is known decides the
# channel by which each of them is judged. Pure.

_STRONGEST = (CHANNEL_OF[Nature.BOARD], WEBSITE, *sorted(PRESS), CHANNEL_OF[Nature.BLOG])
_FEEDS = ("feeds.", "feed.", "rss.")


def natures_said(sources: Iterable[Source], by_host: Mapping[str, str] | None = None) -> dict[str, str]:
    """The channel that the settings give each host, of a place or `by_host`; of several the strongest."""
    found = {host: CHANNEL_OF[Nature(nature)] for host, nature in (by_host or {}).items()}
    for source in sources:
        host, channel = host_of(canonical_url(source.url)), WEBSITE if source.own else source.channel
        host = next((host.removeprefix(label) for label in _FEEDS if host.startswith(label)), host)
        if channel and not source.surfaced and source.kind != MAILBOX and channel_at(source.url) == WEBSITE:
            found[host] = channel if channel in PRESS else found.get(host, channel)
    return found


def with_known_places(collected: Collected, said: Mapping[str, str]) -> Collected:
    """Return the reading, each article from a feed or a mailbox by what is known of the place that published
    it, unless somebody has said where all of them stand; `said` is by host."""
    source = collected.source
    if source.kind not in ("feed", MAILBOX) or source.own or source.channel is not None:
        return collected
    open_ = [m for m in collected.mentions if _is_article(m) and m.channel in _STRONGEST]
    known = {m.id: nature_known(m.url, said) for m in open_}
    unplaced = frozenset(i for i, channel in known.items() if channel is None)
    return replace(_with_channels(collected, known), unplaced=unplaced)


def with_strongest_copies(collected: Collected, known: Mapping[str, Collection[str]]) -> Collected:
    """The reading, each unplaced article as the strongest of its copies; `known` are channels by address."""
    strongest = {}
    for mention in collected.mentions:
        if mention.id in collected.unplaced:
            there = known.get(canonical_url(mention.url), ())
            strongest[mention.id] = next((channel for channel in _STRONGEST if channel in there), None)
    return _with_channels(collected, strongest)


def articles_in(readings: Iterable[Collected]) -> Iterator[Mention]:
    """Their articles, of whomever, but those of the school's own pages."""
    return (m for one in readings if not one.source.own for m in one.mentions if _is_article(m))


def channels_of(readings: Iterable[Collected], held: Iterable[HeldCopy]) -> dict[str, set[str]]:
    """By which channels each article came, by address: in these readings, and as it is held."""
    found: dict[str, set[str]] = defaultdict(set)
    for copy in held:
        found[copy.address].add(copy.channel)
    for mention in articles_in(readings):
        found[canonical_url(mention.url)].add(mention.channel)
    return found


Words: TypeAlias = "Mapping[tuple[str, str], Mapping[str, str]]"
"""What the copies of each article say, by its address and headline, then by the mention."""


def article_words(judged: Iterable[Judged], held: Iterable[HeldCopy]) -> Words:
    """Gather the words of each article: as read, with what is behind it, and as held."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for copy in held:
        found[_article_key(copy.address, copy.title)][copy.mention_id] = copy.text
    for one in judged:
        for mention in filter(_is_article, one.collected.mentions):
            whole = with_article(mention, one.texts.get(mention.id, ""))
            found[_article_key(mention.url, mention.title)][mention.id] = whole.text
    return found


def with_fullest_words(mention: Mention, words: Words) -> Mention:
    """The article in the words of its fullest copy, never of other posts at its address."""
    copies = words.get(_article_key(mention.url, mention.title), {}) if _is_article(mention) else {}
    fuller = (t for i, t in copies.items() if i != mention.id and len(t) > len(mention.text))
    same = (text for text in fuller if tells_the_same(mention.title, mention.text, text))
    return replace(mention, text=max(same, key=len, default=mention.text))


def _article_key(url: str, title: str) -> tuple[str, str]:
    return canonical_url(url), squeeze(without_paper(title)).casefold()


def _is_article(mention: Mention) -> bool:
    return mention.kind is MentionKind.ARTICLE and bool(mention.url)


def _with_channels(collected: Collected, channels: Mapping[str, str | None]) -> Collected:
    """The reading with these `channels`, by mention. Found by whatever search, the press is the press: how it
    came stays told."""
    changed = {}
    for mention in collected.mentions:
        channel = channels.get(mention.id)
        if channel is not None and channel != mention.channel and not {channel, mention.channel} <= PRESS:
            paper = CHANNEL_OF[Nature.PAPER] if channel in PRESS else channel
            changed[mention.id] = replace(mention, channel=paper)
    if not changed:
        return collected
    return replace(collected, mentions=tuple(changed.get(m.id, m) for m in collected.mentions))


def nature_known(url: str, said: Mapping[str, str]) -> str | None:
    """The channel of an article's place by what the settings say of its host, else by its address."""
    url = canonical_url(url)
    if of_host := next(filter(None, map(said.get, domains_of(host_of(url)))), None):
        return of_host
    nature = nature_at(url)
    return CHANNEL_OF[nature] if nature else None


_ENCYCLOPAEDIA = "wikipedia"
"""The kind of source whose page is there long before it is read."""


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
    if any(one.listed is not None for one in brought):
        folded = fold_list_lines(con, brought, folded, judges)
    oldest = now - timedelta(days=judges.policy.criticism_days)
    old = any(v.history is not None and v.history < oldest for one in brought for v in one.verdicts)
    if old and (gone := _find_old_criticism(con, brought, folded, oldest)):
        judges.recent.forget(urns)
        brought = [_without(one, gone) for one in brought]
        folded = [tuple(f for f in some if f.mention_id not in gone) for some in folded]
    batches = _batches(brought, folded, now)
    raised = raise_for(con, batches, judges, now, later, untold)
    return [
        replace(
            b,
            alerts=tuple(_known_since(a, one.seen_at) for a in r.alerts),
            kept_out=r.kept_out,
            # each keeps its title where it holds something graver
            stories=tuple(replace(s, title="") if s.id in r.lesser else s for s in b.stories),
        )
        for b, r, one in zip(batches, raised, brought, strict=True)
    ]


def _known_since(alert: Alert, seen_at: datetime | None) -> Alert:
    """The alert as known since somebody saw what they handed in, where that was before."""
    known = [at for at in (alert.known_at, seen_at) if at is not None]
    return replace(alert, known_at=min(known, default=None))


def _list_news(
    con: Connection, judged: Sequence[Judged], judges: Judges, now: datetime
) -> tuple[list[Judged], list[Judged]]:
    """Give of each reading what it brings after those before it; and the rest, with what they sight too."""
    if not any(one.fresh for one in judged):
        return [replace(one, seen=tuple(m.id for m in one.collected.mentions)) for one in judged], []
    by_now = _ByNow(con, judged, judges, now)
    brought: list[Judged] = []
    for one in judged:
        left = by_now.left_to_save(one)
        if any(i in by_now.taken and (of.edited or of.again) for i, of in left.items()):
            break
        brought.append(by_now.take(one, left))
    later = judged[len(brought) :]
    return brought, [
        replace(one, left=by_now.left_to_save(one), seen=by_now.sighted_ids(one)) for one in later
    ]


class _ByNow:
    """The state known when readings are saved: what the store holds, and what those of them before bring.

    `fresh` are the mentions that any of them brings; `known` is by mention; `former` the newest verdict that
    is stored, by mention and school; `marked` what people said of them; `anew` are those whose articles
    nobody has read before, `outranked` those of which the press has a copy by now; `out` is what is
    suppressed, by source and mention; `began` says, by source, when it was first read well for each school;
    `corrected` carries over what people marked of its like; `taken` are mentions that readings before bring.
    """

    def __init__(self, con: Connection, judged: Sequence[Judged], judges: Judges, now: datetime) -> None:
        news = [one for one in judged if one.fresh]
        mentions = [m for one in news for m, _ in one.fresh]
        back = any(one.collected.run.back for one in judged)
        self.now = now
        self.fresh = {m.id for m in mentions}
        self.known = find_known(con, sorted(self.fresh), unmatched=not back)
        held = sorted(self.known)
        self.former = {v.pair: v for v in former_verdicts(con, held)} if held else {}
        self.marked = said_wrong(con, held) if held else {}
        self.anew = set(mentions_with_articles(con, [one.collected for one in news]))
        in_press = [m.id for m in mentions if m.id in self.known and m.channel in PRESS]
        self.outranked = outranked_articles(con, in_press)
        self.out = left_out(con, [(one.collected, self.fresh) for one in news], judges)
        self.began = source_store.first_reads(con, [one.collected.source.id for one in news])
        self.corrected = corrections_by_now(con, judges)
        self.taken: set[str] = set()

    def left_to_save(self, judged: Judged) -> dict[str, Left]:
        """List what is left of a reading to be saved, by mention."""
        anew = articles_of(judged.collected) & self.anew | self.outranked
        left = find_unjudged((m for m, _ in judged.fresh), self.known, judged.urns, self.now, anew)
        wanted = [v for v in judged.verdicts if v.mention_id in left and v.urn not in left[v.mention_id].done]
        grave = {v.mention_id for v in wanted if calls_for_alert(v)}
        source = judged.collected.source.id
        kept = {None: set(left), LeftOut.WORDS: set(), LeftOut.AUTHOR: grave}
        return {i: of for i, of in left.items() if i in kept[self.out.get((source, i))]}

    def take(self, judged: Judged, left: Mapping[str, Left]) -> Judged:
        """Give what a reading brings, each match with its verdict's relevance; it is known from now on."""
        mentions = {m.id: m for m, _ in judged.fresh if m.id in left}
        verdicts = self._verdicts(judged, left, mentions)
        settled = {v.pair: v.relevance for v in verdicts}
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
        seen = self.sighted_ids(judged)
        return replace(judged, left=left, fresh=fresh, verdicts=verdicts, seen=seen, whole=whole)

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
        if (fill := judged.collected.run.back) is not None:
            began = {**began, **dict.fromkeys(fill.urns, fill.began_at)}
        fresh = (v for v in judged.verdicts if v.mention_id in left and v.urn not in left[v.mention_id].done)
        corrected = (
            v if source.handed_in else self.corrected(v, *by_match[v.mention_id, v.urn]) for v in fresh
        )
        settled = (
            carry_over(v, self.former.get(v.pair), self.marked.get(v.mention_id, ()))
            if v.pair in self.former or v.mention_id in self.marked
            else v
            for v in corrected
        )
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
            for v in settled
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
    con: Connection, one: Judged, judges: Judges, now: datetime, rule: OneDanger
) -> tuple[Folded, ...]:
    """Those of what the verdicts call ours, or grave and another’s; a grave reply is folded alone."""
    relevance = {v.pair: _relevance_to_fold(v) for v in one.verdicts}
    ours = [
        tuple(replace(match, relevance=relevance[m.id, match.urn]) for match in found)
        for m, found in one.fresh
    ]
    again = {i for i, left in one.left.items() if left.done or left.again}
    return judges.recent.fold(con, [m for m, _ in one.fresh], ours, now, again, rule)


def _find_old_criticism(
    con: Connection, brought: Sequence[Judged], folded: Sequence[tuple[Folded, ...]], oldest: datetime
) -> set[str]:
    """The posts of strangers (ids) that are plain criticism from before we began, made before `oldest`. None
    in a story with something grave, and no answer that means somebody: it may say who is accused in what
    nobody has read yet."""
    verdicts = [v for one in brought for v in one.verdicts]
    story_of = {(f.mention_id, f.urn): f.story_id for some in folded for f in some}
    by_story = story_verdicts(con, sorted(set(story_of.values())))
    grave = {story for story, of in by_story.items() if any(map(_is_grave, of))}
    grave |= {story_of.get(v.pair, "") for v in verdicts if _is_grave(v)} - {""}
    answers = {m.id for one in brought for m, _ in one.fresh if m.parent}
    stays = {i for one in brought for i, left in one.left.items() if left.done or left.again or left.edited}
    stays |= {m.id for one in brought if one.collected.source.own for m, _ in one.fresh}
    for v in verdicts:
        old = v.relevance is Relevance.NOT_ABOUT or (v.history is not None and v.history < oldest)
        plain = old and v.content_class == ContentClass.FAIR_COMMENT and not _is_grave(v)
        means = v.mention_id in answers and (v.subject_person or v.subjects)
        if not plain or means or story_of.get(v.pair) in grave:
            stays.add(v.mention_id)
    return {v.mention_id for v in verdicts if v.relevance is not Relevance.NOT_ABOUT} - stays


def _is_grave(verdict: Verdict) -> bool:
    return may_be_grave(verdict) or is_restricted(verdict)


def _without(one: Judged, gone: Collection[str]) -> Judged:
    """The reading without these posts, which are counted."""
    return replace(
        one,
        fresh=tuple((m, found) for m, found in one.fresh if m.id not in gone),
        verdicts=tuple(v for v in one.verdicts if v.mention_id not in gone),
        counted=tuple(m.id for m, _ in one.fresh if m.id in gone),
    )


def _relevance_to_fold(verdict: Verdict) -> Relevance:
    """The relevance for folding: what is grave elsewhere joins our stories, the school's news none."""
    if passed_on(verdict):
        return Relevance.UNSURE
    return Relevance.NOT_ABOUT if is_own_post(verdict) else verdict.relevance


def _batches(brought: Sequence[Judged], folded: Sequence[tuple[Folded, ...]], now: datetime) -> list[Batch]:
    """A batch for each of the readings: a mention that several bring is in that of the first."""
    owner: dict[str, int] = {}
    for i, one in enumerate(brought):
        for mention, _ in one.fresh:
            owner.setdefault(mention.id, i)
    matches = [(m.id, one.left[m.id].version, x) for one in brought for m, found in one.fresh for x in found]
    whole = [
        (m.id, one.left[m.id].version, one.whole[m.id])
        for one in brought
        for m, _ in one.fresh
        if m.id in one.whole
    ]
    batches = []
    for i, one in enumerate(brought):
        collected = one.collected
        mentions = tuple(m for m, _ in one.fresh if owner[m.id] == i)
        verdicts = tuple(v for other in brought for v in other.verdicts if owner[v.mention_id] == i)
        stories = tuple(f for some in folded for f in some if owner[f.mention_id] == i)
        run, back = collected.run, collected.run.back
        if one.counted:
            began = run.started_at
            back = back or BackFill(run.source_id, (), began, began - source_store.READ_BACK, ended_at=began)
            back = replace(back, counted=back.counted + len(one.counted))
        batches.append(
            Batch(
                run=replace(run, mentions_new=sum(not one.left[m.id].again for m, _ in one.fresh), back=back),
                source_id=collected.source.id,
                mentions=mentions,
                versions={m.id: one.left[m.id].version for m in mentions},
                seen=one.seen,
                matches=tuple(match for match in matches if owner[match[0]] == i),
                stories=touched_stories(mentions, stories, verdicts, now),
                folded=stories,
                verdicts=verdicts,
                alerts=(),
                outbox=(),
                urns=one.urns,
                articles={m.id: one.texts[m.id] for m in mentions if m.id in one.texts},
                article_reads=tuple(read for read in collected.articles.values() if read.new),
                judged_for=tuple(one for one in whole if owner[one[0]] == i),
                counted={m: one.left[m].hashed for m in one.counted},
            )
        )
    return batches


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
