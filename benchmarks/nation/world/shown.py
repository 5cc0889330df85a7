"""What a place shows at a moment: a pure function of seed, place and time, the same in every process.

A place's day is drawn whole: how many posts, when, in which threads. Its texts are made when they are shown.
The world begins with the day that is played: what places held before is left out, since it is read once.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from math import exp

from benchmarks.nation.world import grammar
from benchmarks.nation.world.grammar import Tone
from benchmarks.nation.world.places import NAMESAKES, Family, Nation, PlayedPlace
from benchmarks.nation.world.schools import seeded
from data.types import School

CURVE = (2, 1, 1, 1, 1, 2, 5, 10, 13, 9, 8, 8, 10, 8, 9, 14, 14, 11, 11, 13, 15, 14, 9, 4)
"""How a day's posts divide over its hours: the school run, lunch, the evening. Assumed."""
STORIES = 2
"""A school has so many stories a day that papers, searches and boards may tell."""
EDITED, COPIED, BEGINS = 0.02, 0.05, 0.25
"""Shares: of posts that their author changes; of those about a school that tell a paper's story; of posts
on a board that begin a thread."""
OPEN_THREADS = 4
THREADED = (Family.BOARD, Family.TOPIC, Family.PARENTS)
_HOURS = tuple(accumulate(CURVE))


@dataclass(frozen=True, slots=True)
class Post:
    """One thing that a place shows. `topic` is its thread's number there and `within` its own in that thread,
    1 for the first; `urn` is the school that it is about, "" for nobody's; `changed` when it was edited."""

    number: int
    at: datetime
    title: str
    text: str
    url: str
    author: str
    topic: int
    within: int
    urn: str = ""
    tone: Tone = Tone.NOBODY
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Day:
    """When each post of a day comes, in seconds from its beginning; its thread, and its number there."""

    seconds: tuple[float, ...]
    topics: tuple[int, ...]
    within: tuple[int, ...]


