"""The governors' report at the desk: read in full, signed or sent back; governors see signed ones."""

from __future__ import annotations

import html
import re
import shutil
from datetime import timedelta

import pytest
from builders.page import BASE, form_of, words_of
from builders.report import filled_home
from builders.report_desk import ONE, ReportDesk

from alerts.weekly.facts import from_json
from data.store.engine import audit_chain
from monitor.reports.weekly import made
from monitor.service.tasks.reports import asking


@pytest.fixture
def desk(tmp_path_factory, tmp_path):
    return ReportDesk(shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home"))


def test_the_head_reads_the_whole_draft_and_signs_it_by_the_link_of_the_mail_alone(desk):
    browser, path = desk.browser(), desk.link("t-quillfeather")
    page = words_of(browser.get(path))
    with desk.store.read() as con:
        read = made(con, desk.context.config, desk.school, from_json(desk.report().facts)).document
    for said in (read.draft, *(block.text for block in read.blocks if block.kind == "paragraph")):
        assert " ".join(said.split()) in html.unescape(page)
    assert "Signed. The governors get it by mail." in words_of(desk.press(browser, path, do="sign"))
    assert desk.report().signed_by == "t-quillfeather"
    assert {who for who, _, _ in desk.mails()} == {"o-fennimore", "g-larch"}
    assert 'value="sign"' not in browser.get(path).text


def test_whoever_is_signed_in_and_may_sign_signs_it_there(desk):
    browser = desk.browser("o-fennimore")
    assert ONE in browser.get("/reports").text
    desk.press(browser, ONE, do="sign")
    assert desk.report().signed_by == "o-fennimore"


def test_a_draft_is_not_there_for_a_governor_and_a_signed_report_is(desk):
    browser = desk.browser("g-larch")
    nothing = browser.get("/nothing-here").text
    assert "There is no report for you to read yet." in words_of(browser.get("/reports"))
    assert (browser.get(ONE).status_code, browser.get(ONE).text) == (404, nothing)
    assert desk.press(browser, ONE, do="sign", form=form_of(browser.get("/tell"))["form"]).status_code == 404
    desk.press(desk.browser("t-quillfeather"), ONE, do="sign")
    page = browser.get(ONE)
    assert page.status_code == 200
    assert 'value="sign"' not in page.text
    assert ONE in browser.get("/reports").text


def test_a_years_cases_are_led_to_and_read_by_whoever_may_sign_and_by_nobody_else(desk):
    head, year = desk.browser("t-quillfeather"), "/reports/900001/year"
    assert year in head.get("/reports").text
    said = words_of(head.get(year))
    assert "Cases opened: fewer than 5." in said
    assert "1 November 2025 to 31 October 2026" in said
    governor = desk.browser("g-larch")
    assert year not in governor.get("/reports").text
    assert governor.get(year).status_code == 404


def test_the_pages_are_not_there_for_other_staff(desk):
    browser = desk.browser("b-thistlewood")
    assert {browser.get(path).status_code for path in ("/reports", ONE)} == {404}


def test_what_is_sent_back_stays_a_draft_that_says_why_and_it_is_told_why(desk):
    browser, path = desk.browser(), desk.link("t-quillfeather")
    assert "Say what is wrong" in words_of(desk.press(browser, path, do="back", why=" "))
    page = desk.press(browser, path, do="back", why="The policy has another name.")
    assert "“The policy has another name.”" in words_of(page)
    assert desk.report().signed_at is None
    ((who, subject, body),) = desk.mails()
    assert (who, subject) == ("i-lane", "Sent back: governors’ report, week 47")
    assert "The policy has another name." in body
    with desk.store.read() as con:
        done = [link.entry for link in audit_chain.links(con, ["report:2026-W47"])]
    assert [(e.action, e.actor) for e in done] == [("report_sent_back", "t-quillfeather")]


def test_it_is_sent_back_ten_times_an_hour_at_most(desk):
    browser, path = desk.browser(), desk.link("t-quillfeather")
    answers = [desk.press(browser, path, do="back", why=f"Wrong, {n}").status_code for n in range(11)]
    assert answers == [200] * 10 + [429]
    told = len(desk.mails())
    desk.clock.at += timedelta(hours=1)
    assert desk.press(browser, path, do="back", why="Still wrong").status_code == 200
    assert len(desk.mails()) == told + 1


def test_a_link_signs_nothing_by_a_form_that_it_did_not_show_or_after_35_days(desk):
    browser, path = desk.browser(), desk.link("t-quillfeather")
    browser.get(path)
    assert browser.post(path, data={"do": "sign"}).status_code == 403
    kept = form_of(browser.get(path))
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert browser.post(path, data={**kept, "do": "sign"}, headers=elsewhere).status_code == 403
    desk.clock.at += timedelta(days=36)
    assert browser.post(path, data={**kept, "do": "sign"}).status_code == 404
    assert desk.report().signed_at is None


def test_by_a_link_a_quick_tap_counts_where_the_browser_says_that_somebody_tapped(desk):
    browser, path = desk.browser(), desk.link("t-quillfeather")
    form = {**form_of(browser.get(path)), "do": "sign"}
    desk.clock.at += timedelta(seconds=0.3)
    assert browser.post(path, data=form).status_code == 403
    assert browser.post(path, data=form, headers={"sec-fetch-user": "?1"}).status_code == 200
    assert desk.report().signed_by == "t-quillfeather"


def test_a_link_made_for_a_governor_opens_no_draft(desk):
    assert desk.browser().get(desk.link("g-larch")).status_code == 404


def test_the_mail_that_asks_to_sign_leads_to_the_page(desk):
    person = desk.people["t-quillfeather"]
    note = asking(desk.context, desk.school, desk.report(), person, desk.clock(), again=False)
    assert note.button.url.startswith(f"{BASE}/r/")
    assert not note.commands
    assert desk.browser().get(note.button.url.removeprefix(BASE)).status_code == 200


def test_the_weeks_stand_as_bars_and_as_a_table_of_the_same_numbers(desk):
    browser = desk.browser("t-quillfeather")
    desk.press(browser, ONE, do="sign")
    page = browser.get("/reports").text
    bars = re.findall(r"<li><span>(.*?)</span><svg.*?</svg><span>(.*?)</span></li>", page)
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', page)
    assert bars == rows
    assert len(rows) == 8
    assert "style=" not in page
