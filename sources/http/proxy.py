"""Reaching the internet from a network that only allows it through a proxy."""

from __future__ import annotations

import socket
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from data.web.public_addresses import public_name
from sources.http.aborted import FetchAborted, misconfigured, unreachable
from sources.http.address_guard import Resolve, Target, resolve_within, vet_addresses
from sources.http.sockets import Deadline, dial

_LOOK_UP_S = 2.0
"""How long we try to resolve a name that perhaps only the proxy can resolve."""
_LONGEST = 16 * 1024
SIGN_IN = (
    "The proxy needs a name and password, or has rejected these: set “proxy_user” and "
    "“proxy_password_env” (or “proxy_password_file”) in [network]."
)
MAY_ENTER = "Look at “proxy” in [network], or ask whoever runs the network."


@dataclass(frozen=True, slots=True)
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
