"""The desk in a real browser, three journeys: handing in without JavaScript, the head's day, the lead's."""

import io
import re
from contextlib import contextmanager
from dataclasses import replace
from unicodedata import normalize

import pypdf
from builders.desk import OpenDesk
from builders.mention import URN
from builders.page import CHILD, DANGER, POST, STREET, WORDS
from builders.served import broken_rules, needs_chromium, opened, served, sign_in
from support.for_each import for_each

from alerts.weekly.facts import parse_week
from data.store import weekly as weekly_store
from data.types import About
from monitor.reports.weekly import gather_report

pytestmark = needs_chromium
FILMS = "\n".join(f"https://www.tiktok.com/@oakfield.confessions/video/73912{n:02}" for n in range(30))
MAIL = b"From: parent@example.org\nSubject: Films\n\nThe office of Oakfield Primary School is slow.\n"
TAPS = 8
"""Two answers, each with “Continue”; who it is about; “Many addresses at once”; the files; the button."""
WEEK = "2026-W47"


@contextmanager
def a_tab(browser, *, wide=375, **given):
    """A tab of a telephone's size, of somebody of their own."""
    context = browser.new_context(viewport={"width": wide, "height": 700}, **given)
    yield opened(context.new_page())
    context.close()


def sign_out(tab, base):
    tab.goto(f"{base}/sign-out")
    tab.click("button[value=here]")
    assert "Sign in" in tab.inner_text("h1")


def test_without_a_script_thirty_films_a_mail_and_a_pdf_are_handed_in_and_what_is_urgent_is_taken(
    tmp_path, browser
) -> None:
    """Over a second: a browser starts, and two people use it."""
    desk, taps = OpenDesk(tmp_path, **DANGER), 0
    desk.rename("vale", email="vale@example.org")
    with served(desk) as base, a_tab(browser, java_script_enabled=False) as tab:

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
        with tab.expect_navigation():
            tap("button[value=hand_in]")
        assert len({*re.findall(r"\b\d{6}\b", tab.locator("main").text_content())}) == 31
        assert (taps, tab.evaluate("document.documentElement.scrollWidth")) == (TAPS, 375)
        assert desk.read("SELECT count(*) FROM mentions WHERE channel = 'tiktok'") == [(30,)]
        sql = "SELECT name FROM evidence WHERE name LIKE 'supplied%' ORDER BY name"
        assert desk.read(sql) == [("supplied-1.eml",), ("supplied-2.pdf",)]
        sign_out(tab, base)
        tab.set_viewport_size({"width": 320, "height": 600})
        sign_in(tab, base, desk, "head")
        assert "Somebody may be in danger" in tab.inner_text("h1")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320
        assert min(b.bounding_box()["height"] for b in tab.locator("button, a.button").all()) >= 44
        tab.click("a.button")
        with tab.expect_navigation():
            tab.click("button[value=take]")
        assert "you are dealing with it" in tab.inner_text("main")
        tab.goto(f"{base}/code")
        assert not tab.is_visible("[data-copy]")
        sign_out(tab, base)
    assert [line for line in tab.said if not line.startswith("Clear-Site-Data header")] == []
    assert desk.has() == {desk.alert.id: "head"}


def test_a_matter_is_taken_noted_passed_on_and_put_right_in_few_taps(tmp_path, browser) -> None:
    """A tap into a field counts too. Over a second: each page is looked at by axe."""
    desk = OpenDesk(tmp_path, told=("head", "deputy"), **STREET)
    with served(desk) as base, a_tab(browser) as tab:
        sign_in(tab, base, desk, "head")
        own, broken = f"{base}{desk.context.links.at_desk('s-one')}", []

        def taps(*what, said=""):
            tab.goto(own)
            for each in what:
                tab.locator(each).first.click()
                broken.extend(broken_rules(tab))
                if said and each == "textarea":
                    tab.fill(each, said)
            assert tab.evaluate("document.documentElement.scrollWidth") <= 375
            assert "Recorded at" in tab.inner_text(".said")
            return len(what)

        note = ("a[href='?ask=note']", "textarea", "button[value=note]")
        assert taps("button[value=take]", *note, said="I rang the site.") <= 4
        assert taps("a[href='?ask=give']", "[name=to][value=deputy]", "button[value=give]") <= 4
        lane = ("summary", "a[href='?ask=wrong&what=lane']", "[name=right][value=police_now]", "textarea")
        assert taps(*lane, "button[value=wrong]", said="He says that he will come tonight.") <= 5
        assert broken == []
    assert desk.read("SELECT route FROM alerts") == [("police_now",)]


