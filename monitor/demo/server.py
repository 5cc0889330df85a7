"""The demo's documents over HTTP on a loopback address, with times counted from a given moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_TIME = re.compile(r"\{\{(\w+)(?: -(\d+)h)?\}\}")
_TYPES = {"xml": "application/xml", "html": "text/html; charset=utf-8", "json": "application/json"}

_FORMATS: dict[str, Callable[[datetime], str]] = {
    "iso": lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "rfc822": format_datetime,
    "day": lambda t: t.strftime("%Y-%m-%d"),
    "phpbb": lambda t: t.astimezone(LONDON).strftime("%a %b %d, %Y %H:%M"),
    "mumsnet": lambda t: t.astimezone(LONDON).strftime("%d/%m/%Y %H:%M"),
}


@dataclass(slots=True)
class DemoStage:
    """What the server plays: the moment it is, and whether an earlier day's documents are served."""

    now: datetime
    early: bool = False


def render(name: str, now: datetime) -> bytes:
    """A document with each `{{format -Nh}}` replaced by the time N hours before `now`."""
    text = (files("monitor.demo") / "documents" / name).read_text(encoding="utf-8")
    return _TIME.sub(lambda m: _FORMATS[m[1]](now - timedelta(hours=int(m[2] or 0))), text).encode()


def _document(path: str, stage: DemoStage) -> tuple[int, str]:
    name = path.partition("?")[0].strip("/")
    if name.startswith("t/oakfield-northvale"):
        return 200, "youth-board.json"
    if name == "valley-chat":
        return 403, "challenge.html"
    early = name.replace(".xml", ".early.xml")
    if stage.early and early in ("gazette.early.xml", "residents.early.xml"):
        return 200, early
    if (files("monitor.demo") / "documents" / name).is_file() and ".early." not in name:
        return 200, name
    return 404, ""


def _handler(stage: DemoStage, robots: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                return self._answer(200, "text/plain", robots)
            status, name = _document(self.path, stage)
            body = render(name, stage.now) if name else b"not found"
            return self._answer(status, _TYPES.get(name.rpartition(".")[2], "text/plain"), body)

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the scan tells what was read."""

    return Handler


@contextmanager
def serve(stage: DemoStage) -> Iterator[tuple[str, str]]:
    """Base addresses of two sites on 127.0.0.1: an open one, and one whose robots.txt refuses us."""
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), _handler(stage, robots))
        for robots in (b"User-agent: *\nAllow: /\n", b"User-agent: *\nDisallow: /\n")
    ]
    threads = [Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        first, second = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
        yield first, second
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()
