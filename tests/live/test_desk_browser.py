"""The desk in a real browser, with JavaScript and without: cases, handing over, passkeys, what is printed."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from unicodedata import normalize

import pypdf
import pytest
from builders.desk import OpenDesk
from builders.matter_list import SLT, MatterList
from builders.page import BASE, CHILD, DANGER, PEOPLE, WORDS, links_of
from builders.report import filled_home
from builders.report_desk import ONE, ReportDesk
from builders.served import a_tab, broken_rules, chromium, needs_chromium, opened, served, sign_in

from data.types import About, Person, Role
from monitor.desk.session import cookie_name

CHAIR = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
pytestmark = needs_chromium
with_and_without_script = pytest.mark.parametrize("script", [True, False])


@pytest.fixture
def judged():
    """What the matter is."""
    return DANGER


@pytest.fixture
def there(tmp_path, judged) -> Iterator[tuple[str, OpenDesk]]:
    """The address of a desk that is really served, and its home."""
    desk = OpenDesk(tmp_path, told=("head", "dsl"), **judged)
    with served(desk, now=lambda: max(desk.clock(), datetime.now(UTC))) as base:
        yield base, desk


@with_and_without_script
def test_somebody_signs_in_takes_what_is_urgent_and_signs_out(there, script) -> None:
    """Over a second: a browser starts, and draws seven pages."""
    base, desk = there
    with a_tab(script=script, wide=320, high=600) as tab:
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
    assert [line for line in tab.said if not line.startswith("Clear-Site-Data header")] == []
    assert desk.has() == {desk.alert.id: "head"}


@with_and_without_script
def test_two_people_have_one_matter_open_and_the_second_loses_nothing(there, script) -> None:
    """Over a second: a browser starts, and two people sign in."""
    base, desk = there
    with chromium() as browser:
        tabs = {}
        for who in ("head", "dsl"):
            tabs[who] = opened(browser.new_context(java_script_enabled=script).new_page())
            sign_in(tabs[who], base, desk, who)
            tabs[who].goto(base + desk.context.links.at_desk("s-one"))
        tabs["dsl"].click("button[value=have]")
        tab = tabs["head"]
        tab.locator("summary", has_text="Write a note").click()
        tab.fill("details[open] textarea", "I rang the police.")
        tab.click("button[value=note]")
        assert "has had it since" in tab.inner_text("main")
        assert tab.input_value("details[open] textarea") == "I rang the police."
        tab.click("button[value=note]")
        assert "I rang the police." in tab.inner_text("main")


@with_and_without_script
@pytest.mark.parametrize("judged", [CHILD])
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_restricted_link_that_was_forwarded_to_it_shows_nothing(there, script, signed_in) -> None:
    """Over a second: a browser starts."""
    base, desk = there
    desk.rename("vale", email="vale@example.org", roles=(Role.IT_LEAD,))
    link = desk.context.links.page("s-one", "dsl", desk.sent_at)
    with a_tab(script=script) as tab:
        if signed_in:
            sign_in(tab, base, desk, "vale")
        tab.goto(link)
        said = [tab.inner_text("main")]
        tab.click("button[value=send_code]")
        assert desk.mailed[-1].person_id == "dsl"
        tab.fill("input[name=code]", "00000000")
        tab.click("button[value=prove]")
        said.append(tab.inner_text("main"))
    with desk.store.read() as con:
        (number,) = con.execute("SELECT number FROM alerts").fetchone()
    for hidden in (WORDS, str(number), "Oakfield", "child", "safeguarding", "forum"):
        assert not any(hidden in each for each in said), hidden
    assert desk.audited("restricted_read") == []


def test_a_script_copies_and_leads_to_what_is_next_and_is_missed_by_nobody_without_it(there) -> None:
    """Over a second: a browser starts twice, with JavaScript and without."""
    base, desk = there
    with chromium() as browser:
        plain = browser.new_context(java_script_enabled=False).new_page()
        sign_in(plain, base, desk, "head")
        plain.goto(f"{base}/code")
        assert not plain.is_visible("[data-copy]")
        given = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        given.add_cookies(plain.context.cookies())
        tab = opened(given.new_page())
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
    assert tab.said == []


def test_no_question_of_tell_us_breaks_a_rule_of_axe_in_light_or_in_dark(there) -> None:
    """Over a second: axe looks at each page as a browser has drawn it."""
    base, desk = there
    found = []
    with a_tab(wide=320, bypass_csp=True) as tab:
        sign_in(tab, base, desk, "head")
        tab.goto(f"{base}/tell")
        for answer in ("soon", "no"):
            tab.check(f"input[value={answer}]")
            tab.click("button[value=go]")
            found += [(f"after {answer}", *rule) for rule in broken_rules(tab)]
        tab.select_option("#who", "staff")
        tab.select_option("#about", "nobody")
        tab.click("button[value=hand_in]")
        found += [("nothing handed in", *rule) for rule in broken_rules(tab)]
        tab.fill("#words", "Nobody at Oakfield Primary School rings back.")
        tab.click("button[value=hand_in]")
        found += [("handed in", *rule) for rule in broken_rules(tab)]
        assert "Received" in tab.inner_text("main")
    assert found == []


# The lead hands over.
_TAP_S, _PAGE_S, _CHARS_A_S = 2, 10, 40 * 5 / 60
"""How long somebody takes: a tap, a new page, and typing at 40 words a minute."""


class Timed:
    """A tab, and how long somebody would have taken in it."""

    def __init__(self, tab):
        self.tab, self.seconds = tab, 0.0

    def opens(self, address):
        self.tab.goto(address)
        self.seconds += _PAGE_S

    def taps(self, where, *, page=True):
        self.tab.locator(where).first.click()
        self.seconds += _TAP_S + (_PAGE_S if page else 0)

    def chooses(self, where, value):
        self.tab.select_option(where, value)
        self.seconds += 2 * _TAP_S

    def types(self, where, words):
        self.tab.fill(where, words)
        self.seconds += _TAP_S + len(words) / _CHARS_A_S


@with_and_without_script
def test_from_her_mail_to_handed_over_in_four_minutes_and_the_sheet_pastes_clean(tmp_path, script) -> None:
    """Over a second: a browser starts, and draws eight pages."""
    desk = OpenDesk(tmp_path, told=("dsl", "head"), **(CHILD | {"about": About.STAFF}))
    with served(desk) as base, a_tab(script=script) as tab:
        if script:
            tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
        lead = Timed(tab)
        lead.opens(desk.context.links.page("s-one", "dsl", desk.sent_at))
        lead.taps("button[value=send_code]")
        lead.types("input[name=code]", desk.code())
        lead.taps("button[value=prove]")
        lead.taps("button[value=read]")
        assert WORDS in tab.inner_text("main")
        lead.taps("summary:has-text('Record what was done')", page=False)
        lead.chooses("select[name=what]", "lado")
        lead.types("input[name=reference]", "LADO-0417")
        lead.types("details:has(select[name=what]) textarea", "Rang at once; a meeting is tomorrow at ten.")
        lead.taps("button[value=happened]")
        lead.taps("a:has-text('Hand-over sheet')")
        lead.taps("button[value=show]")
        for part in ("incident", "category", "actions"):
            shown = tab.inner_text(f"#{part}")
            if script:
                lead.taps(f"[data-copy='#{part}']", page=False)
                tab.wait_for_function("document.querySelectorAll('[data-copied]').length > 0")
                pasted = tab.evaluate("navigator.clipboard.readText()")
                assert pasted.split("\n") == shown.split("\n")
            else:
                lead.seconds += 3 * _TAP_S  # marked by hand
            assert not set(shown) & set("<>&\t\u00a0\u200b"), part
        assert "LADO-0417" in shown
        lead.types("#number", "CP-2611-18")
        lead.taps("button[value=done]")
        assert "is handed over" in tab.inner_text("main")
    assert lead.seconds <= 240, lead.seconds
    assert len(desk.audited("handed_over")) == 1


# Short ways.
@contextmanager
def at(desk, script, seen_as=None) -> Iterator[tuple[str, object]]:
    """The address of that desk, and a tab of somebody who is signed in there."""
    with served(desk) as base, a_tab(script=script) as tab:
        if seen_as is not None:
            kept = seen_as.cookies[cookie_name(BASE)]
            tab.context.add_cookies([{"name": cookie_name(base), "value": kept, "url": base}])
        yield base, tab


@with_and_without_script
def test_the_head_reads_the_report_by_the_link_of_a_mail_and_signs_it_by_one_tap(
    script, tmp_path_factory, tmp_path
) -> None:
    """Over a second: a browser starts."""
    desk = ReportDesk(shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home"))
    with at(desk, script) as (base, tab):
        tab.goto(base + desk.link("t-quillfeather").removeprefix(base))
        assert tab.evaluate("document.documentElement.scrollWidth") <= 375
        tab.click("button[value=sign]")
        assert "Signed. The governors get it by mail." in tab.inner_text("main")
    assert desk.report().signed_by == "t-quillfeather"


@with_and_without_script
def test_a_post_of_last_month_is_three_taps_from_today(script, tmp_path, monkeypatch) -> None:
    """Over a second: a browser starts."""
    desk = MatterList(tmp_path, monkeypatch)
    desk.fill()
    with at(desk, script, desk.browsers[SLT.id]) as (base, tab):
        tab.goto(base)
        for tap in ("nav a[href='/matters']", "a[href='/matters?month=2026-10']", ".what a"):
            tab.locator(tap).first.click()
        assert "The choir sang at the hospice" in tab.inner_text("main")


# Passkeys.
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_a_passkey_is_offered_made_signs_in_without_a_code_and_opens_the_room(tmp_path) -> None:
    """Over a second: a browser starts, and signs in twice."""
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    with served(desk, host="localhost") as base, a_tab() as tab:
        line = tab.context.new_cdp_session(tab)
        line.send("WebAuthn.enable")
        line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        tab.goto(f"{base}/sign-in")
        tab.fill("#address", desk.address("dsl"))
        tab.check("input[value=own]")
        tab.click("button[value=send_code]")
        tab.fill("#code", desk.code())
        tab.click("button[value=prove]")
        assert "Sign in faster" in tab.inner_text("h1")
        tab.fill("#name", "my phone")
        tab.click("button[value=make]")
        tab.get_by_text("The passkey is made.").wait_for()
        mailed = len(desk.mailed)
        tab.goto(f"{base}/sign-out")
        tab.click("button[value=here]")
        tab.click("button[value=passkey]")
        tab.wait_for_url(f"{base}/")
        desk.wait(minutes=11)
        sheet = "/room/" + desk.context.links.at_desk("s-one").rpartition("/")[2]
        tab.goto(base + sheet)
        assert tab.url.startswith(f"{base}/check")
        tab.click("button[value=passkey]")
        tab.wait_for_url(base + sheet)
        tab.click("button[value=show]")
        assert WORDS in tab.inner_text("#incident")
        assert len(desk.mailed) == mailed
    assert [line for line in tab.said if not line.startswith("Clear-Site-Data header")] == []


# What is printed.
@with_and_without_script
def test_the_chair_prints_all_matters_on_one_page_without_a_button_or_a_form(tmp_path, script) -> None:
    """Over a second: a browser starts, and draws five pages."""
    desk, people = OpenDesk(tmp_path, told=("head", "chair")), (*PEOPLE, CHAIR)
    config = replace(desk.context.config, people=people)
    desk.context = replace(desk.context, config=config, links=links_of(people))
    with served(desk) as base, a_tab(script=script) as tab:
        sign_in(tab, base, desk, "chair")
        tab.click("nav a[href='/matters']")
        tab.click("a[href*='print=1']")
        said, pages = printed_of(tab)
    assert pages == 1
    for part in ("Oakfield Primary School", "All matters", "Private details of a member of staff are given."):
        assert part in said
    assert "As of 17 November 2026." in said


PRINTED_PX = 718
"""So wide is a page of A4 within margins of 1 cm, in a browser's pixels."""


