"""Signing in to the desk by a code or a passkey: who gets in, and what nobody learns at the door."""

import html
import json
import re
import statistics
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.account_visit import AccountVisit, SoftPasskey
from builders.desk import OpenDesk, come
from builders.home import do_in, rows_of
from builders.mention import NOW, Clock
from builders.page import BASE, STREET, form_of, words_of
from starlette.testclient import TestClient
from support.for_each import for_each
from support.oidc_provider import oidc_provider

from alerts.notices.book import Book, Look, matter, note_look
from data.store.service import DeskSession, Device, end
from data.words.say import words
from monitor.desk import app, page
from monitor.desk import page as of_strangers
from monitor.desk.matter import page as codes
from monitor.desk.matter.page import Codes
from monitor.desk.page import Pace, Strangers
from monitor.desk.sign_in import way_back
from monitor.service.health import Health
from monitor.service.serve import page_web, serve_desk, watch_guesses


@pytest.fixture
def desk(tmp_path):
    return OpenDesk(tmp_path)


def at_home(desk, browser=None):
    """Is that browser let in?"""
    return (browser or desk.browser).get("/sign-out").status_code == 200


def test_the_code_that_was_mailed_signs_in_the_browser_that_asked_and_no_other(desk):
    asked, other = form_of(desk.ask_for_code(desk.address("head"))), desk.another()
    sent = {**asked, "code": desk.code(), "do": "prove"}
    assert other.post("/sign-in", data=sent).status_code == 403
    assert not at_home(desk, other)
    answer = desk.browser.post("/sign-in", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Jane Holt" in desk.browser.get("/").text
    assert desk.audited("signed_in") == [("signed_in", "head", "head")]


def test_an_address_that_was_pasted_with_what_is_not_seen_is_sent_its_code(desk):
    before = len(desk.mailed)
    desk.ask_for_code(f"\u200b{desk.address('head')}\u00a0".replace("@", "＠"), desk.another())
    assert [mail.person_id for mail in desk.mailed[before:]] == ["head"]


def test_what_a_browser_keeps_is_stored_as_a_hash_and_out_of_reach_of_scripts(desk):
    visit = desk.browser.get("/sign-in").headers["set-cookie"]
    assert visit.startswith("__Host-visit=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} == set(visit.split("; ")[1:])
    assert "set-cookie" not in desk.browser.get("/sign-in").headers
    given = desk.sign_in("head").headers.get_list("set-cookie")
    (cookie,) = [one for one in given if one.startswith("__Host-desk=")]
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert not {"domain", "max-age"} & {part.partition("=")[0].lower() for part in cookie.split("; ")}
    (stored,) = rows_of(desk.store, "SELECT id_hash FROM sessions")[0]
    assert stored not in cookie
    assert desk.browser.cookies["__Host-desk"] not in stored


def test_an_address_that_nobody_has_is_answered_and_paced_as_one_that_somebody_has(desk):
    pages = {}
    for address in (desk.address("head"), "hold@example.org"):
        browser = desk.another()
        page = desk.ask_for_code(address, browser)
        said = page.text.replace(address, "").replace(form_of(page)["form"], "")
        tried = {"code": "000000" if address[:4] == "hold" else "wrong", "do": "prove"}
        refused = browser.post("/sign-in", data={**form_of(page), **tried})
        answers = [desk.ask_for_code(address, browser).status_code for _ in range(6)]
        pages[address] = (said, page.headers.keys(), refused.status_code, answers)
    assert pages[desk.address("head")] == pages["hold@example.org"]
    assert pages["hold@example.org"][2:] == (403, [200] * 4 + [403] * 2)
    assert {mail.person_id for mail in desk.mailed} == {"head"}


def test_an_address_that_nobody_has_costs_as_much_time_as_one_that_somebody_has(desk):
    took = {desk.address("head"): [], "hold@example.org": []}
    for n in range(8):
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
    page_web(serve_desk(desk.store, lambda: desk.context, desk.clock), desk.context.config.serve)
    desk.browser = TestClient(given[0], base_url=BASE, client=("127.0.0.1", 5000))
    page = desk.ask_for_code(desk.address("head"))
    assert (page.status_code, sent) == (200, [])
    answered.set()


HELD = (
    (Device.SHARED, {"minutes": 14, "seconds": 59}, {}, True),
    (Device.SHARED, {"minutes": 15}, {}, False),
    (Device.SHARED, {"hours": 11, "minutes": 59}, {"hours": 11, "minutes": 50}, True),
    (Device.SHARED, {"hours": 12}, {"hours": 11, "minutes": 50}, False),
    (Device.FOR_A_DAY, {"hours": 11, "minutes": 59}, {}, True),
    (Device.FOR_A_DAY, {"hours": 12}, {}, False),
    (Device.OWN, {"days": 29, "hours": 23}, {}, True),
    (Device.OWN, {"days": 30}, {"days": 29}, False),
    (Device.OWN, {"minutes": -2}, {}, True),
    (Device.OWN, {"minutes": -2, "seconds": -1}, {}, False),
)
"""Whose the browser is, how long ago it was signed in, after how long it was last here, whether it holds."""


@for_each(("device", "after", "seen", "held"), HELD)
def test_a_browser_of_ones_own_is_remembered_and_one_that_others_use_is_not(device, after, seen, held):
    kept = DeskSession("x", "head", "", device, NOW, NOW + timedelta(**seen))
    assert kept.holds(NOW + timedelta(**after)) is held


def test_a_session_goes_on_while_its_browser_is_here_and_that_is_written_each_three_minutes(desk):
    desk.sign_in("head")
    before = desk.read("SELECT seen_at FROM sessions")
    desk.wait(minutes=2, seconds=59)
    assert at_home(desk)
    assert desk.read("SELECT seen_at FROM sessions") == before
    for _ in range(2):
        desk.wait(minutes=11)
        assert at_home(desk)
    desk.wait(minutes=15)
    assert not at_home(desk)


def test_a_session_is_of_whoever_keeps_their_address_and_a_school_and_of_nobody_who_has_their_id(desk):
    kept = come(desk, "head").cookies["__Host-desk"]
    before = desk.context

    def found():
        with desk.store.open_reader() as con:
            return page.find_signed_in(con, desk.context.config, kept, desk.clock()) is not None

    for given, stays in (
        ({"email": "HEAD@Example.Org"}, True),
        ({"name": "Jane Holt-Reed"}, True),
        ({"account": "j.holt@example.org"}, True),
        ({"name": "Ash Newcomer", "email": "new@example.org"}, False),
        ({"name": "Ash Newcomer", "email": None}, False),
        ({"urns": ("999999",)}, False),
    ):
        desk.rename("head", **given)
        assert found() is stays, given
        desk.context = before
    desk.without("head")
    assert not found()


def test_signing_out_ends_the_session_and_clears_all_that_the_browser_kept_but_its_mark(desk):
    desk.sign_in("head")
    kept = desk.browser.cookies["__Host-desk"]
    answer = desk.browser.post("/sign-out", data={**form_of(desk.browser.get("/sign-out")), "do": "here"})
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert ("__Host-desk" in desk.browser.cookies, "__Host-known" in desk.browser.cookies) == (False, True)
    desk.browser.cookies.set("__Host-desk", kept)
    assert not at_home(desk)


def test_a_lost_telephone_is_signed_out_from_another_device(desk):
    telephone, here = come(desk, "head"), come(desk, "head")
    here.post("/sign-out", data={**form_of(here.get("/sign-out")), "do": "all"})
    assert desk.sessions() == []
    assert not at_home(desk, telephone)


def test_a_session_that_was_ended_meanwhile_is_not_begun_anew(desk):
    kept = come(desk, "head").cookies["__Host-desk"]
    with desk.store.write("test") as con:
        who = page.find_signed_in(con, desk.context.config, kept, desk.clock())
        end(con, who.session, desk.clock())
        page.begin_session(con, who.person, Device.OWN, desk.clock(), who)
    assert desk.sessions() == []


def test_nobody_is_signed_in_or_mailed_by_a_form_that_their_browser_was_not_shown(desk):
    asked = form_of(desk.ask_for_code(desk.address("head")))
    sent = {**asked, "code": desk.code(), "do": "prove"}
    theirs = form_of(desk.another().get("/sign-in"))["form"]
    for form in ({}, {"form": ""}, {"form": "0" * 32}, {"form": "é"}, {"form": theirs}):
        refused = desk.browser.post("/sign-in", data={k: v for k, v in sent.items() if k != "form"} | form)
        assert refused.status_code == 403, form
    assert not at_home(desk)
    asks = {"form": theirs, "address": desk.address("head"), "do": "send_code"}
    assert desk.browser.post("/sign-in", data=asks).status_code == 403
    assert len(desk.mailed) == 1
    assert desk.browser.post("/sign-in", data=sent).status_code == 303


def test_who_asks_too_often_waits_and_the_others_of_the_school_do_not(desk, monkeypatch):
    monkeypatch.setattr(page, "MOST", 3)
    address, first, second = desk.context.links.at_desk("s-one"), come(desk, "head"), come(desk, "head")
    answers = [browser.get(address).status_code for _ in range(4) for browser in (first, second)]
    assert answers == [200] * 6 + [429] * 2
    assert come(desk, "dsl").get("/sign-out").status_code == 200


def test_nobody_signs_in_over_an_open_line(desk):
    links = replace(desk.context.links, base_url="http://schoolgate.example.org")
    desk.context = replace(desk.context, links=links)
    answer = desk.browser.get("/sign-in")
    assert (answer.status_code, "https" in words_of(answer)) == (403, True)


def test_after_signing_in_nobody_is_led_to_another_site():
    wrong = ("//evil.example", "/\\evil.example", "https://evil.example", "/a?b=//evil", "javascript:1", "")
    assert {way_back(to) for to in wrong} == {"/"}
    assert way_back("/m/s/abc") == "/m/s/abc"


def test_sign_out_stands_by_its_name_on_every_page(desk):
    browser = come(desk, "head")
    for path in ("/", "/tell", "/people", "/code"):
        assert '<a href="/sign-out">Sign out</a>' in browser.get(path).text


# ----------------------------- how often something may be asked, by whom, and what strangers cannot use up


def test_what_is_asked_for_too_often_waits_and_nothing_else_does():
    asked = Pace(2, timedelta(hours=1))
    assert [asked.allows("a", NOW) for _ in range(3)] == [True, True, False]
    assert asked.allows("b", NOW)
    assert not asked.allows("a", NOW + timedelta(minutes=59))
    assert asked.allows("a", NOW + timedelta(hours=1))


def test_however_many_ask_no_more_are_counted_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(page, "_MOST_KEPT", 3)
    asked = Pace(1)
    assert all(asked.allows(f"host {n}", NOW) for n in range(50))
    assert len(asked._asked) == 3
    assert not asked.allows("host 49", NOW)


def test_of_addresses_that_anybody_types_no_more_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(codes, "MOST_KEPT", 3)
    kept = Codes()
    for n in range(10):
        kept.new(bytes([n]), NOW)
    assert (len(kept._sent), len(kept._waiting)) == (3, 3)


def test_strangers_type_fifty_wrong_codes_from_a_host_and_two_hundred_together_in_six_hours():
    found = Strangers()
    for _ in range(50):
        assert found.may_type("a", NOW)
        found.note_guess("a", NOW)
    assert (found.may_type("a", NOW), found.may_type("b", NOW), found.may_ask("a", NOW)) == (
        False,
        True,
        True,
    )
    for n in range(150):
        assert found.may_type("z", NOW), n
        found.note_guess("" if n % 2 else f"h{n}", NOW + timedelta(minutes=1))
    assert (found.may_type("z", NOW), found.may_ask("z", NOW)) == (False, False)
    assert not found.may_type("", NOW + timedelta(hours=5, minutes=59))
    assert found.may_type("a", NOW + timedelta(hours=6))


def test_strangers_at_a_host_ask_for_and_show_three_hundred_an_hour_and_those_of_no_host_ask_on():
    found = Strangers()
    for may in (found.may_ask, found.may_prove):
        assert [may("a", NOW) for _ in range(302)] == [True] * 300 + [False] * 2
        assert (may("b", NOW), may("a", NOW + timedelta(hours=1))) == (True, True)
    assert all(found.may_ask("", NOW) for _ in range(302))


HOSTS = [f"203.0.113.{n}" for n in range(1, 11)]


def ask(desk, who="head", host=HOSTS[0], browser=None):
    """What is answered to somebody there who asks for a code."""
    address = desk.address(who) if "@" not in who else who
    return desk.ask_for_code(address, browser or desk.another(host)).status_code


def use_up(desk, who="head"):
    """Strangers ask for that person's codes until there are no more: two, each from another host."""
    assert [ask(desk, who, host) for host in HOSTS[1:4]] == [200, 200, 403]


@pytest.fixture
def few_codes(monkeypatch):
    monkeypatch.setattr(codes, "DAY_SENDS", 1)
    monkeypatch.setattr(codes, "OF_A_PERSON", 2)


def signed_out(desk):
    desk.browser.cookies.delete("__Host-desk")


def test_strangers_cannot_use_up_the_codes_of_a_browser_that_its_people_signed_in_from(desk, few_codes):
    for who in ("head", "dsl"):
        desk.sign_in(who)
        signed_out(desk)
    assert not at_home(desk)  # the mark signs nobody in
    for who in ("head", "dsl"):
        use_up(desk, who)
        assert desk.sign_in(who).status_code == 303, who
        signed_out(desk)
    kept = desk.browser.cookies["__Host-known"]
    mark = desk.context.links.unseal("known", kept.split(".")[0])
    assert (len(mark), b"dsl" in mark) == (24, False)
    for forged in ("a" * len(kept), kept[:20], "", "." * 9):
        browser = desk.another()
        browser.cookies.set("__Host-known", forged)
        assert ask(desk, browser=browser) == 403, forged
    desk.rename("head", email="new@example.org")
    use_up(desk)
    assert ask(desk, browser=desk.browser) == 403  # of whoever has their id next it is no mark


def test_a_browser_that_signed_in_by_an_account_is_known_too(tmp_path, few_codes):
    with oidc_provider("microsoft") as there:
        desk = AccountVisit(tmp_path, there)
        desk.through()
        signed_out(desk)
        use_up(desk)
        assert desk.sign_in("head").status_code == 303


def test_whoever_signs_in_by_accounts_without_end_waits_and_so_does_the_provider(tmp_path, monkeypatch):
    monkeypatch.setattr(app, "_SIGN_INS_OF_ONE_HOST", 2)
    with oidc_provider("microsoft") as there:
        desk = AccountVisit(tmp_path, there)
        answers = [desk.another().get("/sign-in/account").status_code for _ in range(3)]
        assert answers == [303] * 2 + [429]
        assert desk.another(HOSTS[1]).get("/sign-in/account").status_code == 303


def test_a_wrong_code_of_a_stranger_counts_where_one_waits_and_closes_that_host_out(desk, monkeypatch):
    monkeypatch.setattr(of_strangers, "MOST_WRONG_OF_HOST", 3)

    def guess(browser, times):
        """What is answered to wrong codes; any address does."""
        sent = form_of(desk.ask_for_code("nobody@example.org", browser)) | {"code": "wrong", "do": "prove"}
        return [browser.post("/sign-in", data=sent).status_code for _ in range(times)]

    desk.sign_in("head")
    signed_out(desk)
    known = form_of(desk.ask_for_code(desk.address("head")))
    for code in ("wrong", "wrong", "wrong", desk.code()):  # of one that was signed in before none counts
        answer = desk.browser.post("/sign-in", data={**known, "code": code, "do": "prove"})
    assert answer.status_code == 303
    assert desk.sign_in("head", desk.another()).status_code == 303
    assert guess(desk.another(), 3) == [403] * 3
    stranger = desk.another()
    form = form_of(desk.ask_for_code(desk.address("dsl"), stranger))
    shut = stranger.post("/sign-in", data={**form, "code": desk.code(), "do": "prove"})
    assert words("en")("desk.sign_in.often") in words_of(shut)
    assert desk.sign_in("dsl", desk.another(HOSTS[1])).status_code == 303


def test_it_is_told_that_strangers_guess_once_and_without_an_address():
    clock = Clock()
    strangers, health = Strangers(), Health(clock())
    for _ in range(200):
        watch_guesses(strangers, health, clock)
        assert health.troubles(clock()) == ()
        strangers.note_guess("", clock())
    watch_guesses(strangers, health, clock)
    (trouble,) = health.troubles(clock())
    assert (trouble.work, trouble.why) == ("codes", "guessing")
    clock.at += timedelta(minutes=15)
    watch_guesses(strangers, health, clock)
    fails = [each for each in health.troubles(clock()) if each.work == "codes"]
    book = note_look(Book(waiting=(trouble,)), Look(fails), clock())
    assert [matter(t) for n in book.notices for t in n.troubles] == ["codes"]
    clock.at += timedelta(hours=6)
    watch_guesses(strangers, health, clock)
    assert "codes" not in {each.work for each in health.troubles(clock())}


# ------------------------------------------------------------------ passkeys: made, used, refused, removed


ORIGIN, SITE = "https://schoolgate.example.org", "schoolgate.example.org"


@pytest.fixture
def own_desk(tmp_path):
    own_desk = OpenDesk(tmp_path, **STREET)
    come(own_desk, "head", own_desk.browser)
    return own_desk


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
    return rows_of(desk.store, "SELECT person_id, name, signed FROM credentials")


def test_one_that_was_made_signs_in_does_the_second_check_and_its_person_is_mailed_of_it(own_desk):
    key, made = make(own_desk)
    assert "The passkey is made." in made.text
    key.signed = 2
    assert sign_in(own_desk, key).status_code == 303
    assert passkeys(own_desk) == [("head", "my phone", 2)]
    assert own_desk.audited("passkey_made", "passkey_used") == [
        ("passkey_made", "head", "head"), ("passkey_used", "head", "head"),
    ]  # fmt: skip
    ((person, subject, body),) = own_desk.read(
        "SELECT person_id, subject, body FROM outbox WHERE kind = 'account'"
    )
    assert (person, subject) == ("head", "A passkey was made for your sign-in")
    assert "“my phone”" in body
    assert "Sign out everywhere" in body
    own_desk.wait(minutes=11)
    assert "data-options" not in own_desk.browser.get("/passkeys").text  # ten minutes after the last proof
    page = own_desk.browser.get("/check")
    key.signed = 3
    given = {"form": form_of(page)["form"], "do": "passkey", "to": "/passkeys"}
    answer = own_desk.browser.post("/check", data={**given, "credential": key.prove(options_of(page))})
    assert answer.headers["location"] == "/passkeys"
    assert 'data-passkey="make"' in own_desk.browser.get("/passkeys").text


def test_none_is_made_for_another_site_by_who_was_not_asked_or_where_others_sit(own_desk):
    for wrong in ({"origin": "https://evil.example"}, {"verified": False}):
        assert make(own_desk, **wrong)[1].status_code == 403
    assert passkeys(own_desk) == []
    shared = own_desk.another()
    own_desk.sign_in("dsl", shared)
    assert "data-options" not in shared.get("/passkeys").text


def test_a_wrong_answer_signs_nobody_in_and_is_no_guess_of_a_code(own_desk, monkeypatch):
    monkeypatch.setattr(Strangers, "note_guess", lambda *_: pytest.fail("counted as a guess"))
    key, _ = make(own_desk)
    for wrong in (
        {"origin": "https://evil.example"}, {"site": "evil.example"}, {"verified": False}, {"signed": 1},
        {"answer": "{}"}, {"answer": '{"id": "\\ud800"}'},
    ):  # fmt: skip
        right = {"origin": ORIGIN, "site": SITE, "verified": True, "signed": 2}
        vars(key).update(right | {name: said for name, said in wrong.items() if name != "answer"})
        answer = sign_in(own_desk, key, answer=wrong.get("answer"))
        assert answer.status_code == 403, wrong
        assert "That passkey did not work." in answer.text
        assert bool(own_desk.audited("passkey_refused")) == ("signed" in wrong or "answer" in wrong), wrong
    assert len(own_desk.audited("passkey_refused")) == 1
    monkeypatch.setattr(Strangers, "may_prove", lambda *_: False)
    vars(key).update({"verified": True, "signed": 2})
    assert words("en")("desk.sign_in.often") in words_of(sign_in(own_desk, key))


def test_an_answer_is_good_once_in_its_own_browser_and_for_five_minutes(own_desk):
    key, _ = make(own_desk)
    key.signed, browser = 0, own_desk.another()
    do_in(own_desk.store, lambda con: con.execute("UPDATE credentials SET signed = 0"))
    page = browser.get("/sign-in")
    answer = key.prove(options_of(page))
    assert sign_in(own_desk, key, answer=answer).status_code == 403
    given = {"form": form_of(page)["form"], "do": "passkey", "device": "own", "to": "/"}
    assert browser.post("/sign-in", data={**given, "credential": answer}).status_code == 303
    browser.cookies.delete("__Host-desk")
    assert browser.post("/sign-in", data={**given, "credential": answer}).status_code == 403
    late = key.prove(options_of(browser.get("/sign-in")))
    own_desk.wait(minutes=6)
    assert sign_in(own_desk, key, browser, late).status_code == 403


def test_another_persons_passkey_does_nobodys_second_check_and_is_not_theirs_to_remove(own_desk):
    key, made = make(own_desk)
    key.signed, other = 2, come(own_desk, "dsl")
    page = other.get("/check")
    assert "data-options" not in page.text
    given = {"form": form_of(page)["form"], "do": "passkey", "to": "/"}
    proof = key.prove(options_of(own_desk.browser.get("/check")))
    assert other.post("/check", data={**given, "credential": proof}).status_code == 403
    one = re.search(r'name="passkey" value="([^"]+)"', made.text)[1]
    given = form_of(made) | {"do": "remove", "passkey": one}
    other.post("/passkeys", data={**given, "form": form_of(other.get("/passkeys"))["form"]})
    assert len(passkeys(own_desk)) == 1
    assert (
        "The passkey is removed and no longer works." in own_desk.browser.post("/passkeys", data=given).text
    )
    assert passkeys(own_desk) == []
    assert "data-options" not in own_desk.another().get("/sign-in").text


def test_who_is_removed_or_has_another_address_is_out_at_once(own_desk):
    key, _ = make(own_desk)
    key.signed, before = 2, own_desk.context
    own_desk.rename("head", email="other@example.org")
    assert sign_in(own_desk, key).status_code == 403
    own_desk.context = before
    own_desk.without("head")
    assert sign_in(own_desk, key).status_code == 403


def test_it_is_offered_once_where_the_browser_may_have_one(own_desk):
    browser = own_desk.another()
    first = own_desk.sign_in("dsl", browser, device="own", able="1")
    assert first.headers["location"].startswith("/passkeys?first=1")
    assert "Not now" in browser.get(first.headers["location"]).text
    browser.cookies.delete("__Host-desk")
    assert own_desk.sign_in("dsl", browser, device="own", able="1").headers["location"] == "/"