def test_the_one_button_is_in_reach_before_a_long_post_is_read_and_hides_nothing_that_has_the_focus(
    tmp_path, browser
) -> None:
    """At 375 by 700 px, at the top and wherever the page stands."""
    long = replace(POST, text="The gate was shut again today. " * 60)
    desk = OpenDesk(tmp_path, told=("head",), post=long, **DANGER)
    with served(desk) as base, a_tab(browser) as tab:
        sign_in(tab, base, desk, "head")
        tab.goto(f"{base}{desk.context.links.at_desk('s-one')}")
        take = tab.locator("button[value=take]")
        tab.wait_for_selector("h1")
        assert tab.evaluate("document.documentElement.scrollHeight") > 1400
        assert take.bounding_box()["y"] + take.bounding_box()["height"] <= 700
        for each in tab.locator("main :is(a, button):visible").all():
            each.focus()
            box, over = each.bounding_box(), take.bounding_box()
            assert each.get_attribute("value") == "take" or not (
                over["y"] < box["y"] + box["height"] and box["y"] < over["y"] + over["height"]
            )


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


def test_a_script_copies_and_leads_on_what_is_handed_in_breaks_no_rule_and_what_is_printed_has_no_form(
    tmp_path, browser
) -> None:
    """Over a second: axe looks at two pages, and three are printed."""
    desk = OpenDesk(tmp_path, told=("head", "dsl"))
    clipboard = ["clipboard-read", "clipboard-write"]
    with served(desk) as base, a_tab(browser, bypass_csp=True, permissions=clipboard) as tab:
        sign_in(tab, base, desk, "head")
        tab.evaluate(
            "() => document.querySelector('ul').append(document.querySelector('.item').cloneNode(true))"
        )
        tab.focus("[data-next]")
        led = "all => all.indexOf(document.activeElement)"
        for key, to in (("ArrowDown", 1), ("ArrowDown", 1), ("ArrowUp", 0)):
            tab.keyboard.press(key)
            assert tab.locator("[data-next]").evaluate_all(led) == to
        tab.goto(f"{base}/code")
        tab.click("[data-copy]")
        tab.wait_for_selector("text=Copied.")
        assert tab.evaluate("navigator.clipboard.readText()") == tab.inner_text(".code")
        tab.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
        tab.click("[data-copy]")
        tab.wait_for_selector("text=It is selected")
        assert tab.evaluate("getSelection().toString()") == tab.inner_text(".code")
        tab.goto(f"{base}/tell?danger=soon&picture=no")
        tab.select_option("#who", "staff")
        tab.select_option("#about", "nobody")
        tab.click("button[value=hand_in]")
        found = [("nothing handed in", *rule) for rule in broken_rules(tab)]
        tab.fill("#list", "https://www.tiktok.com/@a.b/video/7391201\nno address")
        tab.click("button[value=hand_in]")
        found += [("handed in", *rule) for rule in broken_rules(tab)]
        assert "Received" in tab.inner_text("main")
        tab.goto(f"{base}/matters")
        matters, pages = printed_of(tab)
        desk.wait(days=7)
        # the report of the week that is over waits to be signed
        with desk.store.write("test") as con:
            school = desk.context.config.school(URN)
            made = gather_report(con, desk.context.config, school, parse_week(WEEK), desk.clock())
            weekly_store.put_report(con, URN, WEEK, made.text, desk.clock(), made.counted)
        tab.context.clear_cookies()
        sign_in(tab, base, desk, "head")
        tab.goto(f"{base}/reports/{URN}/{WEEK}")
        draft, _ = printed_of(tab)
        tab.click("button[value=sign]")
        tab.goto(f"{base}/reports")
        listed, _ = printed_of(tab)
    assert found == []
    assert tab.said == []
    assert pages == 1
    for part in ("Oakfield Primary School", "All matters", "local forum, private details"):
        assert part in matters
    assert "DRAFT. Not yet read and signed." in draft
    assert "The last twelve weeks" in listed


_TAP_S, _PAGE_S, _CHARS_A_S = 2, 10, 40 * 5 / 60
"""How long somebody takes: a tap, a new page, and typing at 40 words a minute."""
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


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

    def types(self, where, words):
        self.tab.fill(where, words)
        self.seconds += _TAP_S + len(words) / _CHARS_A_S


