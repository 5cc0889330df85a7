"""The picture of a post, by a real Chromium: of the bytes that were fetched, and without any network."""

import base64
import io
import time
from pathlib import Path

import pytest
from builders.capture import AUTHOR, PIXEL, TEXT, routes
from builders.fetcher import NOW, fetcher_for
from builders.hostile_page import CHROMIUM, URL, hostile, job, recorder
from pypdf import PdfReader
from support.web_server import Answer, serve

from data.types import Response
from sources.capture import browser as drawing
from sources.capture.browser import DrawingJob, photograph
from sources.capture.fetched_page import take

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


TALL = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="900"/>').decode()


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
