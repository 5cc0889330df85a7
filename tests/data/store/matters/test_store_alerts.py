"""Alerts and messages: raised once, raised again, acknowledged, waiting, expired."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.mention import NOW, a_message, an_alert, pending_outbox

from data.errors import InputError
from data.store.alerts import alerts
from data.store.messages import outbox
from data.types import Owner, Severity

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
        assert alerts.ack(con, alert.id, "p-dsl", NOW + HOUR) == first == Owner("p-head", NOW, "p-head")
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
        due = [bool(pending_outbox(con, NOW + n * HOUR)) for n in range(5)]
        waiting = [outbox.count_waiting(con, NOW + n * HOUR) for n in range(5)]
    assert due == [False, True, True, False, False]
    assert waiting == [1, 1, 1, 0, 0]


def test_a_message_is_written_once_for_its_key(store):
    with store.write("put a message twice") as con:
        outbox.put_outbox(con, [a_message()], NOW)
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
        outbox.put_outbox(con, [a_message(subject="Another subject")], NOW + HOUR)
        assert pending_outbox(con, NOW) == []
        assert con.execute("SELECT subject FROM outbox").fetchall() == [(a_message().subject,)]


def waiting(store):
    with store.read() as con:
        return {m.key for m in pending_outbox(con, NOW)}


def with_messages(store, alert, *messages):
    with store.write("put alerts") as con:
        alerts.put_alerts(con, [alert], NOW)
        outbox.put_outbox(con, [replace(m, alert_id=alert.id) for m in messages], NOW)


def test_raised_again_what_was_not_sent_yet_from_before_is_taken_back(store):
    alert = an_alert("s-one")
    with_messages(store, alert, a_message("m1", times=1), a_message("m2", times=1, person_id="p-dsl"))
    with_messages(store, replace(alert, times=2), a_message("m3", times=2))
    assert waiting(store) == {"m3"}


def test_what_was_sent_is_not_taken_back(store):
    alert = an_alert("s-one")
    with_messages(store, alert, a_message("m1", times=1))
    with store.write("send") as con:
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
    put(store, replace(alert, times=2))
    with store.read() as con:
        assert con.execute("SELECT withdrawn_at FROM outbox").fetchone() == (None,)


def test_the_same_alert_again_takes_nothing_back(store):
    alert = an_alert("s-one")
    with_messages(store, alert, a_message("m1", times=1))
    put(store, alert)
    assert waiting(store) == {"m1"}


def test_whoever_turns_out_to_be_its_subject_is_kept_out_and_their_messages_are_taken_back(store):
    alert = an_alert("s-one", excluded=("p-chair",))
    with_messages(store, alert, a_message("m1"), a_message("m2", person_id="p-dsl"))
    with store.write("keep out") as con:
        alerts.keep_out(con, {alert.id: ("p-chair", "p-dsl")}, NOW)
        alerts.keep_out(con, {alert.id: ("p-dsl",)}, NOW)
    assert waiting(store) == {"m1"}
    with store.read() as con:
        assert alerts.alert(con, alert.id).excluded == ("p-chair", "p-dsl")
        rows = con.execute("SELECT codes FROM audit WHERE action = 'alert_kept_out'").fetchall()
    assert rows == [(["excluded:p-dsl"],)]


@pytest.mark.parametrize("stop", [alerts.ack, alerts.hand_over])
def test_once_somebody_has_it_only_what_asks_the_next_is_taken_back(store, stop):
    alert = an_alert("s-one")
    with_messages(store, alert, a_message("m1"), a_message("m2", kind="escalation", person_id="p-dsl"))
    with store.write("stop") as con:
        stop(con, alert.id, "p-head", NOW)
    assert waiting(store) == {"m1"}
