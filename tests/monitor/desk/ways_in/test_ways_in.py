"""Ways in beside the code by mail, the sealed sheet and the code of the day; and who ends them."""

import errno
import re
import signal
import socket
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import Queue
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from builders.desk import OpenDesk, come, settle
from builders.home import do_in, tend
from builders.page import CHILD, PEOPLE, SCHOOL, form_of, words_of
from starlette.testclient import TestClient
from support.for_each import for_each
from support.web_server import free_port

from data.errors import InputError, StoreBusy
from data.register.calendar import Calendar, Term
from data.store import service as sessions
from data.store.engine import audit_chain
from data.store.service import Passkey, add_passkey, credentials_of
from data.store.sources import put_people
from data.types import Person, Role, School
from data.words.say import words
from monitor.act.ways_in import LETTERS, code_hash, codes_today, make_sheet, use_sheet_code
from monitor.config.home.paths import Paths
from monitor.desk import page as strangers
from monitor.desk.page import form_token
from monitor.service import own_desk
from monitor.service.own_desk import OneTimeDoor, open_own_desk, serve_here, who_administers
from monitor.service.reminders import sheets
from monitor.service.web import Web
from monitor.setup.desk.pages import setup_pages

IT = Person("it", "Ivo Tern", (Role.IT_LEAD,), "it@example.org")


class PaperDesk(OpenDesk):
    """The desk of a school with an IT lead, who makes nobody's sheet."""

    def __init__(self, home, **given):
        super().__init__(home, **given)
        settle(self, IT)

    def person(self, who):
        return next(p for p in self.context.config.people if p.id == who)

    def printed(self, who="head"):
        return make_sheet(self.store, self.context, self.person(who), self.clock())

    def type(self, code, who="head", browser=None):
        """What the desk answers to a code typed where one by mail would be."""
        browser = browser or self.another()
        asked = self.ask_for_code(self.address(who), browser)
        return browser.post("/sign-in", data={**form_of(asked), "code": code, "do": "prove"})


@pytest.fixture
def desk(tmp_path):
    return PaperDesk(tmp_path)


def good(desk, code, who="head"):
    """Is that code on paper good for that person now? It is used up by that."""
    person = next((p for p in desk.context.config.people if p.id == who), None)
    hashed = code_hash(desk.context.links, person, code)
    return do_in(desk.store, use_sheet_code, desk.context, person, hashed, desk.clock())


