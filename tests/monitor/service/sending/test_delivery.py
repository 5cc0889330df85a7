"""What waits is sent: once, to configured people only, tried again where it could not be, in turn."""

import os
import platform
import signal
import socket
import subprocess
from dataclasses import replace
from datetime import timedelta
from email.errors import MessageError
from hashlib import sha256
from itertools import pairwise

import pytest
from builders.config import MAIL, PERSON, SCHOOL, write
from builders.delivery import MAIL as MAIL_WAY
from builders.delivery import PEOPLE, Home
from builders.home import a_migrated_store, do_in
from builders.mention import NOW, Clock, a_message, an_alert
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from support import forked
from support.mail_server import HANG_UP, post_office

from alerts.delivery.results import SENT, Cause, Result, SendOutcome
from alerts.notices.upkeep import code_message
from data.digest import Window
from data.effects import utc_now
from data.errors import StoreError
from data.store import alerts as alert_store
from data.store import digest as digest_store
from data.store import outbox
from data.store import weekly as weekly_store
from data.store.engine.turn import Lease, take_lease
from data.store.weekly import WeeklyReport
from data.types import Route, Severity, Via
from monitor.config.load import load_file
from monitor.service import delivery, serve
from monitor.service.delivery import LEASE, OF_THE_SERVER, Delivered
from monitor.service.health import Health, figures, read_status
from monitor.service.notebook import HELD_FOR, NAME, me

TEXT = (
    "govuk-notify://07700900123/f33517ff-2a88-4f6e-b855-c550268ce08a/k-26785a09-ab16-4eb0-8407-a37497a57506-"
    "3d844edf-8d35-48ac-975b-e847b4f122b0"
)
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def running():
    with post_office() as office:
        yield office


@pytest.fixture
def office(running):
    running.mail = running.rcpt = running.data = lambda address: None
    running.connections = 0
    running.taken.clear()
    return running


@pytest.fixture
def home(undone, office):
    return Home(undone, Clock(), office)


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


def test_who_came_since_the_settings_were_read_gets_their_first_mail(home, office, tmp_path):
    path = write(tmp_path, SCHOOL + MAIL)
    home.context = replace(home.context, config=load_file(path, {}))
    write(tmp_path, f'{SCHOOL}{MAIL}{PERSON}email = "new@example.org"\n')
    home.put(a_message(person_id="head"))
    assert (home.deliver().sent, to(office)) == (1, ["new@example.org"])


@pytest.mark.parametrize(("address", "others", "goes"), [
    (TEXT, {}, True), ("ntfys://tk@ntfy.example.org/all", {}, False), (TEXT, {"x": SecretStr(TEXT)}, False),
])  # fmt: skip
def test_a_code_that_no_mail_takes_goes_by_text_to_whom_alone_has_that(
    home, monkeypatch, address, others, goes
):
    texts = []
    monkeypatch.setattr(serve, "make_poster", lambda _: lambda m, to: texts.append((m.body, to)) or SENT)
    config = replace(home.context.config, mail=None, chats={PEOPLE[0].id: SecretStr(address), **others})
    message = code_message(config.schools[0], config.people[0], "12345678", NOW, config.zone, "desk.code")
    assert serve.send_code(lambda: replace(home.context, config=config), message) == goes
    said = "Your code for Schoolgate is 12345678. Do not share it."
    assert texts == ([(said, address)] if goes else [])


IDS = st.sampled_from([*(p.id for p in PEOPLE), "p-gone", "head@example.org", "", "evil@example.test"])
URNS = st.sampled_from(["900001", "900002", "900009", ""])


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_it_is_tried_for_three_days_and_then_given_up(home, office):
    office.rcpt = lambda address: "450 4.2.0 full"
    home.put(a_message(kind="account", expires_at=NOW + timedelta(days=30)))
    for _ in range(4):
        assert home.state() == "waiting"
        home.deliver()
        home.later(hours=24.1)
    assert home.state() == "failed"
    assert [outcome for _, outcome, _ in home.tries()] == ["retry"] * 3 + ["failed"]


def test_an_alert_whose_hand_over_was_cut_short_is_sent_again_as_the_same_message(home, office):
    answers = iter([HANG_UP])
    office.data = lambda address: next(answers, None)
    home.put(a_message())
    assert home.deliver().retried == 1
    home.later(minutes=1)
    assert home.deliver().sent == 1
    assert [t.id for t in office.taken] == ["<m1@example.org>"]


