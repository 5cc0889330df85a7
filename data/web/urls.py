"""One address for one document: the key by which copies of it are recognised.

A canonical address is for comparing, not for fetching: `http` counts as `https`, and `www.`, mobile and AMP
hosts as the plain one. Pure text; nothing is looked up."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Mapping
from functools import lru_cache
from posixpath import normpath
from urllib.parse import SplitResult, unquote, urlsplit

from data.ids import digest
from data.letters import plain_address
from data.shipped import read_table

# One address for one document: the key by which copies of it are recognised.

# One address for one document: the key by which copies of it are recognised.

_TRACKING_NAMES = (
    "fbclid gclid gclsrc gbraid wbraid dclid msclkid yclid twclid ttclid igshid igsh mc_cid mc_eid mkt_tok "
    "_ga _gl _hsenc _hsmi ref_src ref_url cmp cmpid icid ocid ito wt_mc sr_share s_cid smid oc source_type "
    "guccounter guce_referrer guce_referrer_sig __twitter_impression amp amp_js_v usqp outputtype "
    "phpsessid jsessionid rss sfnsn rdid share_id xtor"
)
_TRACKING = frozenset(_TRACKING_NAMES.split())
_TRACKING_PREFIXES = ("utm_", "at_", "ns_", "hsa_", "pk_", "mtm_", "__cft__", "__tn__")
_VALUES = {
    "m": re.compile(r"[01]"),
    "s": re.compile(r"[0-9a-f]{32}"),
    "sid": re.compile(r"[0-9a-f]{16,}", re.IGNORECASE),  # a short one is a story's number
    "source": re.compile(r"rss.*"),
}
_HOST_LABELS = ("www", "m", "mobile", "amp")
_POST_FRAGMENT = re.compile(
    r"(?:js-)?(?:p|pid|post|posts|msg|message|comment|comments|c|reply|r|entry|jump-to|findcomment)"
    r"[-_=/]?[0-9a-z]*\d[0-9a-z]*",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|([^!#$%&'()*+,\-./0-9:;=?@A-Z_a-z~])|(%)")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_JUNK = re.compile(r"[\x00-\x20\x7f]+")
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_EMBEDDED = re.compile(rb"https?://[\x21-\x7e]+")
_AMP_PATH = re.compile(r"/amp(?:\.html)?/*$|(?<=[^/])\.amp(?=\.html?$|$)", re.IGNORECASE)
_WRAPPERS = {
    # host and path of a forwarding address: the parameters that hold the real one
    ("google.com", "/url"): ("url", "q"),
    ("google.co.uk", "/url"): ("url", "q"),
    ("bing.com", "/news/apiclick.aspx"): ("url",),
    ("facebook.com", "/l.php"): ("u",),
    ("l.facebook.com", "/l.php"): ("u",),
}

_MOST_LAYERS = 20
"""Forwarding addresses inside one another are undone up to this depth; nobody nests more in earnest."""

LONGEST = 4_000
"""The longest address, in characters, that is fetched or shown; browsers and servers accept hardly more."""


@lru_cache(maxsize=1024)
def canonical_url(url: str) -> str:
    """The address by which a document is known, whatever feed, host or share button led to it.

    Dropped: tracking parameters, session ids, user names, default ports, a fragment unless it names a post,
    the last slash, “/./” and “/../”. Folded: case of scheme and host, `http` into `https`, `www.`, `m.`,
    `amp.`, `/amp`, `?amp=1`. Unwrapped: forwarding addresses (`unwrap`). The query is sorted. Any other
    address comes back without white space, otherwise unchanged. Idempotent; never raises.
    """
    for _ in range(_MOST_LAYERS):
        folded = _fold(unwrap(url))
        if folded == url:
            break
        url = folded
    return url


def article_key(url: str) -> str:
    """Stands for the address of an article behind a headline, however it is written."""
    return digest("article", canonical_url(url))


def unwrap(url: str) -> str:
    """Return the address behind a forwarding one (Google Alerts, Bing News, AMP caches, old Google News ids).
    Any other address is returned unchanged. Undoes one layer at most."""
    parts = _split_url(url)
    if parts is None:
        return url
    host = _host(parts)
    inner = _parameter(parts, _WRAPPERS.get((host, parts.path.rstrip("/"))) or ())
    inner = inner or _amp_cached(host, parts) or _google_news(host, parts.path)
    return inner if inner and _HTTP.match(inner) else url


def strip_tracking(url: str) -> str:
    """Return the address without parameters that only say how a reader came to it."""
    parts = _split_url(url)
    if parts is None or not any(map(_tracks, parts.query.split("&"))):
        return url
    return parts._replace(query="&".join(p for p in parts.query.split("&") if not _tracks(p))).geturl()


def _split_url(url: str) -> SplitResult | None:
    """Return the parts of an http address, None for anything else."""
    try:
        parts = urlsplit(url)
        return parts if parts.scheme.lower() in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _fold(url: str) -> str:
    url = _JUNK.sub("", plain_address(url))
    parts = _split_url(url)
    if parts is None:
        return url
    kept = [_escape(part) for part in parts.query.split("&") if part and not _tracks(part)]
    query = "&".join(sorted(kept))
    fragment = _escape(parts.fragment)
    keep = _POST_FRAGMENT.fullmatch(fragment) or fragment.startswith("!")
    return (
        f"https://{_host(parts)}{_port(parts)}{_path(parts.path)}"
        + (f"?{query}" if query else "")
        + (f"#{fragment}" if keep else "")
    )


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _HOST_LABELS:
        labels = labels[1:]
    if len(labels) > 3 and labels[1] in ("m", "amp"):  # en.m.wikipedia.org
        del labels[1]
    host = ".".join(labels)
    return f"[{host}]" if ":" in host else host


def _port(parts: SplitResult) -> str:
    try:
        port = parts.port
    except ValueError:
        return ""
    return "" if port in (None, 80, 443) else f":{port}"


def _path(path: str) -> str:
    path = _AMP_PATH.sub("", _without_dots(_escape(path)))
    if path.lower().startswith("/amp/"):
        path = path[4:]
    return path.rstrip("/")


def _without_dots(path: str) -> str:
    """Without “.” and “..”, which no browser sends (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for part in path.split("/")[1:]:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    return "".join(f"/{part}" for part in kept)


def _tracks(part: str) -> bool:
    name, _, value = part.partition("=")
    name = unquote(name).lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    pattern = _VALUES.get(name)
    return pattern is not None and pattern.fullmatch(value) is not None


def _escape(text: str) -> str:
    """Write percent-encoding in one form: unreserved characters plain, all others in upper-case hex."""

    def one(match: re.Match[str]) -> str:
        code, other, _ = match.groups()
        if code:
            char = chr(int(code, 16))
            return char if char in _UNRESERVED else f"%{code.upper()}"
        if other:
            return "".join(f"%{byte:02X}" for byte in other.encode("utf-8", "replace"))
        return "%25"

    return _ESCAPE.sub(one, text)


def _parameter(parts: SplitResult, names: tuple[str, ...]) -> str | None:
    for part in parts.query.split("&"):
        name, _, value = part.partition("=")
        if name in names and value:
            return unquote(value)
    return None


def _amp_cached(host: str, parts: SplitResult) -> str | None:
    """`host-name.cdn.ampproject.org/c/s/site/path` and `google.com/amp/s/site/path`."""
    if host.endswith(".ampproject.org"):
        found = re.match(r"/[a-z]+/(?:s/)?([^/]+\..+)", parts.path)
    elif host in ("google.com", "google.co.uk"):
        found = re.match(r"/amp/(?:s/)?([^/]+\..+)", parts.path)
    else:
        return None
    return f"https://{found[1]}" + (f"?{parts.query}" if parts.query else "") if found else None


def _google_news(host: str, path: str) -> str | None:
    """Article ids up to 2024 hold the address in base64; later ones are opaque and stay as they are."""
    if host != "news.google.com" or "/articles/" not in path:
        return None
    code = path.rsplit("/", 1)[-1]
    try:
        raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        return None
    found = _EMBEDDED.search(raw)
    return found[0].decode("ascii") if found else None


# What strangers write, as it may be shown: what cannot be seen, or turns what is read, is marked; HTML's
# character references are undone, of any length: Python refuses a number of more than 4,300 digits. Pure.

_JOINED = (
    r"[\u0590-\u1fff\u2070-\ud7ff\ue000-\ufdff\ufe0e-\ufefe\uff00-\uff9f"
    r"\U00010000-\U0001faff]"
)
_ACCENT = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_HIDDEN = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)
_UNSEEN = re.compile(
    rf"(?<={_JOINED})[\u200c\u200d](?={_JOINED})"
    r"|\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"
    rf"|(?P<accents>{_ACCENT}{{4}})(?P<more>{_ACCENT}+)|(?P<unseen>{_HIDDEN}+)"
)
"""Joiners of emoji and of scripts that need them, and flags of nations, are seen by what they make."""
_LINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
MARK = "⟦U+"
"""How a mark begins."""


