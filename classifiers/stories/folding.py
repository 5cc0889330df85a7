"""One story however many places carry it: groups a school's mentions that tell the same thing.

Pure, and independent of the order of the mentions, which are sorted by time and id. Not every pair is
compared: candidates come from equal addresses, equal texts, threads, and shared bands of the fingerprints of
texts, headlines and quotations. A thread is one story; a review is always a story of its own, since many bear
one title.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from classifiers.stories.fingerprints import SHORT, bands, likeness, runs, sketch, text_part, title_part
from classifiers.stories.shelves import CROWD, Print, Shelf, micros, print_of
from classifiers.text.model_text import family_of
from data.ids import digest, text_hash
from data.types import Folded, Match, Mention, MentionKind, Relevance, Sketch
from data.web.urls import canonical_url

ALIKE = 0.6
"""The share of three-word runs in common from which two texts are copies."""

TITLES_ALIKE = 0.7
"""The share of words in common from which two headlines are the same."""

TITLE_SPAN = timedelta(days=3)
"""Similar headlines further apart than this are two stories."""

COPY_SPAN = timedelta(days=14)
"""Similar texts further apart than this are two stories: the open day comes round every year."""

_OUTLET = re.compile(r"\s+[-–—|]\s+[^-–—|]{2,40}$")
"""The paper's name, which search feeds append to a headline."""

_MICROSECOND = timedelta(microseconds=1)
_NOTHING = Shelf()

_BOILERPLATE = 5
"""Word runs found in more texts of a batch than this, and in a tenth of them, are left out."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What folding needs of a mention; `quoted` is the fingerprint of what it quotes."""

    mention: Mention
    sketch: Sketch
    quoted: bytes


class _School:
    """The mentions of one school by what they are found again by: those of before, and those placed now."""

    def __init__(self, before: Shelf) -> None:
        self._before = before
        self._placed: dict[tuple[str, str | bytes], list[Print]] = defaultdict(list)

    def put(self, known: Sketch) -> None:
        placed = print_of(known)
        keys: list[tuple[str, str | bytes]] = [("id", known.mention_id)]
        exact = (("url", known.canonical_url), ("hash", known.text_hash))
        keys += [(kind, value) for kind, value in exact if value]
        keys += [("text", band) for band in bands(text_part(known.minhash))]
        for key in keys + [("title", band) for band in bands(title_part(known.minhash))]:
            if len(self._placed[key]) < CROWD:
                self._placed[key].append(placed)

    def exact(self, kind: str, value: str, seen: int | None = None) -> str | None:
        """The story of the first mention with this value; given `seen`, only within the time span for
        copies.
        """
        found: list[Print] = (
            [*self._before.having(kind, value), *self._placed.get((kind, value), ())] if value else []
        )
        for known in found[:CROWD]:
            if seen is None or abs(known.seen - seen) <= COPY_SPAN // _MICROSECOND:
                return known.story_id
        return None

    def alike(self, kind: str, part: bytes, least: float, seen: int, span: timedelta) -> str | None:
        """The story of the most similar mention; of equally similar ones the first found."""
        best, story = least, None
        read: set[str] = set()
        before = self._before.sharing(kind, part)
        for n, band in enumerate(bands(part)):
            for known in [*before.get(n, ()), *self._placed.get((kind, band), ())][:CROWD]:
                if known.mention_id in read or abs(known.seen - seen) > span // _MICROSECOND:
                    continue
                read.add(known.mention_id)
                share = likeness(part, known.text if kind == "text" else known.title)
                if share > best or (share == best and story is None):
                    best, story = share, known.story_id
        return story


