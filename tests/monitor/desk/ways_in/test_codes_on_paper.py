"""Codes on paper, printed for one person while no mail arrives: who may, who is told, when they end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case_desk import Desk, run
from builders.desk import OpenDesk
from builders.page import CHILD, PEOPLE, form_of, words_of

from data.store.service import sessions
from data.store.sources.configuration import put_people
from data.types import Person, Role
from monitor.act.ways_in.on_paper import print_codes
from monitor.desk.sign_in import strangers

IT = Person("it", "Ivo Tern", (Role.IT_LEAD,), "it@example.org")


class PaperDesk(OpenDesk):
    """The desk of a school with an IT lead, who prints codes."""

    def __init__(self, home, **given):
        super().__init__(home, **given)
        config = self.context.config
        self.context = replace(self.context, config=replace(config, people=(*PEOPLE, IT)))

    def person(self, who):
        return next(p for p in self.context.config.people if p.id == who)

    def printed(self, who="head", by="it"):
        return print_codes(self.store, self.context, self.person(by), self.person(who), self.clock())

    def type(self, code, who="head", browser=None):
        """What the desk answers to a code typed where one by mail would be."""
        browser = browser or self.another()
        asked = self.ask_for_code(self.address(who), browser)
        return browser.post("/sign-in", data={**form_of(asked), "code": code, "do": "prove"})

    def read(self, sql):
        with self.store.read() as con:
            return con.execute(sql).fetchall()


@pytest.fixture
def desk(tmp_path):
    return PaperDesk(tmp_path)


def test_one_is_typed_where_a_code_by_mail_is_and_signs_its_person_in(desk):
    code, *_ = desk.printed().made
    answer = desk.type(f"{code[:4]} {code[4:8]} {code[8:]}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert desk.sessions() == [("head", "shared")]


def test_each_is_good_once(desk):
    first, second, *_ = desk.printed().made
    assert desk.type(first).status_code == 303
    assert desk.type(first).status_code == 403
    assert desk.type(second).status_code == 303


def test_one_is_its_persons_alone(desk):
    code, *_ = desk.printed("head").made
    assert desk.type(code, "dsl").status_code == 403


def test_one_is_good_for_seven_days(desk):
    first, second, *_ = desk.printed().made
    desk.wait(days=7, seconds=-1)
    assert desk.type(first).status_code == 303
    desk.wait(seconds=2)
    assert desk.type(second).status_code == 403


def test_a_new_sheet_takes_the_place_of_the_one_before(desk):
    old, new = desk.printed().made[0], desk.printed().made[0]
    assert desk.type(old).status_code == 403
    assert desk.type(new).status_code == 303


def test_one_is_a_second_check(desk):
    first, second, *_ = desk.printed().made
    browser = desk.another()
    desk.type(first, browser=browser)
    desk.wait(minutes=11)
    asked = browser.post("/check", data={**form_of(browser.get("/check")), "do": "send_code"})
    answer = browser.post("/check", data={**form_of(asked), "code": second, "do": "prove"})
    assert answer.status_code == 303
    assert desk.audited("checked_again") == [("checked_again", "head", "head")]


def test_no_code_is_in_the_store(desk):
    codes = desk.printed().made
    assert not [row for row in desk.read("SELECT * FROM printed_codes") if set(codes) & set(map(str, row))]


def test_it_is_in_the_audit_who_printed_for_whom_and_that_one_was_used(desk):
    code, *_ = desk.printed().made
    desk.type(code)
    assert desk.audited("codes_printed", "printed_code_used") == [
        ("codes_printed", "it", "head"),
        ("printed_code_used", "head", "head"),
    ]


def test_whoever_they_are_for_and_who_printed_them_and_the_head_are_mailed_that(desk):
    desk.printed("dsl")
    sent = desk.read("SELECT person_id, subject || body FROM outbox WHERE kind = 'account' ORDER BY 1")
    assert [person for person, _ in sent] == ["dsl", "head", "it"]
    assert all("Ivo Tern" in said and desk.person("dsl").name in said for _, said in sent)


def test_that_mail_waits_for_as_long_as_mail_is_down(desk):
    desk.printed("dsl")
    ((waits,),) = desk.read("SELECT DISTINCT expires_at - due_at FROM outbox WHERE kind = 'account'")
    assert waits >= timedelta(days=30)


def test_their_person_sees_at_the_desk_that_they_were_printed_and_how_many_were_used(desk):
    code, *_ = desk.printed().made
    browser = desk.another()
    desk.type(code, browser=browser)
    page = words_of(browser.get("/"))
    assert "Ivo Tern has printed codes on paper" in page
    assert "Used so far: 1" in page


def test_nobody_else_sees_that_at_the_desk(desk):
    desk.printed("dsl")
    desk.sign_in("head")
    assert "codes on paper" not in words_of(desk.browser.get("/"))


@pytest.mark.parametrize(
    ("by", "who"), [("vale", "dsl"), ("dsl", "head"), ("it", "it"), ("head", "head"), ("it", "vale")]
)
def test_nobody_prints_for_themselves_or_without_the_office_or_for_who_has_no_address(desk, by, who):
    assert not hasattr(desk.printed(who, by), "made")
    assert desk.read("SELECT * FROM printed_codes") == []


def test_nobody_prints_for_somebody_of_another_school(desk):
    config = desk.context.config
    elsewhere = replace(IT, urns=("100009",))
    here = replace(desk.person("dsl"), urns=(config.schools[0].urn,))
    desk.context = replace(desk.context, config=replace(config, people=(here, elsewhere)))
    assert not hasattr(desk.printed("dsl"), "made")


def test_to_sign_somebody_out_withdraws_them(desk):
    code, *_ = desk.printed().made
    with desk.store.write("test") as con:
        sessions.end_all(con, "head", "it", desk.clock())
    assert desk.type(code).status_code == 403


def test_a_restore_brings_none_back_that_was_used_since(desk):
    code, *_ = desk.printed().made
    with desk.store.write("test") as con:
        sessions.end_everybody(con)
    assert desk.type(code).status_code == 403


def test_one_is_not_good_for_who_has_its_persons_id_later(desk):
    code, *_ = desk.printed().made
    config = desk.context.config
    people = tuple(replace(p, email="next@example.org") if p.id == "head" else p for p in config.people)
    desk.context = replace(desk.context, config=replace(config, people=people))
    assert desk.type(code).status_code == 403


def test_who_leaves_the_settings_has_none(desk):
    desk.printed("dsl")
    with desk.store.write("test") as con:
        put_people(con, [desk.person("head")])
    assert desk.read("SELECT * FROM printed_codes") == []


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


def test_the_command_prints_them_and_says_whose_they_are(tmp_path):
    (tmp_path / "home").mkdir()
    home = Desk(tmp_path / "home")
    config = home.home / "schoolgate.toml"
    config.write_text('base_url = "https://schoolgate.example.org"\n' + config.read_text())
    done = run("people", "print-codes", "pike", "--as", "fern", "--home", str(home.home))
    assert done.code == 0, done.err
    assert len(re.findall(r"^ +\d{4} \d{4} \d{4}$", done.out, re.M)) == 5
    assert "For Robin Pike, from Jo Fern" in done.out


def test_the_command_says_why_it_prints_none(tmp_path):
    (tmp_path / "home").mkdir()
    home = Desk(tmp_path / "home")
    done = run("people", "print-codes", "fern", "--as", "fern", "--home", str(home.home))
    assert (done.code, "Nobody prints codes for themselves" in done.err) == (2, True)


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


def test_that_one_was_used_is_said_to_its_person_whatever_is_printed_or_ended_since(desk):
    code, *_ = desk.printed("dsl").made
    desk.type(code, "dsl")
    desk.wait(minutes=1)
    desk.printed("dsl")
    with desk.store.write("ended") as con:
        sessions.end_all(con, "dsl", "it", desk.clock())
    desk.sign_in("dsl")
    assert "Used so far: 1" in words_of(desk.browser.get("/"))


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
    desk.sign_in("dsl", device="own")
    desk.wait(hours=1)
    code, *_ = desk.printed("dsl").made
    shown = desk.browser.get(desk.path("dsl"))
    desk.wait(seconds=5)
    shown = desk.browser.post(desk.path("dsl"), data=form_of(shown) | {"do": "send_code"})
    desk.wait(seconds=5)
    desk.browser.post(desk.path("dsl"), data=form_of(shown) | {"do": "prove", "code": code})
    assert desk.sessions() == [("dsl", "for_a_day")]
