"""Which places a fleet asks when, and what is kept of what they gave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.fleet_engine import SITE, Town
from support.fleet_site import SHARED

from data.errors import StoreFull
from data.store.segments import read_segment
from data.store.shelf import SegmentShelf
from data.store.sources import source_runs
from data.types import FetchFailure, Outcome
from monitor.fleet.conducting import conductor
from monitor.fleet.engines.base import Stage
from monitor.fleet.settings import load
from monitor.fleet.work import AskPlace, ToRoute

MAILBOX = """[[sources]]
id = "inbox"
kind = "mailbox"
url = "imaps://mail.example.org/INBOX"
[sources.settings]
user = "us@example.org"
password_env = "SCHOOLGATE_TEST_MAILBOX"
"""


@pytest.fixture
def town(tmp_path):
    """What it asks is done; what it keeps is handed to nobody, and waits to be linked."""
    town = Town(tmp_path)
    town.workers.held.add(Stage.LINK)
    return town


def moved(change):
    """A fleet whose files are changed by that before it is read."""

    def changed(folder):
        for path in (folder / "fleet.toml", *(folder / "homes").glob("*/schoolgate.toml")):
            path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        return load(folder / "fleet.toml")

    return changed


def asked(town):
    """The addresses that were asked, in their order."""
    return [work.source.url.removeprefix(f"{SITE}/") for work in town.workers.of(AskPlace)]


def kept(town):
    """What lies there to be linked: by address how many posts, the oldest reading first."""
    places = town.conductor.asking.places
    return [
        (places[r.run.source_id].source.url.removeprefix(f"{SITE}/"), len(r.mentions))
        for path in town.segments("read")
        for r in read_segment(path)
    ]


def recorded(town):
    """By address what the fleet's own store knows of its askings."""
    places = town.conductor.asking.places
    sql = "SELECT source_id, outcome, mentions_new FROM source_runs ORDER BY started_at, source_id"
    with town.store.read() as con:
        rows = con.execute(sql).fetchall()
    return [(places[i].source.url.removeprefix(f"{SITE}/"), outcome, new) for i, outcome, new in rows]


# ------------------------------------------------------------------------------ whose turn it is


def test_of_one_host_one_place_is_asked_at_a_time(town):
    town.workers.held.add(Stage.FETCH)
    town.settle()
    assert len(asked(town)) == 1
    assert (town.conductor.asking.under_way, town.conductor.asking.waiting) == (1, 3)
    town.workers.release(Stage.FETCH, 1)
    town.settle()
    assert len(asked(town)) == 2


def test_each_address_is_asked_once_for_all_homes(town):
    town.settle()
    assert sorted(asked(town)) == ["board", SHARED, "larch-news", "oakfield-news"]


def test_places_of_other_hosts_are_asked_meanwhile(tmp_path):
    town = Town(
        tmp_path, moved(lambda text: text.replace(f"{SITE}/board", "https://board.example.org/board"))
    )
    town.workers.held.add(Stage.FETCH)
    town.settle()
    assert len(asked(town)) == 2


def test_places_where_pupils_write_are_asked_first(tmp_path):
    def change(text):
        quiet = text.replace('channel = "local_forum"', 'channel = "news"')
        return quiet.replace('oakfield-news"\nchannel = "news"', 'oakfield-news"\nchannel = "tiktok"')

    town = Town(tmp_path, moved(change))
    town.settle()
    assert asked(town)[0] == "oakfield-news"


def test_a_place_is_asked_again_when_it_is_due_and_not_before(town):
    town.settle()
    town.passes(minutes=2)
    assert len(asked(town)) == 4
    town.passes(hours=5)
    assert len(asked(town)) == 8


def test_a_place_is_asked_at_the_pace_that_its_home_wants(tmp_path):
    town = Town(tmp_path, moved(lambda t: t.replace('/oakfield-news"', '/oakfield-news"\ninterval = "1h"')))
    town.settle()
    for _ in range(4):
        town.passes(minutes=31)
    assert asked(town).count("oakfield-news") == 3


def test_nothing_is_asked_where_only_what_is_there_is_to_be_done(town):
    town.settle(ask=False)
    assert asked(town) == []


# ------------------------------------------------------------------------------ what is kept


