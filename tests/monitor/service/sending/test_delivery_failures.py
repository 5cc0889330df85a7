"""What did not arrive is told, once and never to its subject; what is no longer true does not go out."""

from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from builders.case import a_case, a_step
from builders.config import SCHOOL, read
from builders.delivery import PEOPLE, Home
from builders.home import a_migrated_store, do_in, rows_of, tend
from builders.mention import NOW, URN, Clock, a_message, an_alert
from support.case_numbers import number_of
from support.mail_server import post_office
from support.microsoft import JSON, PAGE, TOKEN, failed, microsoft, refused
from support.web_server import Answer

from alerts.delivery.deadline_smtp import MESSAGE_S, Server, SmtpCourier
from alerts.delivery.results import Cause
from alerts.delivery.web import REQUEST_S, SMTP_SCOPE, TOKEN_S, GraphCourier, GraphMailbox
from alerts.links import Links
from data.digest import Edition, Window
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store.digest import put_edition
from data.store.outbox import Tried, lease_due, put_outbox, record_attempts, undelivered_messages, withdraw
from data.types import Mark, Marked, Person, Role, Route, School, Severity, Via
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.delivery import LEASE, Ways, mail_way, make_courier
from monitor.service.health import Health
from monitor.service.owed import SOON, failures, withdrawals
from monitor.service.serve import Notices

DAY = timedelta(days=1)


@pytest.fixture
def home(undone):
    return Home(undone, Clock())


def fail(home, *messages, outcome="failed", detail="address_refused 550 5.1.1"):
    """These messages were tried, and that came of it."""
    home.put(*messages)
    with home.store.write("fail") as con:
        now = home.clock()
        leased = lease_due(con, now, now + DAY, list(Via), 1000, by="another")
        record_attempts(con, [Tried(one, outcome, detail) for one in leased], now)


def raise_one(home, **fields):
    alert = an_alert("s-one", **{"audience": ("p-head", "p-dsl"), "route": Route.SAFEGUARDING} | fields)
    do_in(home.store, alert_store.put_alerts, [alert], NOW)
    return alert


def told(home):
    return [m.person_id for m in home.outbox("failure")]


def test_of_an_alert_that_did_not_reach_somebody_the_next_of_its_audience_is_told(home):
    alert = raise_one(home)
    fail(home, a_message(alert_id=alert.id))
    assert home.tell() == 1
    (message,) = home.outbox("failure")
    assert message.person_id == "p-dsl"
    assert message.subject == f"Email about {number_of(alert.id)} did not arrive: act now"
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
    do_in(home.store, alert_store.ack, alert.id, "p-dsl", NOW)
    home.tell()
    (message,) = home.outbox("failure")
    assert message.person_id == "p-it"
    assert number_of(alert.id) not in message.subject + message.body


def test_the_subject_is_never_told_that_an_alert_failed(home):
    alert = raise_one(home, audience=("p-dsl",), excluded=("p-head", "p-deputy"))
    both = (("m1", "instant"), ("m2", "escalation"))
    fail(home, *(a_message(key, kind=kind, alert_id=alert.id, person_id="p-dsl") for key, kind in both))
    home.tell()
    assert {*told(home)} == {"p-chair"}


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


def test_whose_own_address_failed_is_not_told_by_it_and_whoever_else_cannot_be_reached_passed_over(home):
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
    with home.store.open_reader() as con:
        return failures(con, home.context, home.clock())


def test_two_who_find_the_same_failure_tell_of_it_once(home):
    fail(home, a_message(kind="digest"))
    first = found(home)
    fail(home, a_message("m2", kind="digest"))
    second = found(home)
    for (write,) in (first, second):
        do_in(home.store, write)
    home.tell()
    assert sorted(m.body.count("- the daily digest") for m in home.outbox("failure")) == [1, 1]


def test_a_failure_that_is_not_delivered_and_what_was_taken_back_or_sent_are_not_told(home):
    fail(home, a_message(kind="failure"))
    fail(home, a_message("m2", alert_id="a-one"), outcome="sent", detail="")
    home.put(a_message("m3", alert_id="a-one"))
    do_in(home.store, withdraw, "a-one", ["p-head"], NOW)
    assert home.tell() == 0
    with home.store.open_reader() as con:
        (lost,) = undelivered_messages(con, NOW, NOW - DAY)
    assert (lost.outcome, lost.detail) == ("failed", "address_refused 550 5.1.1")
    home.later(days=2)
    assert home.tell() == 0


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
    home.configure(people=tuple(p for p in PEOPLE if p.roles == (Role.CHAIR,)))
    fail(home, a_message("m2", kind="digest"))
    assert home.tell() == 0, "nobody is left"


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


