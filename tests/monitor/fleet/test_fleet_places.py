"""The places of a fleet: each address once, who watches it, what is asked of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.judges import HEXLEY, OAKFIELD

from data.types import Source
from monitor.fleet.settings import SharedPlace
from monitor.fleet.work import is_private, places
from monitor.pipeline.collect import scope_of
from sources.registry import kind_named

BOARD = Source("board", "feed", "https://town.example.org/board", channel="local_forum")
MAILBOX = Source("inbox", "mailbox", "imaps://mail.example.org/INBOX", settings={"user": "us@example.org"})
PACE_S = kind_named("feed").default_interval_s


def found(oakfield=(), hexley=(), shared=()):
    return places({"oakfield": ([OAKFIELD], oakfield), "hexley": ([HEXLEY], hexley)}, shared)


def watches(place):
    return [(watch.home, watch.source.id) for watch in place.watches]


def test_an_address_that_two_homes_watch_is_one_place():
    (place,) = found([BOARD], [replace(BOARD, id="our-board", name="Our board")])
    assert watches(place) == [("oakfield", "board"), ("hexley", "our-board")]


def test_each_home_watches_it_for_its_own_schools():
    (place,) = found([BOARD], [BOARD])
    assert [watch.source.urns for watch in place.watches] == [(OAKFIELD.urn,), (HEXLEY.urn,)]


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://town.example.org/other"},
        {"channel": "forum"},
        {"settings": {"articles": False}},
        {"own": True},
        {"notice": "Not looked at in the evening."},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_asked_or_read_otherwise_is_another_place(change):
    first, other = found([BOARD], [replace(BOARD, **change)])
    assert first.source.id != other.source.id
    assert watches(other) == [("hexley", "board")]


def test_the_order_of_its_settings_makes_no_other_place():
    one, other = {"articles": False, "n": 1}, {"n": 1, "articles": False}
    assert len(found([replace(BOARD, settings=one)], [replace(BOARD, settings=other)])) == 1


@pytest.mark.parametrize(
    ("first", "other", "wanted"),
    [(600.0, 60.0, 60.0), (60.0, None, 60.0), (None, PACE_S * 4, None), (None, None, None)],
)
def test_it_is_asked_as_often_as_the_most_eager_wants(first, other, wanted):
    (place,) = found([replace(BOARD, interval_s=first)], [replace(BOARD, interval_s=other)])
    assert place.source.interval_s == wanted


def test_so_many_pages_are_read_as_any_of_them_wants():
    (place,) = found([replace(BOARD, max_pages=2)], [replace(BOARD, max_pages=9)])
    assert place.source.max_pages == 9


def test_a_mailbox_is_its_homes_alone_and_says_whose_it_is():
    ids = [place.source.id for place in found([MAILBOX], [MAILBOX])]
    assert ids == ["oakfield/inbox", "hexley/inbox"]


def test_what_a_home_switched_off_it_does_not_watch():
    (place,) = found([BOARD], [replace(BOARD, disabled="it was too loud")])
    assert watches(place) == [("oakfield", "board")]


def test_what_all_have_switched_off_is_no_place():
    assert found([replace(BOARD, disabled="off")]) == ()


def test_a_new_watcher_changes_for_whom_it_is_read():
    (alone,), (both,) = found([BOARD]), found([BOARD], [BOARD])
    assert alone.source.id == both.source.id
    assert scope_of(alone.source) != scope_of(both.source)


def test_a_home_with_another_name_for_it_changes_nothing_for_whom_it_is_read():
    (one,), (other,) = found([BOARD], [BOARD]), found([BOARD], [replace(BOARD, id="else", name="Else")])
    assert scope_of(one.source) == scope_of(other.source)


def test_a_place_of_the_fleet_is_watched_for_all_its_homes():
    (place,) = found(shared=[SharedPlace(BOARD)])
    assert place.shared
    assert watches(place) == [("oakfield", "shared-board"), ("hexley", "shared-board")]


def test_a_place_of_the_fleet_may_be_for_some_of_its_homes():
    (place,) = found(shared=[SharedPlace(BOARD, ("hexley",))])
    assert watches(place) == [("hexley", "shared-board")]


def test_a_place_of_the_fleet_passes_over_a_home_that_cannot_be_used():
    (place,) = found(shared=[SharedPlace(BOARD, ("hexley", "larch"))])
    assert watches(place) == [("hexley", "shared-board")]


def test_a_place_of_the_fleet_that_is_switched_off_is_none():
    assert found(shared=[SharedPlace(replace(BOARD, disabled="off"))]) == ()


@pytest.mark.parametrize(
    ("source", "private"), [(MAILBOX, True), (replace(BOARD, own=True), True), (BOARD, False)]
)
def test_a_mailbox_and_a_schools_own_page_are_read_for_their_home_alone(source, private):
    assert is_private(source) is private
