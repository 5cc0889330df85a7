"""The edge of the desk: what every answer bears, whose form counts, which address opens what."""

import asyncio
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection

import pytest
import requests
from builders.desk import OpenDesk, come
from builders.page import BASE, CHILD, DANGER, POST, PageDesk, buttons_of, form_of, words_of
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from support.for_each import for_each

from alerts.links import Links
from data.errors import SchoolgateError, StoreBusy
from data.store import service as sessions
from data.types import Role
from data.words.say import words
from monitor.config.model import ServeSettings
from monitor.desk import page as desk_page
from monitor.desk.app import desk_app
from monitor.desk.matter.forms import PRESSED, VERSIONED
from monitor.desk.page import HEADERS, MOST_FILE, ProxiedApp, fields_of, form_token
from monitor.desk.sign_in import DayCodeDesk
from monitor.service.serve import page_web, serve_desk
from monitor.service.web import Web


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
    answers += [desk.get(), desk.browser.put(desk.path()), desk.press("take")]
    assert {answer.status_code for answer in answers} == {200, 303, 404, 421, 500}
    for answer in answers:
        for name in HEADERS:
            assert len(answer.headers.get_list(name)) == 1, (answer.url, name)
        assert answer.headers["cache-control"] == "no-store"
        assert "max-age=31536000" in answer.headers["strict-transport-security"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "<style" not in answer.text
    assert not [answer.url for answer in answers[-3:] if "<script" in answer.text]


def test_a_script_of_ours_may_run_only_where_a_page_has_one_and_a_stylesheet_is_kept(desk):
    answer = desk.browser.get("/s/any/desk.css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    come(desk, "head", desk.browser)
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


def test_at_no_route_a_form_counts_that_is_not_this_browsers_own(desk, monkeypatch):
    """At every route one without a token, and at one of each kind whatever else is wrong."""
    monkeypatch.setattr(desk_page, "MOST", 10**6)
    desk.rename("head", roles=(Role.HEAD, Role.DSL))
    token = form_token(come(desk, "head", desk.browser).cookies["__Host-desk"])
    at_desk, link = desk.context.links.at_desk("s-one").rpartition("/")[2], desk.path().rpartition("/")[2]
    before = desk.rows()
    for path in [route.path for route in desk.app.routes if "POST" in route.methods]:
        if path not in ("/r/{token}", "/drill/{token}"):  # their own tests
            asked = path.replace("{token}", link if path == "/m/{token}" else at_desk)
            desk.wait(seconds=2)  # the desk has more routes than a browser may ask for in a minute
            of_each_kind = path in ("/m/{token}", "/m/s/{token}", "/tell", "/people")
            for sent, headers in FOREIGN if of_each_kind else FOREIGN[:1]:
                given = {"form": token} if sent is None else sent
                answer = desk.browser.post(asked, data=given | {"do": "take"}, headers=headers)
                assert answer.status_code == 403, (path, sent, headers)
    assert desk.rows() == before
    assert desk.browser.get("/tell").status_code == 200


HOSTS = (
    ("schoolgate.example.org", 200),
    ("Schoolgate.Example.org:443", 200),
    ("localhost:8477", 200),
    ("[::1]:8477", 200),
    ("evil.example", 421),
    ("schoolgate.example.org.evil.example", 421),
    ("[", 421),
    ("schoolgate.example.org:443@evil.example", 421),
    ("schoolgate.example.org:x", 421),
    ("x/schoolgate.example.org", 421),
    ("", 421),
)


@for_each(("host", "status"), HOSTS)
def test_it_answers_for_its_own_host_and_this_machines_names_alone(desk, host, status):
    answer = desk.browser.get("/sign-in", headers={"host": host})
    assert answer.status_code == status
    assert status == 200 or words("en")("desk.plain.other_host") in words_of(answer)


def test_by_another_base_its_host_is_known_as_browsers_write_it_and_without_https_none_is_insisted_on(desk):
    for base, host in (
        ("https://ysgol-d\u00f4l.example", "xn--ysgol-dl-b4a.example"),
        ("http://localhost:8477", "localhost:8477"),
    ):
        desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))
        answer = desk.browser.get("/sign-in", headers={"host": host})
        assert answer.status_code == 200
        assert ("strict-transport-security" in answer.headers) is base.startswith("https")


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
    config = replace(desk.context.config, serve=ServeSettings.model_construct(listen=listen, proxies=proxies))
    desk.context = replace(desk.context, config=config)
    return page_web(serve_desk(desk.store, lambda: desk.context, desk.clock), config.serve)


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