# ----------------------------- what waits and is no longer true does not go out; what is danger still does


HEAD = Person("p-head", "Jane Holt", (Role.HEAD,), "head@example.org")
DEPUTY = Person("p-deputy", "Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
ALERT = an_alert("s-one", audience=("p-head", "p-deputy"), severity=Severity.TODAY)
EIGHT = NOW + timedelta(hours=2)
BETWEEN = NOW + timedelta(hours=1)


class Night:
    """An alert that was raised at night, and its mails, which wait until eight."""

    def __init__(self, store, due=EIGHT, kind="instant", alert=ALERT):
        self.store = store
        self.context = Context(
            Config(Path("schoolgate.toml"), (School(URN, "Oakfield"),), people=(HEAD, DEPUTY)),
            store.home,
            Links(),
        )
        to = [
            a_message(p.id, alert_id=ALERT.id, person_id=p.id, kind=kind, times=1, due_at=due)
            for p in (HEAD, DEPUTY)
        ]
        self.do(alert_store.put_alerts, [alert], NOW)
        self.do(put_outbox, to, NOW)

    def do(self, what, *args):
        return do_in(self.store, what, *args)

    def took(self, person="p-head", at=BETWEEN):
        self.do(alert_store.ack, ALERT.id, person, at)

    def shows(self, person, *, until=BETWEEN, sent=True, says="Nothing new.", named=()):
        """A digest that covers the time until then goes to that person."""
        key = f"digest-{person}"
        told = a_message(key, kind="digest", person_id=person, body=says, numbers=named)
        self.do(put_outbox, [told], NOW)
        covers = Window(NOW - timedelta(days=1), until)
        self.do(put_edition, Edition("digest", URN, "2026-11-17", person, covers, key, until))
        sent_at = {"at": until if sent else None, "key": key}
        self.do(lambda con: con.execute("UPDATE outbox SET sent_at = $at WHERE key = $key", sent_at))

    def goes(self, now=EIGHT):
        """Who is written to about the alert at that time."""
        tend(self.store, withdrawals, self.context, now)
        left = "SELECT person_id FROM outbox WHERE alert_id = $id AND withdrawn_at IS NULL ORDER BY 1 DESC"
        return [p for (p,) in rows_of(self.store, left, {"id": ALERT.id})]


@pytest.fixture
def night(undone):
    return Night(undone)


def test_what_nobody_took_goes_out_and_once_somebody_has_it_to_all_but_them(night):
    night.shows("p-deputy", sent=False)
    assert night.goes() == ["p-head", "p-deputy"]
    night.took()
    assert night.goes() == ["p-deputy"]
    found = rows_of(night.store, "SELECT subject, codes FROM audit WHERE action = 'mail_withdrawn'")
    assert found == [(ALERT.id, ["person:p-head"])]


def test_to_whom_a_digest_told_it_since_no_mail_comes_once_somebody_has_it(night):
    night.shows("p-deputy")
    night.took()
    assert night.goes() == []


def test_a_digest_from_before_it_tells_nobody(night):
    night.shows("p-deputy", until=NOW - timedelta(minutes=1))
    night.took()
    assert night.goes() == ["p-deputy"]


def test_until_it_is_nearly_due_what_was_said_may_be_taken_back(night):
    said = Marked("s-one", URN, Mark.ANSWERED, "p-deputy", BETWEEN)
    night.do(owner_store.record_mark, said)
    assert night.goes(EIGHT - SOON - timedelta(seconds=1)) == ["p-head", "p-deputy"]
    night.do(owner_store.undo, "s-one", URN, "p-deputy", BETWEEN)
    assert night.goes() == ["p-head", "p-deputy"]
    night.do(owner_store.record_mark, said)
    assert night.goes() == [], "what is done with is told to nobody"


def test_who_opens_a_case_of_it_is_not_written_to_about_it(night):
    opened = a_case(opened_at=BETWEEN), [a_step(at=BETWEEN)], [], BETWEEN
    night.do(case_store.append_steps, *opened)
    assert night.goes() == ["p-deputy"]


def test_what_a_case_brought_before_the_mail_was_written_withdraws_nothing(night):
    night.do(case_store.append_steps, a_case(), [a_step(at=NOW - timedelta(hours=1))], [], NOW)
    night.shows("p-deputy")
    assert night.goes() == ["p-head", "p-deputy"]


def test_a_mail_of_danger_goes_also_to_who_records_a_step_and_not_to_who_took_it(undone):
    night = Night(undone, due=NOW)
    night.shows("p-deputy")
    night.do(case_store.append_steps, a_case(opened_at=BETWEEN), [a_step(at=BETWEEN)], [], BETWEEN)
    assert night.goes() == ["p-head", "p-deputy"]
    night.took()
    assert night.goes() == ["p-deputy"]


def test_nobody_is_asked_next_about_what_a_case_has_now(undone):
    night = Night(undone, due=NOW, kind="escalation")
    night.do(case_store.append_steps, a_case(opened_at=BETWEEN), [a_step(at=BETWEEN)], [], BETWEEN)
    assert night.goes() == []


def number(night):
    with night.store.open_reader() as con:
        return alert_store.alert(con, ALERT.id).number


def test_who_was_sent_its_number_in_a_digest_is_not_written_to_half_an_hour_later(night):
    night.shows("p-deputy", named=[number(night)])
    assert night.goes() == ["p-head"]
    found = rows_of(night.store, "SELECT codes FROM audit WHERE action = 'mail_withdrawn'")
    assert found == [(["person:p-deputy", "digest"],)]


def test_a_digest_in_which_its_number_stands_in_the_words_of_another_spares_nobody_the_mail(night):
    night.shows("p-deputy", says=f"“Ring 01632 {number(night)}.” [100000]", named=["100000"])
    assert night.goes() == ["p-head", "p-deputy"]


def test_a_digest_that_did_not_arrive_spares_nobody_the_mail(night):
    night.shows("p-deputy", sent=False, named=[number(night)])
    assert night.goes() == ["p-head", "p-deputy"]


GRAVE = replace(ALERT, severity=Severity.THIS_HOUR)
OTHERS = {"asked next": {"kind": "escalation"}, "grave": {"alert": GRAVE}}


@pytest.mark.parametrize("how", OTHERS.values(), ids=OTHERS)
def test_what_is_grave_or_asks_the_next_is_mailed_whatever_a_digest_said(undone, how):
    night = Night(undone, **how)
    night.shows("p-deputy", named=[number(night)])
    assert night.goes() == ["p-head", "p-deputy"]


# ----------- which way mail goes out: as [mail] says, and by Microsoft Graph as surely as by a mail server


APP = 'tenant = "oakfield.example.org"\nclient_id = "00001111-aaaa-2222-bbbb-3333cccc4444"\n'
GRAPH = f'[mail]\nsign_in = "graph"\nsender = "schoolgate@example.org"\n{APP}secret_env = "S"\n'
SECRET = "Hunter2~planted"


@pytest.fixture(scope="module")
def running():
    with microsoft(sign_in="oak:p@ss word") as there:
        yield there


@pytest.fixture
def there(running):
    running.token, running.mail, running.good, running.given_out = None, Answer(202), None, 0
    running.mails.clear()
    running.site.asked.clear()
    return running


@pytest.fixture
def config(tmp_path, there) -> Config:
    """As a school behind a proxy and a filter writes it."""
    network = f"""[network]
        proxy = "{there.way.url}"\nproxy_user = "oak"\nproxy_password_env = "P"
        ca_file = "{there.trust_in(tmp_path)}"\n"""
    return read(tmp_path, SCHOOL + GRAPH + network, S=SECRET, P="p@ss word")


@pytest.fixture
def graph_home(tmp_path, config):
    clock = Clock()
    graph_home = Home(a_migrated_store(tmp_path / "home", clock), clock)
    its = graph_home.context.config
    changed = replace(its, mail=config.mail, mail_secret=config.mail_secret, network=config.network)
    graph_home.context = replace(graph_home.context, config=changed)
    return graph_home


def test_each_way_of_signing_in_has_its_courier(tmp_path):
    xoauth2 = f'[mail]\nhost = "smtp.example.org"\nsender = "sg@example.org"\nsign_in = "xoauth2"\n{APP}'
    password = '[mail]\nhost = "smtp.example.org"\nsender = "sg@example.org"\nuser = "u"\n'
    by_password = mail_way(read(tmp_path, SCHOOL + password + 'password_env = "S"\n', S="p"), tmp_path)
    by_token = mail_way(read(tmp_path, SCHOOL + xoauth2 + 'secret_env = "S"\n', S="s"), tmp_path)
    by_graph = mail_way(read(tmp_path, SCHOOL + GRAPH, S="s"), tmp_path)
    assert isinstance(by_password, Server)
    assert isinstance(by_token, Server)
    assert isinstance(by_graph, GraphMailbox)
    assert (by_password.user, by_password.password, by_password.tokens) == ("u", "p", None)
    assert (by_token.user, by_token.password) == ("sg@example.org", None)
    assert by_token.tokens is not None
    assert SMTP_SCOPE == "https://outlook.office365.com/.default"
    assert isinstance(make_courier(by_token), SmtpCourier)
    assert isinstance(make_courier(by_graph), GraphCourier)
    assert mail_way(read(tmp_path, SCHOOL), tmp_path) is None


def test_a_message_goes_by_graph_through_the_configured_proxy_and_trust_with_the_same_bytes(
    graph_home, there
):
    graph_home.put(a_message())
    done = graph_home.deliver()
    assert (done.sent, done.causes, graph_home.state()) == (1, [], "sent")
    assert len(there.mails) == 1
    assert {line.split()[1] for line in there.way.asked} == {
        "login.microsoftonline.com:443",
        "graph.microsoft.com:443",
    }
    with post_office() as office:
        graph_home.put(a_message("m2"))
        assert graph_home.deliver(office.server()).sent == 1
    by_graph = there.mails[0].replace(b"m1", b"m2")
    assert by_graph.replace(b"\r\n", b"\n") == office.taken[0].content.replace(b"\r\n", b"\n")


def test_a_secret_that_has_run_out_is_told_and_every_mail_waits(graph_home, there):
    there.token = Answer(401, refused(7000222), JSON)
    graph_home.put(a_message(), a_message("m2", person_id="p-dsl"))
    done = graph_home.deliver()
    assert (done.retried, done.causes) == (2, [Cause.APP_EXPIRED])
    assert graph_home.tries("m2") == [(1, "retry", "app_expired AADSTS7000222")]
    assert len([one for one in there.site.asked if one.path == TOKEN]) == 1


def test_where_it_asks_us_to_wait_no_mail_is_tried_sooner(graph_home, there):
    there.mail = Answer(429, b"", {"Retry-After": "600"})
    graph_home.put(a_message("d", kind="digest"), a_message("a", kind="instant"))
    graph_home.deliver()
    there.mail = Answer(202)
    graph_home.later(seconds=290)
    assert graph_home.deliver().sent == 0
    graph_home.later(seconds=15)
    assert (graph_home.deliver().sent, graph_home.state("a"), graph_home.state("d")) == (1, "sent", "waiting")
    graph_home.later(seconds=300)
    assert (graph_home.deliver().sent, graph_home.state("d")) == (1, "sent")


FATES = {
    "202": ("sent", [Answer(202)]),
    "401": ("sent", [Answer(401, failed("InvalidAuthenticationToken"))] * 2 + [Answer(202)]),
    "503": ("sent", [Answer(503), Answer(202)]),
    "504": ("unsure", [Answer(504), Answer(202)]),
    "gone": ("unsure", [None, Answer(202)]),
    "page": ("sent", [Answer(200, PAGE), Answer(202)]),
    "x-400": ("failed", [Answer(400, failed("ErrorMimeContentInvalid")), Answer(202)]),
}
"""What Graph says to a digest, one time after the other, and what becomes of it in the end."""


def test_whatever_is_answered_each_digest_is_taken_once_or_is_told_as_not_sent(graph_home, there):
    waiting = {key: list(said) for key, (_, said) in FATES.items()}
    taken = []

    def play(exchange):
        mail = message_from_bytes(b64decode(exchange.asked.body))
        key = mail["Message-ID"].strip("<>").partition("@")[0]
        answer = waiting[key].pop(0)
        taken.extend([key] * (answer is not None and answer.status == 202))
        return answer

    there.mail = play
    graph_home.put(*(a_message(key, kind="digest") for key in FATES))
    for _ in range(4):
        graph_home.deliver()
        graph_home.later(minutes=70)
    assert {key: graph_home.state(key) for key in FATES} == {key: fate for key, (fate, _) in FATES.items()}
    assert sorted(taken) == sorted(key for key, (fate, _) in FATES.items() if fate == "sent")


def test_one_mail_by_graph_is_over_within_its_lease():
    """Twice a token and twice the mail: no other process takes it up meanwhile."""
    assert 2 * (TOKEN_S + REQUEST_S) <= MESSAGE_S < LEASE.total_seconds()


@pytest.mark.parametrize(
    ("cause", "asks"), [(Cause.APP_EXPIRED, True), (Cause.APP_NO_RIGHT, False), (Cause.BUSY, False)]
)
def test_the_service_asks_without_a_mail_only_where_that_can_show_it(graph_home, there, cause, asks):
    """A token alone does not show that mails are taken again."""
    clock = Clock()
    health = Health(clock())
    ways = Ways(health)
    notices = Notices(graph_home.store.home, health, lambda: graph_home.context.config, clock, ways=ways)
    ways.down(Via.MAIL, clock(), cause.value)
    notices.look()
    assert bool(there.site.asked) == asks
