"""What must not stop a fleet: no process to be had, a post that ends workers, a home that cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from builders.digest import TUESDAY
from builders.fleet_engine import Town
from support.checkout import ROOT
from support.fleet_site import THREAT

from data.errors import StoreBusy
from monitor.config.home import paths as served_by
from monitor.fleet.conducting import conductor
from monitor.fleet.conducting.line import WorkLine
from monitor.fleet.engines.base import Stage, Station, WorkerLost
from monitor.fleet.engines.local import LocalEngine
from monitor.fleet.settings import load
from monitor.fleet.stages import saving, tending
from monitor.fleet.work import AskPlace, Tend, ToSave

HERE = os.environ | {"PYTHONPATH": str(ROOT)}
AT_THE_GATE = THREAT.replace(" at {0}", " at the gate of {0}")


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    town.settle()
    return town


def changed(town, **places):
    """The fleet begun anew after these words of its file were changed."""
    path = town.folder / "fleet.toml"
    text = path.read_text()
    for before, after in places.values():
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)
    town.fleet = load(path)
    town.begin()


def begins_none(town, kind):
    """The next work of this kind finds no process to be had."""
    ask, left = town.workers.ask, [kind]

    def asked(stage, shard, work):
        if left and isinstance(work, left[0]):
            left.clear()
            raise BlockingIOError
        return ask(stage, shard, work)

    town.workers.ask = asked


@pytest.mark.parametrize("kind", [AskPlace, ToSave])
def test_where_no_process_could_be_begun_it_is_tried_again(town, kind):
    begins_none(town, kind)
    n = town.site.write("board", "oakfield")
    town.passes(hours=2)
    town.passes(minutes=30)
    assert n in town.had("oakfield")
    assert town.segments() == []


def ends_at_once():
    os._exit(3)


def test_a_worker_that_ends_as_it_begins_is_told_to_be_lost():
    engine = LocalEngine({Stage.LINK: Station(ends_at_once)})
    try:
        for _ in range(3):
            with pytest.raises(WorkerLost):
                engine.ask(Stage.LINK, 0, "work").result(60)
    finally:
        engine.close()


def test_a_fault_in_what_follows_a_fault_ends_nothing(caplog):
    def fails(*_):
        raise RuntimeError

    line = WorkLine(SimpleNamespace(ask=fails))
    line.ask(Stage.LINK, 0, "work", fails, fails)
    assert line.see_to(0.0) == 1
    assert "in=failed fault=RuntimeError" in caplog.text
    assert line.faults == 1


def test_a_post_that_ends_its_writer_again_and_again_holds_back_nothing_that_comes_after_it(town):
    save = town.saving

    def ends(work):
        if isinstance(work, ToSave) and any("knife" in m.text for r in work.readings for m in r.mentions):
            raise WorkerLost("save-0")
        return save(work)

    town.workers.works[Stage.SAVE] = ends
    town.site.write("board", "oakfield", AT_THE_GATE)
    town.passes(hours=2)
    for _ in range(4):
        town.passes(minutes=2)
    n = town.site.write("oakfield-news", "oakfield")
    town.passes(hours=2)
    town.passes(minutes=2)
    assert n in town.had("oakfield")
    assert len(town.segments("homes/oakfield")) == 1


def test_a_home_that_cannot_be_saved_for_does_not_end_the_asking(town, monkeypatch):
    save = town.saving

    def held(work):
        if isinstance(work, ToSave) and work.home.name == "oakfield":
            raise StoreBusy("held")
        return save(work)

    town.workers.works[Stage.SAVE] = held
    monkeypatch.setattr(conductor, "MOST_WAITING", 3)
    for _ in range(5):
        town.site.write("oakfield-news", "oakfield")
        town.passes(hours=2)
    n = town.site.write("larch-news", "larch")
    town.passes(hours=4)
    assert n in town.had("larch")


def test_a_home_that_is_long_in_the_making_holds_no_other_back(town, monkeypatch):
    made, waits = saving.Desk, threading.Event()

    def slow(home, *given):
        assert home.name != "oakfield" or waits.wait(60)
        return made(home, *given)

    monkeypatch.setattr(saving, "Desk", slow)
    town.begin()
    homes = {home.name: home for home in town.fleet.homes}
    first = threading.Thread(target=town.saving._desk, args=(homes["oakfield"],))
    first.start()
    assert town.saving._desk(homes["hexley"]).home.name == "hexley"
    waits.set()
    first.join()


def test_an_alerts_mail_is_not_forgotten_where_something_else_is_saved_before_it_could_go(town):
    town.workers.held.add(Tend)
    town.settle(ask=False, tend=True)
    town.site.write("board", "oakfield", AT_THE_GATE)
    town.passes(hours=1)
    town.site.write("oakfield-news", "oakfield")
    town.passes(hours=1)
    town.workers.held.clear()
    town.workers.release(Tend)
    town.settle(ask=False)
    assert [work.home.name for work in town.workers.of(Tend) if work.only_send] == ["oakfield"]


@pytest.mark.parametrize("error", [WorkerLost("save-0"), StoreBusy("held")])
def test_an_alerts_mail_is_not_forgotten_where_sending_another_fails(town, error):
    homes = town.conductor.homes
    desk, now = homes.desks["oakfield"], homes.clock()
    town.workers.held.add(Tend)
    homes._tend(desk, now, only_send=True)
    desk.send = True
    homes._not_tended(desk, Tend(desk.home, now, None, True), error)
    assert desk.send


def test_sending_for_one_home_ends_when_it_is_the_others_turn(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(tending.time, "monotonic", lambda: now[0])
    asked = {}
    monkeypatch.setattr(tending, "deliver", lambda *_, **given: asked.update(given))
    tending._deliver(None, None, None, ())
    assert not asked["stop"]()
    now[0] = tending.SENDS_FOR_S + 1
    assert asked["stop"]()


def test_a_fleet_may_have_as_many_files_open_as_its_machine_lets_it():
    script = (
        "import resource; from monitor.fleet.serve import _may_open; n = resource.RLIMIT_NOFILE\n"
        "resource.setrlimit(n, (256, 2048)); _may_open(1024); print(*resource.getrlimit(n))\n"
        "_may_open(4096); print(*resource.getrlimit(n))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], env=HERE, capture_output=True, text=True)
    assert done.stdout.split() == ["1024", "2048", "2048", "2048"], done.stderr


def test_what_waits_for_a_home_is_not_given_to_another_that_has_its_name(town):
    town.workers.held.add(ToSave)
    n = town.site.write("board", "oakfield")
    town.passes(hours=2)
    assert len(town.segments("homes/oakfield")) == 1
    changed(
        town,
        a=('"homes/oakfield"', '"X"'), b=('"homes/hexley"', '"homes/oakfield"'), c=('"X"', '"homes/hexley"'),
    )  # fmt: skip
    town.settle(ask=False)
    assert n not in town.had("hexley")
    assert len(town.segments("homes/oakfield")) == 1


def test_a_linker_that_hangs_holds_back_no_other(tmp_path):
    def two(folder):
        path = folder / "fleet.toml"
        path.write_text(path.read_text() + "[engine]\nlinkers = 2\n")
        return load(path)

    town = Town(tmp_path, two)
    line = town.conductor.line
    real = line.under_way
    line.under_way = lambda stage, shard: 9 if (stage, shard) == (Stage.LINK, 0) else real(stage, shard)
    n = town.site.write("board", "oakfield")
    town.settle()
    assert n in town.had("oakfield")


def test_a_home_that_was_taken_out_has_no_place_asked_whole(town, monkeypatch):
    town.workers.held.add(ToSave)
    town.site.write("larch-news", "larch")
    town.passes(hours=2)
    changed(town, row=('[[homes]]\nname = "larch"\nfolder = "homes/larch"\n', ""))
    forgotten = []
    monkeypatch.setattr(town.conductor.asking, "forget", forgotten.extend)
    for _ in range(26):
        town.passes(hours=1)
    assert town.segments() == []
    assert forgotten == []


def test_what_was_counted_goes_on_where_the_fleet_is_made_up_anew(town):
    town.site.write("board", "oakfield", AT_THE_GATE)
    town.passes(hours=2, tend=True)
    town.conductor.fault(RuntimeError())
    before, fared = town.conductor, town.conductor.told(town.clock())
    town.begin().take_over(before)
    assert town.conductor.told(town.clock()) == fared
    assert town.conductor.all_faults == 1


def test_a_home_whose_file_has_new_faults_is_told_as_such_until_it_is_mended(town):
    town.conductor.homes.not_taken(["larch"])
    town.passes(hours=30)
    assert {h.name for h in town.conductor.told(town.clock()) if h.stale} == {"larch"}
    town.conductor.homes.not_taken([])
    assert not any(home.stale for home in town.conductor.told(town.clock()))


def test_the_people_of_a_home_whose_file_has_faults_are_told(town):
    home = next(home for home in town.fleet.homes if home.name == "larch")
    told = []
    work = Tend(home, town.clock())
    town.saving(work)
    (home.config).write_text("nonsense = [")
    for _ in range(40):
        town.clock.at += timedelta(minutes=1)
        told += town.saving(Tend(home, town.clock())).faults.items()
    assert ("config", "ConfigError") in told


def test_a_home_whose_store_cannot_be_used_is_told_as_such_until_it_can(town):
    store = town.home("larch").path
    whole = store.read_bytes() if store.exists() else b""
    store.write_bytes(b"no database " * 4096)
    town.begin()
    town.settle(tend=True)
    assert {h.name for h in town.conductor.told(town.clock()) if h.unusable} == {"larch"}
    store.write_bytes(whole) if whole else store.unlink()
    town.passes(minutes=2, tend=True)
    assert not any(home.unusable for home in town.conductor.told(town.clock()))


def test_a_home_says_which_fleet_sees_to_it_until_that_ends(town):
    town.settle(tend=True)
    homes = [home.folder for home in town.fleet.homes]
    assert {served_by.fleet_of(home)[0] for home in homes} == {town.folder}
    town.saving.close()
    assert {served_by.fleet_of(home) for home in homes} == {None}


def digests(town, home="oakfield"):
    with town.home(home).read() as con:
        rows = con.execute("SELECT subject, body FROM outbox WHERE kind = 'digest'").fetchall()
    return [f"{subject}\n{body}" for subject, body in rows]


@pytest.fixture
def monday(tmp_path):
    """A fleet that is begun at 10:00 on a school day."""
    town = Town(tmp_path)
    town.clock.at = TUESDAY - timedelta(hours=21, minutes=30)
    town.begin()
    town.site.write("board", "oakfield")
    return town


def test_a_first_start_late_in_the_morning_reads_before_a_digest_tells_of_blindness(monday):
    monday.settle(ask=False, tend=True)
    assert digests(monday) == []
    monday.settle()
    monday.passes(minutes=1, tend=True)
    mails = digests(monday)
    assert mails
    assert not any("Nothing could be read" in mail or "not been able to read" in mail for mail in mails)


def test_after_ten_minutes_without_a_first_reading_a_digest_says_that_nothing_could_be_read(monday):
    monday.workers.held.add(Stage.FETCH)
    for _ in range(9):
        monday.passes(minutes=1, tend=True)
    assert digests(monday) == []
    monday.passes(minutes=1, tend=True)
    assert any("Nothing could be read" in mail for mail in digests(monday))


def test_after_a_sleep_a_digest_waits_for_what_is_read_then(monday):
    monday.settle()
    monday.passes(minutes=1, tend=True)
    before = len(digests(monday))
    monday.clock.at += timedelta(days=1)
    monday.settle(ask=False, tend=True)
    assert len(digests(monday)) == before
    monday.settle()
    monday.passes(minutes=1, tend=True)
    assert len(digests(monday)) == 2 * before
