"""However a sender dies, nobody gets two digests of one day, and every alert arrives."""

from __future__ import annotations

import pytest
from killing import rounds
from mailing import post_office

KILLS = 20


@pytest.mark.slow
def test_a_sender_killed_at_random_points_sends_no_digest_twice_and_loses_no_alert(tmp_path):
    with post_office() as office, rounds(tmp_path / "home", office, seed=7) as killing:
        office.wait_s = 0.005
        while killing.kills.total() < KILLS:
            killing.kill_one()
        killing.finish()
        assert killing.faults() == []
        assert len(set(killing.kills)) >= 5
