"""The sign to somebody elsewhere that a fleet fares well, and when it stays away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.fleet import read
from builders.mention import NOW, Clock
from support.web_server import serve

from monitor.fleet.progress import WAITS_LONG, FleetProgress, HomeProgress, PlacesProgress
from monitor.fleet.serve import SETTLED, FleetHeart

PATH = "/hush-hush-token"
HOME = '[[homes]]\nname = "brightwater"\nfolder = "homes/brightwater"\n'


class Served:
    """A fleet whose heart beats at a site of this machine."""

    def __init__(self, folder, site, top):
        self.site, self.clock = site, Clock()
        self.fleet = read(folder, top + HOME)
        self.heart = FleetHeart(self.clock)
        self.facts = {"homes": (HomeProgress("brightwater"),)}
        self.clock.at += SETTLED

    def tick(self):
        self.heart.tick(self.fleet, FleetProgress(1, "here", NOW, self.clock(), "local", **self.facts))
        if self.heart.asking is not None:
            self.heart.asking.join(30)

    def minutes(self, n):
        """So many pass; how often it has beaten since the beginning."""
        for _ in range(n * 6):
            self.tick()
            self.clock.at += timedelta(seconds=10)
        return len(self.site.paths)


@pytest.fixture
def site():
    with serve({PATH: b"OK"}) as site:
        yield site


@pytest.fixture
def fleet(tmp_path, site):
    return Served(tmp_path, site, f'heartbeat_url = "{site}{PATH}"\n')


def test_it_beats_every_five_minutes_and_says_nothing(fleet):
    assert fleet.minutes(11) == 3
    for asked in fleet.site.asked:
        assert (asked.method, asked.path, asked.body) == ("GET", PATH, b"")
        assert asked.headers["user-agent"] == "Schoolgate"


def test_without_an_address_it_asks_nobody(tmp_path, site):
    assert Served(tmp_path, site, "").minutes(6) == 0


def test_the_address_may_stand_in_a_file_and_is_never_shown(tmp_path, site):
    (tmp_path / "beat").write_text(f"{site}{PATH}\n")
    fleet = Served(tmp_path, site, 'heartbeat_file = "beat"\n')
    assert fleet.minutes(1) == 1
    assert PATH not in repr(fleet.fleet)


@pytest.mark.parametrize(
    "facts",
    [
        {"homes": (HomeProgress("brightwater", oldest_waiting_at=NOW - WAITS_LONG),)},
        {"unrouted_since": NOW - WAITS_LONG},
        {"places": PlacesProgress(all=3, blocked=1, failing=2)},
    ],
    ids=["homes wait", "what was read goes nowhere", "no place can be read"],
)
def test_while_the_fleet_does_not_collect_it_stays_away(fleet, facts):
    well, fleet.facts = fleet.facts, facts
    assert fleet.minutes(11) == 0
    fleet.facts = well
    assert fleet.minutes(1) == 1


def test_what_concerns_a_home_or_two_of_many_keeps_it_from_nothing(fleet):
    late = HomeProgress("larch", oldest_waiting_at=NOW - WAITS_LONG)
    others = tuple(HomeProgress(f"home-{n}") for n in range(18))
    fleet.facts["homes"] = (late, HomeProgress("hexley", left_out=True), *others)
    assert fleet.minutes(1) == 1


@pytest.mark.parametrize("every_s", [10, 240])
def test_while_something_of_its_own_fails_now_and_then_it_stays_away(fleet, every_s):
    fleet.clock.at = NOW
    for n in range(360):
        fleet.facts["faults"] = 1 + n * 10 // every_s
        fleet.tick()
        fleet.clock.at += timedelta(seconds=10)
    assert fleet.site.paths == []
    assert fleet.minutes(6) == 1


def test_one_that_ends_again_and_again_never_beats(fleet):
    fleet.clock.at = NOW
    assert fleet.minutes(4) == 0
    assert fleet.minutes(2) == 1


def test_a_beat_that_nobody_hears_is_tried_again_in_five_minutes(tmp_path, site, caplog):
    fleet = Served(tmp_path, site, f'heartbeat_url = "{site}/nowhere-hush"\n')
    assert fleet.minutes(6) == 2
    assert "in=heartbeat" in caplog.text
    assert "hush" not in caplog.text
