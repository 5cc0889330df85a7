"""Faults of our own, caused for real in a true service whose clock runs fast: somebody is told.

All of them, with who was told and when: benchmarks/soak/faults.py.
"""

from __future__ import annotations

import socket

from support.troubles import a_service

SPEED = 120.0
MINUTE = 60 / SPEED


def who(told):
    return sorted((t.who, t.by) for t in told)


def refuses_everybody(service):
    """By short message at once, and the mail follows when it can."""
    service.cause("550 to everybody")
    assert service.until(service.told, 120 * MINUTE)
    assert who(service.told()) == [("head", "chat")]
    service.mend()
    assert service.until(lambda: len(service.told()) >= 3, 60 * MINUTE)
    assert who(service.told()) == [("head", "chat"), ("head", "mail"), ("it", "mail")]
    assert service.until(service.healthy, 60 * MINUTE)


def model_is_killed(service):
    """Told once, and the heartbeat stays away."""
    service.cause("model killed")
    assert service.until(lambda: len(service.told()) >= 3, 120 * MINUTE)
    begun = service.minute()
    service.until(lambda: False, 8 * MINUTE)
    assert who(service.told()) == [("head", "chat"), ("head", "mail"), ("it", "mail")]
    assert min(t.minute for t in service.told()) >= 15
    assert not [b for b in service.beats if service.minute(b) > begun - 5]
    code, _, said = service.status()
    assert code == 1
    assert "nothing that we read could be judged (judge: " in said


def test_a_server_that_refuses_everybody_and_a_model_that_is_killed_are_each_told_once(tmp_path):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    with a_service(tmp_path / "home", port, SPEED) as service:
        service.settle()
        refuses_everybody(service)
        model_is_killed(service)
