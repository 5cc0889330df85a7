"""Alerts and messages: raised once, raised again, acknowledged, waiting, expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from storing import NOW, a_message, an_alert

from data.errors import InputError
from data.store import alerts, outbox
from data.types import Severity

HOUR = timedelta(hours=1)


def put(store, *given):
    with store.write("put alerts") as con:
        alerts.put_alerts(con, given, NOW)


def raised(store):
    with store.read() as con:
        return con.execute("SELECT count(*) FROM audit WHERE action = 'alert_raised'").fetchone()[0]


def test_an_alert_raised_again_is_one_alert_and_must_be_acknowledged_again(store):
    alert = an_alert("s-one")
    put(store, alert)
    with store.write("acknowledge") as con:
        alerts.ack(con, alert.id, "p-head", NOW)
        assert alerts.list_alerts(con) == []
        assert alerts.list_alerts(con, open_only=False) == [alert]
    again = replace(alert, severity=Severity.THIS_HOUR, times=2, raised_at=NOW + HOUR)
    put(store, again)
    with store.read() as con:
        assert alerts.list_alerts(con) == [again]
        first = con.execute("SELECT epoch(first_raised_at) FROM alerts").fetchone()
    assert first == (NOW.timestamp(),)
    assert raised(store) == 2


def test_the_same_alert_again_is_neither_audited_nor_opened_again(store):
    alert = an_alert("s-one")
    put(store, alert)
    with store.write("acknowledge") as con:
        alerts.ack(con, alert.id, "p-head", NOW)
    put(store, alert)
    with store.read() as con:
        assert alerts.list_alerts(con) == []
    assert raised(store) == 1


def test_whoever_acknowledges_first_keeps_the_alert(store):
    alert = an_alert("s-one")
    put(store, alert)
    with store.write("acknowledge") as con:
        first = alerts.ack(con, alert.id, "p-head", NOW)
        assert alerts.ack(con, alert.id, "p-dsl", NOW + HOUR) == first == alerts.Acknowledged("p-head", NOW)
        assert alerts.acknowledged(con, [alert.id]) == {alert.id: first}
        entries = con.execute("SELECT actor FROM audit WHERE action = 'alert_acked'").fetchall()
    assert entries == [("p-head",)]


def test_alerts_are_listed_by_school_the_gravest_first(store):
    grave = an_alert("s-grave", severity=Severity.THIS_HOUR)
    other = an_alert("s-other", urn="900002")
    put(store, an_alert("s-mild"), grave, other)
    with store.read() as con:
        assert alerts.list_alerts(con, ["900001"]) == [grave, an_alert("s-mild")]
        assert alerts.list_alerts(con, ["900002"]) == [other]
        assert alerts.list_alerts(con, []) == []


def test_an_unknown_alert_is_named(store):
    with store.write("look for nothing") as con:
        assert alerts.alert(con, "nope") is None
        with pytest.raises(InputError, match="no alert nope"):
            alerts.ack(con, "nope", "p-head", NOW)
        with pytest.raises(InputError, match="no alert nope"):
            alerts.hand_over(con, "nope", "p-head", NOW)
        with pytest.raises(InputError, match="no alert nope"):
            alerts.restricted_text(con, "nope", reason="why", person="p-dsl", now=NOW)


def test_without_a_reason_no_restricted_text_is_given(store):
    put(store, an_alert("s-one", restricted=True))
    with store.write("read without a reason") as con, pytest.raises(InputError, match="Say why"):
        alerts.restricted_text(con, an_alert("s-one").id, reason="  ", person="p-dsl", now=NOW)


def test_a_message_waits_from_when_it_is_due_until_it_expires(store):
    message = a_message(due_at=NOW + HOUR, expires_at=NOW + 3 * HOUR)
    with store.write("put a message") as con:
        outbox.put_outbox(con, [message], NOW)
        due = [bool(outbox.pending_outbox(con, NOW + n * HOUR)) for n in range(5)]
        waiting = [outbox.count_waiting(con, NOW + n * HOUR) for n in range(5)]
    assert due == [False, True, True, False, False]
    assert waiting == [1, 1, 1, 0, 0]


def test_a_message_is_written_once_for_its_key(store):
    with store.write("put a message twice") as con:
        outbox.put_outbox(con, [a_message()], NOW)
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
        outbox.put_outbox(con, [a_message(subject="Another subject")], NOW + HOUR)
        assert outbox.pending_outbox(con, NOW) == []
        assert con.execute("SELECT subject FROM outbox").fetchall() == [(a_message().subject,)]
