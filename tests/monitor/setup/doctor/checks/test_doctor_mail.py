"""`doctor` and the mail server: what is wrong with the line, and how to mend it; nothing is sent."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from builders.delivery import configured
from support.mail_server import post_office

from monitor.config.load import Network
from monitor.config.settings import MailSettings, Secret
from monitor.setup.doctor import mail
from monitor.setup.doctor.findings import Level

SECRET = "Hunter2-planted"
HOME = Path("/nowhere")


def config(port, security="none", password=None, **given):
    table = MailSettings(host="localhost", port=port, security=security, sender="sg@example.org", **given)
    return replace(configured(mail=table), mail_password=Secret(password) if password else None)


def look(monkeypatch, office, **given):
    """What doctor says of the office, whose authority this machine trusts."""
    monkeypatch.setattr("alerts.delivery.deadline_smtp.ssl.create_default_context", lambda: office.context)
    (found,) = mail.server(config(office.port, office.security, **given), HOME)
    assert SECRET not in found.what + found.remedy
    assert office.taken == []
    return found


@pytest.mark.parametrize(
    ("host", "base_url", "warned"),
    [
        ("smtp.office365.com", "https://schoolgate.example.org", True),
        ("smtp.office365.com", None, False),
        ("smtp.example.org", "https://schoolgate.example.org", False),
    ],
)
def test_that_microsoft_365_may_keep_the_codes_it_sends_is_said_where_there_are_pages(host, base_url, warned):
    settings = configured(mail=MailSettings(host=host, sender="sg@example.org"))
    found = mail.copies(replace(settings, base_url=base_url))
    assert [f.level for f in found] == [Level.WARN] * warned


@pytest.mark.parametrize(
    ("security", "by"), [("starttls", "STARTTLS"), ("tls", "TLS"), ("none", "this machine alone")]
)
def test_a_server_that_takes_us_is_in_order(monkeypatch, security, by):
    with post_office(security=security, user="sg", password=SECRET) as office:
        found = look(monkeypatch, office, user="sg", password=SECRET)
    assert found.level is Level.OK
    assert found.what == f"The mail server answers (localhost, port {office.port}, by {by}, signed in as sg)."


def test_a_wrong_certificate_is_told_with_what_to_write(monkeypatch):
    with post_office(security="starttls", certificate_for="other.example.org") as office:
        found = look(monkeypatch, office)
    assert found.level is Level.FAULT
    assert found.what.startswith("The mail server’s certificate is not valid for its name (localhost, port ")
    assert "a certificate of its own" in found.what
    assert found.command == "schoolgate set mail.host"


def test_a_refused_password_is_told_without_it(monkeypatch):
    with post_office(security="tls", user="sg", password="another") as office:
        found = look(monkeypatch, office, user="sg", password=SECRET)
    assert found.what.startswith("The mail server refuses our name or password")
    assert "It says 535 5.7.8. The user or the password is wrong" in found.what
    assert found.command == "schoolgate mail setup"


def test_a_server_that_speaks_no_tls_is_told_and_not_used_openly(monkeypatch):
    with post_office() as office:
        office.security = "starttls"
        found = look(monkeypatch, office, user="sg", password=SECRET)
    assert found.what.startswith("The mail server offers no encrypted connection")
    assert office.signed_in == []


def test_a_server_that_is_not_there_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        (found,) = mail.server(config(port), HOME)
    assert found.what.startswith(f"The mail server cannot be reached (localhost, port {port}). No connection")
    assert found.remedy


def test_a_port_that_never_answers_is_told_in_time(monkeypatch):
    monkeypatch.setattr(mail, "WAIT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (found,) = mail.server(config(silent.getsockname()[1]), HOME)
    assert found.level is Level.FAULT
    assert "587 and 25 go with starttls" in found.what


def test_where_no_server_is_configured_none_is_asked():
    assert mail.server(configured(mail=None), HOME) == []


def test_an_address_for_short_messages_that_apprise_does_not_know_is_a_fault_that_does_not_show_it():
    (found,) = mail.chats(configured(dsl="json://ntfy.example.org/x", head=f"nosuch://{SECRET}/"))
    assert found.level is Level.FAULT
    assert found.what == "The address for short messages to p-head is not of a kind that apprise knows."
    assert SECRET not in found.what + found.remedy


def test_addresses_for_short_messages_that_it_knows_are_in_order():
    (found,) = mail.chats(configured(dsl="json://ntfy.example.org/x", head="ntfy://a-topic"))
    assert found.level is Level.OK
    assert mail.chats(configured()) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.0.0.1", "[::1]", "[::ffff:0:10.0.0.1]"])
def test_an_address_for_short_messages_in_a_private_network_is_a_fault_unless_its_server_is_named(host):
    here = configured(dsl=f"gotify://{host}:8080/{SECRET}")
    found = mail.chats(here)[-1]
    assert found.level is Level.FAULT
    assert "leads into a private network" in found.what or "no kind that apprise knows" in found.what
    assert SECRET not in found.what + found.remedy
    named = replace(here, network=Network(own_servers=("localhost", "127.0.0.1", "10.0.0.1", "::1")))
    assert not [f for f in mail.chats(named) if "private" in f.what and host in ("localhost", "10.0.0.1")]
