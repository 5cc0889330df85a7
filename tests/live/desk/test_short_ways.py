"""Short ways in a browser: the head signs the report by a mail’s link; a post of last month, from Today."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from builders.matter_list import SLT, MatterList
from builders.page import BASE
from builders.report import filled_home
from builders.report_desk import ReportDesk

from monitor.desk.app import desk_app
from monitor.desk.session import cookie_name
from monitor.service.web import Web

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here"),
    pytest.mark.parametrize("script", [True, False]),
]


@contextmanager
def a_tab(desk, script, seen_as=None) -> Iterator[tuple[str, object]]:
    """The address of that desk, really served, and a telephone at it, of somebody who is signed in there."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base, asked = f"http://127.0.0.1:{port}", count()
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))

    def clock():  # as if somebody had read for two seconds before each tap
        return desk.clock() + timedelta(seconds=2 * next(asked))

    web = Web(desk_app(desk.store, lambda: desk.context, clock), "127.0.0.1", port, "")
    web.start()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        size = {"width": 375, "height": 700}
        tab = browser.new_context(viewport=size, java_script_enabled=script).new_page()
        tab.set_default_timeout(15_000)
        if seen_as is not None:
            kept = seen_as.cookies[cookie_name(BASE)]
            tab.context.add_cookies([{"name": cookie_name(base), "value": kept, "url": base}])
        yield base, tab
        browser.close()
    web.stop()


def test_the_head_reads_the_report_by_the_link_of_a_mail_and_signs_it_by_one_tap(
    script, tmp_path_factory, tmp_path
) -> None:
    """Over a second: a browser starts."""
    desk = ReportDesk(shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home"))
    with a_tab(desk, script) as (base, tab):
        tab.goto(base + desk.link("t-quillfeather").removeprefix(base))
        assert tab.evaluate("document.documentElement.scrollWidth") <= 375
        tab.click("button[value=sign]")
        assert "Signed. The governors get it by mail." in tab.inner_text("main")
    assert desk.report().signed_by == "t-quillfeather"


def test_a_post_of_last_month_is_three_taps_from_today(script, tmp_path, monkeypatch) -> None:
    """Over a second: a browser starts."""
    desk = MatterList(tmp_path, monkeypatch)
    desk.fill()
    with a_tab(desk, script, desk.browsers[SLT.id]) as (base, tab):
        tab.goto(base)
        for tap in ("nav a[href='/matters']", "a[href='/matters?month=2026-10']", ".what a"):
            tab.locator(tap).first.click()
        assert "The choir sang at the hospice" in tab.inner_text("main")
