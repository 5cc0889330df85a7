"""The nation that `benchmarks/nation` plays: the same everywhere, mixed as it says, asked at its pace."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from data.ids import digest
from data.types import SourceState
from monitor.config.load import load
from monitor.fleet.settings import load as load_fleet
from sources.registry import collector

ROOT = Path(__file__).parents[2]
MIDNIGHT = datetime(2026, 11, 17, tzinfo=UTC)
EVENING = MIDNIGHT + timedelta(hours=20)


@pytest.fixture(scope="module")
def nation() -> Iterator[Any]:
    """Modules of the benchmark, which stands beside the packages."""
    before = list(sys.path)
    sys.path.insert(0, str(ROOT))
    from benchmarks.nation import compare, homes, planning, played
    from benchmarks.nation.world import grammar, places, schools, shown

    drawn = schools.of_nation(None, 60)
    settled = places.settled(drawn)
    yield SimpleNamespace(
        drawn=drawn, nation=settled, world=shown.World(settled, MIDNIGHT), places=places, homes=homes,
        played=played, planning=planning, grammar=grammar, compare=compare,
        sources={s.url: s for some in settled.named.values() for s in some}
        | {s.url: s for s in settled.shared},
    )  # fmt: skip
    sys.path[:] = before


def shown_by(nation: Any, at: datetime) -> str:
    return digest(*(repr(nation.world.shown(place, at)) for place in nation.nation.places.values()))


SHOWN_ELSEWHERE = """
from datetime import UTC, datetime
from benchmarks.nation.world import places, schools, shown
from data.ids import digest
world = shown.World(places.settled(schools.of_nation(None, 60)), datetime(2026, 11, 17, tzinfo=UTC))
at = datetime(2026, 11, 17, 20, tzinfo=UTC)
shown = [repr(world.shown(place, at)) for place in reversed(world.nation.places.values())]
print(digest(*reversed(shown)))
"""


def test_what_places_show_is_the_same_in_another_process_whatever_is_asked_first(nation: Any) -> None:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{SHOWN_ELSEWHERE}"]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    assert told.strip() == shown_by(nation, EVENING)


def test_a_place_shows_its_newest_posts_and_no_more_than_it_has_room_for(nation: Any) -> None:
    for place in nation.nation.places.values():
        posts = nation.world.shown(place, EVENING)
        assert len(posts) <= place.stated.shown
        assert [p.at for p in posts] == sorted((p.at for p in posts), reverse=True)
        assert all(p.at <= EVENING for p in posts)


def test_the_posts_of_a_day_are_as_many_as_stated(nation: Any) -> None:
    share = len(nation.nation.schools) / nation.places.NATION
    made = sum(len(nation.world.times(place)) for place in nation.nation.places.values())
    assert made == pytest.approx(nation.places.POSTS_A_DAY * share, rel=0.05)


def test_nearly_all_that_is_said_is_about_nobody_or_dull(nation: Any) -> None:
    tones: Counter[str] = Counter()
    for hour in range(8, 24, 2):
        for place in nation.nation.places.values():
            tones.update(p.tone.value for p in nation.world.shown(place, MIDNIGHT + timedelta(hours=hour)))
    dull = tones["nobody"] + tones["dull"]
    assert dull / tones.total() == pytest.approx(0.97, abs=0.02)
    assert {"praise", "complaint", "abusive"} <= tones.keys()


def test_every_document_is_read_to_the_posts_it_shows(nation: Any, tmp_path: Path) -> None:
    clock = nation.played.PlayedClock(tmp_path / "clock")
    clock.set(EVENING)
    worker = nation.played.Playing(nation.world, clock, tmp_path)
    line = nation.played._Line(worker, EVENING)
    for family in nation.places.Family:
        place = next(p for p in nation.nation.places.values() if p.family is family)
        answer = line._answer(SimpleNamespace(url=place.url), None, "h", EVENING)
        read = collector(place.stated.kind).parse(nation.sources[place.url], answer)
        words = " ".join(f"{m.url} {m.text}" for m in read.mentions)
        for post in nation.world.shown(place, EVENING):
            assert (post.url if family is nation.places.Family.INSPECTION else post.text) in words


def test_a_host_is_asked_at_its_pace_and_who_is_not_is_found(nation: Any, tmp_path: Path) -> None:
    clock = nation.played.PlayedClock(tmp_path / "clock")
    clock.set(EVENING)
    urls = [url for url in nation.sources if "search.example.org" in url][:5]
    for folder, workers in (("one", 1), ("two", 2)):
        line = [nation.played.Playing(nation.world, clock, tmp_path / folder) for _ in range(workers)]
        for n, url in enumerate(urls):
            source = nation.sources[url]
            line[n % workers](SimpleNamespace(source=source, state=SourceState(source.id)))
    assert nation.played.too_soon(nation.played.askings(tmp_path / "one").items()) == []
    assert nation.played.too_soon(nation.played.askings(tmp_path / "two").items()) == ["search.example.org"]


def test_homes_and_fleet_are_written_without_a_fault(nation: Any, tmp_path: Path) -> None:
    few = [home for home in nation.drawn if len(home.schools) > 1][:1] or nation.drawn[:1]
    folder = tmp_path / "fleet"
    nation.homes.make(folder, few, nation.nation)
    file = nation.homes.write_fleet(folder, few, nation.nation, {"kind": "local"}, None)
    fleet = load_fleet(file)
    assert [home.name for home in fleet.homes] == [home.name for home in few]
    config = load(fleet.homes[0].config, {}, fleet.homes[0].folder)
    assert {s.urn for s in config.schools} == {s.urn for s in few[0].schools}
    assert {s.url for s in config.sources} == {s.url for s in nation.nation.named[few[0].name]}
    held = nation.compare.held({"h": fleet.homes[0].folder})
    assert nation.compare.unlike(held, held) == []


def test_places_are_planned_as_often_as_their_kinds_are_read(nation: Any) -> None:
    day, by_host = nation.planning.planned(nation.world, nation.sources, {})
    family = nation.places.Family
    assert day[family.INSPECTION].askings == pytest.approx(day[family.INSPECTION].places, rel=0.3)
    assert 40 < day[family.PAPER].askings / day[family.PAPER].places <= 107
    assert day[family.PAPER].late(0.5) < 15 * 60
    assert sum(by_host.values()) == sum(told.askings for told in day.values())
