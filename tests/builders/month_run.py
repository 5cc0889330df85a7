"""Plays the month: the true service, store, tasks and SMTP; time, the sites and the model are invented."""

from __future__ import annotations

import email
import email.policy
import socket
from bisect import insort
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import duckdb
from aiosmtpd.controller import Controller
from builders.judges import Words
from builders.mention import Clock
from builders.month import BEGINS, ENDS, LONDON, PEOPLE, SCHOOLS, Answerer, at
from builders.month import config as month_config

from alerts.links import Links
from classifiers.linking.linker import Linker
from classifiers.verdicts.thresholds import read_thresholds
from data.store.engine.connect import OpenFile
from data.store.engine.open import Store
from data.store.sources.configuration import put_people, put_schools, put_sources
from data.types import Policy
from monitor.config.home.context import Context, means
from monitor.pipeline.judges import Judges
from monitor.service.delivery import deliver
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.step import Service

ASLEEP = (at(11, 4, 22), at(11, 5, 9, 10))
"""The machine sleeps over a night, and over 07:30."""
RESTARTS = (at(10, 20, 12), at(11, 3, 7, 29))
"""The service begins anew, once a minute before the digest's time."""
DUE_ON = {0: ((8, 0),), 4: ((16, 0),)}
"""On Monday and Friday: when a report to be signed is told of again, and when it is made."""
AFTER_AN_ALERT = (1, 6, 16, 21, 31, 46, 61, 76)
NO_MAIL = (at(11, 6, 7), at(11, 6, 10))
"""The mail server takes nothing."""


class WordsAndThreats(Words):
    """The model of a few words, which knows a threat too."""

    def _shares(self, text: str) -> dict[str, float]:
        if "stab" not in text:
            return super()._shares(text)
        return {
            "sentiment:negative": 0.97, "abuse:threat": 0.98, "about:head": 0.95, "relevant": 0.98,
            "route:police_now": 0.98, "severity:3": 0.99, "severity:4": 0.98,
        }  # fmt: skip


class KeptOpen(Store):
    """A store whose file stays open between its uses, for a month in which it is used ten thousand times.

    Opening and closing takes 10 ms each time, and the disk 5 ms to confirm. That it works beside others,
    keeps what was committed and refuses another version is tested elsewhere.
    """

    _kept: OpenFile | None = None

    @contextmanager
    def _ready(self, purpose: str, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._opened(purpose, read_only=read_only) as con:
            yield con

    @contextmanager
    def _opened(
        self, purpose: str, *, read_only: bool, create: bool = False, stays: bool = True
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        if create or purpose == "rewrite the file":
            self.close()
            with super()._opened(purpose, read_only=read_only, create=create, stays=stays) as con:
                yield con
            return
        if self._kept is None:
            self._kept = self._wait_for(purpose, False, False)
            self._kept.con.execute("SET GLOBAL fsync_mode = 'NONE'")
        yield self._kept.con

    def close(self) -> None:
        """Lets the file go."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.con.execute("RESET GLOBAL fsync_mode")
            kept.close()


@dataclass
class Box:
    """The mail server: everything it took, with the invented time."""

    clock: Callable[[], datetime]
    got: list[tuple[datetime, str, EmailMessage]] = field(default_factory=list)
    refused: int = 0

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        """Takes it, or not."""
        if NO_MAIL[0] <= self.clock() < NO_MAIL[1]:
            self.refused += 1
            return "451 4.3.0 Try again later"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.got += [(self.clock(), rcpt, mail) for rcpt in envelope.rcpt_tos]
        return "250 OK"


@dataclass
class Month:
    """What came of it."""

    store: Store
    context: Context
    box: Box
    answerer: Answerer
    faults: dict[str, int]

    def read(self, sql: str) -> list[tuple]:
        """Rows of the store."""
        with self.store.read() as con:
            return con.execute(sql).fetchall()


def ticks() -> list[datetime]:
    """Every sixth hour, and the times at which something is due of itself."""
    count = int((ENDS - BEGINS) / timedelta(hours=6))
    wanted = {BEGINS + timedelta(hours=6 * n) for n in range(count)} | {ASLEEP[1]}
    day = BEGINS.astimezone(LONDON).date()
    while day < ENDS.astimezone(LONDON).date():
        for hour, minute in ((7, 30), *DUE_ON.get(day.weekday(), ())):
            wanted.add(datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON).astimezone(UTC))
        day += timedelta(days=1)
    return sorted(t for t in wanted if not ASLEEP[0] < t < ASLEEP[1])


def play(home: Path, act: Callable[[Month, datetime], None]) -> Month:
    """Plays it from its first day to its last; `act` is called after every tick: what people do."""
    clock = Clock(BEGINS)
    store = KeptOpen(home, clock=clock, sleep=clock.sleep)
    store.migrate()
    box, answerer = Box(clock), Answerer(clock)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        context = Context(month_config(home, port), home, Links())
        with store.write("configuration") as con:
            put_schools(con, SCHOOLS)
            put_people(con, PEOPLE)
            put_sources(con, context.config.sources)
        month = Month(store, context, box, answerer, {})
        service = a_service(month, clock)
        waiting, alerts = ticks(), 0
        while waiting:
            now = waiting.pop(0)
            if any(clock.at < again <= now for again in RESTARTS):
                month.faults |= service.health.faults
                service = a_service(month, clock)
            clock.at = now
            for work in (service.collect, service.run_tasks, service.deliver):
                work()
            act(month, now)
            if len(month.read("SELECT 1 FROM alerts")) > alerts:
                alerts += 1
                for minutes in AFTER_AN_ALERT:
                    insort(waiting, now + timedelta(minutes=minutes))
        month.faults |= service.health.faults
    finally:
        server.stop()
        store.close()
    return month


def a_service(month: Month, clock: Clock) -> Service:
    """The service with everything true but the sites, the model and the time."""
    judges = Judges(
        schools={s.urn: s for s in SCHOOLS}, people=PEOPLE, policy=Policy(), linker=Linker(SCHOOLS),
        scorer=WordsAndThreats, thresholds=read_thresholds(), means=partial(means, month.context),
    )  # fmt: skip
    return Service(
        store=month.store, context=month.context, judges=lambda: judges, fetcher=month.answerer,
        deliver=lambda store, context, clock, ways: deliver(
            store, context, clock=clock, jitter=lambda: 0.5, ways=ways
        ),
        tasks=PERIODIC_TASKS, clock=clock, purge_every=timedelta(days=1),
    )  # fmt: skip
