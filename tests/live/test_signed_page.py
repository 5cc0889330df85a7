"""The signed page in a real browser: without JavaScript, in both colour schemes, on a phone; mails by axe."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from builders.alert import EVERYBODY, NOW, SCHOOL, raised, verdict
from builders.page import DANGER, WORDS, PageDesk
from builders.served import broken_rules, needs_chromium, opened, served

from alerts.next_date import Means
from alerts.wording.instant import alert_messages, telling
from alerts.wording.matters import Seen
from data.types import About, Route

TABLES = ("audit", "alerts", "owners", "outbox", "case_steps")
TELEPHONE = {"width": 375, "height": 600}


@pytest.fixture
def page(tmp_path) -> Iterator[tuple[str, PageDesk]]:
    """The address of a page that is really served, and its home."""
    desk = PageDesk(tmp_path)
    with served(desk, now=lambda: datetime.now(UTC)):
        yield str(desk.context.links.page("s-one", "head", datetime.now(UTC))), desk


def test_a_program_that_opens_a_link_before_anybody_reads_the_mail_changes_nothing_and_reads_no_words(page):
    url, desk = page

    def kept() -> list:
        with desk.store.open_reader() as con:
            return [con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in TABLES]

    before = kept()
    for method in ("GET", "HEAD", "POST"):
        with suppress(HTTPError), urlopen(Request(url, method=method), timeout=5) as answer:
            assert WORDS.encode() not in answer.read()
    assert kept() == before


@needs_chromium
def test_it_is_pressed_without_javascript_and_nothing_is_refused_by_its_own_policy(page, browser) -> None:
    url, desk = page
    with browser.new_context(viewport=TELEPHONE, java_script_enabled=False) as context:
        tab = opened(context.new_page())
        tab.goto(url)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 375
        pressed = tab.locator("button:visible, a.button:visible").all()
        assert min(button.bounding_box()["height"] for button in pressed) >= 44
        for act, then in (("read", WORDS), ("take", "you are dealing with it")):
            tab.click(f"button[value={act}]")
            assert then in tab.inner_text("main")
        assert WORDS in tab.inner_text("main"), "the browser keeps what lets it read again"
        tab.click('a[href^="/sign-in"]')
        tab.fill("#address", "head@example.org")
        tab.click("button[value=send_code]")
        tab.fill("#code", desk.mailed[-1].body.splitlines()[0])
        tab.click("button[value=prove]")
        assert WORDS in tab.inner_text("main"), "it is led back to the same matter"
        tab.click("button[value=mark]")
        assert "is done with" in tab.inner_text("main")
        tab.click("button[value=unmark]")
    assert tab.said == []
    assert (desk.has(), desk.mark()) == ({desk.alert.id: "head"}, None)


def stylesheet() -> str:
    return files("monitor.desk").joinpath("static", "desk.css").read_text(encoding="utf-8")


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


READ_TOGETHER = (
    ("ink", "paper"), ("quiet", "paper"), ("on-act", "act"), ("act", "paper"), ("alarm", "alarm-paper"),
    ("ink", "said"), ("ink", "late-paper"), ("late", "late-paper"),
)  # fmt: skip


def test_every_colour_stands_out_as_wcag_asks_in_light_and_in_dark() -> None:
    for block in stylesheet().split("@media")[:2]:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for pair in READ_TOGETHER:
            dark, light = sorted(luminance(colours[name]) for name in pair)
            assert (light + 0.05) / (dark + 0.05) >= 7, pair


def test_nothing_moves_by_itself_so_that_nothing_is_to_be_reduced() -> None:
    assert not re.search(r"transition|animation|scroll-behavior|@keyframes", stylesheet())


def shown(home: Path) -> dict[str, str]:
    """The mail of a threat and of something restricted, and a page with its words and every form."""
    desk = PageDesk(home, told=("head", "dsl"), **DANGER)
    means, threat = Means(links=desk.context.links), verdict(Route.POLICE_NOW, About.STAFF, abuse=("threat",))
    seen = Seen(threat, ("local_forum",))
    mail = alert_messages(telling(raised(threat), EVERYBODY, SCHOOL, means, NOW, seen))[0]
    apart = alert_messages(telling(raised(verdict()), EVERYBODY, SCHOOL, means, NOW))[0]
    page = re.sub(r"<link .*>", "", desk.press("read", "head").text)
    page = page.replace("</head>", f"<style>{stylesheet()}</style></head>")
    return {"a threat": mail.html or "", "restricted": apart.html or "", "its page": page}


@needs_chromium
def test_no_mail_and_no_page_breaks_a_rule_of_axe_in_light_or_in_dark(tmp_path, browser) -> None:
    """Over a second: axe looks at each as a browser has drawn it."""
    found = []
    with browser.new_context(viewport=TELEPHONE, bypass_csp=True) as context:
        tab = opened(context.new_page())
        for name, html in shown(tmp_path).items():
            tab.set_content(html)
            found += [(name, *rule) for rule in broken_rules(tab)]
    assert found == []
