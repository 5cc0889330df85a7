"""One request to Microsoft: on a connection of its own, by the configured way, and over in time.

A redirect is not followed, and no variable of the environment (proxies, .netrc, bundles) is heard. What is
said of a failure is a cause: another program's words might hold the proxy's password.
"""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from threading import Timer
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection

from alerts.delivery.results import Cause

CONNECT_S, ANSWER_S, REQUEST_S = 10.0, 30.0, 45.0
"""How long it may take to be reached, to answer anything at all, and for everything together."""
LONGEST_ANSWER = 256 * 1024
_LONGEST_WAIT_S = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class WebAccess:
    """The way out. `tls` knows whom we trust; `proxy` is its whole address, with its password."""

    tls: ssl.SSLContext = field(repr=False)
    proxy: str | None = field(default=None, repr=False)
    connect_s: float = CONNECT_S
    answer_s: float = ANSWER_S
    request_s: float = REQUEST_S


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What came back. `text` is cut short where it is long, and may hold a token."""

    status_code: int
    headers: Mapping[str, str]
    text: str = field(repr=False)

    @property
    def document(self) -> dict[str, Any] | None:
        """The JSON object that it is; None where it is none."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def wait_s(self, now: datetime) -> float | None:
        """How long Retry-After asks us to wait, given as seconds or as a date; None without one."""
        said = next(
            (value.strip() for name, value in self.headers.items() if name.lower() == "retry-after"), ""
        )
        if said.isdecimal() and said.isascii():
            seconds = float(said[:9])
        else:
            try:
                at = parsedate_to_datetime(said)
            except (ValueError, OverflowError):
                return None
            seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
        return min(max(seconds, 0.0), _LONGEST_WAIT_S)


class Broken(Exception):
    """No answer came. `handed_over` says whether the request may have been taken all the same."""

    def __init__(self, cause: Cause, handed_over: bool) -> None:
        self.cause, self.handed_over = cause, handed_over
        super().__init__(cause.value)


def ask(
    web: WebAccess,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    data: bytes | Mapping[str, str] | None = None,
    ends_at: float | None = None,
) -> WebAnswer:
    """The answer to one request, which is over at `ends_at` of the monotonic clock at the latest.

    Raises Broken where none came.
    """
    left = web.request_s if ends_at is None else min(web.request_s, ends_at - time.monotonic())
    if left <= 0:
        raise Broken(Cause.MICROSOFT_UNREACHABLE, handed_over=False)
    with _Watch(left).watching() as watch, _Session() as session:
        session.trust_env = False
        session.mount("https://", _Adapter(web.tls, watch))
        try:
            response = session.request(
                method, url, headers={**headers, "Connection": "close"}, data=data, stream=True,
                timeout=(min(web.connect_s, left), min(web.answer_s, left)), allow_redirects=False,
                proxies={"https": web.proxy} if web.proxy else {},
            )  # fmt: skip
        except (requests.RequestException, OSError, ValueError) as error:  # the last of a malformed answer
            raise Broken(_cause(error, watch.handed_over), watch.handed_over) from None
        with response:
            return WebAnswer(response.status_code, dict(response.headers), _text(response))


class _Session(requests.Session):
    """Asks once. Where a redirect leads is not looked at: for that requests would read all that it says."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


def _text(response: requests.Response) -> str:
    """Its text; "" where the line broke before the end of it: the status had come already."""
    try:
        held = response.raw.read(LONGEST_ANSWER, decode_content=True)
    except Exception:  # noqa: BLE001 - whatever urllib3 and its decoders raise: the status is what counts
        return ""
    return bytes(held or b"").decode("utf-8", "replace")


def _cause(error: Exception, handed_over: bool) -> Cause:
    """A certificate is refused before anything is handed over."""
    seen: BaseException | None = error
    while seen is not None and not handed_over:
        parts = [seen, *(part for part in seen.args if isinstance(part, BaseException))]
        reasons = [getattr(part, "reason", None) for part in parts]
        if any(isinstance(part, ssl.SSLCertVerificationError) for part in (*parts, *reasons)):
            return Cause.MICROSOFT_CERTIFICATE
        seen = seen.__cause__ or seen.__context__
    return Cause.MICROSOFT_UNREACHABLE


class _Watch:
    """Cuts the line when the time is over, however slowly bytes arrive; knows what was handed over."""

    def __init__(self, seconds: float) -> None:
        self.handed_over = False
        self._over = False
        self._held: socket.socket | None = None
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    @contextmanager
    def watching(self) -> Iterator[_Watch]:
        self._timer.start()
        try:
            yield self
        finally:
            self._timer.cancel()
            if self._held is not None:
                self._held.close()

    def hold(self, sock: socket.socket) -> None:
        """Watches over this line too. A copy of it: TLS takes the socket itself apart."""
        self._held = sock.dup()
        if self._over:
            self._cut()

    def _cut(self) -> None:
        self._over = True
        if self._held is not None:
            with suppress(OSError):
                self._held.shutdown(socket.SHUT_RDWR)


class _Connection(HTTPSConnection):
    """A connection that is watched over, from before its handshake."""

    def __init__(self, *args: Any, watch: _Watch, **named: Any) -> None:
        super().__init__(*args, **named)
        self._watch = watch

    def _new_conn(self) -> socket.socket:
        last = OSError("no address")
        # the first two addresses of each family: Microsoft has many, and IPv6 may lead nowhere
        found: dict[int, list[Any]] = {}
        for one in socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM):
            found.setdefault(one[0], []).append(one)
        for family, kind, protocol, _, place in [one for same in found.values() for one in same[:2]]:
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(self.timeout)
                sock.connect(place)
            except OSError as error:
                sock.close()
                last = error
            else:
                self._watch.hold(sock)
                return sock
        raise last

    def request(self, *args: Any, **named: Any) -> None:
        """Sends it; the handshake is over by now."""
        self._watch.handed_over = True
        super().request(*args, **named)


class _Adapter(HTTPAdapter):
    """requests' adapter, which trusts whom we trust."""

    def __init__(self, tls: ssl.SSLContext, watch: _Watch) -> None:
        self._tls, self._watch = tls, watch
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._tls, **named)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._tls, **named)

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies, cert)
        pool.ConnectionCls = partial(_Connection, watch=self._watch)
        return pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing to set: the context holds the authorities and demands a certificate."""
