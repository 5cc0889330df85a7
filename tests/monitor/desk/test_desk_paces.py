"""How often something may be asked of the desk, by whom, and what strangers cannot use up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.account_visit import AccountVisit
from builders.desk import OpenDesk
from builders.mention import NOW
from builders.page import form_of, words_of
from support.oidc_provider import oidc_provider

from alerts.notices.book import Book, Look, looked, matter
from data.words.say import words
from monitor.desk import pace
from monitor.desk.pace import Pace
from monitor.desk.sign_in.strangers import Strangers
from monitor.service.serve import watch_codes
from monitor.service.state.health import Health


def test_what_is_asked_for_too_often_waits_and_nothing_else_does():
    asked = Pace(2, timedelta(hours=1))
    assert [asked.allows("a", NOW) for _ in range(3)] == [True, True, False]
    assert asked.allows("b", NOW)
    assert not asked.allows("a", NOW + timedelta(minutes=59))
    assert asked.allows("a", NOW + timedelta(hours=1))


def test_however_many_ask_no_more_are_counted_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(pace, "_MOST_KEPT", 3)
    asked = Pace(1)
    assert all(asked.allows(f"host {n}", NOW) for n in range(50))
    assert len(asked._asked) == 3
    assert not asked.allows("host 49", NOW)


HOSTS = [f"203.0.113.{n}" for n in range(1, 11)]


@pytest.fixture
def desk(tmp_path):
    return OpenDesk(tmp_path)


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


def guess_everywhere(desk):
    for n in range(40):
        guess(desk, HOSTS[n % 10], f"a{n}@example.org")


def test_few_wrong_codes_each_at_many_addresses_from_many_hosts_close_the_door_to_strangers(desk):
    desk.sign_in("head")
    signed_out(desk)
    guess_everywhere(desk)
    assert ask(desk, "dsl", "198.51.100.1") == 403
    assert desk.sign_in("head").status_code == 303
    desk.wait(hours=6)
    assert ask(desk, "dsl", "198.51.100.1") == 200


def test_it_is_told_that_strangers_guess_once_and_without_an_address(desk):
    strangers, health = Strangers(), Health(desk.clock())
    for _ in range(200):
        watch_codes(strangers, health, desk.clock)
        assert health.troubles(desk.clock()) == ()
        strangers.guessed("", desk.clock())
    watch_codes(strangers, health, desk.clock)
    (trouble,) = health.troubles(desk.clock())
    assert (trouble.work, trouble.why) == ("codes", "guessing")
    desk.wait(minutes=15)
    watch_codes(strangers, health, desk.clock)
    fails = [each for each in health.troubles(desk.clock()) if each.work == "codes"]
    book = looked(Book(waiting=(trouble,)), Look(fails), desk.clock())
    assert [matter(t) for n in book.notices for t in n.troubles] == ["codes"]
    desk.wait(hours=6)
    watch_codes(strangers, health, desk.clock)
    assert "codes" not in {each.work for each in health.troubles(desk.clock())}


def test_those_who_open_one_matter_at_the_desk_do_not_use_up_its_address_for_each_other(desk):
    address = desk.context.links.at_desk("s-one")
    first, second = desk.another(), desk.another()
    for browser in (first, second):
        desk.sign_in("head", browser)
    answers = [browser.get(address).status_code for _ in range(16) for browser in (first, second)]
    assert answers == [200] * 32
