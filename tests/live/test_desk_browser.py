"""The desk in a real browser: signed in without JavaScript, from the address to a matter and out; axe."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from builders.desk import OpenDesk
from builders.page import CHILD, DANGER, WORDS

from data.types import Role
from monitor.desk.app import desk_app
from monitor.service.web import Web

CHROMIUM = shutil.which("chromium")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
with_and_without_script = pytest.mark.parametrize("script", [True, False])


@pytest.fixture
def judged():
    """What the matter is."""
    return DANGER


@pytest.fixture
def served(tmp_path, judged) -> Iterator[tuple[str, OpenDesk]]:
    """The address of a desk that is really served, and its home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    desk, asked = OpenDesk(tmp_path, told=("head", "dsl"), **judged), count()
    base = f"http://127.0.0.1:{port}"
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))

    def clock():  # as if somebody had read for two seconds before each tap
        return max(desk.clock(), datetime.now(UTC)) + timedelta(seconds=2 * next(asked))

    app = desk_app(desk.store, lambda: desk.context, clock, desk._send, desk._send)
    web = Web(app, "127.0.0.1", port, "[serve] listen")
    web.start()
    yield base, desk
    web.stop()


def own(desk):
    """Where the matter lies for who is signed in."""
    return desk.context.links.at_desk("s-one")


def sign_in(tab, base, desk, who):
    tab.goto(base)
    tab.fill("#address", desk.address(who))
    tab.click("button[value=send_code]")
    tab.fill("#code", desk.code())
    tab.click("button[value=prove]")


@with_and_without_script
def test_somebody_signs_in_takes_what_is_urgent_and_signs_out(served, script) -> None:
    """Over a second: a browser starts, and draws seven pages."""
    from playwright.sync_api import sync_playwright

    base, desk = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_context(
            viewport={"width": 320, "height": 600}, java_script_enabled=script
        ).new_page()
        said: list[str] = []
        tab.set_default_timeout(15_000)
        tab.on("console", lambda m: said.append(m.text))
        sign_in(tab, base, desk, "head")
        assert "Somebody may be in danger" in tab.inner_text("h1")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320
        assert min(b.bounding_box()["height"] for b in tab.locator("button, a.button").all()) >= 44
        tab.click("a.button")
        tab.click("button[value=have]")
        assert "you have it" in tab.inner_text("main")
        tab.goto(f"{base}/sign-out")
        tab.click("button[value=here]")
        assert "Sign in" in tab.inner_text("h1")
        browser.close()
    assert [line for line in said if not line.startswith("Clear-Site-Data header")] == []
    assert desk.has() == {desk.alert.id: "head"}


@with_and_without_script
def test_two_people_have_one_matter_open_and_the_second_loses_nothing(served, script) -> None:
    """Over a second: a browser starts, and two people sign in."""
    from playwright.sync_api import sync_playwright

    base, desk = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tabs = {}
        for who in ("head", "dsl"):
            tabs[who] = browser.new_context(java_script_enabled=script).new_page()
            tabs[who].set_default_timeout(15_000)
            sign_in(tabs[who], base, desk, who)
            tabs[who].goto(base + own(desk))
        tabs["dsl"].click("button[value=have]")
        tab = tabs["head"]
        tab.locator("summary", has_text="Write a note").click()
        tab.fill("details[open] textarea", "I rang the police.")
        tab.click("button[value=note]")
        assert "has had it since" in tab.inner_text("main")
        assert tab.input_value("details[open] textarea") == "I rang the police."
        tab.click("button[value=note]")
        assert "I rang the police." in tab.inner_text("main")
        browser.close()