def test_a_film_that_is_too_large_is_answered_plainly_and_what_was_typed_stands_there_again(desk):
    """By a real line: who sends more than is read meets a closed one, unless all of it is let pass."""
    come(desk, "head", desk.browser)
    form = form_of(desk.browser.get("/tell?danger=no&picture=no")) | {"words": "By the hall."}
    web = web_at(desk, "127.0.0.1:0")
    cookies = {"Cookie": f"__Host-desk={desk.browser.cookies['__Host-desk']}"}
    web.start()
    try:
        film = {"file": ("film.mp4", bytes(3 * MOST_FILE))}
        sent = requests.Request(
            "POST", "http://127.0.0.1/tell", data=form, files=film, headers=cookies
        ).prepare()
        line = HTTPConnection("127.0.0.1", web.port, timeout=30)  # as a browser: it reads once all is sent
        line.request("POST", "/tell", sent.body, {**sent.headers})
        answer = line.getresponse()
        page = answer.read().decode()
        line.close()
    finally:
        web.stop()
    assert answer.status == 200
    assert "larger than 10 MB together" in page
    assert "By the hall." in page


def test_a_web_server_on_another_machine_that_is_named_may_come(desk):
    web_at(desk, "0.0.0.0:0", "192.0.2.7").stop()


def test_what_was_done_is_not_said_to_have_failed_where_the_store_is_busy_after_it(tmp_path, monkeypatch):
    def held(*given):
        raise StoreBusy("held by another")

    desk = OpenDesk(tmp_path)
    come(desk, "head", desk.browser)
    desk.wait(hours=2)
    monkeypatch.setattr(sessions, "see", held)
    assert desk.browser.get("/tell").status_code == 200


def test_who_is_still_waiting_when_the_service_ends_reads_503_and_what_is_quick_is_answered(
    desk, monkeypatch
):
    ends = threading.Event()

    def wait(asking, *given):
        ends.wait(10)
        return asking.render("school.html", page="school", pages=[])

    monkeypatch.setattr(DayCodeDesk, "show", wait)
    web = Web(desk_app(desk.store, lambda: desk.context, desk.clock), "127.0.0.1", 0, "")
    web.start()

    def get(number):
        path = "/tell/code" if number % 2 else "/sign-in"
        return requests.get(f"http://127.0.0.1:{web.port}{path}", timeout=10)

    with ThreadPoolExecutor(12) as browsers:
        waiting = [browsers.submit(get, number) for number in range(12)]
        while sum(each.done() for each in waiting) < 6:
            time.sleep(0.01)
        web.stop()
        answers = [each.result() for each in waiting]
        ends.set()
    assert [answer.status_code for answer in answers] == [200, 503] * 6
    assert words("en")("desk.plain.ending_then") in words_of(answers[1])
    assert answers[1].headers["cache-control"] == "no-store"


PLACES_OF_A_TRUST = {
    f"{key}_{n:016x}": said for n in range(2400) for key, said in (("keep", "yes"), ("nature", "local_forum"))
}
NAMES_OF_A_TRUST = {f"mark_{900001 + n}": "0" * 16 for n in range(200)} | {
    f"name_{900001 + n}_{i}": f"Great Oakfield Church of England Primary {i}"
    for n in range(200) for i in range(8)
}  # fmt: skip


