"""A parent's lie about a named teacher, from its matter to the host's rung and the exhibits for a solicitor,
in a real browser: counted in taps and in fields that are typed."""

from __future__ import annotations

import re
import shutil
import socket
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from builders.case_desk import PNG
from builders.case_page import CaseDesk, as_often_as_one_likes
from builders.page import DANGER

from data.types import About
from monitor.desk.app import desk_app
from monitor.service.web import Web

CHROMIUM = shutil.which("chromium")
MOST_TAPS, MOST_TYPED = 25, 6
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


@pytest.fixture
def judged():
    """What the post is judged as, where that is not a lie."""
    return {}


@pytest.fixture
def served(tmp_path, monkeypatch, judged) -> Iterator[tuple[str, CaseDesk]]:
    """The address of a desk that is really served, and its home; the teacher has a school address."""
    as_often_as_one_likes(monkeypatch)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    desk, asked = CaseDesk(tmp_path, told=("head", "dsl"), **judged), count()
    desk.rename("vale", email="vale@example.org")
    base = f"http://127.0.0.1:{port}"
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))

    def clock():  # as if somebody had read for two seconds before each tap
        return desk.clock() + timedelta(seconds=2 * next(asked))

    web = Web(
        desk_app(desk.store, lambda: desk.context, clock, desk._send, desk._send), "127.0.0.1", port, ""
    )
    web.start()
    yield base, desk
    web.stop()


class Hand:
    """Somebody at a browser, whose taps and typed fields are counted."""

    def __init__(self, tab, base, desk, who):
        self.tab, self.taps, self.typed = tab, 0, 0
        tab.set_default_timeout(20_000)
        tab.goto(base)
        tab.fill("#address", desk.address(who))
        tab.click("button[value=send_code]")
        tab.fill("#code", desk.code())
        tab.click("button[value=prove]")
        tab.goto(base + desk.own)

    def tap(self, *these):
        for each in these:
            self.taps += 1
            self.tab.locator(each).first.click()

    def pick(self, name, value):
        self.tap(f"input[name={name}][value={value}]")

    def choose(self, name, n):
        self.taps += 1
        self.tab.locator(f"select[name={name}]").first.select_option(index=n)

    def type(self, name, said):
        self.typed += 1
        self.tab.locator(f"[name={name}]").first.fill(said)

    def bring(self, picture):
        self.pick("shows", "no")
        self.taps += 1
        self.tab.set_input_files("#f-file", {"name": "a.png", "mimeType": "image/png", "buffer": picture})
        self.tap("button[value=picture]")

    def next(self):
        return self.tab.inner_text("h1")


RECORD = "main form button.full"


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_matter_to_the_host_and_the_solicitor_in_few_taps(served, javascript, tmp_path) -> None:
    """Over a second: a browser draws some twenty pages."""
    from playwright.sync_api import sync_playwright

    base, desk = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_context(
            java_script_enabled=javascript, viewport={"width": 375, "height": 700}, accept_downloads=True
        ).new_page()
        hand = Hand(tab, base, desk, "head")
        hand.tap("form[action='/case'] button")
        desk.case = re.search(r"/case/\w+", tab.url)[0]
        assert hand.next() == "Next: Say what it is"
        hand.type("why", "It is false, and says that he steals.")
        hand.tap(RECORD)
        assert hand.next() == "Next: Say who it is aimed at"
        hand.pick("person", "vale")
        hand.tap(RECORD)
        assert hand.next() == "Next: Record support"
        hand.tap(RECORD)
        hand.pick("relationship", "parent")
        hand.tap(RECORD)
        assert hand.next() == "Next: Keep evidence"
        hand.bring(PNG)
        assert hand.next() == "Next: Weigh how serious it is"
        hand.type("nature", "It calls a named teacher a thief.")
        hand.choose("visible", 2)
        hand.choose("spread", 1)
        hand.type("impact", "He dreads the gate.")
        hand.tap(RECORD)
        hand.type("why", "It is false, and names him.")
        hand.tap("button[value=seek]")
        assert hand.next() == "Next: Ask the author, in a conversation"
        hand.tap(RECORD)
        assert hand.next() == "Next: Record what came of it: the author, in a conversation"
        assert "By " in tab.inner_text(".by")
        hand.pick("result", "refused")
        hand.tap(RECORD)
        hand.tap("a[href*='rung=platform_report']", RECORD)
        hand.pick("result", "refused")
        hand.tap(RECORD)
        hand.tap("a[href*='rung=host']")
        hand.type("why", "The solicitor wrote to its registered office.")
        hand.tap(RECORD)
        hand.tap("a[href$='/pack']")
        with tab.expect_download() as saved:
            hand.tap("button[value=solicitor]")
        saved.value.save_as(tmp_path / "pack.zip")
        browser.close()
    assert "verify.py" in " ".join(zipfile.ZipFile(tmp_path / "pack.zip").namelist())
    assert hand.taps <= MOST_TAPS, hand.taps
    assert hand.typed <= MOST_TYPED, hand.typed


@pytest.mark.parametrize("javascript", [True, False])
def test_a_screenshot_that_somebody_brings_is_kept_in_five_taps(served, javascript) -> None:
    """Over a second: a browser starts, and somebody signs in."""
    from playwright.sync_api import sync_playwright

    base, desk = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_context(java_script_enabled=javascript).new_page()
        hand = Hand(tab, base, desk, "head")
        hand.tap("form[action='/case'] button", "a[href$='/evidence']")
        hand.bring(PNG)
        assert "Recorded." in tab.inner_text("main")
        browser.close()
    assert hand.taps == 5
    assert desk.step() == ["opened", "evidence"]


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("judged", [DANGER | {"about": About.STAFF, "subject_person": "vale"}])
def test_a_teacher_says_by_the_link_of_their_mail_that_the_police_may_be_told(served, javascript) -> None:
    """Over a second: a browser starts."""
    from playwright.sync_api import sync_playwright

    _, desk = served
    desk.begin_by_act("vale")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_context(java_script_enabled=javascript).new_page()
        tab.set_default_timeout(20_000)
        tab.goto(desk.context.links.page("s-one", "vale", desk.clock()))
        tab.select_option("select[name=police]", "given")
        tab.click("button[value=own_word]")
        assert "Recorded at" in tab.inner_text("main")
        browser.close()
    assert desk.step()[-1] == "consent_given"
