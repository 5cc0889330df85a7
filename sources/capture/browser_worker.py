"""Run by `browser` as a separate process: draws one page in Chromium, without a network, and crops it.

Reads one JSON document on standard input and writes one on standard output. Chromium gets only the bytes
that were fetched: every request is answered from them or aborted, our policy (CSP) forbids all but styles,
scripts are off, and the browser is started so that no name resolves and every connection goes to a proxy
that does not exist.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_WIDE, _HIGH = 800, 1000
_TALLEST = 6000
_SHARP = 2

ALONE = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:1",
    "--proxy-bypass-list=<-loopback>",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-extensions",
    "--disable-gpu",
    "--no-first-run",
    "--no-service-autorun",
)
"""With these flags Chromium can reach nothing by itself, whatever a page asks for."""

_ASKED = ("wanted", "author", "pictures", "room", "spread", "share", "least", "quotes", "fragment")
_FIND = Path(__file__).with_name("find_post.js").read_text(encoding="utf-8")
_OTHERS_AWAY = r"""
([post, property, value]) => {
  for (let at = post; at.parentElement; at = at.parentElement)
    for (const other of at.parentElement.children)
      if (other !== at && other.tagName !== 'HEAD') other.style.setProperty(property, value, 'important');
}
"""
"""Hides everything that is not the post: banners on top of it, and the rest of the page."""

_IN_FULL = r"""
post => {
  for (let at = post.parentElement; at; at = at.parentElement) {
    const fixed = getComputedStyle(at).position === 'fixed' ? {position: 'absolute'} : {};
    const whole = {overflow: 'visible', height: 'auto', 'max-height': 'none', ...fixed};
    for (const [name, value] of Object.entries(whole)) at.style.setProperty(name, value, 'important');
  }
}
"""
"""Makes a post visible in full if the page shows it in a scrolling box or locks scrolling."""


def draw(job: Mapping[str, Any]) -> dict[str, Any]:
    """The picture and the PDF of the post (base64), or why there are none."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=job["browser"],
            args=list(ALONE),
            chromium_sandbox=os.geteuid() != 0,  # as root Chromium has no sandbox
            timeout=job["launch_ms"],
        )
        try:
            context = browser.new_context(
                java_script_enabled=False,
                service_workers="block",
                accept_downloads=False,
                viewport={"width": _WIDE, "height": _HIGH},
                device_scale_factor=_SHARP,
                color_scheme="light",
                locale="en-GB",
                timezone_id="Europe/London",
            )
            return {"version": browser.version, **_draw_page(context.new_page(), job)}
        finally:
            browser.close()


def _draw_page(page: Any, job: Mapping[str, Any]) -> dict[str, Any]:
    broken_off: list[str] = []
    given = dict(job["given"])
    page.route("**/*", lambda route: _answer(route, given, broken_off))
    page.route_web_socket("**/*", lambda socket: socket.close())
    page.goto(job["url"], wait_until="load", timeout=job["page_ms"])
    asked = [job[each] for each in _ASKED]
    post = page.evaluate_handle(_FIND, asked).as_element()
    if post is None:
        return {"found": False, "broken_off": len(broken_off)}
    page.evaluate(_OTHERS_AWAY, [post, "opacity", "0"])
    page.evaluate(_IN_FULL, post)
    box = post.bounding_box() or {"x": 0, "y": 0, "width": 1, "height": 1}
    picture = page.screenshot(full_page=True, clip={**box, "height": min(box["height"], _TALLEST)})
    page.evaluate(_OTHERS_AWAY, [post, "display", "none"])
    page.emulate_media(media="screen")
    pdf = page.pdf(
        format="A4", print_background=True, display_header_footer=True,
        header_template=job["header"], footer_template=job["footer"],
        margin={"top": "22mm", "bottom": "22mm", "left": "15mm", "right": "15mm"},
    )  # fmt: skip
    return {
        "found": True,
        "png": base64.b64encode(picture).decode("ascii"),
        "pdf": base64.b64encode(pdf).decode("ascii"),
        "cut": box["height"] > _TALLEST,
        "broken_off": len(broken_off),
    }


def _answer(route: Any, given: dict[str, Any], broken_off: list[str]) -> None:
    """Answers from what was fetched, each page once; anything else is aborted."""
    request = route.request
    url = request.url.partition("#")[0]
    held = given.get(url) if request.method == "GET" else None
    if held is None or (request.is_navigation_request() and held["kind"] != "page"):
        broken_off.append(request.resource_type)
        route.abort("aborted")
        return
    if held["kind"] == "page":
        del given[url]  # a page that sends the browser to itself is not drawn again
    route.fulfill(status=200, headers=held["headers"], body=base64.b64decode(held["body"]))


def run_browser() -> None:
    """Reads the job, draws, writes the answer."""
    job = json.load(sys.stdin)
    from playwright.sync_api import Error

    try:
        answer = draw(job)
    except Error as error:
        answer = {"failed": str(error).strip().partition("\n")[0][:300]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    run_browser()
