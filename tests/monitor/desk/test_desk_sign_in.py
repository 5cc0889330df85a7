"""Signing in to the desk by a code or a passkey: who gets in, and what nobody learns at the door."""

from __future__ import annotations

import html
import json
import re
import statistics
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.account_visit import AccountVisit
from builders.desk import OpenDesk
from builders.home import rows_of
from builders.mention import NOW
from builders.page import BASE, STREET, form_of, words_of
from builders.passkey import SoftPasskey
from starlette.testclient import TestClient
from support.oidc_provider import oidc_provider

from alerts.notices.book import Book, Look, looked, matter
from data.store.service.sessions import Device, end
from data.words.say import words
from monitor.desk import edge, session
from monitor.desk.edge import Pace
from monitor.desk.matter import codes
from monitor.desk.sign_in.code import way_back
from monitor.desk.sign_in.strangers import Strangers
from monitor.service.serve import page_web, watch_guesses
from monitor.service.state.health import Health


@pytest.fixture
def desk(tmp_path):
    return OpenDesk(tmp_path)


def at_home(desk, browser=None):
    """Is that browser shown Today?"""
    return (browser or desk.browser).get("/").status_code == 200


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
        end(con, who.session, desk.clock())
        session.begin(con, who.person, Device.OWN, desk.clock(), who)
    assert desk.sessions() == []


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


def test_who_asks_too_often_waits_and_the_others_of_the_school_do_not(desk):
    desk.sign_in("head")
    colleague = desk.another()
    desk.sign_in("dsl", colleague)
    answers = [desk.browser.get("/sign-out").status_code for _ in range(31)]
    assert answers == [*[200] * 30, 429]
    assert colleague.get("/sign-out").status_code == 200


def test_what_a_browser_keeps_is_stored_as_a_hash_and_out_of_reach_of_scripts(desk):
    given = desk.sign_in("head").headers.get_list("set-cookie")
    (cookie,) = [one for one in given if one.startswith("__Host-desk=")]
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert not {"domain", "max-age"} & {part.partition("=")[0].lower() for part in cookie.split("; ")}
    (stored,) = rows_of(desk.store, "SELECT id_hash FROM sessions")[0]
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


def test_reading_a_page_writes_at_most_each_three_minutes(desk):
    desk.sign_in("head")
    before = rows_of(desk.store, "SELECT seen_at FROM sessions")
    desk.clock.at += timedelta(minutes=2)
    desk.browser.get("/")
    assert rows_of(desk.store, "SELECT seen_at FROM sessions") == before


def test_signing_out_clears_what_the_browser_kept_but_its_mark(desk):
    desk.sign_in("head")
    answer = desk.browser.post("/sign-out", data={**form_of(desk.browser.get("/sign-out")), "do": "here"})
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


def test_sign_out_stands_by_its_name_on_every_page(desk):
    desk.sign_in("head")
    for path in ("/", "/tell", "/people", "/code"):
        assert '<a href="/sign-out">Sign out</a>' in desk.browser.get(path).text


# ----------------------------- how often something may be asked, by whom, and what strangers cannot use up


def test_what_is_asked_for_too_often_waits_and_nothing_else_does():
    asked = Pace(2, timedelta(hours=1))
    assert [asked.allows("a", NOW) for _ in range(3)] == [True, True, False]
    assert asked.allows("b", NOW)
    assert not asked.allows("a", NOW + timedelta(minutes=59))
    assert asked.allows("a", NOW + timedelta(hours=1))


def test_however_many_ask_no_more_are_counted_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(edge, "_MOST_KEPT", 3)
    asked = Pace(1)
    assert all(asked.allows(f"host {n}", NOW) for n in range(50))
    assert len(asked._asked) == 3
    assert not asked.allows("host 49", NOW)


HOSTS = [f"203.0.113.{n}" for n in range(1, 11)]


def ask(desk, who="head", host=HOSTS[0], browser=None):
    """What is answered to somebody there who asks for a code."""
    address = desk.address(who) if "@" not in who else who
    return desk.ask_for_code(address, browser or desk.another(host)).status_code


def use_up(desk, who="head"):
    """Strangers everywhere ask for that person's codes until there are no more."""
    for host in HOSTS:
        while ask(desk, who, host) == 200:
            pass


def signed_out(desk, browser=None):
    (browser or desk.browser).cookies.delete("__Host-desk")


