"""What guards the signed page: whose form counts, how often it may be asked for, what each answer bears."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.page import BASE, PageDesk, words_of
from starlette.requests import Request

from monitor.desk import pace, upload
from monitor.desk.app import desk_app
from monitor.desk.routes import DeskPage


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://elsewhere.example.org"},
        {"origin": "http://schoolgate.example.org"},
        {"sec-fetch-site": "same-origin", "origin": "https://elsewhere.example.org"},
    ],
)
def test_a_form_sent_from_elsewhere_does_not_acknowledge(desk, headers):
    assert desk.press("have", **headers).status_code == 403
    assert desk.has() == {}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"sec-fetch-site": "same-origin", "origin": BASE},
    ],
)
def test_the_pages_own_form_does(desk, headers):
    assert desk.press("have", **headers).status_code == 200


@pytest.mark.parametrize(
    "base", ["https://Schoolgate.example.org:443/", "https://schoolgate.example.org/desk"]
)
def test_the_pages_origin_is_known_however_the_settings_write_it(desk, base):
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))
    assert desk.press("have", origin=BASE).status_code == 200


@pytest.mark.parametrize(
    ("base", "origin"),
    [
        ("http://[2001:db8::1]:8477", "http://[2001:db8::1]:8477"),
        ("https://ysgol-d\u00f4l.example", "https://xn--ysgol-dl-b4a.example"),
    ],
)
def test_a_browser_writes_some_hosts_otherwise_than_people_do(base, origin):
    request = Request({"type": "http", "headers": [(b"origin", origin.encode())]})
    assert upload.from_our_page(request, base)


@pytest.mark.parametrize(
    "form", [{}, {"proof": ""}, {"proof": "1"}, {"proof": "99999999999999999999.ab"}, {"proof": "ab.é"},
             {"other": "x" * 5000}, dict.fromkeys("abcdef", "x")],
)  # fmt: skip
def test_a_post_without_the_pages_proof_does_not_acknowledge_and_asks_once_more(desk, form):
    page = desk.browser.post(desk.path(), data=form)
    assert page.status_code == 403
    assert "Please press the button once more." in words_of(page)
    assert desk.has() == {}


def test_what_sends_the_form_of_a_link_faster_than_anybody_reads_does_not_acknowledge(tmp_path):
    desk = PageDesk(tmp_path, proved=False)
    assert desk.press("have", after_s=0.3).status_code == 403
    assert desk.has() == {}


def test_a_quick_tap_at_a_link_counts_where_the_browser_says_that_it_was_one(tmp_path):
    desk = PageDesk(tmp_path, proved=False)
    assert desk.press("have", after_s=0.3, **{"sec-fetch-user": "?1"}).status_code == 200
    assert list(desk.has().values()) == ["head"]


def test_a_quick_tap_counts_from_who_is_signed_in(desk):
    assert desk.press("have", after_s=0.0).status_code == 200
    assert list(desk.has().values()) == ["head"]


def test_a_page_left_open_for_hours_asks_once_more(desk):
    assert desk.press("have", after_s=2 * 3600.0).status_code == 403
    assert desk.press("have").status_code == 200


def test_the_proof_of_one_page_is_none_for_another(desk):
    form = desk.form()
    desk.clock.at += timedelta(seconds=5)
    assert desk.browser.post(desk.path("deputy"), data={**form, "do": "have"}).status_code == 403
    assert desk.has() == {}


def test_an_unknown_address_tells_nothing(desk):
    token = desk.path().removeprefix("/m/")
    wrong = token[:-1] + ("2" if token[-1] != "2" else "3")
    paths = (f"/m/{wrong}", "/m/x", "/m/", "/m/" + "é" * 48, f"{desk.path()}/", "/ack/x")
    pages = [desk.browser.get(path) for path in paths]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


def test_an_address_that_is_not_ours_never_reaches_the_store(desk, monkeypatch):
    monkeypatch.setattr(desk.store, "read", None)
    monkeypatch.setattr(desk.store, "write", None)
    assert desk.browser.get("/m/" + "0" * 48).status_code == 404
    assert desk.browser.post("/m/" + "0" * 48).status_code == 404


def test_guessing_is_slowed_down_and_real_links_still_open(desk):
    codes = [desk.browser.get(f"/m/{n:048d}").status_code for n in range(40)]
    assert codes == [404] * 30 + [429] * 10
    assert desk.get().status_code == 200
    desk.clock.at += timedelta(minutes=1)
    assert desk.browser.get("/m/x").status_code == 404


def test_a_form_that_breaks_off_does_not_acknowledge(desk):
    async def gone():
        return {"type": "http.disconnect"}

    sent = []

    async def send(message):
        sent.append(message)

    path = desk.path()
    host = (b"host", b"schoolgate.example.org")
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": [host]}
    asyncio.run(desk.browser.app(scope, gone, send))
    assert sent[0]["status"] == 403
    assert desk.has() == {}


def test_one_link_is_not_opened_without_end(desk, monkeypatch):
    monkeypatch.setattr(pace, "MOST", 3)
    assert [desk.get().status_code for _ in range(4)] == [200] * 3 + [429]


def test_every_answer_bears_the_headers(desk):
    answers = [desk.get(), desk.browser.get("/nothing"), desk.browser.put(desk.path()), desk.press("have")]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "<script" not in answer.text
        assert "<style" not in answer.text
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]


def test_a_store_that_is_busy_is_told_and_is_no_acknowledgement(tmp_path):
    desk = PageDesk(tmp_path)
    form = desk.form()
    desk.clock.at += timedelta(seconds=5)
    desk.store.path.rename(tmp_path / "elsewhere")
    page = desk.browser.post(desk.path(), data={**form, "do": "have"})
    assert page.status_code == 503
    assert "nothing was recorded" in words_of(page)


def test_a_link_opens_inside_a_school_that_serves_it_without_https(desk):
    links = replace(desk.context.links, base_url="http://schoolgate.example.org")
    desk.context = replace(desk.context, links=links)
    assert desk.get().status_code == 200


def test_a_link_finds_its_stylesheet_where_the_site_lies_below_a_path(desk):
    links = replace(desk.context.links, base_url=f"{BASE}/desk")
    desk.context = replace(desk.context, links=links)
    assert '<link rel="stylesheet" href="/desk/s/' in desk.get().text


def test_a_route_that_does_not_say_who_may_come_is_refused_at_start(desk, monkeypatch):
    def unsaid(path, comer, *given, **named):
        return DeskPage(path, None if path == "/people" else comer, *given, **named)

    monkeypatch.setattr("monitor.desk.app.DeskPage", unsaid)
    with pytest.raises(ValueError, match="/people does not say who may come"):
        desk_app(desk.store, lambda: desk.context, desk.clock)