def fold(
    mentions: Sequence[Mention],
    matches: Sequence[tuple[Match, ...]],
    recent: Mapping[str, Shelf],
    now: datetime,
) -> list[Folded]:
    """One `Folded` for each mention and each school it is or may be about, in the order of `mentions`.

    `matches` is aligned with `mentions`; `recent` are the mentions of the last days, by school, and stays as
    it is. `now` replaces times in the future. A mention without `parent` is outside its thread. Folding again
    with the sketches of the first time changes nothing.
    """
    wanted = [
        (i, match.urn)
        for i, found in enumerate(matches)
        for match in found
        if match.relevance is not Relevance.NOT_ABOUT
    ]
    facts = _facts(mentions, {i for i, _ in wanted}, now)

    def rank(pair: tuple[int, str]) -> tuple[bool, datetime, str, str]:
        """Posts before replies, older before newer."""
        mention = facts[pair[0]].mention
        return mention.parent is not None, facts[pair[0]].sketch.seen_at, mention.id, pair[1]

    order = sorted(wanted, key=rank)
    schools = {urn: _School(recent.get(urn) or _NOTHING) for _, urn in wanted}
    done = {(i, urn): _place(facts[i], urn, schools[urn]) for i, urn in order}
    return [done[pair] for pair in wanted]


def _facts(mentions: Sequence[Mention], wanted: set[int], now: datetime) -> dict[int, _Facts]:
    bodies = {i: mentions[i].text or mentions[i].title for i in wanted}
    texts = {i: runs(body) for i, body in bodies.items()}
    # word runs found in many different texts: a signature, a footer, “read more”
    different = set(texts.values())
    counts = Counter(run for text in different for run in text)
    least = max(_BOILERPLATE, len(different) // 10)
    common = frozenset(run for run, count in counts.items() if count > least)
    return {i: _facts_of(mentions[i], bodies[i], texts[i], common, now) for i in wanted}


def _facts_of(
    mention: Mention, body: str, text: frozenset[int], common: frozenset[int], now: datetime
) -> _Facts:
    review = mention.kind is MentionKind.REVIEW or family_of(mention.channel) == "review"
    article = mention.kind is MentionKind.ARTICLE and not review
    long = len(body.split()) >= SHORT and not review
    seen = min(mention.published or mention.fetched_at, now)
    return _Facts(
        mention=mention,
        sketch=Sketch(
            mention_id=mention.id,
            story_id="",
            urn="",
            canonical_url=canonical_url(mention.url) if article and mention.url else "",
            text_hash=text_hash("", body) if long else "",
            minhash=sketch(
                text - common if long else frozenset(), _OUTLET.sub("", mention.title) if article else ""
            ),
            seen_at=seen,
        ),
        quoted=sketch(runs(mention.quoted) - common),
    )


def _place(facts: _Facts, urn: str, school: _School) -> Folded:
    mention = facts.mention
    story, how = _joined(facts, school)
    if story is None:
        story = digest(urn, mention.id)[:16]
    known = replace(facts.sketch, story_id=story, urn=urn)
    school.put(known)
    return Folded(mention_id=mention.id, story_id=story, urn=urn, how=how, sketch=known)


def _joined(facts: _Facts, school: _School) -> tuple[str | None, str]:
    """The story it belongs to and why; (None, "new") where it starts one."""
    mention, mine = facts.mention, facts.sketch
    seen, text, title = micros(mine.seen_at), text_part(mine.minhash), title_part(mine.minhash)
    tries: tuple[tuple[str, Callable[[], str | None]], ...] = (
        ("edit", lambda: school.exact("id", mention.id)),
        ("thread", lambda: school.exact("id", mention.parent or "")),
        ("url", lambda: school.exact("url", mine.canonical_url)),
        ("same_text", lambda: school.exact("hash", mine.text_hash, seen)),
        ("copy", lambda: school.alike("text", text, ALIKE, seen, COPY_SPAN)),
        ("headline", lambda: school.alike("title", title, TITLES_ALIKE, seen, TITLE_SPAN)),
        ("quote", lambda: school.alike("text", facts.quoted, ALIKE, seen, COPY_SPAN)),
    )
    for how, look in tries:
        story = look()
        if story is not None:
            return story, how
    return None, "new"
