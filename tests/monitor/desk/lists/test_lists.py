"""The list of all matters, the governors' report and the pages that `schoolgate desk` makes."""

import csv
import html
import io
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
import segno
from builders.config import a_person
from builders.desk import OpenDesk, settle
from builders.digest import CHAIR, DSL, HEAD, TUESDAY, story_id, together
from builders.page import BASE, form_of, words_of
from builders.report import filled_home
from builders.report_desk import DPO, OCTOBER, ONE, SLT, STAFF, MatterList, ReportDesk, lines_of, say
from starlette.testclient import TestClient
from support.for_each import for_each

from alerts.weekly.facts import from_json
from data.register.calendar import Calendar, Term
from data.store.engine import audit_chain
from data.store.weekly import newest_reports
from data.types import Person, Role, School
from monitor.cli.demo.desk import demo_app, play_week
from monitor.config.load import Config, load_file
from monitor.desk.page import form_token
from monitor.desk.pages.lists import harmless
from monitor.desk.pages.reports import make_poster_pdf, square
from monitor.reports.weekly import make_report
from monitor.service.digests import signing_mail


@pytest.fixture
def desk(tmp_path, monkeypatch):
    return MatterList(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The list that is filled, to be read alone."""
    with pytest.MonkeyPatch.context() as patched:
        found = MatterList(tmp_path_factory.mktemp("shown"), patched)
        found.fill()
        yield found


def test_a_word_a_place_a_month_or_a_state_narrows_it_and_what_an_address_does_not_know_is_said(shown):
    assert shown.said(SLT, words="zebedee") == ["“Nobody can park at the gate, Zebedee”"]
    assert shown.said(SLT, place="gazette") == ["“The choir sang at the hospice”"]
    assert shown.said(SLT, state="done") == []
    assert len(shown.said(SLT, state="open")) == len(shown.said(SLT)) == 4
    odd = {"month": "2026-99", "place": "nowhere", "state": "x", "who": "me", "after": "abc", "words": "a"}
    page = shown.get(SLT, **odd).text
    assert page.count('class="said wrong"') == 6
    assert lines_of(page) == shown.said(SLT)


def test_a_line_bears_a_title_that_people_can_say_and_what_weighed_most(desk):
    words = "Lovely fair again. Nobody could park at the gate. The cakes were gone by two."
    with together(desk.store) as one:
        say(one, "fair", TUESDAY, text=words, weighed_most=(19, 49))
    assert desk.said(SLT) == ["“Nobody could park at the gate.”"]
    assert ">Local forum, criticism</a>" in desk.get(SLT).text


def test_the_months_go_back_to_that_of_the_oldest_post(desk):
    with together(desk.store) as one:
        say(one, "old", TUESDAY.replace(year=2023, month=5, day=9))
    assert re.findall('value="(20[0-9]{2}-[0-9]{2})"', desk.get(SLT).text)[-1] == "2023-05"


def test_last_months_post_that_was_first_read_this_month_is_found_by_the_month_of_its_day(shown):
    today = shown.browsers["slt"].get("/").text
    assert 'href="/matters"' in today
    assert '<option value="2026-10">October 2026</option>' in shown.get(SLT).text
    found = shown.get(SLT, month="2026-10").text
    assert lines_of(found) == ["“The choir sang at the hospice”"]
    assert "18 October" in found
    page = re.search(r'class="what"><a href="([^"]+)"', found)[1]
    assert "The choir sang" in shown.browsers["slt"].get(page).text


def rows_of_list(page):
    """The rows of a list: where each leads, its title, and where and when it was."""
    row = r'<p(?: class="what")?><a href="(/m/s/[^"]+)"[^>]*>(.*?)</a></p>.*?<p class="meta">(.*?)</p>'
    return re.findall(row, page, re.S)


def beside(page):
    return re.search(r'<aside class="beside">.*?</aside>', page, re.S)


@for_each("who", (SLT, DSL, HEAD))
def test_beside_an_open_matter_stands_the_list_of_its_reader_in_its_order(shown, who):
    browser, listed = shown.browsers[who.id], rows_of_list(shown.get(who).text)
    page = browser.get(listed[0][0]).text
    assert rows_of_list(beside(page)[0]) == listed
    assert re.findall(r'href="([^"]+)" aria-current="page"', beside(page)[0]) == [listed[0][0]]


def test_a_mails_link_has_no_list_beside_it_for_who_is_signed_in_either(shown):
    link = shown.context.links.page(story_id("parking"), "slt", shown.clock()).removeprefix(BASE)
    page = shown.browsers["slt"].get(link)
    assert page.status_code == 200
    assert "Who is dealing with it" in page.text
    assert not beside(page.text)


def test_each_line_shows_the_day_by_which_it_is_sorted_and_that_of_posting_where_it_is_another(shown):
    dated = [where.split(" · ")[1:] for _, _, where in rows_of_list(shown.get(SLT).text)]
    days = ["Tuesday 17 November"] * 3
    assert [day for day, *_ in dated] == [*days, "Sunday 15 November"]
    assert dated[-1][1] == "posted Sunday 18 October"
    assert not any("posted" in part for each in dated[:3] for part in each)


def test_a_number_leads_to_its_matter_and_nobody_who_may_not_know_it_anywhere(shown):
    with shown.store.open_reader() as con:
        numbers = [story[:6].upper() for (story,) in con.execute("SELECT id FROM stories").fetchall()]
    for person, leads in ((SLT, 4), (STAFF, 0)):
        assert sum(shown.get(person, words=number).status_code == 303 for number in numbers) == leads


@for_each("who", (HEAD, SLT, STAFF, DPO, CHAIR))
def test_what_is_restricted_is_in_no_line_of_whoever_may_not_read_it(shown, who):
    for query in ({}, {"words": "hidden"}, {"words": "speak"}, {"who": "dsl"}):
        assert not any("Safeguarding" in line or "hidden" in line for line in shown.said(who, **query)), query


def test_the_safeguarding_lead_finds_it_without_a_word_and_never_by_one(shown):
    page = shown.get(DSL).text
    assert "Safeguarding matter" in lines_of(page)
    assert shown.said(DSL, words="hidden") == []
    assert "Safeguarding matter" not in shown.said(DSL, place="forum")


def test_whom_a_matter_accuses_or_who_was_not_told_of_it_finds_it_by_nothing(shown):
    assert shown.said(HEAD, words="head") == []
    assert any(shown.said(CHAIR))
    assert len(shown.said(HEAD)) == 3
    assert shown.said(STAFF) == []
    assert "There is nothing yet that you may see." in shown.get(STAFF).text
    assert "Nothing was found." in shown.get(STAFF, words="head").text
    assert shown.said(DPO)  # how far it is, and no words
    assert "Zebedee" not in shown.get(DPO).text
    assert shown.said(DPO, words="zebedee") == []


def test_who_has_it_narrows_it(desk):
    desk.fill()
    page = re.search(r'class="what"><a href="([^"]+)"', desk.get(SLT, words="uniform").text)[1]
    form = form_of(desk.browsers["slt"].get(page))
    desk.clock.at += timedelta(seconds=5)
    assert desk.browsers["slt"].post(page, data={**form, "do": "take"}).status_code == 303
    assert desk.said(HEAD, who="slt") == desk.said(SLT, who="slt") == ["“Uniform prices are a scandal”"]
    assert desk.said(HEAD, who="deputy") == []


def test_pages_of_twenty_five_follow_one_another_without_a_gap_while_more_comes_in(desk):
    """Over a second: thirty posts."""
    with together(desk.store) as one:
        for n in range(30):
            say(one, f"n{n}", TUESDAY - timedelta(hours=2, minutes=n), text=f"Zebedee says number {n}")
    page = desk.get(SLT).text
    seen = lines_of(page)
    assert len(seen) == 25
    with together(desk.store) as one:
        say(one, "new", TUESDAY - timedelta(minutes=1), text="Something new")
    page = desk.browsers["slt"].get(re.search(r'href="(/matters\?after=[a-z2-7]+)"', page)[1]).text
    assert seen + lines_of(page) == [f"“Zebedee says number {n}”" for n in range(30)]
    assert "/matters?after=" not in page


def test_the_table_holds_what_the_page_does_and_no_formula(desk):
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


@for_each("sign", (*"=+-@\t\r\n", "＝", "＋", "－", "＠"))
def test_a_cell_that_would_begin_a_formula_begins_with_an_apostrophe(sign):
    assert harmless(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless("plain = words") == "plain = words"


# --------------------- the governors' report: read in full, signed or sent back; governors see signed ones


OF = ONE.rpartition("/")[0]


@pytest.fixture
def report_desk(tmp_path_factory, tmp_path):
    return ReportDesk(shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home"))


def test_the_head_reads_the_whole_draft_by_the_link_of_the_mail_and_signs_it_by_a_form_that_it_showed(
    report_desk,
):
    browser, path = report_desk.browser(), report_desk.link("t-quillfeather")
    page, kept = words_of(browser.get(path)), form_of(browser.get(path)) | {"do": "sign"}
    with report_desk.store.open_reader() as con:
        config, facts = report_desk.context.config, from_json(report_desk.report().facts)
        read = make_report(con, config, facts).document
    for said in (read.draft, *(block.text for block in read.blocks if block.kind == "paragraph")):
        assert " ".join(said.split()) in html.unescape(page)
    tapped = {"sec-fetch-user": "?1"}
    report_desk.clock.at += timedelta(seconds=0.3)
    assert browser.post(path, data=kept).status_code == 403
    assert browser.post(path, data={"do": "sign"}, headers=tapped).status_code == 403
    assert browser.post(path, data=kept, headers=tapped | {"sec-fetch-site": "cross-site"}).status_code == 403
    before = report_desk.clock.at
    report_desk.clock.at += timedelta(days=36)
    assert browser.post(path, data=kept, headers=tapped).status_code == 404
    assert report_desk.report().signed_at is None
    report_desk.clock.at = before
    signed = browser.post(path, data=kept, headers=tapped)
    assert "Signed. The governors get it by email." in words_of(signed)
    assert report_desk.report().signed_by == "t-quillfeather"
    assert {who for who, _, _ in report_desk.mails()} == {"o-fennimore", "g-larch"}
    assert 'value="sign"' not in browser.get(path).text


def test_a_draft_is_there_for_who_may_sign_it_and_a_signed_report_for_a_governor_and_neither_for_staff(
    report_desk,
):
    governor, head, year = report_desk.browser("g-larch"), report_desk.browser("t-quillfeather"), f"{OF}/year"
    nothing = governor.get("/nothing-here").text
    assert "There is no report for you to read yet." in words_of(governor.get("/reports"))
    assert (governor.get(ONE).status_code, governor.get(ONE).text) == (404, nothing)
    forged = {"form": form_token(governor.cookies["__Host-desk"]), "do": "sign"}
    assert governor.post(ONE, data=forged).status_code == 404
    assert report_desk.browser().get(report_desk.link("g-larch")).status_code == 404
    staff = report_desk.browser("b-thistlewood")
    assert {staff.get(path).status_code for path in ("/reports", ONE)} == {404}
    listed = head.get("/reports").text
    assert ONE in listed
    assert year in listed
    said = words_of(head.get(year))
    assert "Cases opened: fewer than 5." in said
    assert "1 November 2025 to 31 October 2026" in said
    for of in ("term", "safeguarding-term"):  # no term that is over is known; and the count is at no address
        assert f"of={of}" not in listed
        assert head.get(f"{year}?of={of}").status_code == 404
    calendar = Calendar(terms=(Term(date(2026, 9, 2), date(2026, 10, 23)),))
    settle(report_desk, calendars={"900001": calendar})
    assert "of=term" in head.get("/reports").text
    assert "that are closed: fewer than 5." in words_of(head.get(f"{year}?of=term"))
    assert head.get(f"{year}?of=safeguarding-term").status_code == 404
    report_desk.press(head, ONE, do="sign")
    assert report_desk.report().signed_by == "t-quillfeather"
    page = governor.get(ONE)
    assert (page.status_code, 'value="sign"' in page.text) == (200, False)
    listed = governor.get("/reports").text
    assert (ONE in listed, year in listed, governor.get(year).status_code) == (True, False, 404)
    bars = re.findall(r"<li><span>(.*?)</span><svg.*?</svg><span>(.*?)</span></li>", listed)
    assert bars == re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', listed)
    assert (len(bars), "style=" in listed) == (8, False)


def test_what_is_sent_back_ten_times_an_hour_at_most_stays_a_draft_that_says_why_and_it_is_told_why(
    report_desk,
):
    browser, path = report_desk.browser(), report_desk.link("t-quillfeather")
    assert "Say what is wrong" in words_of(report_desk.press(browser, path, do="back", why=" "))
    page = report_desk.press(browser, path, do="back", why="The policy has another name.")
    assert "“The policy has another name.”" in words_of(page)
    assert report_desk.report().signed_at is None
    ((who, subject, body),) = report_desk.mails()
    assert (who, subject) == ("i-lane", "Sent back: governors’ report, week 47")
    assert "The policy has another name." in body
    with report_desk.store.open_reader() as con:
        done = [link.entry for link in audit_chain.links(con, ["report:2026-W47"])]
    assert [(e.action, e.actor) for e in done] == [("report_sent_back", "t-quillfeather")]

    def sent(n):
        report_desk.clock.at += timedelta(seconds=5)
        return browser.post(path, data={**form_of(page), "do": "back", "why": f"Wrong, {n}"}).status_code

    assert [sent(n) for n in range(10)] == [200] * 9 + [429]
    assert len(report_desk.mails()) == 10
    report_desk.clock.at += timedelta(hours=1)
    assert report_desk.press(browser, path, do="back", why="Still wrong").status_code == 200
    assert len(report_desk.mails()) == 11


def test_the_mail_that_asks_to_sign_leads_to_the_page(report_desk):
    person, now = report_desk.people["t-quillfeather"], report_desk.clock()
    note = signing_mail(
        report_desk.context, report_desk.school, report_desk.report(), person, now, again=False
    )
    assert note.button.url.startswith(f"{BASE}/r/")
    assert not note.commands
    assert report_desk.browser().get(note.button.url.removeprefix(BASE)).status_code == 200


# --------- `schoolgate desk`: the demo's, where anybody comes in by a name on this machine, and the poster


def test_the_demo_lets_one_choose_whom_to_be_and_in_by_that_name_at_its_own_address_alone(tmp_path):
    desk = OpenDesk(tmp_path)
    app = demo_app(desk.store, lambda: desk.context)
    elsewhere = TestClient(app, base_url="http://evil.example:8477")
    answer = elsewhere.get("/as/head", follow_redirects=False)
    assert (answer.status_code, desk.sessions()) == (421, [])
    browser = TestClient(app, base_url=BASE)
    page = browser.get("/")
    assert all(f'href="/as/{person.id}"' in page.text for person in desk.context.config.people)
    assert "Jane Holt" in browser.get("/as/head").text
    assert browser.get("/as/nobody").status_code == 404


def test_the_demos_week_shows_what_others_have_and_what_one_has_oneself(tmp_path):
    desk = OpenDesk(tmp_path)
    config = desk.context.config
    named = {"head": "t-quillfeather", "deputy": "i-larkspur"}
    people = tuple(replace(p, id=named.get(p.id, p.id)) for p in config.people)
    desk.wait(minutes=1)
    play_week(desk.store, replace(config, people=people), desk.clock())
    assert desk.has() == {desk.alert.id: "i-larkspur"}
    with desk.store.open_reader() as con:
        (report,) = newest_reports(con, [config.schools[0].urn]).values()
    assert (report.signed_at, from_json(report.facts).weeks[-1].week) == (None, report.week)


# -------------------------------- a page of A4 that leads to “Tell us what you saw”, and says whom to ring


TOML = f"""
base_url = "https://schoolgate.example.org"
[[schools]]
urn = "100001"
name = "Oakfield Primary School"
{a_person("dsl", "Asha Rook", "dsl", phone="01632 960 204")}{a_person("head", "Jane Holt", "head")}"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(TOML)
    return tmp_path


def pages(path):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages]


