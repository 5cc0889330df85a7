"""Copies of one article have one nature, by whatever places they came: the strongest that is known decides
the channel by which each of them is judged. Pure.

What a person says of a place goes first, then what its address says; an article of which neither is known is
what the strongest of its copies is: a board's, an organisation's, the press's, else somebody's own words. And
all are judged by the words of the fullest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from classifiers.verdicts.press.events import without_paper
from data.ids import squeeze
from data.store.mentions.articles import HeldCopy
from data.types import Mention, MentionKind, Source
from data.web.channels import PRESS, WEBSITE, channel_at, domains_of, host_of
from data.web.urls import canonical_url
from monitor.config.settings import MAILBOX
from monitor.pipeline.collect import Collected
from monitor.pipeline.judging.judged import Judged, with_article
from sources.nature.nature import CHANNEL_OF, Nature, nature_at

_STRONGEST = (CHANNEL_OF[Nature.BOARD], WEBSITE, *sorted(PRESS), CHANNEL_OF[Nature.BLOG])
_FEEDS = ("feeds.", "feed.", "rss.")


def natures_said(sources: Iterable[Source]) -> dict[str, str]:
    """The channel of each host of which the settings say it; where they say several, the strongest press."""
    found: dict[str, str] = {}
    for source in sources:
        host, channel = _host(source.url), WEBSITE if source.own else source.channel
        if channel and not source.surfaced and source.kind != MAILBOX and channel_at(source.url) == WEBSITE:
            found[host] = channel if channel in PRESS else found.get(host, channel)
    return found


def _host(url: str) -> str:
    host = host_of(canonical_url(url))
    return next((host.removeprefix(label) for label in _FEEDS if host.startswith(label)), host)


def as_known(collected: Collected, said: Mapping[str, str]) -> Collected:
    """The reading, each article by what is known of the place that published it; `said` is by host."""
    return _with(collected, lambda mention: _known(mention, said))


def unknown(collected: Collected, said: Mapping[str, str]) -> list[Mention]:
    """The articles of which nothing is known but how they came."""
    return [m for m in collected.mentions if _asked(m, collected) and not _known(m, said)]


def as_copies(
    collected: Collected, said: Mapping[str, str], known: Mapping[str, Collection[str]]
) -> Collected:
    """The reading, each article of which nothing is known as the strongest of its copies: `known` are the
    channels of these by address."""
    ids = {m.id for m in unknown(collected, said)}

    def of(mention: Mention) -> str | None:
        there = known.get(canonical_url(mention.url), ()) if mention.id in ids else ()
        return next((channel for channel in _STRONGEST if channel in there), None)

    return _with(collected, of)


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


def words_of(judged: Iterable[Judged], held: Iterable[HeldCopy]) -> Words:
    """What is known of each article's words: as it was read, with what is behind it, and as it is held."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for copy in held:
        found[_key(copy.address, copy.title)][copy.mention_id] = copy.text
    for one in judged:
        for mention in filter(_is_article, one.collected.mentions):
            whole = with_article(mention, one.texts.get(mention.id, ""))
            found[_key(mention.url, mention.title)][mention.id] = whole.text
    return found


def as_fullest(mention: Mention, words: Words) -> Mention:
    """The article in the words of its fullest copy: one that came as a headline alone is the same article."""
    copies = words.get(_key(mention.url, mention.title), {}) if _is_article(mention) else {}
    text = max((text for i, text in copies.items() if i != mention.id), key=len, default="")
    return replace(mention, text=text) if len(text) > len(mention.text) else mention


def _key(url: str, title: str) -> tuple[str, str]:
    return canonical_url(url), squeeze(without_paper(title)).casefold()


def _is_article(mention: Mention) -> bool:
    return mention.kind is MentionKind.ARTICLE and bool(mention.url)


def _with(collected: Collected, channel_of: Callable[[Mention], str | None]) -> Collected:
    if not any(_asked(m, collected) for m in collected.mentions):
        return collected
    return replace(collected, mentions=tuple(_one(m, collected, channel_of) for m in collected.mentions))


def _one(mention: Mention, collected: Collected, channel_of: Callable[[Mention], str | None]) -> Mention:
    """Found by whatever search, the press is the press: how it came stays told."""
    channel = channel_of(mention) if _asked(mention, collected) else None
    if channel is None or channel == mention.channel or {channel, mention.channel} <= PRESS:
        return mention
    return replace(mention, channel=CHANNEL_OF[Nature.PAPER] if channel in PRESS else channel)


def _asked(mention: Mention, collected: Collected) -> bool:
    """Is it an article from a feed or a mailbox, of which nobody has said where it stands?"""
    source = collected.source
    brings = source.kind in ("feed", MAILBOX) and not source.own and source.channel is None
    return (
        brings and mention.kind is MentionKind.ARTICLE and bool(mention.url) and mention.channel in _STRONGEST
    )


def _known(mention: Mention, said: Mapping[str, str]) -> str | None:
    """What the settings say of its host, else what its address says."""
    url = canonical_url(mention.url)
    if of_host := next(filter(None, map(said.get, domains_of(host_of(url)))), None):
        return of_host
    nature = nature_at(url)
    return CHANNEL_OF[nature] if nature else None
