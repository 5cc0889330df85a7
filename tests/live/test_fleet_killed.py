"""A fleet whose workers, machines and head are killed while people write: nothing is lost, or there twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.checkout import ROOT, TESTS
from support.fleet_site import SCHOOLS, SHARED, THREAT, FleetSite, numbers, published, written_down
from support.places import FIRST, THING
from support.ray_cluster import ray_cluster
from support.web_server import Site

from data.effects import utc_now
from data.store.engine.open import Store
from monitor.fleet import progress

EVERY_S = 1.0
MOST_S = 40.0


class Besieged:
    """A fleet at work, and who writes about it."""

    def __init__(self, folder: Path, site: FleetSite, served: Site) -> None:
        self.folder, self.site, self.served = folder, site, served
        self.env: Mapping[str, str] = {}
        self.workers = 4
        written_down(folder, str(served))
        self.process: subprocess.Popen[bytes] | None = None
        self.chance = random.Random(7)
        self.threats: dict[str, set[int]] = {home: set() for home in SCHOOLS}

    def begin(self) -> None:
        (self.folder / "pids.json").unlink(missing_ok=True)
        worker = Path(__file__).parents[1] / "support" / "fleet_worker.py"
        port = str(next(iter(self.served.allowed))[1])
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(worker), str(self.folder), port, str(EVERY_S)],
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(ROOT)])} | self.env,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.wait(self._all_begun)

    def over_ray(self, address: str, env: Mapping[str, str]) -> None:
        """On this cluster from now on; one home lies on its machine “b”, and has a writer there."""
        written_down(
            self.folder, str(self.served), f'[engine]\nkind = "ray"\naddress = "{address}"\n', {"larch": "b"}
        )
        self.env, self.workers = env, 5

    def write(self, threat: str = "") -> None:
        """A post about each school in each place, one about nobody, and a threat."""
        for home in SCHOOLS:
            self.site.write("board", home)
            self.site.write(SHARED, home)
        self.site.write("board")
        if threat:
            beside = " ".join(map(self.chance.choice, [FIRST.split(), THING.split()] * 14))
            self.threats[threat].add(self.site.write(SHARED, threat, f"{THREAT} All I see is {beside}."))

    def pid(self, worker: str) -> int:
        return int(json.loads((self.folder / "pids.json").read_text())[worker])

    def kill_in_turn(self, *workers: tuple[str, str]) -> None:
        """Each is killed in the middle of what it does, after a threat to that home."""
        for worker, threat in workers:
            pid = self.pid(worker)
            self.write(threat)
            time.sleep(EVERY_S)
            os.kill(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """The fleet's own process, and all that it began."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(MOST_S)

    @property
    def said(self) -> str:
        """The end of what it said."""
        return (self.folder / "log").read_text()[-4000:]

    def all_there(self) -> bool:
        """Has each home what was written about its school, and is nothing on its way?"""
        with suppress(Exception):
            return not self._waiting() and all(self.site.about(h) <= self.had(h).keys() for h in SCHOOLS)
        return False

    def store(self, home: str) -> Store:
        return Store(self.folder / "homes" / home, clock=utc_now, sleep=time.sleep)

    def had(self, home: str) -> dict[int, set[str]]:
        return numbers(self.store(home))

    def wait(self, true: Callable[[], bool]) -> None:
        until = time.monotonic() + MOST_S
        while not true():
            assert time.monotonic() < until, self.said
            time.sleep(0.1)

    def _waiting(self) -> list[Path]:
        return list((self.folder / "segments").rglob("*.parquet"))

    def _all_begun(self) -> bool:
        try:
            return len(json.loads((self.folder / "pids.json").read_text())) == self.workers
        except (OSError, ValueError):
            return False


@contextmanager
def besieged(folder: Path) -> Iterator[Besieged]:
    with published(utc_now) as (site, served):
        fleet = Besieged(folder, site, served)
        try:
            yield fleet
        finally:
            if fleet.process is not None:
                fleet.kill_all()


