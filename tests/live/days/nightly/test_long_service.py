"""A service at work over fifty sources: nothing that it takes grows."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.checkout import ROOT


@pytest.mark.slow
@pytest.mark.timeout(2400)
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux says what is held")
def test_memory_threads_and_handles_stay_as_they_are_and_standard_error_has_our_lines_alone():
    command = [sys.executable, "-P", str(ROOT / "benchmarks/soak/serve.py"), "--rounds", "40", "--every", "1"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
