"""Short messages: one line by apprise, to the internet or a server of the school's own, and no flood."""

import json
import logging
import re
import ssl
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses
import trustme
from builders.mention import a_message
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk, jwt
from support.proxies import proxy_to
from support.web_server import Answer, serve

from alerts.delivery.chat import (
    GOV_UK,
    LONGEST,
    Guard,
    Way,
    _send_guarded,
    asked_at,
    card,
    is_known_address,
    notify,
    post,
    send_text,
)
from alerts.delivery.results import (
    CEILING,
    LONGEST_TRYING,
    SENT,
    SINGLY,
    Cause,
    Result,
    SendOutcome,
    day_of,
    is_rationed,
    may_be_mended,
    next_try,
    plan,
    twins,
)
from data.store.outbox import LIST, Queued
from data.types import Route, Via
from data.words.say import words

TOKEN = "Hunter2-planted"
TEAMS = (
    "https://default0a1b2c.4d.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/"
    "643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun"
    "&sv=1.0&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A"
)
THREAT = "Threat on a local forum: read now. If anyone is in danger ring 999 (0007)."
OLDER_TEAMS = (
    "https://prod-15.uksouth.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/"
    "invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu6Rj8aUKz7108W3wrNJZxFE5A"
)
LINK = "https://schoolgate.example.org/ack/a_b-c~d_e"
LINE = a_message(via=Via.CHAT, body="Oakfield: alert 482913 needs you now.")
OWN, OPEN = Way(own=("127.0.0.1",)), Way()
SERVICE = "ntfy.example.org"
PRIVATE = (
    "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "fd12::1",
)  # fmt: skip
SOCKETS = ("/run/dbus/system_bus_socket", b"\0abstract", None, (1,))
"""Files of this machine, of which none is opened."""
FORKS = get_context("forkserver")
NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
TRIES = st.integers(1, 10_000)
JITTER = st.floats(0, 1, exclude_max=True)
REFUSED = Result(SendOutcome.FAILED, Cause.ADDRESS_REFUSED, "550 5.1.1")


def line(body="Oakfield: alert 482913 needs you now. https://schoolgate.example.org/ack/x"):
    return a_message(via=Via.CHAT, body=body, subject="The subject stays out", html="<p>rich</p>")


def address(site, kind="json"):
    return f"{kind}://{site.host}:{site.port}/{TOKEN}"


def test_one_short_line_goes_out_and_nothing_else_of_the_message():
    with serve({f"/{TOKEN}": Answer(200)}) as site:
        assert post(line("one\r\ntwo\u2028three " + "x" * 900), address(site), OWN) == SENT
        (asked,) = site.asked
    sent = json.loads(asked.body)
    assert sent["message"].startswith("one two three xxx")
    assert len(sent["message"]) == LONGEST
    assert (sent["title"], sent["attachments"]) == ("", [])
    assert b"subject stays out" not in asked.body
    assert b"rich" not in asked.body


def test_a_service_that_is_not_known_fails_for_good_and_one_that_refuses_is_asked_again():
    for wrong in ["", "not an address", "nosuch://host/token", "json://", "ftp://example.org"]:
        result = notify(wrong, "One line.")
        assert (result.outcome, result.cause) == (SendOutcome.FAILED, Cause.BAD_ADDRESS)
    for status in [403, 500]:
        with serve({f"/{TOKEN}": Answer(status)}) as site:
            result = notify(address(site), "One line.")
        assert (result.outcome, result.cause) == (SendOutcome.RETRY, Cause.CHAT_REFUSED)


ISSUER, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
TEXT = f"govuk-notify://07700900123/f33517ff-2a88-4f6e-b855-c550268ce08a/night_texts-{ISSUER}-{SECRET}"