ELSEWHERE = "PID 1 on another-machine"


def begin(home, key="m1", by=ELSEWHERE):
    """As a sender that leases a message and dies after the hand-over began."""
    leased = do_in(home.store, outbox.lease_due, home.clock(), home.clock() + LEASE, [Via.MAIL], 20, by=by)
    (one,) = (x for x in leased if x.message.key == key)
    with home.store.write("hand over") as con:
        outbox.end_leases(con, [x for x in leased if x is not one])
        assert outbox.mark_handing_over(con, one, home.clock())
    return one


def test_what_a_dead_process_of_this_machine_had_in_hand_is_free_at_once(home, office):
    gone = subprocess.Popen(["true"])
    gone.wait()
    home.put(a_message(), a_message("m2", kind="digest"))
    for key in ("m1", "m2"):
        begin(home, key, by=f"PID {gone.pid} on {platform.node()}")
    assert home.deliver().sent == 1
    assert (home.state("m1"), home.state("m2")) == ("sent", "unsure")


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


def test_who_lost_the_lease_may_not_hand_over_any_more(home):
    home.put(a_message(kind="digest"))
    (slow,) = do_in(home.store, outbox.lease_due, NOW, NOW + LEASE, [Via.MAIL], 20, by="another")
    home.clock.at += LEASE
    assert home.deliver().sent == 1
    assert not do_in(home.store, outbox.mark_handing_over, slow, home.clock())


def test_an_answer_that_comes_late_is_still_written_down_as_sent(home):
    home.put(a_message(kind="digest"))
    slow = begin(home)
    home.clock.at += LEASE
    home.deliver()
    assert home.state() == "unsure"
    do_in(home.store, outbox.record_attempts, [outbox.Tried(slow, "sent")], home.clock())
    assert home.state() == "sent"


@pytest.mark.parametrize(("meanwhile", "state"), [
    (lambda home: home.later(hours=1), "expired"),
    (lambda home: do_in(home.store, outbox.withdraw, "a-one", ["p-head"], NOW), "withdrawn"),
])  # fmt: skip
def test_what_expires_or_is_taken_back_while_the_server_is_asked_is_not_handed_over(
    home, office, meanwhile, state
):
    def rcpt(address):
        meanwhile(home)

    office.rcpt = rcpt
    home.put(a_message(alert_id="a-one", expires_at=NOW + HOUR))
    assert home.deliver().sent == 0
    assert office.taken == []
    assert home.state() == state


def test_when_the_service_stops_what_is_not_begun_is_given_back(home, office):
    home.put(*(a_message(f"m{n}") for n in range(3)))
    assert home.deliver(stop=lambda: len(office.taken) >= 1).sent == 1
    assert home.deliver().sent == 2
    assert [home.tries(f"m{n}")[0][0] for n in range(3)] == [1, 1, 1]


def test_after_an_outage_the_newest_danger_that_nobody_has_goes_first_then_what_can_wait(home, office):
    for story, fields in (
        ("first", {}), ("second", {}), ("insults", {"severity": Severity.TODAY}), ("third", {}),
    ):  # fmt: skip
        raise_one(home, story, audience=("p-head",), **fields)
        home.later(minutes=1)
    beside = ("third", 1), ("second", 0)
    home.put(*(a_message(f"sent {s}", alert_id=an_alert(s).id, times=n) for s, n in beside))
    with home.store.write("the third has reached somebody, the second before it rose") as con:
        con.execute("UPDATE outbox SET sent_at = due_at WHERE starts_with(key, 'sent')")
    home.deliver()
    ids = [taken.id.strip("<>").partition("-")[0] for taken in office.taken]
    assert ids == ["second", "first", "third", "insults"]


# ----------- an alert that reached nobody is tried until somebody has it, and is complained of for as long


REFUSED = "550 5.1.1 not here"


