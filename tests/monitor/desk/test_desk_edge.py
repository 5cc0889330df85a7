"""The edge of the desk: what every answer bears, for which host, and whose word on the caller counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.desk import OpenDesk
from builders.page import BASE, POST, form_of, words_of
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from support.for_each import for_each

from data.errors import SchoolgateError, StoreBusy
from data.store.service import sessions
from data.words.say import words
from monitor.config.settings import ServeSettings
from monitor.desk.app import desk_app
from monitor.desk.edge import HEADERS, ProxiedApp
from monitor.desk.sign_in.day_code import DayCodeDesk
from monitor.desk.upload import MOST_FILE
from monitor.service.serve import page_web


@pytest.fixture
def desk(tmp_path):
    return OpenDesk(tmp_path)


def breaks(request):
    raise RuntimeError


def test_what_breaks_says_so_in_a_page_and_its_text_stands_in_no_log(desk, monkeypatch, caplog):
    def breaks_off(asking, *given):
        raise ValueError(POST.text)

    monkeypatch.setattr(DayCodeDesk, "show", breaks_off)
    app = desk_app(desk.store, lambda: desk.context, desk.clock)
    answer = TestClient(app, base_url=BASE).get("/tell/code")
    assert answer.status_code == 500
    assert "ring 999" in words_of(answer)
    assert "page=/tell/code fault=ValueError at=" in caplog.text
    assert POST.text not in caplog.text + answer.text


def test_every_answer_bears_the_same_headers_an_error_and_a_wrong_address_too(desk):
    desk.app.router.routes.insert(0, Route("/breaks", breaks))
    browser = TestClient(desk.app, base_url=BASE, follow_redirects=False, raise_server_exceptions=False)
    paths = ("/", "/sign-in", "/nothing", "/m/nothing", "/s/x/nothing", "/sign-in/return?code=1", "/breaks")
    answers = [browser.get(path) for path in paths]
    answers += [browser.put("/sign-in"), browser.get("/", headers={"host": "evil.example"})]
    assert {answer.status_code for answer in answers} == {200, 303, 404, 421, 500}
    for answer in answers:
        for name in HEADERS:
            assert len(answer.headers.get_list(name)) == 1, (answer.url, name)
        assert answer.headers["cache-control"] == "no-store"
        assert "max-age=31536000" in answer.headers["strict-transport-security"]


def test_a_stylesheet_is_kept_and_is_private_in_all_else(desk):
    answer = desk.browser.get("/s/any/desk.css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


def test_a_script_of_ours_may_run_only_where_a_page_has_one(desk):
    desk.sign_in("head")
    for path, has in (("/", True), ("/code", True), ("/tell", False), ("/people", False)):
        answer = desk.browser.get(path)
        policy = answer.headers["content-security-policy"]
        assert ("script-src 'self'" in policy, "<script" in answer.text) == (has, has), path
        assert policy.startswith("default-src 'none'")
    assert desk.browser.get("/s/any/desk.js").headers["content-type"].startswith("text/javascript")


FOREIGN = (
    ({}, {}),
    ({"form": "0" * 32}, {}),
    (None, {"origin": "https://evil.example"}),
    (None, {"sec-fetch-site": "cross-site"}),
    (None, {"sec-fetch-site": "same-site"}),
)
"""Forms that are none of this browser's own; None bears its token."""


@for_each(("sent", "headers"), FOREIGN)
def test_at_no_route_a_form_counts_that_is_not_this_browsers_own(desk, sent, headers):
    desk.sign_in("head", device="own")
    sent = form_of(desk.browser.get("/tell")) if sent is None else sent
    at_desk, link = desk.context.links.at_desk("s-one").rpartition("/")[2], desk.path().rpartition("/")[2]
    before = desk.rows()
    for path in [route.path for route in desk.app.routes if "POST" in route.methods]:
        if path != "/r/{token}":  # its own tests
            asked = path.replace("{token}", link if path == "/m/{token}" else at_desk)
            answer = desk.browser.post(asked, data=sent | {"do": "have"}, headers=headers)
            assert answer.status_code == 403, path
    assert desk.rows() == before
    assert desk.browser.get("/tell").status_code == 200


def test_without_https_no_browser_is_told_to_insist_on_it(desk):
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url="http://localhost:8477"))
    answer = TestClient(desk.app, base_url="http://localhost:8477").get("/sign-in")
    assert answer.status_code == 200
    assert "strict-transport-security" not in answer.headers


HOSTS = (
    ("schoolgate.example.org", 200),
    ("Schoolgate.Example.org:443", 200),
    ("localhost:8477", 200),
    ("[::1]:8477", 200),
    ("evil.example", 421),
    ("schoolgate.example.org.evil.example", 421),
    ("[", 421),
    ("x/schoolgate.example.org", 421),
    ("", 421),
)


