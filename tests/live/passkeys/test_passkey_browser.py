"""Passkeys in a real browser, with the authenticator that it pretends to have."""

from __future__ import annotations

import shutil
import socket
from dataclasses import replace

import pytest
from builders.desk import OpenDesk
from builders.page import CHILD, WORDS

from monitor.desk.app import desk_app
from monitor.service.web import Web

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_one_is_offered_made_signs_in_without_a_code_and_opens_the_room(tmp_path) -> None:
    """Over a second: a browser starts, and signs in twice."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    desk, base = OpenDesk(tmp_path, told=("dsl",), **CHILD), f"http://localhost:{port}"
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))
    app = desk_app(desk.store, lambda: desk.context, desk.clock, desk._send, desk._send)
    web = Web(app, "127.0.0.1", port, "[serve] listen")
    web.start()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 375, "height": 700})
        tab.set_default_timeout(15_000)
        said: list[str] = []
        tab.on("console", lambda m: said.append(m.text))
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
        browser.close()
    web.stop()
    assert [line for line in said if not line.startswith("Clear-Site-Data header")] == []
