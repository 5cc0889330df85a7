"""A year's incidents: by kind, place, month, decision, rung and ending; nobody named, nothing small."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.layout.pdf import Paragraph
from alerts.weekly.document import ReportTable
from alerts.weekly.numbers.tables import several
from alerts.weekly.year import Incident, year_document
from data.cases import Case, CaseState
from data.content_class import ContentClass
from data.rungs import Rung
from data.store.reporting.weekly_counts import Removal
from data.types import About, Route, School
from data.words.say import words

LONDON = ZoneInfo("Europe/London")
OAKFIELD = School("900001", "Oakfield Primary School")
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
MONTHS = tuple(date(2025 + (n + 8) // 12, (n + 8) % 12 + 1, 1) for n in range(12))


def incident(month, code, channel="facebook", *, rung=None, outcome=None, hours=None, closed=False):
    opened = datetime(month.year, month.month, 10, 12, tzinfo=UTC)
    case = Case(
        *("0001", "900001", "s", opened, "head", Route.REQUEST_REMOVAL, About.STAFF, code, code),
        *(CaseState.TRIAGE,),
        channel=channel,
        closed_at=opened if closed else None,
    )
    decided = opened + timedelta(hours=hours) if hours is not None else None
    return Incident(case, Removal(rung, opened, outcome, None, decided, case_id="0001"))


def a_year():
    """Forty cases: most of them harassment on Facebook, three of hate, decided on soon."""
    many = [
        incident(
            MONTHS[n % 6], ContentClass.HARASSMENT, rung=Rung.PLATFORM_REPORT, outcome="removed", hours=5
        )
        for n in range(28)
    ]
    some = [incident(MONTHS[n], ContentClass.PRIVACY, "mumsnet", hours=60, closed=True) for n in range(9)]
    return [*many, *some, *(incident(MONTHS[1], ContentClass.HATE) for _ in range(3))]


def tables(incidents):
    read = year_document(OAKFIELD, MONTHS, incidents, LONDON, NOW)
    return read, {b.head[0]: dict(b.rows) for b in read.blocks if isinstance(b, ReportTable)}


def test_a_years_cases_stand_by_kind_place_month_decision_rung_and_ending():
    read, found = tables(a_year())
    w = words("en")
    assert (read.blocks[0].text, len(found)) == ("Cases opened: 40.", 6)
    assert found["Kind"]["Possible bullying or harassment of a person"] == "28"
    assert found["Kind of place"]["Social media"] == "31"
    assert found["Time to the first decision"]["Within 24 hours"] == "28"
    assert found["How it stands"]["Removed"] == "28"
    assert (
        found["Who was asked last"][w(Rung.PLATFORM_REPORT.key)[:1].upper() + w(Rung.PLATFORM_REPORT.key)[1:]]
        == "28"
    )
    assert {table["All"] for table in found.values()} == {"40"}


def test_no_number_below_five_is_there_or_can_be_worked_out():
    _, found = tables(a_year())
    for table in found.values():
        said = [int(value) for value in table.values() if value.isdigit()]
        assert min(said) >= 5
        assert sum(said) != 2 * 40  # else the hidden ones would all be none
    assert found["Kind"]["Possible discrimination or hate"] == "fewer than 5"


def test_of_fewer_than_five_cases_no_table_is_shown():
    read, found = tables(a_year()[-3:])
    assert (read.blocks[0].text, found) == ("Cases opened: fewer than 5.", {})
    assert any(isinstance(b, Paragraph) and "Safeguarding" in b.text for b in read.blocks)


def test_a_whole_that_is_divided_into_other_totals_is_refused():
    with pytest.raises(ValueError, match="do not add up"):
        several([{"a": 6}, {"a": 7}])
