"""Writers and a reader on one store, with no pause between two turns: is any commit lost?

python -P benchmarks/soak/side_by_side.py [SAVES] [--writers N]

Each writer opens, saves one batch, closes, and so on, SAVES times; the reader looks as often. At the
end every batch must be there, whole, and the audit chain must hold. Without the store's own lock one
commit in some 200 was lost with three writers (docs/decisions/0007).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
sys.path[:0] = [str(ROOT), str(TESTS)]

from support import store_worker  # noqa: E402 - the project's own folders come first

from data.effects import utc_now  # noqa: E402
from data.store.engine.audit_chain import verify  # noqa: E402
from data.store.engine.open import Store  # noqa: E402


def start(home: Path, what: str, number: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(store_worker.__file__), str(home), what, str(number)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(ROOT)])},
        stdout=subprocess.DEVNULL,
    )


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("saves", nargs="?", type=int, default=300)
    args.add_argument("--writers", type=int, default=3)
    given = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "home", clock=utc_now, sleep=time.sleep)
        store.migrate()
        began = time.monotonic()
        processes = [start(store.home, "write", given.saves) for _ in range(given.writers)]
        processes.append(start(store.home, "read", given.saves))
        ended = [process.wait() for process in processes]
        took_s = time.monotonic() - began
        with store.open_reader() as con:
            there, faults = store_worker.whole(con), verify(con)
    wanted = given.saves * given.writers
    print(f"{wanted} commits by {given.writers} writers beside a reader in {took_s:.0f} s: {there} there")
    print(f"{wanted - there} lost, {len(faults)} faults in the audit, exit codes {ended}")
    return 0 if there == wanted and not faults and not any(ended) else 1


if __name__ == "__main__":
    sys.exit(main())
