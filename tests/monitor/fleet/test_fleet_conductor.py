"""The whole fleet on a clock that is told: what happens to its workers loses nothing and doubles nothing."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from builders.fleet_engine import Town
from support.fleet_site import SCHOOLS, SHARED, THREAT, numbers

from data.types import Outcome
from monitor.fleet.engines.base import Stage
from monitor.fleet.work import AskArticle, ToSave

AT_THE_GATE = THREAT.replace(" at {0}", " at the gate of {0}")
PLACES = ("board", SHARED, "oakfield-news", "larch-news")


def written(town, chance):
    """Something is written somewhere, about somebody or nobody."""
    home = chance.choice([*SCHOOLS, ""])
    words = {"words": AT_THE_GATE + f" {chance.random()}"} if home and chance.random() < 0.1 else {}
    town.site.write(chance.choice(PLACES), home, **words)


def hurt(town, chance):
    """A worker is lost after it did its work, a stage answers no more for a while, or the head ends."""
    match chance.randrange(4):
        case 0 | 1:
            town.workers.losing[chance.choice(list(Stage))] += chance.randrange(1, 4)
        case 2:
            town.workers.held.add(chance.choice(list(Stage)))
        case 3:
            town.begin()


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_lost_each_home_has_in_the_end_what_is_its_own_once(tmp_path, seed):
    chance, town = random.Random(seed), Town(tmp_path)
    for home in SCHOOLS:
        town.site.write("board", home)
    for _ in range(8):
        written(town, chance)
        if chance.random() < 0.6:
            hurt(town, chance)
        town.passes(minutes=chance.randrange(1, 90))
        for stage in list(town.workers.held) if chance.random() < 0.5 else ():
            town.workers.held.discard(stage)
            town.workers.release(stage)
    town.begin()
    for _ in range(3):
        town.passes(hours=5)
    for home in SCHOOLS:
        others = {n for other in SCHOOLS if other != home for n in town.site.about(other)}
        assert town.site.about(home) <= town.had(home)
        assert not others & town.had(home)
        assert all(len(ids) == 1 for ids in numbers(town.home(home)).values())
        with town.home(home).read() as con:
            edited = con.execute("SELECT count(*) FROM mention_versions WHERE n > 1").fetchone()
            twice = con.execute("SELECT key FROM outbox GROUP BY key HAVING count(*) > 1").fetchall()
        assert (edited, twice) == ((0,), [])
    assert town.segments() == []


def test_a_home_is_handed_nothing_of_what_is_about_another_alone(tmp_path):
    town = Town(tmp_path)
    for home in SCHOOLS:
        for place in PLACES:
            town.site.write(place, home)
    town.settle()
    for home in SCHOOLS:
        assert town.had(home) == town.site.about(home)


def test_what_is_about_nobody_is_had_by_those_whose_own_file_names_the_place(tmp_path):
    town = Town(tmp_path)
    board, shared = town.site.write("board"), town.site.write(SHARED)
    town.settle()
    assert [town.had(home) for home in ("oakfield", "hexley", "larch")] == [{board}, {board}, set()]
    assert all(shared not in town.had(home) for home in SCHOOLS)


def test_what_is_counted_is_counted_by_days_of_the_fleets_zone(tmp_path):
    town = Town(tmp_path)
    town.site.write("board", "oakfield", AT_THE_GATE)
    town.settle()
    (oakfield,) = (h for h in town.conductor.told(town.clock()) if h.name == "oakfield")
    assert (oakfield.new_today, oakfield.alerts_today) == (1, 1)
    town.passes(hours=16)
    (oakfield,) = (h for h in town.conductor.told(town.clock()) if h.name == "oakfield")
    assert (oakfield.new_today, oakfield.alerts_today) == (0, 0)


def test_a_home_that_cannot_be_used_is_told_with_the_others(tmp_path):
    town = Town(tmp_path)
    (tmp_path / "homes" / "hexley" / "schoolgate.toml").write_text("nonsense = [", encoding="utf-8")
    town.begin()
    told = {home.name: home.left_out for home in town.conductor.told(town.clock())}
    assert told == {"oakfield": False, "larch": False, "hexley": True}


def test_a_home_taken_into_use_again_is_handed_all_that_is_there(tmp_path):
    path = tmp_path / "homes" / "hexley" / "schoolgate.toml"
    town = Town(tmp_path)
    right = path.read_text(encoding="utf-8")
    path.write_text("nonsense = [", encoding="utf-8")
    town.begin()
    n = town.site.write("board", "hexley")
    town.settle()
    path.write_text(right, encoding="utf-8")
    town.clock.at += timedelta(hours=5)
    town.begin()
    town.settle()
    assert town.had("hexley") == {n}


def test_nothing_is_under_way_where_all_is_done(tmp_path):
    town = Town(tmp_path)
    town.site.write("board", "oakfield")
    town.settle()
    assert town.conductor.idle
    town.workers.held.add(Stage.SAVE)
    town.site.write("board", "oakfield")
    town.passes(hours=5)
    assert not town.conductor.idle


def test_how_long_it_took_from_a_post_to_its_being_saved_is_known(tmp_path):
    town = Town(tmp_path)
    town.site.write("board", "oakfield")
    town.clock.at += timedelta(minutes=3)
    town.settle()
    assert town.conductor.homes.delay_s == (180.0, 180.0)


def test_how_a_place_fared_a_month_ago_is_forgotten(tmp_path):
    town = Town(tmp_path)
    town.settle()
    town.passes(days=31)
    with town.store.read() as con:
        (oldest,) = con.execute("SELECT min(started_at) FROM source_runs").fetchone()
        kinds = con.execute("SELECT DISTINCT outcome FROM source_runs").fetchall()
    assert town.clock() - oldest < timedelta(days=31)
    assert kinds
    assert (Outcome.OUR_FAULT.value,) not in kinds


def test_a_work_for_a_home_names_its_folder_and_no_other(tmp_path):
    town = Town(tmp_path)
    town.site.write("board", "oakfield")
    town.settle()
    found = [w for w in town.workers.of(ToSave) if any(r.mentions for r in w.readings)]
    assert {w.home.folder.name for w in found} == {"oakfield"}
    assert town.workers.of(AskArticle) == []
