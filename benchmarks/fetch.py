"""1,000 feeds of 200 ms each in one process, beside the least time that politeness allows.

python -P benchmarks/fetch.py [--workers N]

Every answer, robots.txt included, takes the server 200 ms. The bound is the longer of two: all
answers shared out among the workers, and the longest host's own requests at its interval. Hosts are
names that lead to addresses of this machine (127.0.x.y), served by another process.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import time
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

from data.effects import utc_now
from data.types import Request, Response
from sources.fetch import SITES_AT_ONCE, Fetcher
from sources.http.politeness import HostJob, Limits

LATENCY_S = 0.2
ITEM = "<item><title>Oakfield choir sings</title><link>https://paper.example.org/{n}</link></item>"
FEED = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>Paper</title>"
    + "".join(ITEM.format(n=n) for n in range(30))
    + "</channel></rss>"
).encode()


@dataclass(frozen=True)
class Case:
    """So many feeds on so many hosts, asked at this pace."""

    name: str
    hosts: int
    feeds_each: int
    interval_s: float

    def bound_s(self, workers: int) -> float:
        """The least time in which this can be done, in seconds."""
        answers = self.hosts * (self.feeds_each + 1)
        one_host = self.feeds_each * max(self.interval_s, LATENCY_S) + LATENCY_S
        return max(answers * LATENCY_S / workers, one_host)


CASES = (
    Case("1,000 hosts, one feed each", hosts=1000, feeds_each=1, interval_s=2.0),
    Case("100 hosts, ten feeds each", hosts=100, feeds_each=10, interval_s=2.0),
)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    asked = await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(LATENCY_S)
    robots = asked.startswith(b"GET /robots.txt")
    head, body = (b"404 Not Found", b"") if robots else (b"200 OK", FEED)
    writer.write(
        b"HTTP/1.1 %b\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%b"
        % (head, len(body), body)
    )
    await writer.drain()
    writer.close()


async def _serve(tell: Connection) -> None:
    server = await asyncio.start_server(_answer, "0.0.0.0", 0, backlog=1024)
    tell.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def serve(tell: Connection) -> None:
    """The server's process: says its port, then answers until it is ended."""
    asyncio.run(_serve(tell))


def run(case: Case, port: int, workers: int) -> tuple[float, float]:
    """Seconds taken, and seconds of this process's own work."""
    addresses = {f"paper{n}.example.org": [f"127.0.{n // 250}.{n % 250 + 1}"] for n in range(case.hosts)}
    fetcher = Fetcher(
        agent="Schoolgate/benchmark (+office@example.sch.uk)",
        clock=utc_now,
        sleep=time.sleep,
        limits=Limits(per_host_interval_s=case.interval_s),
        resolve=lambda host, _: addresses[host],
        allow_loopback=frozenset((host, port) for host in addresses),
    )
    asked = [
        Request(f"http://{host}:{port}/feed{n}.xml") for host in addresses for n in range(case.feeds_each)
    ]
    began, worked = time.perf_counter(), time.process_time()
    jobs = [HostJob(one.url, partial(fetcher.fetch, one)) for one in asked]
    results = list(fetcher.spread(jobs, workers))
    taken, worked = time.perf_counter() - began, time.process_time() - worked
    good = sum(isinstance(result, Response) and result.body == FEED for result in results)
    if good != len(asked):
        raise SystemExit(f"{len(asked) - good} of {len(asked)} feeds did not come: the figure would be void.")
    return taken, worked


def main() -> None:
    """Print each case's time, its bound and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=SITES_AT_ONCE)
    workers = parser.parse_args().workers
    hear, tell = multiprocessing.get_context("spawn").Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(tell,), daemon=True)
    server.start()
    port = hear.recv()
    for case in CASES:
        taken, worked = run(case, port, workers)
        bound = case.bound_s(workers)
        print(f"{case.name}, {workers} workers: {taken:.1f} s, bound {bound:.1f} s", end=" ")
        print(f"→ {taken / bound:.2f} ×  (budget 1.3 ×; processor {worked:.1f} s)")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    server.terminate()
    server.join()


if __name__ == "__main__":
    main()
