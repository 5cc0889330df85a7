"""The two files: a PDF that screen readers can read, and one page of HTML that needs nothing else."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from reporting import FRIDAY, SCHOOL, ZONE, busy

from alerts.weekly import html, pdf
from alerts.weekly.document import Chart, Points
from alerts.weekly.wording import document


@pytest.fixture(scope="module")
def draft():
    return document(busy(), ZONE)


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


def test_the_same_report_gives_the_same_bytes(draft, drawn):
    assert pdf.render(draft) == drawn
    assert html.render(draft) == html.render(draft)


def test_welsh_is_marked_as_welsh():
    whole = document(busy(school=replace(SCHOOL, language="cy")), ZONE)
    welsh = replace(whole, blocks=whole.blocks[:2])
    assert PdfReader(io.BytesIO(pdf.render(welsh))).trailer["/Root"]["/Lang"] == "cy-GB"
    assert BeautifulSoup(html.render(welsh), "lxml").html["lang"] == "cy-GB"


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
    for picture in page.find_all("svg"):
        assert picture["aria-hidden"] == "true"
        assert picture.parent["role"] == "img"
        assert picture.parent["aria-label"]


def test_what_the_school_writes_is_never_markup(draft):
    said = '<script>alert(1)</script> #eval("1") $x$ *b* @a'
    blocks = (*draft.blocks[:2], Points((said,)))
    hostile = replace(draft, subtitle=said, title="[a] \\ #{}", blocks=blocks)
    page = html.render(hostile)
    assert "<script>alert" not in page
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf.render(hostile))).pages)
    assert text.replace("\n", " ").count('#eval("1") $x$ *b* @a') == 2
