"""Rounds of killing a sender at random points, and what must be so afterwards."""

import os
import random
import signal
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from builders.delivery import OAKFIELD, PEOPLE, configured
from builders.mention import a_message
from support.forked import Forked
from support.mail_server import Office

import alerts.delivery.deadline_smtp
from alerts.links import Links
from data.effects import utc_now
from data.store.engine.open import Store
from data.store.outbox import count_waiting, put_outbox
from monitor.config.home.context import Context
from monitor.service.delivery import deliver

ROUND_S = 600
"""By so much the clock goes on from round to round: more than a lease, more than a wait."""
POINTS = ("connect", "rcpt", "begun", "data", "sent")
"""Where a sender dies: before it connects; after the address was taken, before the hand-over is written down;
after that, before the message goes out; with half of it written; after the server's 250, before that is."""
CODE = f"import sys; from {__name__} import child; child(*sys.argv[1:])"
PERSONS = ("p-head", "p-dsl", "p-deputy")
ENOUGH = 12
"""Where so many wait, none are added: who is killed all the time sends few, and the rest would expire."""


class Deadly(alerts.delivery.deadline_smtp.DeadlineSMTP):
    """A connection of a process that dies at a certain point, at its first or a later message."""

    point = ""
    left = 0

    def _die(self, point):
        if point == Deadly.point:
            Deadly.left -= 1
            if Deadly.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def connect(self, *given, **more):
        if Deadly.point == "connect":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().connect(*given, **more)

    def rcpt(self, recip, options=()):
        answer = super().rcpt(recip, options)
        self._die("rcpt")
        return answer

    def data(self, msg):
        self._die("begun")
        answer = super().data(msg)
        self._die("sent")
        return answer

    def send(self, s):
        if isinstance(s, bytes) and Deadly.point == "data" and Deadly.left == 0:
            super().send(s[: len(s) // 2])
            self._die("data")
        elif isinstance(s, bytes):
            Deadly.left -= Deadly.point == "data"
        super().send(s)


def child(home, port, seconds, point, before):
    """Delivers with a clock so many seconds ahead; dies at that point, so many messages later."""
    ahead = timedelta(seconds=float(seconds))
    Deadly.point, Deadly.left = point, int(before)
    alerts.delivery.deadline_smtp.DeadlineSMTP = Deadly

    def clock():
        return utc_now() + ahead

    store = Store(Path(home), clock=utc_now, sleep=time.sleep)
    people = tuple(p for p in PEOPLE if OAKFIELD.urn in p.urns and p.email)
    context = Context(configured(people), Path(home), Links())
    deliver(store, context, clock=clock, server=Office(port=int(port)).server())


class Rounds:
    """Most rounds put a day's digests and an alert into the outbox; each kills whoever sends them."""

    def __init__(self, home, office, seed):
        self.store = Store(home, clock=utc_now, sleep=time.sleep)
        self.home, self.office = home, office
        self.chance = random.Random(seed)
        self.n = 0
        self.kills: Counter[str] = Counter()

    def kill_one(self):
        """One round. A sender that had ended before it could be killed is not counted."""
        self.n += 1
        with self.store.open_reader() as con:
            waiting = count_waiting(con, self._now())
        if waiting < ENOUGH:
            self._put()
        point = self.chance.choice((*POINTS, "sent", "sent", "sent", "data", "time", "time"))
        how = f"{self.chance.uniform(0.005, 0.25):.4f}" if point == "time" else point
        if self._send(how, self.chance.randrange(2 * len(PERSONS))) == -9:
            self.kills[point] += 1

    def finish(self):
        """Lets a sender live until nothing is left to do."""
        for _ in range(3):
            self.n += 1
            assert self._send("live") == 0

    def side_by_side(self, digests):
        """Two processes send so many digests, of as many days, at the same time."""
        self.n += 1
        now = self._now()
        day = {"due_at": now, "expires_at": now + timedelta(hours=12)}
        with self.store.write("put") as con:
            both = [a_message(f"both{n}", kind="digest", **day) for n in range(digests)]
            put_outbox(con, both, now)
        assert self._send("live", senders=2) == 0

    def faults(self):
        """What is not as it must be."""
        received = Counter(taken.id.strip("<>").partition("@")[0] for taken in self.office.taken)
        wrong = []
        with self.store.open_reader() as con:
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

    def figures(self):
        received = Counter(taken.id for taken in self.office.taken)
        with self.store.open_reader() as con:
            (unsure, digests) = con.execute(
                "SELECT count(unsure_at), count(*) FROM outbox WHERE kind = 'digest'"
            ).fetchall()[0]
        twice = sum(n > 1 for n in received.values())
        where = ", ".join(f"{point} {n}" for point, n in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills in {self.n} rounds ({where}); {digests} digests: "
            f"{digests - unsure} sent, {unsure} unsure; {twice} alerts sent more than once"
        )

    def _now(self):
        return utc_now() + timedelta(seconds=self.n * ROUND_S)

    def _put(self):
        now = self._now()
        day = {"due_at": now, "expires_at": now + timedelta(hours=12)}
        digests = [a_message(f"d{self.n}-{p}", kind="digest", person_id=p, **day) for p in PERSONS]
        with self.store.write("put") as con:
            put_outbox(con, [*digests, a_message(f"a{self.n}", person_id="p-dsl", **day)], now)

    def _send(self, how, before=0, senders=1):
        """How whoever sends ended, the worse of two: killed at a point, after so many seconds, or not."""
        given = self.home, self.office.port, self.n * ROUND_S, how, before
        runs = [Forked(CODE, *given, modules=(__name__,)) for _ in range(senders)]
        if how[0].isdigit():
            time.sleep(float(how))
            runs[0].kill()
        said = [run.communicate() for run in runs]
        ends = [run.wait() for run in runs]
        assert set(ends) <= {0, -signal.SIGKILL}, said
        return max(ends, key=abs)


@contextmanager
def rounds(home, office, seed):
    """Over a new store."""
    Store(home, clock=utc_now, sleep=time.sleep).migrate()
    yield Rounds(home, office, seed)
