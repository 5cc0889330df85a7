"""One school's governors' report: counted, put into words, looked through, made into files; and a signed one:
where its files are, whether they are what was signed, the mails that bring it. And the year's and the term's
cases, counted; the report of the demo's school.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.access.offices import REPORT_READERS
from alerts.access.recipients import in_office
from alerts.ladder.replay import replay
from alerts.layout import note as notes
from alerts.layout.note import LIFE, Note
from alerts.weekly import wording
from alerts.weekly.compose import (
    MONTH,
    MOST_THEMES,
    SHOWN_WEEKS,
    Counts,
    Past,
    Tally,
    compose_report,
    from_text,
    shown_before,
    tally_weeks,
    to_text,
)
from alerts.weekly.facts import (
    PolicyRow,
    ReportFacts,
    TrustRow,
    Week,
    from_json,
    last_complete,
    lone,
    parse_week,
    to_json,
)
from alerts.weekly.release_check import Disclosed, Names, check
from alerts.weekly.wording import (
    Incident,
    ReportDocument,
    safeguarding_document,
    term_document,
    year_document,
)
from data.errors import InputError, SchoolgateError
from data.frozen import freeze
from data.ids import digest
from data.people import people_of
from data.register.school_names import separate_names
from data.rungs import Rung
from data.store import cases as case_store
from data.store import weekly as weekly_store
from data.store.engine.connect import Connection
from data.store.weekly import AlertHandling, Removal, ThemeCount, WatchedPlace, WeeklyReport
from data.types import OutboxMessage, School
from data.words.say import words
from monitor.config.home.lookup import held_by, run_accounts
from monitor.config.load import Config


@freeze
class Made:
    """A report made into its two files, and what was found in it that must not be published."""

    document: ReportDocument
    html: str
    pdf: bytes
    findings: tuple[Disclosed, ...]


@freeze
class Gathered:
    """The figures of a report: what it may say, and its weeks as they were counted, which stays."""

    facts: ReportFacts
    counted: str

    @property
    def text(self) -> str:
        """The facts as they are stored."""
        return to_json(self.facts)


def gather_report(
    con: Connection, config: Config, school: School, week: Week, now: datetime, span: int = 1
) -> Gathered:
    """Gather the week's facts from the store, over so many weeks. Raises InputError where nothing was looked
    at or handed in before it ended, or a later report has shown it: the two together could give a small
    number away."""
    began = weekly_store.first_known_at(con, school.urn)
    if began is None or began >= week.end(config.zone):
        raise InputError(_not_yet(config, week, began, now))
    for later in weekly_store.reports_after(con, school.urn, week.name):
        if any(row.week == week.name for row in from_json(later.facts).weeks):
            raise InputError(words("en")("reports.counted", week=week.name, later=later.week))
    before = weekly_store.reports_before(con, school.urn, week.name)
    reports = [from_json(r.facts) for r in before]
    known = shown_before(reports)
    start, end = week.start(config.zone), week.end(config.zone)
    given = (con, school.urn, week.back(span - 1).start(config.zone), end)
    apart = all(r.week <= week.back(span).name for r in before)  # else two reports would tell of one removal
    month = (con, school.urn, week.back(MONTH - 1).start(config.zone), end)
    counts = Counts(
        own=_past(con, config, school, week, began),
        earlier=tuple(
            _past(con, config, school, one, began)
            for one in (week.back(n) for n in range(1, SHOWN_WEEKS))
            if one.name not in known and began < one.end(config.zone)
        ),
        themes=tuple(weekly_store.count_themes(*given)),
        answers=tuple(weekly_store.answers(*given)),
        removals=tuple(weekly_store.removals(*given)) if apart else (),
        places=tuple(weekly_store.places(*given)),
        reclassified=weekly_store.count_reclassified(*given),
        done=weekly_store.count_actions(*given),
        month_themes=tuple(weekly_store.count_themes(*month)),
        span=span,
        open=weekly_store.count_open_matters(con, school.urn, end),
        became=weekly_store.count_became(*given),
        tallies=tuple(tally for r in before for tally in from_text(r.counted)),
    )
    facts = compose_report(school, counts, reports, _policies(config, school), config.dpia.recorded_on, now)
    off, trust = weekly_store.count_off(con, school.urn), _trust_row(con, config, start, end)
    facts = replace(facts, accounts_short=_short(config, school), off=off, trust=trust)
    return Gathered(facts, to_text(tally_weeks(counts)))


def _trust_row(con: Connection, config: Config, start: datetime, end: datetime) -> TrustRow | None:
    """Count what was said of the trust, for the governors where nobody of it can be told."""
    trust = config.trust
    if trust is None or any(p.email for p in people_of(trust, config.people)):
        return None
    counted = weekly_store.count_kept(con, trust.urn, start, end)
    return TrustRow(lone(sum(counted.values())), weekly_store.press_events(con, trust.urn, start, end))


def _short(config: Config, school: School) -> bool:
    """Does an account of the school's own lack two named members of staff?"""
    return any(one.short for one in run_accounts(config, school))


