"""Serves the feeds of `benchmarks/gate.py` and `command.py`, every answer after 200 ms; a process of its own.

It takes the documents, a pickle, from its standard input and prints its port. `/N.xml` is document N, on any
address of this machine; there is no robots.txt. `/!new`, `/!same` and `/!unchanged` say how it answers from
now on: with an ETag; without one; with “not modified” to who sends the ETag. Each answers with how many
requests there were since the last of them.
"""

from __future__ import annotations

import asyncio
import pickle
import sys

LATENCY_S = 0.2


class Feeds:
    """The documents, and how they are served just now."""

    def __init__(self, documents: list[bytes]) -> None:
        self._documents = documents
        self._way = "new"
        self._asked = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, as long as its caller stays."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            if path.startswith("/!"):
                status, body, tag = "200 OK", str(self._asked).encode(), ""
                self._way, self._asked = path[2:], 0
            else:
                self._asked += 1
                await asyncio.sleep(LATENCY_S)
                status, body, tag = self._document(path, "if-none-match:" in head.lower())
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml\r\n{tag}"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        finally:
            writer.close()

    def _document(self, path: str, tagged: bool) -> tuple[str, bytes, str]:
        name = path.strip("/").removesuffix(".xml")
        if not name.isdecimal():
            return "404 Not Found", b"", ""
        if tagged and self._way == "unchanged":
            return "304 Not Modified", b"", 'ETag: "first"\r\n'
        return "200 OK", self._documents[int(name)], "" if self._way == "same" else 'ETag: "first"\r\n'


async def _serve(feeds: Feeds) -> None:
    server = await asyncio.start_server(feeds.answer, "0.0.0.0", int(*sys.argv[1:] or "0"), backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Feeds(pickle.load(sys.stdin.buffer))))
