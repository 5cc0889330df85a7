"""The edge of the desk: which requests come in, how often, from where, with what form; what answers bear.

It stands around all pages: the answer to a fault or a wrong address is as private as any other."""

from __future__ import annotations

import hmac
import re
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from secrets import token_urlsafe
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.errors import SchoolgateError
from data.types import Person
from data.web.public_addresses import is_this_machine
from monitor.config.home.context import Context
from monitor.desk.page import POLICY, DeskRequest, form_token, plain_page, render_page, set_cookie

_MARKS = 4
"""So many people's marks a browser keeps, the newest first."""
_KEPT_FOR = timedelta(days=180)
_TAG_BYTES = 16
MOST_WRONG, MOST_WRONG_OF_HOST, WITHIN = 200, 50, timedelta(hours=6)
"""So many wrong codes strangers may type, together and from one host: of a million, and each by mail."""
_MOST_ASKED, _ASKED_WITHIN = 300, timedelta(hours=1)
"""So many codes strangers at one host ask for, or passkeys they show; a school's people may all be at one."""


def browser_mark(asking: DeskRequest, person: Person | None) -> bytes:
    """Return what this browser keeps of that person having signed in here; b"" where nothing."""
    tag, links = _tag(person) if person else bytes(_TAG_BYTES), asking.context.links
    opened = (links.unseal("known", each) or b"" for each in asking.kept.get("known", "").split(".")[:_MARKS])
    return next((each for each in list(opened) if hmac.compare_digest(each[:_TAG_BYTES], tag)), b"")


def keep_mark(answer: Response, asking: DeskRequest, person: Person) -> None:
    """Has the browser keep that this person signed in here."""
    links, tag = asking.context.links, _tag(person)
    others = (
        each
        for each in asking.kept.get("known", "").split(".")
        if (links.unseal("known", each) or tag)[:_TAG_BYTES] != tag
    )
    marks = [links.seal("known", tag + secrets.token_bytes(8)), *others][:_MARKS]
    set_cookie(answer, links.base_url, "known", ".".join(marks), int(_KEPT_FOR.total_seconds()))


def _tag(person: Person) -> bytes:
    """An id that is somebody else's next year is another mark: its address is another."""
    return sha256(f"{person.id}\0{(person.email or '').casefold()}".encode()).digest()[:_TAG_BYTES]


class Strangers:
    """The count of what browsers that knew nobody asked for and guessed, by host ("": none is named). It
    counts against them, not whom they name (OWASP, “Device cookies”: a mark opens nothing).
    """

    def __init__(self) -> None:
        self.numbers = Pace(WRONG_NUMBERS, WRONG_WITHIN)
        self._lock, self._wrong = Lock(), deque[tuple[datetime, str]](maxlen=MOST_WRONG)
        self._asked, self._proved = (Pace(_MOST_ASKED, _ASKED_WITHIN) for _ in range(2))

    def may_ask(self, host: str, now: datetime) -> bool:
        """May one more code be asked for from there? Counts it, if so."""
        return not self.is_closed(now) and (not host or self._asked.allows(host, now))

    def may_prove(self, host: str, now: datetime) -> bool:
        """May a passkey be shown from there? Counts it, if so: it cannot be guessed, but each is work."""
        return self._proved.allows(host, now)

    def may_type(self, host: str, now: datetime) -> bool:
        """May a code be typed from there?"""
        if self.is_closed(now):
            return False
        with self._lock:
            return not host or sum(each == host for _, each in self._wrong) < MOST_WRONG_OF_HOST

    def note_guess(self, host: str, now: datetime) -> None:
        """Note that a wrong code was typed from there."""
        with self._lock:
            self._wrong.append((now, host))

    def is_closed(self, now: datetime) -> bool:
        """Check whether so many wrong ones have been typed that no more may be, by any stranger."""
        with self._lock:
            while self._wrong and not timedelta() <= now - self._wrong[0][0] < WITHIN:
                self._wrong.popleft()
            return len(self._wrong) == MOST_WRONG


def shown_to_visitor(asking: DeskRequest, template: str, status: int, /, **view: object) -> Response:
    """The page that a template makes of a view, whose form counts for this browser alone."""
    visit = asking.kept.get("visit") or token_urlsafe(16)
    token = asking.token or form_token(visit)
    answer = render_page(template, asking.language, status, who=asking.who, token=token, **view)
    if not asking.token:
        set_cookie(answer, asking.context.links.base_url, "visit", visit, None)
    return answer


