"""A process that works on a store, for tests that kill it or run it beside another.

python store_worker.py HOME write COUNT        saves COUNT batches, one a transaction
python store_worker.py HOME read COUNT         looks COUNT times, fails where it sees half a batch
python store_worker.py HOME die STEP           saves a batch, and is killed at its STEP-th statement
python store_worker.py HOME purge-die STEP     purges and rewrites, and is killed at that statement
"""

import os
import signal
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest import mock

from builders.mention import NOW, POLICY, a_batch, a_mention, a_message, a_run, an_alert, save
from support.forked import Forked

from data.effects import utc_now
from data.retention.deleting import purge
from data.store.engine.open import Store

BATCH = 3
"""Mentions in one batch."""


def batch(name):
    """A batch whose every row can be told by its name."""
    return a_batch(
        *(a_mention(f"{name}-{n}") for n in range(BATCH)), story_id=f"s-{name}", run=a_run(f"feed:{name}"),
        alerts=[an_alert(f"s-{name}")], outbox=[a_message(f"m-{name}")],
    )  # fmt: skip


def whole(con):
    """How many batches are there; raises AssertionError where one is there in part."""
    parts = {}
    for table, rows in {
        "source_runs": 1,
        "stories": 1,
        "alerts": 1,
        "outbox": 1,
        "audit WHERE action = 'alert_raised'": 1,
        "mentions": BATCH,
        "mention_versions": BATCH,
        "matches": BATCH,
        "verdicts": BATCH,
        "sightings": BATCH,
    }.items():
        (found,) = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0]
        parts[table] = found / rows
    assert len(set(parts.values())) == 1, parts
    return int(parts["source_runs"])


class Deadly:
    """A connection that kills its process, as a power cut would, instead of a certain statement."""

    left = 0

    def __init__(self, con):
        self._con = con

    def execute(self, *given):
        Deadly.left -= 1
        if Deadly.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._con.execute(*given)

    def close(self):
        self.execute("SELECT 'one more place to die'")
        self._con.close()


@contextmanager
def dying_at(step):
    """Every connection of a store counts down to the death of this process."""
    from data.store.engine import open as opening

    real = opening.connect
    Deadly.left = step

    def connect(path, *, read_only):
        opened = real(path, read_only=read_only)
        opened.con = Deadly(opened.con)
        return opened

    with mock.patch.object(opening, "connect", connect):
        yield


def main(home, what, number):
    store = Store(Path(home), clock=utc_now, sleep=time.sleep)
    if what in ("write", "rewrite"):
        for n in range(number):
            with store.write("save") as con:
                save(con, batch(f"{os.getpid()}-{n}"), now=NOW, policy=POLICY)
            sys.stdout.write("saved\n")
            sys.stdout.flush()
            if what == "rewrite" and n % 3 == 2:
                purge(store, NOW, POLICY, force=True)
    elif what == "read":
        seen = 0
        for _ in range(number):
            with store.open_reader() as con:
                now = whole(con)
            assert now >= seen, "a batch was lost"
            seen = now
    elif what in ("hold-read", "hold-write"):
        with store.open_reader() if what == "hold-read" else store.write("hold"):
            sys.stdout.write("held\n")
            sys.stdout.flush()
            sys.stdin.readline()
    elif what == "die":
        with dying_at(number), store.write("save") as con:
            save(con, batch("dying"), now=NOW, policy=POLICY)
    elif what == "purge-die":
        with dying_at(number):
            purge(store, NOW + timedelta(days=30), POLICY, force=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))


_WORK = f"import runpy; runpy.run_module({__name__!r}, run_name='__main__')"


def start(store, what, number):
    return Forked(_WORK, store.home, what, number)


def end(process):
    """How it ended: well, or killed."""
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode
