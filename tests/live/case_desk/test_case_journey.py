"""A parent's lie about a named teacher, from its matter to the host's rung and the exhibits for a solicitor,
in a real browser: counted in taps and in fields that are typed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

import pytest
from builders.case_desk import PNG
from builders.case_page import CaseDesk, as_often_as_one_likes
from builders.page import DANGER
from builders.served import a_tab, needs_chromium, served, sign_in

from data.types import About

MOST_TAPS, MOST_TYPED = 25, 6
pytestmark = needs_chromium


@pytest.fixture
def judged():
    """What the post is judged as, where that is not a lie."""
    return {}


@pytest.fixture
def there(tmp_path, monkeypatch, judged) -> Iterator[tuple[str, CaseDesk]]:
    """The address of a desk that is really served, and its home; the teacher has a school address."""
    as_often_as_one_likes(monkeypatch)
    desk = CaseDesk(tmp_path, told=("head", "dsl"), **judged)
    desk.rename("vale", email="vale@example.org")
    with served(desk) as base:
        yield base, desk


class Hand:
    """Somebody at a browser, whose taps and typed fields are counted."""

    def __init__(self, tab, base, desk, who):
        self.tab, self.taps, self.typed = tab, 0, 0
        sign_in(tab, base, desk, who)
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
def test_from_the_matter_to_the_host_and_the_solicitor_in_few_taps(there, javascript, tmp_path) -> None:
    """Over a second: a browser draws some twenty pages."""
    base, desk = there
    with a_tab(script=javascript, accept_downloads=True) as tab:
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
    assert "verify.py" in " ".join(zipfile.ZipFile(tmp_path / "pack.zip").namelist())
    assert hand.taps <= MOST_TAPS, hand.taps
    assert hand.typed <= MOST_TYPED, hand.typed


@pytest.mark.parametrize("javascript", [True, False])
def test_a_screenshot_that_somebody_brings_is_kept_in_five_taps(there, javascript) -> None:
    """Over a second: a browser starts, and somebody signs in."""
    base, desk = there
    with a_tab(script=javascript) as tab:
        hand = Hand(tab, base, desk, "head")
        hand.tap("form[action='/case'] button", "a[href$='/evidence']")
        hand.bring(PNG)
        assert "Recorded." in tab.inner_text("main")
    assert hand.taps == 5
    assert desk.step() == ["opened", "evidence"]


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("judged", [DANGER | {"about": About.STAFF, "subject_person": "vale"}])
def test_a_teacher_says_by_the_link_of_their_mail_that_the_police_may_be_told(there, javascript) -> None:
    """Over a second: a browser starts."""
    _, desk = there
    desk.begin_by_act("vale")
    with a_tab(script=javascript) as tab:
        tab.goto(desk.context.links.page("s-one", "vale", desk.clock()))
        tab.select_option("select[name=police]", "given")
        tab.click("button[value=own_word]")
        assert "Recorded at" in tab.inner_text("main")
    assert desk.step()[-1] == "consent_given"