def test_what_a_place_gave_is_kept_before_it_is_recorded_as_asked(town):
    town.site.write("board", "oakfield")
    town.settle()
    assert ("board", 1) in kept(town)
    assert ("board", "ok", 1) in recorded(town)


def test_what_is_as_it_was_hands_over_nothing_but_is_recorded(town):
    town.site.write("board", "oakfield")
    town.settle()
    before = kept(town)
    town.passes(hours=5)
    assert kept(town) == before
    assert ("board", "not_modified", 0) in recorded(town)


def test_what_is_sent_again_unchanged_hands_over_nothing(town):
    town.site.write("board", "oakfield")
    town.settle()
    fetch = town.web.fetch
    town.web.fetch = lambda request, conditional=None: fetch(request)
    before = kept(town)
    town.passes(hours=5)
    assert kept(town) == before
    assert recorded(town).count(("board", "ok", 0)) == 1


def test_a_new_post_hands_over_the_reading(town):
    town.site.write("board", "oakfield")
    town.settle()
    town.site.write("board", "hexley")
    town.passes(hours=5)
    assert kept(town) == [("board", 1), ("board", 2)]
    assert ("board", "ok", 1) in recorded(town)[4:]


def test_an_edit_hands_over_the_reading(town):
    town.site.write("board", "oakfield")
    town.site.write("board", "hexley")
    town.settle()
    (first, other) = town.site.posts["board"]
    town.site.posts["board"] = [replace(first, text=first.text + " It rained."), other]
    fetch = town.web.fetch
    town.web.fetch = lambda request, conditional=None: fetch(request)
    town.passes(hours=5)
    assert kept(town) == [("board", 2), ("board", 2)]


def test_a_post_that_is_gone_hands_over_nothing(town):
    town.site.write("board", "oakfield")
    town.site.write("board", "hexley")
    town.settle()
    town.site.posts["board"] = town.site.posts["board"][:1]
    town.passes(hours=5)
    assert kept(town) == [("board", 2)]


def test_after_a_start_a_place_is_asked_whether_it_has_changed(town):
    town.settle()
    town.clock.at += timedelta(hours=5)
    town.begin()
    town.settle()
    assert len(town.web.unchanged) == 4


def test_after_a_start_a_place_is_not_asked_before_it_is_due(town):
    town.settle()
    town.clock.at += timedelta(minutes=2)
    town.begin()
    town.settle()
    assert asked(town) == []


def test_a_new_watcher_is_handed_all_that_is_there(town):
    town.site.write("board", "larch")
    town.settle()
    path = town.folder / "homes" / "larch" / "schoolgate.toml"
    told = path.read_text(encoding="utf-8").replace("larch-news", "board")
    path.write_text(told, encoding="utf-8")
    town.clock.at += timedelta(hours=5)
    town.begin()
    town.workers.held.add(Stage.LINK)
    town.settle()
    assert f"{SITE}/board" not in town.web.unchanged
    assert kept(town) == [("board", 1), ("board", 1)]


def test_what_is_forgotten_is_asked_for_whole_at_its_next_turn(town):
    town.site.write("board", "oakfield")
    town.settle()
    town.conductor.asking.forget(list(town.conductor.asking.places))
    town.passes(hours=5)
    assert kept(town) == [("board", 1), ("board", 1)]


def test_what_is_asked_for_whole_is_asked_so_until_it_answers(town):
    town.site.write("board", "oakfield")
    town.settle()
    town.conductor.asking.forget(list(town.conductor.asking.places))
    at = f"{SITE}/board"
    town.web.broken[at] = FetchFailure(Outcome.UNREACHABLE, at, "It does not answer.", town.clock())
    town.passes(hours=5)
    assert kept(town) == [("board", 1)]
    town.web.broken.clear()
    town.passes(hours=5)
    assert kept(town) == [("board", 1), ("board", 1)]


# ------------------------------------------------------------------------------ faults


@pytest.fixture
def full(town, monkeypatch):
    """The disk is full; call it to make room."""
    put = SegmentShelf.put

    def refuse(*given):
        raise StoreFull("the disk is full")

    monkeypatch.setattr(SegmentShelf, "put", refuse)  # a disk that is full, which no test can have
    return lambda: monkeypatch.setattr(SegmentShelf, "put", put)