def raise_one(home, story="s-one", **fields):
    """An alert to the head and the safeguarding lead, and their mails; gives its id."""
    fields = {"audience": ("p-head", "p-dsl"), "severity": Severity.THIS_HOUR} | fields
    alert, now = an_alert(story, **fields), home.clock()
    do_in(home.store, alert_store.put_alerts, [alert], now)
    mail = a_message(alert_id=alert.id, times=1, due_at=now, expires_at=now + DAY)
    key = "m-" if story == "s-one" else f"{story}-"
    home.put(*(replace(mail, key=f"{key}{p}", person_id=p) for p in alert.audience))
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
    with home.store.open_reader() as con:
        health = Health(now)
        health.tell(figures(con, home.context.config, {}, now))
    return health.complaints(now)


def exit_code(home):
    now = home.clock()
    do_in(home.store, take_lease, Lease(NAME, me(), NOW, now + HELD_FOR), lambda holder: True)
    with home.store.open_reader() as con:
        return read_status(con, home.context.config, now).exit


def ack(home, alert_id, what=alert_store.ack):
    do_in(home.store, what, alert_id, "p-deputy", home.clock())


def got(office):
    return sorted(t.to[0] for t in office.taken if "did not arrive" not in str(t.mail["Subject"]))


def test_who_is_found_to_be_its_subject_meanwhile_is_never_written_to(home, office):
    alert_id = raise_one(home)
    office.rcpt = lambda address: REFUSED
    list(pass_by(home, QUARTER))
    do_in(home.store, alert_store.exclude_from_alerts, {alert_id: ("p-head",)}, home.clock())
    office.rcpt = lambda address: None
    list(pass_by(home, QUARTER))
    assert "head@example.org" not in [t.to[0] for t in office.taken]
    assert "dsl@example.org" in got(office)


def test_where_only_its_subject_had_it_others_are_still_told(home, office):
    alert_id = raise_one(home)
    office.rcpt = lambda address: None if address.startswith("head") else REFUSED
    home.deliver()
    do_in(home.store, alert_store.exclude_from_alerts, {alert_id: ("p-head",)}, home.clock())
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


def raise_by_chat(home, **chats):
    """An alert to the safeguarding lead by a short message alone; gives its id."""
    home.configure(mail=None, dsl="json://localhost:1/", **chats)
    of = {"alert_id": raise_one(home, audience=()), "times": 1, "expires_at": home.clock() + DAY}
    home.put(a_message("c", person_id="p-dsl", via=Via.CHAT, **of))
    return of["alert_id"]


def test_a_short_message_is_tried_on_like_a_mail(home):
    raise_by_chat(home)
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


def test_neither_a_short_message_to_one_nor_that_the_next_was_asked_ends_the_mails_to_all(home, office):
    home.configure(head="json://localhost:1/")
    of = {"alert_id": raise_one(home), "times": 1, "expires_at": home.clock() + DAY}
    home.put(
        a_message("c", person_id="p-head", via=Via.CHAT, **of),
        a_message("e", person_id="p-chair", kind="escalation", due_at=home.clock(), **of),
    )
    office.rcpt = lambda address: None if address.startswith("chair") else REFUSED
    list(pass_by(home, 2 * DAY, every=DAY, post=lambda message, address: Result(SendOutcome.SENT)))
    assert (home.state("c"), home.state("e")) == ("sent", "sent")
    assert complaints(home)
    office.rcpt = lambda address: None
    list(pass_by(home, QUARTER))
    assert {"dsl@example.org", "head@example.org"} <= {*got(office)}


def test_a_short_message_that_its_subject_would_read_by_now_never_goes(home):
    """The two share an address; that it is about the one was found after it was written to the other."""
    alert_id = raise_by_chat(home, head="json://localhost:1/")
    do_in(home.store, alert_store.exclude_from_alerts, {alert_id: ("p-head",)}, home.clock())
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
        alert_store.put_alerts(con, [again], home.clock())
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
    raise_one(home, audience=("p-head",))
    office.rcpt = lambda address: REFUSED
    list(pass_by(home, QUARTER))
    with home.store.open_reader() as con:
        lost = outbox.undelivered_messages(con, home.clock(), NOW - DAY)
        listed = digest_store.undelivered_in(con, "900001", Window(NOW, home.clock()))
    assert "m-p-head" in [one.message.key for one in lost]
    assert {one.outcome for one in lost} == {"failed"}
    assert "p-head" in [one.person_id for one in listed]


# ----------------------------------------- a ceiling of eight a day, and what goes together in its place


