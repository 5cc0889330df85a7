"""A sender that is killed by the dozen, and five hundred slow callers: what takes long to be sure of."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest
from support.delivery_kills import rounds
from support.mail_server import post_office
from support.slow_callers import SlowCallers

from data.effects import utc_now
from monitor.service.health import Health
from monitor.service.web import Web, health_app

KILLS, CALLERS = 20, 500


@pytest.mark.slow
def test_a_sender_killed_at_random_points_and_two_side_by_side_send_no_digest_twice_and_lose_no_alert(
    tmp_path,
):
    with post_office() as office, rounds(tmp_path / "home", office, seed=7) as killing:
        office.wait_s = 0.005
        while killing.kills.total() < KILLS:
            killing.kill_one()
        killing.finish()
        assert killing.faults() == []
        assert len(set(killing.kills)) >= 5
        before = len(office.taken)
        killing.side_by_side(24)
        assert len(office.taken) == before + 24
        assert killing.faults() == []


@pytest.mark.slow
def test_500_slow_callers_do_not_shut_out_one_person():
    web = Web(health_app(Health(datetime.now(UTC)), utc_now), "127.0.0.1", 0, "[serve] health_port")
    web.start()
    try:
        with SlowCallers(web.port, CALLERS, "/healthz") as callers:
            until = time.monotonic() + 10
            while callers.connected < CALLERS and time.monotonic() < until:
                time.sleep(0.05)
            waits = []
            for _ in range(10):
                began = time.monotonic()
                with urlopen(f"http://127.0.0.1:{web.port}/healthz", timeout=5) as answer:
                    assert answer.status == 200
                waits.append(time.monotonic() - began)
            assert callers.connected >= CALLERS
            assert sorted(waits)[-2] < 1, waits
    finally:
        web.stop()
