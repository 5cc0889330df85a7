"""Whose turn it is: who waits goes before who comes later; what came between is noticed; leases."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.mention import NOW, a_store

from data.effects import utc_now
from data.errors import StoreBusy
from data.store.engine.leases import Lease, give_back, held, renew, take
from data.store.engine.open import Store
from data.store.engine.turn import LOOK_S, PATIENCE_S, state, turn_of


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


# ---------------------------------------------------------------- one turn at writing the file


def write(store, statement="SELECT 1"):
    with store.write("test") as con:
        con.execute(statement)
        return turn_of(con)


CHANGE = "INSERT INTO people VALUES (uuid()::VARCHAR, 'n', [], NULL, [])"


def test_a_turn_follows_the_last_one_only(store):
    one, two = write(store, CHANGE), write(store, CHANGE)
    assert two.follows(one)
    assert not write(store, CHANGE).follows(one)


def test_a_turn_follows_none_that_has_not_ended(store):
    with store.write("test") as con:
        turn = turn_of(con)
        assert not turn.follows(turn)


def test_reading_is_no_turn_and_comes_between_none(store):
    one = write(store, CHANGE)
    with store.read() as con:
        assert turn_of(con) is None
    assert write(store).follows(one)


def test_a_turn_says_whether_it_was_kept(store):
    assert write(store, CHANGE).committed
    with store.write("test") as con:
        assert not turn_of(con).committed


def failing(store, seen):
    with store.write("test") as con:
        seen.append(turn_of(con))
        con.execute(CHANGE)
        raise ZeroDivisionError


def test_a_turn_that_is_rolled_back_leaves_what_it_found(store):
    seen: list = []
    with pytest.raises(ZeroDivisionError):
        failing(store, seen)
    assert not seen[0].committed
    assert write(store).follows(seen[0])


def test_two_writes_at_one_time_are_told_apart(store):
    write(store, CHANGE)
    was, of = state(store.path), store.path.stat()
    write(store, "UPDATE people SET name = 'm'")
    os.utime(store.path, ns=(of.st_atime_ns, of.st_mtime_ns))
    changed = [i for i, (a, b) in enumerate(zip(was, state(store.path), strict=True)) if a != b]
    assert set(changed) & {4, 5}, "neither header of the file has changed"


def test_what_cannot_be_seen_is_like_nothing_else(tmp_path):
    assert state(tmp_path / "none") != state(tmp_path / "none")


# -------------------------------------------------------------------------------------- leases


MINE = Lease("service", "PID 1 on here", NOW, NOW + timedelta(seconds=90))
LATER = NOW + timedelta(seconds=30)
THEIRS = Lease("service", "PID 2 on there", LATER, LATER + timedelta(seconds=90))


@pytest.fixture
def con(tmp_path):
    store = a_store(tmp_path / "home")
    store.migrate()
    with store.write("test") as con:
        yield con


def test_a_lease_that_nobody_holds_is_taken(con):
    assert held(con, "service") is None
    assert take(con, MINE) == MINE == held(con, "service")


def test_a_second_holder_is_refused_and_shown_the_first(con):
    take(con, MINE)
    assert take(con, THEIRS) == MINE == held(con, "service")


def test_a_lease_that_has_ended_is_taken_over(con):
    take(con, replace(MINE, held_until=LATER))
    assert take(con, THEIRS) == THEIRS == held(con, "service")


def test_the_lease_of_a_holder_that_is_gone_is_taken_over_at_once(con):
    take(con, MINE)
    assert take(con, THEIRS, gone=lambda holder: holder == MINE.holder) == THEIRS


def test_a_lease_is_held_for_longer_by_its_holder_alone(con):
    take(con, MINE)
    assert not renew(con, THEIRS)
    longer = replace(MINE, held_until=LATER + timedelta(hours=1))
    assert renew(con, longer)
    assert held(con, "service") == longer


def test_who_was_taken_over_can_neither_renew_nor_give_back(con):
    take(con, MINE)
    again = replace(MINE, taken_at=LATER)
    take(con, again, gone=lambda holder: True)
    assert not renew(con, MINE)
    give_back(con, MINE)
    assert held(con, "service") == again


def test_a_lease_that_is_given_back_is_free(con):
    take(con, MINE)
    give_back(con, MINE)
    assert held(con, "service") is None