def test_what_is_over_the_ceiling_waits_for_seventeen_and_a_step_of_the_table_does_not(home, office):
    home.put(*(a_message(f"q{n:02d}", kind="case", subject=f"Case {n}") for n in range(11)))
    for _ in range(3):
        home.deliver()
    assert len(office.taken) == 8
    home.put(a_message("step", kind="escalation"), a_message("code", kind="warning"))
    home.deliver()
    assert len(office.taken) == 10
    home.clock.at = NOW.replace(hour=16, minute=59)
    assert home.deliver().sent == 0
    home.clock.at = NOW.replace(hour=17)
    home.deliver()
    home.deliver()
    assert [t.mail["Subject"] for t in office.taken[10:]] == ["3 matters in one email: please read"]


# --------- what becomes of messages of every kind: who dies, what is refused, what is changed in between


def test_only_whoever_the_school_still_has_is_written_to_what_is_urgent_first(home, office):
    home.put(
        a_message("a-digest", kind="digest", due_at=NOW - HOUR), a_message("z-alert", person_id="p-dsl"),
        a_message("gone", person_id="p-gone"), a_message("elsewhere", person_id="p-hexley"),
        a_message("mute", person_id="p-silent"), a_message("no-school", urn="900009", person_id="p-it"),
        a_message("offices", person_id="old@example.org", kind="offices"),
    )  # fmt: skip
    done = home.deliver()
    assert (done.failed, done.sent, set(done.causes)) == (4, 3, {Cause.NO_PERSON, Cause.NO_ADDRESS})
    assert {home.state(key) for key in ("gone", "elsewhere", "mute", "no-school")} == {"failed"}
    assert to(office)[0] == "dsl@example.org"
    assert sorted(to(office)) == ["dsl@example.org", "head@example.org", "old@example.org"]


def test_without_a_mail_server_or_its_password_all_waits_and_goes_out_when_that_is_mended(home, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)  # more than are leased at once go out in one call
    home.put(*(a_message(f"m{n}", person_id=p) for n, p in enumerate(("p-head", "p-dsl", "p-chair"))))
    home.configure(mail=None)
    home.office = None
    done = home.deliver()
    assert (done.sent, done.failed, done.waiting, home.tries()) == (0, 0, 3, [])
    home.configure()
    with post_office(user="u", password="right") as office:
        done = home.deliver(office.server(user="u", password="wrong"))
        assert (done.retried, done.causes) == (2, [Cause.SIGN_IN_REFUSED])  # as many as were leased
        before = office.connections
        home.later(minutes=5)
        assert home.deliver(office.server(user="u", password="right")).sent == 3
        assert office.connections == before + 1


def test_one_refused_address_or_message_that_cannot_be_made_holds_nobody_back(home, office, monkeypatch):
    def broken(message, *more):
        if message.key == "m4":
            raise MessageError(message.subject)
        return real(message, *more)

    real = delivery.compose_mail
    monkeypatch.setattr(delivery, "compose_mail", broken)
    office.rcpt = lambda address: "550 5.1.1 no such box" if address == "head@example.org" else None
    people = (None, "p-head", "p-dsl", "p-chair", "p-deputy")
    home.put(*(a_message(f"m{n}", person_id=people[n]) for n in (1, 2, 3, 4)))
    done = home.deliver()
    assert (done.sent, done.failed, done.retried) == (2, 1, 1)
    assert set(done.causes) == {Cause.ADDRESS_REFUSED, Cause.OURS}
    assert home.state() == "failed"
    assert home.tries() == [(1, "failed", "address_refused 550 5.1.1")]
    assert office.connections == 1


@pytest.mark.parametrize("said", ["550 5.4.5 Daily user sending limit exceeded", "550 5.1.8 bad sender"])
def test_what_a_limit_or_a_refusal_of_our_own_account_holds_up_is_sent_once_it_ends_a_digest_too(
    home, office, said
):
    office.data = lambda address: said
    home.put(a_message("a"), a_message("d", kind="digest", expires_at=NOW + 3 * DAY))
    done = home.deliver()
    assert (done.failed, done.retried) == (0, 2)
    assert set(done.causes) <= OF_THE_SERVER, "it is reported as a fault of the way"
    office.data = lambda address: None
    home.later(minutes=61)
    home.deliver()
    assert (home.state("a"), home.state("d")) == ("sent", "sent")


