"""Which way mail goes out: as [mail] says, and by Microsoft Graph as surely as by a mail server."""

from __future__ import annotations

import os
import stat
from base64 import b64decode
from dataclasses import replace
from email import message_from_bytes

import pytest
from builders.config import SCHOOL, read
from builders.delivery import Home
from builders.home import a_migrated_store
from builders.mention import Clock, a_message
from support.mail_server import post_office
from support.microsoft import JSON, PAGE, TOKEN, failed, microsoft, refused
from support.web_server import Answer

from alerts.delivery.deadline_smtp import MESSAGE_S, Server
from alerts.delivery.graph import GraphCourier, GraphMailbox
from alerts.delivery.results import SENT, Cause
from alerts.delivery.smtp import SmtpCourier
from alerts.delivery.tokens import SMTP_SCOPE, TOKEN_S
from alerts.delivery.web import REQUEST_S
from data.types import Via
from monitor.config.load import Config
from monitor.service.delivery import LEASE
from monitor.service.notices import Notices
from monitor.service.outgoing import TOKEN_FILE, Ways, courier, mail_way, probe
from monitor.service.state.health import Health

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
def home(tmp_path, config):
    clock = Clock()
    home = Home(a_migrated_store(tmp_path / "home", clock), clock)
    its = home.context.config
    changed = replace(its, mail=config.mail, mail_secret=config.mail_secret, network=config.network)
    home.context = replace(home.context, config=changed)
    return home


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
    assert isinstance(courier(by_token), SmtpCourier)
    assert isinstance(courier(by_graph), GraphCourier)
    assert mail_way(read(tmp_path, SCHOOL), tmp_path) is None


def test_a_message_goes_by_graph_through_the_configured_proxy_and_trust(home, there):
    home.put(a_message())
    done = home.deliver()
    assert (done.sent, done.causes, home.state()) == (1, [], "sent")
    assert home.deliver().sent == 0
    assert len(there.mails) == 1
    assert {line.split()[1] for line in there.way.asked} == {
        "login.microsoftonline.com:443",
        "graph.microsoft.com:443",
    }


def test_the_same_bytes_go_either_way(home, there):
    home.put(a_message())
    home.deliver()
    with post_office() as office:
        home.put(a_message("m2"))
        home.deliver(office.server())
    by_graph = there.mails[0].replace(b"m1", b"m2")
    assert by_graph.replace(b"\r\n", b"\n") == office.taken[0].content.replace(b"\r\n", b"\n")


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_the_token_lies_in_the_home_for_its_owner_alone_and_serves_the_next_mails(home, there):
    home.put(a_message())
    home.deliver()
    home.put(a_message("m2"))
    home.deliver()
    assert there.given_out == 1
    file = home.store.home / TOKEN_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET not in file.read_text()


def test_a_secret_that_has_run_out_is_told_and_every_mail_waits(home, there):
    there.token = Answer(401, refused(7000222), JSON)
    home.put(a_message(), a_message("m2", person_id="p-dsl"))
    done = home.deliver()
    assert (done.retried, done.causes) == (2, [Cause.APP_EXPIRED])
    assert home.tries("m2") == [(1, "retry", "app_expired AADSTS7000222")]
    assert len([one for one in there.site.asked if one.path == TOKEN]) == 1


def test_where_it_asks_us_to_wait_no_mail_is_tried_sooner(home, there):
    there.mail = Answer(429, b"", {"Retry-After": "600"})
    home.put(a_message("d", kind="digest"), a_message("a", kind="instant"))
    home.deliver()
    there.mail = Answer(202)
    home.later(seconds=290)
    assert home.deliver().sent == 0
    home.later(seconds=15)
    assert (home.deliver().sent, home.state("a"), home.state("d")) == (1, "sent", "waiting")
    home.later(seconds=300)
    assert (home.deliver().sent, home.state("d")) == (1, "sent")


def test_a_digest_that_may_have_arrived_is_not_sent_again_and_an_alert_is(home, there):
    there.mail = lambda exchange: None
    home.put(a_message("d", kind="digest"), a_message("a", kind="instant"))
    assert home.deliver().unsure == 1
    there.mail = Answer(202)
    home.later(hours=1)
    assert home.deliver().sent == 1
    assert (home.state("a"), home.state("d"), len(there.mails)) == ("sent", "unsure", 1)


def test_what_is_not_taken_from_us_at_all_is_tried_with_one_mail(home, there):
    there.mail = Answer(403, b'{"error": {"code": "ErrorAccessDenied"}}', JSON)
    home.put(a_message(), a_message("m2", person_id="p-dsl"))
    assert home.deliver().retried == 2
    assert home.tries("m1") == home.tries("m2") == [(1, "retry", "app_no_right 403 ErrorAccessDenied")]
    assert len([one for one in there.site.asked if one.path.endswith("/sendMail")]) == 1


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


def test_whatever_is_answered_each_digest_is_taken_once_or_is_told_as_not_sent(home, there):
    waiting = {key: list(said) for key, (_, said) in FATES.items()}
    taken = []

    def play(exchange):
        mail = message_from_bytes(b64decode(exchange.asked.body))
        key = mail["Message-ID"].strip("<>").partition("@")[0]
        answer = waiting[key].pop(0)
        taken.extend([key] * (answer is not None and answer.status == 202))
        return answer

    there.mail = play
    home.put(*(a_message(key, kind="digest") for key in FATES))
    for _ in range(4):
        home.deliver()
        home.later(minutes=70)
    assert {key: home.state(key) for key in FATES} == {key: fate for key, (fate, _) in FATES.items()}
    assert sorted(taken) == sorted(key for key, (fate, _) in FATES.items() if fate == "sent")


def test_one_mail_by_graph_is_over_within_its_lease():
    """Twice a token and twice the mail: no other process takes it up meanwhile."""
    assert 2 * (TOKEN_S + REQUEST_S) <= MESSAGE_S < LEASE.total_seconds()


def test_a_probe_says_what_it_can_without_sending(home, there):
    way = mail_way(home.context.config, home.store.home)
    assert way is not None
    assert probe(way, 5.0) == SENT
    there.token = Answer(400, refused(700016, "unauthorized_client"), JSON)
    (home.store.home / TOKEN_FILE).unlink()
    assert probe(way, 5.0).cause is Cause.APP_UNKNOWN
    assert there.mails == []


@pytest.mark.parametrize(
    ("cause", "asks"), [(Cause.APP_EXPIRED, True), (Cause.APP_NO_RIGHT, False), (Cause.BUSY, False)]
)
def test_the_service_asks_without_a_mail_only_where_that_can_show_it(home, there, cause, asks):
    """A token alone does not show that mails are taken again."""
    clock = Clock()
    health = Health(clock())
    ways = Ways(health)
    notices = Notices(home.store.home, health, lambda: home.context.config, clock, ways=ways)
    ways.down(Via.MAIL, clock(), cause.value)
    notices.look()
    assert bool(there.site.asked) == asks
