"""The catalogue: every kind of source as plain data. Listing it imports no collector."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from data.errors import InputError

if TYPE_CHECKING:
    from sources.base import Collector, SourceSettings

_HOUR = 3600.0
_FORUM_TERMS = "Public pages. Where the forum's terms forbid collection, use a search or alert feed instead."
_ALERTS_ONLY = (
    "The terms forbid collection: use a search or alert feed, or “Tell us”; switch this on only with the "
    "site's permission."
)

_OF_SITES = (
    "classdojo.com classroom.google.com satchelone.com seesaw.me showbie.com tapestryjournal.com "
    "teams.live.com teams.microsoft.com "
    "mumsnet.com netmums.com thestudentroom.co.uk trustpilot.com discord.com discord.gg discordapp.com "
    "facebook.com instagram.com linkedin.com snapchat.com threads.com threads.net tiktok.com twitter.com "
    "whatsapp.com x.com"
)
BY_LEAVE_ONLY = tuple(_OF_SITES.split())
"""Sites whose terms forbid reading by programs, whatever kind the page is configured as."""
_READS_PAGES_OF_OTHERS = ("forum.", "reviews.")


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One kind of source. `module` and `cls` are where its collector lives, `settings` is the name of what it
    may be told, in `sources.base`.

    `default_interval_s` is the pause between two runs, in seconds. `surfaced`: what it brings was searched
    for or sent on, so that being there is itself a hint.
    """

    name: str
    module: str
    cls: str
    what: str
    terms: str
    default_interval_s: float = _HOUR
    by_leave_only: bool = False
    surfaced: bool = False
    settings: str = "PageSettings"


_KINDS = (
    SourceKind(
        "feed",
        "sources.feeds.collector",
        "Feed",
        "A feed: RSS, Atom, JSON Feed; also news searches, alerts, reddit .rss, tags on Mastodon and Flickr.",
        "Feeds are published to be read by programs. Keep to the interval the publisher asks for.",
        900.0,
        settings="FeedSettings",
    ),
    SourceKind(
        "forum.schema_org",
        "sources.forums.generic",
        "SchemaOrgForum",
        "A schema.org forum thread.",
        _FORUM_TERMS,
    ),
    SourceKind(
        "forum.discourse",
        "sources.forums.discourse",
        "Discourse",
        "A Discourse topic, list or search: the served page or its .json form.",
        "The .json pages are Discourse's public interface; ask no faster than its rate limit.",
    ),
    SourceKind("forum.phpbb", "sources.forums.boards", "PhpBB", "A phpBB topic.", _FORUM_TERMS),
    SourceKind(
        "forum.vbulletin", "sources.forums.boards", "VBulletin", "A vBulletin 3, 4 or 5 thread.", _FORUM_TERMS
    ),
    SourceKind("forum.xenforo", "sources.forums.boards", "XenForo", "A XenForo 1 or 2 thread.", _FORUM_TERMS),
    SourceKind(
        "forum.mumsnet",
        "sources.forums.mumsnet",
        "Mumsnet",
        "A Mumsnet Talk thread, in the markup of 2026 or of 2019.",
        _ALERTS_ONLY,
        by_leave_only=True,
    ),
    SourceKind(
        "forum.thestudentroom",
        "sources.forums.boards",
        "TheStudentRoom",
        "A thread of The Student Room.",
        _ALERTS_ONLY,
        by_leave_only=True,
    ),
    SourceKind(
        "forum.generic",
        "sources.forums.generic",
        "GenericForum",
        "Any other forum thread: posts found by their shape, or by CSS selectors of your own.",
        _FORUM_TERMS,
        settings="PostSelectors",
    ),
    SourceKind(
        "reviews.schema_org",
        "sources.reviews.generic",
        "SchemaOrgReviews",
        "A page with schema.org Review items, in JSON-LD or microdata.",
        "Public pages, read while logged out. Check the site's terms first.",
        6 * _HOUR,
    ),
    SourceKind(
        "reviews.trustpilot",
        "sources.reviews.trustpilot",
        "Trustpilot",
        "A Trustpilot business page, a single review, or a list of review objects (JSON).",
        "Trustpilot's terms forbid scraping: use the alerts of your own business account, or saved pages. "
        "Switch this on only with Trustpilot's permission.",
        6 * _HOUR,
        by_leave_only=True,
    ),
    SourceKind(
        "reviews.generic",
        "sources.reviews.generic",
        "GenericReviews",
        "Any other list of reviews, described by CSS selectors.",
        "Public pages, read while logged out. Check the site's terms first.",
        6 * _HOUR,
        settings="ReviewSelectors",
    ),
    SourceKind(
        "wikipedia",
        "sources.feeds.collector",
        "WikipediaArticle",
        "A Wikipedia article in any language: what stands in it, and what each edit adds.",
        "Free to read, at a slow pace; Wikipedia asks for a User-Agent that names a contact.",
        _HOUR,
    ),
    SourceKind(
        "inspection",
        "sources.feeds.collector",
        "InspectionPage",
        "The school's page at its inspectorate: each report that it lists, with its date.",
        "Public registers, under the Open Government Licence at most inspectorates.",
        24 * _HOUR,
    ),
    SourceKind(
        "own.page",
        "sources.own",
        "OwnPage",
        "One of the school's own public pages or accounts: its notice, and its posts if they are marked up.",
        "The school's own. Accounts that show nothing without a log-in are blocked: look at them by hand.",
        900.0,
        settings="OwnPageSettings",
    ),
    SourceKind(
        "mailbox",
        "sources.mailbox.collector",
        "MailboxOfAlerts",
        "The school's own mailbox: Google Alerts, notices of forums and Facebook, what people forward.",
        "Opened for reading only. The school subscribed to what sends to it, under each site's terms.",
        300.0,
        surfaced=True,
        settings="MailboxSettings",
    ),
)

CATALOGUE: Mapping[str, SourceKind] = {kind.name: kind for kind in _KINDS}
"""Every kind by its name, in the order it is shown."""


def kind_named(name: str) -> SourceKind:
    """The catalogue's entry. Raises InputError with the nearest known name."""
    if name in CATALOGUE:
        return CATALOGUE[name]
    near = difflib.get_close_matches(name, CATALOGUE, n=1, cutoff=0.4)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise InputError(f'"{name}" is not a kind of source.{hint} All kinds: ⟪docs⟫ sources')


def needs_leave(kind: str, url: str) -> bool:
    """Does reading such a source need the site's permission? Raises InputError for an unknown kind.

    Feeds are published to be read, and the school's own pages are its own.
    """
    host = (urlsplit(url).hostname or "").lower()
    closed = any(host == site or host.endswith(f".{site}") for site in BY_LEAVE_ONLY)
    return kind_named(kind).by_leave_only or (closed and kind.startswith(_READS_PAGES_OF_OTHERS))


def collector(name: str) -> Collector:
    """A collector of that kind, imported now. Raises InputError for an unknown kind."""
    kind = kind_named(name)
    return cast("Collector", getattr(import_module(kind.module), kind.cls)())


def load(names: frozenset[str]) -> int:
    """Imports the collectors of those kinds, for a process that will need them; gives how many."""
    return len([collector(name) for name in sorted(names)])


def settings_of(name: str) -> type[SourceSettings]:
    """Return the settings class of a source of that kind; imports no collector. Raises InputError for an
    unknown kind.
    """
    from sources import base

    return cast("type[SourceSettings]", getattr(base, kind_named(name).settings))
