"""The code of the day: it lets whoever has no address tell what they saw, and opens nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.desk import OpenDesk
from builders.page import PEOPLE, SCHOOL, form_of, words_of

from data.types import Person, Role, School
from monitor.act.ways_in.day_code import LETTERS, codes_today
from monitor.desk.sign_in import strangers

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
        config = self.context.config
        people = (
            *(replace(p, urns=(SCHOOL.urn,)) for p in PEOPLE),
            replace(OFFICE, urns=(SCHOOL.urn,)),
            GOVERNOR,
        )
        self.context = replace(self.context, config=replace(config, schools=(SCHOOL, OTHER), people=people))
        self.clock.at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def codes(self):
        with self.store.read() as con:
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
        data = {"form": form_of(browser.get("/tell"))["form"]} | TOLD | {"words": WORDS} | form
        return browser.post("/tell", data=data, files=files)

    def read(self, sql):
        with self.store.read() as con:
            return con.execute(sql).fetchall()


@pytest.fixture
def desk(tmp_path):
    return DayDesk(tmp_path)


def test_it_leads_to_the_first_question_without_an_address(desk):
    page = desk.guest().get("/tell").text
    assert "Is anybody in danger, now or soon?" in page
    assert "Oakfield Primary School" in page


@pytest.mark.parametrize("how", [str.lower, lambda c: f" {c[:4]}-{c[4:]} "])
def test_it_may_be_typed_in_small_letters_and_in_halves(desk, how):
    assert desk.type(how(desk.codes()[SCHOOL.urn])).status_code == 303


def test_it_has_no_letters_that_look_alike():
    assert not set("0O1IL2Z5S8BUVG") & set(LETTERS)


def test_each_school_has_its_own(desk):
    assert len(set(desk.codes().values())) == 2
    assert "Hexley Primary School" in desk.guest(OTHER.urn).get("/tell").text


@pytest.mark.parametrize("path", ["/", "/check", "/code", "/people", "/?all=decide"])
def test_every_other_page_answers_as_to_whoever_is_not_signed_in(desk, path):
    answers = [browser.get(path) for browser in (desk.guest(), desk.another())]
    assert [(a.status_code, a.headers["location"]) for a in answers] == [
        (303, answers[0].headers["location"])
    ] * 2
    assert answers[0].headers["location"].startswith("/sign-in")


def test_what_is_told_by_it_has_a_number_and_a_state(desk):
    browser = desk.guest()
    answer = desk.tell(browser, name="Kim Wren")
    assert answer.status_code == 303
    assert "Received" in words_of(browser.get(answer.headers["location"]))


def test_a_screenshot_may_come_with_it(desk):
    assert desk.tell(desk.guest(), PNG, name="Kim Wren").status_code == 303
    assert desk.read("SELECT media_type FROM evidence WHERE media_type LIKE 'image/%'")


def test_a_name_is_asked_for_and_kept_as_its_owners_own_word(desk):
    browser = desk.guest()
    assert "Please give your name" in words_of(desk.tell(browser))
    desk.tell(browser, name="Kim Wren")
    notes = [note for (note,) in desk.read("SELECT note FROM audit_notes")]
    assert notes == ["Kim Wren (by their own word, with the code of the day)"]


def test_nobody_gives_themselves_another_name_who_is_signed_in(desk):
    desk.sign_in("office")
    desk.tell(desk.browser, name="Kim Wren")
    assert [note for (note,) in desk.read("SELECT note FROM audit_notes")] == ["Ola Finch"]


def test_the_names_of_staff_are_not_shown_to_who_may_be_anybody(desk):
    browser = desk.guest()
    form = {"form": form_of(browser.get("/tell"))["form"], "danger": "now", "step": "danger", "do": "go"}
    page = browser.post("/tell", data=form, files={"file": ("", b"")})
    assert "Who is in danger?" in page.text
    assert OFFICE.name not in page.text


def test_whom_to_ring_is_to_them_an_office_and_its_number(desk):
    people = tuple(replace(p, phone="01632 960 204") for p in desk.context.config.people)
    desk.context = replace(desk.context, config=replace(desk.context.config, people=people))
    page = words_of(desk.guest().get("/tell"))
    assert "At school, ring: safeguarding lead, 01632 960 204" in page
    assert not [p.name for p in people if p.name in page]


def test_it_ends_at_midnight_by_the_schools_clock_with_all_it_opened(desk):
    desk.clock.at = datetime(2026, 7, 1, 22, 50, tzinfo=UTC)  # ten minutes before, in summer time
    browser, code = desk.guest(), desk.codes()[SCHOOL.urn]
    assert browser.get("/tell").status_code == 200
    desk.wait(minutes=10)
    assert browser.get("/tell").status_code == 303
    assert desk.type(code).status_code == 403


def test_its_device_is_one_that_others_use(desk):
    browser = desk.guest()
    desk.wait(minutes=16)
    assert browser.get("/tell").status_code == 303


def test_who_signs_out_ends_their_own_session_and_no_other(desk):
    one, other = desk.guest(), desk.guest()
    page = one.get("/sign-out")
    assert "everywhere" not in words_of(page)
    one.post("/sign-out", data={**form_of(page), "do": "all"})
    assert (one.get("/tell").status_code, other.get("/tell").status_code) == (303, 200)


def test_the_office_reads_it_on_a_page(desk):
    desk.sign_in("office")
    code = desk.codes()[SCHOOL.urn]
    page = words_of(desk.browser.get("/code"))
    assert f"{code[:4]} {code[4:]}" in page
    assert "24 November 2026" in page
    assert desk.codes()[OTHER.urn][:4] not in page


def test_to_a_governor_there_is_no_such_page(desk):
    desk.sign_in("gore")
    answers = [desk.browser.get(path) for path in ("/code", "/nothing-at-all")]
    assert answers[0].status_code == 404
    assert answers[0].text == answers[1].text


def test_a_code_that_got_about_is_changed_at_once_and_who_came_in_by_it_is_out(desk):
    browser, old = desk.guest(), desk.codes()
    desk.sign_in("office")
    desk.browser.post("/code", data={**form_of(desk.browser.get("/code")), "school": SCHOOL.urn})
    assert browser.get("/tell").status_code == 303
    assert desk.type(old[SCHOOL.urn]).status_code == 403
    assert desk.codes()[OTHER.urn] == old[OTHER.urn]
    assert desk.guest().get("/tell").status_code == 200
    assert desk.audited("day_code_changed") == [("day_code_changed", "office", "office")]


def test_nobody_changes_that_of_another_school(desk):
    old = desk.codes()
    desk.sign_in("office")
    desk.browser.post("/code", data={**form_of(desk.browser.get("/code")), "school": OTHER.urn})
    assert desk.codes() == old


def test_a_change_of_yesterday_does_not_bind_today(desk):
    first = desk.codes()
    desk.sign_in("office")
    desk.browser.post("/code", data={**form_of(desk.browser.get("/code")), "school": SCHOOL.urn})
    desk.wait(days=1)
    assert len({first[SCHOOL.urn], desk.codes()[SCHOOL.urn]}) == 2


def test_guesses_at_it_count_as_guesses_at_codes_by_mail_do(desk, monkeypatch):
    monkeypatch.setattr(strangers, "MOST_WRONG_OF_HOST", 3)
    assert [desk.type("AAAAAAAA").status_code for _ in range(3)] == [403] * 3
    code = desk.codes()[SCHOOL.urn]
    assert desk.type(code).status_code == 403
    assert desk.type(code, desk.another("203.0.113.2")).status_code == 303


def test_another_sites_form_lets_nobody_in(desk):
    code, browser = desk.codes()[SCHOOL.urn], desk.another()
    form = form_of(browser.get("/tell/code")) | {"code": code}
    assert browser.post("/tell/code", data=form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert desk.another().post("/tell/code", data=form).status_code == 403


def test_neither_it_nor_what_a_browser_keeps_is_in_the_store(desk):
    browser, code = desk.guest(), desk.codes()[SCHOOL.urn]
    rows = str(desk.read("SELECT * FROM sessions") + desk.read("SELECT * FROM day_codes"))
    assert code not in rows
    assert not [kept for kept in browser.cookies.values() if kept in rows]


def test_the_page_to_sign_in_leads_to_it(desk):
    assert 'href="/tell/code"' in desk.another().get("/sign-in").text


def test_whoever_gives_it_out_finds_it_where_they_tell_and_others_do_not(desk):
    shown = []
    for who in ("office", "gore"):
        browser = desk.another()
        desk.sign_in(who, browser)
        shown.append('href="/code"' in browser.get("/tell").text)
    assert shown == [True, False]


def test_who_to_ring_is_on_the_page_that_asks_for_it(desk):
    assert "ring 999" in words_of(desk.another().get("/tell/code"))


def test_seven_days_have_seven_codes(desk):
    found = set()
    for _ in range(7):
        found.add(desk.codes()[SCHOOL.urn])
        desk.clock.at += timedelta(days=1)
    assert len(found) == 7
    assert all(re.fullmatch(f"[{LETTERS}]{{8}}", code) for code in found)


def test_whoever_was_signed_in_in_that_browser_is_not_any_more(tmp_path):
    desk = DayDesk(tmp_path)
    desk.sign_in("head", device="own")
    kept = desk.browser.cookies["__Host-desk"]
    desk.type(desk.codes()[SCHOOL.urn], desk.browser)
    desk.browser = desk.another()
    desk.browser.cookies.set("__Host-desk", kept)
    assert desk.browser.get("/").headers["location"].startswith("/sign-in")


def state(browser, number):
    return browser.get("/tell/state", params={"number": number})


def told(desk, browser):
    return desk.tell(browser, name="Kim Wren").headers["location"].partition("=")[2]


def test_whoever_signs_in_ends_what_a_guest_began_in_that_browser(desk):
    browser = desk.guest()
    assert ("code-of-the-day", "shared") in desk.sessions()
    desk.sign_in("office", browser)
    assert desk.sessions() == [("office", "shared")]


def test_a_guest_asks_for_what_they_handed_in_from_that_browser_and_for_nothing_else(desk):
    mine, theirs = desk.guest(), desk.guest()
    numbers = [told(desk, mine), told(desk, mine)]
    assert ["Received" in words_of(state(mine, number)) for number in numbers] == [True, True]
    hidden, nothing = state(theirs, numbers[0]), state(theirs, "999999")
    assert (hidden.status_code, hidden.content) == (404, nothing.content)
    assert dict(hidden.headers) == dict(nothing.headers)


def test_a_number_is_theirs_on_another_day_too(desk):
    browser = desk.guest()
    number = told(desk, browser)
    desk.wait(days=1)
    desk.type(desk.codes()["900001"], browser)
    assert "Received" in words_of(state(browser, number))
