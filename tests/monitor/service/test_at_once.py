"""Commands that are given at once: none fails because another is at work."""

from __future__ import annotations

from support.at_once import all_at_once


def test_commands_given_at_once_beside_the_service_all_do_what_they_should(tmp_path):
    """Twenty of them, on a busy machine: benchmarks/soak/at_once.py."""
    assert all_at_once(tmp_path, each=2) == []