def test_a_text_goes_by_the_template_of_the_school_signed_by_the_secret_of_its_key():
    said = "Number 0007: read now. Open it: https://a.example.org/m/x"
    taken = Answer(201, b'{"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": null}')
    with serve({"/v2/notifications/sms": taken}) as site:
        sent = send_text(TEXT, f"Schoolgate. {said}", f"http://{site.host}:{site.port}")
        (asked,) = site.asked
    assert sent is SENT
    assert json.loads(asked.body) == {
        "phone_number": "07700900123",
        "template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a",
        "personalisation": {"message": said},
    }
    signed = asked.headers["authorization"].removeprefix("Bearer ")
    token = jwt.decode(signed, jwk.OctKey.import_key(SECRET), algorithms=["HS256"])
    assert token.claims["iss"] == ISSUER
    assert abs(token.claims["iat"] - time.time()) < 30


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [
        (400, "ValidationError", SendOutcome.FAILED),
        (403, "AuthError", SendOutcome.RETRY),
        (429, "RateLimitError", SendOutcome.RETRY),
        (429, "TooManyRequestsError", SendOutcome.RETRY),
        (500, "Exception", SendOutcome.RETRY),
        (302, "", SendOutcome.RETRY),
    ],
)
def test_what_notify_refuses_for_good_is_said_and_what_may_pass_is_asked_again(status, error, outcome):
    said = json.dumps({"status_code": status, "errors": [{"error": error, "message": "phone_number"}]})
    with serve({"/v2/notifications/sms": Answer(status, said.encode())}) as site:
        assert send_text(TEXT, "One line.", f"http://{site.host}:{site.port}").outcome is outcome


def test_an_address_of_notify_is_known_by_its_form_and_says_whom_it_asks():
    assert is_known_address(TEXT)
    assert asked_at(TEXT) == (GOV_UK,)
    assert send_text(TEXT, "One line.", "http://127.0.0.1:9").outcome is SendOutcome.RETRY
    for wrong in (
        TEXT.replace("07700", "Mr 00"),
        TEXT[:-1],
        TEXT.replace("/f33517ff", "/f3351"),
        TEXT + "?x",
    ):
        assert not is_known_address(wrong)
        assert notify(wrong, "One line.").cause is Cause.BAD_ADDRESS


def test_what_became_of_it_comes_back_from_the_process_and_the_way_shows_no_password():
    assert post(line(), "json://127.0.0.1:9/").cause is Cause.CHAT_PRIVATE
    assert "private network" in words("en")("failure.cause.chat_private")
    assert "planted" not in repr(Way(proxy="http://oak:planted@proxy.example.org:8080"))


def test_a_service_that_never_ends_its_answer_is_given_up():
    def drips(exchange):
        exchange.head(200, Content_Length="1000")
        while exchange.wait(0.05):
            exchange.write(b" ")

    began = time.monotonic()
    with serve({f"/{TOKEN}": drips}) as site:
        result = post(line(), address(site), OWN, wait_s=2)
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


