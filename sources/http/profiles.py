"""Is an address somebody's profile? We never fetch one: we read only what was said, where it was said. Pure.

Schools' policies forbid staff to look through what one person has posted (Monkhouse; King James's 2.9;
Calcot), and it may amount to surveillance. The same goes for a search for one author's posts and for a
feed of them. A post's own address is never mistaken for a profile.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from posixpath import normpath
from urllib.parse import SplitResult, unquote, urlsplit

LEADS_ON = (
    "The site redirects to somebody's profile, and we never read profiles. If it is the school's own, "
    "give the profile's address instead, with own = true."
)
"""Why a redirect is not followed."""

_LISTS = (
    r"about|activity|albums|all|answers|articles|atom|badges|best|blogs?|boards|clips|collections|comments|community|"
    r"content|contributions|created|details|discussions|favou?rites|featured|feed|followers|following|friends|"
    r"gallery|groups|highlights|latest-activity|likes|live|media|mentions|notifications|outbox|overview|photos(_by)?|pins|portfolio|"
    r"playlists|postings|posts|profile|questions|reactions|recent|recent-activity|recent-content|reels?|replies|"
    r"reposts|reputation|rev(iew)?s|rdf|rss2?|saved|schedule|sets|shorts|show_?posts|statuses|stories|streams|submitted|summary|tagged|threads|"
    r"timeline|topics|upvoted|uploads|videos|with_replies|page[-/]?\d+"
)
"""The sections and pages of a profile. Any other word after the name means a post."""
_NOBODY = (
    r"(?!(log-?in|log-?out|sign-?(in|up|out)|sign_(in|up|out)|register|activate|(lost|forgot)-?password|password|"
    r"new|edit|search|settings|preferences|help|support|sso|terms|tos|rules|privacy|legal|list|all|online|me)"
    r"(\.\w+)?/?$)"
)
_NAME = rf"{_NOBODY}[^/?]+"
_END = rf"(/({_LISTS}))*(\.(json|rss|atom|xml|html?|php|aspx?))?/?"
_HANDLE = rf"/@{_NAME}{_END}"
_NO_NAMES = (
    r"(?!/(groups|events|watch|share|sharer|reel|reels|p|tv|search|hashtag|explore|i|home|intent|permalink|story|"
    r"stories|l|login|accounts?|checkpoint|consent|recover|help|about|legal|privacy|policies|settings|tos|terms|"
    r"messages|notifications|marketplace|gaming|pages|photo|video|videos|public|dialog|tr|r|directory|"
    r"downloads|jobs|turbo|store|subscriptions|ideas|today|pin|discover|feed|media|joinchat|addstickers|"
    r"s|c|compose|logout|signup|developers|careers|dashboard|hashtags|tags|tagged|rss|blog|new|business|download|"
    r"robots|favicon|feeds|sitemap|playlist|results|premium|challenge|live|oops|suspended|unsupportedbrowser)([/.?]|$))"
)
_ONE = rf"{_NO_NAMES}/[^/?]+{_END}"
"""For sites where the whole path is a name."""
_BLUESKY = r".*/xrpc/app\.bsky\.(feed\.getauthorfeed|feed\.getactorlikes|actor\.getprofiles?)(\?.*)?"


_PARTS = {"one": _ONE, "handle": _HANDLE, "name": _NAME, "end": _END, "no_names": _NO_NAMES}
_TABLE = Path(__file__).with_name("profiles.toml").read_text(encoding="utf-8")
_OF_PLATFORM: Mapping[str, str] = tomllib.loads(re.sub(r"⟨(\w+)⟩", lambda part: _PARTS[part[1]], _TABLE))
"""Paths to one person's page or list of posts, by domain; “pinterest.” and “nitter.” stand for many."""
_SAME_AS = {
    "fb.com": "facebook.com", "telegram.me": "t.me", "x.com": "twitter.com", "xcancel.com": "nitter.",
    "twiiit.com": "nitter.", "twstalker.com": "nitter.", "telegram.dog": "t.me",
    "askfm.com": "ask.fm", "bereal.com": "bere.al",
    "fxtwitter.com": "twitter.com", "vxtwitter.com": "twitter.com", "fixupx.com": "twitter.com",
}  # fmt: skip

