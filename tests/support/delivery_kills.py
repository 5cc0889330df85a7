"""Rounds of killing a sender at random points, and what must be so afterwards."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from builders.mention import a_message
from support.checkout import TESTS, paths
from support.delivery_worker import POINTS
from support.mail_server import Office

from data.effects import utc_now
from data.store.engine.open import Store
from data.store.messages.outbox import count_waiting, put_outbox

ROUND_S = 600
"""By so much the clock goes on from round to round: more than a lease, more than a wait."""
PERSONS = ("p-head", "p-dsl", "p-deputy")

ENOUGH = 12
"""Where so many wait, none are added: who is killed all the time sends few, and the rest would expire."""


class Rounds:
    """Most rounds put a day's digests and an alert into the outbox; each kills whoever sends them."""

    def __init__(self, home: Path, office: Office, worker: subprocess.Popen[str], seed: int) -> None:
        self.store = Store(home, clock=utc_now, sleep=time.sleep)
        self.office, self.worker = office, worker
        self.chance = random.Random(seed)
        self.n = 0
        self.kills: Counter[str] = Counter()

    def kill_one(self) -> None:
        """One round. A sender that had ended before it could be killed is not counted."""
        self.n += 1
        with self.store.read() as con:
            waiting = count_waiting(con, self._now())
        if waiting < ENOUGH:
            self._put()
        point = self.chance.choice((*POINTS, "sent", "sent", "sent", "data", "time", "time"))
        how = f"{self.chance.uniform(0.005, 0.25):.4f}" if point == "time" else point
        if self._send(f"{how} {self.chance.randrange(2 * len(PERSONS))}") == -9:
            self.kills[point] += 1

    def finish(self) -> None:
        """Lets a sender live until nothing is left to do."""
        for _ in range(3):
            self.n += 1
            assert self._send("live 0") == 0

    def side_by_side(self, digests: int) -> None:
        """Two processes send so many digests, of as many days, at the same time."""
        self.n += 1
        now = self._now()
        day = {"due_at": now, "expires_at": now + timedelta(hours=12)}
        with self.store.write("put") as con:
            both = [a_message(f"both{n}", kind="digest", **day) for n in range(digests)]
            put_outbox(con, both, now)
        assert self._send("both 0") == 0

    def faults(self) -> list[str]:
        """What is not as it must be."""
        received = Counter(taken.id.strip("<>").partition("@")[0] for taken in self.office.taken)
        wrong = []
        with self.store.read() as con:
            rows = con.execute(
                "SELECT key, kind, sent_at IS NOT NULL, unsure_at IS NOT NULL FROM outbox"
            ).fetchall()
        for key, kind, sent, unsure in rows:
            times = received[key]
            if kind == "digest" and (times > 1 or (times != 1 and sent) or sent == unsure):
                wrong.append(f"digest {key}: received {times} times, sent {sent}, unsure {unsure}")
            if kind == "instant" and (times < 1 or not sent or unsure):
                wrong.append(f"alert {key}: received {times} times, sent {sent}, unsure {unsure}")
        return wrong + [f"{key} is in no outbox" for key in received.keys() - {row[0] for row in rows}]

    def figures(self) -> str:
        received = Counter(taken.id for taken in self.office.taken)
        with self.store.read() as con:
            (unsure, digests) = con.execute(
                "SELECT count(unsure_at), count(*) FROM outbox WHERE kind = 'digest'"
            ).fetchall()[0]
        twice = sum(n > 1 for n in received.values())
        where = ", ".join(f"{point} {n}" for point, n in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills in {self.n} rounds ({where}); {digests} digests: "
            f"{digests - unsure} sent, {unsure} unsure; {twice} alerts sent more than once"
        )

    def _now(self) -> datetime:
        return utc_now() + timedelta(seconds=self.n * ROUND_S)

    def _put(self) -> None:
        now = self._now()
        day = {"due_at": now, "expires_at": now + timedelta(hours=12)}
        digests = [a_message(f"d{self.n}-{p}", kind="digest", person_id=p, **day) for p in PERSONS]
        with self.store.write("put") as con:
            put_outbox(con, [*digests, a_message(f"a{self.n}", person_id="p-dsl", **day)], now)

    def _send(self, how: str) -> int:
        assert self.worker.stdin is not None
        assert self.worker.stdout is not None
        self.worker.stdin.write(f"{self.n * ROUND_S} {how}\n")
        self.worker.stdin.flush()
        return int(self.worker.stdout.readline())


@contextmanager
def rounds(home: Path, office: Office, seed: int) -> Iterator[Rounds]:
    """A sender's process while the block lasts, over a new store."""
    Store(home, clock=utc_now, sleep=time.sleep).migrate()
    worker_file = Path(__file__).with_name("delivery_worker.py")
    worker = subprocess.Popen(
        [sys.executable, str(worker_file), str(home), str(office.port)],
        env={**os.environ, "PYTHONPATH": paths(TESTS)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Rounds(home, office, worker, seed)
    finally:
        worker.kill()
        worker.communicate()
