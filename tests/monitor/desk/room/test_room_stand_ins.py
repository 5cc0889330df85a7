"""The safeguarding room of whoever acts for a lead whom a matter may accuse: of that matter, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.case_page import CaseDesk, another, as_often_as_one_likes
from builders.desk import OpenDesk
from builders.page import CHILD, WORDS, form_of, words_of
from support.case_numbers import number_of

from data.types import About, Person, Role

CHAIR = Person("chair", "Una Reed", (Role.CHAIR,), "chair@example.org")
ACCUSES = CHILD | {"about": About.STAFF, "subjects": ("dsl",)}


def desk_of(home, *people, **judged):
    desk = OpenDesk(home, told=("head",), **judged)
    config = desk.context.config
    named = (*config.people, *people)
    links = replace(desk.context.links, mails={p.id: p.email for p in named if p.email})
    desk.context = replace(desk.context, config=replace(config, people=named), links=links)
    return desk


def sheet_path(desk):
    return "/room/" + desk.context.links.at_desk("s-one").rpartition("/")[2]


def nothing_for(desk, who):
    browser = desk.another()
    desk.sign_in(who, browser)
    nothing = browser.get("/nothing-here")
    answers = [browser.get(path) for path in ("/room", sheet_path(desk))]
    return all((a.status_code, a.text) == (404, nothing.text) for a in answers)


@pytest.mark.parametrize(("people", "who"), [((), "head"), ((CHAIR,), "chair")])
def test_who_decides_for_an_accused_lead_finds_it_in_a_room_and_hands_it_over(tmp_path, people, who):
    desk = desk_of(tmp_path, *people, **ACCUSES)
    desk.sign_in(who)
    assert number_of(desk.alert.id) in desk.browser.get("/room").text
    own = desk.browser.get(desk.context.links.at_desk("s-one"))
    assert f'href="{sheet_path(desk)}"' in own.text
    form = form_of(desk.browser.get(sheet_path(desk)))
    shown = desk.browser.post(sheet_path(desk), data={**form, "do": "show"})
    assert WORDS in shown.text
    sent = {**form_of(shown), "do": "done", "number": "CP-7"}
    assert desk.browser.post(sheet_path(desk), data=sent).headers["location"].startswith("/room?over=")
    assert len(desk.audited("handed_over")) == 1
    with desk.store.read() as con:
        assert "dsl" not in str(con.execute("SELECT person_id FROM outbox").fetchall())


def test_the_accused_lead_and_who_only_reads_it_have_none_of_it(tmp_path):
    desk = desk_of(tmp_path, CHAIR, **ACCUSES)
    assert nothing_for(desk, "head")
    desk.sign_in("dsl")
    assert "Nothing is open." in words_of(desk.browser.get("/room"))
    assert nothing_for(desk, "vale") if desk.address("vale") else True


def test_a_matter_that_accuses_no_lead_is_in_the_leads_room_alone(tmp_path):
    desk = desk_of(tmp_path, CHAIR, **(CHILD | {"about": About.STAFF}))
    assert nothing_for(desk, "chair")
    assert nothing_for(desk, "head")


def test_a_locked_case_that_is_not_restricted_has_a_sheet_and_no_form_that_cannot_close_it(
    tmp_path, monkeypatch
):
    as_often_as_one_likes(monkeypatch)
    desk = CaseDesk(tmp_path, told=("head", "dsl"))
    desk.begin()
    desk.say("locked", why="The law forbids making him known.")
    lead = another(desk, "dsl")
    form = form_of(lead.get(sheet_path(desk)))
    shown = lead.post(sheet_path(desk), data={**form, "do": "show"})
    assert "is a thief" in shown.text
    assert 'name="number"' not in shown.text