@for_each(
    ("form", "read"),
    [
        (PLACES_OF_A_TRUST, 4800),
        (NAMES_OF_A_TRUST, 1800),
        ({str(n): "x" for n in range(20_000)}, 0),
        ({"words": "x" * 300_000}, 0),
    ],
)
def test_a_form_of_two_hundred_schools_is_read_and_nothing_of_a_larger_one(form, read):
    async def answer(request):
        return PlainTextResponse(str(len((await fields_of(request)).fields)))

    app = Starlette(routes=[Route("/", answer, methods=["POST"])])
    assert TestClient(app).post("/", data=form).text == str(read)


# --------------------------------------- the signed page: whose form counts, how often it may be asked for


@pytest.fixture
def page_desk(tmp_path):
    return PageDesk(tmp_path)


ELSEWHERE = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"origin": "https://elsewhere.example.org"},
    {"origin": "http://schoolgate.example.org"},
    {"sec-fetch-site": "same-origin", "origin": "https://elsewhere.example.org"},
)
UNPROVED = (
    {}, {"proof": ""}, {"proof": "1"}, {"proof": "99999999999999999999.ab"}, {"proof": "ab.é"},
    {"other": "x" * 5000}, dict.fromkeys("abcdef", "x"),
)  # fmt: skip


def test_a_form_from_elsewhere_or_without_the_pages_proof_does_not_acknowledge_and_asks_once_more(page_desk):
    path, form = page_desk.path(), page_desk.form() | {"do": "take"}
    page_desk.wait(seconds=5)
    for headers in ELSEWHERE:
        assert page_desk.browser.post(path, data=form, headers=headers).status_code == 403, headers
    for given in UNPROVED:
        page = page_desk.browser.post(path, data=given)
        assert page.status_code == 403, given
        assert "Please press the button once more." in words_of(page)
    assert page_desk.browser.post(page_desk.path("deputy"), data=form).status_code == 403  # of another page
    page_desk.wait(hours=2)
    assert page_desk.browser.post(path, data=form).status_code == 403  # it was left open
    assert page_desk.has() == {}


OUR_OWN = (
    (BASE, {}),
    (BASE, {"sec-fetch-site": "same-origin", "origin": "null"}),
    (BASE, {"sec-fetch-site": "same-origin", "origin": BASE}),
    ("https://Schoolgate.example.org:443/", {"origin": BASE}),
    ("https://schoolgate.example.org/desk", {"origin": BASE}),
    ("http://[2001:db8::1]:8477", {"origin": "http://[2001:db8::1]:8477"}),
    ("https://ysgol-d\u00f4l.example", {"origin": "https://xn--ysgol-dl-b4a.example"}),
)


@for_each(("base", "headers"), OUR_OWN)
def test_the_pages_own_form_is_known_however_settings_and_browsers_write_the_address(base, headers):
    given = [(name.encode(), said.encode()) for name, said in headers.items()]
    assert desk_page.from_our_page(Request({"type": "http", "headers": given}), base)


def test_a_quick_tap_counts_at_a_link_where_the_browser_says_that_somebody_tapped_and_signed_in(tmp_path):
    desk = PageDesk(tmp_path, proved=False)
    assert desk.press("take", after_s=0.3).status_code == 403
    assert desk.has() == {}
    assert desk.press("take", after_s=0.3, **{"sec-fetch-user": "?1"}).status_code == 200
    assert list(desk.has().values()) == ["head"]
    signed_in = PageDesk(tmp_path / "other")
    assert signed_in.press("take", after_s=0.0).status_code == 200
    assert list(signed_in.has().values()) == ["head"]


def test_an_unknown_address_tells_nothing(page_desk):
    token = page_desk.path().removeprefix("/m/")
    wrong = token[:-1] + ("2" if token[-1] != "2" else "3")
    paths = (f"/m/{wrong}", "/m/x", "/m/", "/m/" + "é" * 48, f"{page_desk.path()}/", "/ack/x")
    pages = [page_desk.browser.get(path) for path in paths]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


