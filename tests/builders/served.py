"""A desk that really answers at an address of this machine, and a Chromium that looks at it."""

import shutil
import socket
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from monitor.desk.app import desk_app
from monitor.service.web import Web

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def served(desk, host="127.0.0.1", now=None, app=None):
    """The address at which that desk is served; its clock moves as if somebody read before each tap."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base, asked, now = f"http://{host}:{port}", count(), now or desk.clock
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))
    send = getattr(desk, "_send", None)
    sends = (send, send) if send else ()
    app = app or desk_app(
        desk.store, lambda: desk.context, lambda: now() + timedelta(seconds=2 * next(asked)), *sends,
        more=getattr(desk, "more_pages", None),
    )  # fmt: skip
    web = Web(app, "127.0.0.1", port, "[serve] listen")
    web.start()
    try:
        yield base
    finally:
        web.stop()


@contextmanager
def chromium():
    """A browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def a_tab(*, script=True, wide=375, high=700, **given):
    """A tab of a telephone's size, in a browser of its own."""
    with chromium() as browser:
        size = {"width": wide, "height": high}
        yield opened(browser.new_context(viewport=size, java_script_enabled=script, **given).new_page())


def opened(tab):
    """The tab, patient; what its console says is in `said`."""
    tab.set_default_timeout(20_000)
    tab.said = []
    tab.on("console", lambda m: tab.said.append(m.text))
    return tab


def sign_in(tab, base, desk, who):
    """By the code that the desk mails to that person."""
    tab.goto(base)
    tab.fill("#address", desk.address(who))
    tab.click("button[value=send_code]")
    tab.fill("#code", desk.code())
    tab.click("button[value=prove]")


def broken_rules(tab):
    """The rules of axe that the page breaks, in light and in dark: colour scheme, rule, where."""
    axe = Path(pytest.importorskip("axe_playwright_python").__file__).with_name("axe.min.js")
    tab.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    tab.evaluate(axe.read_text("utf-8"))
    found = []
    for scheme, rules in (("light", RULES), ("dark", ["color-contrast"])):
        tab.emulate_media(color_scheme=scheme)
        broken = tab.evaluate("rules => axe.run(document, {runOnly: rules})", rules)["violations"]
        found += [(scheme, rule["id"], rule["nodes"][0]["html"]) for rule in broken]
    return found
