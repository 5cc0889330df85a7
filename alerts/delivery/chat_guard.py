"""What the process that posts short messages may reach: the public internet, and servers named for it.

Its hundred plug-ins open their connections themselves, and follow redirects. So the process is bound as a
whole: each connection is judged as it is opened, by Python's own audit of it (PEP 578), which nothing in
the process can undo. Between looking a name up and dialling there is no time for it to mean another place.
"""

from __future__ import annotations

import atexit
import os
import queue
import socket
import sys
import tempfile
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import certifi
import truststore
from requests.adapters import HTTPAdapter

from data.web.public_addresses import may_be_own, public_name, why_closed

_LOOK_UP_S = 2.0
_DIALS = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_USUAL = (80, 443)


@dataclass(frozen=True, slots=True)
class Way:
    """How services are reached. `own` are hosts that may be in a private network; `proxy` has its password.

    `ca_file` is a PEM file of authorities that are trusted beside the world's and this machine's.
    """

    own: tuple[str, ...] = ()
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None


class Guard:
    """Binds the process that it enters, for good. `refused` says whether something was not let through."""

    def __init__(self, address: str, way: Way) -> None:
        self.refused = False
        self._way = way
        self._own = _place(address) if host_of(address) in {h.lower() for h in way.own} else None
        self._open: set[tuple[str, int]] = set()

    def enter(self) -> None:
        """From now on nothing else is dialled, whoever asks."""
        self._open = {*self._own_places(), *self._proxy_places()}
        self._say_the_way()
        _trust(self._way.ca_file)
        if self._way.proxy is not None:
            self._judge_what_the_proxy_is_asked()
        sys.addaudithook(self._heard)

    def _heard(self, event: str, given: tuple[Any, ...]) -> None:
        """What is sent to no address goes over a connection that was judged as it was opened."""
        if event in _DIALS and given[1] is not None and not self.may(given[1]):
            self.refused = True
            raise PermissionError("not an address of the public internet")

    def may(self, address: object) -> bool:
        """May it be dialled? Not by a name, which can mean anything once it is looked up; nor by a path."""
        if not isinstance(address, tuple) or len(address) < 2:
            return False
        return address[:2] in self._open or why_closed(str(address[0])) is None

    def may_ask_proxy(self, url: str) -> bool:
        """What goes to the school's own server does not go by the proxy at all."""
        host = host_of(url)
        return (self._own is not None and host == self._own[0]) or _public(host)

    def _own_places(self) -> Iterable[tuple[str, int]]:
        """Where the school's own server is, if this message goes there."""
        if self._own is None:
            return ()
        host, ports = self._own
        return [(ip, port) for ip in _addresses(host) if may_be_own(ip) for port in ports]

    def _proxy_places(self) -> Iterable[tuple[str, int]]:
        if self._way.proxy is None:
            return ()
        parts = urlsplit(self._way.proxy)
        return [(ip, parts.port or 80) for ip in _addresses(parts.hostname or "")]

    def _say_the_way(self) -> None:
        """To requests, by the environment of this process: this proxy or none, and no one's passwords."""
        for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
            del os.environ[name]
        os.environ["NETRC"] = os.devnull
        if self._way.proxy is None:
            os.environ["NO_PROXY"] = "*"
            return
        os.environ["HTTP_PROXY"] = os.environ["HTTPS_PROXY"] = self._way.proxy
        if self._own is not None:
            os.environ["NO_PROXY"] = self._own[0]

    def _judge_what_the_proxy_is_asked(self) -> None:
        """Each request, those that redirects lead to among them."""
        send = HTTPAdapter.send

        def judged(adapter: HTTPAdapter, request: Any, *given: Any, **named: Any) -> Any:
            if not self.may_ask_proxy(str(request.url)):
                self.refused = True
                raise PermissionError("not a name of the public internet")
            return send(adapter, request, *given, **named)

        HTTPAdapter.send = judged  # type: ignore[assignment,method-assign]


def stays_inside(address: str, own: Collection[str]) -> bool:
    """Does it name this machine or a private address outright, without being in `own`? Looks nothing up."""
    host = host_of(address)
    if host in {name.lower() for name in own}:
        return False
    try:
        return why_closed(str(ip_address(host))) is not None
    except ValueError:
        return host == "localhost"


def host_of(url: str) -> str:
    """Its host in small letters; empty where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _place(url: str) -> tuple[str, tuple[int, ...]]:
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None
    return host_of(url), (port,) if port else _USUAL


def _public(host: str) -> bool:
    return public_name(host) and all(why_closed(ip) is None for ip in _addresses(host))


def _addresses(host: str) -> list[str]:
    """Those that this machine knows within two seconds; none where it knows none."""
    found: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found.put([str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)])
        except (OSError, UnicodeError):
            found.put([])

    threading.Thread(target=look_up, daemon=True).start()
    try:
        return found.get(timeout=_LOOK_UP_S)
    except queue.Empty:
        return []


def _trust(ca_file: str | None) -> None:
    """This machine's authorities beside certifi's, which requests takes; and those of the file."""
    truststore.inject_into_ssl()
    os.environ.pop("REQUESTS_CA_BUNDLE", None)
    os.environ.pop("CURL_CA_BUNDLE", None)
    if ca_file is None:
        return
    try:
        content = Path(certifi.where()).read_bytes() + b"\n" + Path(ca_file).read_bytes()
    except OSError:
        return
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as both:
        both.write(content)
    atexit.register(os.unlink, both.name)
    os.environ["REQUESTS_CA_BUNDLE"] = both.name
