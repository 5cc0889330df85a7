"""What is printed, in a browser: all that the chair may know of on one page, and the governors’ reports."""

from __future__ import annotations

import io
import shutil
import socket
from dataclasses import replace
from unicodedata import normalize

import pypdf
import pytest
from builders.desk import OpenDesk
from builders.page import PEOPLE, links_of
from builders.report import filled_home
from builders.report_desk import ONE, ReportDesk

from data.types import Person, Role
from monitor.desk.app import desk_app
from monitor.service.web import Web

CHROMIUM = shutil.which("chromium")
CHAIR = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


@pytest.mark.parametrize("script", [True, False])
def test_the_chair_prints_all_matters_on_one_page_without_a_button_or_a_form(tmp_path, script) -> None:
    """Over a second: a browser starts, and draws five pages."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base, desk = f"http://127.0.0.1:{port}", OpenDesk(tmp_path, told=("head", "chair"))
    people = (*PEOPLE, CHAIR)
    links = replace(links_of(people), base_url=base)
    desk.context = replace(desk.context, config=replace(desk.context.config, people=people), links=links)
    app = desk_app(desk.store, lambda: desk.context, desk.clock, desk._send, desk._send)
    web = Web(app, "127.0.0.1", port, "")
    web.start()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_context(java_script_enabled=script).new_page()
        tab.set_default_timeout(15_000)
        tab.goto(base)
        tab.fill("#address", desk.address("chair"))
        tab.click("button[value=send_code]")
        tab.fill("#code", desk.code())
        tab.click("button[value=prove]")
        tab.click("nav a[href='/matters']")
        tab.click("a[href*='print=1']")
        tab.emulate_media(media="print")
        seen = [each.is_visible() for each in tab.locator("nav, button, .button, form, input").all()]
        printed = pypdf.PdfReader(io.BytesIO(tab.pdf(format="A4")))
        browser.close()
    web.stop()
    (page,) = printed.pages
    said = " ".join(normalize("NFKC", page.extract_text()).split())
    assert not any(seen)
    for part in ("Oakfield Primary School", "All matters", "Private details of a member of staff are given."):
        assert part in said
    assert "As of 17 November 2026." in said


PRINTED_PX = 718
"""So wide is a page of A4 within margins of 1 cm, in a browser's pixels."""


def printed_of(tab):
    """What the page prints, once it is seen that it holds no form and no more than the page is wide."""
    tab.emulate_media(media="print")
    seen = [each.is_visible() for each in tab.locator("nav, button, .button, form, input, textarea").all()]
    wide = tab.evaluate("Math.max(...[...document.querySelectorAll('main, main *')].map(e => e.scrollWidth))")
    pages = pypdf.PdfReader(io.BytesIO(tab.pdf(format="A4"))).pages
    tab.emulate_media(media="screen")
    assert not any(seen)
    assert wide <= PRINTED_PX
    return " ".join(normalize("NFKC", " ".join(page.extract_text() for page in pages)).split())


def test_a_report_and_the_list_of_reports_print_without_a_form_and_fit_a4(tmp_path_factory, tmp_path) -> None:
    """Over a second: a browser starts, and draws three pages."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    desk = ReportDesk(shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home"))
    kept, base = desk.browser("t-quillfeather").cookies["__Host-desk"], f"http://127.0.0.1:{port}"
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))
    web = Web(desk.app, "127.0.0.1", port, "")
    web.start()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": PRINTED_PX, "height": 1000})
        context.add_cookies([{"name": "desk", "value": kept, "url": base}])
        tab = context.new_page()
        tab.set_default_timeout(15_000)
        tab.goto(base + ONE)
        draft = printed_of(tab)
        tab.click("button[value=sign]")
        tab.goto(f"{base}/reports")
        listed = printed_of(tab)
        browser.close()
    web.stop()
    assert "DRAFT. Not yet read and signed." in draft
    assert "The last twelve weeks" in listed
