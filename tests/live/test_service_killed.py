"""The service is killed again and again while people publish and everything around it fails.

Some 150 kills, with all that befalls a school: benchmarks/soak/kill_service.py.
"""

from __future__ import annotations

import pytest
from support.account import account, verified
from support.service_forks import FEW
from support.siege import besieged

KILLS = 6


@pytest.mark.slow
def test_nothing_is_lost_nothing_comes_twice_and_the_proof_is_whole(tmp_path):
    with besieged(tmp_path, seed=3, mount=False, people=FEW) as siege:
        siege.cycle, siege.life_s, siege.long_reads = 5, (0.3, 1.6), False
        while siege.counts["kills"] < KILLS:
            siege.kill_one()
        siege.finish()
        found = account(siege.store, siege.places.published, siege.stored, siege.office.taken)
        assert siege.faults + found.faults == []
        assert found.counts["threats"] > 0
        assert found.counts["escalations"] > 0
        assert siege.counts["rounds with mail in trouble"] > 0
        code, said = verified(siege.store.home)
    assert code == 0, said
