"""Passkeys at the desk: made, used, refused, removed."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime

import pytest
from builders.desk import OpenDesk
from builders.page import STREET, form_of
from builders.passkey import SoftPasskey

from monitor.desk import pace
from monitor.desk.sign_in.strangers import Strangers

ORIGIN, SITE = "https://schoolgate.example.org", "schoolgate.example.org"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setattr(pace, "MOST", 10**6)
    desk = OpenDesk(tmp_path, **STREET)
    desk.sign_in("head", device="own")
    return desk


def options_of(page):
    return json.loads(html.unescape(re.search(r'data-options="([^"]+)"', page.text)[1]))


def make(desk, name="my phone", **how):
    page = desk.browser.get("/passkeys")
    key = SoftPasskey(name, how.pop("origin", ORIGIN), SITE)
    key.verified = how.pop("verified", True)
    form = {"form": form_of(page)["form"], "do": "make", "name": name}
    return key, desk.browser.post("/passkeys", data={**form, "credential": key.make(options_of(page))})


def sign_in(desk, key, browser=None, answer=None):
    browser = browser or desk.another()
    page = browser.get("/sign-in")
    given = {"form": form_of(page)["form"], "do": "passkey", "device": "own", "to": "/"}
    return browser.post("/sign-in", data={**given, "credential": answer or key.prove(options_of(page))})


def passkeys(desk):
    with desk.store.read() as con:
        return con.execute("SELECT person_id, name, signed FROM credentials").fetchall()


def test_one_that_was_made_on_ones_own_device_signs_in(desk) -> None:
    key, made = make(desk)
    assert "The passkey is made." in made.text
    key.signed = 2
    assert sign_in(desk, key).status_code == 303
    assert passkeys(desk) == [("head", "my phone", 2)]
    assert desk.audited("passkey_made", "passkey_used") == [
        ("passkey_made", "head", "head"), ("passkey_used", "head", "head"),
    ]  # fmt: skip


def test_it_does_the_second_check(desk) -> None:
    key, _ = make(desk)
    desk.wait(minutes=11)
    page = desk.browser.get("/check")
    key.signed = 2
    given = {"form": form_of(page)["form"], "do": "passkey", "to": "/passkeys"}
    answer = desk.browser.post("/check", data={**given, "credential": key.prove(options_of(page))})
    assert answer.headers["location"] == "/passkeys"
    assert 'data-passkey="make"' in desk.browser.get("/passkeys").text


@pytest.mark.parametrize(
    "wrong", [{"origin": "https://evil.example"}, {"verified": False}], ids=["another site", "nobody asked"]
)
def test_none_is_made_for_another_site_or_by_who_was_not_asked(desk, wrong) -> None:
    _, answer = make(desk, **wrong)
    assert answer.status_code == 403
    assert passkeys(desk) == []


def test_a_wrong_answer_is_no_guess_of_a_code_and_has_a_limit_of_its_own(desk, monkeypatch) -> None:
    monkeypatch.setattr(Strangers, "guessed", lambda *_: pytest.fail("counted as a guess"))
    key, _ = make(desk)
    assert sign_in(desk, key, answer="{}").status_code == 403
    among, now = Strangers(), datetime(2026, 11, 22, tzinfo=UTC)
    shown = [among.may_prove("198.51.100.7", now) for _ in range(301)]
    assert (sum(shown), shown[-1], among.may_type("198.51.100.7", now)) == (300, False, True)


@pytest.mark.parametrize("wrong", ["origin", "site", "verified", "count", "malformed", "no text"])
def test_a_wrong_answer_signs_nobody_in(desk, wrong) -> None:
    key, _ = make(desk)
    key.signed = 2
    if wrong == "origin":
        key.origin = "https://evil.example"
    elif wrong == "site":
        key.site = "evil.example"
    elif wrong == "verified":
        key.verified = False
    elif wrong == "count":
        key.signed = 1
    answer = sign_in(desk, key, answer={"malformed": "{}", "no text": '{"id": "\\ud800"}'}.get(wrong))
    assert answer.status_code == 403
    assert "That passkey did not work." in answer.text
    assert bool(desk.audited("passkey_refused")) == (wrong == "count")


def test_an_answer_is_good_once_and_in_its_own_browser(desk) -> None:
    key, _ = make(desk)
    key.signed, browser = 0, desk.another()
    with desk.store.write("a passkey that does not count") as con:
        con.execute("UPDATE credentials SET signed = 0")
    page = browser.get("/sign-in")
    answer = key.prove(options_of(page))
    assert sign_in(desk, key, answer=answer).status_code == 403
    given = {"form": form_of(page)["form"], "do": "passkey", "device": "own", "to": "/"}
    assert browser.post("/sign-in", data={**given, "credential": answer}).status_code == 303
    browser.cookies.delete("__Host-desk")
    assert browser.post("/sign-in", data={**given, "credential": answer}).status_code == 403


def test_a_challenge_is_over_after_five_minutes(desk) -> None:
    key, _ = make(desk)
    key.signed, browser = 2, desk.another()
    page = browser.get("/sign-in")
    desk.wait(minutes=6)
    assert sign_in(desk, key, browser, key.prove(options_of(page))).status_code == 403


def test_another_persons_passkey_does_nobodys_second_check(desk) -> None:
    key, _ = make(desk)
    key.signed, other = 2, desk.another()
    desk.sign_in("dsl", other, device="own")
    page = other.get("/check")
    assert "data-options" not in page.text
    challenge = desk.browser.get("/check")
    given = {"form": form_of(page)["form"], "do": "passkey", "to": "/"}
    sent = other.post("/check", data={**given, "credential": key.prove(options_of(challenge))})
    assert sent.status_code == 403


def test_who_is_removed_or_has_another_address_is_out_at_once(desk) -> None:
    key, _ = make(desk)
    key.signed = 2
    desk.rename("head", email="other@example.org")
    assert sign_in(desk, key).status_code == 403
    desk.without("head")
    assert sign_in(desk, key).status_code == 403


def test_none_is_made_ten_minutes_after_the_last_proof_or_where_others_sit(desk) -> None:
    desk.wait(minutes=11)
    assert "data-options" not in desk.browser.get("/passkeys").text
    shared = desk.another()
    desk.sign_in("dsl", shared)
    assert "data-options" not in shared.get("/passkeys").text


def test_one_that_was_removed_signs_nobody_in_and_nobody_removes_anothers(desk) -> None:
    key, made = make(desk)
    key.signed, other = 2, desk.another()
    given = form_of(made) | {
        "do": "remove",
        "passkey": re.search(r'name="passkey" value="([^"]+)"', made.text)[1],
    }
    desk.sign_in("dsl", other, device="own")
    theirs = form_of(other.get("/passkeys"))
    other.post("/passkeys", data={**given, "form": theirs.get("form", "")})
    assert len(passkeys(desk)) == 1
    assert "The passkey is removed." in desk.browser.post("/passkeys", data=given).text
    assert passkeys(desk) == []
    assert "data-options" not in desk.another().get("/sign-in").text


def test_it_is_offered_once_where_the_browser_may_have_one(desk) -> None:
    browser = desk.another()
    first = desk.sign_in("dsl", browser, device="own", able="1")
    assert first.headers["location"].startswith("/passkeys?first=1")
    assert "Not now" in browser.get(first.headers["location"]).text
    browser.cookies.delete("__Host-desk")
    assert desk.sign_in("dsl", browser, device="own", able="1").headers["location"] == "/"


def test_whoever_a_passkey_is_made_for_is_mailed_that_so_that_a_strangers_is_noticed(desk) -> None:
    make(desk, "a borrowed phone")
    with desk.store.read() as con:
        ((person, subject, body),) = con.execute(
            "SELECT person_id, subject, body FROM outbox WHERE kind = 'account'"
        ).fetchall()
    assert (person, subject) == ("head", "A passkey was made for your sign-in")
    assert "“a borrowed phone”" in body
    assert "Sign out everywhere" in body