def _not_yet(config: Config, week: Week, began: datetime | None, now: datetime) -> str:
    """When the first report comes, and what can be read until then."""
    since = began or now
    first = last_complete(since, config.zone).back(-1)
    at = f"Friday {words('en').full_day(first.friday)} at 16:00"
    so_far = f"There is nothing to report of {week.name}: nothing had been read or reported by then."
    then = "." if began else ", if something has been read or reported by then."
    when = f"The first report is of the week that ends on {at}{then}"
    return f"{so_far}\n{when}\nTo see what it will be like: ⟪demo⟫"


def current(config: Config, school: School, report: WeeklyReport) -> ReportFacts:
    """Return the facts as counted; until it is signed, with the school's name and policies of now."""
    facts = from_json(report.facts)
    if report.signed_at is not None:
        return facts
    return replace(
        facts,
        school=school.name,
        language=school.language,
        policies=tuple(PolicyRow(title, due) for title, due in _policies(config, school)),
        dpia=config.dpia.recorded_on,
        accounts_short=_short(config, school),
    )


def _past(con: Connection, config: Config, school: School, week: Week, began: datetime) -> Past:
    start, end = week.start(config.zone), week.end(config.zone)
    days = week.days()
    return Past(
        week,
        weekly_store.count_kept(con, school.urn, start, end),
        weekly_store.count_purged(con, school.urn, days[0], days[-1]),
        partial=began > start,
    )


def _policies(config: Config, school: School) -> list[tuple[str, date | None]]:
    return [(p.title, p.review_due) for p in held_by(config, school)]


def signer(config: Config, report: WeeklyReport) -> str:
    """The name of who released it; "" of a draft."""
    return next((p.name for p in config.all_people if p.id == report.signed_by), report.signed_by or "")


def make_report(
    con: Connection, config: Config, facts: ReportFacts, signed_at: datetime | None = None, by: str = ""
) -> Made:
    """The report's page and PDF, looked through; a draft without `signed_at`, signed `by` that name."""
    week = parse_week(facts.week)
    document = wording.document(facts, config.zone, signed_at, by)
    page = wording.render_report(document)
    start, end = week.start(config.zone), week.end(config.zone)
    names = Names(
        people=[p.name for p in config.all_people]
        + [name for s in config.schools for name in separate_names(s.head)],
        speakers=weekly_store.speakers(con, start, end),
    )
    # the days it may name: Fridays of weeks and longer times, when it was made, when policies fall due
    moments = [facts.composed_at, *([signed_at] if signed_at else [])]
    fridays = {parse_week(row.week).friday for row in facts.weeks} | {
        parse_week(facts.week).back(facts.span).friday
    }
    due = {p.review_due for p in facts.policies if p.review_due}
    recorded = {facts.dpia} if facts.dpia else set()
    told = {parse_week(facts.window.last).friday} if facts.window else set()
    dates = fridays | told | due | recorded | {m.astimezone(config.zone).date() for m in moments}
    return Made(document, page, wording.make_report_pdf(document), check(facts, document, page, names, dates))


