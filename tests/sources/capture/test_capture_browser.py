"""The picture of a post, by a real Chromium: of the bytes that were fetched, and without any network."""

import base64
import io
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from builders.capture import AUTHOR, PIXEL, STYLE, TEXT, routes, thread
from builders.fetcher import NOW, fetcher_for
from pypdf import PdfReader
from support.web_server import Answer, serve

from data.types import Response
from sources.capture import browser as drawing
from sources.capture.browser import DrawingJob, NoPictures, find_browser, photograph
from sources.capture.browser_worker import ALONE
from sources.capture.fetched_page import take

CHROMIUM = find_browser(None)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
URL = "https://forum.example.org/t/1"


def page(text: str, url: str = URL) -> Response:
    return Response(url, 200, (("content-type", "text/html; charset=utf-8"),), text.encode(), NOW)


def job(text: str | None = None, words: str = TEXT, **given: object) -> DrawingJob:
    style = Response("https://forum.example.org/f.css", 200, (("content-type", "text/css"),), STYLE, NOW)
    return DrawingJob(
        page(thread() if text is None else text), f"{URL}#p2", words, AUTHOR, {style.url: style}, **given
    )  # type: ignore[arg-type]


TALL = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="900"/>').decode()


@needs_browser
def test_neither_what_a_reader_cannot_see_nor_anothers_few_words_are_pictured_nor_the_page_at_large():
    hidden = thread().replace('<article class="post" id="p2">', '<article style="opacity:0" id="p2">')
    drawn = photograph(job(hidden.replace("it was back", "again, it was back"), "Again."), CHROMIUM)
    assert drawn.code == "not_found"


@contextmanager
def recorder():
    """Whatever connects is noted: its first bytes, whether they are HTTP or not."""
    met: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(0.5)
            try:
                met.append(self.request.recv(200))
            except OSError:
                met.append(b"")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    told.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", met
    finally:
        server.shutdown()
        server.server_close()
        told.join()


def hostile(to: str, within: str = "") -> str:
    """Everything a page without scripts, or with them, may do to reach somewhere else."""
    pixel = "data:image/png;base64,iVBORw0KGgo="
    return thread(
        f"""{within}<img src="http://{to}/img"><img srcset="http://{to}/srcset 2x" src="{pixel}">
        <picture><source srcset="http://{to}/source"><img alt=""></picture><video src="http://{to}/video"
        poster="http://{to}/poster" autoplay></video><audio src="http://{to}/audio" autoplay></audio>
        <iframe src="http://{to}/frame"></iframe><iframe srcdoc="<img src=http://{to}/srcdoc>"></iframe>
        <object data="http://{to}/object"></object><embed src="http://{to}/embed">
        <svg><image href="http://{to}/svg"/></svg><input type="image" src="http://{to}/input">
        <form action="http://{to}/form"></form><a ping="http://{to}/ping" href="http://{to}/a">a</a>
        <div style="background:url(http://{to}/background)">.</div>
        <script>new WebSocket("ws://{to}/ws"); fetch("http://{to}/fetch"); new Image().src="http://{to}/js";
        new RTCPeerConnection({{iceServers: [{{urls: "stun:{to}"}}]}});</script>""",
        f"""<meta http-equiv="refresh" content="0; url=http://{to}/refresh">
        <link rel="stylesheet" href="http://{to}/css"><link rel="prefetch" href="http://{to}/prefetch">
        <link rel="preload" as="image" href="http://{to}/preload"><link rel="icon" href="http://{to}/icon">
        <link rel="dns-prefetch" href="//{to}"><link rel="preconnect" href="http://{to}">
        <link rel="manifest" href="http://{to}/manifest"><link rel="modulepreload" href="http://{to}/module">
        <style>@import url(http://{to}/import); @font-face {{font-family: f; src: url(http://{to}/font)}}
        body {{font-family: f; cursor: url(http://{to}/cursor), auto; list-style: url(http://{to}/list)}}
        </style><script src="http://{to}/script"></script>
        <script type="speculationrules">{{"prefetch": [{{"urls": ["http://{to}/rules"]}}]}}</script>""",
    )


