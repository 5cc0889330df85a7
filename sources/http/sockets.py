"""Connections to addresses already checked, which end at a deadline however slowly bytes arrive."""

from __future__ import annotations

import logging
import socket
import ssl
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any

import certifi
import requests
import truststore
from requests.adapters import HTTPAdapter
from requests.utils import urldefragauth
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

log = logging.getLogger("schoolgate.fetch")

_ADDRESSES_TRIED = 4
_FRAMING_BYTES = 1024 * 1024


class TooMuch(OSError):
    """More bytes arrived than the body, headers and framing may have."""


class Deadline:
    """When a whole fetch must be over, on a monotonic clock, and how many bytes may arrive."""

    def __init__(self, timer: Callable[[], float], seconds: float) -> None:
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
    """A socket on which every wait for bytes ends at the deadline."""

    deadline: Deadline

    def recv_into(self, *args: Any) -> int:
        self.settimeout(self.deadline.seconds_left())
        return self.deadline.take(super().recv_into(*args))


def dial(addresses: Iterable[str], port: int, deadline: Deadline, connect_s: float) -> socket.socket:
    """A socket connected to the first address that answers. Raises OSError."""
    last: OSError = OSError("no address")
    for address in list(addresses)[:_ADDRESSES_TRIED]:
        sock = _PlainSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        sock.deadline = deadline
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
    """The same over TLS, after the handshake, whatever class of socket the context makes."""
    received = sock.recv_into

    def recv_into(*args: Any) -> int:
        sock.settimeout(deadline.seconds_left())
        return deadline.take(received(*args))

    sock.recv_into = recv_into


class _PinnedHTTP(HTTPConnection):
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


class PinnedAdapter(HTTPAdapter):
    """requests' adapter, with a single connection opened by `dialled`. `asking` are the headers for a proxy
    that is asked for a plain http address; None without one."""

    def __init__(
        self,
        dialled: Callable[[], socket.socket],
        deadline: Deadline,
        tls: ssl.SSLContext,
        asking: Mapping[str, str] | None = None,
    ) -> None:
        self._dialled = dialled
        self._deadline = deadline
        self._tls = tls
        self._asking = asking
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        host, _ = self.build_connection_pool_key_attributes(request, True)
        if host["scheme"] == "https":
            pool: Any = self.poolmanager.connection_from_host(
                **host, pool_kwargs={"ssl_context": self._tls, "cert_reqs": "CERT_REQUIRED"}
            )
            pool.ConnectionCls = partial(_PinnedHTTPS, dialled=self._dialled, deadline=self._deadline)
        else:
            pool = self.poolmanager.connection_from_host(**host)
            pool.ConnectionCls = partial(_PinnedHTTP, dialled=self._dialled)
        return pool

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """The whole address if a proxy is asked (RFC 9112 §3.2.2)."""
        if self._asking is None:
            return str(super().request_url(request, proxies))
        return str(urldefragauth(str(request.url)))

    def add_headers(self, request: requests.PreparedRequest, **kwargs: Any) -> None:
        """The headers meant for the proxy only."""
        request.headers.update(self._asking or {})

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing to set: the context already holds the authorities and demands a certificate."""


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
