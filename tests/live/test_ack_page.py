"""The one-time page in a real browser: without JavaScript, in both colour schemes, on a phone."""

from __future__ import annotations

import re
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest
from builders.alert import DSL, NOW
from builders.mention import URN, a_store, an_alert
from support.slow_callers import SlowCallers

from alerts.instant.message import outbox
from alerts.links import Links
from data.store.alerts import alerts as alert_store
from data.store.messages import outbox as outbox_store
from data.types import School, Severity
from monitor.config.load import Config
from monitor.context import Context, means
from monitor.pages.ack import ack_app
from monitor.service.web import Web

CHROMIUM = shutil.which("chromium")
SCHOOL = School(URN, "Oakfield Primary School")
ALERT = an_alert("s-one", audience=("dsl",), severity=Severity.THIS_HOUR)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[tuple[str, object]]:
    """The address of a page that is really served, and its store."""
    store = a_store(tmp_path)
    store.migrate()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    config = Config(Path("schoolgate.toml"), (SCHOOL,), people=(DSL,), base_url=base)
    context = Context(config, tmp_path, Links(base, b"k" * 32))
    (message,) = outbox(ALERT, (DSL,), SCHOOL, NOW, means(context, URN))
    with store.write("test") as con:
        alert_store.put_alerts(con, [ALERT], NOW)
        outbox_store.put_outbox(con, [message], NOW)
    app = ack_app(store, lambda: context, lambda: datetime.now(UTC))
    web = Web(app, "127.0.0.1", port, "[serve] listen")
    web.start()
    yield str(context.links.page(ALERT.story_id, message.person_id, datetime.now(UTC))), store
    web.stop()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_it_is_pressed_without_javascript_and_nothing_is_refused_by_its_own_policy(page) -> None:
    from playwright.sync_api import sync_playwright

    url, store = page
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_context(
            viewport={"width": 375, "height": 600}, java_script_enabled=False
        ).new_page()
        said: list[str] = []
        tab.set_default_timeout(15_000)
        tab.on("console", lambda m: said.append(m.text))
        tab.goto(url)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 375
        assert tab.locator("button").bounding_box()["height"] >= 44
        tab.wait_for_timeout(1100)
        tab.click("button")
        assert "You have been dealing with it" in tab.inner_text("main")
        browser.close()
    assert said == []
    with store.read() as con:
        assert alert_store.acknowledged(con, [ALERT.id])[ALERT.id].person == "dsl"


def test_500_slow_callers_do_not_keep_the_dsl_from_the_page(page) -> None:
    url, store = page
    with SlowCallers(urlsplit(url).port or 0, 500, "/m/guessed") as callers:
        until = time.monotonic() + 20
        while callers.connected < 500 and time.monotonic() < until:
            time.sleep(0.05)
        began = time.monotonic()
        with urlopen(url, timeout=5) as answer:
            proof = re.search(r'name="proof" value="([^"]+)"', answer.read().decode())
        waited = [time.monotonic() - began]
        time.sleep(1.1)
        began = time.monotonic()
        assert proof is not None
        with urlopen(url, data=urlencode({"proof": proof[1]}).encode(), timeout=5) as answer:
            assert "You have been dealing with it" in answer.read().decode()
        waited.append(time.monotonic() - began)
    assert max(waited) < 2, waited
    with store.read() as con:
        assert alert_store.acknowledged(con, [ALERT.id])[ALERT.id].person == "dsl"


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("fore", "back"), [("ink", "paper"), ("quiet", "paper"), ("on-act", "act")])
def test_every_colour_stands_out_as_wcag_asks(scheme: int, fore: str, back: str) -> None:
    css = files("monitor.pages").joinpath("ack.css").read_text(encoding="utf-8")
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in css.split("@media")[:2]]
    light, dark = sorted((luminance(colours[scheme][fore]), luminance(colours[scheme][back])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 7
