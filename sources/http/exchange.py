"""One HTTP exchange over one new connection.

The connection goes to the address it was opened for and nowhere else, while the Host header, TLS's
server name and the certificate check use the URL's host name. `requests.Session` is avoided on purpose:
its `send` reads the whole body of a redirect, keeps cookies, and looks for proxies and `.netrc`.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import requests
import urllib3

from data.types import Outcome
from sources.http.aborted import FetchAborted, malformed, unreachable
from sources.http.content_encoding import decode_body, in_units
from sources.http.sockets import Deadline, PinnedAdapter, TooMuch

_CHUNK = 64 * 1024
_OF_SOCKETS = (http.client.HTTPException, OSError)
_PROSE_BYTES = 512 * 1024  # of an error page, read only for what it says
_DESCRIBES_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding", "set-cookie"}


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    adapter = PinnedAdapter(dialled, deadline, tls, asking)
    try:
        response = adapter.send(prepared, stream=True, timeout=deadline.seconds_left())
        try:
            return _read_response(response, caps)
        finally:
            response.close()
    except (requests.RequestException, urllib3.exceptions.HTTPError, *_OF_SOCKETS) as error:
        raise explain_failure(error, deadline) from error
    finally:
        adapter.close()


def _read_response(response: requests.Response, caps: Caps) -> HttpAnswer:
    status = response.status_code
    raw: urllib3.HTTPResponse = response.raw
    everything = [(name.lower(), value) for name, value in raw.headers.items()]
    headers = tuple((name, value) for name, value in everything if name not in _DESCRIBES_THE_WIRE)
    url, set_ = response.url, [value for name, value in everything if name == "set-cookie"]
    # each cookie that an answer sets, by name and value alone (RFC 6265 §5.4)
    cookies = "; ".join([found[1] for found in map(_COOKIE.match, set_) if found][:_MOST_COOKIES])
    if 300 <= status < 400:
        return HttpAnswer(url, status, headers, b"", cookies)
    if status >= 400:
        caps = Caps(min(_PROSE_BYTES, caps.body_bytes), min(_PROSE_BYTES, caps.unpacked_bytes), cut=True)
    encodings = ",".join(value for name, value in everything if name == "content-encoding")
    taken, ended = _take_body(raw, caps)
    body, whole = decode_body(taken, encodings, caps.unpacked_bytes, cut=caps.cut, as_named=caps.as_named)
    if not (whole or caps.part or caps.cut):
        raise malformed("The answer's compressed data breaks off.")
    part = status == 200 and not (caps.cut or (ended and whole))
    return HttpAnswer(url, 206 if part else status, headers, body, cookies)


def _take_body(raw: urllib3.HTTPResponse, caps: Caps) -> tuple[bytes, bool]:
    """Read the body, and say whether that is all of it."""
    taken = bytearray()
    try:
        for chunk in raw.stream(_CHUNK, decode_content=False):
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