def test_on_a_full_disk_nothing_is_recorded_and_nothing_more_is_asked(town, full):
    town.site.write("board", "oakfield")
    town.settle()
    so_far = len(asked(town))
    assert so_far < 4
    assert ("board", "ok", 1) not in recorded(town)
    town.passes(seconds=30)
    assert len(asked(town)) == so_far


def test_what_a_full_disk_kept_from_being_saved_is_asked_again(town, full):
    town.site.write("board", "oakfield")
    town.settle()
    full()
    town.passes(seconds=61)
    assert kept(town) == [("board", 1)]
    assert recorded(town).count(("board", "ok", 1)) == 1


def test_the_pause_grows_while_the_disk_is_full(town, full):
    for place in ("board", "oakfield-news", "larch-news", SHARED):
        town.site.write(place, "oakfield")
    town.settle()
    town.passes(seconds=61)
    so_far = len(asked(town))
    town.passes(seconds=61)
    assert len(asked(town)) == so_far == 2
    town.passes(minutes=5)
    assert len(asked(town)) == 3


def test_a_place_whose_fetcher_was_lost_is_soon_asked_again(town):
    town.workers.losing[Stage.FETCH] = 1
    town.settle()
    lost = asked(town)[0]
    assert town.conductor.line.restarts[Stage.FETCH] == 1
    town.passes(seconds=2)
    assert asked(town).count(lost) == 2


def test_a_lost_fetcher_counts_as_a_fault_of_ours_until_the_place_answers(town):
    town.workers.losing[Stage.FETCH] = 1
    town.settle()
    assert list(town.conductor.asking.failing.values()) == [Outcome.OUR_FAULT]
    town.passes(seconds=2)
    assert town.conductor.asking.failing == {}


def test_a_place_that_its_fetcher_fails_at_again_and_again_is_asked_less_and_less_often(town):
    town.workers.losing[Stage.FETCH] = 10_000
    for _ in range(120):
        town.passes(seconds=1)
    assert 5 <= asked(town).count("board") <= 8


def test_a_place_that_bars_us_is_told_as_failing(town):
    at = f"{SITE}/board"
    town.web.broken[at] = FetchFailure(Outcome.BLOCKED, at, "It answered 403.", town.clock(), 403)
    town.settle()
    assert list(town.conductor.asking.failing.values()) == [Outcome.BLOCKED]
    assert ("board", "blocked", 0) in recorded(town)


def test_where_too_much_waits_to_be_linked_nothing_more_is_asked(town, monkeypatch):
    monkeypatch.setattr(conductor, "MOST_READ", 1)  # 64 segments would take seconds to write
    for place in ("board", "oakfield-news", SHARED):
        town.site.write(place, "oakfield")
    town.settle()
    assert len(asked(town)) < 4
    town.workers.held.clear()
    town.workers.release(Stage.LINK)
    town.settle()
    assert len(asked(town)) == 4


# ------------------------------------------------------------------------------ mailboxes


def test_a_mailbox_is_asked_by_its_homes_writer(tmp_path):
    def add(text):
        return text + MAILBOX if "Hexley" in text else text

    town = Town(tmp_path, moved(add))
    town.workers.works[Stage.SAVE] = town.fetched
    town.conductor.turn(0.0, tend=False)
    (box,) = [one for one in town.workers.asked if one[0] is Stage.SAVE]
    stage, shard, work = box
    assert (stage, shard) == (Stage.SAVE, town.conductor.asking.writer_of("hexley"))
    assert (work.source.id, work.home.name) == ("hexley/inbox", "hexley")


def test_the_fleets_store_says_of_each_place_alone_how_it_fared(town):
    town.settle()
    with town.store.read() as con:
        states = source_runs.states(con, list(town.conductor.asking.places))
    assert {s.last_outcome for s in states.values()} == {Outcome.EMPTY}


def test_segments_are_in_the_order_in_which_their_places_were_asked(town):
    town.site.write("board", "oakfield")
    town.site.write(SHARED, "oakfield")
    town.settle()
    assert [place for place, _ in kept(town)] == [p for p in asked(town) if p in ("board", SHARED)]
    assert town.workers.of(ToRoute)
