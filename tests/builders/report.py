"""What the tests of the governors' report share: a store with a week in it, and facts made up."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from builders.config import a_person
from builders.home import migrated
from builders.mention import POLICY, Clock, a_batch, a_mention, a_run, a_store, a_verdict, save

from alerts.weekly.compose import Counts, Past, compose_report
from alerts.weekly.facts import parse_week
from data.store.weekly import DONE, AlertHandling, Counted, ThemeCount, WatchedPlace
from data.types import MentionKind, Route, School, Sentiment, Severity
from monitor.config.load import load_file
from monitor.home.wiring import remember_config

ZONE = ZoneInfo("Europe/London")
WEEK = parse_week("2026-W47")
FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
SCHOOL = School("900001", "Oakfield Primary School", head="Mrs Tamsin Quillfeather")
CONFIG = f"""
[mail]
host = "127.0.0.1"
port = 2525
security = "none"
sender = "schoolgate@example.sch.uk"

[dpia]
recorded_on = 2026-09-01
recorded_by = "Mrs A Example"

[[policies]]
title = "Social media policy"
review_due = 2026-09-01

[[schools]]
urn = "900001"
name = "Oakfield Primary School"
head = "Mrs Tamsin Quillfeather"
terms = [{{ first = 2026-09-02, last = 2026-10-23 }}, {{ first = 2026-11-02, last = 2026-12-18 }}]

[[sources]]
id = "gazette"
kind = "feed"
name = "Northvale Gazette"
url = "https://gazette.example.org/feed.xml"

{a_person("t-quillfeather", "Mrs Tamsin Quillfeather", "head", email="head@example.sch.uk")}
{a_person("o-fennimore", "Mr Osbert Fennimore", "chair", email="chair@example.sch.uk")}
{a_person("g-larch", "Ms Greta Larch", "governor", email="governor@example.sch.uk")}
{a_person("b-thistlewood", "Mr Barnaby Thistlewood", "staff", email="staff@example.sch.uk")}"""


def a_home(folder, text=CONFIG):
    """A home folder with this configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schoolgate.toml").write_text(text, encoding="utf-8")
    return folder


def fill(con, numbers, *, seen, tone=Sentiment.NEGATIVE, channel="local_forum", themes=(), **verdict):
    """Mentions of these numbers, first seen then, each by a speaker of its own, judged so."""
    _save(con, seen, said(numbers, seen, tone, channel, themes=themes, **verdict))


def said(numbers, seen, tone, channel, **verdict):
    """Mentions of these numbers with their verdicts."""
    names = [f"{channel}-{tone}-{seen:%j%H}-{n}" for n in numbers]
    mentions = [
        a_mention(name, channel=channel, kind=MentionKind.POST, fetched_at=seen, published=seen)
        for name in names
    ]
    changes: dict[str, object] = {"sentiment": tone, **verdict}
    return [(m, a_verdict(m, **changes)) for m in mentions]


def _save(con, seen, given):
    mentions, verdicts = zip(*given, strict=True)
    run = a_run("gazette", seen)
    batch = a_batch(*mentions, verdicts=list(verdicts), story_id=f"s-{mentions[0].id}", run=run)
    save(con, batch, now=seen, policy=POLICY)


def filled_home(factory):
    """A home with eight weeks in it, the last ending on 20 November 2026; made once, not to be written to.
    Seven mentions of the last week are for the safeguarding lead alone."""
    home = Path(factory.getbasetemp()) / "weekly-home"
    if not home.exists():
        a_home(home)
        store = a_store(home, Clock(FRIDAY))
        migrated(store)
        config = load_file(home / "schoolgate.toml", {})
        remember_config(store, config)
        with store.write("fill") as con:
            _fill_weeks(con)
    return home


def _fill_weeks(con):
    for back in range(8):
        seen = FRIDAY - timedelta(days=7 * back + 2)
        concern = said(range(20 + back), seen, Sentiment.NEGATIVE, "local_forum", themes=("traffic",))
        praise = said(range(12), seen, Sentiment.POSITIVE, "google_review", themes=("events",))
        _save(con, seen, [*concern, *praise, *said(range(9), seen, Sentiment.NEUTRAL, "facebook")])
    fill(
        con, range(100, 107), seen=FRIDAY - timedelta(days=1), themes=("safety",), restricted=True,
        content_class="C10", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR,
    )  # fmt: skip


ONE_FEED = (WatchedPlace("feed", None, 10, 10),)


def counts(
    values=None, *, unsure=0, earlier=(), themes=(), answers=(), removals=(),
    places=ONE_FEED, reclassified=0, partial=False, done=None, week=WEEK,
):  # fmt: skip
    """One week's counts; `values` by channel and tone, `earlier` totals, newest first, in thirds by tone."""
    held: Counted = {(channel, tone, "about"): n for (channel, tone), n in (values or {}).items()}
    own = Past(week, {**held, ("x", "neutral", "unsure"): unsure}, {}, partial=partial)
    past = [
        Past(week.back(n), {("facebook", tone, "about"): part for tone, part in _thirds(total)}, {})
        for n, total in enumerate(earlier, start=1)
    ]
    given = (own, tuple(past), tuple(themes), tuple(answers), tuple(removals), tuple(places), reclassified)
    return Counts(*given, done=dict.fromkeys(DONE, 0) | (done or {}))


def _thirds(total):
    third = total // 3
    return (("positive", third), ("neutral", total - 2 * third), ("negative", third))


def facts(given, school=SCHOOL, reports=(), now=FRIDAY):
    """The facts of these counts, with one policy and an assessment."""
    policies = [("Social media policy", date(2026, 9, 1))]
    return compose_report(school, given, reports, policies, date(2026, 9, 1), now)


BUSY = {
    ("google_news", "positive"): 8, ("facebook", "positive"): 12, ("facebook", "negative"): 9,
    ("local_forum", "negative"): 21, ("local_forum", "neutral"): 6, ("google_review", "neutral"): 2,
}  # fmt: skip
THEMES = [ThemeCount("positive", "events", 9, 9), ThemeCount("negative", "traffic", 21, 12)]
ANSWERS = [AlertHandling(FRIDAY, FRIDAY + timedelta(minutes=7 * n)) for n in range(1, 9)]
PLACES = [
    WatchedPlace("feed", None, 90, 90), WatchedPlace("forum.phpbb", None, 50, 20),
    WatchedPlace("own.page", None, 9, 9), WatchedPlace("feed", "facebook", 40, 40),
    WatchedPlace("reviews.page", "google_review", 7, 7), WatchedPlace("feed", "x", 9, 0),
]  # fmt: skip
USUAL = (54, 61, 70, 58, 66, 63)


def busy(themes=THEMES, week=WEEK, **changes):
    """A week with something of everything."""
    given = counts(BUSY, unsure=3, earlier=USUAL, themes=themes, answers=ANSWERS, places=PLACES, week=week)
    return facts(given, **changes)
