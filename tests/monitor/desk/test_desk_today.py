"""Today at the desk: what needs somebody, danger first, from the reading of their digest."""

from __future__ import annotations

from dataclasses import replace

from builders.desk import OpenDesk
from builders.page import CHILD, DANGER, PEOPLE, buttons_of, words_of

from data.types import School


def today(desk, who):
    desk.wait(minutes=1)
    desk.sign_in(who)
    return words_of(desk.browser.get("/"))


def test_open_danger_stands_first_and_leads_to_its_page(tmp_path):
    desk = OpenDesk(tmp_path, **DANGER)
    page = today(desk, "head")
    assert "Somebody may be in danger" in page
    assert "nothing needs you" not in page
    assert "ring 999" in page
    path = desk.browser.get("/").text.partition('href="/m/')[2].partition('"')[0]
    assert desk.browser.get(f"/m/{path}").status_code == 200


def test_what_is_to_be_decided_is_counted_among_what_needs_them(tmp_path):
    assert "1 thing needs you" in today(OpenDesk(tmp_path), "head")


def test_what_was_posted_after_the_digest_is_there_too(tmp_path):
    desk = OpenDesk(tmp_path)
    desk.wait(hours=5)
    assert "1 thing needs you" in today(desk, "head")


def test_a_restricted_matter_is_a_number_without_words(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    page = today(desk, "dsl")
    assert "Safeguarding" in page
    assert "ring back" not in page


def test_somebody_who_is_sent_no_digest_reads_nothing_of_matters(tmp_path):
    desk = OpenDesk(tmp_path)
    people = tuple(replace(p, email="vale@example.org") if p.id == "vale" else p for p in PEOPLE)
    desk.context = replace(desk.context, config=replace(desk.context.config, people=people))
    page = today(desk, "vale")
    assert "What you see or hear yourself" in page
    assert "needs you now" not in page


def test_of_several_schools_each_is_named(tmp_path):
    desk = OpenDesk(tmp_path)
    other = School("900002", "Hexley Primary School")
    config = desk.context.config
    desk.context = replace(desk.context, config=replace(config, schools=(*config.schools, other)))
    page = today(desk, "head")
    assert "Oakfield Primary School" in page
    assert "Hexley Primary School" in page


def test_a_restricted_matter_opens_without_another_code_for_ten_minutes_after_one(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    today(desk, "dsl")
    assert "read" in buttons_of(desk.get("dsl"))
    desk.wait(minutes=10)
    assert "send_code" in buttons_of(desk.get("dsl"))


def test_anothers_link_opens_nothing_restricted_for_whoever_is_signed_in(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    today(desk, "head")
    assert "send_code" in buttons_of(desk.get("dsl"))


def test_the_page_of_a_matter_leads_back_to_today_for_whoever_is_signed_in_and_for_nobody_else(tmp_path):
    desk = OpenDesk(tmp_path)
    today(desk, "head")
    assert 'href="/"' in desk.get("head").text
    assert 'href="/"' not in desk.another().get(desk.path("head")).text
    assert 'href="/"' not in desk.get("deputy").text
