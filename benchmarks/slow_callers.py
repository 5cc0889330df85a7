"""What 500 slow callers at each of the service's addresses cost, and how long one person waits meanwhile.

python -P benchmarks/slow_callers.py

A true `schoolgate serve` without sources; callers who say nothing, half a request, a letter at a time, or do
not read the answer (tests/support/slow_callers.py), and who call again whenever they are cut off.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.slow_callers import SlowCallers

HEALTH, PAGE, EACH, SECONDS = 9478, 9479, 500, 15
SERVE = (
    "import sys; from monitor.cli.app import main; sys.argv[1:] = ['serve', '--home', sys.argv[1]]; main()"
)
CONFIG = (
    'base_url = "https://schoolgate.example.org"\n'
    '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
    '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
    f'[serve]\nhealth_port = {HEALTH}\nlisten = "127.0.0.1:{PAGE}"\n'
)


def main() -> None:
    """Measures and prints: at first nobody calls, then 500 slow callers at each address."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "schoolgate.toml").write_text(CONFIG, encoding="utf-8")
        service = subprocess.Popen([sys.executable, "-P", "-c", SERVE, folder], stdout=subprocess.DEVNULL)
        try:
            time.sleep(8)
            _measure("nobody", service.pid)
            with ExitStack() as stack:
                called = [
                    stack.enter_context(SlowCallers(port, EACH, path))
                    for port, path in ((HEALTH, "/healthz"), (PAGE, "/m/guessed"))
                ]
                time.sleep(3)
                _measure(f"{EACH} at each", service.pid)
                print(", ".join(f"{sum(one.cut_off.values())} cut off" for one in called))
        finally:
            service.terminate()
            print("ended with", service.wait(15))


def _measure(what: str, pid: int) -> None:
    waits, began, spent, handles = [], time.monotonic(), _processor_s(pid), 0
    while time.monotonic() - began < SECONDS:
        waits += [_asked(HEALTH, "/healthz"), _asked(PAGE, "/m/another")]
        handles = max(handles, len(list(Path(f"/proc/{pid}/fd").iterdir())))
        time.sleep(0.2)
    share = (_processor_s(pid) - spent) / (time.monotonic() - began)
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    memory = next(int(line.split()[1]) // 1000 for line in status.splitlines() if line.startswith("VmRSS"))
    half, most = sorted(waits)[len(waits) // 2] * 1000, max(waits) * 1000
    print(f"{what}: {memory} MB, {share:.0%} of a processor, {handles} files open")
    print(f"  one person waits {half:.0f} ms (slowest of {len(waits)}: {most:.0f} ms)")


def _asked(port: int, path: str) -> float:
    began = time.monotonic()
    try:
        urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).close()
    except HTTPError as answered:
        if answered.code == 503:
            raise
    return time.monotonic() - began


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main()
