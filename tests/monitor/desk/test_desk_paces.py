"""How often something may be asked of the desk, by whom, and what strangers cannot use up."""

from __future__ import annotations

from datetime import timedelta

from builders.mention import NOW

from monitor.desk import pace
from monitor.desk.pace import Pace


def test_what_is_asked_for_too_often_waits_and_nothing_else_does():
    asked = Pace(2, timedelta(hours=1))
    assert [asked.allows("a", NOW) for _ in range(3)] == [True, True, False]
    assert asked.allows("b", NOW)
    assert not asked.allows("a", NOW + timedelta(minutes=59))
    assert asked.allows("a", NOW + timedelta(hours=1))


def test_however_many_ask_no_more_are_counted_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(pace, "_MOST_KEPT", 3)
    asked = Pace(1)
    assert all(asked.allows(f"host {n}", NOW) for n in range(50))
    assert len(asked._asked) == 3
    assert not asked.allows("host 49", NOW)
