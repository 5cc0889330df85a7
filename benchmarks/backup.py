"""A backup beside somebody who writes, and its restoring: seconds, and the longest that a writer waited.

python -P benchmarks/backup.py [--mentions 20000] [--files 500]

Each file of evidence is 100 kB.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

from data.effects import utc_now
from data.evidence.vault import Vault
from data.store.cases.evidence_files import Evidence, put_files
from data.store.engine.open import Store
from data.store.mentions.batch import save
from monitor.cli.commands.options import HomeOptions
from monitor.cli.commands.setup.backup import backup
from monitor.cli.commands.setup.restore import restore

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from builders.mention import NOW, POLICY, a_batch, a_mention

BATCH = 10_000
SETTINGS = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'


def fill(store: Store, mentions: int, files: int) -> None:
    """A home of that size."""
    store.migrate()
    for start in range(0, mentions, BATCH):
        with store.write("fill") as con:
            some = [a_mention(f"{n}") for n in range(start, min(start + BATCH, mentions))]
            save(con, a_batch(*some), now=NOW, policy=POLICY)
    vault = Vault(store.evidence)
    rows = []
    for n in range(files):
        content = f"{n:08d}".encode() * 12_500
        sha256 = vault.put(content)
        rows.append(
            Evidence("900001", f"m{n}", sha256, "image/png", len(content), NOW, "report-in", "supplied")
        )
    with store.write("evidence") as con:
        put_files(con, rows)


def longest_wait(store: Store, ending: threading.Event, found: list[float]) -> None:
    """Writes again and again, as the service does."""
    while not ending.is_set():
        began = time.monotonic()
        with store.write("beside") as con:
            con.execute("UPDATE leases SET name = name")
        found.append(time.monotonic() - began)
        time.sleep(0.01)


def timed(what: str, began: float, ticks: float) -> None:
    wall, used = time.monotonic() - began, time.process_time() - ticks
    print(f"{what}: {wall:.2f} s, {used:.2f} s of processor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, into = Path(folder, "home"), Path(folder, "backups")
        store = Store(home, clock=utc_now, sleep=time.sleep)
        fill(store, asked.mentions, asked.files)
        (home / "schoolgate.toml").write_text(SETTINGS)
        into.mkdir()
        print(f"{asked.mentions:,} mentions, {store.path.stat().st_size / 1e6:.1f} MB; {asked.files:,} files")
        ending, waited = threading.Event(), list[float]()
        beside = threading.Thread(target=longest_wait, args=(store, ending, waited))
        beside.start()
        began, ticks = time.monotonic(), time.process_time()
        backup(HomeOptions(home=home), into)
        timed("backup", began, ticks)
        ending.set()
        beside.join()
        print(f"a writer beside it waited {max(waited):.2f} s at most, {median(waited):.3f} s usually")
        new = Path(folder, "new")
        began, ticks = time.monotonic(), time.process_time()
        restore(HomeOptions(home=new), into)
        timed("restore", began, ticks)


if __name__ == "__main__":
    main()
