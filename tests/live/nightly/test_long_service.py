"""A service at work for ten minutes, as fast as it can: nothing that it takes grows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.checkout import ROOT

SOAK = ROOT / "benchmarks" / "soak" / "serve.py"


@pytest.mark.timeout(1800)
@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="only Linux says what a process takes"
)
def test_memory_threads_and_handles_stay_as_they_are_and_standard_error_has_our_lines_alone() -> None:
    command = [sys.executable, "-P", str(SOAK), "--minutes", "10", "--every", "3"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