@dataclass(frozen=True)
class World:
    """The nation on the day that begins at `midnight`. `thinned` is the share of its posts that are made."""

    nation: Nation
    midnight: datetime
    thinned: float = 1.0

    def shown(self, place: PlayedPlace, at: datetime) -> tuple[Post, ...]:
        """The newest posts of this place, newest first; those of the day before are there no more."""
        day = self.day(place)
        last = bisect_right(day.seconds, (at - self.midnight).total_seconds())
        first = max(0, last - place.stated.shown)
        return tuple(self._post(place, day, n, at) for n in range(last - 1, first - 1, -1))

    def times(self, place: PlayedPlace) -> Sequence[float]:
        """When its posts of the day come, in seconds after midnight."""
        return self.day(place).seconds

    def day(self, place: PlayedPlace) -> _Day:
        """The place's day."""
        return _drawn(self.nation.seed, place.url, place.a_day * self.thinned, place.family in THREADED)

    def story(self, urn: str, k: int) -> tuple[str, str, Tone]:
        """Headline, first lines and tone of one of a school's stories of the day."""
        rng = seeded(self.nation.seed, "story", urn, k)
        tone = grammar.tone(rng)
        return *grammar.story(rng, tone, self.nation.schools[urn], self.nation.towns[urn]), tone

    def article(self, urn: str, k: int) -> str:
        """Where the paper of the school's town tells that story."""
        return (
            f"https://news.{_host(self.nation.towns[urn])}.example.org/news/{urn}-{k}-and-more-of-the-story"
        )

    def _post(self, place: PlayedPlace, day: _Day, n: int, at: datetime) -> Post:
        when = self.midnight + timedelta(seconds=day.seconds[n])
        rng = seeded(self.nation.seed, "post", place.url, n)
        if place.family in THREADED:
            return self._said(place, day, n, when, at, rng)
        return self._printed(place, n, when, rng)

    def _said(
        self, place: PlayedPlace, day: _Day, n: int, when: datetime, at: datetime, rng: random.Random
    ) -> Post:
        """A post on a board, which its author may have changed since."""
        topic, within = day.topics[n], day.within[n]
        opened = seeded(self.nation.seed, "topic", place.url, topic)
        school, tone = self._meant(place, opened)
        town = self.nation.towns[school.urn] if school is not None else place.town
        title = grammar.post(opened, Tone.NOBODY, None, town)[:60] if school is None else f"{school.name}?"
        if within > 1:
            text = grammar.reply(rng, school, town)
        elif school is not None and rng.random() < COPIED:
            text = grammar.copied(rng, self.story(school.urn, 0)[1])
        else:
            text = grammar.post(rng, tone, school, town)
        changed = when + timedelta(minutes=rng.uniform(10, 200)) if rng.random() < EDITED else None
        if changed is not None and changed <= at:
            text = grammar.edited(rng, text)
        else:
            changed = None
        url = f"{place.url.rsplit('/', 1)[0]}/t/{topic}/{within}"
        return Post(
            n, when, title, text, url, f"u{rng.randrange(5000)}", topic, within, _urn(school), tone, changed
        )

    def _printed(self, place: PlayedPlace, n: int, when: datetime, rng: random.Random) -> Post:
        """A story, a notice or a report; a story may stand in several feeds."""
        school, tone = self._meant(place, rng)
        url = f"{place.url.rsplit('/', 1)[0]}/{n}-{_host(place.url)}-as-it-was-told"
        author = f"u{rng.randrange(5000)}"
        if school is None or place.family not in (Family.SEARCH, Family.PAPER, Family.REGIONAL, Family.PRESS):
            town = place.town if school is None else self.nation.towns[school.urn]
            head, text = grammar.story(rng, tone, school, town)
            if place.family is Family.REVIEWS:
                text = grammar.post(rng, tone, school, town)
            return Post(n, when, head, text, url, author, n, 1, _urn(school), tone)
        k = rng.randrange(STORIES)
        head, text, tone = self.story(school.urn, k)
        if rng.random() < 0.5:
            url = self.article(school.urn, k)
        else:
            text = grammar.copied(rng, text)
        return Post(n, when, head, text, url, author, n, 1, school.urn, tone)

    def _meant(self, place: PlayedPlace, rng: random.Random) -> tuple[School | None, Tone]:
        """The school that is talked of, or None; a search also finds others of its name."""
        drawn = rng.random()
        if drawn >= place.stated.names:
            if place.family is not Family.SEARCH or drawn >= place.stated.names + NAMESAKES:
                return None, Tone.NOBODY
            return self.nation.schools[rng.choice(self.nation.urns)], grammar.tone(rng)
        return self.nation.schools[rng.choice(place.urns)], grammar.tone(rng)


@lru_cache(maxsize=4096)
def _drawn(seed: int, url: str, a_day: float, threaded: bool) -> _Day:
    rng = seeded(seed, "day", url)
    count = _poisson(rng, a_day)
    seconds = sorted(_second(rng) for _ in range(count))
    topics, sizes, within = [], [0], []
    for _ in range(count):
        if len(sizes) == 1 or not threaded or rng.random() < BEGINS:
            sizes.append(0)
        newest = len(sizes) - 1
        topic = rng.randrange(max(1, newest - OPEN_THREADS + 1), newest + 1) if sizes[-1] else newest
        sizes[topic] += 1
        topics.append(topic)
        within.append(sizes[topic])
    return _Day(tuple(seconds), tuple(topics), tuple(within))


def _second(rng: random.Random) -> float:
    return 3600.0 * (bisect_right(_HOURS, rng.random() * _HOURS[-1]) + rng.random())


def _poisson(rng: random.Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(rng.gauss(mean, mean**0.5)))
    count, left = 0, rng.random()
    while left > exp(-mean):
        count += 1
        left *= rng.random()
    return count


def _urn(school: School | None) -> str:
    return school.urn if school is not None else ""


def _host(text: str) -> str:
    return f"{seeded('host', text).getrandbits(32):08x}"
