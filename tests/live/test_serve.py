"""`schoolgate serve` as a process of its own, beside slow sites, other commands and signals."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import support.forked
from aiosmtpd.controller import Controller
from builders.case_desk import run
from support.documents import content
from support.forked import COMMAND, Forked
from support.web_server import Answer, Site, free_port, serve

from data.effects import utc_now
from data.retention.backup import named
from data.store.engine.open import Store
from data.store.engine.turn import held

SERVE = """
import sys
from dataclasses import replace
from pathlib import Path
from monitor.terminal.output import set_up_log
from monitor.terminal.errors import run
from monitor.service.serve import serve
from sources.http.politeness import Limits
set_up_log(verbose=True)
home, ports = Path(sys.argv[1]), [int(p) for p in sys.argv[2].split(",")]
run(lambda: sys.exit(serve(
    home, home / "schoolgate.toml", say=lambda line: print(line, flush=True),
    limits=replace(Limits(), per_host_interval_s=0.0),
    allow_loopback=frozenset(("127.0.0.1", port) for port in ports),
)))
"""

IMPATIENT = """
from monitor.service import running, scoring
from sources import parser_process
running.BEAT_S = 1
scoring.AwayScorer.let_go.__defaults__ = scoring.IdleLinker.let_go.__defaults__ = (1.0,)
parser_process.ParserProcess.let_go.__defaults__ = (1.0,)
"""
"""What is not used is let go after a second instead of five minutes, looked for each second."""

DANGER = (
    "I am going to stab Mrs Quillfeather at Oakfield Primary in Northvale tomorrow morning, I have the knife"
)


def feed(*texts: str) -> bytes:
    rows = "".join(
        f"<item><title>{n}</title><guid>{n}</guid><link>https://gazette.example.org/{n}</link>"
        f"<description>{text}</description></item>"
        for n, text in enumerate(texts)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>G</title>{rows}</channel></rss>'.encode()


def a_home(folder: Path, site: Site, *names: str, smtp: int | None = None) -> int:
    """A home folder with a configuration; gives its health port."""
    port = free_port()
    sources = "".join(
        f'[[sources]]\nid = "{n}"\nkind = "feed"\nurl = "{site}/{n}.xml"\nsurfaced = true\n' for n in names
    )
    mail = f'[mail]\nhost = "127.0.0.1"\nport = {smtp}\nsecurity = "none"\nsender = "sg@example.org"\n'
    (folder / "schoolgate.toml").write_text(
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\naliases = ["Oakfield Primary"]\n'
        f'locality = "Northvale"\n{sources}'
        '[[people]]\nid = "head"\nname = "Mrs Tamsin Quillfeather"\nroles = ["head"]\n'
        'email = "head@example.org"\n'
        '[[people]]\nid = "dsl"\nname = "Ms Imogen Larkspur"\nroles = ["dsl"]\nemail = "dsl@example.org"\n'
        f"[model]\nthreads = 1\n[serve]\nhealth_port = {port}\n" + (mail if smtp else ""),
        encoding="utf-8",
    )
    return port


def _from_the_start(code: str, *words: object) -> subprocess.Popen[str]:
    """Not forked: what it holds in memory is its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code, *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@contextmanager
def serving(home: Path, site: Site, before: str = ""):
    process = (
        Forked(SERVE, home, site.port) if not before else _from_the_start(before + SERVE, home, site.port)
    )
    try:
        yield process
    except AssertionError:
        process.kill()
        sys.stderr.write(process.communicate()[1])
        raise
    finally:
        process.kill()
        process.communicate()


@contextmanager
def calm(home: Path):
    """A service that reads one calm feed: its site, its health port, its process."""
    with serve({"/a.xml": feed("Calm.")}) as site:
        port = a_home(home, site, "a")
        with serving(home, site) as process:
            yield site, port, process


