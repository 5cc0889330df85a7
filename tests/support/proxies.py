"""A web proxy on this machine, as a school's network has one: CONNECT for https, whole addresses for http.

    with proxy_to({("paper.example.org", 443): site}) as way:
        fetcher_for(through=way.proxy())

It leads where it was told to, and answers 502 for any other place.
"""

import select
import socket
import socketserver
import threading
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sources.http.connection import proxy_of


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True

    def handle_error(self, request, client_address):
        """Whoever breaks off is what the tests are about."""


@dataclass
class Way:
    """The proxy that runs: its port, and the first line and headers of each request that it got."""

    port: int
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    cut_off: set[str] = field(default_factory=set)
    """Hosts that it does not reach now."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def proxy(self, user=None, password=None):
        return proxy_of(self.url, user, password)


@contextmanager
def proxy_to(places, *, sign_in=None, status=0):
    """Runs it. `sign_in` is the “name:password” it wants; with `status` it answers nothing but that."""
    wanted = f"Basic {b64encode(sign_in.encode()).decode()}" if sign_in else None
    ending = threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self):
            line = self.rfile.readline().decode("latin-1").strip()
            headers = {}
            while more := self.rfile.readline().decode("latin-1").strip():
                name, _, value = more.partition(":")
                headers[name.lower()] = value.strip()
            way.asked.append(line)
            way.headers.append(headers)
            method, asked, _ = (*line.split(), "", "", "")[:3]
            found = places.get(_place(method, asked))
            if wanted and headers.get("proxy-authorization") != wanted:
                return self.say(407)
            if status or found is None or _place(method, asked)[0] in way.cut_off:
                return self.say(status or 502)
            with socket.create_connection(found, timeout=5) as site:
                if method == "CONNECT":
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 school\r\n\r\n")
                else:
                    path = urlsplit(asked)
                    first = f"{method} {path.path}{'?' + path.query if path.query else ''} HTTP/1.1"
                    rest = [f"{k}: {v}" for k, v in headers.items() if k != "proxy-authorization"]
                    site.sendall("\r\n".join([first, *rest, "", ""]).encode("latin-1"))
                    body = self.rfile.read(int(headers.get("content-length") or 0))
                    site.sendall(body)
                self.between(site)

        def say(self, code):
            page = b"<h1>Access denied by the school's filter</h1>"
            head = f"HTTP/1.1 {code} X\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n"
            self.wfile.write(head.encode() + page)

        def between(self, site):
            sides = {self.connection: site, site: self.connection}
            while not ending.is_set():
                for side in select.select(list(sides), [], [], 0.05)[0]:
                    more = side.recv(65536)
                    if not more:
                        return
                    sides[side].sendall(more)

    with Server(("127.0.0.1", 0), Handler) as server:
        way = Way(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield way
        finally:
            ending.set()
            server.shutdown()
            thread.join()


def _place(method, asked):
    if method == "CONNECT":
        host, _, port = asked.rpartition(":")
        return host, int(port)
    parts = urlsplit(asked)
    return parts.hostname or "", parts.port or 80
