"""The safeguarding lead from her mail to “handed over” in a browser: within four minutes."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from builders.desk import OpenDesk
from builders.page import CHILD, WORDS

from data.types import About
from monitor.desk.app import desk_app
from monitor.service.web import Web

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
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


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[str, OpenDesk]]:
    """The address of a desk with an allegation against staff, and its home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    desk, asked = OpenDesk(tmp_path, told=("dsl", "head"), **(CHILD | {"about": About.STAFF})), count()
    base = f"http://127.0.0.1:{port}"
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))

    def clock():  # as if somebody had read for two seconds before each tap
        return desk.clock() + timedelta(seconds=2 * next(asked))

    app = desk_app(desk.store, lambda: desk.context, clock, desk._send, desk._send)
    web = Web(app, "127.0.0.1", port, "[serve] listen")
    web.start()
    yield base, desk
    web.stop()


@pytest.mark.parametrize("script", [True, False])
def test_from_her_mail_to_handed_over_in_four_minutes_and_the_sheet_pastes_clean(served, script) -> None:
    """Over a second: a browser starts, and draws eight pages."""
    from playwright.sync_api import sync_playwright

    base, desk = served
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        size = {"width": 375, "height": 700}
        context = browser.new_context(viewport=size, java_script_enabled=script)
        if script:
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
        tab = context.new_page()
        tab.set_default_timeout(15_000)
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
        browser.close()
    assert lead.seconds <= 240, lead.seconds
    assert len(desk.audited("handed_over")) == 1
