"""Alerts and messages: raised once and again, numbered, acknowledged, waiting, taken back, expired."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case import a_case, a_step
from builders.home import migrated
from builders.mention import NOW, POLICY, a_message, a_store, an_alert, pending_outbox
from support.case_numbers import draw_numbers, drawn

from data.errors import InputError
from data.retention.purge import purge
from data.store import numbers
from data.store.alerts import alerts
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.engine.migrations import MIGRATIONS
from data.store.messages.outbox import count_waiting, put_outbox, withdraw
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
    put(store, alert)
    assert raised(store) == 1, "the same once more is not raised"
    with store.read() as con:
        assert alerts.list_alerts(con) == []
        assert alerts.list_alerts(con, open_only=False) == [alert]
    again = replace(alert, severity=Severity.THIS_HOUR, times=2, raised_at=NOW + HOUR)
    put(store, again)
    assert raised(store) == 2
    put(store, again)
    with store.read() as con:
        assert alerts.list_alerts(con) == [again]
        first = con.execute("SELECT epoch(first_raised_at) FROM alerts").fetchone()
    assert first == (NOW.timestamp(),)
    assert raised(store) == 2


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


def test_an_unknown_alert_is_named_and_without_a_reason_no_restricted_text_is_given(store):
    with store.write("look for nothing") as con:
        assert alerts.alert(con, "nope") is None
        for act in (alerts.ack, alerts.hand_over):
            with pytest.raises(InputError, match="no alert nope"):
                act(con, "nope", "p-head", NOW)
        for reason, said in (("why", "no alert nope"), ("  ", "Say why")):
            with pytest.raises(InputError, match=said):
                alerts.restricted_text(con, "nope", reason=reason, person="p-dsl", now=NOW)


def test_a_message_waits_from_when_it_is_due_until_it_expires(store):
    message = a_message(due_at=NOW + HOUR, expires_at=NOW + 3 * HOUR)
    with store.write("put a message") as con:
        put_outbox(con, [message], NOW)
        due = [bool(pending_outbox(con, NOW + n * HOUR)) for n in range(5)]
        waiting = [count_waiting(con, NOW + n * HOUR) for n in range(5)]
    assert due == [False, True, True, False, False]
    assert waiting == [1, 1, 1, 0, 0]


def test_a_message_is_written_once_for_its_key(store):
    with store.write("put a message twice") as con:
        put_outbox(con, [a_message()], NOW)
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
        put_outbox(con, [a_message(subject="Another subject")], NOW + HOUR)
        assert pending_outbox(con, NOW) == []
        assert con.execute("SELECT subject FROM outbox").fetchall() == [(a_message().subject,)]


def waiting(store, at=NOW):
    with store.read() as con:
        return {m.key for m in pending_outbox(con, at)}


def with_messages(store, alert, *messages):
    with store.write("put alerts") as con:
        alerts.put_alerts(con, [alert], NOW)
        put_outbox(con, [replace(m, alert_id=alert.id) for m in messages], NOW)


def test_raised_again_what_was_not_sent_yet_from_before_is_taken_back(store):
    alert = an_alert("s-one")
    with_messages(store, alert, a_message("m1", times=1), a_message("m2", times=1, person_id="p-dsl"))
    with_messages(store, replace(alert, times=2), a_message("m3", times=2))
    assert waiting(store) == {"m3"}


def test_what_was_sent_is_not_taken_back_nor_anything_by_the_same_alert_again(store):
    alert = an_alert("s-one")
    with_messages(store, alert, a_message("m1", times=1))
    put(store, alert)
    assert waiting(store) == {"m1"}
    with store.write("send") as con:
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
    put(store, replace(alert, times=2))
    with store.read() as con:
        assert con.execute("SELECT withdrawn_at FROM outbox").fetchone() == (None,)


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


def put_messages(store, *messages):
    with store.write("put messages") as con:
        put_outbox(con, messages, NOW)


def test_what_waits_for_somebody_who_turns_out_to_be_the_subject_is_taken_back_but_a_warning_owed(store):
    put_messages(
        store,
        a_message("theirs", alert_id="a-one"),
        a_message("later", alert_id="a-one", due_at=NOW + timedelta(hours=1)),
        a_message("anothers", alert_id="a-one", person_id="p-dsl"),
        a_message("of-another-alert", alert_id="a-two"),
        a_message("a-digest", kind="digest"),
        a_message("owed", alert_id="a-one", kind="warning"),
    )
    with store.write("withdraw") as con:
        assert withdraw(con, "a-one", {"p-head"}, NOW) == 2
        assert withdraw(con, "a-one", {"p-head"}, NOW) == 0
    assert waiting(store, NOW + timedelta(hours=2)) == {"anothers", "of-another-alert", "a-digest", "owed"}


def test_the_words_of_a_digest_are_kept_no_longer_than_what_it_tells_of_and_each_message_a_year(on_disk):
    put_messages(on_disk, a_message("a-digest", kind="digest", html="<p>words</p>"), a_message("an-alert"))
    for days, digest in ((30, True), (31, False), (365, False)):
        purge(on_disk, NOW + timedelta(days=days), POLICY)
        with on_disk.read() as con:
            kept = con.execute("SELECT key, body <> '', html IS NOT NULL FROM outbox ORDER BY key").fetchall()
        assert kept == [("a-digest", digest, digest), ("an-alert", True, False)]
    purge(on_disk, NOW + timedelta(days=367), POLICY)
    with on_disk.read() as con:
        assert con.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


NUMBERED = next(m for m in MIGRATIONS if m.name == "numbers_of_alerts")


@pytest.fixture
def numbered(store, monkeypatch):
    """With numbers as the program draws them."""
    monkeypatch.setattr(numbers, "draw_numbers", draw_numbers)
    monkeypatch.setattr(case_store, "next_id", drawn)
    return store


def repeating(*values: int) -> Callable[[int], int]:
    """Draws each of these twice, one after the other."""
    given = iter([value for value in values for _ in range(2)])
    return lambda most: next(given)


def raise_on(store, *stories, **more):
    with store.write("test") as con:
        return alert_store.put_alerts(con, [an_alert(s, **more) for s in stories], NOW)


def test_of_many_draws_that_repeat_themselves_none_is_given_twice(numbered):
    ids = [f"a{n}" for n in range(300)]
    with numbered.read() as con:
        given = numbers.draw_numbers(con, ids, repeating(*range(300)))
    assert list(given) == ids
    assert sorted(given.values()) == [str(100_000 + n) for n in range(300)]


def test_what_a_case_or_an_alert_has_is_drawn_for_no_other(numbered):
    (alert,) = raise_on(numbered, "s-one")
    with numbered.write("test") as con:
        case_store.put(con, a_case("100007"), [a_step(case_id="100007")], [], NOW)
        draws = repeating(int(alert.number) - 100_000, 7, 8)
        assert numbers.draw_number(con, draws) == "100008"


def test_an_alert_keeps_its_number_when_it_is_raised_again(numbered):
    (first,) = raise_on(numbered, "s-one")
    (again, other) = raise_on(numbered, "s-one", "s-two", times=2)
    assert again.number == first.number != other.number
    assert first.number.isdigit()
    assert len(first.number) == 6
    with numbered.read() as con:
        assert alert_store.alert(con, first.id).number == first.number


def test_the_number_says_nothing_of_the_alerts_id(tmp_path, numbered):
    (here,) = raise_on(numbered, "s-one")
    (there,) = raise_on(migrated(a_store(tmp_path / "other")), "s-one")
    assert here.id == there.id
    assert here.number != there.number


def test_a_case_takes_its_alerts_number_and_a_second_one_draws_its_own(numbered):
    (alert,) = raise_on(numbered, "s-one")
    with numbered.write("test") as con:
        number = case_store.next_id(con, of=alert.number)
        assert number == alert.number
        case_store.put(con, a_case(number), [a_step(case_id=number)], [], NOW)
        assert case_store.next_id(con, of=alert.number) != alert.number


def test_alerts_of_a_home_of_before_are_given_numbers_of_their_own(numbered):
    raise_on(numbered, *(f"s-{n}" for n in range(50)))
    with numbered.write("test") as con:
        con.execute("ALTER TABLE alerts DROP COLUMN number")
    with numbered.write("test") as con:
        for statement in NUMBERED.statements:
            con.execute(statement)
    with numbered.read() as con:
        found = [a.number for a in alert_store.list_alerts(con)]
    assert len(set(found)) == len(found) == 50
    assert all(number.isdigit() and len(number) == 6 for number in found)
    assert found != sorted(found)
