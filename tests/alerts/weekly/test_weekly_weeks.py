"""Weeks, terms and years as reports count them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.report import FRIDAY, ZONE, busy

from alerts.layout.pdf import Paragraph
from alerts.weekly.document import ReportTable
from alerts.weekly.facts import TermRow, WeekRow, WindowRow
from alerts.weekly.numbers.disclosure import Hidden
from alerts.weekly.numbers.tables import several
from alerts.weekly.weeks import MOST_TERMS, by_term, last_complete, named, term_of
from alerts.weekly.year import Incident, year_document
from data.cases import Case, CaseState
from data.content_class import ContentClass
from data.errors import InputError
from data.register.calendar import Term
from data.rungs import Rung
from data.store.reporting.weekly_counts import Removal
from data.types import About, Route, School
from data.words.say import words


def test_a_week_is_named_after_the_iso_week_it_ends_in():
    week = named("2026-W47")
    assert (week.name, week.number, week.year) == ("2026-W47", 47, 2026)
    assert week.end(ZONE) == FRIDAY
    assert week.start(ZONE) == FRIDAY - timedelta(days=7)


@pytest.mark.parametrize(("week", "hours"), [("2026-W44", 169), ("2026-W13", 168), ("2026-W14", 167)])
def test_a_week_with_a_change_of_the_clocks_is_an_hour_longer_or_shorter(week, hours):
    found = named(week)
    assert (found.end(ZONE) - found.start(ZONE)).total_seconds() == hours * 3600


def test_weeks_follow_one_another_without_a_gap_over_years_and_clock_changes():
    week = named("2025-W01")
    for _ in range(120):
        assert week.end(ZONE) == week.back(-1).start(ZONE)
        assert named(week.name) == week
        week = week.back(-1)


def test_the_week_is_whole_at_four_o_clock_and_not_a_second_before():
    assert last_complete(FRIDAY, ZONE).name == "2026-W47"
    assert last_complete(FRIDAY - timedelta(seconds=1), ZONE).name == "2026-W46"
    assert last_complete(datetime(2026, 7, 17, 15, 0, tzinfo=UTC), ZONE).name == "2026-W29"  # 16:00 in summer


def test_a_year_of_53_weeks_has_its_last():
    assert named("2026-W53").friday.isoformat() == "2027-01-01"


@pytest.mark.parametrize("text", ["2026-47", "W47", "2026-W54", "2025-W53", "2026-W00", "last", ""])
def test_what_is_no_week_is_refused_with_what_to_write(text):
    with pytest.raises(InputError, match=r"--week .*: (not a week|there is no week)"):
        named(text)


# --------------------- terms are compared by what was shown of them, so that they give nothing away

TERMS = (Term(date(2026, 4, 13), date(2026, 7, 22)), Term(date(2026, 9, 2), date(2026, 12, 18)))


def row(week, total, concern=None):
    return WeekRow(week, {"all": total} | ({} if concern is None else {"negative": concern}))


def report(week, *rows, window=None):
    return replace(busy(), week=week, weeks=rows, window=window)


def test_weeks_that_were_shown_are_added_up_and_a_hidden_one_is_taken_as_two():
    """Without it a term of quiet weeks would seem as busy as its busiest."""
    rows = [row("2026-W40", 12, 5), row("2026-W41", Hidden.FEW), row("2026-W42", 18)]
    assert by_term(rows, None, [], TERMS) == (TermRow("2026-autumn", 3, 32, 5, 12),)


def test_a_longer_window_stands_for_its_weeks_and_those_it_left_out_are_taken_as_two():
    window = WindowRow("2026-W40", "2026-W43", 4, {"all": 45, "negative": 11}, left_out=1)
    rows = [row(f"2026-W{n}", 15) for n in range(40, 45)]
    assert by_term(rows, window, [], TERMS) == (TermRow("2026-autumn", 5, 62, 11, 45),)


def test_a_term_of_which_nothing_was_shown_is_not_told():
    before = report("2026-W25", row("2026-W24", Hidden.FEW), row("2026-W25", Hidden.FEW))
    found = by_term([row("2026-W40", 9), row("2026-W41", Hidden.BESIDE)], None, [before], TERMS)
    assert found == (TermRow("2026-autumn", 1, 9),)


def test_terms_before_come_from_the_reports_of_those_weeks():
    before = report("2026-W25", row("2026-W24", 20), row("2026-W25", 24))
    found = by_term([row("2026-W40", 9)], None, [before], TERMS)
    assert found == (TermRow("2026-summer", 2, 44), TermRow("2026-autumn", 1, 9))


def test_a_week_that_two_reports_show_counts_once():
    reports = [
        report("2026-W41", row("2026-W40", 9), row("2026-W41", 9)),
        report("2026-W40", row("2026-W40", 9)),
    ]
    assert by_term([row("2026-W41", 9)], None, reports, TERMS) == (TermRow("2026-autumn", 2, 18),)


def test_only_the_newest_terms_are_told():
    reports = [report(f"{year}-W40", row(f"{year}-W40", 9)) for year in range(2018, 2026)]
    assert len(by_term([row("2026-W40", 9)], None, reports, ())) == MOST_TERMS


@pytest.mark.parametrize(
    ("week", "terms", "name"),
    [
        ("2026-W37", TERMS, "2026-autumn"),
        ("2026-W34", TERMS, "2026-summer"),
        ("2027-W01", TERMS, "2026-autumn"),
        ("2026-W09", (), "2026-spring"),
        ("2026-W20", (), "2026-summer"),
        ("2026-W47", (), "2026-autumn"),
    ],
)
def test_a_week_belongs_to_the_term_that_began_last(week, terms, name):
    """In holidays too; by its month where no terms are given."""
    assert term_of(named(week), terms) == name


# --- a year's incidents: by kind, place, month, decision, rung and ending; nobody named, nothing small

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
