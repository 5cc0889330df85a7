"""Callers who never come to an end, as many at once as wanted; each calls anew when it is cut off."""

import asyncio
import socket
import threading
from collections import Counter

HEAD = b"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000\r\n\r\n"
WAYS = {
    "says nothing": (b"", b""), "half a first line": (b"GET /hea", b""),
    "headers letter by letter": (HEAD, b"X"), "a body letter by letter": (HEAD + BODY, b"p"),
    "never reads the answer": (b"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b""),
}  # fmt: skip
"""What each says at first, and then four times a second."""
_ANEW_S, _DRIP_S = 0.05, 0.25


class SlowCallers:
    """`many` of them at one port, of all kinds in turn; `cut_off` counts, by kind, how often one was."""

    def __init__(self, port, many, path="/", ways=tuple(WAYS)):
        self.cut_off: Counter[str] = Counter()
        self.connected = 0
        self._port, self._many, self._path, self._ways = port, many, path.encode(), ways
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self):
        tasks = [
            self._loop.create_task(self._call(self._ways[n % len(self._ways)])) for n in range(self._many)
        ]
        self._loop.run_forever()
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _call(self, way):
        while True:
            try:
                await self._once(way)
            except (OSError, EOFError):
                self.cut_off[way] += 1
            await asyncio.sleep(_ANEW_S)

    async def _once(self, way):
        first, more = (part.replace(b"{path}", self._path) for part in WAYS[way])
        with socket.socket() as line:
            line.setblocking(False)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            await self._loop.sock_connect(line, ("127.0.0.1", self._port))
            self.connected += 1
            await self._loop.sock_sendall(line, first)
            while True:
                await asyncio.sleep(_DRIP_S)
                await self._loop.sock_sendall(line, more)
                if way != "never reads the answer" and _ended(line):
                    raise EOFError


def _ended(line):
    try:
        return line.recv(4096) == b""
    except BlockingIOError:
        return False
