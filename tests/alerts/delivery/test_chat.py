"""A short message: one line by apprise, to a service of this machine; its address is never logged."""

from __future__ import annotations

import json
import logging
import re
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses
from builders.mention import a_message
from support.web_server import Answer, serve

from alerts.delivery.chat import LONGEST, card, notify, post
from alerts.delivery.chat_guard import Way
from alerts.delivery.results import SENT, Cause, SendOutcome
from data.types import Via

TOKEN = "Hunter2-planted"


def line(body="Oakfield: alert 482913 needs you now. https://schoolgate.example.org/ack/x"):
    return a_message(via=Via.CHAT, body=body, subject="The subject stays out", html="<p>rich</p>")


HERE = Way(own=("127.0.0.1",))
"""The tests' servers stand on this machine."""


def address(site, kind="json"):
    return f"{kind}://{site.host}:{site.port}/{TOKEN}"


def test_one_line_and_its_link_go_out_and_nothing_else_of_the_message():
    with serve({f"/{TOKEN}": Answer(200)}) as site:
        assert post(line(), address(site), HERE) == SENT
        (asked,) = site.asked
    sent = json.loads(asked.body)
    assert sent["message"] == "Oakfield: alert 482913 needs you now. https://schoolgate.example.org/ack/x"
    assert sent["title"] == ""
    assert sent["attachments"] == []
    assert b"subject stays out" not in asked.body
    assert b"rich" not in asked.body


def test_whatever_it_is_given_is_one_short_line():
    with serve({f"/{TOKEN}": Answer(200)}) as site:
        post(line("one\r\ntwo\u2028three " + "x" * 900), address(site), HERE)
        (asked,) = site.asked
    message = json.loads(asked.body)["message"]
    assert message.startswith("one two three xxx")
    assert len(message) == LONGEST


@pytest.mark.parametrize(
    "wrong", ["", "not an address", "nosuch://host/token", "json://", "ftp://example.org"]
)
def test_an_address_that_apprise_does_not_know_fails_for_good(wrong):
    result = notify(wrong, "One line.")
    assert (result.outcome, result.cause) == (SendOutcome.FAILED, Cause.BAD_ADDRESS)


@pytest.mark.parametrize("status", [403, 500])
def test_a_service_that_does_not_take_it_is_asked_again_later(status):
    with serve({f"/{TOKEN}": Answer(status)}) as site:
        result = notify(address(site), "One line.")
    assert (result.outcome, result.cause) == (SendOutcome.RETRY, Cause.CHAT_REFUSED)


def test_what_became_of_it_comes_back_from_the_process_that_sends():
    with serve({f"/{TOKEN}": Answer(500)}) as site:
        assert post(line(), address(site), HERE).cause is Cause.CHAT_REFUSED
    assert post(line(), "nosuch://host/token").cause is Cause.BAD_ADDRESS


def test_a_service_that_never_ends_its_answer_is_given_up():
    def drips(exchange):
        exchange.head(200, Content_Length="1000")
        while exchange.wait(0.05):
            exchange.write(b" ")

    began = time.monotonic()
    with serve({f"/{TOKEN}": drips}) as site:
        result = post(line(), address(site), HERE, wait_s=2)
        assert time.monotonic() - began < 5
    assert (result.outcome, result.cause) == (SendOutcome.RETRY, Cause.CHAT_REFUSED)


