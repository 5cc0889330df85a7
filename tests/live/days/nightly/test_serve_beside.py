"""`schoolgate serve` beside slow sites, other services and other versions; and what it takes of memory."""

import time
from pathlib import Path
from urllib.request import urlopen

import pytest
import support.forked
from builders.serving import a_home, answers, calm, ended, feed, lease_of, read, serving, until
from support.forked import COMMAND
from support.web_server import serve

from data.effects import utc_now
from data.store.engine.open import Store

IMPATIENT = """
from monitor.service import serve as running, scoring
from sources import parser_process
running.BEAT_S = 1
scoring.AwayScorer.let_go.__defaults__ = scoring.IdleLinker.let_go.__defaults__ = (1.0,)
parser_process.ParserProcess.let_go.__defaults__ = (1.0,)
"""
"""What is not used is let go after a second instead of five minutes, looked for each second."""


def test_told_to_end_beside_a_site_that_never_finishes_it_gives_that_source_back_within_10_seconds(tmp_path):
    def drips(exchange):
        exchange.head(200, Content_Type="application/rss+xml", Content_Length="1000000")
        while exchange.wait(0.2):
            exchange.write(b" ")

    with serve({"/slow.xml": drips, "/a.xml": feed("Calm.")}) as site:
        port = a_home(tmp_path, site, "a", "slow")
        with serving(tmp_path, site) as process:
            until(lambda: answers(port) and "/slow.xml" in site.paths)
            code, seconds, said = ended(process)
    assert code == 0
    assert seconds < 10
    assert "given back" in said
    assert lease_of(tmp_path) is None
    assert [s for (s,) in read(tmp_path, "SELECT source_id FROM source_runs")] == ["a"]


def test_of_two_services_the_second_is_told_who_has_the_home_and_follows_at_once_once_that_is_killed(
    tmp_path,
):
    """And a scan by hand works beside it."""
    with calm(tmp_path) as (site, port, first):
        until(lambda: answers(port) and read(tmp_path, "SELECT 1 FROM source_runs"))
        with serving(tmp_path, site) as second:
            _, said = second.communicate(timeout=15)
            assert second.returncode == 1
            assert f"PID {first.pid} on " in said
        run = support.forked.run(COMMAND, "scan", "--no-send", "--home", tmp_path)
        assert run.returncode == 3, run.stderr  # for it, this machine is no place to read
        assert [n for (n,) in read(tmp_path, "SELECT count(*) FROM source_runs")] == [2]
        assert answers(port)
        first.kill()
        first.wait()
        with serving(tmp_path, site) as third:
            until(lambda: answers(port))
            assert lease_of(tmp_path).holder.startswith(f"PID {third.pid} on ")


NEWER = """
from data.store.engine import open
from data.store.engine.migrations import Migration
known = len(open.MIGRATIONS)
more = (Migration(known + n, f"change_{n}", (f"CREATE TABLE change_{n} (a VARCHAR)",)) for n in (1, 2))
open.MIGRATIONS = (*open.MIGRATIONS, *more)
"""
"""The version after this one."""


def test_beside_a_service_a_newer_version_upgrades_nothing_and_says_which_process_to_end(tmp_path):
    with calm(tmp_path) as (_, port, process):
        until(lambda: answers(port))
        for command in ("alerts list", "status", "scan"):
            newer = support.forked.run(NEWER + COMMAND, *command.split(), "--home", tmp_path)
            assert newer.returncode == 1
            assert f"PID {process.pid} on " in newer.stdout + newer.stderr
            assert f"kill {process.pid} and then schoolgate serve" in newer.stdout + newer.stderr
        assert answers(port)
        assert not list(tmp_path.glob("*.before-*"))
        assert ended(process)[0] == 0
    newer = support.forked.run(NEWER + COMMAND, "alerts", "list", "--home", tmp_path)
    assert newer.returncode == 0, newer.stderr
    assert len(list(tmp_path.glob("schoolgate.duckdb.before-*"))) == 1


def test_a_service_under_which_the_store_was_upgraded_says_so_once_and_ends_with_4(tmp_path):
    with calm(tmp_path) as (site, port, process):
        until(lambda: answers(port))
        store = Store(tmp_path, clock=utc_now, sleep=time.sleep)
        with store.write("act as a newer version") as con:
            con.execute("INSERT INTO migrations VALUES (99, 'from_the_future', now())")
        said, log = process.communicate(timeout=30)
    assert process.returncode == 4
    assert said.count("was written by a newer Schoolgate") == 1
    assert log.count("StoreTooNew") == 2  # where it was noticed, and that its lease ends by itself
    with serving(tmp_path, site) as again:
        _, refused = again.communicate(timeout=15)
    assert (again.returncode, refused.count("was written by a newer Schoolgate")) == (4, 1)


def resident_bytes(port: int) -> float:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as answer:
        lines = answer.read().decode().splitlines()
    line = next(line for line in lines if line.startswith("schoolgate_resident_memory_bytes"))
    return float(line.rpartition(" ")[2])


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text(encoding="ascii").split()]


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="only Linux lists a process's children there"
)
def test_once_the_models_process_has_ended_the_idle_service_takes_less_than_230_mb(tmp_path):
    with serve({"/a.xml": feed(*(f"Oakfield Primary in Northvale, day {n}" for n in range(40)))}) as site:
        port = a_home(tmp_path, site, "a")
        with serving(tmp_path, site, IMPATIENT) as process:
            until(lambda: children(process.pid), 30)  # of what parses, and then of the model
            until(lambda: read(tmp_path, "SELECT count(*) FROM verdicts WHERE model <> ''") == [(40,)], 60)
            until(lambda: not children(process.pid), 30)
            until(lambda: resident_bytes(port) < 230_000_000, 5)
            assert children(process.pid) == []
