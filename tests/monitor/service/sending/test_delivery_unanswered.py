"""An alert that reached nobody is tried until somebody has it, and is complained of for as long."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from builders.delivery import Home
from builders.digest import kept_open
from builders.home import a_migrated_store
from builders.mention import NOW, Clock, a_message, an_alert
from support.mail_server import post_office

from alerts.delivery.results import Cause, Result, SendOutcome
from data.store.alerts import alerts
from data.store.engine import leases
from data.store.engine.leases import Lease
from data.types import Severity, Via
from monitor.service.state.health import Health
from monitor.service.state.holder import HELD_FOR, NAME, me
from monitor.service.state.status import figures, status

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
REFUSED = "550 5.1.1 not here"


@pytest.fixture
def office():
    with post_office() as running:
        yield running


@pytest.fixture
def home(tmp_path, office):
    clock = Clock()
    with kept_open(a_migrated_store(tmp_path / "home", clock)) as store:
        yield Home(store, clock, office)


def raise_one(home, **fields):
    """An alert to the head and the safeguarding lead, and their mails; gives its id."""
    fields = {"audience": ("p-head", "p-dsl"), "severity": Severity.THIS_HOUR} | fields
    alert = an_alert("s-one", **fields)
    with home.store.write("alert") as con:
        alerts.put_alerts(con, [alert], home.clock())
    now = home.clock()
    home.put(
        *(
            a_message(f"m-{p}", alert_id=alert.id, person_id=p, times=1, due_at=now, expires_at=now + DAY)
            for p in alert.audience
        )
    )
    return alert.id


def pass_by(home, span, every=timedelta(minutes=5), **given):
    """The service as it ticks: sends what is due, tells of what failed."""
    ends = home.clock() + span
    while home.clock() < ends:
        home.deliver(**given)
        home.tell()
        home.clock.at += every
        yield home.clock()


def complaints(home):
    """What healthz says: nothing else is wrong."""
    now = home.clock()
    with home.store.read() as con:
        health = Health(now)
        health.tell(figures(con, home.context.config, {}, now))
    return health.complaints(now)


def exit_code(home):
    now = home.clock()
    with home.store.write("a sign of life") as con:
        leases.take(con, Lease(NAME, me(), NOW, now + HELD_FOR), lambda holder: True)
    with home.store.read() as con:
        return status(con, home.context.config, now).exit


def ack(home, alert_id, what=alerts.ack):
    with home.store.write("taken") as con:
        what(con, alert_id, "p-deputy", home.clock())


def got(office):
    return sorted(t.to[0] for t in office.taken if "did not arrive" not in str(t.mail["Subject"]))


REFUSALS = {
    "every address": lambda office: setattr(office, "rcpt", lambda address: REFUSED),
    "every message": lambda office: setattr(office, "data", lambda address: "554 5.6.0 no"),
    "everybody for now": lambda office: setattr(office, "rcpt", lambda address: "450 4.2.0 greylisted"),
}


@pytest.mark.parametrize("refuse", REFUSALS.values(), ids=REFUSALS.keys())
def test_what_the_server_refused_to_everybody_for_three_days_arrives_when_it_is_mended(home, office, refuse):
    raise_one(home)
    refuse(office)
    for _ in pass_by(home, 3 * DAY, every=12 * HOUR):
        assert complaints(home)
    assert exit_code(home) == 1
    assert office.taken == []
    office.rcpt = office.data = lambda address: None
    list(pass_by(home, QUARTER))
    assert got(office) == ["dsl@example.org", "head@example.org"]
    ids = {t.id.strip("<>").partition("@")[0] for t in office.taken}
    assert {"m-p-head", "m-p-dsl"} <= ids
    assert complaints(home) == []
    assert exit_code(home) == 0


def test_it_is_tried_every_five_minutes_and_not_more_often(home, office):
    raise_one(home, audience=("p-head",))
    asked = []

    def refuse(address):
        if address.startswith("head"):
            asked.append(home.clock())
        return REFUSED

    office.rcpt = refuse
    list(pass_by(home, timedelta(minutes=30)))
    list(pass_by(home, timedelta(minutes=11), every=timedelta(minutes=1)))
    gaps = [b - a for a, b in pairwise(asked)]
    assert len(gaps) >= 5
    assert set(gaps[-2:]) <= {timedelta(minutes=5), timedelta(minutes=6)}


@pytest.mark.parametrize("take", [alerts.ack, alerts.hand_over])
def test_once_somebody_has_it_nothing_is_sent_any_more_and_nothing_complained_of(home, office, take):
    alert_id = raise_one(home)
    office.rcpt = lambda address: REFUSED
    list(pass_by(home, 26 * HOUR, every=13 * HOUR))
    ack(home, alert_id, take)
    office.rcpt = lambda address: None
    list(pass_by(home, DAY, every=13 * HOUR))
    assert office.taken == []
    assert complaints(home) == []
    assert exit_code(home) == 0


def test_who_is_found_to_be_its_subject_meanwhile_is_never_written_to(home, office):
    alert_id = raise_one(home)
    office.rcpt = lambda address: REFUSED
    list(pass_by(home, QUARTER))
    with home.store.write("it is about the head") as con:
        alerts.keep_out(con, {alert_id: ("p-head",)}, home.clock())
    office.rcpt = lambda address: None
    list(pass_by(home, QUARTER))
    assert "head@example.org" not in [t.to[0] for t in office.taken]
    assert "dsl@example.org" in got(office)


def test_where_only_its_subject_had_it_others_are_still_told(home, office):
    alert_id = raise_one(home)
    office.rcpt = lambda address: None if address.startswith("head") else REFUSED
    home.deliver()
    with home.store.write("it is about the head") as con:
        alerts.keep_out(con, {alert_id: ("p-head",)}, home.clock())
    home.later(minutes=11)
    assert complaints(home)
    office.rcpt = lambda address: None
    list(pass_by(home, QUARTER))
    others = {t.to[0] for t in office.taken} - {"head@example.org"}
    assert others <= {"dsl@example.org", "deputy@example.org"}
    assert others
    assert got(office).count("head@example.org") == 1
    assert complaints(home) == []


def test_one_bad_address_among_others_stays_failed_and_the_next_person_is_told(home, office):
    raise_one(home)
    office.rcpt = lambda address: REFUSED if address.startswith("head") else None
    list(pass_by(home, QUARTER))
    assert home.state("m-p-head") == "failed"
    assert home.tries("m-p-head") == [(1, "failed", "address_refused 550 5.1.1")]
    assert [m.person_id for m in home.outbox("failure")] == ["p-dsl"]
    assert complaints(home) == []
    assert exit_code(home) == 0


def test_that_the_next_person_was_told_instead_ends_it_only_once_somebody_has_it(home, office):
    alert_id = raise_one(home, audience=("p-head",))
    office.rcpt = lambda address: REFUSED if address.startswith("head") else None
    list(pass_by(home, QUARTER))
    assert home.state("m-p-head") == "waiting"
    assert complaints(home)
    ack(home, alert_id)
    assert home.state("m-p-head") == "withdrawn"
    assert complaints(home) == []


def test_what_expired_for_one_while_others_had_it_is_complained_of_until_somebody_has_it(home, office):
    alert_id = raise_one(home)
    office.rcpt = lambda address: "450 4.2.0 greylisted" if address.startswith("head") else None
    list(pass_by(home, 25 * HOUR, every=12.5 * HOUR))
    assert home.state("m-p-head") == "expired"
    assert [c for c in complaints(home) if "did not arrive" in c]
    assert exit_code(home) == 1
    ack(home, alert_id)
    assert complaints(home) == []
    assert exit_code(home) == 0


def test_what_expired_before_it_was_ever_tried_is_complained_of_too(home, office):
    """The machine was off for a day after the first of two mails had gone."""
    alert_id = raise_one(home)
    home.deliver(stop=lambda: bool(office.taken))
    assert len(office.taken) == 1
    home.later(hours=25)
    assert [c for c in complaints(home) if "did not arrive" in c]
    ack(home, alert_id)
    assert complaints(home) == []


def test_a_short_message_is_tried_on_like_a_mail(home):
    home.configure(mail=None, dsl="json://localhost:1/")
    alert_id = raise_one(home, audience=())
    now = home.clock()
    home.put(
        a_message("c", alert_id=alert_id, person_id="p-dsl", times=1, via=Via.CHAT, expires_at=now + DAY)
    )
    answer = Result(SendOutcome.RETRY, Cause.CHAT_REFUSED)
    posted = []

    def post(message, address):
        posted.append(message.key)
        return answer

    list(pass_by(home, 2 * DAY, every=DAY, post=post))
    assert complaints(home)
    answer = Result(SendOutcome.SENT)
    list(pass_by(home, QUARTER, post=post))
    assert home.state("c") == "sent"
    assert complaints(home) == []


def test_a_short_message_to_one_does_not_end_the_mails_to_all(home, office):
    home.configure(head="json://localhost:1/")
    alert_id = raise_one(home)
    now = home.clock()
    home.put(
        a_message("c", alert_id=alert_id, person_id="p-head", times=1, via=Via.CHAT, expires_at=now + DAY)
    )
    office.rcpt = lambda address: REFUSED
    list(pass_by(home, 2 * DAY, every=12 * HOUR, post=lambda message, address: Result(SendOutcome.SENT)))
    assert home.state("c") == "sent"
    assert complaints(home)
    office.rcpt = lambda address: None
    list(pass_by(home, QUARTER))
    assert got(office) == ["dsl@example.org", "head@example.org"]


def test_that_the_next_was_asked_does_not_end_the_mails_to_its_audience(home, office):
    alert_id = raise_one(home)
    now = home.clock()
    office.rcpt = lambda address: None if address.startswith("chair") else REFUSED
    home.put(
        a_message(
            "e", alert_id=alert_id, person_id="p-chair", kind="escalation", times=1, due_at=now,
            expires_at=now + DAY,
        )
    )  # fmt: skip
    list(pass_by(home, 2 * DAY, every=12 * HOUR))
    assert home.state("e") == "sent"
    assert complaints(home)
    office.rcpt = lambda address: None
    list(pass_by(home, QUARTER))
    assert {"dsl@example.org", "head@example.org"} <= set(got(office))


def test_a_short_message_that_its_subject_would_read_by_now_never_goes(home):
    """The two share an address; that it is about the one was found after it was written to the other."""
    home.configure(mail=None, dsl="json://localhost:1/", head="json://localhost:1/")
    alert_id = raise_one(home, audience=())
    now = home.clock()
    home.put(
        a_message("c", alert_id=alert_id, person_id="p-dsl", times=1, via=Via.CHAT, expires_at=now + DAY)
    )
    with home.store.write("it is about the head") as con:
        alerts.keep_out(con, {alert_id: ("p-head",)}, home.clock())
    posted = []
    list(pass_by(home, QUARTER, post=lambda message, address: posted.append(message.key)))
    assert posted == []
    assert complaints(home)


def test_what_tells_of_a_failure_is_tried_again_where_it_is_refused_itself(home, office):
    home.put(a_message("d", kind="digest", person_id="p-chair"))
    office.rcpt = lambda address: REFUSED
    list(pass_by(home, 5 * HOUR, every=2.5 * HOUR))
    assert home.state("d") == "failed"
    office.rcpt = lambda address: None
    list(pass_by(home, QUARTER))
    assert [t.to[0] for t in office.taken] == ["it@example.org"]


def test_an_alert_that_was_raised_again_is_not_sent_as_it_was_before(home, office):
    alert_id = raise_one(home)
    office.rcpt = lambda address: REFUSED
    home.deliver()
    home.later(hours=1)
    with home.store.write("again") as con:
        again = an_alert("s-one", audience=("p-head",), times=2, raised_at=home.clock())
        alerts.put_alerts(con, [again], home.clock())
    assert again.id == alert_id
    office.rcpt = lambda address: None
    list(pass_by(home, QUARTER))
    assert got(office) == []


def test_a_home_without_a_way_to_send_is_not_complained_of(home):
    home.configure(mail=None)
    raise_one(home)
    list(pass_by(home, 2 * DAY, every=DAY))
    assert complaints(home) == []


def test_what_is_tried_on_stands_in_doctor_and_digest_as_not_delivered(home, office):
    from data.digest import Window
    from data.store.messages import deliveries
    from data.store.reporting import daily_digest as digest_store

    raise_one(home, audience=("p-head",))
    office.rcpt = lambda address: REFUSED
    list(pass_by(home, QUARTER))
    with home.store.read() as con:
        lost = deliveries.undelivered(con, home.clock(), NOW - DAY)
        listed = digest_store.undelivered(con, "900001", Window(NOW, home.clock()))
    assert "m-p-head" in [one.message.key for one in lost]
    assert {one.outcome for one in lost} == {"failed"}
    assert "p-head" in [one.person_id for one in listed]
