"""On the page of a matter: notes, and a button beside each thing that its reader may undo."""

from __future__ import annotations

import html
import re

import pytest
from builders.page import CHILD, DANGER, STREET, PageDesk, buttons_of, form_of, words_of

SAID = "Rang the office, <b>no</b> answer."


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"), **STREET)


def say(desk, who="head", **form):
    shown = form_of(desk.press("read", who))
    desk.wait(seconds=5)
    return desk.browser.post(desk.path(who), data={**shown, **form})


def key_of(page):
    return re.search(r'name="key" value="(\w+)"', page.text)[1]


def test_a_note_is_shown_to_the_others_with_who_and_when_and_as_text(desk):
    page = say(desk, do="note", why=SAID)
    assert "Whoever may read this matter sees your note" in words_of(page)
    shown = words_of(desk.press("read", "deputy"))
    assert f"Jane Holt (09:00, Tuesday 17 November): “{html.escape(SAID)}”" in shown


def test_no_note_comes_before_a_tap_asked_for_the_words(desk):
    say(desk, do="note", why=SAID)
    assert "Rang the office" not in desk.get("deputy").text


def test_who_wrote_it_takes_it_back_by_the_button_beside_it_and_others_have_none(desk):
    say(desk, do="note", why=SAID)
    assert "note_back" not in buttons_of(desk.press("read", "deputy"))
    key = key_of(desk.press("read"))
    assert "it is no longer as it was" in words_of(say(desk, "deputy", do="note_back", key=key))
    assert "you took that back" in words_of(say(desk, do="note_back", key=key))
    assert "Rang the office" not in desk.press("read").text


def test_an_empty_note_says_what_is_wanted(desk):
    assert "a note has a few words" in words_of(say(desk, do="note", why=" "))


def test_of_what_is_restricted_notes_come_with_the_reading_alone(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    say(desk, "dsl", do="note", why=SAID)
    assert "Rang the office" not in desk.get("dsl").text
    assert "Rang the office" in desk.press("read", "dsl").text


@pytest.mark.parametrize(
    ("first", "undo", "says"),
    [
        ({"do": "again", "day": "2026-11-20"}, "ask_no_more", "you will not be asked again"),
        ({"do": "grown"}, "watch_no_more", "you will not be asked again"),
        ({"do": "give", "to": "deputy"}, "take_back", "A mail that has gone to them is not undone"),
        ({"do": "have"}, "put_down", "you no longer have it"),
    ],
)
def test_each_thing_done_has_a_button_beside_it_that_undoes_it(desk, first, undo, says):
    before = desk.rows()[1]
    say(desk, **first)
    assert undo in buttons_of(desk.press("read"))
    assert says in words_of(say(desk, do=undo))
    assert undo not in buttons_of(desk.press("read"))
    if undo in ("take_back", "put_down"):
        assert desk.rows()[1] == before


@pytest.mark.parametrize(("judged", "there"), [(STREET, True), (DANGER, False), (CHILD, False)])
def test_what_may_be_danger_is_not_kept_until_it_grows(tmp_path, judged, there):
    desk = PageDesk(tmp_path, told=("dsl",), **judged)
    assert ("grown" in buttons_of(desk.press("read", "dsl"))) is there
    say(desk, "dsl", do="grown")
    with desk.store.read() as con:
        assert con.execute("SELECT count(*) FROM growth_watches").fetchone() == (int(there),)


def test_it_is_done_with_for_a_reason_that_the_others_read_after_a_tap(desk):
    assert "said that it has been answered" in words_of(
        say(desk, do="end", mark="answered", why="All is well.")
    )
    assert "All is well." not in desk.get("deputy").text
    assert "Their reason: “All is well.”" in words_of(desk.press("read", "deputy"))
    assert "you took that back" in words_of(desk.press("undo"))
    assert "All is well." not in desk.press("read").text


@pytest.mark.parametrize(("mark", "why"), [("", "So."), ("answered", " ")])
def test_without_what_it_is_or_why_it_is_not_done_with(desk, mark, why):
    assert "choose what it is, and say why" in words_of(say(desk, do="end", mark=mark, why=why))
    assert desk.mark() is None


@pytest.mark.parametrize("judged", [DANGER, CHILD])
def test_what_may_be_danger_is_ended_by_no_form_of_one(tmp_path, judged):
    desk = PageDesk(tmp_path, told=("dsl",), **judged)
    assert "end" not in buttons_of(desk.press("read", "dsl"))
    say(desk, "dsl", do="end", mark="answered", why="So.")
    assert desk.mark() is None


def test_whoever_waits_for_its_growth_is_not_asked_to_wait_again(desk):
    say(desk, do="grown")
    assert "grown" not in buttons_of(desk.press("read"))
    say(desk, do="watch_no_more")
    assert "grown" in buttons_of(desk.press("read"))
