"""A process that sends from an outbox and is killed on the way, for tests and the soak.

python delivery_worker.py HOME PORT

It imports once, then for each line it reads forks a child that delivers, and says how the child ended:

    SECONDS connect N    kills the child, as a power cut would, when it is about to connect
    SECONDS rcpt N       … after the address was taken, before the hand-over is written down
    SECONDS begun N      … after that, before the message goes out
    SECONDS data N       … with half of the message written
    SECONDS sent N       … after the server's 250, before that is written down
    SECONDS 0.012 N      … after so long a time, from outside
    SECONDS live N       lets it end by itself
    SECONDS both N       lets two of them work side by side, and says how the worse one ended

SECONDS are added to the clock: leases run out, and the next try comes. N messages go before.
"""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from builders.delivery import OAKFIELD, PEOPLE, configured
from support.mail_server import Office

import alerts.delivery.deadline_smtp
from alerts.links import Links
from data.effects import utc_now
from data.store.engine.open import Store
from monitor.config.home.context import Context
from monitor.service.delivery import deliver

POINTS = ("connect", "rcpt", "begun", "data", "sent")


class Deadly(alerts.delivery.deadline_smtp.DeadlineSMTP):
    """A connection of a process that dies at a certain point, at its first or a later message."""

    point = ""
    left = 0

    def _die(self, point: str) -> None:
        if point == Deadly.point:
            Deadly.left -= 1
            if Deadly.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def connect(self, *given: object, **more: object) -> tuple[int, bytes]:
        if Deadly.point == "connect":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().connect(*given, **more)  # type: ignore[arg-type]

    def rcpt(self, recip: str, options=()) -> tuple[int, bytes]:  # type: ignore[no-untyped-def]
        answer = super().rcpt(recip, options)
        self._die("rcpt")
        return answer

    def data(self, msg) -> tuple[int, bytes]:  # type: ignore[no-untyped-def]
        self._die("begun")
        answer = super().data(msg)
        self._die("sent")
        return answer

    def send(self, s) -> None:  # type: ignore[no-untyped-def]
        if isinstance(s, bytes) and Deadly.point == "data" and Deadly.left == 0:
            super().send(s[: len(s) // 2])
            self._die("data")
        elif isinstance(s, bytes):
            Deadly.left -= Deadly.point == "data"
        super().send(s)


def child(home: Path, port: int, seconds: float, point: str, before: int) -> None:
    """Delivers with a clock so many seconds ahead."""
    ahead = timedelta(seconds=seconds)
    Deadly.point, Deadly.left = point, before
    alerts.delivery.deadline_smtp.DeadlineSMTP = Deadly  # type: ignore[misc]

    def clock():  # type: ignore[no-untyped-def]
        return utc_now() + ahead

    store = Store(home, clock=utc_now, sleep=time.sleep)
    people = tuple(p for p in PEOPLE if OAKFIELD.urn in p.urns and p.email)
    context = Context(configured(people), home, Links())
    deliver(store, context, clock=clock, server=Office(port=port).server())


def main(home: str, port: str) -> None:
    for line in sys.stdin:
        seconds, how, before = line.split()
        pids = [
            forked(Path(home), int(port), float(seconds), how, int(before))
            for _ in range(1 + (how == "both"))
        ]
        if how[0].isdigit():
            time.sleep(float(how))
            os.kill(pids[0], signal.SIGKILL)
        ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        sys.stdout.write(f"{max(ends, key=abs)}\n")
        sys.stdout.flush()


def forked(home: Path, port: int, seconds: float, how: str, before: int) -> int:
    """The number of a child that delivers."""
    if pid := os.fork():
        return pid
    try:
        child(home, port, seconds, how, before)
    finally:
        os._exit(0 if sys.exc_info()[0] is None else 1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