def test_from_her_mail_to_handed_over_in_four_minutes_and_in_again_by_a_passkey_without_a_code(
    tmp_path, browser
) -> None:
    """Over a second: she signs in three times, and opens twenty pages."""
    desk = OpenDesk(tmp_path, told=("dsl", "head"), **(CHILD | {"about": About.STAFF}))
    with served(desk, host="localhost") as base, a_tab(browser) as tab:
        tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
        lead = Timed(tab)
        lead.opens(desk.context.links.page("s-one", "dsl", desk.sent_at))
        lead.taps("button[value=send_code]")
        lead.types("input[name=code]", desk.code())
        lead.taps("button[value=prove]")
        lead.taps("button[value=read]")
        assert WORDS in tab.inner_text("main")
        lead.taps("summary:has-text('More')", page=False)
        lead.taps("button[formaction='?ask=happened']")
        lead.taps("input[value=lado]", page=False)
        lead.types("input[name=reference]", "LADO-0417")
        lead.types("textarea", "Rang at once; a meeting is tomorrow at ten.")
        lead.taps("button[value=happened]")
        lead.taps("a:has-text('Hand-over sheet')")
        sheet = tab.url
        lead.taps("button[value=show]")
        for part in ("incident", "category", "actions"):
            shown = tab.inner_text(f"#{part}")
            lead.taps(f"[data-copy='#{part}']", page=False)
            tab.wait_for_function("document.querySelectorAll('[data-copied]').length > 0")
            assert tab.evaluate("navigator.clipboard.readText()").split("\n") == shown.split("\n")
            assert not set(shown) & set("<>&\t\u00a0\u200b"), part
        assert "LADO-0417" in shown
        lead.types("#number", "CP-2611-18")
        lead.taps("button[value=done]")
        assert "is handed over" in tab.inner_text("main")
        assert lead.seconds <= 240, lead.seconds
        assert len(desk.audited("handed_over")) == 1
        sign_out(tab, base)
        line = tab.context.new_cdp_session(tab)
        line.send("WebAuthn.enable")
        line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        tab.context.clear_cookies()
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
        sign_out(tab, base)
        tab.click("button[value=passkey]")
        tab.wait_for_url(f"{base}/")
        desk.wait(minutes=11)
        tab.goto(sheet)
        assert tab.url.startswith(f"{base}/check")
        tab.click("button[value=passkey]")
        tab.wait_for_url(sheet)
        tab.click("button[value=show]")
        assert WORDS in tab.inner_text("#incident")
        assert len(desk.mailed) == mailed
    assert [line for line in tab.said if not line.startswith("Clear-Site-Data header")] == []


SHARES = """(said) => {
  const form = Object.assign(document.createElement("form"), {
    method: "post", action: "/tell/share", enctype: "multipart/form-data", id: "shares"
  })
  for (const [name, value] of Object.entries(said)) {
    form.append(Object.assign(document.createElement("input"), { name, value }))
  }
  form.append(Object.assign(document.createElement("input"), { type: "file", name: "file", id: "shared" }))
  document.body.append(form)
}"""
"""A form as a telephone sends it to the page that is installed there."""
SHOT = {"name": "Shot.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n no picture of anybody"}
WAITS = "caches.keys()"


def share(tab, **said):
    tab.evaluate(SHARES, said)
    tab.set_input_files("#shared", SHOT)
    with tab.expect_navigation():
        tab.evaluate("document.getElementById('shares').submit()")
    tab.wait_for_selector("h1")


def test_what_is_shared_waits_on_the_telephone_until_it_is_said_what_it_shows(tmp_path, browser) -> None:
    """Over a second: a browser starts, and somebody signs in."""
    desk = OpenDesk(tmp_path, raised=False)
    with served(desk) as base, a_tab(browser) as tab:
        sign_in(tab, base, desk, "head")
        tab.goto(f"{base}/tell")
        tab.wait_for_function("navigator.serviceWorker.getRegistrations().then(all => all[0]?.active)")
        share(tab, title="A post", text=f"{WORDS} https://social.example.org/p/1")
        assert "in danger" in tab.inner_text("h1")
        tab.context.clear_cookies()  # the session ends on the way
        tab.goto(f"{base}/tell")
        sign_in(tab, base, desk, "head")
        tab.goto(f"{base}/tell?danger=no&picture=no")
        tab.wait_for_function("document.getElementById('file').files.length === 1")
        assert tab.input_value("#url") == "https://social.example.org/p/1"
        assert tab.input_value("#words") == f"A post\n\n{WORDS}"
        tab.select_option("#about", "nobody")
        tab.click("button[value=hand_in]")
        tab.wait_for_url("**/tell/state?**")
        assert tab.evaluate(WAITS) == []
        assert desk.read("SELECT count(*) FROM evidence WHERE name = 'supplied-1.png'") == [(1,)]
        for said, left in (("no", ["shared"]), ("not_sure", [])):
            tab.goto(f"{base}/tell")
            share(tab, text="Look")
            tab.goto(f"{base}/tell?danger=no&picture={said}")
            tab.wait_for_function(f"caches.keys().then(all => all.length === {len(left)})")
        assert desk.read("SELECT count(*) FROM evidence WHERE name = 'supplied-1.png'") == [(1,)]


