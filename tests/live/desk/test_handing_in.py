"""The office manager hands in thirty films, an email and a PDF, on a telephone."""

from __future__ import annotations

import re

from builders.desk import OpenDesk
from builders.served import a_tab, broken_rules, needs_chromium, served, sign_in

pytestmark = needs_chromium
FILMS = "\n".join(f"https://www.tiktok.com/@oakfield.confessions/video/73912{n:02}" for n in range(30))
MAIL = b"From: parent@example.org\nSubject: Films\n\nThe office of Oakfield Primary School is slow.\n"
TAPS = 8
"""Two answers, each with “Go on”; whom it is about; “Many addresses at once”; the files; “Hand it in”."""


def test_an_office_manager_hands_in_thirty_films_an_email_and_a_pdf(tmp_path):
    desk, taps = OpenDesk(tmp_path, raised=False), 0
    desk.rename("vale", email="vale@example.org")
    with served(desk) as base, a_tab(script=False) as tab:

        def tap(what):
            nonlocal taps
            taps += 1
            tab.click(what)

        sign_in(tab, base, desk, "vale")
        for _ in ("danger", "picture"):
            tap("input[type=radio][value=no]")
            tap("button[value=go]")
        taps += 1
        tab.select_option("#about", "staff")
        tap("summary:has-text('Many addresses')")
        tab.fill("#list", FILMS)
        taps += 1
        tab.set_input_files("#file", [
            {"name": "mail.eml", "mimeType": "message/rfc822", "buffer": MAIL},
            {"name": "print.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a print of the page"},
        ])  # fmt: skip
        tap("button[value=hand_in]")
        numbers = re.findall(r"\b\d{6}\b", tab.locator("main").text_content())
        wide = tab.evaluate("document.documentElement.scrollWidth")
        tab.screenshot(path=tmp_path / "listed.png", full_page=True)
    assert len({*numbers}) == 31
    assert desk.read("SELECT count(*) FROM mentions WHERE channel = 'tiktok'") == [(30,)]
    sql = "SELECT name FROM evidence WHERE name LIKE 'supplied%' ORDER BY name"
    assert desk.read(sql) == [("supplied-1.eml",), ("supplied-2.pdf",)]
    assert (taps, wide) == (TAPS, 375)


def test_the_page_of_what_was_handed_in_and_the_settling_break_no_rule(tmp_path):
    desk = OpenDesk(tmp_path, raised=False)
    desk.rename("vale", email="vale@example.org")
    with served(desk) as base, a_tab() as tab:
        sign_in(tab, base, desk, "vale")
        for _ in ("danger", "picture"):
            tab.click("input[type=radio][value=no]")
            tab.click("button[value=go]")
        tab.select_option("#about", "nobody")
        assert broken_rules(tab) == []
        tab.fill("#list", "https://www.tiktok.com/@a.b/video/7391201\nno address")
        tab.click("button[value=hand_in]")
        assert broken_rules(tab) == []
