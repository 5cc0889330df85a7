"""Faults of our own, caused for real in a true service whose clock runs fast: somebody is told.

All of them, with who was told and when: benchmarks/soak/faults.py.
"""

from __future__ import annotations

import socket

import pytest
from troubling import a_service

SPEED = 60.0
MINUTE = 60 / SPEED


@pytest.fixture
def service(tmp_path):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    with a_service(tmp_path / "home", port, SPEED) as service:
        service.settle()
        yield service


def who(told):
    return sorted((t.who, t.by) for t in told)


def test_a_model_that_is_killed_again_and_again_is_told_once_and_stops_the_heartbeat(service):
    service.cause("model killed")
    assert service.until(lambda: len(service.told()) >= 3, 90 * MINUTE)
    begun = service.minute()
    service.until(lambda: False, 12 * MINUTE)
    assert who(service.told()) == [("head", "chat"), ("head", "mail"), ("it", "mail")]
    assert min(t.minute for t in service.told()) >= 15
    assert not [b for b in service.beats if service.minute(b) > begun - 5]
    code, _, said = service.status()
    assert code == 1
    assert "judge fails since" in said


def test_a_server_that_refuses_everybody_is_told_by_chat_and_the_mail_follows(service):
    service.cause("550 to everybody")
    assert service.until(service.told, 120 * MINUTE)
    assert who(service.told()) == [("head", "chat")]
    service.mend()
    assert service.until(lambda: len(service.told()) >= 3, 60 * MINUTE)
    assert who(service.told()) == [("head", "chat"), ("head", "mail"), ("it", "mail")]
    assert service.until(service.healthy, 60 * MINUTE)
