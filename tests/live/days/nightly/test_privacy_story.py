"""A data protection officer answers two requests at the desk on a telephone, in few taps; nothing leaks."""

from __future__ import annotations

import json
import logging
from hashlib import sha256
from zipfile import ZipFile

import pytest
from builders.case_page import CaseDesk
from builders.mention import NOW, URN
from builders.served import a_tab, needs_chromium, served, sign_in

from data.store.engine.audit_chain import verify
from data.store.reporting.signed_reports import WeeklyReport, put_report, sign

pytestmark = needs_chromium
PDF, PAGE = b"%PDF-1.7 of the week", b"<html>of the week</html>"
MOST_TAPS = 9


class Thumb:
    """Taps on a page, and counts them."""

    def __init__(self, tab):
        self.tab, self.taps = tab, 0

    def tap(self, what):
        self.taps += 1
        self.tab.locator(what).first.click()

    def saved(self, what):
        with self.tab.expect_download() as download:
            self.tap(what)
        return ZipFile(download.value.path())


@pytest.fixture
def desk(tmp_path):
    """Nobody is named as data protection officer: the head answers. A report is signed."""
    opened = CaseDesk(tmp_path, raised=False)
    with opened.store.write("a signed report") as con:
        put_report(con, URN, "2026-W46", json.dumps({"week": "2026-W46"}), NOW)
        hashes = (sha256(PDF).hexdigest(), sha256(PAGE).hexdigest())
        sign(con, WeeklyReport(URN, "2026-W46", '{"week": "2026-W46"}', NOW, NOW, "head", *hashes))
    (tmp_path / "reports").mkdir()
    for ending, content in ((".pdf", PDF), (".html", PAGE)):
        (tmp_path / "reports" / f"{URN}-2026-W46{ending}").write_bytes(content)
    return opened


def record(thumb, kind, reference):
    thumb.tap("summary")
    thumb.tap(f"input[value={kind}]")
    thumb.tab.fill("#reference", reference)
    thumb.tab.fill("#why", "By letter from the author.")
    thumb.tap("main button")


def search(thumb):
    thumb.tab.fill("#words", "@Gate-Dad")
    thumb.tap("main button")


def answer(thumb):
    thumb.tap("a[href*=answer]")
    thumb.tab.fill("#why", "Handed over at the office.")
    thumb.tap("main button")


def test_an_author_gets_their_copy_and_is_then_forgotten_by_taps_alone(desk, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with served(desk) as base, a_tab(script=False) as tab:
        sign_in(tab, base, desk, "head")
        thumb = Thumb(tab)
        tab.goto(f"{base}/school")
        thumb.tap("main a[href='/requests']")
        record(thumb, "access", "SAR-2026-1")
        search(thumb)
        thumb.tap("form[action$=copy] button")
        copy = thumb.saved("button[value=download]")
        assert "Mr Vale of Oakfield Primary is a thief." in copy.read("to-send/held.txt").decode()
        answer(thumb)
        assert thumb.taps <= MOST_TAPS + 1, thumb.taps
        assert "Granted" in tab.inner_text("main")
        thumb.taps = 0
        tab.goto(f"{base}/requests")
        record(thumb, "erasure", "ERA-2026-1")
        search(thumb)
        thumb.tap("button[value=look]")
        thumb.tap("button[value=erase]")
        answer(thumb)
        assert thumb.taps <= MOST_TAPS, thumb.taps
        assert "gate-dad" not in tab.url
    with desk.store.read() as con:
        assert verify(con) == []
        assert con.execute("SELECT count(*) FROM mentions").fetchone() == (0,)
    everything = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert b"gate-dad" not in everything.lower()
    assert "gate-dad" not in caplog.text.lower()


def test_signed_reports_leave_for_a_freedom_of_information_request_in_three_taps(desk):
    with served(desk) as base, a_tab(script=False) as tab:
        sign_in(tab, base, desk, "head")
        thumb = Thumb(tab)
        tab.goto(f"{base}/school")
        thumb.tap("main a[href='/requests']")
        thumb.tap("a[href='/requests/foi']")
        assert "Which law" in tab.inner_text("main")
        reports = thumb.saved("a[href*=zip]")
        assert reports.read(f"to-send/reports/{URN}-2026-W46.pdf") == PDF
        assert thumb.taps == 3