def test_a_digest_that_meets_a_limit_of_our_account_waits_an_hour_and_an_alert_minutes(home, office):
    office.data = lambda address: "550 5.4.5 Daily user sending limit exceeded"
    home.put(a_message("a"), a_message("d", kind="digest", expires_at=NOW + 3 * DAY))
    home.deliver()
    office.data = lambda address: None
    home.later(minutes=30)
    home.deliver()
    assert (home.state("a"), home.state("d")) == ("sent", "waiting")


def test_a_digest_or_report_whose_hand_over_was_cut_short_is_unsure_and_never_sent_again(home, office):
    office.data = lambda address: HANG_UP
    home.put(a_message("d", kind="digest"), a_message("r", kind="report"))
    done = home.deliver()
    assert (done.unsure, done.retried) == (2, 0)
    office.data = lambda address: None
    home.later(hours=1)
    assert home.deliver().sent == 0
    assert (home.state("d"), home.state("r")) == ("unsure", "unsure")


def test_what_a_dead_sender_had_begun_is_sent_again_where_it_is_an_alert_and_else_unsure(home, office):
    home.put(
        a_message("alert"), a_message("digest", kind="digest"), a_message("report", kind="report"),
        a_message("expired", kind="digest", expires_at=NOW + timedelta(minutes=1)),
        a_message("not-begun", kind="digest", person_id="p-dsl"),
    )  # fmt: skip
    for key in ("alert", "digest", "report", "expired"):
        begin(home, key, by=f"PID {os.getppid()} on {platform.node()}" if key == "report" else ELSEWHERE)
    leased = do_in(home.store, outbox.lease_due, NOW, NOW + LEASE, [Via.MAIL], 20, by=ELSEWHERE)
    assert [one.message.key for one in leased] == ["not-begun"]
    assert home.deliver().sent == 0, "it is still in hand"
    home.clock.at += LEASE
    assert home.deliver().sent == 2
    assert (home.state("alert"), home.state("not-begun")) == ("sent", "sent")
    assert {home.state(key) for key in ("digest", "report", "expired")} == {"unsure"}
    assert sorted(t.id for t in office.taken) == ["<alert@example.org>", "<not-begun@example.org>"]


KILLED = """
from pathlib import Path
from support.delivery_kills import child
child(Path({home!r}), {port}, 0.0, "sent", 1)
"""


def test_a_sender_that_is_killed_after_an_answer_sends_no_digest_twice_and_loses_no_alert(tmp_path, office):
    clock = Clock(utc_now())
    home = Home(a_migrated_store(tmp_path / "home", clock), clock, office)
    times = {"due_at": clock(), "expires_at": clock() + DAY}
    home.put(a_message("a", person_id="p-dsl", **times), a_message("d", kind="digest", **times))
    dying = KILLED.format(home=str(home.store.home), port=office.port)
    assert forked.run(dying).returncode == -signal.SIGKILL
    home.clock.at += 2 * LEASE
    home.deliver()
    assert (home.state("a"), home.state("d")) == ("sent", "unsure")
    assert [t.id for t in office.taken].count("<d@example.org>") == 1


def test_a_digest_that_was_taken_and_could_not_be_written_down_is_not_sent_again(
    tmp_path, office, monkeypatch
):
    def full(*_):
        raise StoreError("the disk is full")

    home = Home(a_migrated_store(tmp_path / "home"), Clock(), office)
    home.put(a_message(kind="digest"), a_message("m2", kind="digest", person_id="p-dsl"))
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "record_attempts", full)
        with pytest.raises(StoreError):
            home.deliver()
    home.deliver()
    assert (home.state(), home.state("m2")) == ("unsure", "sent")
    assert [t.id for t in office.taken].count("<m1@example.org>") == 1


def test_whom_an_alert_keeps_out_gets_of_it_what_warns_them_and_nothing_else(home, office):
    alert = an_alert("s-one", audience=("p-dsl",), excluded=("p-head",), warned=("p-head",))
    do_in(home.store, alert_store.put_alerts, [alert], NOW)
    of = {"alert_id": alert.id}
    home.put(a_message(**of), a_message("m2", person_id="p-dsl", **of), a_message("m3", kind="warning", **of))
    home.deliver()
    assert sorted(t.id for t in office.taken) == ["<m2@example.org>", "<m3@example.org>"]
    assert home.state() == "withdrawn"