_ONES_OWN = (
    r"(?!(www|m|about|blog|developers?|engineering|help|policy|staging|status|support)\.)[^.]+"
    r"\.(tumblr\.com|bsky\.social|medium\.com)"
)
"""Hosts that are one person's by themselves."""
_OFFICES = frozenset(
    ("about", "blog", "business", "consent", "developer", "developers", "help", "newsroom", "support")
)
"""Subdomains where the platform itself publishes."""
_BEFORE = (
    r"(/(ap|api|blogs?|boards?|bb|chat|coffeehouse|comm?unit(y|ies)|connect|content|discuss(ions?)?|en|cy|en-gb|feeds?|"
    r"forums?|groups/[^/]+|home|index\.php|ips|local|magazine|mybb|news|opinion|phpbb\d?|public|rss|site|smf|social|"
    r"sport|t5|talk|v\d|vb|vbulletin|web|xf|~?(?=[a-z]*forum)[a-z]+)){0,3}"
)
"""What may come before the list of people. Not “threads” or “t”: a thread may be called “users”."""
_PEOPLE_PAGES = (
    r"(user([_ ]talk)?|defnyddiwr|sgwrs[_ ]defnyddiwr):.+"
    r"|(special|arbennig):(contrib|cyfraniadau|log/|centralauth|listfiles/).*"
)
"""User pages of wikis, in English and Welsh."""
_ANYWHERE = re.compile(
    rf"(/(web|deck))?{_HANDLE}"
    rf"|{_BEFORE}/(u|uid|usr|users?|profiles?|members?|authors?|contributors?)/((\d+(-[^/]+)?|by-external)/)?{_NAME}{_END}"
    rf"|{_BEFORE}/people/(\d+(-[^/]+)?|[0-9a-f]{{16,}}){_END}"
    rf"|{_BEFORE}/profile/(discussions|comments)/(\d+/)?{_NAME}{_END}"
    r"|/authors/[a-z]/[a-z-]+/[^/]+/?"
    r"|.*/(user/)?viewprofile(page)?/.*|.*/topics/created-by/.+|.*/(user|member)-?\d+\.html?"
    r"|.*/memberlist(\.php)?|.*/(userinfo|viewprofile|user_actions)\.(php|aspx?|json)"
    r"|.*/(member|profile)\.php(/\d.*)?|.*/user\.aspx"
    rf"|(/[^/]+){{0,2}}/({_PEOPLE_PAGES})"
    rf"|{_BLUESKY}"
    r"|.*/api/v\d/accounts/.+|/(a|accounts)/[^/]+/(videos?|video-channels|about)(/.*)?"
    r"|/maps/contrib/.+",
    re.IGNORECASE,
)
"""The same for common forum software, blogs, wikis and Mastodon."""

_AUTHOR_NAMES = (
    "authors by[] byuser created_by createdby from_user memberid member_id nick poster posted_by u uid user"
    " user_id user_ids userid username usernames users"
)
_ALWAYS_NAMES = (
    "author author_id authorid author_name search_author searchauthor searchuser search_by_author screen_name"
    " showuser userspec c[users] filter[author]"
)
_AUTHOR = frozenset(_AUTHOR_NAMES.split())
"""Query parameters by which a search shows one author's posts."""
_ALWAYS_AUTHOR = frozenset(_ALWAYS_NAMES.split())
"""The same on any page."""
_ACTION = re.compile(
    r"profile|viewprofile|view_profile|finduser(threads)?|show_user_(posts|topics|subscriptions)|showposts|"
    r"usercontribs|feedcontributions|getuser|member_profile",
    re.IGNORECASE,
)
_ACTIONS = frozenset(("action", "mode", "do", "area", "list"))
_PAGE = frozenset(("title", "page"))
_A_PERSONS = re.compile(_PEOPLE_PAGES, re.IGNORECASE)
_SEARCHES = re.compile(r"/[^/]*(search|find)[^/]*(/|$)", re.IGNORECASE)
_SOUGHT = frozenset(("q", "query", "keywords", "search"))
_SAYS_WHO = re.compile(r"(^|[\s+(])(from|author|user|by):[\s@\"']*\w", re.IGNORECASE)
_ENTERING = re.compile(
    r"log-?in|register|activate|lostpw|requestpw|resetpassword|logout|resend.*", re.IGNORECASE
)
_FRONT = re.compile(r"(/[^/]+){0,2}/(index\.php)?", re.IGNORECASE)
"""The front page of a forum that keeps its own paths in the query."""
_PATH_NAMES = ("p", "qa")
_INSIDE = re.compile(r"https?:/{1,2}.+", re.IGNORECASE)
_KEPT_BARE = re.compile(r"/((?:[\w-]+\.)+[a-z]{2,}/.*)", re.IGNORECASE)
_ARCHIVES = ("web.archive.org", "archive.today", "archive.ph", "archive.is", "12ft.io", "r.jina.ai")
_DEEPEST = 4
_OF_SITE = re.compile(r"\bsite:([\w.-]+/\S+)", re.IGNORECASE)
"""A search that is confined to one address."""
_FORWARDS = frozenset(("u", "url", "q", "link", "target", "dest"))


