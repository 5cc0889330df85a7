"""A service that is killed again and again while people publish and everything around it fails.

Each round forks a service, lets people publish, kills it, and looks what is stored. In turns the mail
server is away or refuses, the disk is full, somebody reads the file with another program; the clock is
moved a quarter of an hour or to the next morning. `finish` mends all of it and lets one service catch up.
"""

import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from support.disks import Disk, small_disk
from support.mail_server import HANG_UP, Office, post_office
from support.places import PLACES, Places, number_of
from support.service_forks import PEOPLE, Worker, configured
from support.web_server import serve

from data.effects import utc_now
from data.store.alerts.alerts import ack
from data.store.engine.open import Store

LONDON = ZoneInfo("Europe/London")
MORNING = 7, 20
"""When a day begins that the clock is moved to: the digest is due ten minutes later."""
QUARTER = timedelta(minutes=16)
"""An alert that nobody took by then goes to the next person."""
QUARTERS_UNTIL_TAKEN = 5
"""At the end, so many until somebody takes every alert; by then each has gone to the next."""
PUT_OFF = timedelta(minutes=5)
"""The longest that an urgent message waits for its next try."""
SPARE = timedelta(hours=1)
"""The clock is not moved so far that an urgent message has less left: it would end of itself, unsent."""
WORK = ("tend", "mail")
MAIL = ("away", "busy", "refuses", "hangs up")
LONG_READ_S = 34.0
"""Longer than the store is waited for."""

_READER = """
import sys, time
import duckdb
for _ in range(2000):
    try:
        con = duckdb.connect(sys.argv[1], read_only=True)
    except duckdb.Error:
        time.sleep(0.005)
    else:
        print("reads", flush=True)
        time.sleep(float(sys.argv[2]))
        break
"""


_WAITING = """SELECT min(epoch(expires_at)) FILTER (kind IN ('instant', 'escalation')), count(*) FROM outbox
    WHERE sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL AND unsure_at IS NULL
    AND due_at <= $now AND expires_at > $now"""


