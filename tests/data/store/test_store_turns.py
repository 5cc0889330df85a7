"""Whose turn it is: who waits is let in before those who come later, and nobody waits for ever."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from builders.mention import a_store

from data.effects import utc_now
from data.errors import StoreBusy
from data.store.engine.open import Store
from data.store.engine.turn import LOOK_S, PATIENCE_S


@contextmanager
def holding(store, which):
    handle = os.open(store.home / f"schoolgate.duckdb.lock{which}", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def coming_again_at_once(home, how):
    """A writer or reader that holds the file for 30 ms, and comes again as soon as it has let go."""
    store, ended, turns = Store(home, clock=utc_now, sleep=time.sleep), threading.Event(), []

    def again() -> None:
        while not ended.is_set():
            with store.write("again") if how == "write" else store.read():
                time.sleep(0.03)
            turns.append(1)

    threads = [threading.Thread(target=again) for _ in range(1 if how == "write" else 3)]
    for thread in threads:
        thread.start()
    try:
        yield turns
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize(("theirs", "ours"), [("write", "read"), ("write", "write"), ("read", "write")])
def test_who_waits_is_let_in_before_one_that_comes_again(store, theirs, ours):
    waiting = Store(store.home, clock=utc_now, sleep=time.sleep)
    with coming_again_at_once(store.home, theirs) as turns:
        while not turns:
            time.sleep(LOOK_S)
        for _ in range(10):
            before = len(turns)
            with waiting.read() if ours == "read" else waiting.write("our turn"):
                after = len(turns)
            assert after - before <= (2 if theirs == "write" else 6)  # those that were in, or nearly


def test_readers_do_not_wait_for_one_another(store):
    with store.read(), suppress(StoreBusy):
        began = time.monotonic()
        with a_store(store.home).read():
            assert time.monotonic() - began < 5


def test_while_another_is_next_nobody_else_looks_at_the_file(store, clock):
    with holding(store, ".next"):
        clock.sleep = lambda seconds: clock.slept.append(seconds)  # time stands still
        waiting = a_store(store.home, clock, wait_s=0)
        with pytest.raises(StoreBusy), waiting.read():
            pass


def test_one_that_is_next_and_was_stopped_keeps_nobody_out_for_long(store, clock):
    with holding(store, ".next"), store.read() as con:
        assert con.execute("SELECT 1").fetchone() == (1,)
    assert sum(clock.slept) == pytest.approx(PATIENCE_S, abs=0.1)


def test_who_is_next_looks_every_two_milliseconds(store, clock):
    with holding(store, ""), pytest.raises(StoreBusy), store.read():
        pass
    assert set(clock.slept) == {0.002}


def test_a_program_killed_while_it_waits_leaves_its_place(store):
    with holding(store, ""):
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                Store(store.home, clock=utc_now, sleep=time.sleep).read().__enter__()
            os._exit(1)
        time.sleep(0.3)
        os.kill(child, 9)
        os.waitpid(child, 0)
    with a_store(store.home).read() as con:
        assert con.execute("SELECT 1").fetchone() == (1,)
