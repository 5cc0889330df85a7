"""Answer over HTTP: how the service is, on this machine only; and the pages, where there are any."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import h11
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp
from uvicorn import Config, Server

from data.effects import Clock
from data.errors import SchoolgateError
from data.frozen import freeze
from monitor.service.health import Health
from monitor.service.notebook import HOME_HEADER

_QUEUE = 1024
_PER_MB_S = 8.0
"""A film comes from a telephone at a megabit a second, or faster."""
_log = logging.getLogger("schoolgate.service.web")


@freeze
class Patience:
    """The limits on how long a caller is waited for, and how many at once."""

    arrives_s: float = 10.0
    """First line, headers and body together, of which each megabyte adds `_PER_MB_S`."""
    answered_s: float = 60.0
    """From there until the answer is taken; the store alone may be waited for half of it."""
    most: int = 128
    """Callers whose request is not there yet; one more, and the oldest of them has to go."""


class Caller:
    """One connection, for one request (every answer says “close”): what it brings is handed on to the
    server's own protocol, and read here only for whether the whole request has arrived.
    """

    def __init__(
        self, patience: Patience, callers: set[Caller], served: Callable[..., asyncio.Protocol], **given: Any
    ) -> None:
        """`callers` are those of the same server; `given` is what it gives its protocol."""
        self._patience, self._callers = patience, callers
        self._served = served(**given)
        self._read = h11.Connection(h11.SERVER)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._served, name)

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport, self._arrived = transport, False
        self.begun = asyncio.get_running_loop().time()
        self._limit = self._within(self._patience.arrives_s)
        self._callers.add(self)
        self._served.connection_made(transport)
        half_open = [caller for caller in self._callers if caller.half_open]
        if len(half_open) > self._patience.most:
            min(half_open, key=lambda caller: caller.begun).give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        self._limit.cancel()
        self._callers.discard(self)
        self._served.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._served.data_received(data)
        if not self._arrived and self._is_whole(data):
            self._arrived = True
            self._limit.cancel()
            self._limit = self._within(self._patience.answered_s)
        elif not self._arrived:
            ends = self.ends_at() + len(data) * _PER_MB_S / 1e6
            self._limit.cancel()
            self._limit = asyncio.get_running_loop().call_at(ends, self.give_up)

    def _is_whole(self, data: bytes) -> bool:
        """Is the request there now, or so broken that no more of it is read?"""
        self._read.receive_data(data)
        with suppress(h11.RemoteProtocolError):
            while self._read.their_state in (h11.IDLE, h11.SEND_BODY):
                if self._read.next_event() is h11.NEED_DATA:
                    return False
        return True

    @property
    def half_open(self) -> bool:
        """Is its request still to come?"""
        return not self._arrived and not self._transport.is_closing()

    def ends_at(self) -> float:
        """When its time is over, on the loop's clock."""
        return self._limit.when()

    def give_up(self) -> None:
        """At once, whatever was still to be sent or to come."""
        self._transport.abort()

    def _within(self, seconds: float) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, self.give_up)


class Reception(Server):
    """Takes in few callers at a time, so that each is listened to before others can push it out.

    As many as may be half open are taken in over several turns of the loop; the rest wait in the system's
    queue.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for one in sockets or []:
            one.listen(_QUEUE)  # asyncio's `backlog` is both: how many wait, and how many are taken at once


OURSELVES = ("127.0.0.1", "localhost")
"""The only names by which health may be asked for: a web page elsewhere could lead its visitor here by
another (DNS rebinding)."""

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_ENDS_WITHIN_S = 1
_TAKEN_AT_ONCE = 16
_ANSWERED_AT_ONCE = 50
"""More than that wait for the store, or do not take their answer: whoever comes then reads 503."""


def health_app(health: Health, clock: Clock, home: str = "") -> Starlette:
    """/healthz: 200 “ok”, or 503 with the reasons; /metrics: Prometheus' text format.

    `home` is what `asking.known_as` makes of the home: `status` knows by it that the answer is of its own.
    """
    of = {HOME_HEADER: home}

    async def healthz(request: Request) -> PlainTextResponse:
        complaints = health.complaints(clock())
        text = "\n".join(complaints) if complaints else "ok"
        return PlainTextResponse(text + "\n", 503 if complaints else 200, of)

    async def metrics(request: Request) -> PlainTextResponse:
        return PlainTextResponse(exposition(health), media_type=_PROMETHEUS)

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/metrics", metrics)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(OURSELVES), www_redirect=False)],
    )


def exposition(health: Health) -> str:
    """Prometheus' text exposition format, version 0.0.4: counts, times and ids of our own, nobody's name."""
    figures = health.figures
    outbox = {"waiting": figures.waiting, "failed": figures.failed, "unsure": figures.unsure}
    ended = {work: at.timestamp() for work, at in health.last.items()}
    since = figures.unanswered_since
    lost = {} if since is None else {"": since.timestamp()}
    families: tuple[tuple[str, str, str, str, Mapping[str, float]], ...] = (
        ("build_info", "gauge", "Which version runs.", "version", {version("schoolgate"): 1}),
        ("start_time_seconds", "gauge", "When it began.", "", {"": health.started_at.timestamp()}),
        ("last_success_timestamp_seconds", "gauge", "When work last ended well.", "work", ended),
        ("source_runs_last_day", "gauge", "Askings of sources in 24 hours.", "outcome", figures.runs),
        ("sources_not_seen", "gauge", "Sources that cannot be seen.", "", {"": figures.not_seen}),
        ("sources_our_fault", "gauge", "Those of them through a fault of ours.", "", {"": figures.ours}),
        ("outbox_messages", "gauge", "Messages; failed and unsure ones of 7 days.", "state", outbox),
        ("alerts_open", "gauge", "Alerts that nobody acknowledged.", "", {"": figures.open_alerts}),
        ("alert_not_arrived_timestamp_seconds", "gauge", "When one was due that nobody had.", "", lost),
        ("faults_total", "counter", "Faults since it began.", "place", health.faults),
        ("resident_memory_bytes", "gauge", "Memory of this process.", "", {"": resident_bytes()}),
    )
    return "".join(line + "\n" for family in families for line in _family(*family))


def _family(name: str, kind: str, what: str, label: str, values: Mapping[str, float]) -> Iterable[str]:
    full = f"schoolgate_{name}"
    yield f"# HELP {full} {what}"
    yield f"# TYPE {full} {kind}"
    for key, value in sorted(values.items()):
        said = key.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
        yield f'{full}{{{label}="{said}"}} {value}' if label else f"{full} {value}"


def resident_bytes() -> int:
    """Memory this process holds now; where the system does not say, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return pages * resource.getpagesize()


class Web:
    """One application on one address, in a thread of its own, until `stop`."""

    def __init__(
        self, app: ASGIApp, host: str, port: int, key: str, patience: Patience | None = None
    ) -> None:
        """Takes the address at once. Raises SchoolgateError, naming `key`, where it is not to be had."""
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._socket = socket.create_server((host, port), family=family)
        except OSError as error:
            raise SchoolgateError(
                f"{host}:{port} cannot be used ({error.strerror}). Another program may be using it: "
                f"choose another with {key}."
            ) from error
        self.port: int = self._socket.getsockname()[1]
        self._server = _server(app, patience or Patience())
        run = partial(self._server.run, sockets=[self._socket])
        self._thread = threading.Thread(target=run, name=f"web {self.port}", daemon=True)

    def start(self) -> None:
        """Answers from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answers nobody any more; what is under way has a second, then reads 503."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_ENDS_WITHIN_S + 1)
        self._socket.close()


def _server(app: ASGIApp, patience: Patience) -> Server:
    """No log of who asked for what, or of what was no request; signals are the service's own business."""
    config = Config(
        app,
        http="h11",
        headers=[("connection", "close")],
        backlog=_TAKEN_AT_ONCE,
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=_ENDS_WITHIN_S,
        limit_concurrency=patience.most + _ANSWERED_AT_ONCE,
    )
    config.load()
    if protocol := getattr(config, "http_protocol_class", None):
        # it is called as the class would be
        config.http_protocol_class = cast(
            "type[asyncio.Protocol]", partial(Caller, patience, set[Caller](), protocol)
        )
    else:
        _log.warning("this uvicorn takes callers in by itself: slow ones are cut off by no limit of ours")
    return Reception(config)
