"""The last look: what may not be published is found wherever it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders.report import BUSY, SCHOOL, ZONE, counts, facts

from alerts.weekly import document as html
from alerts.weekly.facts import PolicyRow, WeekRow, WindowRow
from alerts.weekly.numbers.disclosure import LEAST
from alerts.weekly.release_check import Names, check
from alerts.weekly.wording import document

NAMES = Names(
    people=["Mrs Tamsin Quillfeather", "Mr Bo Ash", "Ms Siân Ng", "Miss April Sunday"],
    speakers=["GateWatcher77", "angry dad of two", "school", "Policy", "58", "Nov 20", "5 places"],
)
DATES = [date(2026, 11, 13), date(2026, 11, 20), date(2026, 9, 1)]


def found(title="Social media policy", made=None, school=SCHOOL):
    made = made or facts(counts(BUSY), school=school)
    made = replace(made, policies=(PolicyRow(title, date(2026, 9, 1)),))
    read = document(made, ZONE)
    page = html.render(replace(read, blocks=tuple(b for b in read.blocks if not hasattr(b, "panels"))))
    findings = check(made, read, page, NAMES, DATES)
    return {f.what: f for f in reversed(findings)}


def test_a_report_of_our_own_words_passes():
    """Though somebody bears a month's name, and others post under numbers and dates that stand in it."""
    assert not found(school=SCHOOL)


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("Policy of Mrs Quillfeather", "a name"),
        ("Policy after Tamsin’s post", "a name"),
        ("Quillfeathers plan", "a name"),
        ("After Sian left", "a name"),
        ("What Ng said", "a name"),
        ("What GateWatcher77 wrote", "a name that somebody posts under"),
        ("Reply to angry dad of two", "a name that somebody posts under"),
        ("Ask office@example.org", "an e-mail address"),
        ("See https://example.org/p/1", "a web address"),
        ("See gate.example.org", "a web address"),
        ("Reply to @gatewatcher", "a handle"),
        ("Ring 01632 960123", "a telephone number"),
        ("Trip of Year 6", "a year group"),
        ("Trip of Y6", "a year group"),
        ("Trip of Year six", "a year group"),
        ("Taith Blwyddyn 6", "a year group"),
        ("The caretaker’s van", "a role"),
        ("Polisi’r pennaeth", "a role"),
        ("After 17 November", "a date"),
        ("Ar ôl 17 Tachwedd", "a date"),
        ("After the 17th of November", "a date"),
        ("After November 17th", "a date"),
        ("After 2026-11-17", "a date"),
        ("After 17/11/2026", "a date"),
    ],
)
def test_what_identifies_somebody_is_found_and_named(title, what):
    findings = found(title)
    assert what in findings
    assert findings[what].said in title or findings[what].said.casefold() in title.casefold()
    assert findings[what].where in ("Policies and data protection", "the page")


def test_it_says_where_it_found_it():
    assert found("Trip of Year 6")["a year group"].sentence() == (
        "Policies and data protection: a year group (“Year 6”)"
    )


def test_ordinary_words_that_somebody_posts_under_stop_no_report():
    assert not found("Complaints policy of the school")


def test_a_name_within_the_school_s_own_is_no_finding():
    assert not found(school=replace(SCHOOL, name="Ash Primary School"))


@pytest.mark.parametrize("times", range(6))
def test_how_often_fair_comment_was_called_something_else_is_the_one_small_number_that_may_be_told(times):
    made = facts(counts(BUSY, reclassified=times))
    assert "a number below five" not in found(made=made)
    assert "a number below five" in found(made=replace(made, unsure=times)) or times == LEAST


def test_a_number_below_five_in_the_facts_is_found():
    made = facts(counts(BUSY))
    row = WeekRow("2026-W46", {"positive": 3, "neutral": 9, "negative": 9, "all": 21})
    assert "a number below five" in found(made=replace(made, weeks=(row, *made.weeks)))


def test_a_number_in_the_next_cell_after_a_month_s_name_is_no_date():
    month = {"positive": 17, "neutral": 20, "negative": 12, "all": 49}
    window = WindowRow("2026-W43", "2026-W46", 4, month)
    made = replace(facts(counts({("x", "neutral"): 14})), window=window, windows=(window, window))
    assert not found(made=made)
    assert "a number below five" in found(
        made=replace(made, window=replace(window, cells={**month, "negative": 3}))
    )