@responses.activate
@pytest.mark.parametrize("address", [TEAMS, OLDER_TEAMS], ids=["power platform", "logic apps"])
def test_teams_gets_at_its_whole_address_one_adaptive_card_with_the_line_and_its_link(address):
    """In the form that a flow “When a Teams webhook request is received” takes."""
    responses.post(re.compile("https://.*"), status=202)
    assert notify(address, f"Schoolgate. {THREAT} Open it: {LINK}", "Oakfield") == SENT
    (call,) = responses.calls
    sent = json.loads(call.request.body)
    (attached,) = sent["attachments"]
    card = attached["content"]
    assert (sent["type"], attached["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert card["type"] == "AdaptiveCard"
    posted_to, given = urlsplit(call.request.url), urlsplit(address)
    assert (posted_to.hostname, posted_to.path) == (given.hostname, given.path)
    kept = {name: said for name, said in parse_qsl(given.query) if name in ("api-version", "sig")}
    assert len(kept) == 2
    assert kept.items() <= dict(parse_qsl(posted_to.query)).items()
    texts = [block["text"] for block in card["body"] if block["type"] == "TextBlock"]
    assert texts == ["Oakfield", THREAT]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open it", "url": LINK}]
    assert "Image" not in {block["type"] for block in card["body"]}
    assert not re.search(r"https?://(?!schoolgate\.example\.org|adaptivecards\.io)", str(call.request.body))


@responses.activate
@pytest.mark.parametrize(("service", "sent"), [
    (TEAMS, f'"url": "{LINK}"'), ("gchat://workspace/key/token", f"on: {LINK}"),
    ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnl", f"<{LINK}|To take it on>"),
    ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", f"on: {LINK}"),
    ("rockets://user:word@chat.example.org/#room", f"on: {LINK}"),
])  # fmt: skip
def test_the_link_can_be_tapped_whatever_the_service_makes_of_the_line(service, sent):
    signed_in = {"status": "success", "data": {"authToken": "x", "userId": "y"}}
    responses.add(responses.POST, re.compile("https://.*"), json=signed_in)
    responses.add(responses.GET, re.compile("https://.*"), json=signed_in)
    notify(service, f"Schoolgate: alert 482913 needs you now. To take it on: {LINK}")
    body = next(str(c.request.body) for c in responses.calls if "482913" in str(c.request.body))
    assert sent in body
    assert "\\" not in body
    assert ".png" not in body  # no picture is loaded from outside


@responses.activate
@pytest.mark.parametrize("address", [
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnl",
    "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazk",
])  # fmt: skip
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


def refused(result):
    """For good, and not because the service did not take it. Some addresses apprise itself does not take."""
    return result.outcome is SendOutcome.FAILED and result.cause in (Cause.CHAT_PRIVATE, Cause.BAD_ADDRESS)


@pytest.mark.parametrize(("place", "may"), [
    *(((host, 443, *more), False) for host in (*PRIVATE, "localhost", SERVICE) for more in ((), (0, 0))),
    *((place, False) for place in SOCKETS), (("8.8.8.8", 443), True), (("2606:4700::1", 443, 0, 0), True),
])  # fmt: skip
def test_the_public_internet_alone_is_dialled_and_no_name_that_is_not_looked_up_yet(place, may):
    assert Guard(f"json://{SERVICE}/", Way()).may(place) is may


FORKS.set_forkserver_preload(["apprise", "alerts.delivery.chat"])


def sent_bound(ended, *given):
    ended.put(_send_guarded(*given))


def bound(address, way=OPEN):
    """What becomes of the line in a process of its own that is bound to this way, begun ready for it."""
    ended = FORKS.SimpleQueue()
    process = FORKS.Process(target=sent_bound, args=(ended, address, LINE.body, asdict(way), ""))
    process.start()
    process.join(20)
    assert process.exitcode == 0
    return ended.get()


@pytest.mark.parametrize(("address", "way"), [
    *((f"json://{host}:PORT/", OPEN) for host in ("2130706433", "localhost")),
    ("json://127.0.0.1:PORT/", Way(own=("ntfy.example.org",))),
    # no plug-in gets round it
    *((f"{kind}://user:word@127.0.0.1:PORT/topic", OPEN) for kind in ("ntfy", "rsyslog", "mailto")),
    # a cloud’s metadata is not asked though it be named
    ("json://169.254.169.254/", Way(own=("169.254.169.254",))),
])  # fmt: skip
def test_an_address_in_a_private_network_is_not_dialled(address, way):
    with serve({"/": Answer(200)}) as trap:
        result = bound(address.replace("PORT", str(trap.port)), way)
    assert refused(result) or (result != SENT and "://user" in address)
    assert trap.asked == []


@pytest.mark.parametrize(("status", "host"), [(302, "127.0.0.1"), (307, "[::ffff:0:127.0.0.1]")])
def test_its_redirect_leads_to_no_other_private_place(status, host):
    with serve({"/": Answer(200)}) as trap:
        onward = Answer(status, b"", {"Location": f"http://{host}:{trap.port}/"})
        with serve({"/": onward}) as site:
            assert refused(bound(f"json://127.0.0.1:{site.port}/", OWN))
            assert len(site.asked) == 1
        assert trap.asked == []


@pytest.fixture(scope="module")
def filter_():
    return trustme.CA()


def served_by(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(SERVICE, "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def pem(filter_, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "filter.pem"
    filter_.cert_pem.write_to_path(str(path))
    return str(path)


def test_an_authority_of_the_settings_is_trusted_and_no_other(filter_, pem):
    with serve({"/": Answer(200)}, tls=served_by(filter_)) as site:
        address = f"jsons://127.0.0.1:{site.port}/"
        assert bound(address, OWN).cause is Cause.CHAT_REFUSED
        assert site.asked == []
        assert bound(address, Way(own=OWN.own, ca_file=pem)) == SENT


def test_of_this_machine_an_authority_is_heard_but_no_proxy_or_password(filter_, pem, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login planted password planted")
    netrc.chmod(0o600)
    with serve({"/": Answer(200)}, tls=served_by(filter_)) as site, serve({"/": Answer(200)}) as trap:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, str(trap))
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("SSL_CERT_FILE", pem)
        assert post(LINE, f"jsons://127.0.0.1:{site.port}/", OWN) == SENT
    assert "authorization" not in site.asked[0].headers
    assert trap.asked == []


def test_it_goes_out_by_the_proxy_with_its_name_and_password(filter_, pem):
    with (
        serve({"/": Answer(200)}, tls=served_by(filter_)) as site,
        proxy_to({(SERVICE, 443): (site.host, site.port)}, sign_in="oak:gate:key/@") as way,
    ):
        by = Way(proxy=way.url.replace("://", "://oak:gate%3Akey%2F%40@"), ca_file=pem)
        assert bound(f"jsons://{SERVICE}/", by) == SENT
    assert [line.partition(" HTTP")[0] for line in way.asked] == [f"CONNECT {SERVICE}:443"]
    assert "proxy-authorization" not in site.asked[0].headers


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "169.254.169.254", "[::1]", "localhost", "intranet", "printer.local", "0x7f.1", "127.1"],
)
def test_the_proxy_is_asked_for_no_private_place(host):
    guard = Guard(f"json://{SERVICE}/", Way(proxy="http://127.0.0.1:9"))
    assert not guard.may_ask_proxy(f"http://{host}/")
    assert guard.may_ask_proxy("https://8.8.8.8/")


def test_the_proxy_is_asked_for_no_redirect_into_a_private_network_nor_for_the_schools_own_server():
    onward = Answer(307, b"", {"Location": "http://10.0.0.1/"})
    with serve({"/": onward}) as site, proxy_to({(SERVICE, 80): (site.host, site.port)}) as way:
        assert refused(bound(f"json://{SERVICE}/", Way(proxy=way.url)))
    assert way.asked == [f"POST http://{SERVICE}/ HTTP/1.1"]
    with serve({"/": Answer(200)}) as site, proxy_to({}) as way:
        assert bound(f"json://127.0.0.1:{site.port}/", Way(own=OWN.own, proxy=way.url)) == SENT
    assert way.asked == []


def waits(count, *, urgent=False):
    return [(next_try(n, NOW, NOW, 0.0, urgent=urgent) - NOW).total_seconds() for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("urgent", "seconds"),
    [(False, [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]), (True, [20, 40, 80, 160, 300, 300])],
)
def test_the_wait_doubles_up_to_an_hour_and_to_five_minutes_for_what_must_be_acted_on_now(urgent, seconds):
    assert waits(len(seconds), urgent=urgent) == seconds


@given(TRIES, JITTER, st.booleans())
def test_no_wait_is_longer_than_its_limit_or_shorter_than_three_quarters_of_it(tries, jitter, urgent):
    plain = next_try(tries, NOW, NOW, 0.0, urgent=urgent) - NOW
    wait = next_try(tries, NOW, NOW, jitter, urgent=urgent) - NOW
    assert plain * 0.75 <= wait <= plain <= timedelta(minutes=5 if urgent else 60)


@given(TRIES, JITTER)
def test_after_three_days_nothing_is_tried_again_but_what_must_be_acted_on_now(tries, jitter):
    last = NOW + LONGEST_TRYING
    assert next_try(tries, NOW, last - timedelta(seconds=1), jitter) is not None
    assert next_try(tries, NOW, last, jitter) is None
    later = NOW + timedelta(days=30)
    again = next_try(tries, NOW, later, jitter, urgent=True)
    assert again is not None
    assert again - later <= timedelta(minutes=5)


@pytest.mark.parametrize(("kind", "result", "again"), [
    ("instant", REFUSED, False), ("digest", REFUSED, False), ("failure", REFUSED, True),
    ("failure", Result(SendOutcome.FAILED, Cause.NO_PERSON), False),
    ("failure", Result(SendOutcome.UNSURE, Cause.INTERRUPTED), False),
    ("digest", Result(SendOutcome.RETRY, Cause.BUSY), True),
])  # fmt: skip
def test_a_refusal_is_for_good_but_of_what_tells_of_a_failure(kind, result, again):
    assert may_be_mended(a_message(kind=kind), result) is again


AT = datetime(2026, 11, 17, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUESTION = Queued(
    "q", "head", "900001", "question", 3, "platform_report", violent=False, alert_id="a", times=1,
    chat=False, due_at=AT, went_at=None, expires_at=AT + 24 * HOUR,
)  # fmt: skip
NOTICE = replace(QUESTION, kind="instant")
any_row = st.builds(
    replace,
    st.sampled_from([QUESTION, NOTICE]),
    kind=st.sampled_from(["instant", "question", "case", "morning"]),
    severity=st.sampled_from([2, 3, 4]),
    route=st.sampled_from(["platform_report", "safeguarding", "police_now"]),
    violent=st.booleans(),
    due_at=st.integers(0, 60 * 40).map(lambda minutes: AT + minutes * MINUTE),
)


def many(n, of=QUESTION, **changes):
    return [replace(of, key=f"{of.kind}{i:02d}", alert_id=f"a{i}", **changes) for i in range(n)]


def lived(rows, until, every=5 * MINUTE):
    """What goes singly, and each list, as (time, keys), looked at so often."""
    rows, singly, lists, now = list(rows), [], [], min(r.due_at for r in rows)
    while now <= until:
        due = [r for r in rows if r.due_at <= now]
        planned = plan(due, now)
        together = {r.key for of in planned.lists for r in of}
        for of in planned.lists:
            lists.append((now, [r.key for r in of]))
            rows.append(replace(of[0], key=f"list{len(lists)}", kind=LIST, went_at=now))
        rows = [r for r in rows if r.key not in together]
        for row in [r for r in rows if r.due_at <= now and r.went_at is None and r.key not in planned.held]:
            singly.append((now, row.key))
            rows[rows.index(row)] = replace(row, went_at=now)
        now += every
    return singly, lists


def test_eight_go_one_by_one_the_gravest_first_and_what_is_over_in_one_list_at_seventeen():
    singly, lists = lived(many(12), AT + 10 * HOUR)
    assert len(singly) == CEILING
    ((when, keys),) = lists
    assert when == AT.replace(hour=17)
    assert len(keys) == 4
    rows = [*many(12, replace(QUESTION, severity=2)), replace(QUESTION, key="grave")]
    assert "grave" not in plan(rows, AT).held
    assert all(is_rationed(replace(QUESTION, kind=kind, severity=4)) for kind in ("morning", "case"))
    rows = [*many(8), *many(8, person_id="dsl"), *many(8, urn="900002")]
    assert plan([replace(r, key=f"{n}") for n, r in enumerate(rows)], AT).held == frozenset()


def test_what_may_not_wait_is_neither_counted_nor_held_and_in_a_rush_goes_at_once():
    for kind in ["escalation", "warning", "answer", "failure", "digest", LIST]:
        rows = [*many(20, kind=kind), *many(8)]
        assert plan(rows, AT).held == frozenset()
    for urgent in [{"severity": 4}, {"route": Route.SAFEGUARDING.value}, {"violent": True}]:
        assert not is_rationed(replace(NOTICE, **urgent))
        assert not is_rationed(replace(QUESTION, **urgent))
    rows = [*many(9, NOTICE, route="safeguarding"), replace(NOTICE, key="4", severity=4)]
    rows.append(replace(NOTICE, key="v", violent=True))
    held = plan([replace(r, due_at=AT + MINUTE) for r in rows], AT + MINUTE).held
    assert held
    assert not held & {"4", "v"}


def test_first_notices_go_together_from_the_sixth_within_an_hour_and_a_short_message_with_its_mail():
    rows = [replace(r, due_at=AT + n * MINUTE) for n, r in enumerate(many(14, NOTICE, route="safeguarding"))]
    singly, lists = lived(rows, AT + HOUR, MINUTE)
    assert len(singly) == SINGLY
    assert [(when - AT, len(keys)) for when, keys in lists] == [(10 * MINUTE, 6), (20 * MINUTE, 3)]
    beside = replace(NOTICE, key="chat", chat=True)
    assert list(twins({NOTICE.key}, [NOTICE, beside])) == ["chat"]
    assert list(twins({"other"}, [NOTICE, beside])) == []


@pytest.mark.parametrize(("now", "began"), [
    (datetime(2026, 11, 17, 16, 59, tzinfo=UTC), datetime(2026, 11, 16, 17, tzinfo=UTC)),
    (datetime(2026, 7, 1, 16, tzinfo=UTC), datetime(2026, 7, 1, 16, tzinfo=UTC)),
    (datetime(2026, 10, 25, 16, 30, tzinfo=UTC), datetime(2026, 10, 24, 16, tzinfo=UTC)),
])  # fmt: skip
def test_the_day_ends_at_seventeen_in_london(now, began):
    assert day_of(now) == began


@given(st.lists(any_row, min_size=1, max_size=50))
def test_nothing_is_lost_or_doubled_and_no_day_has_more_than_eight_singly(rows):
    rows = [replace(r, key=str(n), alert_id=str(n)) for n, r in enumerate(rows)]
    by_key = {r.key: r for r in rows}
    singly, lists = lived(rows, AT + 72 * HOUR, 10 * MINUTE)
    went = [*(key for _, key in singly), *(key for _, keys in lists for key in keys)]
    assert sorted(went) == sorted(by_key)
    for day in {day_of(when) for when, _ in singly}:
        of_day = [key for when, key in singly if day_of(when) == day and is_rationed(by_key[key])]
        assert len(of_day) <= CEILING
    for when, key in singly:
        if by_key[key].severity == 4 and by_key[key].kind == "instant":
            assert when - by_key[key].due_at < 10 * MINUTE