def judged(fleet: Besieged) -> None:
    """Each home has what is its own, once, and no other's; each threat was told once; the proof is whole."""
    for home in SCHOOLS:
        had, about = fleet.had(home), fleet.site.about(home)
        others = {n for other in SCHOOLS if other != home for n in fleet.site.about(other)}
        assert about <= had.keys()
        assert not others & had.keys()
        assert all(len(ids) == 1 for ids in had.values())
        with fleet.store(home).read() as con:
            edited = con.execute("SELECT count(*) FROM mention_versions WHERE n > 1").fetchone()
            alerts = con.execute("SELECT story_id FROM alerts").fetchall()
            stories = con.execute(
                "SELECT story_id FROM matches WHERE mention_id = ANY($ids)",
                {"ids": [i for n in fleet.threats[home] for i in had[n]]},
            ).fetchall()
            twice = con.execute(
                "SELECT count(*) FROM (SELECT key FROM outbox GROUP BY key HAVING count(*) > 1)"
            ).fetchone()
        assert (edited, twice) == ((0,), (0,))
        assert sorted(alerts) == sorted(stories)
        assert len(set(alerts)) == len(fleet.threats[home])
        command = [sys.executable, "-P", "-m", "monitor.cli.app", "evidence", "verify", "--home"]
        proof = subprocess.run([*command, str(fleet.folder / "homes" / home)], capture_output=True, text=True)
        assert proof.returncode == 0, proof.stdout + proof.stderr
    kept = [path for path in (fleet.folder / "segments").rglob("*") if path.is_file()]
    assert kept == []


def homes_of(fleet: Besieged) -> tuple[progress.HomeProgress, ...]:
    known = progress.read(fleet.folder)
    return known.homes if known is not None else ()


def places_of(fleet: Besieged) -> int:
    known = progress.read(fleet.folder)
    return known.places.all if known is not None else 0


@pytest.mark.slow
def test_what_changes_in_a_homes_file_is_taken_up_once_no_file_has_faults(tmp_path):
    with besieged(tmp_path) as fleet:
        written_down(tmp_path, str(fleet.served), f'heartbeat_url = "{fleet.served}/beat"\n')
        fleet.write()
        fleet.begin()
        fleet.wait(lambda: places_of(fleet) == 4)
        fleet.wait(lambda: "/beat" in fleet.served.paths)
        fleet.process.send_signal(signal.SIGHUP)
        larch, oakfield = (tmp_path / "homes" / home / "schoolgate.toml" for home in ("larch", "oakfield"))
        sound = oakfield.read_text()
        oakfield.write_text(sound + "what is this\n")
        more = f'[[sources]]\nid = "more"\nkind = "feed"\nurl = "{fleet.served}/larch-news?more"\n'
        larch.write_text(larch.read_text() + more)
        fleet.wait(lambda: any(home.stale for home in homes_of(fleet)))
        assert places_of(fleet) == 4
        oakfield.write_text(sound)
        fleet.wait(lambda: places_of(fleet) == 5)
        assert fleet.end() == 0


@pytest.mark.slow
def test_workers_and_the_head_of_a_local_fleet_are_killed_and_nothing_is_lost(tmp_path):
    with besieged(tmp_path) as fleet:
        fleet.write()
        fleet.begin()
        fleet.kill_in_turn(("score-0", "oakfield"), ("fetch-0", "larch"), ("link-0", ""), ("save-0", "larch"))
        fleet.write("oakfield")
        time.sleep(EVERY_S)
        fleet.kill_all()
        fleet.write()
        fleet.begin()
        fleet.wait(fleet.all_there)
        assert fleet.end() == 0, fleet.said
        judged(fleet)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ray") is None, reason="the extra “fleet” is not installed")
def test_workers_a_machine_and_the_head_of_a_cluster_are_killed_and_nothing_is_lost(tmp_path):
    with ray_cluster("head", "b") as (cluster, address), besieged(tmp_path) as fleet:
        fleet.over_ray(address, cluster.env)
        fleet.write()
        fleet.begin()
        fleet.kill_in_turn(("score-0", "oakfield"), ("fetch-0", "larch"), ("save-0", "larch"))
        fleet.write("larch")
        cluster.ask("kill b")
        fleet.write()
        cluster.ask("begin b")
        fleet.wait(fleet.all_there)
        fleet.write("oakfield")
        cluster.ask("kill head")
        fleet.kill_all()
        cluster.ask("begin head")
        fleet.over_ray(cluster.ask("begin b"), cluster.env)
        fleet.write()
        fleet.begin()
        fleet.wait(fleet.all_there)
        assert fleet.end() == 0, fleet.said
        judged(fleet)
