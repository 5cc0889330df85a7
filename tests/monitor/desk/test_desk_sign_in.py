"""Signing in to the desk by a code: who gets in, for how long, and what nobody learns at the door."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.desk import OpenDesk
from builders.page import BASE, form_of, words_of
from starlette.testclient import TestClient

from data.store.service import sessions
from data.store.service.sessions import Device
from monitor.desk import session
from monitor.desk.matter import codes
from monitor.desk.sign_in.code import way_back
from monitor.service.serve import page_web


@pytest.fixture
def desk(tmp_path):
    return OpenDesk(tmp_path)


def at_home(desk, browser=None):
    """Is that browser shown Today?"""
    return (browser or desk.browser).get("/").status_code == 200


def test_nobody_sees_a_page_of_the_desk_who_has_not_signed_in(desk):
    answer = desk.browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?to=/")


def test_the_code_that_was_mailed_signs_somebody_in(desk):
    answer = desk.sign_in("head")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Jane Holt" in desk.browser.get("/").text
    assert desk.audited("signed_in") == [("signed_in", "head", "head")]


def test_a_code_is_good_for_the_browser_that_asked_alone(desk):
    form = form_of(desk.ask_for_code(desk.address("head")))
    other = desk.another()
    other.post("/sign-in", data={**form, "code": desk.code(), "do": "prove"})
    assert not at_home(desk, other)


def test_the_page_is_the_same_for_an_address_that_nobody_here_has(desk):
    known = desk.ask_for_code(desk.address("head"))
    unknown = desk.ask_for_code("hold@example.org", desk.another())
    said = known.text.replace(desk.address("head"), ""), unknown.text.replace("hold@example.org", "")
    said = [
        text.replace(form_of(page)["form"], "") for text, page in zip(said, (known, unknown), strict=True)
    ]
    assert said[0] == said[1]
    assert known.headers.keys() == unknown.headers.keys()
    assert len(desk.mailed) == 1


def test_an_address_that_nobody_has_costs_as_much_time_as_one_that_somebody_has(desk):
    took = {desk.address("head"): [], "hold@example.org": []}
    for n in range(16):
        desk.wait(days=2)
        for address in [*took][:: 1 if n % 2 else -1]:
            browser = desk.another()
            form = form_of(browser.get("/sign-in")) | {"address": address, "do": "send_code"}
            began = time.process_time()
            assert browser.post("/sign-in", data=form).status_code == 200
            took[address].append(time.process_time() - began)
    known, unknown = map(statistics.median, took.values())
    assert abs(known - unknown) < max(0.05 * known, 0.010)


def test_nobody_waits_for_the_mail_that_a_known_address_is_sent(desk, monkeypatch):
    given, answered, sent = [], threading.Event(), []

    def slow(context, message):
        answered.wait(10)
        sent.append(message)

    monkeypatch.setattr("monitor.service.serve.send_code", slow)
    monkeypatch.setattr("monitor.service.serve.Web", lambda *all_of_it: given.extend(all_of_it))
    page_web(desk.store, lambda: desk.context, desk.clock)
    desk.browser = TestClient(given[0], base_url=BASE, client=("127.0.0.1", 5000))
    page = desk.ask_for_code(desk.address("head"))
    assert (page.status_code, sent) == (200, [])
    answered.set()


def test_no_code_signs_in_an_address_that_nobody_here_has(desk):
    form = form_of(desk.ask_for_code("nobody@example.org"))
    answers = {
        desk.browser.post("/sign-in", data={**form, "code": f"{n:06}", "do": "prove"}).status_code
        for n in range(5)
    }
    assert answers == {403}


def test_five_wrong_codes_end_it(desk):
    form = form_of(desk.ask_for_code(desk.address("head")))
    for _ in range(5):
        desk.browser.post("/sign-in", data={**form, "code": "000000", "do": "prove"})
    desk.browser.post("/sign-in", data={**form, "code": desk.code(), "do": "prove"})
    assert not at_home(desk)


def test_a_browser_that_others_use_is_signed_out_after_fifteen_idle_minutes(desk):
    desk.sign_in("head")
    desk.wait(minutes=14)
    assert at_home(desk)
    desk.wait(minutes=14)
    assert at_home(desk)
    desk.wait(minutes=15)
    assert not at_home(desk)


def test_a_browser_that_others_use_is_signed_out_after_twelve_hours_at_most(desk):
    desk.sign_in("head")
    for _ in range(60):
        desk.wait(minutes=12)
        desk.browser.get("/sign-out")
    assert not at_home(desk)


def test_a_session_that_a_clock_began_which_was_ahead_is_none(desk):
    desk.sign_in("head", device="own")
    desk.wait(minutes=-2)
    assert at_home(desk)
    desk.wait(seconds=-1)
    assert not at_home(desk)


def test_a_browser_of_ones_own_is_remembered_for_thirty_days(desk):
    desk.sign_in("head", device="own")
    desk.wait(days=29)
    assert at_home(desk)
    desk.wait(days=1)
    assert not at_home(desk)


def test_somebody_whom_the_settings_no_longer_name_is_out_at_once(desk):
    desk.sign_in("head")
    desk.without("head")
    assert not at_home(desk)


@pytest.mark.parametrize("given", [{"email": "new@example.org"}, {"email": None}])
def test_an_id_that_is_given_to_somebody_else_takes_over_no_session(desk, given):
    desk.sign_in("head", device="own")
    desk.rename("head", name="Ash Newcomer", **given)
    assert not at_home(desk)


@pytest.mark.parametrize(
    "given", [{"email": "HEAD@Example.Org"}, {"name": "Jane Holt-Reed"}, {"account": "j.holt@example.org"}]
)
def test_whoever_keeps_their_address_stays_signed_in(desk, given):
    desk.sign_in("head", device="own")
    desk.rename("head", **given)
    assert at_home(desk)


def test_somebody_who_belongs_to_no_school_here_any_more_is_out_at_once(desk):
    desk.sign_in("head")
    config = desk.context.config
    people = tuple(replace(p, urns=("999999",)) if p.id == "head" else p for p in config.people)
    desk.context = replace(desk.context, config=replace(config, people=people))
    assert not at_home(desk)


def test_signing_out_ends_the_session_and_not_only_the_cookie(desk):
    desk.sign_in("head")
    kept = desk.browser.cookies["__Host-desk"]
    desk.browser.post("/sign-out", data={**form_of(desk.browser.get("/sign-out")), "do": "here"})
    desk.browser.cookies.set("__Host-desk", kept)
    assert not at_home(desk)


def test_a_lost_telephone_is_signed_out_from_another_device(desk):
    telephone = desk.another()
    desk.sign_in("head", telephone, device="own")
    desk.sign_in("head")
    desk.browser.post("/sign-out", data={**form_of(desk.browser.get("/sign-out")), "do": "all"})
    assert desk.sessions() == []
    assert not at_home(desk, telephone)


def test_proving_anew_that_it_is_they_gives_another_session(desk):
    desk.sign_in("head")
    before = desk.browser.cookies["__Host-desk"]
    desk.wait(minutes=11)
    form = form_of(desk.browser.get("/check?to=/"))
    asked = desk.browser.post("/check", data={**form, "do": "send_code"})
    desk.browser.post("/check", data={**form_of(asked), "code": desk.code(), "do": "prove"})
    after = desk.browser.cookies["__Host-desk"]
    assert after != before
    assert len(desk.sessions()) == 1
    assert desk.audited("checked_again") == [("checked_again", "head", "head")]


def test_whoever_signs_in_often_is_not_kept_out_by_it(desk):
    for _ in range(11):
        assert desk.sign_in("head", desk.another()).status_code == 303
        desk.wait(minutes=1)


def test_of_addresses_that_anybody_types_no_more_are_kept_than_there_is_room_for(desk, monkeypatch):
    monkeypatch.setattr(codes, "MOST_KEPT", 3)
    kept = codes.Codes()
    for n in range(10):
        kept.new(bytes([n]), desk.clock())
    assert (len(kept._sent), len(kept._waiting)) == (3, 3)


def test_a_session_that_was_ended_meanwhile_is_not_begun_anew(desk):
    desk.sign_in("head")
    with desk.store.write("test") as con:
        who = session.find(con, desk.context.config, desk.browser.cookies["__Host-desk"], desk.clock())
        sessions.end(con, who.session, desk.clock())
        session.begin(con, who.person, Device.OWN, desk.clock(), who)
    assert desk.sessions() == []


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_a_form_of_another_site_does_nothing(desk, headers):
    desk.sign_in("head")
    form = {**form_of(desk.browser.get("/sign-out")), "do": "all"}
    assert desk.browser.post("/sign-out", data=form, headers=headers).status_code == 403
    assert at_home(desk)


def test_a_form_without_what_its_session_was_shown_does_nothing(desk):
    desk.sign_in("head")
    assert desk.browser.post("/sign-out", data={"do": "all", "form": "0" * 32}).status_code == 403
    assert at_home(desk)


FOREIGN = ({}, {"form": ""}, {"form": "0" * 32}, {"form": "é"})


@pytest.mark.parametrize("form", FOREIGN)
def test_nobody_is_signed_in_by_a_form_that_their_browser_was_not_shown(desk, form):
    asked = form_of(desk.ask_for_code(desk.address("head")))
    sent = {**asked, "code": desk.code(), "do": "prove"}
    del sent["form"]
    assert desk.browser.post("/sign-in", data=sent | form).status_code == 403
    assert not at_home(desk)
    assert desk.browser.post("/sign-in", data=asked | {"code": desk.code(), "do": "prove"}).status_code == 303


def test_the_form_of_one_browser_is_none_of_another(desk):
    form = form_of(desk.another().get("/sign-in"))
    victim = desk.another()
    victim.get("/sign-in")
    asked = {**form, "address": desk.address("head"), "do": "send_code"}
    assert victim.post("/sign-in", data=asked).status_code == 403
    assert desk.mailed == []


def test_what_a_browser_keeps_before_it_signs_in_is_its_own_and_goes_with_it(desk):
    cookie = desk.browser.get("/sign-in").headers["set-cookie"]
    assert cookie.startswith("__Host-visit=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} == set(cookie.split("; ")[1:])
    assert "set-cookie" not in desk.browser.get("/sign-in").headers


def test_what_leads_elsewhere_is_kept_by_nobody(desk):
    assert desk.browser.get("/").headers["cache-control"] == "no-store"
    assert desk.sign_in("head").headers["cache-control"] == "no-store"


def test_who_asks_too_often_waits_and_the_others_of_the_school_do_not(desk):
    desk.sign_in("head")
    colleague = desk.another()
    desk.sign_in("dsl", colleague)
    answers = [desk.browser.get("/sign-out").status_code for _ in range(31)]
    assert answers == [*[200] * 30, 429]
    assert colleague.get("/sign-out").status_code == 200


def test_what_a_browser_keeps_is_stored_as_a_hash_and_out_of_reach_of_scripts(desk):
    cookie = desk.sign_in("head").headers["set-cookie"]
    assert cookie.startswith("__Host-desk=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    with desk.store.read() as con:
        (stored,) = con.execute("SELECT id_hash FROM sessions").fetchone()
    assert stored not in cookie
    assert desk.browser.cookies["__Host-desk"] not in stored


def test_nobody_signs_in_over_an_open_line(desk):
    desk.context = replace(
        desk.context, links=replace(desk.context.links, base_url="http://schoolgate.example.org")
    )
    answer = desk.browser.get("/sign-in")
    assert answer.status_code == 403
    assert "https" in words_of(answer)


@pytest.mark.parametrize(
    "to", ["//evil.example", "/\\evil.example", "https://evil.example", "/a?b=//evil", "javascript:1", ""]
)
def test_after_signing_in_nobody_is_led_to_another_site(to):
    assert way_back(to) == "/"


def test_a_page_is_kept_by_nobody_and_runs_nothing_of_its_own(desk):
    desk.sign_in("head")
    headers = desk.browser.get("/").headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "script-src 'self'" in headers["content-security-policy"].split("; ")
    assert "unsafe-inline" not in headers["content-security-policy"]


def test_reading_a_page_writes_at_most_each_three_minutes(desk):
    desk.sign_in("head")
    with desk.store.read() as con:
        before = con.execute("SELECT seen_at FROM sessions").fetchall()
    desk.clock.at += timedelta(minutes=2)
    desk.browser.get("/")
    with desk.store.read() as con:
        assert con.execute("SELECT seen_at FROM sessions").fetchall() == before


def test_signing_out_clears_what_the_browser_kept_but_its_mark(desk):
    desk.sign_in("head")
    answer = desk.browser.post("/sign-out", data={**form_of(desk.browser.get("/sign-out")), "do": "here"})
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


def test_sign_out_stands_by_its_name_on_every_page(desk):
    desk.sign_in("head")
    for path in ("/", "/tell", "/people", "/code"):
        assert '<a href="/sign-out">Sign out</a>' in desk.browser.get(path).text
