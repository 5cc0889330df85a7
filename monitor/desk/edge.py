"""The edge of the desk: which requests come in, from where they are, and what every answer bears.

It stands around all pages, so that the answer to a fault or to a wrong address is as private as any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.errors import SchoolgateError
from data.web.public_addresses import is_this_machine
from monitor.config.home.context import Context
from monitor.desk.page import POLICY, plain

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

        if scope["type"] == "http" and _host_asked(scope) not in {*_HERE, _written(base.hostname or "")}:
            other = plain(context.config, "other_host", 421)
            await other(scope, receive, send_privately)
        else:
            await super().__call__(scope, receive, send_privately)


def _host_asked(scope: Scope) -> str:
    """The host without its port; "" for what is more than a name and a port."""
    found = _HOST.fullmatch(Headers(scope=scope).get("host", "").lower())
    return found["name"] if found else ""


def _written(name: str) -> str:
    """A host as browsers write it."""
    if ":" in name:
        return f"[{name}]"
    return name if name.isascii() else name.encode("idna").decode()


class ProxiedApp:
    """The application as it is reached through web servers in front, the `proxies`: their word on where a
    request comes from is believed, nobody else's. Beside them only this machine is let in: the line is open.
    """

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
        """The nearest that is none of the web servers in front; "" where they name none. Of IPv6 one network
        is one caller: it has as many addresses as it likes."""
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