def test_what_stands_behind_a_hash_fills_the_form_once_somebody_has_signed_in_and_no_server_is_sent_it(
    tmp_path, browser
) -> None:
    """Over a second: a browser starts, and somebody signs in."""
    desk = OpenDesk(tmp_path, raised=False)
    with served(desk) as base, a_tab(browser) as tab:
        asked = []
        tab.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
        tab.goto(f"{base}/tell#url=https%3A%2F%2Fsocial.example.org%2Fp%2F1&words=They+never+ring")
        tab.wait_for_function("sessionStorage.tell")
        tab.fill("#address", desk.address("head"))
        tab.click("button[value=send_code]")
        tab.fill("#code", desk.code())
        tab.click("button[value=prove]")
        tab.wait_for_selector("input[type=radio]")
        tab.goto(f"{base}/tell?danger=no&picture=no")
        assert tab.input_value("#url") == "https://social.example.org/p/1"
        assert tab.input_value("#words") == "They never ring"
        assert not [each for each in asked if "never" in each.partition("#")[0]]


def test_a_form_that_breaks_off_stays_as_it_was_typed_and_a_file_too_large_is_not_sent(
    tmp_path, browser, monkeypatch
) -> None:
    """Over a second: a browser starts, and somebody signs in."""
    monkeypatch.setattr("monitor.desk.pages.tell.MOST_FILMS", 1000)
    desk = OpenDesk(tmp_path, raised=False)
    with served(desk) as base, a_tab(browser) as tab:
        sign_in(tab, base, desk, "head")
        tab.goto(f"{base}/tell?danger=no&picture=no")
        tab.select_option("#about", "nobody")
        tab.fill("#words", WORDS)
        tab.set_input_files("#file", {**SHOT, "buffer": bytes(1001)})
        tab.click("button[value=hand_in]")
        assert "larger than 250 MB" in tab.inner_text("#sending")
        tab.set_input_files("#file", SHOT)
        tab.route("**/tell", lambda route: route.abort("connectionreset"))
        tab.click("button[value=hand_in]")
        tab.wait_for_function("document.getElementById('sending').textContent.includes('broke off')")
        assert tab.input_value("#words") == WORDS
        tab.unroute("**/tell")
        tab.click("button[value=hand_in]")
        tab.wait_for_url("**/tell/state?**")


PROXY = "<html><body><h1>413 Request Entity Too Large</h1></body></html>"


@for_each("status,body", ((413, PROXY), (502, "")))
def test_an_answer_that_is_none_of_the_desks_leaves_what_was_typed(tmp_path, browser, status, body) -> None:
    """Over a second: a browser starts, and somebody signs in."""
    desk = OpenDesk(tmp_path, raised=False)
    with served(desk) as base, a_tab(browser) as tab:
        sign_in(tab, base, desk, "head")
        tab.goto(f"{base}/tell?danger=no&picture=no")
        tab.select_option("#about", "nobody")
        tab.fill("#words", WORDS)
        tab.set_input_files("#file", SHOT)
        tab.route("**/tell", lambda route: route.fulfill(status=status, body=body, content_type="text/html"))
        tab.click("button[value=hand_in]")
        tab.wait_for_function("document.getElementById('sending').textContent.includes('broke off')")
        assert tab.input_value("#words") == WORDS
        assert tab.is_enabled("button[value=hand_in]")


SENDS = """() => {
  window.sent = []
  const send = XMLHttpRequest.prototype.send
  XMLHttpRequest.prototype.send = function (form) { sent.push(form.has("file")); send.call(this, form) }
}"""
"""Notes of each form that a script sends whether it has a file."""


def test_whoever_changes_an_answer_sends_no_file(tmp_path, browser) -> None:
    """Over a second: a browser starts, and somebody signs in."""
    desk = OpenDesk(tmp_path, raised=False)
    with served(desk) as base, a_tab(browser) as tab:
        sign_in(tab, base, desk, "head")
        tab.goto(f"{base}/tell?danger=no&picture=no")
        tab.fill("#words", WORDS)
        tab.set_input_files("#file", SHOT)
        tab.evaluate(SENDS)
        tab.click("button[value=picture]")
        tab.wait_for_selector("input[type=radio][value=not_sure]")
        assert tab.input_value("[name=words]") == WORDS
        assert tab.evaluate("sent") == [False]