def until(true, seconds: float = 15.0) -> float:
    """Waits for something; gives how long that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it did not come"
        time.sleep(0.05)
    return time.monotonic() - began


def ended(process: subprocess.Popen[str] | Forked, number: int = signal.SIGTERM) -> tuple[int, float, str]:
    began = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=15)
    return process.returncode, time.monotonic() - began, said


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except URLError:
        return False


def metric(port: int, name: str) -> float:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line for line in lines if line.startswith(name)).rpartition(" ")[2])


def read(home: Path, sql: str):
    store = Store(home, clock=utc_now, sleep=time.sleep)
    with store.read() as con:
        return con.execute(sql).fetchall()


def lease_of(home: Path):
    store = Store(home, clock=utc_now, sleep=time.sleep)
    with store.read() as con:
        return held(con, "service")


def test_a_first_start_late_on_a_school_day_reads_before_its_digest_is_sent(tmp_path):
    def slow(exchange):
        exchange.wait(2.0)
        return Answer(200, feed("Calm."))

    ahead = (datetime(2026, 11, 16, 10, tzinfo=UTC) - utc_now()).total_seconds()
    clock = f"clock=lambda: utc_now() + timedelta(seconds={ahead}), limits="
    code = "from datetime import timedelta; from data.effects import utc_now\n" + SERVE
    with serve({"/a.xml": slow}) as site:
        port = a_home(tmp_path, site, "a")
        process = Forked(code.replace("limits=", clock), tmp_path, site.port)
        try:
            sql = "SELECT subject FROM outbox WHERE kind = 'digest' AND person_id = 'head'"
            until(lambda: answers(port) and read(tmp_path, sql), 40)
        finally:
            process.kill()
            process.communicate()
    ((subject,),) = read(tmp_path, sql)
    assert "Nothing could be read" not in subject


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_with_0_and_gives_the_home_back(tmp_path, number):
    with calm(tmp_path) as (site, port, process):
        until(lambda: answers(port) and site.paths)
        assert lease_of(tmp_path).holder.startswith(f"PID {process.pid} on ")
        code, seconds, _ = ended(process, number)
    assert (code, lease_of(tmp_path)) == (0, None)
    assert seconds < 10


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


def test_a_second_service_is_refused_and_told_who_has_the_home(tmp_path):
    with calm(tmp_path) as (site, port, first):
        until(lambda: answers(port))
        with serving(tmp_path, site) as second:
            _, said = second.communicate(timeout=15)
            assert second.returncode == 1
            assert f"PID {first.pid} on " in said
        assert answers(port)


def test_a_scan_by_hand_works_beside_the_service(tmp_path):
    with calm(tmp_path) as (_, port, _):
        until(lambda: answers(port) and read(tmp_path, "SELECT 1 FROM source_runs"))
        run = support.forked.run(COMMAND, "scan", "--no-send", "--home", tmp_path)
        assert run.returncode == 3, run.stderr  # for it, this machine is no place to read
        assert answers(port)
    assert [n for (n,) in read(tmp_path, "SELECT count(*) FROM source_runs")] == [2]


def test_a_service_that_was_killed_is_followed_at_once(tmp_path):
    with calm(tmp_path) as (site, port, first):
        until(lambda: answers(port))
        first.kill()
        first.wait()
        with serving(tmp_path, site) as second:
            until(lambda: answers(port))
            assert lease_of(tmp_path).holder.startswith(f"PID {second.pid} on ")


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


class Box:
    """A mail server that notes whom it was given mail for, and when."""

    def __init__(self) -> None:
        self.got: list[tuple[str, float]] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.got += [(rcpt, time.monotonic()) for rcpt in envelope.rcpt_tos]
        return "250 OK"


def test_danger_is_with_its_people_within_ten_seconds_of_its_being_seen_and_status_works_beside(tmp_path):
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with serve({"/a.xml": feed(DANGER)}) as site:
            a_home(tmp_path, site, "a", smtp=controller.port)
            with serving(tmp_path, site) as process:
                until(lambda: "/a.xml" in site.paths)
                until(lambda: len(box.got) >= 2, 30)
                run = support.forked.run(COMMAND, "status", "--json", "--home", tmp_path)
                assert content(run.stdout)["running"], run.stderr
                code, _, said = ended(process)
    finally:
        controller.stop()
    assert code == 0
    ((waited,),) = read(
        tmp_path,
        "SELECT max(epoch(sent_at) - epoch(written_at)) FROM outbox WHERE kind = 'instant' AND via = 'mail'",
    )
    assert waited < 10
    assert "stab" not in said
    assert len({rcpt for rcpt, _ in box.got}) == 2


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text(encoding="ascii").split()]


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="only Linux lists a process's children there"
)
def test_once_the_models_process_has_ended_the_idle_service_takes_less_than_200_mb(tmp_path):
    with serve({"/a.xml": feed(*(f"Oakfield Primary in Northvale, day {n}" for n in range(40)))}) as site:
        port = a_home(tmp_path, site, "a")
        with serving(tmp_path, site, IMPATIENT) as process:
            until(lambda: children(process.pid), 30)  # of what parses, and then of the model
            until(lambda: read(tmp_path, "SELECT count(*) FROM verdicts WHERE model <> ''") == [(40,)], 60)
            until(lambda: not children(process.pid), 30)
            until(lambda: metric(port, "schoolgate_resident_memory_bytes") < 200_000_000, 5)
            assert children(process.pid) == []


TESTS = Path(__file__).resolve().parents[1]
BACKUPS = 2

CAPTURE = """
import sys, time
from itertools import count
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from builders.evidence import OPENED, a_case, keep_files, some_files, some_steps
from alerts.ladder.replay import replay
from data.effects import utc_now
from data.store.cases import cases
from data.store.engine.open import Store
from data.evidence.vault import Vault
store = Store(Path(sys.argv[1]), clock=utc_now, sleep=time.sleep)
for n in count(1000):
    files = some_files(**{"response.warc.gz": b"WARC %d" % n * 999, "post.png": b"PNG %d" % n * 99})
    case = a_case(str(n), mention_id=None, story_id=f"s{n}")
    steps = some_steps(case, [(f"cap{n}", files)])
    with store.write("a case") as con:
        keep_files(con, Vault(store.evidence), case, f"cap{n}", files, OPENED)
        cases.put(con, replay(steps), steps, (), OPENED)
    print(n, flush=True)
    time.sleep(0.2)
