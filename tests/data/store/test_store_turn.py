"""One turn at writing the file: whether another came between is noticed."""

from __future__ import annotations

import os

import pytest

from data.store.engine.turn import state, turn_of


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
