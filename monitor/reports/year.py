"""The year's and the term's cases, counted; the weekly report of the demo's school."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.ladder.replay import replay
from alerts.weekly.compose import MOST_THEMES, Counts, Past, Tally, compose_report, tally_weeks
from alerts.weekly.facts import ReportFacts, Week, from_json, parse_week
from alerts.weekly.wording import ReportDocument
from alerts.weekly.year import Incident, safeguarding_document, term_document, year_document
from data.errors import InputError
from data.rungs import Rung
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.reporting import weekly_counts
from data.store.reporting.weekly_counts import AlertHandling, Removal, ThemeCount, WatchedPlace
from data.types import School
from data.words.say import words
from monitor.config.load import Config

# A report of an invented school after half a year. Pure.

ZONE = ZoneInfo("Europe/London")
_WEEKS = 24
_SAID = (
    ("google_news", "positive", 2),
    ("google_news", "neutral", 1),
    ("facebook", "positive", 2),
    ("facebook", "neutral", 3),
    ("local_forum", "neutral", 2),
    ("local_forum", "negative", 3),
    ("manual_report", "negative", 1),
    ("google_review", "positive", 1),
)
_SWING = (0, 1, -1, 2, 0, -1, 1)
"""How many more or fewer a week brings than the one before, over and over."""
_THEMES = (ThemeCount("positive", "events", 9, 8), ThemeCount("negative", "traffic", 7, 6))
_POLICIES = (("sample_policy", date(2026, 1, 31)), ("sample_other", date(2026, 9, 1)))


def sample_facts(last: Week, school: School) -> ReportFacts:
    """Its facts up to the `last` week, made one by one: each report knows what those before it showed."""
    w = words(school.language)
    policies = [(w(f"report.{name}"), due) for name, due in _POLICIES]
    made: list[ReportFacts] = []
    kept: tuple[Tally, ...] = ()
    for n in range(_WEEKS - 1, -1, -1):
        week = last.back(n)
        counts = _counts(week, n, kept)
        made.append(compose_report(school, counts, made, policies, date(2025, 9, 1), week.end(ZONE)))
        kept = (*kept, *tally_weeks(counts))
    return made[-1]


def _counts(week: Week, n: int, kept: tuple[Tally, ...]) -> Counts:
    more = _SWING[n % len(_SWING)] + (n < _WEEKS // 2)
    held = {
        (channel, tone, "about"): max(0, times + (more if tone == "neutral" else more > 1))
        for channel, tone, times in _SAID
    }
    end = week.end(ZONE)
    return Counts(
        Past(week, held, {}),
        (),
        (),
        (_alert_handling(end, 2, 40), _alert_handling(end, 4, 95)),
        (Removal(next(iter(Rung)), end - timedelta(days=4), "removed", end - timedelta(days=3)),),
        _places(n),
        0,
        done={"answered": 3, "not_us": 2, "asked": 1, "gone": 1, "checked": 2},
        month_themes=_THEMES,
        tallies=kept,
    )


def _alert_handling(end: datetime, days: int, minutes: int) -> AlertHandling:
    raised = end - timedelta(days=days)
    return AlertHandling(raised, raised + timedelta(minutes=minutes))


def _places(n: int) -> tuple[WatchedPlace, ...]:
    return (
        WatchedPlace("feed", "google_news", 90, 90),
        WatchedPlace("feed", "facebook", 60, 60),
        WatchedPlace("forum.phpbb", "local_forum", 50, 50 if n else 21),
        WatchedPlace("reviews.page", "google_review", 7, 7),
        WatchedPlace("own.page", None, 9, 9),
    )


# A year's incidents, counted from the store for the yearly review of the policy.


def whole_months(today: date) -> tuple[date, ...]:
    """List the first days of the last twelve whole months: of chosen times, two could tell a number."""
    n = today.year * 12 + today.month - 1
    return tuple(date(month // 12, month % 12 + 1, 1) for month in range(n - 12, n))


def year(
    con: Connection, config: Config, school: School, months: tuple[date, ...], now: datetime
) -> ReportDocument:
    """The page of the school's incidents in those months."""
    last = months[-1]
    after = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    begin, end = (datetime.combine(day, time(), config.zone) for day in (months[0], after))
    found = _incidents(con, school, begin, end)
    return year_document(school, months, found, config.zone, now)


def _incidents(con: Connection, school: School, begin: datetime, end: datetime) -> list[Incident]:
    removals = weekly_counts.removals(con, school.urn, begin, end)
    cases = case_store.with_place(con, [replay(case_store.steps_of_case(con, r.case_id)) for r in removals])
    return [Incident(case, removal) for case, removal in zip(cases, removals, strict=True)]


def term_papers(con: Connection, config: Config, school: School, now: datetime) -> dict[str, ReportDocument]:
    """Make the governors' and the link governor's paper of the last term. Raises InputError for none."""
    over = config.calendar(school.urn).last_term(now.astimezone(config.zone).date())
    if over is None:
        raise InputError("We know no term that is over. Give the dates first: ⟪terms⟫")
    days = (over.first, over.last + timedelta(days=1))
    begin, end = (datetime.combine(day, time(), config.zone) for day in days)
    signed = [from_json(r.facts) for r in weekly_counts.reports_of(con, school.urn) if r.signed_at]
    told = [f for f in signed if begin <= parse_week(f.week).end(config.zone) <= end]
    themes = Counter(t for f in told for t in (f.window or f).themes.get("negative", ()))
    most = [theme for theme, _ in themes.most_common(MOST_THEMES)]
    answered = weekly_counts.count_actions(con, school.urn, begin, end)["answered"]
    handed_over = weekly_counts.count_handed_over(con, school.urn, begin, end)
    found = _incidents(con, school, begin, end)
    return {
        "term": term_document(school, over, found, answered, most, config.zone, now),
        "safeguarding-term": safeguarding_document(school, over, handed_over, config.zone, now),
    }