"""


def command(*words: object) -> subprocess.CompletedProcess[str]:
    return support.forked.run(COMMAND, *words)


def cases(home: Path) -> int:
    return read(home, "SELECT count(*) FROM cases")[0][0]


def test_backups_beside_the_service_are_whole_and_restoring_waits_for_its_end(tmp_path):
    home, into = tmp_path / "home", tmp_path / "backups"
    for folder in (home, into):
        folder.mkdir(mode=0o700)
    with serve({"/a.xml": feed(DANGER)}) as site:
        port = a_home(home, site, "a")
        with serving(home, site) as service:
            until(lambda: answers(port) and read(home, "SELECT 1 FROM cases"), 60)
            asked = [sys.executable, "-P", "-c", CAPTURE, str(home), str(TESTS)]
            with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as capturing:
                try:
                    assert capturing.stdout
                    for _ in range(BACKUPS):
                        capturing.stdout.readline()
                        time.sleep(1 - time.time() % 1)  # one of each second: its time is its name
                        done = command("backup", into, "--home", home)
                        assert done.returncode == 0, done.stderr
                    assert answers(port)
                    assert capturing.poll() is None
                finally:
                    capturing.kill()
            before = cases(home)
            refused = command("restore", into, "--home", home, "--replace")
            assert (refused.returncode, "The service runs" in refused.stderr) == (2, True)
            assert cases(home) == before
            assert ended(service)[0] == 0
    found = []
    for made in named(into):
        new = tmp_path / made.name
        done = command("restore", made, "--home", new)
        assert done.returncode == 0, done.stderr
        verified = run("evidence", "verify", "--home", str(new))
        assert verified.code == 0, verified.out
        found.append(cases(new))
    assert len(found) == BACKUPS
    assert found == sorted(found)
    assert 0 < found[0] < found[-1] <= before
