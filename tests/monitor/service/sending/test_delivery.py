"""What waits is sent: once, to configured people only, tried again where it could not be, in turn."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
from dataclasses import replace
from datetime import timedelta
from email.errors import MessageError
from hashlib import sha256

import pytest
from builders.delivery import PEOPLE, Home
from builders.home import a_migrated_store
from builders.mention import NOW, Clock, a_message, a_store, an_alert
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.mail_server import HANG_UP, post_office

from alerts.delivery.results import SENT, Cause
from data.errors import StoreError
from data.store.alerts import alerts
from data.store.messages import deliveries
from data.store.reporting import signed_reports
from data.store.reporting.signed_reports import WeeklyReport
from data.types import Route, Via
from monitor.service import delivery
from monitor.service.delivery import LEASE

HOUR = timedelta(hours=1)


@pytest.fixture
def office():
    with post_office() as running:
        yield running


@pytest.fixture
def home(tmp_path, office):
    clock = Clock()
    return Home(a_migrated_store(tmp_path / "home", clock), clock, office)


REPORT = "reports/900001-2026-W47.pdf"


def a_signed_report(home, held=b"%PDF"):
    path = home.store.home / REPORT
    path.parent.mkdir()
    path.write_bytes(held)
    week = ("900001", "2026-W47")
    with home.store.write("test") as con:
        signed_reports.put_report(con, *week, "{}", NOW)
        signed = WeeklyReport(*week, "{}", NOW, NOW, "p-head", sha256(held).hexdigest(), "0" * 64)
        signed_reports.sign(con, signed)


def to(office):
    return [t.to[0] for t in office.taken]


def test_what_is_due_is_sent_once_and_every_try_is_written_down(home, office):
    home.put(a_message(), a_message("later", due_at=NOW + HOUR), a_message("old", expires_at=NOW))
    done = home.deliver()
    assert (done.sent, done.waiting, done.causes) == (1, 1, [])
    assert home.state() == "sent"
    assert home.tries() == [(1, "sent", "")]
    assert home.deliver().sent == 0
    (taken,) = office.taken
    assert (taken.sender, taken.to) == ("schoolgate@example.org", ("head@example.org",))
    assert taken.id == "<m1@example.org>"


def test_what_must_be_acted_on_goes_first(home, office):
    home.put(
        a_message("a-digest", kind="digest", due_at=NOW - HOUR), a_message("z-alert", person_id="p-dsl"),
    )  # fmt: skip
    home.deliver()
    assert to(office) == ["dsl@example.org", "head@example.org"]


def test_without_a_mail_server_everything_waits(home):
    home.configure(mail=None)
    home.office = None
    home.put(a_message(), a_message("m2"))
    done = home.deliver()
    assert (done.sent, done.failed, done.waiting) == (0, 0, 2)
    assert home.tries() == []


@pytest.mark.parametrize(
    ("person", "cause"),
    [("p-gone", Cause.NO_PERSON), ("p-hexley", Cause.NO_PERSON), ("p-silent", Cause.NO_ADDRESS)],
)
def test_who_is_not_configured_for_the_school_gets_nothing(home, office, person, cause):
    home.put(a_message(person_id=person), a_message("m2"))
    done = home.deliver()
    assert (done.failed, done.sent, done.causes) == (1, 1, [cause])
    assert home.state() == "failed"
    assert to(office) == ["head@example.org"]


def test_a_school_that_is_not_configured_any_more_tells_nobody(home, office):
    home.put(a_message(urn="900009", person_id="p-it"))
    assert home.deliver().causes == [Cause.NO_PERSON]
    assert office.taken == []


IDS = st.sampled_from([*(p.id for p in PEOPLE), "p-gone", "head@example.org", "", "evil@example.test"])
URNS = st.sampled_from(["900001", "900002", "900009", ""])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    waiting=st.lists(st.tuples(IDS, URNS, st.sampled_from(list(Via))), max_size=6),
    kept=st.sets(st.sampled_from(PEOPLE)),
)
def test_nothing_is_ever_sent_to_anyone_outside_the_configured_people(
    office, tmp_path_factory, waiting, kept
):
    folder = tmp_path_factory.mktemp("home") / "home"
    clock, chatted = Clock(), []
    people = tuple(p for p in PEOPLE if p in kept)
    home = Home(a_migrated_store(folder, clock), clock, office, people=people, dsl="json://localhost:1/")
    office.taken.clear()
    home.put(
        *(
            a_message(f"m{n}", person_id=who, urn=urn, via=via, subject="evil@example.test")
            for n, (who, urn, via) in enumerate(waiting)
        )
    )
    home.deliver(post=lambda message, address: chatted.append(message.person_id))
    known = {p.email for p in people if p.email}
    assert {t.to for t in office.taken} <= {(address,) for address in known}
    for taken in office.taken:
        assert {a.addr_spec for a in taken.mail["To"].addresses} == set(taken.to)
    assert set(chatted) <= {"p-dsl"} & {p.id for p in people}


def test_one_persons_refused_address_holds_nobody_back_and_fails_at_once(home, office):
    office.rcpt = lambda address: "550 5.1.1 no such box" if address == "head@example.org" else None
    home.put(a_message(), a_message("m2", person_id="p-dsl"), a_message("m3", person_id="p-chair"))
    done = home.deliver()
    assert (done.sent, done.failed, done.causes) == (2, 1, [Cause.ADDRESS_REFUSED])
    assert home.state() == "failed"
    assert home.tries() == [(1, "failed", "address_refused 550 5.1.1")]
    assert office.connections == 1


def test_what_a_server_puts_off_is_tried_again_later_and_not_before(home, office):
    office.rcpt = lambda address: "450 4.2.0 greylisted"
    home.put(a_message())
    assert home.deliver().retried == 1
    assert home.deliver().retried == 0
    office.rcpt = lambda address: None
    home.later(seconds=19)
    assert home.deliver().sent == 0
    home.later(seconds=1)
    assert home.deliver().sent == 1
    assert [outcome for _, outcome, _ in home.tries()] == ["retry", "sent"]


def test_a_server_that_is_away_is_asked_once_and_everything_goes_out_when_it_is_back(home, office):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = office.server(port=free.getsockname()[1])
    home.put(*(a_message(f"m{n}", person_id="p-dsl") for n in range(3)))
    done = home.deliver(away)
    assert (done.retried, done.waiting, done.causes) == (3, 3, [Cause.UNREACHABLE])
    home.later(minutes=5)
    assert home.deliver().sent == 3


def test_a_refused_password_is_tried_again_because_it_can_be_mended(home):
    with post_office(user="u", password="right") as office:
        home.put(a_message())
        done = home.deliver(office.server(user="u", password="wrong"))
        assert (done.retried, done.causes) == (1, [Cause.SIGN_IN_REFUSED])
        home.later(minutes=5)
        assert home.deliver(office.server(user="u", password="right")).sent == 1


def test_it_is_tried_for_three_days_and_then_given_up(home, office):
    office.rcpt = lambda address: "450 4.2.0 full"
    home.put(a_message(kind="account", expires_at=NOW + timedelta(days=30)))
    for _ in range(4):
        assert home.state() == "waiting"
        home.deliver()
        home.later(hours=24.1)
    assert home.state() == "failed"
    assert [outcome for _, outcome, _ in home.tries()] == ["retry"] * 3 + ["failed"]


def test_what_expires_while_it_is_in_hand_is_not_handed_over(home, office):
    home.put(a_message(expires_at=NOW + HOUR))
    office.rcpt = lambda address: home.later(hours=1)
    assert home.deliver().sent == 0
    assert office.taken == []
    assert home.state() == "expired"


def test_what_expired_is_not_sent(home, office):
    home.put(a_message(expires_at=NOW + HOUR))
    home.later(hours=1)
    assert home.deliver().sent == 0
    assert office.taken == []


@pytest.mark.parametrize("kind", ["digest", "report"])
def test_a_digest_whose_hand_over_was_cut_short_is_unsure_and_never_sent_again(home, office, kind):
    office.data = lambda address: HANG_UP
    home.put(a_message(kind=kind))
    done = home.deliver()
    assert (done.unsure, done.retried) == (1, 0)
    office.data = lambda address: None
    for _ in range(2):
        home.later(hours=1)
        assert home.deliver().sent == 0
    assert home.state() == "unsure"


def test_an_alert_whose_hand_over_was_cut_short_is_sent_again_as_the_same_message(home, office):
    answers = iter([HANG_UP])
    taken_first = []

    def cut(address):
        said = next(answers, None)
        taken_first.append(said)
        return said

    office.data = cut
    home.put(a_message())
    assert home.deliver().retried == 1
    home.later(minutes=1)
    assert home.deliver().sent == 1
    assert [t.id for t in office.taken] == ["<m1@example.org>"]


def begin(home, key="m1", by="PID 1 on another-machine"):
    """As a sender that leases a message and dies after the hand-over began."""
    with home.store.write("lease") as con:
        leased = deliveries.lease_due(con, home.clock(), home.clock() + LEASE, [Via.MAIL], 20, by=by)
    (one,) = (x for x in leased if x.message.key == key)
    with home.store.write("hand over") as con:
        deliveries.give_back(con, [x for x in leased if x is not one])
        assert deliveries.hand_over(con, one, home.clock())
    return one


@pytest.mark.parametrize(("kind", "state"), [("digest", "unsure"), ("report", "unsure"), ("instant", "sent")])
def test_what_a_dead_sender_had_begun_to_hand_over(home, office, kind, state):
    home.put(a_message(kind=kind))
    begin(home)
    assert home.deliver().sent == 0, "it is still in hand"
    home.clock.at += LEASE
    home.deliver()
    assert home.state() == state
    assert len(office.taken) == (state == "sent")


def test_what_a_dead_process_of_this_machine_had_in_hand_is_free_at_once(home, office):
    gone = subprocess.Popen(["true"])
    gone.wait()
    home.put(a_message(), a_message("m2", kind="digest"))
    for key in ("m1", "m2"):
        begin(home, key, by=f"PID {gone.pid} on {platform.node()}")
    assert home.deliver().sent == 1
    assert (home.state("m1"), home.state("m2")) == ("sent", "unsure")


@pytest.mark.parametrize("holder", ["PID 1 on another-machine", f"PID {os.getppid()} on {platform.node()}"])
def test_what_a_process_may_still_have_in_hand_is_left_to_it(home, holder):
    home.put(a_message())
    begin(home, by=holder)
    assert home.deliver().sent == 0


@pytest.mark.parametrize(("kind", "state"), [("instant", "sent"), ("digest", "unsure")])
def test_what_was_taken_but_could_not_be_written_down_is_not_left_lying(
    home, office, monkeypatch, kind, state
):
    def full(*_):
        raise StoreError("the disk is full")

    home.put(a_message(kind=kind), a_message("m2", kind="digest", person_id="p-dsl"))
    monkeypatch.setattr(deliveries, "record", full)
    with pytest.raises(StoreError):
        home.deliver()
    monkeypatch.undo()
    home.deliver()
    assert (home.state(), home.state("m2")) == (state, "sent")
    assert [t.id for t in office.taken].count("<m1@example.org>") == (2 if kind == "instant" else 1)


def test_what_is_urgent_does_not_wait_behind_a_slow_servers_digests(home, office):
    def slow(address):
        home.later(seconds=10)
        if len(office.taken) == 1:
            home.put(a_message("alert", person_id="p-dsl", due_at=home.clock()))

    office.rcpt = slow
    home.put(*(a_message(f"m{n}", kind="digest") for n in range(5)))
    assert home.deliver().sent == 6
    assert [t.id for t in office.taken].index("<alert@example.org>") == 2
    assert home.tries("m4") == [(1, "sent", "")]


def test_short_messages_and_mails_go_out_apart(home, office):
    home.configure(dsl="json://localhost:1/")
    home.put(a_message(), a_message("line", person_id="p-dsl", via=Via.CHAT))
    posted = []

    def post(message, address):
        posted.append(message.key)
        assert home.deliver(ways=(Via.MAIL,)).sent == 1
        return SENT

    assert home.deliver(ways=(Via.CHAT,), post=post).sent == 1
    assert (posted, to(office)) == (["line"], ["head@example.org"])


def test_what_a_dead_sender_had_not_begun_to_hand_over_is_sent(home, office):
    home.put(a_message(kind="digest"))
    with home.store.write("lease") as con:
        deliveries.lease_due(con, NOW, NOW + LEASE, [Via.MAIL], 20, by="another")
    home.clock.at += LEASE
    assert home.deliver().sent == 1


def test_a_digest_begun_by_a_dead_sender_is_unsure_even_when_it_has_expired(home):
    home.put(a_message(kind="digest", expires_at=NOW + timedelta(minutes=1)))
    begin(home)
    home.clock.at += LEASE
    home.deliver()
    assert home.state() == "unsure"


def test_who_lost_the_lease_may_not_hand_over_any_more(home):
    home.put(a_message(kind="digest"))
    with home.store.write("lease") as con:
        (slow,) = deliveries.lease_due(con, NOW, NOW + LEASE, [Via.MAIL], 20, by="another")
    home.clock.at += LEASE
    assert home.deliver().sent == 1
    with home.store.write("hand over") as con:
        assert not deliveries.hand_over(con, slow, home.clock())


def test_an_answer_that_comes_late_is_still_written_down_as_sent(home):
    home.put(a_message(kind="digest"))
    slow = begin(home)
    home.clock.at += LEASE
    home.deliver()
    assert home.state() == "unsure"
    with home.store.write("late") as con:
        deliveries.record(con, [deliveries.Tried(slow, "sent")], home.clock())
    assert home.state() == "sent"


def test_who_turned_out_to_be_the_subject_meanwhile_is_not_told(home, office):
    alert = an_alert("s-one", audience=("p-dsl",), excluded=("p-head",))
    with home.store.write("alert") as con:
        alerts.put_alerts(con, [alert], NOW)
    home.put(a_message(alert_id=alert.id), a_message("m2", alert_id=alert.id, person_id="p-dsl"))
    home.deliver()
    assert to(office) == ["dsl@example.org"]
    assert home.state() == "withdrawn"


def test_the_warning_owed_to_somebody_whom_the_alert_keeps_out_is_sent(home, office):
    alert = an_alert("s-one", audience=("p-dsl",), excluded=("p-head",), warned=("p-head",))
    with home.store.write("alert") as con:
        alerts.put_alerts(con, [alert], NOW)
    home.put(a_message(alert_id=alert.id, kind="warning"))
    home.deliver()
    assert to(office) == ["head@example.org"]


def test_what_is_taken_back_while_the_server_is_asked_is_not_handed_over(home, office):
    from data.store.messages import outbox

    def meanwhile(address):
        with a_store(home.store.home, Clock()).write("withdraw") as con:
            outbox.withdraw(con, "a-one", ["p-head"], NOW)

    office.rcpt = meanwhile
    home.put(a_message(alert_id="a-one"))
    assert home.deliver().sent == 0
    assert office.taken == []
    assert home.state() == "withdrawn"


def test_when_the_service_stops_what_is_not_begun_is_given_back(home, office):
    home.put(*(a_message(f"m{n}") for n in range(3)))
    assert home.deliver(stop=lambda: len(office.taken) >= 1).sent == 1
    assert home.deliver().sent == 2
    assert [home.tries(f"m{n}")[0][0] for n in range(3)] == [1, 1, 1]


def test_a_message_that_cannot_be_made_holds_no_other_back(home, office, monkeypatch):
    real = delivery.compose

    def broken(message, *more):
        if message.key == "m1":
            raise MessageError(message.subject)
        return real(message, *more)

    monkeypatch.setattr(delivery, "compose", broken)
    home.put(a_message(), a_message("m2", person_id="p-dsl"))
    done = home.deliver()
    assert (done.sent, done.retried, done.causes) == (1, 1, [Cause.OURS])


def test_a_file_that_goes_with_a_message_lies_in_the_home_folder(home, office):
    a_signed_report(home)
    home.put(
        a_message(kind="report", attachment=REPORT),
        a_message("m2", kind="report", person_id="p-dsl", attachment="../../etc/passwd"),
    )
    done = home.deliver()
    assert (done.sent, done.failed, done.causes) == (1, 1, [Cause.ATTACHMENT])
    (file,) = office.taken[0].mail.iter_attachments()
    assert file.get_filename() == "900001-2026-W47.pdf"


@pytest.mark.parametrize("why", ["changed", "not signed", "of another week", "of another school"])
def test_a_file_that_is_not_the_one_that_was_signed_is_never_mailed_and_that_is_told(home, office, why):
    a_signed_report(home)
    if why == "changed":
        (home.store.home / REPORT).write_bytes(b"%PDF changed")
    else:
        column, value = {
            "not signed": ("signed_at", None),
            "of another week": ("week", "2026-W46"),
            "of another school": ("urn", "900002"),
        }[why]
        with home.store.write("test") as con:
            con.execute(f"UPDATE reports SET {column} = $value", {"value": value})
    home.put(a_message(kind="report", person_id="p-chair", attachment=REPORT))
    done = home.deliver()
    assert (done.sent, done.failed, done.causes, office.taken) == (0, 1, [Cause.CHANGED], [])
    assert home.tell() == 1
    home.deliver()
    (told,) = office.taken
    assert told.to == ("it@example.org",)
    assert "is not the file that was signed" in told.mail.get_body().get_content()


def test_more_than_are_leased_at_once_go_out_in_one_call(home, office, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)
    people = tuple(replace(PEOPLE[0], id=f"p{n}", email=f"p{n}@example.org") for n in range(5))
    home.configure(people=people)
    home.put(*(a_message(f"m{n}", person_id=f"p{n}") for n in range(5)))
    assert home.deliver().sent == 5
    assert len(set(to(office))) == 5
    assert office.connections == 1


def test_two_calls_together_count_a_message_as_the_later_one_left_it(home, office):
    office.rcpt = lambda address: "451 4.7.1 later" if address == "head@example.org" else None
    home.put(a_message("m1"), a_message("m2", person_id="p-dsl"))
    first = home.deliver()
    assert (first.sent, first.retried) == (1, 1)
    office.rcpt = lambda address: None
    home.clock.at += HOUR
    both = first.then(home.deliver())
    assert (both.sent, both.retried, both.failed, both.waiting) == (2, 0, 0, 0)


OFFICE = "office@example.org"


@pytest.mark.parametrize(
    ("message", "alert", "answers"),
    [
        ({"kind": "digest"}, {}, OFFICE),
        ({"kind": "instant"}, {}, OFFICE),
        ({"kind": "instant"}, {"restricted": True}, None),
        ({"kind": "instant"}, {"route": Route.SAFEGUARDING}, None),
        ({"kind": "case", "alert_id": None}, {}, None),
    ],
)
def test_an_answer_goes_to_the_office_but_not_of_what_it_may_not_know(home, office, message, alert, answers):
    told = an_alert("s-one", **alert)
    with home.store.write("test") as con:
        alerts.put_alerts(con, [told], NOW)
    home.context = replace(home.context, config=replace(home.context.config, contact=OFFICE))
    home.put(a_message(**{"alert_id": told.id, **message}))
    home.deliver()
    assert office.taken[0].mail["Reply-To"] == answers


def test_no_answer_about_a_matter_goes_to_a_person_by_name_whom_it_may_accuse(home, office):
    told = an_alert("s-one")
    with home.store.write("test") as con:
        alerts.put_alerts(con, [told], NOW)
    mail = replace(home.context.config.mail, reply_to="Head@example.org")
    home.context = replace(home.context, config=replace(home.context.config, mail=mail, contact=OFFICE))
    home.put(a_message(alert_id=told.id))
    home.deliver()
    assert office.taken[0].mail["Reply-To"] is None


@pytest.mark.parametrize("kind", ["digest", "report", "sign", "spike", "account"])
def test_no_answer_to_a_digest_goes_to_a_person_by_name_whom_a_line_may_accuse(home, office, kind):
    home.context = replace(home.context, config=replace(home.context.config, contact="Head@example.org"))
    home.put(a_message(kind=kind))
    home.deliver()
    assert office.taken[0].mail["Reply-To"] is None


def test_a_contact_that_is_no_address_takes_no_answers(home, office):
    home.context = replace(home.context, config=replace(home.context.config, contact="https://example.org/"))
    home.put(a_message(kind="digest"))
    home.deliver()
    assert office.taken[0].mail["Reply-To"] is None
