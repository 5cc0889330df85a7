"""However a sender dies, and whoever sends beside it: no digest twice, and every alert arrives."""

from __future__ import annotations

import pytest
from support.delivery_kills import rounds
from support.mail_server import post_office

KILLS = 20


@pytest.fixture(scope="module")
def killing(tmp_path_factory):
    with (
        post_office() as office,
        rounds(tmp_path_factory.mktemp("killed") / "home", office, seed=7) as running,
    ):
        office.wait_s = 0.005
        yield running


@pytest.mark.slow
def test_a_sender_killed_at_random_points_sends_no_digest_twice_and_loses_no_alert(killing):
    while killing.kills.total() < KILLS:
        killing.kill_one()
    killing.finish()
    assert killing.faults() == []
    assert len(set(killing.kills)) >= 5


@pytest.mark.slow
def test_two_processes_that_send_side_by_side_send_each_message_once(killing):
    before = len(killing.office.taken)
    killing.side_by_side(24)
    assert len(killing.office.taken) == before + 24
    assert killing.faults() == []