def printed_of(tab):
    """What the page prints, and on how many pages; it holds no form, and is no wider than the paper."""
    tab.emulate_media(media="print")
    seen = [each.is_visible() for each in tab.locator("nav, button, .button, form, input, textarea").all()]
    tab.set_viewport_size({"width": PRINTED_PX, "height": 1000})
    wide = tab.evaluate("Math.max(...[...document.querySelectorAll('main, main *')].map(e => e.scrollWidth))")
    pages = pypdf.PdfReader(io.BytesIO(tab.pdf(format="A4"))).pages
    tab.emulate_media(media="screen")
    assert not any(seen)
    assert wide <= PRINTED_PX
    return " ".join(normalize("NFKC", " ".join(page.extract_text() for page in pages)).split()), len(pages)


def test_a_report_and_the_list_of_reports_print_without_a_form_and_fit_a4(tmp_path_factory, tmp_path) -> None:
    """Over a second: a browser starts, and draws three pages."""
    desk = ReportDesk(shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home"))
    with at(desk, script=True, seen_as=desk.browser("t-quillfeather")) as (base, tab):
        tab.goto(base + ONE)
        draft, _ = printed_of(tab)
        tab.click("button[value=sign]")
        tab.goto(f"{base}/reports")
        listed, _ = printed_of(tab)
    assert "DRAFT. Not yet read and signed." in draft
    assert "The last twelve weeks" in listed
