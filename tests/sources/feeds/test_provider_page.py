"""Inspectorates' pages of one school: each report is one mention, and nothing else is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from conformance import FETCHED_AT, CollectorConformance, Document

from data.types import Mention, Response, Source
from sources.blocks.recognise import recognise
from sources.feeds.inspections import InspectionPage

OFSTED = Document(
    "inspections/ofsted.html",
    "https://reports.ofsted.gov.uk/provider/21/900001",
    2,
    words="School inspection: report card",
)
ESTYN = Document("inspections/estyn.html", "https://estyn.gov.wales/education-providers/ysgol-derwen", 3)
SCOTTISH = "https://education.gov.scot/inspection-reports/northshire/5999901"
SCOTLAND = tuple(
    Document(
        f"inspections/scotland_{n}.html",
        f"{SCOTTISH}{at}",
        held,
    )
    for n, at, held in ((1, "", 2), (2, "?page=2", 1))
)


class TestInspectionPage(CollectorConformance):
    kind = "inspection"
    documents = (OFSTED, ESTYN, SCOTLAND[0])
    pages = SCOTLAND


def read(document: Document) -> tuple[Mention, ...]:
    return InspectionPage().parse(Source("s", "inspection", document.url), document.response()).mentions


def days(mentions: tuple[Mention, ...]) -> list[date | None]:
    london = ZoneInfo("Europe/London")
    return [m.published.astimezone(london).date() if m.published else None for m in mentions]


def test_each_report_of_ofsteds_timeline_is_a_mention_with_its_address_and_its_judgement() -> None:
    new, old = read(OFSTED)
    assert new.url == "https://files.ofsted.gov.uk/v1/file/50999003"
    assert new.title == "School inspection"
    assert "report card" in new.text
    assert "Good" not in new.text
    assert old.text.startswith("School inspection: Good")
    assert days((new, old)) == [date(2026, 11, 12), date(2022, 5, 20)]


def test_a_judgement_of_the_whole_school_is_nobodys_mention() -> None:
    assert not [m for m in read(OFSTED) if "overall outcome" in m.text]


def test_estyns_reports_are_read_in_english_and_in_welsh_and_its_guidance_is_not() -> None:
    found = read(ESTYN)
    assert [m.title for m in found] == [
        "Inspection report - Ysgol Derwen 2026",
        "Adroddiad arolygiad - Ysgol Derwen 2026",
        "Inspection report - Ysgol Derwen 2019",
    ]
    assert days(found) == [date(2026, 11, 10), date(2026, 11, 10), date(2019, 3, 13)]


def test_a_new_report_has_an_id_of_its_own_and_the_others_keep_theirs() -> None:
    shorter = OFSTED.body.replace(b"50999003", b"50999004")
    page = InspectionPage().parse(Source("s", "inspection", OFSTED.url), OFSTED.response(shorter))
    assert [m.id for m in page.mentions][1:] == [m.id for m in read(OFSTED)][1:]
    assert page.mentions[0].id != read(OFSTED)[0].id


@pytest.mark.parametrize(
    "url",
    [
        "https://reports.ofsted.gov.uk/search?q=Oakfield",
        "https://www.etini.gov.uk/publications/type/inspection-reports",
        "https://education.gov.scot/inspection-and-review/find-an-inspection-report/",
        "https://www.isi.net/school-search",
        "https://careinspectorate.wales/service-directory",
    ],
)
def test_a_list_of_all_schools_gives_nothing_and_says_so(url: str) -> None:
    response = Response(url, 200, (("content-type", "text/html"),), ESTYN.body, FETCHED_AT)
    page = InspectionPage().parse(Source("s", "inspection", url), response)
    assert page.mentions == ()
    assert page.warnings == ("This is a list of many schools. Give the page of your own.",)


def test_a_wall_before_the_page_is_a_wall() -> None:
    body = b"<html><head><title>Just a moment...</title></head><body id='challenge-form'></body></html>"
    at = datetime(2026, 11, 17, tzinfo=UTC)
    assert recognise(Response(OFSTED.url, 403, (("content-type", "text/html"),), body, at)) is not None
