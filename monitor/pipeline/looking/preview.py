"""A place read once, to see what watching it would bring: how that ended, and its newest finds.

Nothing is stored and nobody is told. What is shown has been judged like everything that a scan reads: words
that are restricted or must not be repeated are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from alerts.wording.digest.headlines import fit, headline_and_paper, plain_headline
from alerts.wording.matters import channel_name
from data.digest import Headline
from data.effects import Clock
from data.store.engine.rows import group_pairs
from data.types import Match, Mention, MentionKind, Relevance, Source, SourceRun, SourceState, Verdict
from data.web.channels import host_of
from data.words.say import words
from monitor.pipeline.collect import Collected, source_for_linking
from monitor.pipeline.judge import verdicts_on
from monitor.pipeline.judges import Judges
from monitor.pipeline.scanning.asking import SourceReader, ask_source

SHOWN = 5
"""So many finds of one place are shown."""
_WORDS = 12
_RANK = {Relevance.ABOUT: 0, Relevance.UNSURE: 1, Relevance.NOT_ABOUT: 2}
_EVEN = 0.5
_UNDER_A_TITLE = (MentionKind.REPLY, MentionKind.EDIT)
"""Their title is their thread's, or their page's with the editor's name."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Find:
    """One post or article, as it is shown to somebody who decides whether its place is to be watched.

    `said` is its title or its first dozen words, "" where they must not be shown; then `why` is "" too.
    `place` is the outlet, or the site and what kind of place it is. `why` says whose it is, in a sentence.
    `source_id` is the place that it was read in.
    """

    source_id: str
    said: str
    place: str
    published: datetime | None
    relevance: Relevance
    urn: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """One mention of a source, with the school that it is likeliest about."""

    mention: Mention
    match: Match
    source: Source

    @property
    def rank(self) -> tuple[int, bool, float]:
        """By what they are shown: those about the school first, its own posts last, the newest first."""
        newest = -(self.mention.published or _LONG_AGO).timestamp()
        return _RANK[self.match.relevance], self.source.own, newest

    @property
    def thread(self) -> tuple[str, str]:
        """Return the key of its thread; a reply has its thread's title."""
        mention = self.mention
        return self.source.id, mention.title or mention.parent or mention.id


@dataclass(frozen=True, slots=True)
class PlacePreview:
    """The result of reading a place once. `about` and `perhaps` count what is about a school: surely,
    perhaps.
    """

    source: Source
    run: SourceRun
    about: int = 0
    perhaps: int = 0
    finds: tuple[Find, ...] = ()


def preview_place(
    source: Source, reader: SourceReader, judges: Judges, clock: Clock, theirs: Container[str] | None = None
) -> PlacePreview:
    """Reads a source once, for the schools that `judges` knows, and gives what is about `theirs`, or all. The
    model is loaded where there is a find."""
    collected = read_first_page(source, reader, clock)
    found = [one for one in link_posts(collected, judges) if theirs is None or one.match.urn in theirs]
    return PlacePreview(
        source,
        collected.run,
        about=count_linked(found, Relevance.ABOUT),
        perhaps=count_linked(found, Relevance.UNSURE),
        finds=finds(found, judges),
    )


def read_first_page(source: Source, reader: SourceReader, clock: Clock) -> Collected:
    """The first page of a source, and what stands behind it. Never raises for what a site does."""
    found = ask_source(replace(source, max_pages=1), SourceState(source.id), reader, clock)
    return replace(found.collected, source=source)


def link_posts(collected: Collected, judges: Judges) -> list[Linked]:
    """Link what was read, each to its school; nothing where no school of the source is known."""
    source, mentions = collected.source, collected.mentions
    matches = judges.linker.link(mentions, source_for_linking(source)) if mentions else []
    return [
        Linked(mention, min(found, key=lambda m: (_RANK[m.relevance], -m.score)), source)
        for mention, found in zip(mentions, matches, strict=True)
        if found
    ]


def count_linked(found: Iterable[Linked], relevance: Relevance) -> int:
    return sum(one.match.relevance is relevance for one in found)


def finds(found: Sequence[Linked], judges: Judges) -> tuple[Find, ...]:
    """The first of them, those about a school first, the newest first, each headline once."""
    chosen = _each_once(sorted(found, key=lambda one: one.rank))[:SHOWN]
    if not chosen:
        return ()
    threads = {one.thread for one in chosen}
    beside = [one for one in found if one.thread in threads]
    # what we think of each, by its id: as it was linked, and as if it were ours, since it is shown too
    pairs = [(one.mention, (one.match, Match(one.match.urn, Relevance.UNSURE, _EVEN))) for one in beside]
    verdicts = group_pairs((verdict.mention_id, verdict) for verdict in verdicts_on(pairs, judges))
    closed = {one.thread for one in beside if any(v.restricted for v in verdicts[one.mention.id])}
    return tuple(_find(one, verdicts[one.mention.id], judges, closed) for one in chosen)


def _each_once(found: Sequence[Linked]) -> list[Linked]:
    """Several searches bring the same article: the first of each headline."""
    kept: dict[str, Linked] = {}
    for one in found:
        kept.setdefault(_title_and_place(one)[0].casefold() or one.mention.id, one)
    return list(kept.values())


def _find(
    one: Linked, verdicts: Sequence[Verdict], judges: Judges, closed: Collection[tuple[str, str]]
) -> Find:
    said, place = _title_and_place(one)
    people = judges.people_of(one.match.urn)
    shown = one.thread not in closed and fit(said, verdicts, people)
    reason = one.match.reasons[0].text if shown and one.match.reasons else ""
    why = reason and f"{reason.partition(';')[0].rstrip('.')}."  # the rest says which other school it is not
    told = (said, place) if shown else ("", _site_of(one))
    return Find(one.source.id, *told, one.mention.published, verdicts[0].relevance, one.match.urn, why)


def _title_and_place(one: Linked) -> tuple[str, str]:
    """Its title or first dozen words, and where it is."""
    mention, source = one.mention, one.source
    if mention.kind is MentionKind.ARTICLE and mention.title:
        names = {} if source.surfaced else {source.id: source.name}
        said, outlet = headline_and_paper(
            Headline(mention.title, mention.url, (source.id,)), names.keys(), names
        )
        return said, outlet or channel_name(mention.channel, words("en"))
    text = mention.text.split()
    first = " ".join(text[:_WORDS]) + (" …" if len(text) > _WORDS else "")
    titled = mention.title and mention.kind not in _UNDER_A_TITLE
    return plain_headline(mention.title if titled else first), _site_of(one)


def _site_of(one: Linked) -> str:
    """Return where it is, without a word of what it says: a title may end in what looks like an outlet's
    name.
    """
    site, kind = host_of(one.mention.url), channel_name(one.mention.channel, words("en"))
    return f"{site} ({kind})" if site else kind