def test_an_address_that_is_not_ours_never_reaches_the_store(page_desk, monkeypatch):
    monkeypatch.setattr(page_desk.store, "open_reader", None)
    monkeypatch.setattr(page_desk.store, "write", None)
    assert page_desk.browser.get("/m/" + "0" * 48).status_code == 404
    assert page_desk.browser.post("/m/" + "0" * 48).status_code == 404


def test_guessing_is_slowed_down_real_links_still_open_and_none_without_end(page_desk, monkeypatch):
    codes = [page_desk.browser.get(f"/m/{n:048d}").status_code for n in range(31)]
    assert codes == [404] * 30 + [429]
    assert page_desk.get().status_code == 200
    page_desk.clock.at += timedelta(minutes=1)
    assert page_desk.browser.get("/m/x").status_code == 404
    monkeypatch.setattr(desk_page, "MOST", 3)
    assert [page_desk.get().status_code for _ in range(4)] == [200] * 3 + [429]


def test_a_form_that_breaks_off_does_not_acknowledge(page_desk):
    async def gone():
        return {"type": "http.disconnect"}

    sent = []

    async def send(message):
        sent.append(message)

    path = page_desk.path()
    host = (b"host", b"schoolgate.example.org")
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": [host]}
    asyncio.run(page_desk.browser.app(scope, gone, send))
    assert sent[0]["status"] == 403
    assert page_desk.has() == {}


def test_a_store_that_is_busy_is_told_and_is_no_acknowledgement(tmp_path):
    desk = PageDesk(tmp_path)
    form = desk.form()
    desk.clock.at += timedelta(seconds=5)
    desk.store.path.rename(tmp_path / "elsewhere")
    page = desk.browser.post(desk.path(), data={**form, "do": "take"})
    assert page.status_code == 503
    assert "nothing was recorded" in words_of(page)


def test_a_link_opens_without_https_inside_a_school_and_finds_its_stylesheet_below_a_path(page_desk):
    links = replace(page_desk.context.links, base_url="http://schoolgate.example.org")
    page_desk.context = replace(page_desk.context, links=links)
    assert page_desk.get().status_code == 200
    links = replace(page_desk.context.links, base_url=f"{BASE}/desk")
    page_desk.context = replace(page_desk.context, links=links)
    assert '<link rel="stylesheet" href="/desk/s/' in page_desk.get().text


# ------------------------------------ a matter at the address that Today leads to: good in a session alone


MORE = ("mark", "wrong", "happened", "agree", "right_again")


def asked_by(page):
    """The questions to which it leads."""
    return set(re.findall(r'href="\?ask=(\w+)', page.text))


def own(desk, story="s-one"):
    return desk.context.links.at_desk(story)


def test_today_leads_to_no_address_that_opens_without_a_session_and_signing_in_leads_back(desk):
    desk.wait(minutes=1)
    page = come(desk, "head", desk.browser).get("/").text
    assert f'href="{own(desk)}"' in page
    assert page.count('href="/m/') == page.count('href="/m/s/')
    answer = desk.another().get(own(desk))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?to={own(desk)}")
    assert desk.sign_in("head", desk.another(), to=own(desk)).headers["location"] == own(desk)


def test_signed_in_its_words_and_all_that_may_be_done_are_there_at_once_by_the_same_link_too(desk):
    come(desk, "head", desk.browser)
    page = desk.browser.get(own(desk))
    assert "They never ring back" in words_of(page)
    assert {"take", "mark"} <= set(buttons_of(page))
    assert {"give", "note", "wrong"} <= asked_by(page)
    theirs, anothers = desk.get("head"), desk.get("deputy")
    assert "wrong" in asked_by(theirs)
    assert "wrong" not in asked_by(anothers)
    assert 'href="/"' in theirs.text  # and back to Today, which is there for whoever is signed in
    for other in (anothers, desk.another().get(desk.path("head"))):
        assert 'href="/"' not in other.text
    done = desk.browser.post(own(desk), data={**form_of(page), "do": "mark"}, follow_redirects=True)
    assert "is done with" in words_of(done)
    assert desk.mark().person_id == "head"