REPORT = "reports/900001-2026-W47.pdf"


def a_signed_report(home, held=b"%PDF"):
    path = home.store.home / REPORT
    path.parent.mkdir()
    path.write_bytes(held)
    week = ("900001", "2026-W47")
    with home.store.write("test") as con:
        weekly_store.put_report(con, *week, "{}", NOW)
        signed = WeeklyReport(*week, "{}", NOW, NOW, "p-head", sha256(held).hexdigest(), "0" * 64)
        weekly_store.sign(con, signed)


def test_no_file_is_mailed_but_the_one_that_was_signed_and_that_is_told(home, office):
    a_signed_report(home)
    to_chair = {"kind": "report", "person_id": "p-chair"}
    home.put(
        a_message(kind="report", attachment=REPORT),
        a_message("outside", attachment="../../etc/passwd", **to_chair),
    )
    done = home.deliver()
    assert (done.sent, done.failed, done.causes) == (1, 1, [Cause.ATTACHMENT])
    (file,) = office.taken[0].mail.iter_attachments()
    assert file.get_filename() == "900001-2026-W47.pdf"

    def refused(key):
        home.put(a_message(key, attachment=REPORT, **to_chair))
        done = home.deliver()
        assert (done.sent, done.failed, done.causes) == (0, 1, [Cause.CHANGED]), key

    for column, value in {"signed_at": None, "week": "2026-W46", "urn": "900002"}.items():
        with home.store.write("test") as con:
            ((before,),) = con.execute(f"SELECT {column} FROM reports").fetchall()
            con.execute(f"UPDATE reports SET {column} = $value", {"value": value})
        refused(column)
        with home.store.write("test") as con:
            con.execute(f"UPDATE reports SET {column} = $value", {"value": before})
    (home.store.home / REPORT).write_bytes(b"%PDF changed")
    refused("bytes")
    home.tell()
    home.deliver()
    told = office.taken[-1]
    assert told.to == ("it@example.org",)
    assert "is not the file that was signed" in told.mail.get_body().get_content()


def test_two_calls_together_count_a_message_as_the_later_one_left_it():
    first = Delivered(sent=1, retried=1, waiting=1, later={"m1"}, ended={"m2"})
    both = first.then(Delivered(sent=1, ended={"m1"}))
    assert (both.sent, both.retried, both.failed, both.waiting) == (2, 0, 0, 0)


OFFICE = "office@example.org"


def test_an_answer_goes_to_the_office_and_to_nobody_who_may_not_know_or_be_accused_of_it(home, office):
    """Of a restricted matter to nobody; and never to a person by name, whom it or a line may accuse."""
    raised = {"open": {}, "hidden": {"restricted": True}, "lead": {"route": Route.SAFEGUARDING}}
    found = {name: an_alert(f"s-{name}", **fields) for name, fields in raised.items()}
    do_in(home.store, alert_store.put_alerts, [*found.values()], NOW)
    people = tuple(replace(PEOPLE[0], id=f"p{n}", email=f"p{n}@example.org") for n in range(9))

    def answers(kinds, contact, **mail):
        """By what it is of, where the answer to each would go."""
        home.later(days=1)
        home.configure(people=(*people, PEOPLE[0]), mail=MAIL_WAY.model_copy(update=mail))
        home.context = replace(home.context, config=replace(home.context.config, contact=contact))
        of = dict.fromkeys(kinds) | {name: alert.id for name, alert in found.items()}
        home.put(
            *(
                a_message(
                    f"{name}.{home.clock():%d}", kind=name if name in kinds else "instant", alert_id=alert_id,
                    person_id=f"p{n}", due_at=home.clock(), expires_at=home.clock() + HOUR,
                )
                for n, (name, alert_id) in enumerate(of.items())
            )
        )  # fmt: skip
        office.taken.clear()
        home.deliver()
        return {t.id[1:].partition(".")[0]: t.mail["Reply-To"] for t in office.taken}

    assert answers(("digest", "case"), OFFICE) == {
        "digest": OFFICE, "open": OFFICE, "case": None, "hidden": None, "lead": None,
    }  # fmt: skip
    by_name = answers(("digest", "report", "sign", "spike", "account"), "other", reply_to="Head@example.org")
    assert by_name == dict.fromkeys(by_name)
    assert by_name.keys() >= {"digest", "report", "sign", "spike", "account", "open"}
    assert answers(("digest",), "Head@example.org")["digest"] is None
    assert answers(("digest",), "https://example.org/")["digest"] is None


