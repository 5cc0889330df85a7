"""The two files: a PDF that screen readers can read, and one page of HTML that needs nothing else."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from builders.report import ANSWERS, BUSY, FRIDAY, PLACES, THEMES, ZONE, busy, counts, facts
from pypdf import PdfReader
from pypdf.generic import ContentStream

from alerts.layout.pdf import Points
from alerts.weekly import document as html
from alerts.weekly import pdf
from alerts.weekly.document import Chart
from alerts.weekly.wording import document
from data.words.say import words
from monitor.reports.sample import sample


@pytest.fixture(scope="module")
def draft():
    """With a week whose number is hidden."""
    given = counts(BUSY, earlier=(54, 3, 61), themes=THEMES, answers=ANSWERS, places=PLACES)
    return document(facts(given), ZONE)


@pytest.fixture(scope="module")
def drawn(draft):
    return pdf.render(draft)


@pytest.fixture(scope="module")
def read(drawn):
    return PdfReader(io.BytesIO(drawn))


def _tags(element, found):
    """Every element of the tree of tags: its kind and itself."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for one in element:
            _tags(one, found)
    elif isinstance(element, dict):
        if "/S" in element:
            found.append((element["/S"], element))
        if "/K" in element:
            _tags(element["/K"], found)
    return found


def test_the_pdf_bears_the_mark_of_pdf_ua(read):
    xmp = read.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=\"1\"", xmp)


def test_the_pdf_is_tagged_titled_and_says_its_language(read, draft):
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert read.metadata.title == draft.file_title
    kinds = {kind for kind, _ in _tags(root["/StructTreeRoot"], [])}
    assert {"/Title", "/H1", "/P", "/Table", "/TH", "/TD", "/Figure", "/L", "/LI"} <= kinds


def test_every_figure_of_the_pdf_has_its_alternative(read, draft):
    tags = _tags(read.trailer["/Root"]["/StructTreeRoot"], [])
    alternatives = [element.get("/Alt") for kind, element in tags if kind == "/Figure"]
    charts = [b.alt for b in draft.blocks if isinstance(b, Chart)]
    assert alternatives
    assert set(alternatives) == set(charts)


def test_the_pdf_holds_its_own_fonts_and_is_a4(read):
    for page in read.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            held = inner.get_object()["/FontDescriptor"].get_object()
            assert "/FontFile3" in held or "/FontFile2" in held


def test_a_draft_says_so_on_every_page_and_a_signed_report_on_none(read):
    assert all("DRAFT" in page.extract_text() for page in read.pages)
    signed = PdfReader(io.BytesIO(pdf.render(document(busy(), ZONE, FRIDAY + timedelta(days=3)))))
    assert not any("DRAFT" in page.extract_text() for page in signed.pages)


def test_a_sample_says_so_on_every_page():
    made = sample()
    told = words("en")
    read = PdfReader(io.BytesIO(pdf.render(made)))
    assert all(told("report.sample_mark") in page.extract_text() for page in read.pages)
    assert told("report.sample") in html.render(made)
    assert told("report.draft_mark") not in html.render(made)


def test_a_school_of_little_gets_one_page():
    little = document(facts(counts(earlier=(3, 0, 2, 4, 6))), ZONE)
    assert len(PdfReader(io.BytesIO(pdf.render(little))).pages) == 1


def test_the_same_report_gives_the_same_bytes(draft, drawn):
    assert pdf.render(draft) == drawn
    assert html.render(draft) == html.render(draft)


def test_the_page_needs_nothing_from_outside(draft):
    page = html.render(draft)
    assert not re.search(r"(?:https?:)?//|@import|url\(|<script|<link|<iframe|<img|xmlns", page)
    assert not re.search(r"\son\w+=", page)


def test_the_page_is_in_order_for_a_screen_reader(draft):
    page = BeautifulSoup(html.render(draft), "lxml")
    assert len(page.find_all("h1")) == 1
    assert page.find("h2")
    assert not page.find_all(["h3", "h4"])
    for table in page.find_all("table"):
        assert table.caption.get_text()
        assert all(th["scope"] == "col" for th in table.thead.find_all("th"))
        assert all(row.th["scope"] == "row" for row in table.tbody.find_all("tr"))
    for picture in page.find_all(class_="chart"):
        assert picture["role"] == "img"
        assert picture["aria-label"]
        assert all(panel["aria-hidden"] == "true" for panel in picture.find_all(recursive=False))


def _drawn(page):
    """(label, how long its bar is or None, what is said of it) of every bar of the page's charts."""
    for item in page.select(".chart li:not(.band)"):
        bar = item.find("i")
        length = float(re.search(r"--of: ([\d.]+)", bar["style"])[1]) if bar else None
        yield item.b.get_text(), length, item.span.get_text()


def test_the_page_draws_every_number_to_one_scale_and_nothing_where_it_is_hidden(draft):
    charts = [block for block in draft.blocks if isinstance(block, Chart)]
    wanted = [
        (bar.label, bar.value and round(bar.value / chart.most, 3), bar.said)
        for chart in charts
        for panel in chart.panels
        for bar in panel.bars
    ]
    assert any(length is None for _, length, _ in wanted)
    assert max(length for _, length, _ in wanted if length) <= 1
    assert list(_drawn(BeautifulSoup(html.render(draft), "lxml"))) == wanted


def _filled(page):
    """How many boxes of each colour a page of the PDF fills."""
    colour, found = None, Counter()
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator in (b"sc", b"scn", b"rg"):
            colour = tuple(round(255 * float(part)) for part in operands)
        elif operator in (b"f", b"f*"):
            found[colour] += 1
    return found


def test_the_pdf_draws_a_bar_for_every_number_and_none_where_it_is_hidden(read, draft):
    tones = {"all": 0x3D5A80, "positive": 0x0072B2, "neutral": 0x737373, "negative": 0xC25400}
    filled = sum((_filled(page) for page in read.pages), Counter())
    for tone, colour in tones.items():
        shown = sum(
            bar.value is not None
            for block in draft.blocks
            if isinstance(block, Chart)
            for panel in block.panels
            if panel.tone == tone
            for bar in panel.bars
        )
        assert filled[tuple(colour.to_bytes(3, "big"))] == shown, tone


def test_what_the_school_writes_is_never_markup(draft):
    said = '<script>alert(1)</script> #eval("1") $x$ *b* @a'
    blocks = (*draft.blocks[:2], Points((said,)))
    hostile = replace(draft, subtitle=said, title="[a] \\ #{}", blocks=blocks)
    page = html.render(hostile)
    assert "<script>alert" not in page
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf.render(hostile))).pages)
    assert text.replace("\n", " ").count('#eval("1") $x$ *b* @a') == 2
