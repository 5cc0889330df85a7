"""From counts to facts: what is kept of a week is what may be published."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.report import BUSY, FRIDAY, WEEK, ZONE, counts, facts

from alerts.layout.pdf import Paragraph
from alerts.weekly.compose import kind_of
from alerts.weekly.facts import KINDS, TONES, from_json, to_json
from alerts.weekly.numbers.disclosure import Hidden
from alerts.weekly.numbers.tables import WHOLE
from alerts.weekly.wording import document
from data.store.reporting.weekly_counts import AlertHandling, Removal, ThemeCount, WatchedPlace
from data.web.channels import CHANNELS


def test_facts_come_back_from_the_store_as_they_went_in():
    made = facts(counts(BUSY, earlier=(50, 3, 61)))
    assert from_json(to_json(made)) == made


def test_a_report_stored_in_a_language_without_an_edition_is_told_in_english():
    made = facts(counts(BUSY))
    stored = to_json(replace(made, language="cy"))
    assert from_json(stored) == made
    assert document(from_json(stored), ZONE).language == "en"


def test_the_stored_facts_hold_no_number_below_five():
    made = facts(counts(BUSY, unsure=3, earlier=(50, 3, 61)))
    assert made.unsure is Hidden.FEW
    shown = [c for row in made.weeks for c in row.cells.values()]
    shown += [c for row in made.where.values() for c in row.values()]
    assert all(isinstance(c, Hidden) or c >= 5 for c in shown)


@pytest.mark.parametrize("times", [0, 1, 2, 4, 5, 12])
def test_how_often_staff_called_fair_comment_something_else_is_told_exactly(times):
    made = facts(counts(BUSY, reclassified=times))
    assert made.reclassified == times
    assert from_json(to_json(made)).reclassified == times
    told = [b.text for b in document(made, ZONE).blocks if isinstance(b, Paragraph)]
    assert any(text.endswith(f"How often that was done this week: {times}.") for text in told)


def test_only_kinds_of_which_something_was_seen_have_a_row_whether_anything_was_said_there_or_not():
    """A row that everybody knows to be empty hides nothing: 15 in all less 12 in one is 3 in the other."""
    given = [
        WatchedPlace("feed", "facebook", 9, 4),
        WatchedPlace("feed", None, 9, 9),
        WatchedPlace("forum.phpbb", None, 9, 0),
    ]
    said = {("manual_report", tone): 12 for tone in TONES}
    assert list(facts(counts(said, places=given)).where) == ["news", "social", "people", "other", WHOLE]
    assert {kind_of(channel) for channel in CHANNELS} <= set(KINDS)


def test_what_was_said_where_no_place_was_seen_stands_under_other_sites():
    given = {("facebook", tone): 12 for tone in TONES} | {("manual_report", tone): 8 for tone in TONES}
    where = facts(counts({**given, **{("google_news", tone): 7 for tone in TONES}})).where
    assert [(kind, row[WHOLE]) for kind, row in where.items()] == [
        ("news", 21), ("people", 24), ("other", 36), (WHOLE, 81)
    ]  # fmt: skip


def test_the_row_of_the_week_is_the_foot_of_the_table_of_places():
    made = facts(counts(BUSY))
    assert made.own.cells == made.where[WHOLE]


def test_a_theme_is_shown_only_with_five_separate_items_by_five_speakers():
    given = [
        ThemeCount("positive", "events", 5, 5),
        ThemeCount("positive", "staff", 9, 4),
        ThemeCount("negative", "traffic", 4, 9),
        ThemeCount("negative", "meals", 6, 6),
    ]
    assert facts(counts(BUSY, themes=given)).themes == {"positive": ("events",), "negative": ("meals",)}


def test_what_an_earlier_report_showed_stays_as_it_was_shown():
    before = facts(counts({("facebook", "neutral"): 30}, week=WEEK.back(), earlier=(44,)))
    made = facts(counts(BUSY, earlier=(99, 98, 97)), reports=(before,))
    totals = {row.week: row.cells[WHOLE] for row in made.weeks}
    assert totals[WEEK.back().name] == 30
    assert totals[WEEK.back(2).name] == 44
    assert totals[WEEK.back(3).name] == 97
    assert made.unreported == 0


def test_weeks_without_a_report_since_the_last_one_are_counted():
    before = facts(counts({}, week=WEEK.back(4)))
    assert facts(counts(BUSY, earlier=(1, 2, 3)), reports=(before,)).unreported == 3


def test_a_median_needs_five():
    took = [AlertHandling(FRIDAY, FRIDAY + timedelta(minutes=n)) for n in (5, 10, 30, 60, 90)]
    assert facts(counts(BUSY, answers=took)).answer_s == 1800
    assert facts(counts(BUSY, answers=[*took[1:], AlertHandling(FRIDAY, None)])).answer_s is None


def test_cases_are_told_by_rung_and_by_outcome_with_one_whole():
    gone = FRIDAY - timedelta(hours=20)
    cases = [Removal("author_request", gone - timedelta(hours=6), "removed", gone) for _ in range(6)]
    cases += [Removal("platform_report", gone, None, None) for _ in range(5)]
    made = facts(counts(BUSY, removals=cases))
    assert made.rungs["author_request"] in (6, Hidden.BESIDE)
    assert made.rungs[WHOLE] == made.outcomes[WHOLE]
    assert made.removal_s == 6 * 3600


def test_how_quickly_it_went_is_told_by_when_it_was_gone_not_by_when_that_was_confirmed():
    opened, hour = FRIDAY - timedelta(days=5), timedelta(hours=1)
    given = (opened + 2 * hour, opened + 20 * hour, opened + 26 * hour)
    cases = [Removal("author_request", opened, "removed", opened + 60 * hour, *given) for _ in range(6)]
    late = (opened + 2 * hour, opened + 30 * hour, opened + 26 * hour)
    cases += [Removal("host", opened, "changed", opened + 70 * hour, *late) for _ in range(7)]
    cases += [Removal("host", opened, how, FRIDAY) for how in ("standing", None) for _ in range(5)]
    made = facts(counts(BUSY, removals=[*cases, Removal(None, opened, None, None, opened + 9 * hour)]))
    assert made.removal_s == 20 * 3600
    assert made.decision_s == 2 * 3600
    assert made.targets == {"in_time": 6, "late": 7}
    assert from_json(to_json(made)) == made


def test_a_decision_that_fewer_than_five_were_made_of_has_no_median():
    cases = [Removal(None, FRIDAY, None, None, FRIDAY) for _ in range(4)]
    assert facts(counts(BUSY, removals=cases)).decision_s is None


def test_places_are_grouped_by_kind_and_none_is_named():
    given = [
        WatchedPlace("feed", None, 9, 9),
        WatchedPlace("forum.mumsnet", None, 9, 4),
        WatchedPlace("feed", "facebook", 9, 0),
    ]
    rows = {
        row.kind: (row.places, row.whole, row.part, row.none) for row in facts(counts(places=given)).places
    }
    assert rows == {"news": (1, 1, 0, 0), "forums": (1, 0, 1, 0), "social": (1, 0, 0, 1)}
