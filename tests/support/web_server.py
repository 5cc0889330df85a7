"""A web server on this machine that does exactly as told, badly where that is the point.

    with serve({"/feed.xml": b"<rss/>", "/slow": drip}) as site:
        fetcher.fetch(Request(f"{site}/feed.xml"))

A route is bytes or text (200, its type guessed), an `Answer`, or a function that is given the
`Exchange` and writes what it likes. Without a route for /robots.txt the site answers 404 to it.
Every thread is joined at the end; a route that lasts looks at `exchange.wait`.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """A whole answer. Content-Length is added unless `headers` names a length or an encoding of it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Exchange:
    """What a route's function may do: look at the request, write, wait."""

    def __init__(self, asked, write, stopping):
        self.asked = asked
        self.write = write
        self._stopping = stopping

    def head(self, status=200, **headers):
        """Writes the status line and headers (underscores become hyphens), no length added."""
        lines = [f"HTTP/1.1 {status} X"] + [f"{k.replace('_', '-')}: {v}" for k, v in headers.items()]
        self.write(("\r\n".join(lines) + "\r\nConnection: close\r\n\r\n").encode("latin-1"))

    def wait(self, seconds):
        """Waits; False when the server is about to end and the route should too."""
        return not self._stopping.wait(seconds)


Route = bytes | str | Answer | Callable[[Exchange], Answer | None]


class Site(str):
    """The server's address without a slash at the end, and what it was asked."""

    host: str
    port: int
    asked: list[Asked]

    @property
    def allowed(self):
        """What a fetcher must be told so that it may come here."""
        return frozenset({(self.host, self.port)})

    @property
    def paths(self):
        """The paths asked for, in order, without robots.txt."""
        return [one.path for one in self.asked if one.path != "/robots.txt"]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 256

    def __init__(self, address, tls):
        super().__init__(address, _Handler)
        self.tls = tls
        self.stopping = threading.Event()
        self.asked: list[Asked] = []
        self.routes: Mapping[str, Route] = {}

    def finish_request(self, request, client_address):
        request.settimeout(10)
        if self.tls is not None:
            request = self.tls.wrap_socket(request, server_side=True)
        try:
            super().finish_request(request, client_address)
        finally:
            request.close()

    def handle_error(self, request, client_address):
        """A client that hangs up or refuses the certificate is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self):
        self.close_connection = True
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(
            self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length)
        )
        self.server.asked.append(asked)
        route = self.server.routes.get(self.path, self.server.routes.get(urlsplit(self.path).path))
        if route is None:
            route = Answer(404, b"not here")
        if callable(route):
            answer = route(Exchange(asked, self.wfile.write, self.server.stopping))
        else:
            answer = route if isinstance(route, Answer) else _plain(route)
        if answer is not None:
            self._send(answer)

    do_POST = do_HEAD = do_GET

    def _send(self, answer):
        names = {name.lower() for name in answer.headers}
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not names & {"content-length", "transfer-encoding"}:
            self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *args):
        """Silent."""


def _plain(content):
    body = content.encode() if isinstance(content, str) else content
    kind = (
        "application/xml"
        if body.lstrip()[:5] in (b"<?xml", b"<rss ", b"<feed")
        else "text/html; charset=utf-8"
    )
    if body.lstrip()[:1] in (b"{", b"["):
        kind = "application/json"
    return Answer(200, body, {"Content-Type": kind})


def free_port():
    """A port at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serve(routes, *, tls=None, host="127.0.0.1"):
    """Runs the site while the block lasts. `routes` may be changed meanwhile."""
    server = _Server((host, 0), tls)
    server.routes = routes
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="test server")
    thread.start()
    port = server.server_address[1]
    site = Site(f"{'https' if tls else 'http'}://{host}:{port}")
    site.host, site.port, site.asked = host, port, server.asked
    try:
        yield site
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