@for_each(("host", "status"), HOSTS)
def test_it_answers_for_its_own_host_and_this_machines_names_alone(desk, host, status):
    answer = desk.browser.get("/sign-in", headers={"host": host})
    assert answer.status_code == status
    assert status == 200 or words("en")("desk.plain.other_host") in words_of(answer)


def test_a_host_with_letters_of_its_own_is_known_as_browsers_write_it(desk):
    links = replace(desk.context.links, base_url="https://ysgol-d\u00f4l.example")
    desk.context = replace(desk.context, links=links)
    answer = desk.browser.get("/sign-in", headers={"host": "xn--ysgol-dl-b4a.example"})
    assert answer.status_code == 200


def caller(proxies, peer, *forwarded):
    """Whom the application takes for the caller."""

    async def says(scope, receive, send):
        await PlainTextResponse(Request(scope).client.host)(scope, receive, send)

    app = ProxiedApp(says, "127.0.0.1:8477", proxies)
    headers = [("x-forwarded-for", each) for each in forwarded]
    answer = TestClient(app, client=(peer, 5000)).get("/", headers=headers)
    return answer.text if answer.status_code == 200 else answer.status_code


NEAR, NET = ("127.0.0.1",), ("127.0.0.1", "10.0.0.0/24")
CALLERS = (
    ((), "127.0.0.1", ("203.0.113.9",), "127.0.0.1"),
    (NEAR, "127.0.0.1", ("203.0.113.9",), "203.0.113.9"),
    (NEAR, "127.0.0.1", ("198.51.100.1, 203.0.113.9",), "203.0.113.9"),
    (NEAR, "127.0.0.1", ("198.51.100.1", "203.0.113.9"), "203.0.113.9"),
    (NEAR, "127.0.0.1", ("203.0.113.9:41234",), "203.0.113.9"),
    (NEAR, "127.0.0.1", ("::ffff:203.0.113.9",), "203.0.113.9"),
    (NEAR, "127.0.0.1", ("[2001:db8:1:2:3:4:5:6]:443",), "2001:db8:1:2::/64"),
    (NEAR, "127.0.0.1", ("2001:db8:1:2:9::1",), "2001:db8:1:2::/64"),
    (NEAR, "127.0.0.1", (), ""),
    (NEAR, "127.0.0.1", ("203.0.113.9, unknown",), ""),
    (NET, "127.0.0.1", ("203.0.113.9, 10.0.0.7",), "203.0.113.9"),
    (NET, "10.0.0.7", ("203.0.113.9",), "203.0.113.9"),
    (NET, "203.0.113.9", ("127.0.0.1",), 403),
    ((), "192.0.2.7", (), 403),
)


@for_each(("proxies", "peer", "forwarded", "found"), CALLERS)
def test_the_caller_is_the_nearest_that_is_no_web_server_of_ours(proxies, peer, forwarded, found):
    assert caller(proxies, peer, *forwarded) == found


def web_at(desk, listen, *proxies):
    config = replace(desk.context.config, serve=ServeSettings(listen=listen, proxies=proxies))
    desk.context = replace(desk.context, config=config)
    return page_web(desk.store, lambda: desk.context, desk.clock)


@for_each("listen", ("0.0.0.0:0", "192.0.2.7:0", "[::]:0"))
def test_an_open_line_beyond_this_machine_is_refused_at_the_start(desk, listen):
    with pytest.raises(SchoolgateError, match="without TLS beyond this machine") as refused:
        web_at(desk, listen)
    assert "serve.listen=127.0.0.1:8477" in str(refused.value)
    assert "serve.proxies=" in str(refused.value)


def test_a_screenshot_of_ten_megabytes_has_the_time_that_a_telephone_takes(desk, monkeypatch):
    given = []
    monkeypatch.setattr("monitor.service.serve.Web", lambda *all_of_it: given.extend(all_of_it))
    web_at(desk, "127.0.0.1:0")
    assert MOST_FILE * 8 / 1e6 / given[-1].arrives_s < 1.0


def test_a_web_server_on_another_machine_that_is_named_may_come(desk):
    web_at(desk, "0.0.0.0:0", "192.0.2.7").stop()


def test_what_was_done_is_not_said_to_have_failed_where_the_store_is_busy_after_it(tmp_path, monkeypatch):
    def held(*given):
        raise StoreBusy("held by another")

    desk = OpenDesk(tmp_path)
    desk.sign_in("head", device="own")
    desk.wait(hours=2)
    monkeypatch.setattr(sessions, "see", held)
    assert desk.browser.get("/tell").status_code == 200
