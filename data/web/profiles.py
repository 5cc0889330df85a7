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

_FILE = tomllib.loads(Path(__file__).with_name("profiles.toml").read_text(encoding="utf-8"))


def _fill_path(path: str) -> str:
    """Fill the parts that it names into the path."""
    return re.sub(r"«(\w+)»", lambda part: _fill_path(_FILE["parts"][part[1]]), path)


_OF_PLATFORM = {site: _fill_path(path) for site, path in _FILE["platforms"].items()}
"""Paths to one person's page or list of posts, by domain; “pinterest.” and “nitter.” stand for many."""
_SAME_AS: Mapping[str, str] = _FILE["same_as"]
_ONES_OWN = _fill_path("«ones_own»")
_OFFICES = frozenset(
    ("about", "blog", "business", "consent", "developer", "developers", "help", "newsroom", "support")
)
"""Subdomains where the platform itself publishes."""
_ANYWHERE = re.compile(_fill_path("«anywhere»"), re.IGNORECASE)
_AUTHOR, _ALWAYS_AUTHOR = (frozenset(_FILE["parameters"][name].split()) for name in ("author", "always"))
_ACTION = re.compile(_fill_path("«action»"), re.IGNORECASE)
_ACTIONS = frozenset(("action", "mode", "do", "area", "list"))
_PAGE = frozenset(("title", "page"))
_A_PERSONS = re.compile(_fill_path("«people_pages»"), re.IGNORECASE)
_SEARCHES = re.compile(r"/[^/]*(search|find)[^/]*(/|$)", re.IGNORECASE)
_SOUGHT = frozenset(("q", "query", "keywords", "search"))
_SAYS_WHO = re.compile(r"(^|[\s+(])(from|author|user|by):[\s@\"']*\w", re.IGNORECASE)
_ENTERING = re.compile(r"log-?in|register|activate|lostpw|requestpw|resetpassword|logout|resend.*", re.I)
_FRONT = re.compile(r"(/[^/]+){0,2}/(index\.php)?", re.IGNORECASE)
"""The front page of a forum that keeps its own paths in the query."""
_OF_BLOG = re.compile(r"/|/(archive|rss|feed|page|tagged|likes|about|followers)(/.*)?")
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

    This includes archived copies, and addresses that only redirect there. False for anything that is not an
    address. Never raises."""
    for _ in range(_DEEPEST):
        parts = _split_url(url)
        if parts is None:
            return False
        host = (parts.hostname or "").lower().rstrip(".")
        path, asked = _path(parts.path), _query_pairs(parts.query)
        if _asks_for_one(path, asked) or _is_persons(host, path, parts.query, dict(asked)):
            return True
        if _FRONT.fullmatch(path) and _ANYWHERE.fullmatch(_path(f"/{parts.query.partition('&')[0]}")):
            return True
        url = _inner(host, parts.path, asked)
    return False


def _split_url(url: str) -> SplitResult | None:
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


def _query_pairs(query: str) -> list[tuple[str, str]]:
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
        return _OF_BLOG.fullmatch(path) is not None
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