_LOCAL = re.compile(r"/(?![/\\])[\w/.~-]*", re.ASCII)


def way_back(to: str) -> str:
    """Return where somebody wanted to go, where that is a page of ours; else Today."""
    return to if _LOCAL.fullmatch(to) else "/"


HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What every answer bears that says nothing else itself."""
_A_YEAR = "max-age=31536000"
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:@/\[\]]+)(?::[0-9]{1,5})?")
_PORTS = {"http": 80, "https": 443}
_HERE = frozenset(("localhost", "127.0.0.1", "[::1]"))


class PrivateApp(Starlette):
    """Pages of which every answer bears `HEADERS`, for the host of `base_url` and for this machine's names: a
    page elsewhere could lead its visitor here by a name of its own (DNS rebinding)."""

    def __init__(self, context: Callable[[], Context], **given: Any) -> None:
        super().__init__(**given)
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        context = self._context()
        base = urlsplit(context.links.base_url or "")
        own = {"Strict-Transport-Security": _A_YEAR} if base.scheme == "https" else {}

        async def send_privately(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (HEADERS | own).items():
                    headers.setdefault(name, value)
            await send(message)

        # the host without its port; none for what is more than a name and a port
        http = scope["type"] == "http"
        host = _HOST.fullmatch(Headers(scope=scope).get("host", "").lower()) if http else None
        if http and (host["name"] if host else "") not in {*_HERE, _browser_host(base.hostname or "")}:
            other = plain_page(context.config, "other_host", 421)
            await other(scope, receive, send_privately)
        else:
            await super().__call__(scope, receive, send_privately)


def _browser_host(name: str) -> str:
    if ":" in name:
        return f"[{name}]"
    return name if name.isascii() else name.encode("idna").decode()


class ProxiedApp:
    """The application behind web servers, the `proxies`, whose word alone on where a request comes from is
    believed. Beside them only this machine is let in: the line is open."""

    def __init__(self, app: ASGIApp, listen: str, proxies: Sequence[str]) -> None:
        """Raises SchoolgateError where others could come over the open line."""
        self._app, self._proxies = app, [ip_network(each) for each in proxies]
        if not (proxies or is_this_machine(listen.rpartition(":")[0])):
            raise SchoolgateError(
                f"[serve] listen = {listen}: the pages would be served without TLS beyond this machine. "
                "Put a web server with TLS in front (⟪docs⟫ reaching). Where that is on this "
                "machine: ⟪set⟫ serve.listen=127.0.0.1:8477. Where it is on another, say which: ⟪set⟫ "
                "serve.proxies=192.0.2.7"
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            peer = _address(scope["client"][0])
            if peer is None or not (peer.is_loopback or self._trusts(peer)):
                await Response(status_code=403, headers=HEADERS)(scope, receive, send)
                return
            scope = {**scope, "client": (self._caller(peer, Headers(scope=scope)), 0)}
        await self._app(scope, receive, send)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._proxies)

    def _caller(self, peer: IPv4Address | IPv6Address, headers: Headers) -> str:
        """Find the nearest that is no web server in front, else ""; an IPv6 network is one caller."""
        said = ",".join(headers.getlist("x-forwarded-for")).split(",")
        for address in (peer, *map(_address, reversed(said))):
            if address is None:
                break
            if not self._trusts(address):
                four = isinstance(address, IPv4Address) or address.is_loopback
                return str(address if four else ip_network((address, 64), strict=False))
        return ""


def _address(said: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it, some with a port; None where it is none."""
    for written in (said.strip(), f"//{said.strip()}"):
        with suppress(ValueError):
            found = ip_address(urlsplit(written).hostname or "" if written.startswith("//") else written)
            return getattr(found, "ipv4_mapped", None) or found
    return None


MOST = 30
"""How often one link may be asked for in a minute; nobody opens one more often."""
_MOST_KEPT = 20_000
"""So many keys are counted at once, those asked for last: strangers choose theirs."""
WRONG_NUMBERS, WRONG_WITHIN = 10, timedelta(hours=1)
"""So many numbers of which there is nothing for them somebody may ask for; then they wait."""