def test_an_address_of_another_home_and_that_of_a_link_are_nothing(desk):
    come(desk, "head", desk.browser)
    token = desk.path("head").removeprefix("/m/")
    others = (Links(BASE, b"o" * 32).at_desk("s-one"), f"/m/s/{token}", own(desk).upper(), own(desk) + "a")
    assert {desk.browser.get(path).status_code for path in others} == {404}


def test_a_restricted_matter_asks_who_it_is_and_shows_nothing_to_whom_its_link_was_forwarded(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    desk.rename("vale", email="vale@example.org", roles=(Role.IT_LEAD,))
    lead, ((number,),) = come(desk, "dsl"), desk.read("SELECT number FROM alerts")
    assert "read" in buttons_of(lead.get(own(desk)))
    desk.wait(minutes=10)
    assert "send_code" in buttons_of(lead.get(own(desk)))
    for browser in (desk.another(), come(desk, "vale")):
        pages = [browser.get(desk.path("dsl"))]
        desk.wait(seconds=5)
        for said in ({"do": "send_code"}, {"do": "prove", "code": "00000000"}):
            pages.append(browser.post(desk.path("dsl"), data=form_of(pages[-1]) | said))
        assert desk.mailed.pop().person_id == "dsl"
        said = [page.text.partition("<main")[2].partition("</main>")[0] for page in pages]
        for hidden in (POST.text, str(number), "Oakfield", "child", "safeguarding", "forum"):
            assert not any(hidden in each for each in said), hidden
    assert desk.audited("restricted_read") == []


def test_by_a_link_alone_somebody_takes_gives_and_notes_and_is_led_to_sign_in_for_the_rest(tmp_path):
    desk = OpenDesk(tmp_path, told=("head", "dsl"), **DANGER)
    page = desk.press("read", "head")
    found, before = {*buttons_of(page), *asked_by(page)}, desk.rows()
    assert {"take", "give", "note"} <= found
    assert not found & set(MORE)
    assert f'href="/sign-in?to={own(desk)}"' in page.text
    desk.wait(seconds=5)
    for act in MORE:
        answer = desk.browser.post(desk.path("head"), data={**form_of(page), "do": act})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?to={own(desk)}"), act
    assert desk.rows() == before


def test_what_was_typed_is_not_lost_where_the_session_ended_or_began_anew_in_another_tab(desk):
    come(desk, "head", desk.browser)
    form = form_of(desk.browser.get(own(desk))) | {"do": "note", "why": "I rang his mother <b>twice</b>."}

    def sent(path="", **headers):
        page = desk.browser.post(path or own(desk), data=form, headers=headers)
        return page, (page.status_code, "I rang his mother &lt;b&gt;twice" in page.text)

    come(desk, "head", desk.browser)
    page, told = sent()
    assert told == (403, True)
    assert "You have signed in again" in words_of(page)
    assert f'href="{own(desk)}"' in page.text
    assert sent(**{"sec-fetch-site": "cross-site"})[1] == (403, False)
    desk.wait(days=30)
    page, told = sent()
    assert told == (403, True)
    nothing = own(desk)[:-1] + "x"
    assert sent(nothing)[0].text == page.text.replace(own(desk), nothing)
    assert sent(**{"sec-fetch-site": "cross-site"})[1] == (303, False)


# -------------------------------------- two people, one matter: who comes second reads what was done since


NOTE = "Her father rang: he takes it down."


@pytest.fixture
def both_desk(tmp_path):
    return OpenDesk(tmp_path, told=("head", "deputy"))


@pytest.fixture
def two(both_desk):
    """The head and the deputy, each with the page open in a browser."""
    found = {who: come(both_desk, who) for who in ("head", "deputy")}
    return found, {who: form_of(browser.get(own(both_desk))) for who, browser in found.items()}


TONE = {"what": "tone", "right": "neutral"}


def send(desk, browser, form, **said):
    desk.wait(seconds=5)
    return browser.post(own(desk), data={**form, **said}, follow_redirects=True)


def test_who_comes_second_reads_who_did_what_and_goes_on_with_one_tap(both_desk, two):
    browsers, forms = two
    send(both_desk, browsers["deputy"], forms["deputy"], do="take")
    page = send(both_desk, browsers["head"], forms["head"], do="wrong", why=NOTE, **TONE)
    assert "Nothing was changed" in words_of(page)
    assert "Lee Ash has been dealing with it since" in words_of(page)
    assert f">{NOTE}</textarea>" in page.text
    assert 'value="neutral" checked>' in page.text
    page = send(both_desk, browsers["head"], form_of(page), do="wrong", why=NOTE, **TONE)
    assert "Everyone who must now know is told" in words_of(page)


def test_what_was_noted_marked_or_taken_back_meanwhile_is_read_before_anything_is_done(both_desk, two):
    browsers, forms = two
    send(both_desk, browsers["deputy"], forms["deputy"], do="note", why="I rang the father.")
    page = send(both_desk, browsers["head"], forms["head"], do="give", to="deputy", note=NOTE)
    assert "Lee Ash wrote a note at" in words_of(page)
    assert f'value="{NOTE}"' in page.text
    assert both_desk.has() == {}
    deputys = form_of(browsers["deputy"].get(own(both_desk)))
    marked = send(both_desk, browsers["deputy"], deputys, do="mark")
    page = send(both_desk, browsers["head"], form_of(page), do="wrong", what="us", right="not_us")
    assert "Lee Ash said at" in words_of(page)
    assert both_desk.mark().person_id == "deputy"
    send(both_desk, browsers["deputy"], form_of(marked), do="unmark")
    assert "took back" in words_of(send(both_desk, browsers["head"], form_of(page), do="unmark"))


def test_by_a_link_it_is_the_same(both_desk):
    form = form_of(both_desk.press("read", "head"))
    both_desk.press("take", "deputy")
    both_desk.wait(seconds=5)
    page = both_desk.browser.post(both_desk.path("head"), data={**form, "do": "note", "why": NOTE})
    assert "Lee Ash has been dealing with it since" in words_of(page)
    assert f">{NOTE}</textarea>" in page.text


def test_every_act_is_bound_to_a_version_but_those_that_undo_or_are_said_for_oneself():
    free = {
        "read",
        "take",
        "own_word",
        "fulfil",
        "right_again",
        "note_back",
        "put_down",
        "take_back",
        "remind",
    }
    assert {*PRESSED} - VERSIONED == free | {"unmerge", "remind"}


def test_what_was_typed_is_kept_where_the_store_stays_busy_and_is_shown_to_no_other_site(
    both_desk, two, monkeypatch
):
    browsers, forms = two

    @contextmanager
    def held(purpose=""):
        raise StoreBusy("held by another")
        yield

    with monkeypatch.context() as busy:
        busy.setattr(both_desk.store, "write", held)
        page = send(both_desk, browsers["head"], forms["head"], do="wrong", why=NOTE, **TONE)
    assert page.status_code == 503
    assert "Schoolgate is busy." in words_of(page)
    assert NOTE in words_of(page)
    page = send(both_desk, browsers["head"], form_of(page))
    assert "Everyone who must now know is told" in words_of(page)
    monkeypatch.setattr(both_desk.store, "open_reader", held)
    other = {"origin": "https://evil.example"}
    page = browsers["head"].post(own(both_desk), data={**forms["head"], "why": NOTE}, headers=other)
    assert (page.status_code, NOTE in page.text) == (503, False)