def guess(desk, host=HOSTS[0], address="nobody@example.org", times=5):
    """What is answered to somebody there who types wrong codes; any address does."""
    browser = desk.another(host)
    form = form_of(desk.ask_for_code(address, browser))
    return [
        browser.post("/sign-in", data={**form, "code": "wrong", "do": "prove"}).status_code
        for _ in range(times)
    ]


def test_strangers_cannot_use_up_the_codes_of_a_browser_that_its_person_signed_in_from(desk):
    desk.sign_in("head")
    signed_out(desk)
    use_up(desk)
    assert ask(desk) == 403
    assert desk.sign_in("head").status_code == 303


def test_a_browser_that_signed_in_by_an_account_is_known_too(tmp_path):
    with oidc_provider("microsoft") as there:
        desk = AccountVisit(tmp_path, there)
        desk.through()
        signed_out(desk)
        use_up(desk)
        assert desk.sign_in("head").status_code == 303


def test_what_is_asked_for_from_one_host_is_not_counted_against_another(desk):
    assert [ask(desk) for _ in range(6)] == [200] * 5 + [403]
    assert ask(desk, host=HOSTS[1]) == 200


def test_strangers_have_thirty_codes_a_day_sent_to_one_mailbox_and_no_more(desk):
    for _ in range(24):
        use_up(desk)
        desk.wait(minutes=59)
    assert len(desk.mailed) == 30


def test_a_browser_that_knew_several_people_knows_them_all(desk):
    for who in ("head", "dsl"):
        desk.sign_in(who)
        signed_out(desk)
    for who in ("head", "dsl"):
        use_up(desk, who)
        assert desk.sign_in(who).status_code == 303, who
        signed_out(desk)


def test_the_mark_of_somebody_is_none_of_whoever_has_their_id_next(desk):
    desk.sign_in("head")
    signed_out(desk)
    config = desk.context.config
    people = tuple(replace(p, email="new@example.org") if p.id == "head" else p for p in config.people)
    desk.context = replace(desk.context, config=replace(config, people=people))
    use_up(desk)
    assert ask(desk, browser=desk.browser) == 403


def test_a_mark_that_we_did_not_make_is_none(desk):
    desk.sign_in("head")
    kept = desk.browser.cookies["__Host-known"]
    use_up(desk)
    for forged in ("a" * len(kept), kept[:-8], "", "." * 9, f"{kept}a"):
        browser = desk.another()
        browser.cookies.set("__Host-known", forged)
        assert ask(desk, browser=browser) == 403


def test_a_mark_signs_nobody_in_and_says_nobody_who(desk):
    desk.sign_in("head")
    signed_out(desk)
    assert desk.browser.get("/").status_code == 303
    kept = desk.context.links.unseal("known", desk.browser.cookies["__Host-known"])
    assert (len(kept), b"head" in kept) == (24, False)


def test_whoever_signs_in_by_accounts_without_end_waits_and_so_does_the_provider(tmp_path):
    with oidc_provider("microsoft") as there:
        desk = AccountVisit(tmp_path, there)
        answers = [desk.another().get("/sign-in/account").status_code for _ in range(121)]
        assert answers == [303] * 120 + [429]
        assert desk.another(HOSTS[1]).get("/sign-in/account").status_code == 303


