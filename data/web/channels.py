"""Where something was posted or said: one row a place, and every surface asks it. No rules here.

A row says everything that is particular to a place: whether anybody may look at it, whether there is a
platform or a site that can be asked to remove it, who can report it there, and how it is kept as evidence.
What a place is called is `describe.channel.KEY` in data/words; how it is asked is the row `route` of
alerts/routes/platforms.toml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import urlsplit


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


@dataclass(frozen=True, slots=True)
class Channel:
    """One row. `kind` is how reports count it; `hosts` are domains, with a path where only part is meant.
    `press` says that a newspaper or a broadcaster publishes there; not what its readers write below."""

    key: str
    place: PlaceKind
    route: str = ""
    kind: str = "social"
    reporter: Reporter = Reporter.ANYONE
    keeping: Keeping = Keeping.PAGE
    hosts: tuple[str, ...] = ()
    press: bool = False

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


_SECOND_HAND = (PlaceKind.ARCHIVE, PlaceKind.SEARCH)
"""Where nobody writes: it holds or shows what was written elsewhere."""
ELSEWHERE = "manual_report"
"""The place of what was handed in without anybody saying where it is."""
UNSAID = ("", ELSEWHERE)
"""What the channel of something is while nobody has said where it is."""
WEBSITE = "website"

_P, _O, _S, _N = PlaceKind.PLATFORM, PlaceKind.OPERATED, PlaceKind.SITE, PlaceKind.NOTHING
_ARCHIVE, _SEARCH = _SECOND_HAND
_WALL = Keeping.SCREENSHOT

_ROWS = (
    Channel("facebook", _P, "facebook", keeping=_WALL, hosts=("facebook.com", "fb.com", "fb.watch", "fb.me")),
    Channel("facebook_group", _P, "facebook", reporter=Reporter.MEMBER, keeping=Keeping.MEMBER),
    Channel("instagram", _P, "instagram", keeping=_WALL, hosts=("instagram.com", "instagr.am")),
    Channel("threads", _P, "threads", keeping=_WALL, hosts=("threads.net", "threads.com")),
    Channel("x", _P, "x", keeping=_WALL, hosts=("x.com", "twitter.com", "t.co")),
    Channel("tiktok", _P, "tiktok", keeping=_WALL, hosts=("tiktok.com",)),
    Channel("snapchat", _P, "snapchat", keeping=_WALL, hosts=("snapchat.com",)),
    Channel("youtube", _P, "youtube", hosts=("youtube.com", "youtu.be")),
    Channel("linkedin", _P, "linkedin", keeping=_WALL, hosts=("linkedin.com", "lnkd.in")),
    Channel("flickr", _P, "flickr", hosts=("flickr.com", "flic.kr")),
    Channel("bluesky", _P, "bluesky", hosts=("bsky.app", "bsky.social")),
    Channel(
        "mastodon", _P, "mastodon",
        hosts=("mastodon.social", "mastodon.online", "mas.to", "mstdn.social", "toot.wales"),
    ),
    Channel("reddit", _P, "reddit", hosts=("reddit.com", "redd.it")),
    Channel(
        "discord", _P, "discord", keeping=Keeping.MEMBER,
        hosts=("discord.com", "discord.gg", "discordapp.com"),
    ),
    Channel(
        "whatsapp", _P, "whatsapp", reporter=Reporter.MEMBER, keeping=Keeping.MEMBER,
        hosts=("whatsapp.com", "wa.me"),
    ),
    Channel("whatsapp_channel", _P, "whatsapp_channel", keeping=_WALL, hosts=("whatsapp.com/channel",)),
    Channel(
        "learning_platform", _P, "learning_platform", reporter=Reporter.MEMBER, keeping=Keeping.MEMBER,
        hosts=(
            "classroom.google.com", "teams.microsoft.com", "teams.live.com", "seesaw.me", "classdojo.com",
            "showbie.com", "satchelone.com", "tapestryjournal.com",
        ),
    ),
    Channel("roblox", _P, "roblox", keeping=_WALL, hosts=("roblox.com",)),
    Channel("minecraft", _P, "minecraft", keeping=_WALL, hosts=("minecraft.net", "mojang.com")),
    Channel("other_game", _P, "other_game", keeping=_WALL, hosts=("steamcommunity.com",)),
    Channel(
        "other_platform", _P, "other_platform",
        hosts=(
            "ask.fm", "bere.al", "bereal.com", "medium.com", "nextdoor.co.uk", "nextdoor.com",
            "pinterest.co.uk", "pinterest.com", "substack.com", "t.me", "telegram.me", "tumblr.com",
            "twitch.tv", "vsco.co", "wattpad.com",
        ),
    ),
    Channel("wikipedia", _P, "wikipedia", "other", hosts=("wikipedia.org",)),
    Channel(
        "google_review", _P, "google_review", "reviews",
        hosts=("google.com/maps", "google.co.uk/maps", "maps.google.com", "maps.app.goo.gl", "g.page"),
    ),
    Channel("trustpilot", _P, "trustpilot", "reviews", hosts=("trustpilot.com",)),
    Channel("school_review_site", _O, "reviews", "reviews"),
    Channel("mumsnet", _O, "mumsnet", "forums", hosts=("mumsnet.com",)),
    Channel("netmums", _O, "netmums", "forums", hosts=("netmums.com",)),
    Channel("thestudentroom", _O, "thestudentroom", "forums", hosts=("thestudentroom.co.uk",)),
    Channel("local_forum", _O, "forum", "forums"),
    Channel("news_comment", _O, "news", "news"),
    Channel(
        "petition", _O, "petition", "other",
        hosts=("change.org", "38degrees.org.uk", "petition.parliament.uk"),
    ),
    Channel("news", _S, "news", "news", press=True),
    Channel("google_news", _S, "news", "news", press=True),
    Channel("bing_news", _S, "news", "news", press=True),
    Channel("gdelt", _S, "news", "news", press=True),
    Channel("blog", _S, WEBSITE, "other"),
    Channel(WEBSITE, _S, WEBSITE, "other"),
    Channel("archive_org", _ARCHIVE, "archive_org", "other", hosts=("archive.org",)),
    Channel(
        "archive_today", _ARCHIVE, "archive_today", "other",
        hosts=(
            "archive.today", "archive.ph", "archive.is", "archive.li", "archive.vn", "archive.fo",
            "archive.md",
        ),
    ),
    Channel(
        "google_search", _SEARCH, "google_search", "other", keeping=_WALL,
        hosts=("google.com/search", "google.co.uk/search"),
    ),
    Channel("bing_search", _SEARCH, "bing_search", "other", keeping=_WALL, hosts=("bing.com/search",)),
    Channel("in_person", _N, kind="people", reporter=Reporter.NOBODY, keeping=Keeping.WORDS),
    Channel("telephone", _N, kind="people", reporter=Reporter.NOBODY, keeping=Keeping.WORDS),
    Channel("letter", _N, kind="people", reporter=Reporter.NOBODY, keeping=Keeping.FILE),
    Channel("email", _N, kind="people", reporter=Reporter.NOBODY, keeping=Keeping.FILE),
    Channel(ELSEWHERE, PlaceKind.UNKNOWN, WEBSITE, "people"),
)  # fmt: skip

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

_BY_HOST = sorted(
    ((host, row.key) for row in _ROWS for host in row.hosts), key=lambda pair: len(pair[0]), reverse=True
)
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


@cache
def press_hosts() -> frozenset[str]:
    """Hosts of the British press, each found in a stored page: data/outlets/uk.csv."""
    rows = (files("data") / "outlets" / "uk.csv").read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(row.partition(",")[0] for row in rows)


def domains_of(host: str) -> list[str]:
    """A host and the domains that it lies under, the longest first."""
    labels = host.split(".")
    return [".".join(labels[i:]) for i in range(len(labels))]


_OF_MANY = {
    "facebook": r"/groups/[^/]+(/(about|announcements|discussion|events|featured|files|media|members))?",
    "whatsapp": r"/.*",
    "whatsapp_channel": r"/channel/[^/]+",
    "learning_platform": r"/.*",
    "discord": r"/(invite/)?[^/]+|/channels/[^/]+(/[^/]+)?",
    "reddit": r"/r/[^/]+(/(hot|new|rising|top|about))?",
    "google_review": r"/(?!maps/reviews/).*",
    "trustpilot": r"/review/[^/]+",
    "other_platform": r"/(joinchat/|\+|g/|groups?/|neighbou?rhood/)[^/]+",
}
"""Paths to a group, a chat or a place's reviews, by channel."""
_OF_MANY_ANYWHERE = r"|/((explore/)?tags?|hashtag)/[^/]+"


def is_of_many_posts(url: str) -> bool:
    """Is it the address of a group, a chat or a place's reviews, or a front page: not of one post?"""
    host, path = _host_and_path(url)
    path = path.rstrip("/")
    return bool(host) and any(
        re.fullmatch(one, path) for one in (_OF_MANY.get(channel_at(url), ""), _OF_MANY_ANYWHERE)
    )


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