@needs_browser
def test_the_picture_and_the_pdf_are_of_the_post_alone_and_the_page_reaches_no_private_address():
    """Whatever lies over the post, without pictures as data, though other pictures are allowed."""
    banner = "<div style='position:fixed;inset:0;z-index:9;background:#fa0'>We value your privacy</div>"
    window = f"{banner}<main style='position:fixed;inset:0;overflow:auto'>{'<p>Filler.</p>' * 99}<header>"
    window += f"<article><blockquote>{AUTHOR}: {TEXT}</blockquote> Quite so.</article>"
    within = f"""<img src="data:image/svg+xml;base64,{TALL}">
    <div style="content:url(data:image/svg+xml;base64,{TALL})"></div>"""
    with recorder() as (to, met):
        metadata = (
            f'<link rel="stylesheet" href="http://169.254.169.254/latest/meta-data"><a href="{to}">x</a>'
        )
        page = hostile(to, within).replace("<body>", f"<body>{metadata}").replace("<header>", window)
        turn = Answer(302, b"", {"Location": f"http://{to}/redirected"})
        with serve(routes(page.replace("</body>", "</main></body>"), **{"/f.css": turn})) as site:
            taken = take(f"{site}/t/1#p2", fetcher_for(site), text=TEXT, author=AUTHOR)
            assert taken.response is not None
            pixel = Response(f"http://{to}/img", 200, (("content-type", "image/png"),), PIXEL, NOW)
            shown = {"header": f"{URL}#p2", "footer": "Case 0001"}
            of = DrawingJob(
                taken.response, taken.asked, TEXT, AUTHOR, taken.styles, {pixel.url: pixel}, **shown
            )
            drawn = photograph(of, CHROMIUM)
            assert site.paths == ["/t/1", "/f.css"]
        time.sleep(0.2)
    assert drawn.broken_off > 0
    assert met == []
    assert len(drawn.png) > 20_000, "a picture of one colour: something lies over the post"
    wide, high = int.from_bytes(drawn.png[16:20], "big"), int.from_bytes(drawn.png[20:24], "big")
    assert (1400 < wide <= 1600, 200 < high < 1500) == (True, True), "a picture as data is 1800 high"
    pages = PdfReader(io.BytesIO(drawn.pdf)).pages
    text = " ".join(pages[0].extract_text().split())
    assert len(pages) == 1
    for there in ("Mr Example takes it home", f"{AUTHOR} Yesterday, 20:14", f"{URL}#p2"):
        assert there in text
    for absent in ("lamp_post", "Quite so", "walnut_tree"):
        assert absent not in text


@needs_browser
def test_a_browser_started_so_reaches_nothing_though_no_request_is_broken_off():
    from playwright.sync_api import Error, sync_playwright

    with recorder() as (to, met), sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=[*ALONE, "--no-sandbox"])
        context = started.new_context()
        context.new_page().set_content(hostile(to))
        with pytest.raises(Error):
            context.new_page().goto(f"http://{to}/direct", timeout=3000)
        with pytest.raises(Error):
            context.new_page().goto(f"http://localhost:{to.partition(':')[2]}/", timeout=3000)
        time.sleep(0.5)
        started.close()
    assert met == []


def a_stub(folder: Path, script: str) -> Path:
    path = folder / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_browser_that_hangs_is_ended_when_its_time_is_up(tmp_path):
    began = time.monotonic()
    drawn = photograph(job(), a_stub(tmp_path, "exec sleep 5"), whole_s=1)
    assert drawn.code in ("too_slow", "failed")
    assert time.monotonic() - began < 5


@needs_browser
def test_a_browser_that_is_ended_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(drawing.tempfile, "tempdir", str(tmp_path))
    drawn = photograph(job(), CHROMIUM, whole_s=0.7)
    assert isinstance(drawn, NoPictures)
    assert list(tmp_path.iterdir()) == []


def test_a_browser_that_does_not_start_is_told_as_such_and_was_told_none_of_our_secrets(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("SCHOOLGATE_MAIL_PASSWORD", "Hunter2-planted")
    drawn = photograph(job(), a_stub(tmp_path, f"env > {tmp_path}/env; exit 3"))
    assert drawn.code == "failed"
    assert "PATH=" in (tmp_path / "env").read_text()
    assert "Hunter2" not in (tmp_path / "env").read_text()


def test_without_a_browser_or_the_extra_it_is_said_so(monkeypatch):
    drawn = photograph(job(), None)
    assert drawn.code == "no_browser"
    monkeypatch.setattr(drawing, "can_draw", lambda: False)
    drawn = photograph(job(), CHROMIUM)
    assert drawn.code == "no_extra"
