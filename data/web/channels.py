"""Channels on which something was posted or spoken: one row a place, and every surface asks it. No rules
here.

A row says everything that is particular to a place: whether anybody may look at it, whether there is a
platform or a site that can be asked to remove it, who can report it there, and how it is kept as evidence.
What a place is called is `describe.channel.KEY` in data/words; how it is asked is the row `route` of
alerts/routes/platforms.toml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from data.frozen import freeze
from data.shipped import read_shipped, read_table


class PlaceKind(StrEnum):
    """The kind of place that could be asked to remove something."""

    PLATFORM = "platform"
    """A platform; its operator only after it has refused."""
    OPERATED = "operated"
    """A forum, reviews, petitions, a newspaper's comments: it takes reports, and has an operator."""
    SITE = "site"
    """A website: it has an operator and a host, and nothing to report to."""
    NOTHING = "nothing"
    """It was said or sent to somebody: nothing of it is online."""
    ARCHIVE = "archive"
    """A copy of a page that an archive keeps: it takes requests, by e-mail or by a form."""
    SEARCH = "search"
    """What a search engine shows: the page stays where it is, and only the person concerned can ask."""
    UNKNOWN = "unknown"
    """Nobody has said where it is."""


class Reporter(StrEnum):
    """The one who can report it there."""

    ANYONE = "anyone"
    MEMBER = "member"
    NOBODY = "nobody"


class Keeping(StrEnum):
    """The way in which it is kept as evidence."""

    PAGE = "page"
    """The page is captured."""
    SCREENSHOT = "screenshot"
    """The page asks for a log-in: somebody's own screenshot is added."""
    MEMBER = "member"
    """It is private: a screenshot only where it is needed, from somebody who is in the conversation."""
    FILE = "file"
    """A letter or an e-mail: the thing itself is added."""
    WORDS = "words"
    """It was spoken: what the person wrote down who heard it is all there is."""


@freeze
class Channel:
    """A section of `channels.toml`. `kind` is how reports count it; `hosts` are domains, with a path where
    only part is meant. `press`: a newspaper or a broadcaster publishes there; not what its readers write
    below. `of_many` matches paths to a group, a chat or a place's reviews."""

    key: str
    place: PlaceKind
    route: str = ""
    kind: str = "social"
    reporter: Reporter = Reporter.ANYONE
    keeping: Keeping = Keeping.PAGE
    hosts: tuple[str, ...] = ()
    press: bool = False
    of_many: str = ""

    @property
    def public(self) -> bool:
        """May anybody look at it? Nobody joins a group, or reads what was sent to somebody else."""
        return self.keeping in (Keeping.PAGE, Keeping.SCREENSHOT) and self.place is not PlaceKind.UNKNOWN

    @property
    def reports(self) -> bool:
        """Is there a platform or a site that takes reports of a post, or requests about it?"""
        return self.written_on or self.place in _SECOND_HAND

    @property
    def written_on(self) -> bool:
        """Is it a platform or a site on which people write?"""
        return self.place in (PlaceKind.PLATFORM, PlaceKind.OPERATED)

    @property
    def has_operator(self) -> bool:
        """Has it an operator who may be written to before a platform has refused?"""
        return self.place in (PlaceKind.OPERATED, PlaceKind.SITE, PlaceKind.UNKNOWN)

    @property
    def is_site(self) -> bool:
        """Is it a website with nothing to report to?"""
        return self.place is PlaceKind.SITE


_SECOND_HAND = (PlaceKind.ARCHIVE, PlaceKind.SEARCH)
"""Where nobody writes: it holds or shows what was written elsewhere."""
ELSEWHERE = "manual_report"
"""The place of what was handed in without anybody saying where it is."""
UNSAID = ("", ELSEWHERE)
"""What the channel of something is while nobody has said where it is."""
WEBSITE = "website"

_TABLE = read_table("data.web", "channels.toml")


def _row(key: str, said: dict[str, Any]) -> Channel:
    kinds = {"place": PlaceKind, "reporter": Reporter, "keeping": Keeping, "hosts": tuple}
    return Channel(key, **said | {name: kinds[name](said[name]) for name in said.keys() & kinds})