def visible(text: str) -> str:
    """The text with a mark for each run of signs that cannot be seen or that turn what is read: ⟦U+202E⟧,
    ⟦U+202E ×12⟧ by the first of twelve. What breaks a line anywhere breaks it here."""
    return _UNSEEN.sub(_mark_run, _LINES.sub("\n", text))


def _mark_run(found: re.Match[str]) -> str:
    run = found["unseen"] or found["more"]
    if run is None:
        return found[0]
    many = f" ×{len(run)}" if len(run) > 1 else ""
    return f"{found['accents'] or ''}{MARK}{ord(run[0]):04X}{many}⟧"


def host_in_full(host: str) -> str:
    """A host by its name; of one with letters of other scripts or accents, beside it how it is looked up."""
    try:
        plain = host.encode("idna").decode()
        name = plain.encode().decode("idna")
    except UnicodeError:  # nobody can look it up: as it is written
        return visible(host)
    return plain if name == plain else f"{visible(name)} ({plain})"


_ENDLESS = re.compile(r"&#(?:[xX][0-9a-fA-F]{20,}|[0-9]{20,});?")
"""No character has a number this long."""


def unescape(text: str) -> str:
    """Unescape as `html.unescape` does, safe for text that anybody may have written."""
    return html.unescape(_ENDLESS.sub("", text))


# Is an address somebody's profile? We never fetch one: we read only what was said, where it was said. Pure.
#
# Schools' policies forbid staff to look through what one person has posted (Monkhouse; King James's 2.9;
# Calcot), and it may amount to surveillance. The same goes for a search for one author's posts and for a
# feed of them. A post's own address is never mistaken for a profile.

LEADS_ON = (
    "The site redirects to somebody's profile, and we never read profiles. If it is the school's own, "
    "give the profile's address instead, with own = true."
)
"""Why a redirect is not followed."""

_FILE = read_table("data.web", "profiles.toml")


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
        path, asked = _served_path(parts.path), _query_pairs(parts.query)
        if _asks_for_one(path, asked) or _is_persons(host, path, parts.query, dict(asked)):
            return True
        if _FRONT.fullmatch(path) and _ANYWHERE.fullmatch(_served_path(f"/{parts.query.partition('&')[0]}")):
            return True
        url = _inner(host, parts.path, asked)
    return False


def _plain(text: str) -> str:
    """Undone however often it was encoded, as a chain of servers may do."""
    for _ in range(_DEEPEST):
        text = unquote(before := text)
        if text == before:
            break
    return text


def _served_path(path: str) -> str:
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
