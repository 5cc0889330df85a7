"""A scan in a loop and readers, in processes of their own over one file: nothing is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from data.store import audit
from data.store.open import Store
from monitor.demo.server import Stage, serve

NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
SCANS = 4

SCAN = """
import io, sys
from dataclasses import replace
from pathlib import Path
from data.effects import utc_now
from monitor import wiring
from monitor.commands.scan import scan_once
from monitor.demo.run import _limits
from monitor.progress import Progress
home, ports, times = Path(sys.argv[1]), [int(p) for p in sys.argv[2].split(",")], int(sys.argv[3])
_, config = wiring.settings(home, None)
store, judges = wiring.open_store(home), wiring.judges(config)
allowed = frozenset(("127.0.0.1", p) for p in ports)
with wiring.fetcher(config, limits=_limits(), allow_loopback=allowed) as fetcher:
    for _ in range(times):
        scan_once(config, store, judges, fetcher, clock=utc_now, since=None,
                  progress=Progress(io.StringIO(), quiet=True))
"""

READ = """
import sys
from typer.testing import CliRunner
from monitor.cli import app
for _ in range(int(sys.argv[2])):
    result = CliRunner().invoke(app, ["story", "list", "--json", "--home", sys.argv[1]])
    assert result.exit_code == 0, result.output
"""


def _start(code: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code, *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _count(home: Path, sql: str) -> int:
    store = Store(home, clock=lambda: NOW, sleep=lambda s: None)
    with store.read() as con:
        return int(con.execute(sql).fetchone()[0])


def test_two_scans_in_a_loop_and_a_reader_lose_nothing(played, tmp_path):
    home = tmp_path / "demo"
    shutil.copytree(played[0], home)
    with serve(Stage(datetime.now(UTC))) as bases:
        config = home / "schoolgate.toml"
        text = (Path(__file__).parents[2] / "monitor/demo/demo.toml").read_text(encoding="utf-8")
        config.write_text(text.replace("{base}", bases[0]).replace("{closed}", bases[1]), encoding="utf-8")
        ports = ",".join(str(urlsplit(b).port) for b in bases)
        first = _start(SCAN, home, ports, 1)
        assert first.wait(timeout=60) == 0, first.communicate()
        mentions = _count(home, "SELECT count(*) FROM mentions")
        runs = _count(home, "SELECT count(*) FROM source_runs")
        processes = [
            _start(SCAN, home, ports, SCANS),
            _start(SCAN, home, ports, SCANS),
            _start(READ, home, 6),
        ]
        ended = [(p.communicate(timeout=120), p.returncode) for p in processes]
    assert [code for _, code in ended] == [0, 0, 0], json.dumps([e for (_, e), _ in ended], indent=1)
    sources = text.count("[[sources]]")
    assert _count(home, "SELECT count(*) FROM source_runs") == runs + 2 * SCANS * sources
    assert _count(home, "SELECT count(*) FROM mentions") == mentions
    with Store(home, clock=lambda: NOW, sleep=lambda s: None).read() as con:
        assert audit.verify(con) == []