def is_wanted(config: Config, school: School, week: Week) -> bool:
    """Check whether it is made unasked: in term each week, in holidays each fourth (monthly: ours)."""
    calendar = config.calendar(school.urn)

    def is_of_term(one: Week) -> bool:
        return any(calendar.in_term(day) for day in one.days() if calendar.working_day(day))

    since = next((n for n in range(_A_YEAR) if is_of_term(week.back(n))), None)
    return since is not None and since % _HOLIDAY_WEEKS == 0


FOLDER = "reports"


class NotFit(SchoolgateError):
    """It holds what must not be published, or is not what was signed; nothing was signed or sent."""


def sign_key(urn: str, week: str, person_id: str) -> str:
    """The key of the message that asks one person to sign."""
    return digest("sign", urn, week, person_id)


def attachment_path(urn: str, week: str) -> str:
    """Return where the signed PDF is, below the home folder."""
    return f"{FOLDER}/{urn}-{week}.pdf"


def signed_files(home: Path, report: WeeklyReport) -> dict[str, bytes] | None:
    """Return the signed files by ending; None if not signed. Raises NotFit where gone or changed."""
    if report.signed_at is None:
        return None
    found = {}
    for ending, signed in ((".pdf", report.sha256), (".html", report.page_sha256)):
        path = (home / attachment_path(report.urn, report.week)).with_suffix(ending)
        if not path.exists():
            raise NotFit(f"{path}, which {report.signed_by} signed, is gone. A backup may hold it.")
        found[ending] = path.read_bytes()
        if sha256(found[ending]).hexdigest() != signed:
            raise NotFit(f"{path} is not the file that {report.signed_by} signed: somebody has changed it.")
    return found


def mails(config: Config, school: School, facts: ReportFacts, now: datetime) -> tuple[OutboxMessage, ...]:
    """One message to each governor with an address, the signed PDF attached; the same keys each time."""
    w, week = words(school.language), parse_week(facts.week)
    note = Note(
        language=w.language,
        subject=w("report.mail.subject", week=week.number),
        said=w("report.mail.said", week=week.number, year=week.year),
        parts=((w("report.mail.what"),),),
        small=(w("common.not_watched"),),
    )
    to = [p for p in in_office(school, config.people, REPORT_READERS) if p.email]
    made = notes.mails(note, to, school.urn, "report", ("report", school.urn, facts.week), now, LIFE)
    return tuple(replace(mail, attachment=attachment_path(school.urn, facts.week)) for mail in made)


_HOLIDAY_WEEKS, _A_YEAR = 4, 53


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
    removals = weekly_store.removals(con, school.urn, begin, end)
    cases = case_store.with_place(con, [replay(case_store.steps_of_case(con, r.case_id)) for r in removals])
    return [Incident(case, removal) for case, removal in zip(cases, removals, strict=True)]


def term_papers(con: Connection, config: Config, school: School, now: datetime) -> dict[str, ReportDocument]:
    """Make the governors' and the link governor's paper of the last term. Raises InputError for none."""
    over = config.calendar(school.urn).last_term(now.astimezone(config.zone).date())
    if over is None:
        raise InputError("We know no term that is over. Give the dates first: ⟪terms⟫")
    days = (over.first, over.last + timedelta(days=1))
    begin, end = (datetime.combine(day, time(), config.zone) for day in days)
    signed = [from_json(r.facts) for r in weekly_store.reports_of(con, school.urn) if r.signed_at]
    told = [f for f in signed if begin <= parse_week(f.week).end(config.zone) <= end]
    themes = Counter(t for f in told for t in (f.window or f).themes.get("negative", ()))
    most = [theme for theme, _ in themes.most_common(MOST_THEMES)]
    answered = weekly_store.count_actions(con, school.urn, begin, end)["answered"]
    handed_over = weekly_store.count_handed_over(con, school.urn, begin, end)
    found = _incidents(con, school, begin, end)
    return {
        "term": term_document(school, over, found, answered, most, config.zone, now),
        "safeguarding-term": safeguarding_document(school, over, handed_over, config.zone, now),
    }