_ROWS = tuple(_row(key, said) for key, said in _TABLE.items())
CHANNELS: Mapping[str, Channel] = {row.key: row for row in _ROWS}
"""Every place by its key; `Mention.channel` is one of these."""

OF_SOURCES = tuple(
    row.key for row in _ROWS if (row.public and row.place not in _SECOND_HAND) or row.key == ELSEWHERE
)
"""What a source may say of its posts: the program reads nothing private, and no archive or search."""

REVIEWS = frozenset(row.key for row in _ROWS if row.kind == "reviews")
"""Where people rate the school."""
PRESS = frozenset(row.key for row in _ROWS if row.press)
"""The press: a paper's own pages, and what searches of the news bring."""

OPEN_TO_ALL = frozenset(row.key for row in _ROWS if row.public and row.written_on and row.key != "wikipedia")
"""Where anybody can write, pupils among them; not news, blogs, Wikipedia or what people hand in."""

_HOSTS = [(host, row.key) for row in _ROWS for host in row.hosts]
_BY_HOST = sorted(_HOSTS, key=lambda pair: len(pair[0]), reverse=True)
_BY_DOMAIN: dict[str, list[tuple[int, str, str]]] = {}
"""Rank, folder and key of what lies under each domain; of several the lowest rank is meant."""
for _rank, (_host, _key) in enumerate(_BY_HOST):
    _domain, _, _folder = _host.partition("/")
    _BY_DOMAIN.setdefault(_domain, []).append((_rank, _folder, _key))


def channel(key: str) -> Channel:
    """The row of a place; for a key that is none, as of a place that nobody has named."""
    return CHANNELS.get(key, CHANNELS[ELSEWHERE])


def is_spoken(key: str) -> bool:
    """Was it said, and what somebody wrote down of it is all there is?"""
    return channel(key).keeping is Keeping.WORDS


def channel_at(url: str) -> str:
    """Which place an address is of: a platform by its domain, else a website; "" where it has no host."""
    host, path = _host_and_path(url)
    if not host:
        return ""
    found = [
        (rank, key)
        for domain in domains_of(host)
        for rank, folder, key in _BY_DOMAIN.get(domain, ())
        if not folder or f"{path.rstrip('/')}/".startswith(f"/{folder}/")
    ]
    return min(found)[1] if found else WEBSITE


def is_closed(url: str) -> bool:
    """Is it on a platform that shows posts only to people who sign in, so that we never read there?"""
    of = channel(channel_at(url) or WEBSITE)
    return of.key == "bluesky" or (of.place is PlaceKind.PLATFORM and of.keeping is not Keeping.PAGE)


@cache
def press_hosts() -> frozenset[str]:
    """Hosts of the British press, each found in a stored page: data/outlets/uk.csv."""
    rows = read_shipped("data", "outlets", "uk.csv").splitlines()[1:]
    return frozenset(row.partition(",")[0] for row in rows)


def domains_of(host: str) -> list[str]:
    """A host and the domains that it lies under, the longest first."""
    labels = host.split(".")
    return [".".join(labels[i:]) for i in range(len(labels))]


_OF_MANY_ANYWHERE = r"|/((explore/)?tags?|hashtag)/[^/]+"


def is_of_many_posts(url: str) -> bool:
    """Is it the address of a group, a chat or a place's reviews, or a front page: not of one post?"""
    host, path = _host_and_path(url)
    ways = (channel(channel_at(url)).of_many, _OF_MANY_ANYWHERE)
    return bool(host) and any(re.fullmatch(way, path.rstrip("/")) for way in ways)


def place_said(key: str, url: str) -> str:
    """Return the place that was said; where none was, that of the address."""
    return (channel_at(url) or key) if key in UNSAID else key


def host_of(url: str) -> str:
    """The host of an address, in lower case, "" where it has none."""
    return _host_and_path(url)[0]


@lru_cache(maxsize=4096)  # of one address it is asked some ten times between its reading and its saving
def _host_and_path(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").rstrip(".").lower(), parts.path.lower()
    except ValueError:
        return "", ""
