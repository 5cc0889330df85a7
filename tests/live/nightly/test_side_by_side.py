"""Scans, readers and the service over one file, kills and faults: nothing is lost or told twice."""

import json
import re
import signal
import socket
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from builders.home import rows_of
from builders.mention import a_message
from builders.serving import until
from support.forked import Forked
from support.service_forks import FEW
from support.siege import account, besieged, looked_at_by_three, verified
from support.troubles import a_service

from alerts.delivery.results import URGENT_KINDS
from data.store.engine import audit_chain
from data.store.engine.open import Store
from data.store.outbox import ONCE, WAITS, put_outbox
from monitor.cli.demo.run import DemoStage, serve_sites

NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
SCANS = 3

SCAN = """
import io, sys
from dataclasses import replace
from pathlib import Path
from data.effects import utc_now
from monitor.home import wiring
from monitor.cli.scan_once import scan_once
from sources.http.politeness import Limits
from monitor.terminal.progress import Progress
home, ports, times = Path(sys.argv[1]), [int(p) for p in sys.argv[2].split(",")], int(sys.argv[3])
_, config = wiring.open_settings(home, None)
store, judges = wiring.open_store(home), wiring.judges(config, home)
allowed = frozenset(("127.0.0.1", p) for p in ports)
limits = Limits(per_host_interval_s=0.0, per_host_concurrency=8)
with wiring.fetcher(config, limits=limits, allow_loopback=allowed) as fetcher:
    for _ in range(times):
        scan_once(config, store, lambda: judges, fetcher, clock=utc_now, since=None,
                  progress=Progress(quiet=True))
"""

READ = """
import sys
from typer.testing import CliRunner
from monitor.cli.app import app
for _ in range(int(sys.argv[2])):
    result = CliRunner().invoke(app, ["alerts", "list", "--json", "--home", sys.argv[1]])
    assert result.exit_code == 0, result.output
"""


def _count(home: Path, sql: str) -> int:
    store = Store(home, clock=lambda: NOW, sleep=lambda s: None)
    with store.open_reader() as con:
        return int(con.execute(sql).fetchone()[0])


def _home(folder: Path, bases: tuple[str, str]) -> Path:
    """An empty home with the demo's configuration for these addresses."""
    folder.mkdir()
    text = (Path(__file__).parents[3] / "monitor/cli/demo/demo.toml").read_text(encoding="utf-8")
    config = re.sub(r"http://[\w.-]+:\{(\w+)\}", lambda site: bases[site[1] == "closed"], text)
    (folder / "schoolgate.toml").write_text(config, encoding="utf-8")
    return folder


def _ended(*processes: Forked) -> None:
    told = [(p.communicate(timeout=120), p.returncode) for p in processes]
    assert [code for _, code in told] == [0] * len(told), json.dumps([t for t, _ in told], indent=1)


def test_two_scans_and_a_reader_beside_each_other_lose_nothing(tmp_path):
    with serve_sites(DemoStage(datetime.now(UTC))) as bases:
        ports = ",".join(str(urlsplit(b).port) for b in bases)
        alone = _home(tmp_path / "alone", bases)
        _ended(Forked(SCAN, alone, ports, 1))
        home = _home(tmp_path / "together", bases)
        _ended(Forked(SCAN, home, ports, SCANS), Forked(SCAN, home, ports, SCANS), Forked(READ, home, 6))
        sources = (home / "schoolgate.toml").read_text(encoding="utf-8").count("[[sources]]")
    assert _count(home, "SELECT count(*) FROM source_runs") == 2 * SCANS * sources
    for table in ("mentions", "mention_versions", "verdicts", "stories", "alerts", "outbox"):
        assert _count(home, f"SELECT count(*) FROM {table}") == _count(alone, f"SELECT count(*) FROM {table}")
    with Store(home, clock=lambda: NOW, sleep=lambda s: None).open_reader() as con:
        assert audit_chain.verify(con) == []


@pytest.mark.slow
def test_a_threat_in_four_places_is_one_story_and_one_alert_whoever_scans_beside_the_service(tmp_path):
    found = looked_at_by_three(tmp_path, threats=6)
    assert found.faults == []
    assert (found.counts["their stories"], found.counts["alerts"]) == (6, 6)
    assert found.counts["instant messages"] == 12


# --- the service is killed again and again (some 150 kills: benchmarks/soak/kill_service.py)


@pytest.mark.slow
def test_nothing_is_lost_nothing_comes_twice_and_the_proof_is_whole(tmp_path):
    with besieged(tmp_path, seed=3, mount=False, people=FEW) as siege:
        siege.cycle, siege.life_s, siege.long_reads = 5, (0.3, 1.6), False
        while siege.counts["kills"] < 6:
            siege.kill_one()
        siege.finish()
        found = account(siege.store, siege.places.published, siege.stored, siege.office.taken)
        assert siege.faults + found.faults == []
        assert found.counts["threats"] > 0
        assert found.counts["escalations"] > 0
        assert siege.counts["rounds with mail in trouble"] > 0
        code, said = verified(siege.store.home)
    assert code == 0, said


# --- what is urgent goes first, however often the service was killed

KILLS, MAILS, LATER_S = 20, (0, 1, 3, 6), (0.05, 1.0)
"""A service is killed so long after so many mails."""
URGENT, LESSER = ("escalation", "warning"), ("digest", "account", "failure")
_DUE = f"SELECT key, kind, handing_over_at IS NOT NULL FROM outbox WHERE {WAITS} AND due_at <= $now"
_ENDS = "SELECT key, kind, sent_at IS NOT NULL, unsure_at IS NOT NULL FROM outbox"