def test_an_address_that_nobody_has_is_paced_as_one_that_somebody_has(desk):
    for who in ("head", "nobody@example.org"):
        answers = [desk.ask_for_code(desk.address(who) if who == "head" else who) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [403] * 2, who


def test_one_host_that_guesses_is_closed_out_and_the_others_are_not(desk):
    for n in range(10):
        guess(desk, address=f"a{n}@example.org")
    assert guess(desk, address="b@example.org", times=1) == [403]
    form = form_of(desk.ask_for_code(desk.address("head")))
    assert words("en")("desk.sign_in.often") in words_of(
        desk.browser.post("/sign-in", data={**form, "code": desk.code(), "do": "prove"})
    )
    assert desk.sign_in("head", desk.another(HOSTS[1])).status_code == 303


def test_few_wrong_codes_each_at_many_addresses_from_many_hosts_close_the_door_to_strangers(desk):
    desk.sign_in("head")
    signed_out(desk)
    for n in range(40):
        guess(desk, HOSTS[n % 10], f"a{n}@example.org")
    assert ask(desk, "dsl", "198.51.100.1") == 403
    assert desk.sign_in("head").status_code == 303
    desk.wait(hours=6)
    assert ask(desk, "dsl", "198.51.100.1") == 200


def test_it_is_told_that_strangers_guess_once_and_without_an_address(desk):
    strangers, health = Strangers(), Health(desk.clock())
    for _ in range(200):
        watch_guesses(strangers, health, desk.clock)
        assert health.troubles(desk.clock()) == ()
        strangers.guessed("", desk.clock())
    watch_guesses(strangers, health, desk.clock)
    (trouble,) = health.troubles(desk.clock())
    assert (trouble.work, trouble.why) == ("codes", "guessing")
    desk.wait(minutes=15)
    watch_guesses(strangers, health, desk.clock)
    fails = [each for each in health.troubles(desk.clock()) if each.work == "codes"]
    book = looked(Book(waiting=(trouble,)), Look(fails), desk.clock())
    assert [matter(t) for n in book.notices for t in n.troubles] == ["codes"]
    desk.wait(hours=6)
    watch_guesses(strangers, health, desk.clock)
    assert "codes" not in {each.work for each in health.troubles(desk.clock())}


def test_those_who_open_one_matter_at_the_desk_do_not_use_up_its_address_for_each_other(desk):
    address = desk.context.links.at_desk("s-one")
    first, second = desk.another(), desk.another()
    for browser in (first, second):
        desk.sign_in("head", browser)
    answers = [browser.get(address).status_code for _ in range(16) for browser in (first, second)]
    assert answers == [200] * 32


# ------------------------------------------------------------------ passkeys: made, used, refused, removed


ORIGIN, SITE = "https://schoolgate.example.org", "schoolgate.example.org"


@pytest.fixture
def own_desk(tmp_path, monkeypatch):
    monkeypatch.setattr(edge, "MOST", 10**6)
    own_desk = OpenDesk(tmp_path, **STREET)
    own_desk.sign_in("head", device="own")
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


def test_one_that_was_made_on_ones_own_device_signs_in(own_desk) -> None:
    key, made = make(own_desk)
    assert "The passkey is made." in made.text
    key.signed = 2
    assert sign_in(own_desk, key).status_code == 303
    assert passkeys(own_desk) == [("head", "my phone", 2)]
    assert own_desk.audited("passkey_made", "passkey_used") == [
        ("passkey_made", "head", "head"), ("passkey_used", "head", "head"),
    ]  # fmt: skip


def test_it_does_the_second_check(own_desk) -> None:
    key, _ = make(own_desk)
    own_desk.wait(minutes=11)
    page = own_desk.browser.get("/check")
    key.signed = 2
    given = {"form": form_of(page)["form"], "do": "passkey", "to": "/passkeys"}
    answer = own_desk.browser.post("/check", data={**given, "credential": key.prove(options_of(page))})
    assert answer.headers["location"] == "/passkeys"
    assert 'data-passkey="make"' in own_desk.browser.get("/passkeys").text


@pytest.mark.parametrize(
    "wrong", [{"origin": "https://evil.example"}, {"verified": False}], ids=["another site", "nobody asked"]
)
def test_none_is_made_for_another_site_or_by_who_was_not_asked(own_desk, wrong) -> None:
    _, answer = make(own_desk, **wrong)
    assert answer.status_code == 403
    assert passkeys(own_desk) == []


def test_a_wrong_answer_is_no_guess_of_a_code_and_has_a_limit_of_its_own(own_desk, monkeypatch) -> None:
    monkeypatch.setattr(Strangers, "guessed", lambda *_: pytest.fail("counted as a guess"))
    key, _ = make(own_desk)
    assert sign_in(own_desk, key, answer="{}").status_code == 403
    among, now = Strangers(), datetime(2026, 11, 22, tzinfo=UTC)
    shown = [among.may_prove("198.51.100.7", now) for _ in range(301)]
    assert (sum(shown), shown[-1], among.may_type("198.51.100.7", now)) == (300, False, True)


@pytest.mark.parametrize("wrong", ["origin", "site", "verified", "count", "malformed", "no text"])
def test_a_wrong_answer_signs_nobody_in(own_desk, wrong) -> None:
    key, _ = make(own_desk)
    key.signed = 2
    if wrong == "origin":
        key.origin = "https://evil.example"
    elif wrong == "site":
        key.site = "evil.example"
    elif wrong == "verified":
        key.verified = False
    elif wrong == "count":
        key.signed = 1
    answer = sign_in(own_desk, key, answer={"malformed": "{}", "no text": '{"id": "\\ud800"}'}.get(wrong))
    assert answer.status_code == 403
    assert "That passkey did not work." in answer.text
    assert bool(own_desk.audited("passkey_refused")) == (wrong == "count")


def test_an_answer_is_good_once_and_in_its_own_browser(own_desk) -> None:
    key, _ = make(own_desk)
    key.signed, browser = 0, own_desk.another()
    with own_desk.store.write("a passkey that does not count") as con:
        con.execute("UPDATE credentials SET signed = 0")
    page = browser.get("/sign-in")
    answer = key.prove(options_of(page))
    assert sign_in(own_desk, key, answer=answer).status_code == 403
    given = {"form": form_of(page)["form"], "do": "passkey", "device": "own", "to": "/"}
    assert browser.post("/sign-in", data={**given, "credential": answer}).status_code == 303
    browser.cookies.delete("__Host-desk")
    assert browser.post("/sign-in", data={**given, "credential": answer}).status_code == 403


def test_a_challenge_is_over_after_five_minutes(own_desk) -> None:
    key, _ = make(own_desk)
    key.signed, browser = 2, own_desk.another()
    page = browser.get("/sign-in")
    own_desk.wait(minutes=6)
    assert sign_in(own_desk, key, browser, key.prove(options_of(page))).status_code == 403


def test_another_persons_passkey_does_nobodys_second_check(own_desk) -> None:
    key, _ = make(own_desk)
    key.signed, other = 2, own_desk.another()
    own_desk.sign_in("dsl", other, device="own")
    page = other.get("/check")
    assert "data-options" not in page.text
    challenge = own_desk.browser.get("/check")
    given = {"form": form_of(page)["form"], "do": "passkey", "to": "/"}
    sent = other.post("/check", data={**given, "credential": key.prove(options_of(challenge))})
    assert sent.status_code == 403


def test_who_is_removed_or_has_another_address_is_out_at_once(own_desk) -> None:
    key, _ = make(own_desk)
    key.signed = 2
    own_desk.rename("head", email="other@example.org")
    assert sign_in(own_desk, key).status_code == 403
    own_desk.without("head")
    assert sign_in(own_desk, key).status_code == 403


def test_none_is_made_ten_minutes_after_the_last_proof_or_where_others_sit(own_desk) -> None:
    own_desk.wait(minutes=11)
    assert "data-options" not in own_desk.browser.get("/passkeys").text
    shared = own_desk.another()
    own_desk.sign_in("dsl", shared)
    assert "data-options" not in shared.get("/passkeys").text


def test_one_that_was_removed_signs_nobody_in_and_nobody_removes_anothers(own_desk) -> None:
    key, made = make(own_desk)
    key.signed, other = 2, own_desk.another()
    given = form_of(made) | {
        "do": "remove",
        "passkey": re.search(r'name="passkey" value="([^"]+)"', made.text)[1],
    }
    own_desk.sign_in("dsl", other, device="own")
    theirs = form_of(other.get("/passkeys"))
    other.post("/passkeys", data={**given, "form": theirs.get("form", "")})
    assert len(passkeys(own_desk)) == 1
    assert "The passkey is removed." in own_desk.browser.post("/passkeys", data=given).text
    assert passkeys(own_desk) == []
    assert "data-options" not in own_desk.another().get("/sign-in").text


def test_it_is_offered_once_where_the_browser_may_have_one(own_desk) -> None:
    browser = own_desk.another()
    first = own_desk.sign_in("dsl", browser, device="own", able="1")
    assert first.headers["location"].startswith("/passkeys?first=1")
    assert "Not now" in browser.get(first.headers["location"]).text
    browser.cookies.delete("__Host-desk")
    assert own_desk.sign_in("dsl", browser, device="own", able="1").headers["location"] == "/"


def test_whoever_a_passkey_is_made_for_is_mailed_that_so_that_a_strangers_is_noticed(own_desk) -> None:
    make(own_desk, "a borrowed phone")
    with own_desk.store.read() as con:
        ((person, subject, body),) = con.execute(
            "SELECT person_id, subject, body FROM outbox WHERE kind = 'account'"
        ).fetchall()
    assert (person, subject) == ("head", "A passkey was made for your sign-in")
    assert "“a borrowed phone”" in body
    assert "Sign out everywhere" in body
