"""What a real Chromium does beyond the one picture that is drawn by day."""

import time

import pytest
from builders.capture import thread
from builders.hostile_page import CHROMIUM, hostile, job, recorder

from sources.capture import browser as drawing
from sources.capture.browser import ALONE, NoPictures, photograph

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


def test_neither_what_a_reader_cannot_see_nor_anothers_few_words_are_pictured_nor_the_page_at_large():
    hidden = thread().replace('<article class="post" id="p2">', '<article style="opacity:0" id="p2">')
    drawn = photograph(job(hidden.replace("it was back", "again, it was back"), "Again."), CHROMIUM)
    assert drawn.code == "not_found"


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


def test_a_browser_that_is_ended_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(drawing.tempfile, "tempdir", str(tmp_path))
    drawn = photograph(job(), CHROMIUM, whole_s=0.7)
    assert isinstance(drawn, NoPictures)
    assert list(tmp_path.iterdir()) == []
