"""A scan hands over what is due before it ends, tells at once of what failed, and says so."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from builders.mention import a_message
from support.command_call import called
from support.mail_server import post_office

from data.effects import utc_now
from data.store.messages.outbox import put_outbox
from monitor.cli.commands.scan import scan
from monitor.home import wiring

HOME = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"
[[people]]
id = "p-head"
name = "Jane Holt"
roles = ["head"]
email = "head@example.org"
[[people]]
id = "p-it"
name = "Jo Fern"
roles = ["it_lead"]
email = "it@example.org"
[[sources]]
id = "gazette"
kind = "feed"
url = "https://example.org/feed.xml"
disabled = "for this test"
"""
MAIL = '[mail]\nhost = "localhost"\nport = {port}\nsecurity = "none"\nsender = "sg@example.org"\n'


@pytest.fixture
def office():
    with post_office() as running:
        yield running


@pytest.fixture
def looked(tmp_path, office):
    """Puts messages into the outbox, scans, and gives (exit, what was printed)."""

    def look(*messages, mail=True, **given):
        text = HOME + (MAIL.format(port=office.port) if mail else "")
        (tmp_path / "schoolgate.toml").write_text(text)
        now = utc_now()
        store = wiring.open_store(tmp_path)
        times = {"due_at": now, "expires_at": now + timedelta(hours=12)}
        with store.write("put") as con:
            put_outbox(con, [a_message(key, **times | fields) for key, fields in messages], now)
        return called(scan, home=tmp_path, **given)

    return look


def test_a_scan_sends_what_is_due(looked, office):
    code, said = looked(("m1", {}), ("m2", {"person_id": "p-it"}))
    assert (code, said[-1]) == (0, "2 messages sent.")
    assert [t.id for t in office.taken] == ["<m1@example.org>", "<m2@example.org>"]


def test_with_no_send_nothing_leaves(looked, office):
    _, said = looked(("m1", {}), no_send=True)
    assert said[-1].startswith("1 message waits, and nothing was sent. Tell these people yourself")
    assert office.taken == []


def test_without_a_mail_server_the_last_line_says_how_many_wait_and_what_to_do(looked):
    _, said = looked(("m1", {}), mail=False)
    assert said[-1] == (
        "1 message waits: no mail server is set up. To set one up: schoolgate mail setup. "
        "Tell these people yourself: schoolgate alerts list"
    )


def test_what_fails_is_told_by_the_same_scan_and_does_not_change_how_it_ends(looked, office):
    office.rcpt = lambda address: "550 5.1.1 no" if address == "head@example.org" else None
    code, said = looked(("m1", {"kind": "digest"}))
    assert code == 0
    assert said[-2:] == [
        "1 message sent.",
        "1 message could not be sent: the mail server refuses the address. "
        "To see what is wrong: schoolgate doctor",
    ]
    (taken,) = office.taken
    assert taken.to == ("it@example.org",)
    assert taken.mail["Subject"] == "A message did not arrive: see why"


def test_json_counts_what_was_sent(looked):
    _, (document,) = looked(("m1", {}), as_json=True)
    counts = json.loads(document)["counts"]
    assert (counts["messages_sent"], counts["messages_failed"], counts["messages_waiting"]) == (1, 0, 0)