class Pace:
    """The pace at which each key was asked for of late; `most` is how often it may be within that time,
    `MOST` where that is not said. `full_at` is when one was last found to have been."""

    def __init__(self, most: int | None = None, within: timedelta = timedelta(minutes=1)) -> None:
        self._most, self._within, self._lock = most, within, Lock()
        self._asked: dict[str, deque[datetime]] = {}
        self.full_at: datetime | None = None

    def allows(self, key: str, now: datetime) -> bool:
        """May it be asked for once more? Counts it, if so."""
        with self._lock:
            when = self._asked[key] = self._asked.pop(key, deque())
            if len(self._asked) > _MOST_KEPT:
                del self._asked[next(iter(self._asked))]
            while when and now - when[0] >= self._within:
                when.popleft()
            if len(when) >= (self._most or MOST):
                return False
            when.append(now)
            return True

    def is_full(self, key: str, now: datetime) -> bool:
        """Was it asked for as often as it may be? Counts nothing."""
        with self._lock:
            recent = sum(now - at < self._within for at in self._asked.get(key, ()))
            full = recent >= (self._most or MOST)
            self.full_at = now if full else self.full_at
            return full

    def was_full(self, now: datetime) -> bool:
        """Was any found to have been so within that time?"""
        return self.full_at is not None and now - self.full_at < self._within


def from_our_page(request: Request, base_url: str | None) -> bool:
    """Does the browser say, where it says anything, that the form was this site's own? Its Origin may be
    "null", as the page sends no referrer (Fetch, "append a request Origin header"); https tells
    Sec-Fetch-Site."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    return origin in (None, "null", url_origin(base_url or ""))


def url_origin(url: str) -> str:
    """Write it as a browser does (RFC 6454, 6.2): small letters, no port that goes without saying."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{_browser_host(parts.hostname or '')}{port}"


_FORM_BYTES = 16_384


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a form; none where it is too large, or broke off."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _FORM_BYTES:
                return {}
    except ClientDisconnect:
        return {}
    return {name: given[0] for name, given in parse_qs(body.decode("ascii", "replace")).items()}


MOST_FILE = 10 * 1024 * 1024
"""So much all files of a form have together."""
MOST_FILES = 10
_MOST_WORDS = 64 * 1024
_MOST = MOST_FILE + _MOST_WORDS


@dataclass(frozen=True, slots=True)
class Upload:
    """The fields of a form, and its files by their names; `cut`: there was more than is read."""

    fields: Mapping[str, str]
    files: tuple[bytes, ...] = ()
    cut: bool = False
    names: tuple[str, ...] = ()


class _InMemory(MultiPartParser):
    spool_max_size = _MOST

    def close(self) -> None:
        """Lets go of its files, of one that was cut off too."""
        for file in self._files_to_close_on_error:
            file.close()


def has_parts(request: Request) -> bool:
    """Is its form of the kind that may bring a file?"""
    return request.headers.get("content-type", "").lower().startswith("multipart/")


async def fields_of(request: Request) -> Upload:
    """The fields of a form of either kind, and no file."""
    if has_parts(request):
        return replace(await read_upload(request, _MOST_WORDS), files=())
    return Upload(await form_of(request))


async def read_upload(request: Request, most: int = _MOST) -> Upload:
    """Return what a form brought, no further than that; nothing of one that broke off, or is not as browsers
    send it: they name no charset, and many of those that could be named decode to what is no text."""
    kind = request.headers.get("content-type", "").lower()
    if not kind.startswith("multipart/form-data") or "charset" in kind:
        return Upload({})
    read = 0

    async def chunks() -> AsyncGenerator[bytes, None]:
        nonlocal read
        async for chunk in request.stream():
            read += len(chunk)
            yield chunk[: max(0, len(chunk) - max(0, read - most))]
            if read > most:
                return

    parser = _InMemory(request.headers, chunks(), max_files=100, max_fields=30, max_part_size=most)
    try:
        found = await parser.parse()
        fields = {name: value for name, value in found.multi_items() if isinstance(value, str)}
        given = [each for _, each in found.multi_items() if isinstance(each, UploadFile)]
        given = [each for each in given if each.size or each.filename] if read <= most else []
        files = [await each.read() for each in given]
    except (MultiPartException, ClientDisconnect):
        return Upload({}, cut=True)
    finally:
        parser.close()
    typed, brought = sum(map(len, fields.values())), sum(map(len, files))
    if read > most or typed > _MOST_WORDS or brought > MOST_FILE or len(files) > MOST_FILES:
        return Upload(fields, cut=True)
    return Upload(fields, tuple(files), names=tuple(each.filename or "" for each in given))