@with_and_without_script
@pytest.mark.parametrize("judged", [CHILD])
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_restricted_link_that_was_forwarded_to_it_shows_nothing(served, script, signed_in) -> None:
    """Over a second: a browser starts."""
    from playwright.sync_api import sync_playwright

    base, desk = served
    desk.rename("vale", email="vale@example.org", roles=(Role.IT_LEAD,))
    link = desk.context.links.page("s-one", "dsl", desk.sent_at)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_context(java_script_enabled=script).new_page()
        tab.set_default_timeout(15_000)
        if signed_in:
            sign_in(tab, base, desk, "vale")
        tab.goto(link)
        said = [tab.inner_text("main")]
        tab.click("button[value=send_code]")
        assert desk.mailed[-1].person_id == "dsl"
        tab.fill("input[name=code]", "00000000")
        tab.click("button[value=prove]")
        said.append(tab.inner_text("main"))
        browser.close()
    with desk.store.read() as con:
        (number,) = con.execute("SELECT number FROM alerts").fetchone()
    for hidden in (WORDS, str(number), "Oakfield", "child", "safeguarding", "forum"):
        assert not any(hidden in each for each in said), hidden
    assert desk.audited("restricted_read") == []


def test_a_script_copies_and_leads_to_what_is_next_and_is_missed_by_nobody_without_it(served) -> None:
    """Over a second: a browser starts twice, with JavaScript and without."""
    from playwright.sync_api import sync_playwright

    base, desk = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        plain = browser.new_context(java_script_enabled=False).new_page()
        sign_in(plain, base, desk, "head")
        plain.goto(f"{base}/code")
        assert not plain.is_visible("[data-copy]")
        given = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        given.add_cookies(plain.context.cookies())
        tab, said = given.new_page(), []
        tab.on("console", lambda m: said.append(m.text))
        tab.goto(f"{base}/code")
        tab.click("[data-copy]")
        tab.wait_for_selector("text=Copied.")
        assert tab.evaluate("navigator.clipboard.readText()") == tab.inner_text(".code")
        tab.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
        tab.click("[data-copy]")
        tab.wait_for_selector("text=It is marked")
        assert tab.evaluate("getSelection().toString()") == tab.inner_text(".code")
        tab.goto(base)
        tab.evaluate(
            "() => document.querySelector('ul').append(document.querySelector('.item').cloneNode(true))"
        )
        tab.focus("[data-next]")
        led = "all => all.indexOf(document.activeElement)"
        for key, to in (("ArrowDown", 1), ("ArrowDown", 1), ("ArrowUp", 0)):
            tab.keyboard.press(key)
            assert tab.locator("[data-next]").evaluate_all(led) == to
        browser.close()
    assert said == []


def test_no_question_of_tell_us_breaks_a_rule_of_axe_in_light_or_in_dark(served) -> None:
    """Over a second: axe looks at each page as a browser has drawn it."""
    from playwright.sync_api import sync_playwright

    axe = Path(pytest.importorskip("axe_playwright_python").__file__).with_name("axe.min.js").read_text()
    base, desk = served
    found = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 320, "height": 700}, bypass_csp=True)
        tab.goto(f"{base}/sign-in")

        def look(page):
            tab.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            tab.evaluate(axe)
            for scheme, rules in (("light", RULES), ("dark", ["color-contrast"])):
                tab.emulate_media(color_scheme=scheme)
                broken = tab.evaluate("rules => axe.run(document, {runOnly: rules})", rules)["violations"]
                found.extend((page, scheme, rule["id"], rule["nodes"][0]["html"]) for rule in broken)

        sign_in(tab, base, desk, "head")
        tab.goto(f"{base}/tell")
        for answer in ("soon", "staff", "nobody", "no"):
            tab.check(f"input[value={answer}]")
            tab.click("button[value=go]")
            look(f"after {answer}")
        tab.click("button[value=hand_in]")
        look("nothing handed in")
        tab.fill("#words", "Nobody at Oakfield Primary School rings back.")
        tab.click("button[value=hand_in]")
        look("handed in")
        assert "Received" in tab.inner_text("main")
        browser.close()
    assert found == []
