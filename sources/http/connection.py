"""One exchange over one new connection, to an address already checked and nowhere else.

The Host header, TLS's server name and the certificate check use the URL's host name. It ends at a deadline
however slowly bytes arrive, and past its cap however well they are packed. `requests.Session` is avoided on
purpose: it reads the whole body of a redirect, keeps cookies, and looks for proxies and `.netrc`.
"""

from __future__ import annotations

import http.client
import logging
import re
import socket
import ssl
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

import certifi
import requests
import truststore
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from data.effects import Timer
from data.frozen import freeze
from data.ids import digest
from data.types import Outcome, Request, SourceState
from data.web.public_addresses import public_name
from sources.http.content_encoding import decode_body, in_units
from sources.http.guard import (
    FetchAborted,
    Resolve,
    Target,
    malformed,
    misconfigured,
    resolve_within,
    target_of,
    unreachable,
    vet_addresses,
)

log = logging.getLogger("schoolgate.fetch")

_ADDRESSES_TRIED = 4
_FRAMING_BYTES = 1024 * 1024


class TooMuch(OSError):
    """More bytes arrived than the body, headers and framing may have."""


class Deadline:
    """When a whole fetch must be over, on a monotonic clock, and how many bytes may arrive."""

    def __init__(self, timer: Timer, seconds: float) -> None:
        self._timer = timer
        self._ends = timer() + seconds
        self._room = 0
        self.seconds = seconds

    def seconds_left(self) -> float:
        """Seconds left. Raises TimeoutError if there are none."""
        left = self._ends - self._timer()
        if left <= 0:
            raise TimeoutError("deadline")
        return left

    def pause(self, seconds: float) -> None:
        """Time spent waiting for a turn does not count."""
        self._ends += seconds

    def allow(self, max_body_bytes: int) -> None:
        """Allows the next connection a body of this size, and as much again in framing."""
        self._room = 2 * max_body_bytes + _FRAMING_BYTES

    def take(self, count: int) -> int:
        """Counts bytes received. Raises TooMuch, as even a chunk's length line may go on for ever."""
        self._room -= count
        if self._room < 0:
            raise TooMuch
        return count


class _PlainSocket(socket.socket):
    """A socket that `bind_deadline` can change, unlike its base."""


