"""The list of all matters: what it finds for whom, by what, a page at a time."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from builders.digest import CHAIR, DSL, HEAD, TUESDAY, together
from builders.matter_list import DPO, OCTOBER, SLT, STAFF, MatterList, lines_of, say, ticks_of
from builders.page import form_of

from monitor.desk.lists.rows import harmless


@pytest.fixture
def desk(tmp_path, monkeypatch):
    return MatterList(tmp_path, monkeypatch)


@pytest.fixture
def filled(desk):
    desk.fill()
    return desk


def test_a_word_finds_the_post_that_holds_it_and_no_other(filled) -> None:
    assert filled.said(SLT, words="zebedee") == ["“Nobody can park at the gate, Zebedee”"]


def test_a_line_begins_with_what_weighed_most(desk) -> None:
    words = "Lovely fair again. Nobody could park at the gate. The cakes were gone by two."
    with together(desk.store) as one:
        say(one, "fair", TUESDAY, text=words, weighed_most=(19, 49))
    assert desk.said(SLT) == ["“Nobody could park at the gate.”"]


def test_last_months_post_is_found_in_three_taps_from_today(filled) -> None:
    today = filled.browsers["slt"].get("/").text
    assert 'href="/matters"' in today
    month = re.search(r'href="(/matters\?month=2026-10)"', filled.get(SLT).text)
    found = filled.browsers["slt"].get(month[1]).text
    assert lines_of(found) == ["“The choir sang at the hospice”"]
    page = re.search(r'class="what"><a href="([^"]+)"', found)[1]
    assert "The choir sang" in filled.browsers["slt"].get(page).text


def test_a_place_and_a_state_narrow_it(filled) -> None:
    assert filled.said(SLT, place="gazette") == ["“The choir sang at the hospice”"]
    assert filled.said(SLT, state="done") == []
    assert len(filled.said(SLT, state="open")) == len(filled.said(SLT))


def test_who_has_it_narrows_it(filled) -> None:
    page = re.search(r'class="what"><a href="([^"]+)"', filled.get(SLT, words="uniform").text)[1]
    form = form_of(filled.browsers["slt"].get(page))
    filled.clock.at += timedelta(seconds=5)
    assert filled.browsers["slt"].post(page, data={**form, "do": "have"}).status_code == 200
    assert filled.said(HEAD, who="slt") == filled.said(SLT, who="slt") == ["“Uniform prices are a scandal”"]
    assert filled.said(HEAD, who="deputy") == []


@pytest.mark.parametrize("who", [HEAD, SLT, STAFF, DPO, CHAIR], ids=lambda p: p.id)
def test_what_is_restricted_is_in_no_line_of_whoever_may_not_read_it(filled, who) -> None:
    for query in ({}, {"state": "open"}, {"words": "hidden"}, {"words": "speak"}, {"who": "dsl"}):
        assert not any("DSL" in line or "hidden" in line for line in filled.said(who, **query))


def test_the_safeguarding_lead_finds_it_without_a_word_and_never_by_one(filled) -> None:
    assert "A matter that is with the DSL." in filled.said(DSL)
    assert filled.said(DSL, words="hidden") == []
    assert "A matter that is with the DSL." not in filled.said(DSL, place="forum")


def test_whom_a_matter_accuses_finds_it_by_nothing(filled) -> None:
    assert filled.said(HEAD, words="head") == []
    assert any(filled.said(CHAIR))
    assert len(filled.said(HEAD)) == 3


def test_somebody_without_an_office_finds_nothing_that_they_were_not_told_of(filled) -> None:
    assert filled.said(STAFF) == []
    assert "Nothing was found." in filled.get(STAFF).text


def test_who_holds_the_data_sees_how_far_it_is_and_no_words(filled) -> None:
    assert filled.said(DPO)
    assert "Zebedee" not in filled.get(DPO).text
    assert filled.said(DPO, words="zebedee") == []


def test_what_an_address_does_not_know_is_said_kindly(filled) -> None:
    page = filled.get(SLT, month="2026-99", place="nowhere", state="x", who="me", after="abc", words="a").text
    assert page.count('class="said wrong"') == 6
    assert lines_of(page) == filled.said(SLT)


def test_pages_follow_one_another_without_a_gap_while_more_comes_in(desk) -> None:
    """Over a second: sixty posts."""
    with together(desk.store) as one:
        for n in range(60):
            say(one, f"n{n}", TUESDAY - timedelta(hours=2, minutes=n), text=f"Zebedee says number {n}")
    page, seen = desk.get(SLT).text, []
    while True:
        seen += lines_of(page)
        older = re.search(r'href="(/matters\?after=[a-z2-7]+)"', page)
        if older is None:
            break
        with together(desk.store) as one:
            say(one, f"new{len(seen)}", TUESDAY - timedelta(minutes=len(seen)), text="Something new")
        page = desk.browsers["slt"].get(older[1]).text
    assert seen == [f"“Zebedee says number {n}”" for n in range(60)]


def test_a_page_has_twenty_five(desk) -> None:
    with together(desk.store) as one:
        for n in range(26):
            say(one, f"n{n}", OCTOBER, text=f"Zebedee says number {n}")
    assert len(desk.said(SLT)) == 25


def test_several_are_done_with_for_one_reason_and_open_again_by_one_tap(filled) -> None:
    ticked = ticks_of(filled.get(SLT).text)
    assert len(ticked) == 3
    done = filled.post(SLT, do="done", why="Talked about at the gate", **ticked)
    assert "3 matters are done with." in done.text
    assert len(filled.said(SLT, state="done")) == 3
    undo = dict(re.findall(r'type="hidden" name="(u-[^"]+)" value="([^"]*)"', done.text))
    assert "3 matters are open again." in filled.post(SLT, do="undo", **undo).text
    assert filled.said(SLT, state="done") == []


def test_without_a_reason_nothing_is_done_and_what_was_ticked_stays_ticked(filled) -> None:
    ticked = ticks_of(filled.get(SLT).text)
    answer = filled.post(SLT, do="done", why=" ", **ticked)
    assert answer.status_code == 403
    assert answer.text.count('" checked>') == 3
    assert filled.said(SLT, state="done") == []


def test_nothing_restricted_or_grave_can_be_ticked(filled) -> None:
    assert len(filled.said(DSL)) > len(ticks_of(filled.get(DSL).text)) == 3


def test_what_changed_since_or_was_ticked_by_a_forged_form_is_left_as_it_is(filled) -> None:
    tokens = re.findall(r'class="what"><a href="/m/s/([^"]+)"', filled.get(DSL).text)
    forged = {f"m-{token}": "12345678" for token in tokens}
    assert "None of them was changed" in filled.post(DSL, do="done", why="No more", **forged).text
    assert filled.said(SLT, state="done") == []


def test_what_somebody_else_took_meanwhile_is_left(filled) -> None:
    ticked = ticks_of(filled.get(SLT).text)
    first = dict([next(iter(ticked.items()))])
    filled.post(
        HEAD, do="done", why="Mine", **{name: ticks_of(filled.get(HEAD).text)[name] for name in first}
    )
    assert "2 matters are done with." in (said := filled.post(SLT, do="done", why="All", **ticked).text)
    assert "1 was left as it is" in said


def test_nobody_undoes_what_somebody_else_said(filled) -> None:
    done = filled.post(SLT, do="done", why="Talked", **ticks_of(filled.get(SLT).text)).text
    undo = dict(re.findall(r'type="hidden" name="(u-[^"]+)" value="([^"]*)"', done))
    assert "None of them was changed" in filled.post(HEAD, do="undo", **undo).text
    assert len(filled.said(SLT, state="done")) == 3


def test_the_table_holds_what_the_page_does_and_no_formula(desk) -> None:
    with together(desk.store) as one:
        say(one, "evil", OCTOBER, text="=cmd|' /C calc'!A0")
        say(one, "at", OCTOBER, text="@SUM(1+1)")
        say(one, "split", OCTOBER, text="Late again;=SUM(1+1)")
    answer = desk.browsers["slt"].get("/matters/csv?month=2026-10")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 4
    assert ";=" not in re.sub(r'"[^"]*"', "", answer.text)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


@pytest.mark.parametrize("sign", [*"=+-@\t\r\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_would_begin_a_formula_begins_with_an_apostrophe(sign) -> None:
    assert harmless(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless("plain = words") == "plain = words"


def test_the_page_to_print_has_no_form_and_all_of_it(desk) -> None:
    with together(desk.store) as one:
        for n in range(30):
            say(one, f"n{n}", OCTOBER, text=f"Zebedee says number {n}")
    page = desk.get(SLT, print="1").text
    assert len(lines_of(page)) == 30
    assert "<form" not in page