def test_one_is_typed_where_a_code_by_mail_is_and_signs_its_person_in_once(desk):
    old = desk.printed().made[0]
    codes = desk.printed().made
    assert desk.type(old).status_code == 403  # a new sheet takes the place of the one before
    assert desk.type(codes[0], "dsl").status_code == 403
    answer = desk.type(f"{codes[0][:4]} {codes[0][4:8]} {codes[0][8:]}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert desk.type(codes[0]).status_code == 403
    assert desk.sessions() == [("head", "shared")]
    assert desk.audited("codes_printed", "printed_code_used") == [
        *[("codes_printed", "head", "head")] * 2, ("printed_code_used", "head", "head"),
    ]  # fmt: skip
    assert not [row for row in desk.read("SELECT * FROM printed_codes") if set(codes) & set(map(str, row))]


def test_one_is_a_second_check(desk):
    code, browser = desk.printed().made[0], come(desk, "head")
    desk.wait(minutes=11)
    asked = browser.post("/check", data={**form_of(browser.get("/check")), "do": "send_code"})
    answer = browser.post("/check", data={**form_of(asked), "code": code, "do": "prove"})
    assert answer.status_code == 303
    assert desk.audited("checked_again") == [("checked_again", "head", "head")]


def test_whose_they_are_and_the_head_are_mailed_that(desk):
    desk.printed("dsl")
    sent = desk.read("SELECT person_id, subject || body FROM outbox WHERE kind = 'account' ORDER BY 1")
    assert [person for person, _ in sent] == ["dsl", "head"]
    assert all(desk.person("dsl").name in said for _, said in sent)


@for_each("who", ("vale", "it", "deputy"))
def test_nobody_makes_one_but_head_and_lead(desk, who):
    assert not hasattr(desk.printed(who), "made")
    assert desk.read("SELECT * FROM printed_codes") == []
    assert come(desk, who).get("/sheet").status_code == 404


def in_terms(desk, *terms):
    """The school has these terms, by first and last day."""
    calendar = Calendar(terms=tuple(Term(date.fromisoformat(a), date.fromisoformat(b)) for a, b in terms))
    settle(desk, calendars={SCHOOL.urn: calendar})


AUTUMN, SPRING = ("2026-09-02", "2026-12-18"), ("2027-01-05", "2027-03-26")


def test_one_is_good_into_the_next_term(desk):
    in_terms(desk, AUTUMN, SPRING)
    first, second, *_ = desk.printed().made
    desk.clock.at = datetime(2027, 1, 20, tzinfo=UTC)
    assert good(desk, first)
    desk.clock.at = datetime(2027, 1, 27, tzinfo=UTC)
    assert not good(desk, second)


def test_each_use_is_mailed_to_lead_deputy_and_head(desk):
    settle(desk, Person("vane", "Noor Vane", (Role.DEPUTY_DSL,), "vane@example.org"))
    code, *_ = desk.printed("dsl").made
    assert good(desk, code, "dsl")
    sent = desk.read("SELECT person_id FROM outbox WHERE subject LIKE '%was used%' ORDER BY 1")
    assert [person for (person,) in sent] == ["dsl", "head", "vane"]


def test_one_is_good_no_more_once_its_person_has_the_office_or_the_address_no_more_or_is_signed_out(desk):
    code, before = desk.printed("head").made[0], desk.context
    for changed in ({"roles": (Role.STAFF,)}, {"email": "next@example.org"}):
        desk.rename("head", **changed)
        assert not good(desk, code), changed
        desk.context = before
    do_in(desk.store, sessions.end_all, "head", "it", desk.clock())
    assert not good(desk, code)
    code, other = desk.printed("head").made[0], desk.printed("dsl").made[0]
    do_in(desk.store, put_people, [desk.person("head")])  # who leaves the settings has none
    assert (good(desk, code), good(desk, other, "dsl")) == (True, False)
    code = desk.printed("head").made[0]
    do_in(desk.store, sessions.end_everybody)  # a restore brings none back that was used since
    assert not good(desk, code)


def test_a_new_one_is_asked_for_once_a_term_of_whose_it_is(desk):
    in_terms(desk, AUTUMN, SPRING)
    for who in ("head", "dsl"):
        desk.printed(who)
    assert asked(desk) == []
    desk.clock.at = datetime(2027, 1, 6, 9, tzinfo=UTC)
    assert asked(desk) == asked(desk) == ["dsl", "head"]


def asked(desk):
    """Who has been asked for a new sheet, once the service has looked."""
    tend(desk.store, sheets, desk.context, desk.clock())
    rows = desk.read("SELECT person_id FROM outbox WHERE subject LIKE 'A new sheet%' ORDER BY 1")
    return [person for (person,) in rows]


def test_the_page_shows_ones_own_new_sheet_once_to_who_has_just_proved_who_they_are(desk):
    browser = come(desk, "dsl")
    made = browser.post("/sheet", data={**form_of(browser.get("/sheet")), "person": "head"})
    codes = re.findall(r"\d{4} \d{4} \d{4}", made.text)
    assert len(codes) == 10
    page = browser.get("/sheet")
    assert codes[0] not in page.text
    assert good(desk, codes[0].replace(" ", ""), "dsl")
    desk.wait(minutes=11)
    assert browser.post("/sheet", data=form_of(page)).headers["location"] == "/check?to=/sheet"
    assert desk.audited("codes_printed") == [("codes_printed", "dsl", "dsl")]


def test_a_wrong_one_says_no_more_of_who_is_known_than_a_wrong_code_by_mail(desk):
    desk.printed()

    def said(address):
        browser = desk.another()
        asked = desk.ask_for_code(address, browser)
        page = browser.post("/sign-in", data={**form_of(asked), "code": "1" * 12, "do": "prove"})
        return page.status_code, re.sub(r'value="[^"]*"', "", page.text)

    assert said(desk.address("head")) == said("nobody@example.org")


def test_wrong_ones_of_strangers_are_counted_as_codes_by_mail_are(desk, monkeypatch):
    monkeypatch.setattr(strangers, "MOST_WRONG_OF_HOST", 3)
    code, *_ = desk.printed().made
    assert [desk.type("1" * 12).status_code for _ in range(3)] == [403] * 3
    assert desk.type(code).status_code == 403
    assert desk.type(code, browser=desk.another("203.0.113.2")).status_code == 303


def test_one_opens_a_restricted_matter_by_its_link_while_no_mail_goes_out(tmp_path):
    desk = PaperDesk(tmp_path, told=("dsl",), **CHILD)
    first, *_ = desk.printed("dsl").made
    desk.mail_goes_out = False
    down = desk.browser.post(desk.path("dsl"), data=form_of(desk.get("dsl")) | {"do": "send_code"})

    def typed(code):
        desk.wait(seconds=5)
        return desk.browser.post(desk.path("dsl"), data=form_of(down) | {"code": code, "do": "prove"})

    assert "That is not the code" in words_of(typed("1" * 12))
    assert "That is not the code" in words_of(typed(desk.printed("head").made[0]))
    assert desk.sessions() == []
    assert typed(first).status_code in (200, 303)
    assert desk.sessions() == [("dsl", "shared")]
    assert "Read it now" in words_of(desk.get("dsl"))


def test_by_paper_a_device_of_ones_own_is_signed_in_for_a_day_and_not_for_a_month(tmp_path):
    desk = PaperDesk(tmp_path)
    code, *_ = desk.printed().made
    browser = desk.another()
    asked = desk.ask_for_code(desk.address("head"), browser, device="own")
    answer = browser.post("/sign-in", data={**form_of(asked), "device": "own", "code": code, "do": "prove"})
    assert "max-age" not in answer.headers["set-cookie"].lower().partition("__host-known")[0]
    desk.wait(hours=11)
    assert browser.get("/").status_code == 200
    desk.wait(hours=2)
    assert browser.get("/").status_code == 303


def test_paper_at_a_restricted_matter_ends_the_month_of_a_device_of_ones_own(tmp_path):
    desk = PaperDesk(tmp_path, told=("dsl",), **CHILD)
    come(desk, "dsl", desk.browser)
    desk.wait(hours=1)
    code, *_ = desk.printed("dsl").made
    shown = desk.browser.get(desk.path("dsl"))
    desk.wait(seconds=5)
    shown = desk.browser.post(desk.path("dsl"), data=form_of(shown) | {"do": "send_code"})
    desk.wait(seconds=5)
    desk.browser.post(desk.path("dsl"), data=form_of(shown) | {"do": "prove", "code": code})
    assert desk.sessions() == [("dsl", "for_a_day")]


# ----------------- the code of the day: whoever has no address tells what they saw, and opens nothing else


OTHER = School("100009", "Hexley Primary School")
OFFICE = Person("office", "Ola Finch", (Role.STAFF,), "office@example.org")
GOVERNOR = Person("gore", "Pat Gore", (Role.GOVERNOR,), "gore@example.org")
TOLD = {"danger": "no", "about": "nobody", "picture": "no", "step": "what", "do": "hand_in"}
WORDS = "Oakfield Primary School never rings back, said a parent at the gate."
PNG = b"\x89PNG\r\n\x1a\n no picture of anybody"


class DayDesk(OpenDesk):
    """The desk of two schools; whoever works in the office of the first has an address."""

    def __init__(self, home):
        super().__init__(home, raised=False)
        people = (*(replace(p, urns=(SCHOOL.urn,)) for p in (*PEOPLE, OFFICE)), GOVERNOR)
        settle(self, schools=(SCHOOL, OTHER), people=people)
        self.clock.at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def codes(self):
        with self.store.open_reader() as con:
            return codes_today(con, self.context, self.clock())

    def type(self, code, browser=None):
        browser = browser or self.another()
        return browser.post("/tell/code", data={**form_of(browser.get("/tell/code")), "code": code})

    def guest(self, urn=SCHOOL.urn):
        browser = self.another()
        assert self.type(self.codes()[urn], browser).headers["location"] == "/tell"
        return browser

    def tell(self, browser, file=None, **form):
        """What the desk answers to what somebody hands in."""
        files = {"file": ("shot.png", file, "image/png")} if file else {"file": ("", b"")}
        token = {"form": form_token(browser.cookies["__Host-desk"])}
        return browser.post("/tell", data=token | TOLD | {"words": WORDS} | form, files=files)


@pytest.fixture
def day_desk(tmp_path):
    return DayDesk(tmp_path)


def test_it_may_be_typed_in_small_letters_and_in_halves_and_leads_to_what_its_school_asks_first(day_desk):
    for how in (str.lower, lambda c: f" {c[:4]}-{c[4:]} "):
        assert day_desk.type(how(day_desk.codes()[SCHOOL.urn])).status_code == 303
    page = day_desk.guest().get("/tell").text
    assert "Is anybody in danger, now or soon?" in page
    assert "Oakfield Primary School" in page
    assert len(set(day_desk.codes().values())) == 2
    assert "Hexley Primary School" in day_desk.guest(OTHER.urn).get("/tell").text


def test_seven_days_have_seven_codes_without_letters_that_look_alike(day_desk):
    found = set()
    for _ in range(7):
        found.add(day_desk.codes()[SCHOOL.urn])
        day_desk.clock.at += timedelta(days=1)
    assert len(found) == 7
    assert all(re.fullmatch(f"[{LETTERS}]{{8}}", code) for code in found)
    assert not set("0O1IL2Z5S8BUVG") & set(LETTERS)


def test_every_other_page_answers_as_to_whoever_is_not_signed_in(day_desk):
    guest, nobody = day_desk.guest(), day_desk.another()
    for path in ("/", "/check", "/code", "/people", "/?all=decide"):
        answers = [(a.status_code, a.headers["location"]) for a in (guest.get(path), nobody.get(path))]
        assert answers == [(303, answers[0][1])] * 2, path
        assert answers[0][1].startswith("/sign-in")


def test_a_name_is_asked_for_and_kept_as_its_owners_own_word_and_a_screenshot_may_come_with_it(day_desk):
    browser = day_desk.guest()
    assert "Please give your name" in words_of(day_desk.tell(browser))
    assert day_desk.tell(browser, PNG, name="Kim Wren").status_code == 303
    assert day_desk.read("SELECT media_type FROM evidence WHERE media_type LIKE 'image/%'")
    notes = [note for (note,) in day_desk.read("SELECT note FROM audit_notes")]
    assert notes == ["Kim Wren (the name they gave, with the code of the day)"]


def test_nobody_gives_themselves_another_name_who_is_signed_in(day_desk):
    day_desk.tell(come(day_desk, "office"), name="Kim Wren")
    assert [note for (note,) in day_desk.read("SELECT note FROM audit_notes")] == ["Ola Finch"]


def test_no_name_of_staff_is_shown_to_who_may_be_anybody_who_to_ring_is_an_office_and_its_number(day_desk):
    people = tuple(replace(p, phone="01632 960 204") for p in day_desk.context.config.people)
    settle(day_desk, people=people)
    browser = day_desk.guest()
    page = browser.get("/tell?danger=now&picture=no")
    assert "Who is in danger?" in page.text
    ring = words_of(browser.get("/tell"))
    assert "At Oakfield Primary School, ring: safeguarding lead, 01632 960 204" in ring
    assert not [p.name for p in people if p.name in page.text + ring]


def test_it_ends_at_midnight_by_the_schools_clock_with_all_it_opened(day_desk):
    day_desk.clock.at = datetime(2026, 7, 1, 22, 50, tzinfo=UTC)  # ten minutes before, in summer time
    browser, code = day_desk.guest(), day_desk.codes()[SCHOOL.urn]
    assert browser.get("/tell").status_code == 200
    day_desk.wait(minutes=10)
    assert browser.get("/tell").status_code == 303
    assert day_desk.type(code).status_code == 403
    browser = day_desk.guest()
    day_desk.wait(minutes=16)  # on a device that others use
    assert browser.get("/tell").status_code == 303


def test_who_signs_out_ends_their_own_session_and_no_other(day_desk):
    one, other = day_desk.guest(), day_desk.guest()
    page = one.get("/sign-out")
    assert "everywhere" not in words_of(page)
    one.post("/sign-out", data={**form_of(page), "do": "all"})
    assert (one.get("/tell").status_code, other.get("/tell").status_code) == (303, 200)


def test_the_office_reads_it_on_a_page_that_is_not_there_for_a_governor(day_desk):
    code, office, governor = day_desk.codes()[SCHOOL.urn], come(day_desk, "office"), come(day_desk, "gore")
    page = words_of(office.get("/code"))
    assert f"{code[:4]} {code[4:]}" in page
    assert "24 November 2026" in page
    assert day_desk.codes()[OTHER.urn][:4] not in page
    answers = [governor.get(path) for path in ("/code", "/nothing-at-all")]
    assert answers[0].status_code == 404
    assert answers[0].text == answers[1].text
    shown = ['href="/code"' in browser.get("/tell").text for browser in (office, governor)]
    assert shown == [True, False]


def test_a_code_that_got_about_is_changed_at_once_for_that_day_and_who_came_in_by_it_is_out(day_desk):
    browser, old, office = day_desk.guest(), day_desk.codes(), come(day_desk, "office")
    form = form_of(office.get("/code"))
    office.post("/code", data={**form, "school": OTHER.urn})  # not theirs
    assert day_desk.codes() == old
    office.post("/code", data={**form, "school": SCHOOL.urn})
    assert browser.get("/tell").status_code == 303
    assert day_desk.type(old[SCHOOL.urn]).status_code == 403
    new = day_desk.codes()
    assert new[OTHER.urn] == old[OTHER.urn]
    assert day_desk.guest().get("/tell").status_code == 200
    assert day_desk.audited("day_code_changed") == [("day_code_changed", "office", "office")]
    day_desk.wait(days=1)
    assert day_desk.codes()[SCHOOL.urn] not in (old[SCHOOL.urn], new[SCHOOL.urn])


def test_guesses_at_it_count_as_guesses_at_codes_by_mail_do(day_desk, monkeypatch):
    monkeypatch.setattr(strangers, "MOST_WRONG_OF_HOST", 3)
    assert [day_desk.type("AAAAAAAA").status_code for _ in range(3)] == [403] * 3
    code = day_desk.codes()[SCHOOL.urn]
    assert day_desk.type(code).status_code == 403
    assert day_desk.type(code, day_desk.another("203.0.113.2")).status_code == 303


def test_another_sites_form_lets_nobody_in(day_desk):
    code, browser = day_desk.codes()[SCHOOL.urn], day_desk.another()
    form = form_of(browser.get("/tell/code")) | {"code": code}
    assert browser.post("/tell/code", data=form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert day_desk.another().post("/tell/code", data=form).status_code == 403


def test_neither_it_nor_what_a_browser_keeps_is_in_the_store(day_desk):
    browser, code = day_desk.guest(), day_desk.codes()[SCHOOL.urn]
    rows = str(day_desk.read("SELECT * FROM sessions") + day_desk.read("SELECT * FROM day_codes"))
    assert code not in rows
    assert not [kept for kept in browser.cookies.values() if kept in rows]


def test_the_page_to_sign_in_leads_to_the_one_that_asks_for_it_which_says_who_to_ring(day_desk):
    browser = day_desk.another()
    assert 'href="/tell/code"' in browser.get("/sign-in").text
    assert "ring 999" in words_of(browser.get("/tell/code"))


def test_whoever_was_signed_in_in_that_browser_is_not_any_more(tmp_path):
    desk = DayDesk(tmp_path)
    come(desk, "head", desk.browser)
    kept = desk.browser.cookies["__Host-desk"]
    desk.type(desk.codes()[SCHOOL.urn], desk.browser)
    desk.browser = desk.another()
    desk.browser.cookies.set("__Host-desk", kept)
    assert desk.browser.get("/").headers["location"].startswith("/sign-in")


def state(browser, number):
    return browser.get("/tell/state", params={"number": number})


def told(desk, browser):
    return desk.tell(browser, name="Kim Wren").headers["location"].partition("=")[2]


def test_whoever_signs_in_ends_what_a_guest_began_in_that_browser(day_desk):
    browser = day_desk.guest()
    assert ("code-of-the-day", "shared") in day_desk.sessions()
    day_desk.sign_in("office", browser)
    assert day_desk.sessions() == [("office", "shared")]


def test_a_guest_asks_for_what_they_handed_in_from_that_browser_and_for_nothing_else(day_desk):
    mine, theirs = day_desk.guest(), day_desk.guest()
    numbers = [told(day_desk, mine), told(day_desk, mine)]
    assert ["We have it" in words_of(state(mine, number)) for number in numbers] == [True, True]
    hidden, nothing = state(theirs, numbers[0]), state(theirs, "999999")
    assert (hidden.status_code, hidden.content) == (404, nothing.content)
    assert dict(hidden.headers) == dict(nothing.headers)
    day_desk.wait(days=1)
    day_desk.type(day_desk.codes()["900001"], mine)
    assert "We have it" in words_of(state(mine, numbers[0]))  # on another day too


# ---------------------------------------------------------- IT ends all that somebody has open at the desk


IT_HERE = Person("it", "Ivo Tern", (Role.IT_LEAD,), "it@example.org", urns=(SCHOOL.urn,))
DEPUTY_LEAD = Person("deputy_lead", "Bo Reed", (Role.DEPUTY_DSL,), "reed@example.org", urns=(SCHOOL.urn,))
ELSEWHERE = Person("wold", "Ina Wold", (Role.HEAD,), "wold@example.org", urns=(OTHER.urn,))


class SharedDesk(OpenDesk):
    """The desk of two schools; IT is of the first."""

    def __init__(self, home, **given):
        super().__init__(home, **given)
        people = (*(replace(p, urns=(SCHOOL.urn,)) for p in PEOPLE), IT_HERE, ELSEWHERE)
        settle(self, schools=(SCHOOL, OTHER), people=people)
        come(self, "it", self.browser)

    def press(self, who, do):
        token = form_token(self.browser.cookies["__Host-desk"])
        came = self.browser.post(f"/people/{who}", data={"form": token, "do": do})
        leads = came.headers.get("location", "")
        return self.browser.get(f"/people/{who}{leads}") if "became=" in leads else came


@pytest.fixture
def shared_desk(tmp_path):
    return SharedDesk(tmp_path)


def test_every_device_of_theirs_is_signed_out_with_their_codes_on_paper_and_nobody_elses(shared_desk):
    telephone, tablet, other = (come(shared_desk, who) for who in ("head", "head", "dsl"))
    head = next(p for p in shared_desk.context.config.people if p.id == "head")
    make_sheet(shared_desk.store, shared_desk.context, head, shared_desk.clock())
    page = shared_desk.press("head", "sessions")
    assert "Jane Holt is signed out on 2 devices" in words_of(page)
    assert [b.get("/sign-out").status_code for b in (telephone, tablet, other)] == [303, 303, 200]
    assert shared_desk.audited("sessions_ended") == [("sessions_ended", "it", "head")]
    assert shared_desk.read("SELECT * FROM printed_codes") == []


def give_passkeys(desk, *people):
    for n, who in enumerate(people):
        do_in(desk.store, add_passkey, Passkey(f"key{n}", who, "", "", 0, "phone", desk.clock()))


def test_their_passkeys_are_removed_where_that_is_asked_and_only_then(shared_desk):
    give_passkeys(shared_desk, "head", "head", "dsl")
    shared_desk.press("head", "sessions")
    assert not shared_desk.audited("passkey_removed")
    shared_desk.press("head", "passkeys")
    assert shared_desk.audited("passkey_removed") == [("passkey_removed", "it", "head")] * 2
    with shared_desk.store.open_reader() as con:
        assert [len(credentials_of(con, who)) for who in ("head", "dsl")] == [0, 1]


def test_nobody_is_signed_out_or_loses_a_passkey_who_is_of_another_school_unknown_or_oneself(shared_desk):
    away = come(shared_desk, "wold")
    give_passkeys(shared_desk, "wold", "it", "nobody")
    for who in ("wold", "nobody", "it", ""):
        for do in ("sessions", "passkeys"):
            shared_desk.press(who, do)
    assert [browser.get("/tell").status_code for browser in (away, shared_desk.browser)] == [200, 200]
    assert shared_desk.audited("sessions_ended", "passkey_removed") == []
    assert "Ina Wold" not in shared_desk.browser.get("/people").text


def test_the_page_is_behind_the_name_of_whoever_looks_after_it_and_for_others_there_is_none(shared_desk):
    assert 'href="/people"' in shared_desk.browser.get("/sign-out").text
    for who in ("dsl", "deputy"):
        browser = come(shared_desk, who)
        page, nothing = browser.get("/people"), browser.get("/nothing-at-all")
        assert (page.status_code, page.text) == (404, nothing.text)
        signing_out = browser.get("/sign-out")
        form = {"form": form_of(signing_out)["form"], "person": "head"}
        assert browser.post("/people", data=form).status_code == 404
        assert 'href="/people"' not in signing_out.text


# -------------------------- an address of this machine that signs in who administers the home, once

HERE = "http://127.0.0.1:40123"


class OwnDesk(OpenDesk):
    """The desk of somebody's own home, as it is served to this machine."""

    def __init__(self, home):
        super().__init__(home, told=("dsl",), **CHILD)
        config = replace(self.context.config, people=(*PEOPLE, IT), base_url=None)
        links = replace(self.context.links, base_url=HERE, mailed=None)
        self.context = replace(self.context, config=config, links=links)
        self.door = OneTimeDoor(self.store, lambda: self.context, IT, self.clock, "jo")
        self.app = self.door.app()

    def opened(self, path="", *, host="127.0.0.1", base=HERE):
        browser = TestClient(self.app, base_url=base, follow_redirects=False, client=(host, 5000))
        return browser, browser.get(path or self.door.path)


@pytest.fixture
def ours(tmp_path):
    return OwnDesk(tmp_path)


def test_it_signs_in_who_administers_and_the_audit_names_the_account_of_the_machine(ours):
    browser, answer = ours.opened()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert browser.get("/").status_code == 200
    with ours.store.open_reader() as con:
        (entry,) = [e.entry for e in audit_chain.links(con) if e.entry.action == "signed_in"]
    assert (entry.actor, entry.codes) == ("it", ("os_account:jo",))
    # what is restricted still asks who it is
    assert browser.get("/people/dsl").headers["location"] == "/check?to=/people/dsl"


def test_where_no_email_goes_out_the_code_is_in_the_window_and_the_audit_has_it(ours, monkeypatch):
    settle(ours, without_mail=True)
    ours.context, ours.door._person = replace(ours.context, window=True), PEOPLE[0]
    browser, _ = ours.opened()
    assert "each school day: Jane Holt, Lee Ash and Robin Pike." in words_of(browser.get("/"))
    lines = Queue()
    monkeypatch.setattr(own_desk, "say", lines.put)
    for path in ("/check?to=/sheet", ours.context.links.at_desk("s-one")):
        ours.wait(minutes=11)
        page = browser.get(path)
        assert "in the window where “schoolgate desk” was typed" in words_of(page)
        assert "email" not in words_of(page)
        asked = browser.post(path, data={**form_of(page), "do": "send_code"})
        assert words("en")("desk.sign_in.window.sent") in words_of(asked)
        said = re.search(rf"Code for {PEOPLE[0].name}: (\d{{6}})\.", lines.get(timeout=5))
        browser.post(path, data={**form_of(asked), "code": said[1], "do": "prove"})
        opened = browser.get(path.rpartition("=")[2])
        assert (opened.status_code, words("en")("desk.check.title") in opened.text) == (200, False)
    shown_to = ours.read("SELECT actor, codes FROM audit WHERE action = 'code_shown'")
    assert shown_to == [(PEOPLE[0].id, ["os_account:jo"])] * 2


def test_until_email_is_answered_no_code_is_promised_and_the_command_that_asks_is_named(ours):
    ours.context = replace(ours.context, config=replace(ours.context.config, mail=None), window=True)
    browser, _ = ours.opened()
    page = browser.get("/check?to=/people/dsl")
    asked = browser.post("/check?to=/people/dsl", data={**form_of(page), "do": "send_code"})
    for each in (page, asked):
        assert "“schoolgate setup”" in words_of(each)
        assert not re.search("send you|on its way|will send|arriving", words_of(each), re.I)
    assert words("en")("desk.sign_in.unset.sent") in words_of(asked)


def test_where_no_email_goes_out_and_there_is_no_window_no_code_is_promised(desk):
    code = desk.printed().made[0]
    settle(desk, without_mail=True)
    asked = desk.ask_for_code(desk.address("head"))
    for each in (desk.another().get("/sign-in"), asked, come(desk, "head").get("/check")):
        assert not re.search("send you|on its way|will send|arriving", words_of(each), re.I)
    assert (desk.mailed, desk.type(code).status_code) == ([], 303)


def test_it_is_good_once_and_stays_so_where_the_store_was_busy(ours, monkeypatch):
    def is_busy(*_, **__):
        raise StoreBusy("busy")

    with monkeypatch.context() as busy:
        busy.setattr(own_desk, "begin_session", is_busy)
        assert ours.opened()[1].status_code == 503
    first, _ = ours.opened()
    other = ours.opened()[1]
    assert (other.status_code, len(ours.sessions())) == (410, 1)
    assert "press Enter there: a new link opens" in words_of(other)
    assert 'href="/"' not in other.text.partition("<main")[2]
    again = first.get(ours.door.path)
    assert (again.status_code, again.headers["location"], len(ours.sessions())) == (303, "/", 1)


def test_whoever_asks_only_for_its_head_uses_nothing_up_and_is_not_let_in(ours):
    browser = TestClient(ours.app, base_url=HERE, follow_redirects=False, client=("127.0.0.1", 5000))
    asked = browser.head(ours.door.path)
    assert (asked.is_success, "set-cookie" in asked.headers, len(ours.sessions())) == (False, False, 0)
    assert ours.opened()[1].status_code == 303


def test_a_new_one_takes_the_place_of_the_one_before(ours):
    before = ours.door.path
    new = ours.door.renew()
    assert [ours.opened(path)[1].status_code for path in (before, new)] == [410, 303]


def test_desks_at_two_ports_sign_nobody_out_of_each_other(ours, tmp_path):
    other = OwnDesk(tmp_path / "other")
    links = replace(other.context.links, base_url="http://127.0.0.1:40124")
    other.context = replace(other.context, links=links)
    first, _ = ours.opened()
    second, _ = other.opened(base="http://127.0.0.1:40124")
    first.cookies.update(second.cookies)  # a browser sends all cookies of a host to each of its ports
    assert first.get("/").status_code == 200


def test_it_is_opened_by_a_file_that_no_other_account_reads_and_that_goes_with_the_desk(
    ours, tmp_path, monkeypatch, capsys
):
    shown = []

    def look(url):
        page = Path(url.removeprefix("file://"))
        modes = [stat.S_IMODE(each.stat().st_mode) for each in (page, page.parent)]
        shown.append((url, page.parent.parent, modes, page.read_text()))

    # Ctrl-D, Enter, in the background, Ctrl-C
    keys = Mock(side_effect=["", "\n", OSError(errno.EIO, "Input/output error"), KeyboardInterrupt])
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(own_desk, "has_browser", lambda: True)
    monkeypatch.setattr(own_desk.webbrowser, "open", look)
    monkeypatch.setattr(own_desk.time, "sleep", Mock(side_effect=[None, None, KeyboardInterrupt]))
    monkeypatch.setattr(own_desk.sys, "stdin", Mock(readline=keys))
    handled = signal.getsignal(signal.SIGTERM)
    serve_here(Web(ours.app, "127.0.0.1", 0, ""), lambda: (HERE + ours.door.renew(), "once"))
    assert len({page for *_, page in shown}) == 2  # Enter was pressed once
    for url, folder, modes, page in shown:
        assert "/open/" not in url
        assert (folder, modes) == (tmp_path, [0o600, 0o700])
        assert f'content="0; url={HERE}/open/' in page
    assert f"url={HERE}{ours.door.path}" in shown[1][3]
    assert not list(tmp_path.glob("schoolgate-*"))
    assert signal.getsignal(signal.SIGTERM) is handled
    said = capsys.readouterr().out
    assert said.count("works once, within two minutes; for a new one, press Enter") == 2


def test_it_opens_to_nobody_else_and_for_two_minutes(ours):
    asked = ({"path": "/open/" + "a" * 43}, {"host": "192.0.2.9"}, {"base": "http://evil.example:40123"})
    for elsewhere in asked:
        assert ours.opened(**elsewhere)[1].status_code in (410, 421), elsewhere
    ours.wait(minutes=2)
    assert ours.opened()[1].status_code == 410
    assert ours.sessions() == []


def test_no_mail_that_is_written_there_leads_to_this_machine(ours):
    assert ours.context.links.page("s-one", "dsl", ours.clock()) is None


def test_who_administers_is_the_it_lead_else_the_head_and_where_nobody_does_it_says_so(ours):
    config = ours.context.config
    for people, who in (((*PEOPLE, IT), "it"), (PEOPLE, "head")):
        assert who_administers(replace(config, people=people)).id == who
    with pytest.raises(InputError, match="Nobody administers"):
        who_administers(replace(config, people=PEOPLE[:1]))


@pytest.fixture
def opened_at(ours, monkeypatch):
    found = []
    monkeypatch.setattr(own_desk, "serve_here", lambda web, at: (web.stop(), found.append(at())))
    monkeypatch.setattr(own_desk.wiring, "load_config", lambda *_, **__: ours.context.config)
    return found


@pytest.mark.parametrize(
    ("who", "path", "how"),
    [(None, r"/open/\S{43}", "once"), ("it", r"/open/\S{43}", "once"), ("dsl", "/sign-in", "again")],
)
def test_anybody_else_signs_in_by_a_code_of_theirs(ours, opened_at, who, path, how):
    open_own_desk(Paths(ours.store.home, ours.context.config.path), who, setup_pages)
    ((address, said),) = opened_at
    assert re.fullmatch(rf"http://127\.0\.0\.1:\d+{path}", address)
    assert said == how
    settle(ours, without_mail=True)  # then by a code in the window
    for given in ({"asked": "dsl"}, {"asked": None, "sets_up": True}):
        open_own_desk(Paths(ours.store.home, ours.context.config.path), more=setup_pages, **given)
        assert ("/open/" in opened_at[-1][0], opened_at[-1][1]) == (True, "once")


def test_where_the_service_serves_it_that_one_is_opened(ours, opened_at, monkeypatch):
    monkeypatch.setattr(own_desk, "complaints_of", lambda *_: ())
    monkeypatch.setattr(own_desk, "has_browser", lambda: True)
    monkeypatch.setattr(own_desk.webbrowser, "open", opened_at.append)
    config = replace(ours.context.config, base_url="https://schoolgate.example.org")
    ours.context = replace(ours.context, config=config)
    open_own_desk(Paths(ours.store.home, config.path), None, setup_pages)
    assert opened_at == ["https://schoolgate.example.org"]


def test_its_address_is_the_same_each_time_so_that_a_bookmark_holds_but_where_it_is_taken(ours, opened_at):
    port = free_port()
    serve = ours.context.config.serve.model_copy(update={"listen": f"127.0.0.1:{port}"})
    ours.context = replace(ours.context, config=replace(ours.context.config, base_url=None, serve=serve))
    paths = Paths(ours.store.home, ours.context.config.path)
    open_own_desk(paths, None, setup_pages)
    with socket.create_server(("127.0.0.1", port)):
        open_own_desk(paths, None, setup_pages)
    first, second = (urlsplit(address).port for address, _ in opened_at)
    assert first == port
    assert second not in (None, port)


def test_what_a_lost_computer_could_show_is_listed_as_far_as_who_asks_may_know_and_all_ways_in_end(tmp_path):
    desk = SharedDesk(tmp_path)
    telephone, other = come(desk, "head"), come(desk, "dsl")
    give_passkeys(desk, "head", "dsl")
    ((number,),) = desk.read("SELECT number FROM alerts")
    page = words_of(desk.press("head", "lost"))
    assert f"these matters: {number}." in page
    assert "told by Friday 09:00, 72 hours from now" in page
    assert [b.get("/sign-out").status_code for b in (telephone, other)] == [303, 200]
    assert desk.audited("device_lost") == [("device_lost", "it", "head")]
    assert desk.audited("passkey_removed") == [("passkey_removed", "it", "head")]
    assert desk.press("it", "lost").status_code == 422
    assert len(desk.audited("device_lost")) == 1


def test_of_a_restricted_matter_on_a_lost_computer_nobody_learns_the_number_who_may_not_know_it(tmp_path):
    desk = SharedDesk(tmp_path, told=("dsl",), **CHILD)
    ((number,),) = desk.read("SELECT number FROM alerts")
    page = words_of(desk.press("dsl", "lost"))
    assert (number in page, "are not counted" in page or "is not counted" in page) == (False, True)
    lead = next(p for p in desk.context.config.people if p.id == "dsl")
    settle(
        desk,
        people=(
            *(p for p in desk.context.config.people if p != lead),
            replace(lead, roles=(*lead.roles, Role.IT_LEAD)),
            DEPUTY_LEAD,
        ),
    )
    come(desk, "dsl", desk.browser)
    page = words_of(desk.press("deputy_lead", "lost"))
    assert f"these matters: {number}. 1 of them is restricted" in page
