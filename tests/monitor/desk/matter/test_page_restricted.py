"""A restricted matter on the signed page: nothing before a tap, each reading on record."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from builders.case import a_case, a_step
from builders.page import CHILD, POST, STREET, WORDS, PageDesk, buttons_of, form_of, words_of
from support.case_numbers import number_of

from data.steps.codes import StepKind
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.types import About

TELLS = (
    *(WORDS[:20], "larch-dad", "forum", "example.org/one", "Oakfield"),
    *("child may", "safeguarding", "Pike", "Holt", "Tuesday 17"),
)
LOCKED = {"ground": "charge"}


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("dsl",), **CHILD)


def lock(desk, *more):
    """Its case is locked: an accused teacher must not be made known."""
    steps = [a_step(), a_step(2, StepKind.LOCKED, facts=LOCKED), *more]
    with desk.store.write("test") as con:
        case_store.put(con, a_case(steps=len(steps)), steps, [], desk.clock())


def test_before_a_tap_it_says_only_that_there_is_one_for_its_reader(desk):
    page = desk.get("dsl")
    assert words_of(page) == (
        "If anyone is in danger, ring 999 now. Do not wait for anybody’s permission. "
        "Something restricted is waiting for you to read. Tap “Read it now” to see what it is. "
        "That you read it is recorded, with your name. "
        "This link works until 09:00 on Tuesday 22 December. Read it now I have it "
        "Hand-over sheet Open a case A case carries it step by step, with dates and evidence. "
        "Nobody outside the school is written to by the program. "
        "Not watched around the clock. If a child is in danger, ring 999."
    )
    assert not [said for said in TELLS if said in words_of(page)]


def test_a_tap_shows_all_of_it_with_what_to_do_and_is_recorded_with_its_reason(desk):
    page = desk.press("read", "dsl")
    said = words_of(page)
    assert said.startswith("If anyone is in danger, ring 999 now.")
    assert "Recorded: you read this at 09:00 on Tuesday 17 November." in said
    assert f"What was posted larch-dad {WORDS} https://forum.example.org/one" in said
    assert "What to do It is for you to act on now. If a child is in danger, ring 999." in said
    assert "Tell the designated safeguarding lead" not in said
    assert "Do not look into it yourself, and do not write to the child or to whoever is suspected." in said
    assert desk.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]
    with desk.store.read() as con:
        assert con.execute("SELECT note FROM audit_notes").fetchall() == [("Read on the signed page.",)]


def test_all_that_is_restricted_is_shown_however_much_it_is(desk):
    with desk.store.write("test") as con:
        for n in range(2, 15):
            con.execute(
                "INSERT INTO restricted_texts SELECT * REPLACE ($n AS n, $text AS text) "
                "FROM restricted_texts WHERE n = 1",
                {"n": n, "text": f"version number {n}"},
            )
    page = words_of(desk.press("read", "dsl"))
    assert WORDS in page
    assert "version number 14" in page


def test_each_reading_is_recorded_and_needs_its_own_tap(desk):
    for _ in range(2):
        assert "set-cookie" not in desk.press("read", "dsl").headers
    assert len(desk.audited("restricted_read")) == 2
    assert WORDS not in desk.get("dsl").text


def test_looking_and_taking_record_no_reading_and_show_nothing(desk):
    page = desk.press("have", "dsl")
    assert desk.has() == {desk.alert.id: "dsl"}
    assert desk.audited("restricted_read") == []
    assert buttons_of(page) == ["read"]
    assert not [said for said in TELLS[:-1] if said in words_of(page)]


def test_the_words_and_what_to_do_stay_once_it_is_taken_and_each_showing_is_on_record(desk):
    read = desk.press("read", "dsl")
    desk.wait(seconds=5)
    page = desk.browser.post(desk.path("dsl"), data={**form_of(read), "do": "have"})
    said = words_of(page)
    assert desk.has() == {desk.alert.id: "dsl"}
    assert WORDS in said
    assert "What to do It is for you to act on now." in said
    assert len(desk.audited("restricted_read")) == 2
    assert WORDS not in desk.get("dsl").text


def test_words_that_are_kept_are_not_shown_to_who_may_no_longer_read_them(desk):
    kept = form_of(desk.press("read", "dsl"))
    desk.wait(seconds=5)
    with desk.store.write("test") as con:
        alert_store.put_alerts(con, [replace(desk.alert, excluded=("dsl",))], desk.clock())
    page = desk.browser.post(desk.path("dsl"), data={**kept, "do": "have"})
    assert not [said for said in TELLS if said in words_of(page)]


def test_that_they_have_it_is_said_once(desk):
    page = words_of(desk.press("have", "dsl"))
    assert page.count("you have it") == 1


@pytest.mark.parametrize("who", ["deputy", "head", "vale"])
def test_nobody_but_its_few_reads_takes_or_marks_it(tmp_path, who):
    desk = PageDesk(tmp_path, told=("dsl",), **(CHILD | {"about": About.STAFF, "subjects": ("head",)}))
    before = desk.rows()
    form = {
        **desk.form("dsl"),
        "proof": desk.context.links.proof(desk.path(who).removeprefix("/m/"), desk.clock()),
    }
    desk.wait(seconds=5)
    for tap in ("read", "have", "not_us", "answered", "undo"):
        page = desk.browser.post(desk.path(who), data={**form, "do": tap})
        assert not [said for said in (*TELLS[:4], "child may") if said in words_of(page)]
    assert desk.rows() == before


def test_it_is_never_marked_as_done(desk):
    form = desk.form("dsl")
    desk.wait(seconds=5)
    for act in ("not_us", "answered"):
        desk.browser.post(desk.path("dsl"), data={**form, "do": act})
    assert desk.mark() is None


def test_the_link_is_dead_after_35_days_as_every_other_and_leads_to_a_newer_one(desk):
    desk.wait(days=35)
    assert desk.get("dsl").status_code == 200
    desk.wait(minutes=2)
    page, number = desk.get("dsl"), number_of(desk.alert.id)
    assert page.status_code == 410
    assert f"Look for {number} in your newest digest or message" in words_of(page)
    assert not [said for said in TELLS if said in words_of(page)]


def test_a_dead_link_opens_nothing_by_a_form_from_before(desk):
    desk.wait(days=34, hours=23, minutes=50)
    form = desk.form("dsl")
    desk.wait(minutes=20)
    page = desk.browser.post(desk.path("dsl"), data={**form, "do": "read"})
    assert (page.status_code, desk.audited("restricted_read")) == (410, [])


def test_what_becomes_restricted_after_it_was_sent_is_treated_so(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **STREET)
    assert "set-cookie" in desk.press("read", "dsl").headers
    with desk.store.write("test") as con:
        alert_store.put_alerts(con, [replace(desk.alert, restricted=True)], desk.clock())
    page = desk.get("dsl")
    assert "Something restricted is waiting for you to read." in words_of(page)
    assert WORDS not in page.text


def test_nothing_is_opened_from_here_that_may_show_a_child_undressed(tmp_path):
    picture = CHILD | {"abuse": ("sexual",)}
    post = replace(POST, text="Look at him", url="https://forum.example.org/picture")
    page = PageDesk(tmp_path, told=("dsl",), post=post, **picture).press("read", "dsl")
    assert "https://forum.example.org/picture" in page.text
    assert re.findall(r'<a [^>]*href="(/\w+)', page.text.partition("<main")[2]) == ["/room"]
    assert "Do not open this address." in words_of(page)
    assert "<img" not in page.text


def test_what_was_handed_over_and_deleted_says_that_nothing_is_kept(desk):
    with desk.store.write("test") as con:
        alert_store.hand_over(con, desk.alert.id, "dsl", desk.clock())
        con.execute("DELETE FROM restricted_texts")
    assert "Nothing of its words is kept here any more." in words_of(desk.press("read", "dsl"))


def test_a_locked_case_hides_what_it_is_until_a_reading_is_on_record(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "head"), **STREET)
    lock(desk)
    page = desk.get("dsl")
    assert "Something restricted is waiting for you to read." in words_of(page)
    assert "Private details" not in page.text
    read = desk.press("read", "dsl")
    assert WORDS in words_of(read)
    assert "Case Case 0001: open, and locked: no more is said of it here." in words_of(read)
    assert desk.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]


def test_a_lock_outlives_its_case(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "head"), **STREET)
    assert "set-cookie" in desk.press("read", "dsl").headers
    lock(desk, a_step(3, StepKind.CLOSED, facts={"ending": "removed", "reason": "It is gone."}))
    page = desk.get("dsl")
    assert "Something restricted is waiting for you to read." in words_of(page)
    assert not [said for said in (WORDS, "Private details", "Case 0001") if said in words_of(page)]
    desk.press("answered", "dsl")
    assert desk.mark() is None
    assert WORDS in words_of(desk.press("read", "dsl"))
    assert desk.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]


def test_a_locked_case_is_not_read_by_whoever_neither_leads_nor_acts_in_it(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "deputy"), **STREET)
    lock(desk)
    page = desk.get("deputy")
    assert "It is locked: the law forbids making an accused teacher known." in words_of(page)
    assert "read" not in buttons_of(page)
    form = {
        **desk.form("dsl"),
        "proof": desk.context.links.proof(desk.path("deputy").removeprefix("/m/"), desk.clock()),
    }
    desk.wait(seconds=5)
    assert WORDS not in desk.browser.post(desk.path("deputy"), data={**form, "do": "read"}).text
    assert desk.audited("restricted_read") == []


def test_of_what_was_never_raised_whoever_may_only_know_of_it_sees_no_number(desk):
    with desk.store.write("test") as con:
        con.execute("DELETE FROM alerts")
    page = desk.get("deputy")
    assert "A matter is with the safeguarding lead." in words_of(page)
    assert "<title>Schoolgate</title>" in page.text
    assert "s-one" not in page.text.lower()


def test_what_weighed_most_in_what_is_restricted_is_said_to_whoever_has_read_it(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD, weighed_most=(0, 52))
    assert "weighed most" not in words_of(desk.get("dsl"))
    assert f"What weighed most: “{WORDS[:52]}”" in words_of(desk.press("read", "dsl"))