REFUSALS = {
    "every message": lambda office: setattr(office, "data", lambda address: "554 5.6.0 no"),
    "everybody for now": lambda office: setattr(office, "rcpt", lambda address: "450 4.2.0 greylisted"),
}


@pytest.mark.parametrize("refuse", REFUSALS.values(), ids=REFUSALS.keys())
def test_what_the_server_refused_to_everybody_for_days_arrives_when_it_is_mended(home, office, refuse):
    raise_one(home)
    refuse(office)
    for _ in pass_by(home, 3 * DAY, every=DAY):
        assert complaints(home)
    assert exit_code(home) == 1
    assert office.taken == []
    office.rcpt = office.data = lambda address: None
    list(pass_by(home, QUARTER))
    assert got(office) == ["dsl@example.org", "head@example.org"]
    ids = {t.id.strip("<>").partition("@")[0] for t in office.taken}
    assert {"m-p-head", "m-p-dsl"} <= ids
    assert (complaints(home), exit_code(home)) == ([], 0)


def test_it_is_tried_every_five_minutes_and_not_more_often(home, office):
    raise_one(home, audience=("p-head",))
    asked = []

    def refuse(address):
        if address.startswith("head"):
            asked.append(home.clock())
        return REFUSED

    office.rcpt = refuse
    list(pass_by(home, timedelta(minutes=25)))
    list(pass_by(home, timedelta(minutes=11), every=timedelta(minutes=1)))
    gaps = [b - a for a, b in pairwise(asked)]
    assert len(gaps) >= 5
    assert set(gaps[-2:]) <= {timedelta(minutes=5), timedelta(minutes=6)}


def test_once_somebody_has_it_nothing_is_sent_any_more_and_nothing_complained_of(home, office):
    """Whether they said that they have it, or that they handed it over."""
    both = [raise_one(home, story=story) for story in ("s-one", "s-two")]
    office.rcpt = lambda address: REFUSED
    list(pass_by(home, 26 * HOUR, every=13 * HOUR))
    for alert_id, take in zip(both, (alert_store.ack, alert_store.hand_over_alert), strict=True):
        assert complaints(home)
        ack(home, alert_id, take)
    office.rcpt = lambda address: None
    list(pass_by(home, 13 * HOUR, every=13 * HOUR))
    assert office.taken == []
    assert (complaints(home), exit_code(home)) == ([], 0)


def with_notices(home, n, **changes):
    """So many alerts of severity 3 at once, each with a mail to the head."""
    raised = [
        an_alert(f"s-{i}", severity=Severity.TODAY, route=Route.PLATFORM_REPORT, **changes) for i in range(n)
    ]
    saved = do_in(home.store, alert_store.put_alerts, raised, home.clock())
    home.put(
        *(
            a_message(
                f"k{i}", alert_id=a.id, subject=f"Insults: decide today ({a.number})", due_at=home.clock()
            )
            for i, a in enumerate(saved)
        )
    )
    return saved


def test_of_many_notices_at_once_five_go_singly_and_the_rest_in_a_list_without_what_accuses(home, office):
    home.clock.at += timedelta(minutes=3)
    saved = with_notices(home, 9)
    with home.store.write("accused") as con:
        con.execute("UPDATE alerts SET excluded = ['p-head'] WHERE id = ?", [saved[8].id])
    home.deliver()
    home.later(minutes=6)
    home.deliver()
    assert len(office.taken) == 5
    home.later(minutes=2)
    home.deliver()
    assert len(office.taken) == 6
    last = office.taken[-1].mail
    assert last["Subject"] == "3 matters in one email: please read"
    assert {taken.to for taken in office.taken} == {("head@example.org",)}
    body = last.get_body(("plain",)).get_content()
    single = {taken.mail["Subject"] for taken in office.taken[:5]}
    assert {f"Insults: decide today ({a.number})" for a in saved[:8]} == single | {
        line for line in body.splitlines() if line.startswith("Insults")
    }
    assert not [t for t in office.taken if saved[8].number in t.mail.as_string()]
    home.later(hours=12)  # nothing more comes of it
    home.deliver()
    assert len(office.taken) == 6