def dial(addresses: Iterable[str], port: int, deadline: Deadline, connect_s: float) -> socket.socket:
    """A socket connected to the first address that answers. Raises OSError."""
    last: OSError = OSError("no address")
    for address in list(addresses)[:_ADDRESSES_TRIED]:
        sock = _PlainSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        bind_deadline(sock, deadline)
        try:
            sock.settimeout(min(connect_s, deadline.seconds_left()))
            sock.connect((address, port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(deadline.seconds_left())
        except OSError as error:
            sock.close()
            last = error
        else:
            return sock
    raise last


def bind_deadline(sock: Any, deadline: Deadline) -> None:
    """Ends every wait for bytes at the deadline; of TLS after the handshake, whatever socket its context
    made."""
    received = sock.recv_into

    def recv_into(*args: Any) -> int:
        sock.settimeout(deadline.seconds_left())
        return deadline.take(received(*args))

    sock.recv_into = recv_into


class _PinnedHTTP(HTTPConnection):
    """A connection whose socket is opened by `dialled`."""

    def __init__(self, *args: Any, dialled: Callable[[], socket.socket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._dialled = dialled

    def _new_conn(self) -> socket.socket:
        return self._dialled()


class _PinnedHTTPS(_PinnedHTTP, HTTPSConnection):
    def __init__(self, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        bind_deadline(self.sock, self._deadline)


_OWN_STORES = ("darwin", "win32")
"""Platforms that keep certificate authorities in a store OpenSSL does not read."""


def tls_context(ca_file: str | None = None, platform: str = sys.platform) -> ssl.SSLContext:
    """Trusts certifi's authorities, this machine's, and those of a PEM file if given.

    The machine's include those installed by a school's IT, above all its web filter's. Raises OSError
    (including ssl.SSLError) if the file cannot be used."""
    if platform in _OWN_STORES:
        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = create_urllib3_context()
        context.load_default_certs()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # as browsers: filters leave out what RFC 5280 asks for
    context.check_hostname = True
    context.load_verify_locations(certifi.where())
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


@cache
def trust(ca_file: str | None = None) -> ssl.SSLContext:
    """The same, read once per process; without the file if it cannot be used, which `doctor` reports."""
    try:
        return tls_context(ca_file)
    except OSError as error:
        log.warning("the authorities of [network] “ca_file” are not used: %s", type(error).__name__)
        return tls_context()


# One HTTP exchange.

_CHUNK = 64 * 1024
_OF_SOCKETS = (http.client.HTTPException, OSError)
_PROSE_BYTES = 512 * 1024  # of an error page, read only for what it says
_DESCRIBES_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding", "set-cookie"}


@freeze
class HttpAnswer:
    """The result of one exchange: header names in lower case, `body` unpacked. Headers that describe the
    transfer (lengths, encodings) and cookies are left out; `cookies` are these, as they would be sent back.
    What came only in part has status 206."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cookies: str = ""

    def header(self, name: str) -> str | None:
        """The first value of a header, None if it is missing."""
        return next((value for key, value in self.headers if key == name), None)


@freeze
class Caps:
    """The limits on how much of a body is read; past that, `cut` drops the rest, otherwise the exchange
    fails. With `part`, what came of a page that broke off is given, else that fails too. With `as_named`,
    only the compression that the headers name is undone: a file that is gzip of itself is evidence as it
    came."""

    body_bytes: int
    unpacked_bytes: int
    cut: bool = False
    part: bool = False
    as_named: bool = False


def exchange(
    prepared: requests.PreparedRequest,
    dialled: Callable[[], socket.socket],
    *,
    deadline: Deadline,
    caps: Caps,
    tls: ssl.SSLContext,
    asking: Mapping[str, str] | None = None,
) -> HttpAnswer:
    """Sends the request over the connection and reads the answer. Raises FetchAborted. The body of a redirect
    is never read, that of an error page only in part. `asking` are the headers for a proxy that is asked for
    the page itself; None if the site is asked."""
    deadline.allow(caps.body_bytes)
    url, parts = str(prepared.url), urlsplit(str(prepared.url))
    # a proxy is given the whole address (RFC 9112 §3.2.2)
    wanted = prepared.path_url if asking is None else urldefrag(url).url
    headers = {**prepared.headers, **(asking or {})}
    try:
        with closing(_line_to(parts, dialled, deadline, tls)) as conn:
            try:
                conn.request(
                    str(prepared.method), wanted, prepared.body, headers,
                    preload_content=False, decode_content=False,
                )  # fmt: skip
            except (BrokenPipeError, ConnectionResetError):
                if conn.sock is None:
                    raise
                # it may have refused before it had read our body (RFC 9112 §9.6)
            with closing(conn.getresponse()) as response:
                return _read_response(response, url, caps)
    except (urllib3.exceptions.HTTPError, *_OF_SOCKETS) as error:
        raise explain_failure(error, deadline) from error


def _line_to(
    parts: SplitResult, dialled: Callable[[], socket.socket], deadline: Deadline, tls: ssl.SSLContext
) -> HTTPConnection:
    """Make the connection to a site, whose socket has a deadline of its own, whatever time is left to it."""
    if parts.scheme == "https":
        return _PinnedHTTPS(
            parts.hostname, parts.port or 443, dialled=dialled, deadline=deadline, ssl_context=tls,
            cert_reqs="CERT_REQUIRED",
        )  # fmt: skip
    return _PinnedHTTP(parts.hostname, parts.port or 80, dialled=dialled)


def _read_response(response: urllib3.BaseHTTPResponse, url: str, caps: Caps) -> HttpAnswer:
    status = response.status
    everything = [(name.lower(), value) for name, value in response.headers.items()]
    headers = tuple((name, value) for name, value in everything if name not in _DESCRIBES_THE_WIRE)
    set_ = [value for name, value in everything if name == "set-cookie"]
    # each cookie that an answer sets, by name and value alone (RFC 6265 §5.4)
    cookies = "; ".join([found[1] for found in map(_COOKIE.match, set_) if found][:_MOST_COOKIES])
    if 300 <= status < 400:
        return HttpAnswer(url, status, headers, b"", cookies)
    if status >= 400:
        caps = Caps(min(_PROSE_BYTES, caps.body_bytes), min(_PROSE_BYTES, caps.unpacked_bytes), cut=True)
    encodings = ",".join(value for name, value in everything if name == "content-encoding")
    taken, ended = _take_body(response, caps)
    body, whole = decode_body(taken, encodings, caps.unpacked_bytes, cut=caps.cut, as_named=caps.as_named)
    if not (whole or caps.part or caps.cut):
        raise malformed("The answer's compressed data breaks off.")
    part = status == 200 and not (caps.cut or (ended and whole))
    return HttpAnswer(url, 206 if part else status, headers, body, cookies)


def _take_body(response: urllib3.BaseHTTPResponse, caps: Caps) -> tuple[bytes, bool]:
    """Read the body, and say whether that is all of it."""
    taken = bytearray()
    try:
        for chunk in response.stream(_CHUNK, decode_content=False):
            taken += chunk
            if len(taken) > caps.body_bytes:
                if caps.cut:
                    return bytes(taken[: caps.body_bytes]), True
                too_long = f"The answer is longer than {in_units(caps.body_bytes)}."
                raise FetchAborted(Outcome.TOO_LARGE, too_long)
    except urllib3.exceptions.ProtocolError as error:
        endless = any(isinstance(cause, TooMuch) for cause in _causes(error))
        if endless or not (caps.part and taken):
            raise
        return bytes(taken), False
    return bytes(taken), True


_COOKIE = re.compile(
    r"\s*([!#$%&'*+.^_`|~\w-]{1,100}=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,1000})\s*(?:;|\Z)"
)
_MOST_COOKIES = 8


def explain_failure(error: Exception, deadline: Deadline) -> FetchAborted:
    """A connection's failure, as an outcome and a sentence."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = cause.verify_message or "it cannot be verified"
            unknown = f" {UNKNOWN_AUTHORITY}" if cause.verify_code in _NOBODY_KNOWN else ""
            return unreachable(f"The site's certificate is not accepted: {why}.{unknown}")
        if isinstance(cause, TooMuch):
            return FetchAborted(Outcome.TOO_LARGE, "The answer does not end.")
    for kind, sentence in _SENTENCES:
        if any(isinstance(cause, kind) for cause in causes):
            return unreachable(sentence.format(seconds=f"{deadline.seconds:g}"))
    return unreachable(f"The connection failed ({type(causes[-1]).__name__}).")


_NOBODY_KNOWN = frozenset((2, 18, 19, 20, 21))
"""OpenSSL's error numbers for a certificate from an authority that is not trusted."""
UNKNOWN_AUTHORITY = (
    "Where a school's web filter reads encrypted pages, it is the filter's: ask whoever runs that to install "
    "its authority on this machine, or to give it as a file, and name the file as “ca_file” in [network]."
)
_SENTENCES: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLError, "No secure connection (TLS) could be agreed with the site."),
    (urllib3.exceptions.IncompleteRead, "The answer broke off before its end."),
    (http.client.IncompleteRead, "The answer broke off before its end."),
    (urllib3.exceptions.InvalidChunkLength, "The answer broke off before its end."),
    (TimeoutError, "The site did not answer in full within {seconds} seconds."),
    (urllib3.exceptions.TimeoutError, "The site did not answer in full within {seconds} seconds."),
    (ConnectionRefusedError, "The site refused the connection."),
    (ConnectionError, "The site closed the connection before the answer was whole."),
    (http.client.HTTPException, "What the site sent is not HTTP."),
    (urllib3.exceptions.ProtocolError, "The answer broke off before its end."),
)


def _causes(error: BaseException) -> Iterable[BaseException]:
    """The error and everything underneath it, each once: causes, reasons, wrapped arguments."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        under = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [each for each in under if isinstance(each, BaseException)]


# Reaching the internet from a network that only allows it through a proxy.

_LOOK_UP_S = 2.0
"""How long we try to resolve a name that perhaps only the proxy can resolve."""
_LONGEST = 16 * 1024
SIGN_IN = (
    "The proxy needs a name and password, or has rejected these: set “proxy_user” and "
    "“proxy_password_env” (or “proxy_password_file”) in [network]."
)
MAY_ENTER = "Look at “proxy” in [network], or ask whoever runs the network."


@freeze
class Proxy:
    """The proxy's host and port, and the credentials for it."""

    host: str
    port: int
    sign_in: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers sent to it with each request."""
        return {"Proxy-Authorization": self.sign_in} if self.sign_in else {}


def proxy_of(url: str, user: str | None = None, password: str | None = None) -> Proxy:
    """The proxy at a checked address."""
    parts = urlsplit(url)
    sign_in = None
    if user is not None:
        sign_in = "Basic " + b64encode(f"{user}:{password or ''}".encode()).decode("ascii")
    return Proxy(parts.hostname or "", parts.port or 80, sign_in)


def require_public(target: Target, resolve: Resolve, deadline: Deadline) -> None:
    """Raises FetchAborted unless the target is on the public internet.

    The host must look like a public name, or be a public address; if this machine can resolve the name, all
    its addresses must be public. A name that only the proxy can resolve is left to the proxy."""
    if not public_name(target.host):
        said = f"{target.host} is not a name or address on the public internet; those are never contacted."
        raise misconfigured(said)
    try:
        found = resolve_within(resolve, target, min(_LOOK_UP_S, deadline.seconds_left()))
    except FetchAborted:
        return
    vet_addresses(target, found, frozenset())


def reach(proxy: Proxy, resolve: Resolve, deadline: Deadline, connect_s: float) -> socket.socket:
    """A connection to the proxy, which may well be in a private network. Raises FetchAborted."""
    try:
        addresses = resolve_within(resolve, Target("http", proxy.host, proxy.port), deadline.seconds_left())
        return dial(addresses, proxy.port, deadline, connect_s)
    except (FetchAborted, OSError) as error:
        where = f"{proxy.host}, port {proxy.port}"
        raise unreachable(f"The proxy ({where}) does not answer. {MAY_ENTER}") from error


def tunnel(sock: socket.socket, target: Target, proxy: Proxy) -> socket.socket:
    """The same connection as a tunnel to the target (CONNECT, RFC 9110 §9.3.6). Raises FetchAborted; OSError
    if the connection breaks."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    headers = {"Host": f"{host}:{target.port}", **proxy.headers}
    lines = [f"CONNECT {host}:{target.port} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    try:
        sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
        check_refusal(_status(sock), target.host)
    except BaseException:
        sock.close()
        raise
    return sock


def led_on(
    proxy: Proxy, target: Target | None, resolve: Resolve, deadline: Deadline, connect_s: float
) -> None:
    """Asks the proxy for a tunnel to the target, if any; sends nothing through it. Raises FetchAborted."""
    deadline.allow(_LONGEST)
    sock = reach(proxy, resolve, deadline, connect_s)
    try:
        if target is not None:
            tunnel(sock, target, proxy)
    except OSError as error:
        raise unreachable(f"The proxy broke the connection. {MAY_ENTER}") from error
    finally:
        sock.close()


def check_refusal(status: int, host: str) -> None:
    """Raises FetchAborted if the proxy's own answer refuses us."""
    if 200 <= status < 300:
        return
    if status == 407:
        raise unreachable(SIGN_IN)
    if status in (502, 503, 504):
        raise unreachable(f"The proxy could not reach {host} (it answered {status}).")
    raise unreachable(
        f"The proxy does not let us through to {host} (it answered {status}). Ask whoever runs the school's "
        "web filter to allow it."
    )


def _status(sock: socket.socket) -> int:
    """The status of the proxy's answer, read up to its empty line and not a byte further."""
    head, one = bytearray(), bytearray(1)
    while not head.endswith((b"\r\n\r\n", b"\n\n")):
        if len(head) > _LONGEST or not sock.recv_into(one):
            raise unreachable(f"The proxy's answer cannot be read. {MAY_ENTER}")
        head += one
    first = bytes(head).split(b"\n", 1)[0].split()
    code = first[1] if len(first) > 1 and first[0].startswith(b"HTTP/") else b""
    if not (code.isdigit() and len(code) == 3):
        raise unreachable(f"What answers at the proxy's address is not a proxy. {MAY_ENTER}")
    return int(code)


# The requests that make up one fetch, one for each redirect, and which of them may go. Pure.

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OURS = frozenset({"host", "user-agent", "accept-encoding", "connection", "content-length", "cookie"})
_CONDITIONAL = frozenset({"if-none-match", "if-modified-since"})
_HARMLESS = frozenset({"accept", "accept-language", "cache-control"}) | _CONDITIONAL
_WEEK_S = 7 * 24 * 3600


@freeze
class Hop:
    """One request of a fetch. `credential` is a header pair sent to the first origin only; `refreshed` says
    that a page has led here by itself."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    credential: tuple[str, str] | None = None
    refreshed: bool = field(default=False, compare=False)

    @property
    def conditional(self) -> bool:
        """May the answer be 304?"""
        return any(name.lower() in _CONDITIONAL for name, _ in self.headers)

    @property
    def plain(self) -> Hop:
        """The same without conditions, past whatever a proxy keeps."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in _CONDITIONAL)
        return replace(self, headers=(*kept, ("Cache-Control", "no-cache")))


def first_step(request: Request, state: SourceState | None, now: datetime) -> Hop:
    """The first request sent.

    Headers that only the fetcher may set are removed, all but the User-Agent beside a key; the validators
    remembered by the store (RFC 9110 §13) are added where they can be right, but for the first reading of
    each week: a site that answers 304 for ever is found out (FreshRSS #1020)."""
    ours = _OURS - ({"user-agent"} if request.auth else set())
    headers = tuple(pair for pair in request.headers if pair[0].lower() not in ours)
    method = request.method.upper()
    if state is not None and method in ("GET", "HEAD"):
        headers += () if _a_week_is_over(state, now) else tuple(_validators(state, now))
    return Hop(request.url, method, headers, request.body)


_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]{1,1000}"|[\x21\x23-\x7e\x80-\xff]{1,1000}')
"""With its quotes, as RFC 9110 §8.8.3 has it, or without, as some servers send it."""
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No page of the web is older: an earlier date is a server's zero."""


def _validators(state: SourceState, now: datetime) -> Iterator[tuple[str, str]]:
    if state.etag and _ETAG.fullmatch(state.etag):
        yield "If-None-Match", state.etag
    try:
        changed = parsedate_to_datetime(state.last_modified or "")
        if changed.tzinfo is not None and _OLDEST <= changed <= now:
            yield "If-Modified-Since", format_datetime(changed.astimezone(UTC), usegmt=True)
    except (ValueError, TypeError, OverflowError):
        return


def _a_week_is_over(state: SourceState, now: datetime) -> bool:
    """Was it last read well in another week? Each place's weeks begin at a time of its own."""
    begins_s = int(digest(state.source_id)[:8], 16) % _WEEK_S
    weeks = {int(at.timestamp() - begins_s) // _WEEK_S for at in (state.last_ok_at, now) if at}
    return len(weeks) == 2


def follow_redirect(step: Hop, answer: HttpAnswer) -> Hop | None:
    """The next step if the answer is a redirect, else None.

    303 always, and 301 and 302 after a POST, become a GET without body, as in browsers. The first redirect's
    cookies go back to the same origin, in this fetch: some sites ask for no more. Only harmless headers are
    sent to another origin (host, port or scheme). Raises FetchAborted if a body would have to be sent to
    another origin, or the address is not a web address."""
    location = answer.header("location") if answer.status in _REDIRECTS else None
    if answer.status == 200 and b"efresh" in answer.body[:_MOST_BYTES]:
        location = _refresh_target(step, answer)
    if not location:
        return None
    try:
        url = urldefrag(urljoin(answer.url, _location_as_utf8(location))).url
    except ValueError as error:
        raise unreachable("The site redirects to what is not a web address.") from error
    method, body = step.method, step.body
    if (answer.status == 303 and method != "HEAD") or (answer.status in (301, 302) and method == "POST"):
        method, body = "GET", None
    refreshed = step.refreshed or answer.status not in _REDIRECTS
    if target_of(url).origin == target_of(answer.url).origin:
        headers = step.headers
        if answer.cookies and not any(name == _COOKIE_HEADER for name, _ in headers):
            headers += ((_COOKIE_HEADER, answer.cookies),)
        return Hop(url, method, headers, body, step.credential, refreshed)
    if body is not None:
        raise unreachable("The site wants what we send to go to another site.")
    harmless = tuple(h for h in step.headers if h[0].lower() in _HARMLESS)
    return Hop(url, method, harmless, refreshed=refreshed)


_COOKIE_HEADER = "Cookie"
_REFRESH = re.compile(r"\s*[0-5](?:\.\d{0,9})?\s*[;,]\s*url\s*=\s*[\"']?([^\"'<>\s]{1,2000})", re.IGNORECASE)
"""At once, or within seconds: a page that is shown for longer is a page."""
_MOST_BYTES, _MOST_LETTERS = 16_000, 400
_META = re.compile(r"<meta\b[^>]{0,200}?\bhttp-equiv\s*=\s*[\"']?refresh\b[^>]{0,2500}>", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style|noscript|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def _refresh_target(step: Hop, answer: HttpAnswer) -> str | None:
    """Find where a page without words leads by `<meta http-equiv=refresh>`; once in a fetch."""
    page = answer.body
    if step.refreshed or len(page) > _MOST_BYTES:
        return None
    shown = _UNSEEN.sub(" ", page.decode("latin-1"))
    meta = _META.search(shown)
    content = _CONTENT.search(meta[0]) if meta else None
    leads = _REFRESH.match(unescape(content[1] or content[2] or "")) if content else None
    few = len("".join(re.sub(r"<[^>]*>", " ", shown).split())) < _MOST_LETTERS
    return leads[1] if leads and few else None


def _location_as_utf8(location: str) -> str:
    """Header bytes arrive as Latin-1; non-ASCII addresses in them are UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