@dataclass(frozen=True)
class Life:
    """A service's life: how many mails had been taken as it began; which urgent messages waited, and how many
    in all, but for those that its predecessor had in hand: the server may still be about to take a copy."""

    taken: int
    waiting: int
    urgent: frozenset[str]
    in_hand: frozenset[str]


def _put_due(siege, name, *kinds):
    """Put messages of these kinds that are due into the outbox; the lesser ones for longer."""
    now = siege.worker.clock()
    times = {"expires_at": now + timedelta(days=2), "urn": "900001"}
    ages = dict.fromkeys(URGENT, timedelta(minutes=1)) | dict.fromkeys(LESSER, timedelta(hours=1))
    with siege.store.write("put") as con:
        messages = [
            a_message(f"{kind}-{name}", kind=kind, person_id="dsl", due_at=now - ages[kind], **times)
            for kind in kinds
        ]
        put_outbox(con, messages, now)


def _begin_life(siege):
    rows = rows_of(siege.store, _DUE, {"now": siege.worker.clock()})
    urgent = frozenset(key for key, kind, _ in rows if kind in URGENT_KINDS)
    in_hand = frozenset(key for key, _, begun in rows if begun)
    life = Life(len(siege.office.taken), len(rows) - len(in_hand), urgent, in_hand)
    return siege.worker.begin("serve"), life


def _lesser_sent_first(lives, keys, kinds):
    """Messages that a service sent while an urgent one waited that had been due as it began."""
    found = []
    for life, end in zip(lives, [*(life.taken for life in lives[1:]), len(keys)], strict=True):
        waiting, in_hand = set(life.urgent), set(life.in_hand)
        for key in keys[life.taken : end]:
            waiting.discard(key)
            if key in in_hand:
                in_hand.remove(key)
            elif waiting and kinds[key] not in URGENT_KINDS:
                found.append((key, sorted(waiting)))
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_urgent_is_sent_first_after_every_kill_and_nothing_is_lost(tmp_path):
    with besieged(tmp_path, seed=11, mount=False, people=FEW) as siege:
        siege.office.wait_s = 0.1
        lives = []
        for n in range(KILLS):
            _put_due(siege, n, *LESSER, *(URGENT if n % 2 else ()))
            if n % 4 == 1:
                siege.places.threat("talk")
            pid, life = _begin_life(siege)
            lives.append(life)
            enough = life.taken + min(siege.chance.choice(MAILS), life.waiting)
            until(lambda enough=enough: len(siege.office.taken) >= enough, 60)
            time.sleep(siege.chance.uniform(*LATER_S))
            assert siege.worker.end(pid, signal.SIGKILL) == -signal.SIGKILL
            siege.look()
        _put_due(siege, "last", *LESSER, *URGENT)
        siege.office.wait_s = 0.0
        pid, life = _begin_life(siege)
        lives.append(life)
        until(siege.is_done, 300)
        assert siege.worker.end(pid, signal.SIGTERM) == 0
        keys = [taken.id.strip("<>").partition("@")[0] for taken in siege.office.taken]
        found = account(siege.store, siege.places.published, siege.stored, siege.office.taken, aged=False)
        assert siege.faults + found.faults == []
        ends = rows_of(siege.store, _ENDS)
    kinds = {key: kind for key, kind, *_ in ends}
    assert _lesser_sent_first(lives, keys, kinds) == []
    assert [key for key, kind, sent, unsure in ends if not (sent or (kind in ONCE and unsure))] == []
    assert [key for key, times in Counter(keys).items() if kinds[key] in ONCE and times > 1] == []
    assert sum(kind == "instant" for kind in kinds.values()) == 2 * siege.places.threats
    assert {kinds[key] in URGENT_KINDS for key in keys[: life.taken]} == {True, False}
    assert any(life.in_hand for life in lives)


# --- faults of our own, caused for real: somebody is told (all of them: benchmarks/soak/faults.py)


SPEED = 120.0
MINUTE = 60 / SPEED


def who(told):
    return sorted((t.who, t.by) for t in told)


def refuses_everybody(service):
    """By short message at once, and the mail follows when it can."""
    service.cause("550 to everybody")
    assert service.until(service.told, 120 * MINUTE)
    assert who(service.told()) == [("head", "chat")]
    service.mend()
    assert service.until(lambda: len(service.told()) >= 3, 60 * MINUTE)
    assert who(service.told()) == [("head", "chat"), ("head", "mail"), ("it", "mail")]
    assert service.until(service.healthy, 60 * MINUTE)


def model_is_killed(service):
    """Told once, and the heartbeat stays away."""
    service.cause("model killed")
    assert service.until(lambda: len(service.told()) >= 3, 120 * MINUTE)
    begun = service.minute()
    service.until(lambda: False, 8 * MINUTE)
    assert who(service.told()) == [("head", "chat"), ("head", "mail"), ("it", "mail")]
    assert min(t.minute for t in service.told()) >= 15
    assert not [b for b in service.beats if service.minute(b) > begun - 5]
    code, _, said = service.status()
    assert code == 1
    assert "nothing that we read could be judged (judge: " in said


def test_a_server_that_refuses_everybody_and_a_model_that_is_killed_are_each_told_once(tmp_path):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    with a_service(tmp_path / "home", port, SPEED) as service:
        service.settle()
        refuses_everybody(service)
        model_is_killed(service)