def test_neither_log_nor_screen_shows_the_address(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with serve({f"/{TOKEN}": Answer(500)}) as site:
        notify(address(site), "One line.")
        notify(f"nosuch://{TOKEN}/", "One line.")
    out, err = capfd.readouterr()
    told = [r.getMessage() for r in caplog.records if r.name.startswith("apprise")]
    assert told == []
    assert TOKEN not in out + err


TEAMS = (
    "https://default0a1b2c.4d.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/"
    "643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun"
    "&sv=1.0&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A"
)


@responses.activate
def test_teams_is_posted_to_at_the_whole_address_that_it_gives():
    responses.post(re.compile("https://.*"), status=202)
    assert notify(TEAMS, "Oakfield: alert 482913 needs you now.") == SENT
    (call,) = responses.calls
    asked, given = urlsplit(call.request.url), urlsplit(TEAMS)
    assert (asked.hostname, asked.path) == (given.hostname, given.path)
    assert {"api-version": "1", "sig": "KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A"}.items() <= dict(
        parse_qsl(asked.query)
    ).items()


THREAT = "Threat on a local forum: read now. If anyone is in danger ring 999 (0007)."
OLDER_TEAMS = (
    "https://prod-15.uksouth.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/"
    "invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu6Rj8aUKz7108W3wrNJZxFE5A"
)


@responses.activate
@pytest.mark.parametrize("address", [TEAMS, OLDER_TEAMS], ids=["power platform", "logic apps"])
def test_teams_gets_one_adaptive_card_with_the_line_and_its_link_and_nothing_to_load(address):
    """In the form that a flow “When a Teams webhook request is received” takes."""
    responses.post(re.compile("https://.*"), status=202)
    assert notify(address, f"Schoolgate. {THREAT} Open it: {LINK}", "Oakfield") == SENT
    (call,) = responses.calls
    sent = json.loads(call.request.body)
    (attached,) = sent["attachments"]
    card = attached["content"]
    assert (sent["type"], attached["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert (card["type"], urlsplit(call.request.url).hostname) == ("AdaptiveCard", urlsplit(address).hostname)
    texts = [block["text"] for block in card["body"] if block["type"] == "TextBlock"]
    assert texts == ["Oakfield", THREAT]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open it", "url": LINK}]
    assert "Image" not in {block["type"] for block in card["body"]}
    assert not re.search(r"https?://(?!schoolgate\.example\.org|adaptivecards\.io)", str(call.request.body))


LINK = "https://schoolgate.example.org/ack/a_b-c~d_e"


@responses.activate
@pytest.mark.parametrize(
    ("service", "sent"),
    [
        (TEAMS, f'"url": "{LINK}"'),
        ("gchat://workspace/key/token", f"on: {LINK}"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnl", f"<{LINK}|To take it on>"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", f"on: {LINK}"),
        ("rockets://user:word@chat.example.org/#room", f"on: {LINK}"),
    ],
)
def test_the_link_can_be_tapped_whatever_the_service_makes_of_the_line(service, sent):
    signed_in = {"status": "success", "data": {"authToken": "x", "userId": "y"}}
    responses.add(responses.POST, re.compile("https://.*"), json=signed_in)
    responses.add(responses.GET, re.compile("https://.*"), json=signed_in)
    notify(service, f"Schoolgate: alert 482913 needs you now. To take it on: {LINK}")
    body = next(str(c.request.body) for c in responses.calls if "482913" in str(c.request.body))
    assert sent in body
    assert "\\" not in body


@responses.activate
@pytest.mark.parametrize(
    "service",
    [TEAMS, "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnl"],
)
def test_no_message_loads_a_picture_from_outside(service):
    responses.post(re.compile("https://.*"), status=202)
    notify(service, "One line.")
    body = str(responses.calls[-1].request.body)
    assert "One line" in body
    assert ".png" not in body


@responses.activate
def test_whoever_wants_the_picture_says_so_in_the_address():
    responses.post(re.compile("https://.*"), status=202)
    notify(f"{TEAMS}&image=yes", "One line.")
    assert ".png" in str(responses.calls[-1].request.body)


@responses.activate
@pytest.mark.parametrize(
    "address",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnl",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazk",
    ],
)
def test_slack_gets_blocks_with_school_matter_and_link_and_nobodys_footer(address):
    responses.post(re.compile("https://.*"), body="ok")
    assert notify(address, f"Schoolgate. {THREAT} Open it: {LINK}", "Oak & Elm <C>") == SENT
    sent = json.loads(responses.calls[0].request.body)
    assert [block["text"]["text"] for block in sent["blocks"]] == [
        "Oak & Elm <C>",
        THREAT,
        f"<{LINK}|Open it>",
    ]
    assert [block["text"]["type"] for block in sent["blocks"]] == ["plain_text", "plain_text", "mrkdwn"]
    assert sent["text"] == THREAT
    assert "pprise" not in json.dumps(sent)


@pytest.mark.parametrize("line", ["Oakfield: it works: again.", "Schoolgate. it works: again."])
def test_a_line_without_a_link_is_a_card_without_a_button_that_names_the_school_once(line):
    shown = card(line, "Oakfield")["attachments"][0]["content"]
    assert shown["actions"] == []
    assert [block["text"] for block in shown["body"]] == ["Oakfield", "it works: again."]
    assert [block["text"] for block in card(line, "")["attachments"][0]["content"]["body"]]


@responses.activate
def test_no_other_service_is_told_the_schools_name():
    responses.post(re.compile("https://.*"), status=200)
    notify("ntfys://tk_TOKEN@ntfy.example.org/topic", f"Schoolgate. {THREAT}", "Oakfield")
    assert "Oakfield" not in str(responses.calls[0].request.body)


def test_the_name_of_the_messages_school_goes_to_the_process_that_sends(monkeypatch):
    given = []
    ended = type("Ended", (), {"returncode": 0})
    monkeypatch.setattr("subprocess.run", lambda *_, input, **__: given.append(json.loads(input)) or ended)
    assert post(line(), TEAMS, schools={line().urn: "Oakfield"}) == SENT
    assert given[0][3] == "Oakfield"
