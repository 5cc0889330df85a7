"""Signing in to the desk with an account: to its provider, back, and in, or why not."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
from builders.account_visit import AccountVisit
from builders.desk import OpenDesk
from builders.fetcher import fetcher_for
from builders.page import CHILD, buttons_of, form_of, words_of
from support.oidc_provider import oidc_provider

from data.words.say import words
from monitor.config.settings import ServeSettings
from monitor.desk.sign_in import providers
from monitor.desk.sign_in.providers import SignInRefusal
from monitor.service.serve import page_web


@pytest.fixture
def desk(tmp_path):
    with oidc_provider("microsoft") as there:
        yield AccountVisit(tmp_path, there)


def checked(desk):
    with desk.store.read() as con:
        return con.execute("SELECT checked_at IS NOT NULL FROM sessions").fetchall()


def test_an_account_of_the_school_signs_its_person_in(desk):
    assert "/sign-in/account?to=/" in desk.browser.get("/sign-in").text
    answer = desk.through(to="/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-out")
    assert "Jane Holt" in desk.browser.get("/").text
    assert desk.sessions() == [("head", "shared")]
    assert desk.audited("account_linked") == [("account_linked", "head", "head")]


def test_an_account_that_is_called_otherwise_is_signed_in_no_more(desk):
    desk.rename("head", account="holt@example.org")
    desk.there.claims["preferred_username"] = "holt@example.org"
    assert desk.through().headers["location"] == "/"
    desk.rename("head", email="other@example.org")
    assert desk.browser.get("/").status_code == 200
    desk.rename("head", account="newcomer@example.org")
    assert desk.browser.get("/").status_code == 303


def test_a_device_of_ones_own_is_remembered(desk):
    desk.through(device="own")
    assert desk.sessions() == [("head", "own")]


def test_an_account_that_was_signed_in_before_is_no_second_check(desk):
    desk.through()
    assert checked(desk) == [(False,)]
    answer = desk.through()
    assert dict(desk.there.asked) == {}
    assert (answer.headers["location"], checked(desk)) == ("/", [(True,)])


def test_what_was_begun_by_nobody_is_no_second_check_of_whoever_came_between(desk):
    back = desk.there.come_back(desk.go().headers["location"])
    desk.sign_in("head")
    desk.there.now = desk.clock()
    desk.browser.get("/sign-in/return", params=back)
    assert checked(desk) == [(False,)]


def test_a_link_to_what_is_restricted_opens_by_an_account_whose_password_is_asked_for(tmp_path):
    with oidc_provider("microsoft") as there:
        desk = AccountVisit(tmp_path, there, told=("dsl",), **CHILD)
        desk.becomes("dsl")
        path = desk.path("dsl")
        assert f'"/sign-in/account?fresh=1&amp;to={path}"' in desk.browser.get(path).text
        assert desk.through(to=path).headers["location"] == path
        assert buttons_of(desk.browser.get(path)) == ["send_code"]
        assert desk.through(to=path, fresh="1").headers["location"] == path
        assert buttons_of(desk.browser.get(path)) == ["read", "have"]


def test_at_the_desks_own_address_the_account_leads_back_there(tmp_path):
    with oidc_provider("microsoft") as there:
        desk = AccountVisit(tmp_path, there, told=("dsl",), **CHILD)
        desk.sign_in("dsl")
        desk.becomes("dsl")
        desk.wait(minutes=11)
        path = desk.context.links.at_desk("s-one")
        assert f'"/sign-in/account?fresh=1&amp;to={path}"' in desk.browser.get(path).text
        assert desk.through(to=path, fresh="1").headers["location"] == path
        assert "read" in buttons_of(desk.browser.get(path))


def test_no_account_is_offered_where_what_was_typed_would_be_lost_by_it(tmp_path):
    with oidc_provider("microsoft") as there:
        desk = AccountVisit(tmp_path, there, told=("dsl",), **CHILD)
        path = desk.path("dsl")
        form = form_of(desk.browser.get(path))
        desk.wait(seconds=5)
        page = desk.browser.post(path, data={**form, "why": "It was at home", "do": "wrong"})
    assert "typed" in form_of(page)
    assert "/sign-in/account" not in page.text


def test_the_account_of_somebody_else_is_no_second_check(desk):
    desk.through()
    desk.becomes("dsl")
    answer = desk.through()
    assert answer.headers["location"] == "/check?refused=other&to=%2F"
    assert [who for who, _ in desk.sessions()] == ["head"]


def test_what_the_browser_kept_is_gone_once_it_came_back(desk):
    desk.go()
    assert len(desk.browser.cookies) == 1
    answer = desk.browser.get("/sign-in/return", params={"state": "another", "code": "another"})
    assert answer.headers["location"] == "/sign-in?refused=state&to=%2F"
    assert len(desk.browser.cookies) == 0


def test_another_browser_cannot_come_back_in_its_place(desk):
    back = desk.there.come_back(desk.go().headers["location"])
    answer = desk.another().get("/sign-in/return", params=back)
    assert answer.headers["location"].startswith("/sign-in?refused=state")
    assert desk.sessions() == []


def test_somebody_whom_the_settings_do_not_name_is_told_so(desk):
    desk.there.claims["preferred_username"] = "other@oakfield.example.org"
    page = desk.browser.get(desk.through().headers["location"])
    assert words("en")("desk.refused.nobody") in words_of(page)
    assert desk.sessions() == []


def test_a_browser_is_sent_back_to_no_other_site(desk):
    for to in ("https://other.example.org/", "//other.example.org", "/\\other.example.org"):
        location = urlsplit(desk.through(to=to).headers["location"])
        assert (location.netloc, location.path) == ("", "/")
        desk.browser.cookies.clear()


def test_every_refusal_is_said(desk):
    for refusal in SignInRefusal:
        page = desk.browser.get(f"/sign-in?refused={refusal}")
        assert words("en")(f"desk.refused.{refusal}") in words_of(page)
    assert "role=" not in desk.browser.get("/sign-in?refused=<script>").text.partition("<main")[2]


def test_without_such_a_sign_in_none_is_offered(desk):
    desk.context = replace(desk.context, config=replace(desk.context.config, sign_in=None))
    assert "/sign-in/account" not in desk.browser.get("/sign-in").text
    assert desk.go().headers["location"] == "/sign-in?refused=set_up&to=%2F"
    (other,) = (OpenDesk(desk.store.home.parent / "other"),)
    for path in ("/sign-in/account", "/sign-in/return"):
        assert "refused=set_up" in other.browser.get(path).headers["location"]


def test_google_is_offered_to_sign_in_and_not_to_prove_it_anew(tmp_path):
    with oidc_provider("google") as there:
        desk = AccountVisit(tmp_path, there)
        there.claims["email"] = desk.address("head")
        assert "/sign-in/account" in desk.browser.get("/sign-in").text
        assert desk.through().headers["location"] == "/"
        assert "/sign-in/account" not in desk.browser.get("/check").text


def test_a_code_that_comes_too_late_signs_nobody_in(desk):
    back = desk.there.come_back(desk.go().headers["location"])
    desk.wait(minutes=10, seconds=1)
    answer = desk.browser.get("/sign-in/return", params=back)
    assert "refused=expired" in answer.headers["location"] or "refused=state" in answer.headers["location"]
    assert desk.clock() - desk.there.now > timedelta()


def test_the_service_sends_a_browser_to_the_provider_that_the_settings_name(desk, monkeypatch):
    asked = []
    fetcher = fetcher_for(desk.there.site, obey_robots=False)
    monkeypatch.setattr(providers, "MICROSOFT", str(desk.there.site))
    monkeypatch.setattr(
        "monitor.home.wiring.fetcher", lambda config, **given: asked.append(given) or nullcontext(fetcher)
    )
    config = replace(desk.context.config, serve=ServeSettings(listen="127.0.0.1:0"))
    desk.context = replace(desk.context, config=config)
    web = page_web(desk.store, lambda: desk.context, desk.clock)
    web.start()
    try:
        at = f"http://127.0.0.1:{web.port}/sign-in/account"
        answer = requests.get(at, allow_redirects=False, timeout=5)
    finally:
        web.stop()
    assert answer.headers["location"].startswith(f"{desk.there.site}/authorize?")
    assert [(one["obey_robots"], one["limits"].max_redirects) for one in asked] == [(False, 0)]