class Siege:
    """One home, who publishes about it, and what befalls it. `cycle` rounds are a day."""

    def __init__(
        self, home: Path, worker: Worker, places: Places, office: Office, disk: Disk, chance: random.Random
    ) -> None:
        self.store = Store(home, clock=utc_now, sleep=time.sleep)
        self.worker, self.places, self.office, self.disk = worker, places, office, disk
        self.chance, self.health_port = chance, 0
        self.cycle, self.life_s, self.long_reads = 15, (0.05, 6.0), True
        self.n = 0
        self.counts: Counter[str] = Counter()
        self.stored: dict[int, set[str]] = {}
        self.faults: list[str] = []
        self._readers: list[subprocess.Popen[str]] = []
        self._ends: datetime | None = None
        self._waiting = 0

    def begin_on_monday(self) -> None:
        """The morning of a school day: the first that is to come."""
        self.worker.move(self._to_morning())
        while self.worker.clock().astimezone(LONDON).weekday():
            self.worker.move(timedelta(days=1))

    def kill_one(self) -> None:
        """One round. A service that had ended before it could be killed is not counted as killed."""
        self.n += 1
        life_s, acts = self._weather(self.chance.uniform(*self.life_s))
        cannot_begin = self._out_of_the_way()
        pid, began = self.worker.begin("serve", self.disk.most_bytes), time.monotonic()
        if self.n % self.cycle == 0:
            self._evening()
            began = time.monotonic()
        for at_s, act in sorted(acts, key=lambda one: one[0]):
            time.sleep(max(0.0, began + at_s - time.monotonic()))
            act()
        time.sleep(max(0.0, began + life_s - time.monotonic()))
        code = self.worker.end(pid, signal.SIGKILL)
        self.counts["kills"] += code == -signal.SIGKILL
        if code != -signal.SIGKILL:
            self._ended_by_itself(code, cannot_begin or self._out_of_the_way())
        self.look()

    def finish(self, limit_s: float = 300.0) -> None:
        """All is well again, and one service lives until nothing is left to do, then is told to end."""
        self._mend_mail()
        self.disk.free()
        for reader in self._readers:
            reader.communicate()
        pid, until = self.worker.begin("serve"), time.monotonic() + limit_s
        quiet, before, quarters = 0, self._settled(until), 0
        while quiet < 2 and time.monotonic() < until:
            self.worker.move(QUARTER)
            quarters += 1
            if quarters == QUARTERS_UNTIL_TAKEN:
                self._take_all()
            now = self._settled(until)
            quiet = quiet + 1 if now == before and self._all_stored() else 0
            before = now
        if quiet < 2:
            self.faults.append(f"it was not quiet after {limit_s:.0f} s: {before}")
        code = self.worker.end(pid, signal.SIGTERM)
        if code:
            self.faults.append(f"the last service ended with {code}")
        self.look()

    def _take_all(self) -> None:
        """Somebody has every alert in hand: else people would be asked again each morning."""
        with self.store.write("take them") as con:
            for (alert_id,) in con.execute("SELECT id FROM alerts").fetchall():
                ack(con, alert_id, "head", self.worker.clock())

    def look(self) -> None:
        """What is stored by now. What was seen there once may not be missing later."""
        sql = """SELECT m.id, coalesce(m.url, r.url) FROM mentions m
            LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version"""
        with self.store.read() as con:
            rows = con.execute(sql).fetchall()
            kept = {i for (i,) in con.execute("SELECT mention_id FROM fingerprints").fetchall()}
            waits, self._waiting = con.execute(_WAITING, {"now": self.worker.clock()}).fetchall()[0]
        self._ends = datetime.fromtimestamp(waits, LONDON) if waits else None
        for mention_id, url in rows:
            if url and number_of(url):
                self.stored.setdefault(number_of(url), set()).add(mention_id)
        there = kept | {mention_id for mention_id, _ in rows}
        lost = [n for n, ids in self.stored.items() if not ids <= there]
        self.faults += [f"round {self.n}: number {n} is there no more" for n in lost]

    def _weather(self, life_s: float) -> tuple[float, list[tuple[float, Callable[[], None]]]]:
        """How long this round lasts, and what happens in it, by seconds from its start."""
        day, k = divmod(self.n, self.cycle)
        part = k / self.cycle
        acts: list[tuple[float, Callable[[], None]]] = []

        def within(act: Callable[[], None]) -> None:
            acts.append((self.chance.uniform(0.0, life_s), act))

        self._mail(MAIL[day % len(MAIL)] if 0.2 <= part < 0.45 else None)
        crowded = 0.5 <= part < 0.7
        full = crowded and day % 2 == 0
        self.counts["rounds with the disk full"] += full
        if full != self.disk.is_full:
            within(self.disk.fill if full else self.disk.free)
        if crowded and day % 2 == 1:
            long = self.long_reads and day % 4 == 3 and part < 0.6
            life_s = LONG_READ_S + 6 if long else life_s
            acts.append((self.chance.uniform(0.0, 2.0), lambda: self._read_for(LONG_READ_S if long else 3.0)))
        if k == 0:
            self.counts["mornings"] += 1
            within(lambda: self.worker.move(self._to_morning()))
        elif self.chance.random() < 0.35 and self._may_move():
            self.counts["quarters of an hour"] += 1
            within(lambda: self.worker.move(QUARTER))
        for _ in range(int(min(life_s, 6.0)) + 1):
            within(lambda: self.places.calm(self.chance.choice(PLACES)))
        if self.chance.random() < 0.4:
            where = self.chance.sample(PLACES, 1 + (self.chance.random() < 0.2))
            within(lambda: self.places.threat(*where))
        return life_s, acts

    def _mail(self, how: str | None) -> None:
        self._mend_mail()
        if how is None:
            return
        self.counts["rounds with mail in trouble"] += 1
        if how == "away":
            assert self.office.line is not None
            self.office.line.stop()
        elif how == "busy":
            self.office.rcpt = lambda address: "451 4.7.1 greylisted, come again"
        elif how == "refuses":
            self.office.rcpt = lambda address: "550 5.1.1 no such person here"
        else:
            self.office.data = lambda address: HANG_UP

    def _mend_mail(self) -> None:
        assert self.office.line is not None
        self.office.line.start()
        self.office.rcpt = self.office.data = lambda address: None

    def _read_for(self, seconds: float) -> None:
        self.counts["readers"] += 1
        command = [sys.executable, "-c", _READER, str(self.store.path), str(seconds)]
        self._readers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))

    def _to_morning(self) -> timedelta:
        """Till the next one; never a whole day, in which an urgent message would end."""
        here = self.worker.clock().astimezone(LONDON)
        next_one = here.replace(hour=MORNING[0], minute=MORNING[1], second=0, microsecond=0)
        return (next_one if here < next_one else next_one + timedelta(days=1)) - here

    def _may_move(self) -> bool:
        """By a quarter of an hour."""
        return self._ends is None or self.worker.clock() + QUARTER + SPARE < self._ends

    def _evening(self, limit_s: float = 120.0) -> None:
        """Nobody is killed before every message has gone out: by the next morning it would have ended.

        What was put off is tried again after some minutes, so the clock goes on.
        """
        began, moved = time.monotonic(), time.monotonic()
        self.look()
        while self._waiting and time.monotonic() - began < limit_s:
            time.sleep(0.5)
            self.look()
            if time.monotonic() - moved > 5.0:
                moved = time.monotonic()
                self.worker.move(PUT_OFF)
        if self._waiting:
            self.faults.append(f"round {self.n}: {self._waiting} messages wait after {limit_s:.0f} s")

    def _out_of_the_way(self) -> bool:
        """Is there what keeps a service from beginning: no room, or another who holds the file?"""
        return self.disk.is_full or any(reader.poll() is None for reader in self._readers)

    def _ended_by_itself(self, code: int, cannot_begin: bool) -> None:
        """It may not begin where it cannot write; at any other time it must live."""
        if cannot_begin:
            self.counts["services that could not begin"] += 1
        else:
            self.faults.append(f"round {self.n}: the service ended by itself, with {code}")

    def _settled(self, until: float) -> tuple[int, ...]:
        """The figures, once they have stood still while each kind of work was begun and ended anew."""
        before, ends = None, defaultdict(set)
        while time.monotonic() < until:
            now = self._figures()
            if now != before:
                before, ends = now, defaultdict(set)
            for work, at in self._last_ends().items():
                ends[work].add(at)
            if all(len(ends[work]) > 2 for work in WORK):  # the last of three began after the first ended
                break
            time.sleep(0.2)
        return before or ()

    def _all_stored(self) -> bool:
        self.look()
        return self.stored.keys() >= self.places.published.keys()

    def _last_ends(self) -> dict[str, str]:
        """When each kind of work last ended well, as the service tells."""
        try:
            with urlopen(f"http://127.0.0.1:{self.health_port}/metrics", timeout=5) as answer:
                told = answer.read().decode()
        except OSError:  # it is on its way up
            return {}
        return dict(re.findall(r'last_success_timestamp_seconds\{work="(\w+)"\} (\S+)', told))

    def _figures(self) -> tuple[int, ...]:
        with self.store.read() as con:
            return con.execute(
                """SELECT (SELECT count(*) FROM mentions), (SELECT count(*) FROM alerts),
                (SELECT count(*) FROM escalations), count(*), count(sent_at), count(failed_at) FROM outbox"""
            ).fetchall()[0]


@contextmanager
def besieged(
    folder: Path, seed: int, *, mount: bool, people: Sequence[tuple[str, str, str]] = PEOPLE
) -> Iterator[Siege]:
    """A new home under siege. With `mount` its disk is a small one, if we may mount one; see `disks`."""
    home, chance = folder / "home", random.Random(seed)
    home.mkdir(mode=0o700)
    routes: dict = {}
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(home, mount=mount))
        office = stack.enter_context(post_office())
        site = stack.enter_context(serve(routes))
        worker = Worker(folder, home, site.port, folder / "log")
        stack.callback(worker.close)
        places = Places(worker.clock, chance)
        routes.update(places.routes)
        siege = Siege(home, worker, places, office, disk, chance)
        siege.health_port = configured(home, places, site, office.port, people)
        siege.begin_on_monday()
        Store(home, clock=worker.clock, sleep=time.sleep).migrate()
        yield siege
