"""Who holds what for a while."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.mention import NOW, a_store

from data.store.engine.leases import Lease, give_back, held, renew, take

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
