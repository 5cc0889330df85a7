"""When a message did not arrive, that itself is told: once, to who can act, and never to its subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.delivery import PEOPLE, Home
from builders.digest import kept_open
from builders.home import a_migrated_store
from builders.mention import NOW, Clock, a_message, an_alert
from support.case_numbers import number_of

from data.store.alerts import alerts
from data.store.messages import deliveries
from data.types import Role, Route, Via
from monitor.service.tasks.failed_messages import failures

DAY = timedelta(days=1)


@pytest.fixture
def home(tmp_path):
    clock = Clock()
    with kept_open(a_migrated_store(tmp_path / "home", clock)) as store:
        yield Home(store, clock)


def fail(home, *messages, outcome="failed", detail="address_refused 550 5.1.1"):
    """These messages were tried, and that came of it."""
    home.put(*messages)
    with home.store.write("fail") as con:
        now = home.clock()
        leased = deliveries.lease_due(con, now, now + DAY, list(Via), 1000, by="another")
        deliveries.record(con, [deliveries.Tried(one, outcome, detail) for one in leased], now)


def raise_one(home, **fields):
    alert = an_alert("s-one", **{"audience": ("p-head", "p-dsl"), "route": Route.SAFEGUARDING} | fields)
    with home.store.write("alert") as con:
        alerts.put_alerts(con, [alert], NOW)
    return alert


def told(home):
    return [m.person_id for m in home.outbox("failure")]


def test_of_an_alert_that_did_not_reach_somebody_the_next_of_its_audience_is_told(home):
    alert = raise_one(home)
    fail(home, a_message(alert_id=alert.id))
    assert home.tell() == 1
    (message,) = home.outbox("failure")
    assert message.person_id == "p-dsl"
    assert message.subject == f"A mail about {number_of(alert.id)} did not arrive: act now"
    assert "the mail server refuses the address" in message.body
    assert message.expires_at == NOW + 3 * DAY


def test_after_the_last_of_the_audience_comes_the_first(home):
    alert = raise_one(home)
    fail(home, a_message(alert_id=alert.id, person_id="p-dsl"))
    home.tell()
    assert told(home) == ["p-head"]


def test_where_none_of_the_audience_is_left_the_order_of_last_resort_is_followed(home):
    alert = raise_one(home)
    fail(home, a_message(alert_id=alert.id), a_message("m2", alert_id=alert.id, person_id="p-dsl"))
    home.tell()
    assert told(home) == ["p-deputy", "p-deputy"]


def test_an_alert_that_somebody_has_in_hand_needs_nobody_else(home):
    alert = raise_one(home)
    fail(home, a_message(alert_id=alert.id))
    with home.store.write("acknowledge") as con:
        alerts.ack(con, alert.id, "p-dsl", NOW)
    home.tell()
    (message,) = home.outbox("failure")
    assert message.person_id == "p-it"
    assert number_of(alert.id) not in message.subject + message.body


@pytest.mark.parametrize("kind", ["instant", "escalation"])
def test_the_subject_is_never_told_that_an_alert_failed(home, kind):
    alert = raise_one(home, audience=("p-dsl",), excluded=("p-head", "p-deputy"))
    fail(home, a_message(kind=kind, alert_id=alert.id, person_id="p-dsl"))
    home.tell()
    assert told(home) == ["p-chair"]


def test_the_subject_is_not_told_of_a_short_message_of_the_alert_either(home):
    home.configure(dsl="json://localhost:1/")
    alert = raise_one(home, audience=("p-dsl",), excluded=("p-it",))
    fail(home, a_message(alert_id=alert.id, person_id="p-dsl", via=Via.CHAT))
    home.tell()
    (message,) = home.outbox("failure")
    assert message.person_id == "p-head"
    assert number_of(alert.id) not in message.subject + message.body


def test_who_looks_after_the_machines_is_told_of_all_else_in_one_message(home):
    fail(
        home,
        a_message("m1", kind="digest", person_id="p-chair"),
        a_message("m2", kind="report", person_id="p-gone"),
        detail="no_person",
    )  # fmt: skip
    home.tell()
    (message,) = home.outbox("failure")
    assert message.person_id == "p-it"
    assert message.subject == "2 messages did not arrive: see why"
    assert message.body == (
        "Dear Jo Fern,\n\nThis did not arrive:\n\n"
        "- the daily digest for Alex Marsh, due on Tuesday 17 November at 09:00: "
        "this person is no longer in the settings for this school.\n"
        "- the weekly report for p-gone, due on Tuesday 17 November at 09:00: "
        "this person is no longer in the settings for this school.\n"
        "\nWhat is wrong, and how to put it right:\n    schoolgate doctor\n\n"
        "Not watched around the clock. If a child is in danger, ring 999.\n"
    )


def test_whose_own_address_failed_is_not_told_by_it(home):
    fail(home, a_message(kind="digest", person_id="p-it"))
    home.tell()
    assert told(home) == ["p-head"]


def test_whoever_else_cannot_be_reached_is_passed_over(home):
    fail(home, a_message(kind="digest", person_id="p-it"), a_message("m2", kind="digest"))
    home.tell()
    assert sorted(told(home)) == ["p-head", "p-it"], "the IT lead is the last one left for the head's"
    home.configure(people=(*PEOPLE, replace(PEOPLE[0], id="p-2nd", roles=(Role.DEPUTY_HEAD,))))
    fail(home, a_message("m3", kind="digest"))
    home.tell()
    assert "p-2nd" in told(home)


def test_after_an_outage_people_are_told_though_nothing_reached_them_meanwhile(home):
    alert = raise_one(home)
    both = [a_message(f"m{n}", alert_id=alert.id, person_id=p) for n, p in enumerate(("p-head", "p-dsl"))]
    fail(home, *both, outcome="retry", detail="unreachable")
    home.later(days=1)
    home.tell()
    assert sorted(told(home)) == ["p-dsl", "p-head"]


def test_each_failure_is_told_once(home):
    alert = raise_one(home)
    fail(home, a_message(alert_id=alert.id), a_message("m2", kind="digest", person_id="p-dsl"))
    assert home.tell() == 2
    assert home.tell() == 0
    home.later(days=1)
    assert home.tell() == 0
    assert len(home.outbox("failure")) == 2


def found(home):
    with home.store.read() as con:
        return failures(con, home.context, home.clock())


def test_two_who_find_the_same_failure_tell_of_it_once(home):
    fail(home, a_message(kind="digest"))
    first = found(home)
    fail(home, a_message("m2", kind="digest"))
    second = found(home)
    for (write,) in (first, second):
        with home.store.write("tend") as con:
            write(con)
    home.tell()
    assert sorted(m.body.count("- the daily digest") for m in home.outbox("failure")) == [1, 1]


def test_a_failure_that_is_not_delivered_is_not_told_by_another(home):
    fail(home, a_message(kind="failure"))
    assert home.tell() == 0
    with home.store.read() as con:
        (lost,) = deliveries.undelivered(con, NOW, NOW - DAY)
    assert (lost.outcome, lost.detail) == ("failed", "address_refused 550 5.1.1")


def test_what_could_not_be_sent_in_time_is_told_as_what_stood_in_the_way(home):
    home.put(a_message("never-tried", kind="spike", expires_at=NOW + DAY))
    fail(home, a_message("m2", kind="account"), outcome="retry", detail="unreachable")
    assert home.tell() == 0
    home.later(days=2)
    assert home.tell() == 1
    (message,) = home.outbox("failure")
    assert "the mail server cannot be reached" in message.body
    assert home.state("m2") == "expired"


def test_what_waits_for_want_of_a_mail_server_is_told_when_there_is_one_but_only_of_the_last_week(home):
    home.configure(mail=None)
    home.put(a_message("old", kind="digest"))
    home.later(days=5)
    home.put(a_message("newer", kind="digest", due_at=home.clock(), expires_at=home.clock() + DAY))
    home.later(days=4)
    assert home.tell() == 0
    home.configure()
    home.tell()
    (message,) = home.outbox("failure")
    assert message.body.count("- the daily digest") == 1
    assert "it could not be sent in time" in message.body


def test_what_may_have_arrived_is_told_as_that(home):
    fail(home, a_message(kind="digest"), outcome="unsure", detail="interrupted")
    home.tell()
    (message,) = home.outbox("failure")
    assert "it may have arrived" in message.body


def test_what_was_taken_back_or_sent_is_no_failure(home):
    from data.store.messages import outbox

    fail(home, a_message(alert_id="a-one"), outcome="sent", detail="")
    home.put(a_message("m2", alert_id="a-one"))
    with home.store.write("withdraw") as con:
        outbox.withdraw(con, "a-one", ["p-head"], NOW)
    home.later(days=2)
    assert home.tell() == 0


def test_somebody_with_an_address_for_short_messages_gets_one_too_of_an_alert(home):
    home.configure(dsl="json://localhost:1/")
    alert = raise_one(home)
    fail(home, a_message(alert_id=alert.id))
    home.tell()
    mail, chat = sorted(home.outbox("failure"), key=lambda m: m.via, reverse=True)
    assert (mail.via, chat.via) == (Via.MAIL, Via.CHAT)
    assert "\n" not in chat.body
    assert mail.key != chat.key


def test_nothing_of_the_message_itself_is_told(home):
    alert = raise_one(home, restricted=True)
    fail(
        home,
        a_message(alert_id=alert.id, subject="planted subject", body="planted body"),
        a_message("m2", kind="digest", subject="planted subject", body="planted body", html="planted html"),
    )
    home.tell()
    assert len(home.outbox("failure")) == 2
    assert not any("planted" in m.subject + m.body + (m.html or "") for m in home.outbox("failure"))


def test_where_nobody_is_left_nothing_is_written(home):
    home.configure(people=tuple(p for p in PEOPLE if p.roles == (Role.CHAIR,)))
    fail(home, a_message(kind="digest"))
    assert home.tell() == 0
