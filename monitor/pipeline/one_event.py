"""Readings judged together: of one event, of one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from alerts.access.matter import DangerFacts, danger_of
from classifiers.stories import Anywhere, tells_the_same
from classifiers.verdicts.press.events import is_press, without_paper
from classifiers.verdicts.press.same_event import (
    EVENT_SPAN,
    MOST_OF_ITS_OWN,
    Article,
    matter_of,
    read_event,
    shared_in,
)
from data.ids import digest, squeeze
from data.judged import calls_for_alert, may_be_grave, passes_on_news
from data.keeping import is_restricted
from data.store.cases import stories_listing
from data.store.engine.connect import Connection
from data.store.mentions import HeldCopy
from data.store.stories import open_press
from data.store.verdicts import story_verdicts
from data.types import LISTED, Folded, Mention, MentionKind, PressEvent, Relevance, Source, Verdict
from data.web.channels import PRESS, WEBSITE, channel_at, domains_of, host_of
from data.web.urls import canonical_url
from monitor.config.model import MAILBOX
from monitor.pipeline.collect import Collected
from monitor.pipeline.judged import Judged, Listed, has_own_lane, with_article
from monitor.pipeline.judges import Judges
from monitor.pipeline.raising import verdict_to_report
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
        self._grave = {(v.mention_id, v.urn): v for v in told if calls_for_alert(v)}
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
    judged = {(v.mention_id, v.urn): v for v in verdicts}
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
    for _, f in sorted(begun, key=lambda one: _reading_order(one[0], one[1], mentions[one[1].mention_id])):
        story = _story_of(mentions[f.mention_id], f, judged[f.mention_id, f.urn], known[f.urn], judges)
        if story is not None:
            of[f.story_id] = story
    if of:
        judges.recent.forget({f.urn for _, f in begun if f.story_id in of})
    return [tuple(_move_folded(f, of) for f in some) for some in folded]


def _may_join(mention: Mention, verdict: Verdict) -> bool:
    """Is it an article surely ours and of today, or a post of few words that is calm or passes on news?"""
    if verdict.history is not None:
        return False
    if is_press(mention):
        return verdict.relevance is Relevance.ABOUT and not verdict.route.urgent
    few = len(_words_of(mention).split()) <= _LONGEST_HEADLINE + MOST_OF_ITS_OWN
    calm = passes_on_news(verdict) or not may_be_grave(verdict)
    return few and mention.kind is MentionKind.POST and calm and not (verdict.route.urgent or verdict.accuses)


def _reading_order(reading: int, begun: Folded, mention: Mention) -> tuple[int, bool, datetime, str]:
    """Rank each as if it came alone: by reading, articles before what shares them, the older first."""
    return reading, not is_press(mention), begun.sketch.seen_at, begun.mention_id


def _words_of(mention: Mention) -> str:
    return f"{mention.title} {mention.text}"


def _story_of(
    mention: Mention, begun: Folded, verdict: Verdict, known: list[Article], judges: Judges
) -> str | None:
    """The story in which it belongs, None where it is news; what the press tells is known from now on."""
    at = begun.sketch.seen_at
    if not is_press(mention):
        return shared_in(_words_of(mention), at, known)
    event, school = verdict.event or PressEvent.OTHER, judges.schools[begun.urn]
    told = read_event(mention.title, mention.text, event, at, school)
    story = matter_of(told, known)
    known.append(Article(story or begun.story_id, mention.title, told))
    return story


def _move_folded(folded: Folded, of: Mapping[str, str]) -> Folded:
    story = of.get(folded.story_id)
    if story is None:
        return folded
    how = "event" if folded.how == "new" else folded.how
    return replace(folded, story_id=story, how=how, sketch=replace(folded.sketch, story_id=story))


def fold_list_lines(
    con: Connection, listed: Sequence[Listed | None], folded: Sequence[tuple[Folded, ...]], judges: Judges
) -> list[tuple[Folded, ...]]:
    """The folded, the lines of a list in the story of those of it that were handed in before, else in that of
    its first line. `listed` is aligned with `folded`. What is a copy of another story stays there."""
    lines = [(one, f) for one, some in zip(listed, folded, strict=True) for f in some if one]
    begun = dict.fromkeys(f.story_id for one, f in lines if f.how == "new" and not one.alone)
    matter = next(iter(begun), None)
    if lines and (before := _matter_before(con, lines[0][0].beside, lines[0][1].urn)):
        matter = before
    if matter is None:
        return list(folded)
    judges.recent.forget({f.urn for _, f in lines})
    theirs = {matter, *begun}
    return [
        tuple(_place_line(f, one, matter) if one and f.story_id in theirs else f for f in some)
        for one, some in zip(listed, folded, strict=True)
    ]


def _place_line(folded: Folded, line: Listed, matter: str) -> Folded:
    story, how = (digest(folded.urn, folded.mention_id)[:16], "new") if line.alone else (matter, LISTED)
    return replace(folded, story_id=story, how=how, sketch=replace(folded.sketch, story_id=story))


def _matter_before(con: Connection, beside: frozenset[str], urn: str) -> str | None:
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
        host, channel = _host_without_feed(source.url), WEBSITE if source.own else source.channel
        if channel and not source.surfaced and source.kind != MAILBOX and channel_at(source.url) == WEBSITE:
            found[host] = channel if channel in PRESS else found.get(host, channel)
    return found


def _host_without_feed(url: str) -> str:
    host = host_of(canonical_url(url))
    return next((host.removeprefix(label) for label in _FEEDS if host.startswith(label)), host)


def with_known_places(collected: Collected, said: Mapping[str, str]) -> Collected:
    """Return the reading, each article by what is known of the place that published it; `said` is by host."""
    return _with_channels(collected, lambda mention: nature_known(mention.url, said))


def unknown(collected: Collected, said: Mapping[str, str]) -> list[Mention]:
    """The articles of which nothing is known but how they came."""
    return [
        m for m in collected.mentions if _is_of_unknown_place(m, collected) and not nature_known(m.url, said)
    ]


def with_strongest_copies(
    collected: Collected, said: Mapping[str, str], known: Mapping[str, Collection[str]]
) -> Collected:
    """The reading, each unknown article as the strongest of its copies; `known` channels by address."""
    ids = {m.id for m in unknown(collected, said)}

    def of(mention: Mention) -> str | None:
        there = known.get(canonical_url(mention.url), ()) if mention.id in ids else ()
        return next((channel for channel in _STRONGEST if channel in there), None)

    return _with_channels(collected, of)


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


def _with_channels(collected: Collected, channel_of: Callable[[Mention], str | None]) -> Collected:
    if not any(_is_of_unknown_place(m, collected) for m in collected.mentions):
        return collected
    return replace(
        collected, mentions=tuple(_with_channel(m, collected, channel_of) for m in collected.mentions)
    )


def _with_channel(
    mention: Mention, collected: Collected, channel_of: Callable[[Mention], str | None]
) -> Mention:
    """Found by whatever search, the press is the press: how it came stays told."""
    channel = channel_of(mention) if _is_of_unknown_place(mention, collected) else None
    if channel is None or channel == mention.channel or {channel, mention.channel} <= PRESS:
        return mention
    return replace(mention, channel=CHANNEL_OF[Nature.PAPER] if channel in PRESS else channel)


def _is_of_unknown_place(mention: Mention, collected: Collected) -> bool:
    """Check whether it is an article from a feed or a mailbox, of which nobody has said where it stands."""
    source = collected.source
    brings = source.kind in ("feed", MAILBOX) and not source.own and source.channel is None
    return (
        brings and mention.kind is MentionKind.ARTICLE and bool(mention.url) and mention.channel in _STRONGEST
    )


def nature_known(url: str, said: Mapping[str, str]) -> str | None:
    """The channel of an article's place by what the settings say of its host, else by its address."""
    url = canonical_url(url)
    if of_host := next(filter(None, map(said.get, domains_of(host_of(url)))), None):
        return of_host
    nature = nature_at(url)
    return CHANNEL_OF[nature] if nature else None