def test_its_square_leads_to_the_page_that_takes_what_somebody_saw():
    drawn = square(f"{BASE}/tell")
    wanted = segno.make(f"{BASE}/tell", micro=False, error="q")
    assert f'viewBox="0 0 {wanted.symbol_size()[0]}' in drawn or f'width="{wanted.symbol_size()[0]}"' in drawn
    assert dark(drawn) == {
        (x + 4, y + 4) for y, row in enumerate(wanted.matrix) for x, module in enumerate(row) if module
    }


def dark(svg):
    """The dark modules that its path draws, line by line."""
    found, x, y = set(), 0.0, 0.0
    for step, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?:[ ,](-?[\d.]+))?", re.findall(r'd="(M[^"]+)"', svg)[-1]
    ):
        if step == "h":
            found |= {(int(x) + i, int(y)) for i in range(int(first))}
            x += int(first)
        else:
            x, y = (float(first), float(second)) if step == "M" else (x + float(first), y + float(second))
    return found


def test_it_is_one_page_with_the_address_whom_to_ring_and_what_not_to_do_with_an_image_of_a_child(home):
    config = load_file(home / "schoolgate.toml", {})
    (home / "p.pdf").write_bytes(make_poster_pdf(config, config.schools[0], BASE, date(2026, 11, 23)))
    (page,) = pages(home / "p.pdf")
    assert "schoolgate.example.org/tell" in page
    assert "Ring 999 now" in page
    assert "At school, ring: safeguarding lead, Asha Rook, 01632 960 204" in page
    assert "If it is about them, ring instead: head, Jane Holt, the office has the number" in page
    assert "send or delete anything that may show anybody under 18 undressed" in page


def test_a_long_name_and_address_stay_on_one_page(tmp_path):
    school = School("100001", "The Federation of Saint Barnabas and Saint Cuthbert Church of England Schools")
    people = tuple(
        Person(
            role.value, "Mrs Philippa Fennimore-Quillfeather", (role,), phone="01632 960 204 extension 3071"
        )
        for role in (Role.DSL, Role.HEAD)
    )
    config = Config(Path("schoolgate.toml"), (school,), people=people)
    base = "https://schoolgate.the-federation-of-saint-barnabas.northvale.example.org"
    (tmp_path / "p.pdf").write_bytes(make_poster_pdf(config, school, base, date(2026, 11, 23)))
    assert len(pages(tmp_path / "p.pdf")) == 1
