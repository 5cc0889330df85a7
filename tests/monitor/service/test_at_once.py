"""Commands that are given at once: none fails because another is at work."""

from __future__ import annotations

import signal

from support.at_once import all_at_once
from support.forked import Forked, server


def test_commands_given_at_once_beside_the_service_all_do_what_they_should(tmp_path):
    """Twenty of them, on a busy machine: benchmarks/soak/at_once.py."""
    assert all_at_once(tmp_path, each=2) == []


def test_a_run_with_the_number_of_an_earlier_one_is_not_taken_for_ended(monkeypatch):
    forking = server("json")
    monkeypatch.setattr(forking, "_ended", dict.fromkeys(range(2, 1 << 16), 1))
    run = Forked("import time; time.sleep(60)", modules=("json",))
    assert run.poll() is None
    run.terminate()
    run.communicate(timeout=30)
    assert run.returncode == -signal.SIGTERM
