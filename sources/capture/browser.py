"""The picture and the PDF of a post, drawn by the system's Chromium from the very bytes that were fetched.

A separate process (`run_browser`) gets those bytes and no network, uses a fresh profile that is thrown away,
and is killed when its time is up. It reads one JSON document on standard input and writes one on standard
output.
"""

from __future__ import annotations

import base64
import contextlib
import html
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from data.child_process import plain_environment
from data.frozen import freeze
from data.shipped import read_shipped
from data.types import Response

WHOLE_S = 45.0
"""The longest drawing may take in all; then the browser is killed."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_STYLES_ONLY = "default-src 'none'; style-src 'unsafe-inline' http: https:; form-action 'none'"
_AND_PICTURES = f"{_STYLES_ONLY}; img-src http: https:"
_KEPT_OF_PAGE = ("content-type", "content-language")
_TRIES, _PAUSE_S = 50, 0.1
_LINE = (
    '<div style="font-size:8px;font-family:sans-serif;width:100%;margin:0 15mm;'
    'overflow-wrap:anywhere">{}</div>'
)


@freeze
class Pictures:
    """PNG and PDF of the post. `cut`: the picture does not show all of it; `version` is the browser's.
    `broken_off` counts the requests of the page that were blocked."""

    png: bytes
    pdf: bytes
    version: str
    cut: bool
    broken_off: int


@freeze
class NoPictures:
    """Why there are none: `code` for the manifest, `detail` a sentence for people."""

    code: str
    detail: str


@freeze
class DrawingJob:
    """The drawing to make: the page, its styles and pictures by address, and the words and author to find on
    it.

    `asked` may point to a part of the page (#…). `header` and `footer` are plain text, on each PDF page."""

    page: Response
    asked: str
    text: str
    author: str = ""
    styles: Mapping[str, Response] = field(default_factory=dict)
    pictures: Mapping[str, Response] = field(default_factory=dict)
    header: str = ""
    footer: str = ""


def find_browser(configured: str | None) -> Path | None:
    """The configured browser, or one in the usual places; None if there is none."""
    found = map(shutil.which, [configured] if configured else NAMES)
    return next((Path(each) for each in found if each), None)


def can_draw() -> bool:
    """Is the extra `browser` installed?"""
    return find_spec("playwright") is not None


def photograph(job: DrawingJob, browser: Path | None, *, whole_s: float = WHOLE_S) -> Pictures | NoPictures:
    """Draws the page and crops it to the post; nothing a page or browser does makes it raise."""
    if not can_draw():
        return NoPictures("no_extra", "No picture: the extra “browser” is not installed.")
    if browser is None:
        return NoPictures("no_browser", "No picture: no Chromium was found on this machine.")
    answer = _run(_describe_job(job, browser, whole_s), whole_s)
    if isinstance(answer, NoPictures):
        return answer
    if "failed" in answer:
        return NoPictures("failed", f"No picture: the browser failed ({answer['failed']}).")
    if not answer["found"]:
        return NoPictures("not_found", "No picture: the post's words were not found on the page as drawn.")
    png, pdf = (base64.b64decode(answer[name]) for name in ("png", "pdf"))
    return Pictures(png, pdf, str(answer["version"]), bool(answer["cut"]), int(answer["broken_off"]))


def _describe_job(job: DrawingJob, browser: Path, whole_s: float) -> dict[str, Any]:
    from sources.capture.page import LEAST, QUOTE_CLASSES, QUOTES, ROOM, SHARE, SPREAD, sentences

    url = urldefrag(job.page.url).url
    policy = _AND_PICTURES if job.pictures else _STYLES_ONLY
    page = {k: v for k, v in job.page.headers if k in _KEPT_OF_PAGE}
    given = {at: _pack_response(part, "part") for at, part in {**job.styles, **job.pictures}.items()}
    given[url] = _pack_response(job.page, "page", {**page, "content-security-policy": policy})
    shares, fragment = (ROOM, SPREAD, SHARE, LEAST), urlsplit(job.asked).fragment
    quotes = ",".join((*sorted(QUOTES), *(f".{name}" for name in sorted(QUOTE_CLASSES))))
    return {
        "browser": str(browser),
        "url": url,
        "given": given,
        # in the order in which find_post.js takes it
        "find": [sentences(job.text), job.author, bool(job.pictures), *shares, quotes, fragment],
        "header": _LINE.format(html.escape(job.header)),
        "footer": _LINE.format(html.escape(job.footer)),
        "step_ms": whole_s * 500,
    }


def _pack_response(response: Response, kind: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    plain = {"content-type": response.header("content-type") or "application/octet-stream"}
    body = base64.b64encode(response.body).decode("ascii")
    return {"kind": kind, "headers": dict(headers or plain), "body": body}


def _run(job: Mapping[str, Any], whole_s: float) -> dict[str, Any] | NoPictures:
    """The worker's answer. The folder for everything the browser writes is deleted afterwards."""
    with _folder() as folder, _start_worker(folder) as child:
        try:
            said, _ = child.communicate(json.dumps(job).encode("utf-8"), timeout=whole_s)
        except subprocess.TimeoutExpired:
            return NoPictures("too_slow", f"No picture: drawing took longer than {whole_s:g} seconds.")
        finally:
            _kill(os.killpg, child.pid)  # and what it started; its browser has a group of its own (`_folder`)
            child.wait()
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError:
        return NoPictures("failed", "No picture: the browser ended without an answer.")
    return answer


@contextlib.contextmanager
def _folder() -> Iterator[str]:
    """A temporary folder; afterwards it is deleted and any process using it is killed."""
    folder = tempfile.mkdtemp(prefix="schoolgate-")
    try:
        yield folder
    finally:
        for _ in range(_TRIES):
            # processes with the folder in their command line: a browser that its worker could not end.
            # Without /proc none are found; such a browser ends by itself, since its worker has gone.
            working = []
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    if folder.encode() in entry.read_bytes():
                        working.append(int(entry.parent.name))
            for process in working:
                _kill(os.kill, process)
            shutil.rmtree(folder, ignore_errors=True)
            if not working and not Path(folder).exists():
                break
            time.sleep(_PAUSE_S)


def _kill(kill: Callable[[int, int], None], process: int) -> None:
    with contextlib.suppress(OSError):
        kill(process, signal.SIGKILL)


def _start_worker(folder: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "sources.capture.browser"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).resolve().parents[2],
        env={**plain_environment(), "TMPDIR": folder, "HOME": folder, "XDG_CONFIG_HOME": folder},
        start_new_session=True,
    )


# In the process itself. Every request is answered from the bytes that were fetched or aborted, our policy
# (CSP) forbids all but styles, scripts are off, and the browser is started so that no name resolves and every
# connection goes to a proxy that does not exist.

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

_FIND = read_shipped("sources.capture", "find_post.js")
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
            timeout=job["step_ms"],
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
    page.goto(job["url"], wait_until="load", timeout=job["step_ms"])
    post = page.evaluate_handle(_FIND, job["find"]).as_element()
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