def is_profile(url: str) -> bool:
    """True if the address is a person's page, or a list of what one person has posted.

    This includes archived copies, and addresses that only redirect there. False for anything that is not
    an address. Never raises.
    """
    for _ in range(_DEEPEST):
        parts = _split(url)
        if parts is None:
            return False
        host = (parts.hostname or "").lower().rstrip(".")
        path, asked = _path(parts.path), _asked(parts.query)
        if _asks_for_one(path, asked) or _is_persons(host, path, parts.query, dict(asked)):
            return True
        if _FRONT.fullmatch(path) and _ANYWHERE.fullmatch(_path(f"/{parts.query.partition('&')[0]}")):
            return True
        url = _inner(host, parts.path, asked)
    return False


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.scheme.lower() in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _plain(text: str) -> str:
    """Undone however often it was encoded, as a chain of servers may do."""
    for _ in range(_DEEPEST):
        text = unquote(before := text)
        if text == before:
            break
    return text


def _path(path: str) -> str:
    """The path as a server understands it: dots resolved, repeated slashes and backslashes collapsed."""
    bare = re.sub(r";[^/]*", "", _plain(path))
    plain = re.sub(r"[/\\\\]+", "/", f"/{bare}")
    ends = "/" if plain.endswith(("/", "/.", "/..")) else ""
    return normpath(plain).rstrip("/") + ends or "/"


def _asked(query: str) -> list[tuple[str, str]]:
    """Names in lower case, with their values; some forums separate them by semicolons."""
    pairs = (each.partition("=") for each in re.split("[&;]", query) if each)
    named = ((_plain(name).lower(), _plain(value.replace("+", " "))) for name, _, value in pairs)
    return [(re.sub(r"(?<!^by)\[\d*\]$", "", name), value) for name, value in named if value]


def _asks_for_one(path: str, asked: list[tuple[str, str]]) -> bool:
    """Does the query ask the site for one author's posts, or one member's page?"""
    searches = _SEARCHES.search(path) is not None
    return any(
        name in _ALWAYS_AUTHOR
        or (name in _ACTIONS and _ACTION.fullmatch(value))
        or (name in _PAGE and _A_PERSONS.fullmatch(value))
        or (searches and name in _AUTHOR)
        or ((searches or name in _SOUGHT) and _SAYS_WHO.search(value))
        or (name == "searchjson" and '"author' in value)
        for name, value in asked
    )


def _is_persons(host: str, path: str, query: str, asked: Mapping[str, str]) -> bool:
    if any(_ENTERING.fullmatch(asked.get(name, "")) for name in _ACTIONS):
        return False
    if re.fullmatch(_ONES_OWN, host):
        return (
            re.fullmatch(r"/|/(archive|rss|feed|page|tagged|likes|about|followers)(/.*)?", path) is not None
        )
    own = _rule_of(host)
    if own is None:
        return any(_ANYWHERE.fullmatch(way) for way in (path, _path_in(query)))
    ways = (path, f"{path}?{query}") if query else (path,)
    return any(re.fullmatch(own, each, re.IGNORECASE) for each in ways)


def _path_in(query: str) -> str:
    """The path that some forums write after the “?”; empty if there is none."""
    name, given, value = unquote(re.split("[&;]", query)[0]).partition("=")
    found = value if given and name in _PATH_NAMES else "" if given else name
    return f"/{found.lstrip('/')}" if found else ""


def _rule_of(host: str) -> str | None:
    if host.partition(".")[0] in _OFFICES:
        return None
    for domain in (*_SAME_AS, *_OF_PLATFORM):
        there = f".{domain}" in f".{host}" if domain.endswith(".") else f".{host}".endswith(f".{domain}")
        if there:
            return _OF_PLATFORM[_SAME_AS.get(domain, domain)]
    return None


def _inner(host: str, path: str, asked: list[tuple[str, str]]) -> str:
    """The address that an archive or a redirecting page is asked to show; empty if there is none."""
    if host.endswith(_ARCHIVES):
        found = _INSIDE.search(unquote(path))
        bare = _KEPT_BARE.search(unquote(path))
        if not found and bare:
            return f"https://{bare[1]}"
        return re.sub(r"^(https?):/+", r"\1://", found[0], flags=re.IGNORECASE) if found else ""
    sought = (_OF_SITE.search(value) for name, value in asked if name in _SOUGHT)
    if found := next(filter(None, sought), None):
        return f"https://{found[1]}"
    given = (value.removeprefix("cache:") for name, value in asked if name in _FORWARDS)
    return next((value for value in given if _INSIDE.match(value)), "")
