"""What the press tells of one event is one matter; one article has one nature, by whatever ways it came."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from builders.home import a_migrated_store, rows_of
from builders.judges import OAKFIELD, PEOPLE, Words, judges
from builders.kept_open import undone_in
from builders.press import COACH, FALL, NOW, TOWN, article, post, read
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.sentences import rows, sentences

from classifiers.scoring.onnx_scorer import Scorer
from data.register.calendar import SchoolHours
from data.store import owners as owner_store
from data.store.engine.open import Store
from data.types import Mark, Marked, Outcome, Response, Source, SourceRun, SourceState
from monitor.cli.scan_once import ScanSummary, known_scan, scan_lines, summarise
from monitor.config.load import Config
from monitor.matters.reader import Reader
from monitor.pipeline.collect import Collected
from monitor.pipeline.conclude import natures_said, with_known_places
from monitor.pipeline.judge import judge_readings, keep_all, load_context
from monitor.pipeline.judges import Judges
from sources.registry import collector


@pytest.fixture
def store(undone):
    return undone


def held(store):
    """Each story's posts by their words; and the mails, and how often each alert was raised."""
    with store.open_reader() as con:
        rows = con.execute(
            "SELECT x.story_id, coalesce(nullif(n.title, ''), n.text) FROM matches x "
            "JOIN mention_versions n ON n.mention_id = x.mention_id AND n.n = x.version "
            "WHERE x.story_id IS NOT NULL ORDER BY ALL"
        ).fetchall()
        mails = con.execute("SELECT count(*) FROM outbox WHERE withdrawn_at IS NULL").fetchone()[0]
    stories = {}
    for story, words in rows:
        stories.setdefault(story, set()).add(words)
    return list(stories.values()), mails


def test_articles_of_one_event_are_one_matter_and_one_mail_to_each(store):
    read(store, article(COACH[0]))
    _, first = held(store)
    assert first
    for n, title in enumerate(COACH[1:], 1):
        read(store, article(title, NOW + timedelta(hours=n)), at=NOW + timedelta(hours=n))
    assert held(store) == ([set(COACH)], first)


def test_a_post_under_the_headline_joins_it_and_one_that_says_more_does_not(store):
    more = (
        "Why did Oakfield Primary in Northvale tell nobody until six in the evening? Who checked the belts?"
    )
    read(store, article(COACH[0]))
    read(store, post(COACH[0], "So sorry for them all."), source=TOWN)
    read(store, post(f"{COACH[0]}?", more), source=TOWN)
    assert len(held(store)[0]) == 2


def test_a_post_of_its_headline_joins_it_and_mails_nobody_and_another_event_is_a_matter_of_its_own(store):
    read(store, article(COACH[0]))
    _, first = held(store)
    passed_on = post(f"{COACH[0]} - Northvale Echo", "https://www.northvaleecho.co.uk/news/1")
    for count, second, by in ((1, passed_on, {"source": TOWN}), (2, article(FALL), {})):
        read(store, second, **by)
        stories, mails = held(store)
        assert (len(stories), mails) == (count, count * first)


CALM = "Oakfield Primary, Northvale, thanks coach crash crews for their visit to assembly on A12 safety"


def alerts_of(store):
    return rows_of(store, "SELECT severity, times FROM alerts")


@pytest.mark.parametrize("order", [(CALM, COACH[0]), (COACH[0], CALM)], ids=["rises", "stays"])
def test_a_graver_article_is_told_of_a_matter_that_was_calm_and_a_calm_one_lowers_nothing(store, order):
    read(store, article(order[0]))
    assert alerts_of(store) == ([] if order[0] == CALM else [(3, 1)])
    read(store, article(order[1]))
    ((words,), _) = held(store)
    assert (words, alerts_of(store)) == ({COACH[0], CALM}, [(3, 1)])


def test_what_somebody_is_done_with_is_joined_by_nothing(store):
    read(store, article(COACH[0]))
    with store.write("test") as con:
        story = con.execute("SELECT id FROM stories").fetchone()[0]
        owner_store.record_mark(con, Marked(story, "900001", Mark.ANSWERED, PEOPLE[0].id, NOW))
    read(store, article(COACH[1]))
    assert len(held(store)[0]) == 2


class Restricting(Words):
    """To it, everything about parents is the safeguarding lead's."""

    def _shares(self, text):
        return super()._shares(f"{text} stepdad" if "parents" in text else text)


@pytest.mark.parametrize("first", [0, 2])
def test_nothing_restricted_joins_an_open_matter_or_is_joined(store, first):
    with_ = replace(judges(), scorer=Restricting)
    read(store, article(COACH[first]), with_=with_)
    read(store, article(COACH[2 - first]), with_=with_)
    stories = rows_of(store, "SELECT restricted FROM stories ORDER BY ALL")
    assert stories == [(False,), (True,)]


def test_what_is_read_again_after_it_joined_stays_there(store):
    with_ = judges(OAKFIELD)
    read(store, article(COACH[0]), with_=with_)
    read(store, article(COACH[1]), with_=with_)
    read(store, article(COACH[1], text="The coach was on its way to Oakfield Primary."), with_=with_)
    assert len(held(store)[0]) == 1


WHEN_READ = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ARTICLES = dict(rows(sentences("press/ways")["articles"]))
KNIFE, SUSPENDED, GOOD, *_ = ALL = tuple(ARTICLES)
CONFIG = Config(Path("/nowhere/schoolgate.toml"), (OAKFIELD,), people=PEOPLE)
SECTIONS = ("today", "to_look_at", "to_answer", "good_news", "unsure", "before")
LONDON = ZoneInfo("Europe/London")
LISTED, UNKNOWN = "www.northamptonchron.co.uk", "www.lookout.example.org"


@cache
def scorer() -> Scorer:
    return Scorer(threads=1)


def judging(*sources: Source) -> Judges:
    return replace(judges(OAKFIELD), scorer=scorer, natures=natures_said(sources))


def rss(title: str, link: str, host: str, articles: Sequence[str], more: str = "") -> bytes:
    when = format_datetime(WHEN_READ - timedelta(hours=2))
    items = "".join(
        f"<item><title>{escape(said)}</title><link>https://{host}/news/{n}</link><pubDate>{when}</pubDate>"
        f"<description>{escape(ARTICLES[said])}</description>{more}</item>"
        for n, said in enumerate(ARTICLES)
        if said in articles
    )
    space = 'xmlns:News="https://www.bing.com/news/search"'
    head = f"<title>{title}</title><link>{link}</link>"
    return f'<rss version="2.0" {space}><channel>{head}{items}</channel></rss>'.encode()


def gdelt(host: str, articles: Sequence[str]) -> bytes:
    items = [
        {
            "id": f"g{n}",
            "url": f"https://{host}/news/{n}",
            "title": said,
            "date_published": WHEN_READ.isoformat(),
        }
        for n, said in enumerate(ARTICLES)
        if said in articles
    ]
    home = "https://api.gdeltproject.org/"
    version = "https://jsonfeed.org/version/1"
    return json.dumps({"version": version, "title": "GDELT", "home_page_url": home, "items": items}).encode()


def way(
    name: str, host: str = UNKNOWN, articles: Sequence[str] = tuple(ARTICLES), **said: object
) -> Collected:
    """One way by which the articles came, as it is read."""
    url, body = {
        "feed": (f"https://{host}/feed", rss("(…) » News", f"https://{host}/", host, articles)),
        "bing": (
            "https://www.bing.com/news/search?q=oakfield&format=rss",
            rss("oakfield - BingNews", "https://www.bing.com/news/search?q=oakfield", host, articles),
        ),
        "gdelt": ("https://api.gdeltproject.org/api/v2/doc/doc?format=jsonfeed", gdelt(host, articles)),
    }[name]
    source = Source(name, "feed", url, urns=(OAKFIELD.urn,), name=name, surfaced=name != "feed", **said)  # type: ignore[arg-type]
    mentions = collector("feed").parse(source, Response(url, 200, (), body, WHEN_READ)).mentions
    run = SourceRun(name, WHEN_READ, WHEN_READ, Outcome.OK, pages=1, mentions_read=len(mentions))
    return Collected(source, run, mentions)


def scan(
    store: Store, readings: Sequence[Collected], with_: Judges, *, together: bool = False
) -> ScanSummary:
    """These readings, judged and saved together, or each as a group of its own, as in a slow scan."""
    batches = []
    known = [with_known_places(each, with_.natures) for each in readings]
    for group in [known] if together else [[each] for each in known]:
        with store.open_reader() as con:
            before = load_context(con, group, with_, WHEN_READ)
        judged = judge_readings(group, before, with_)
        with store.write("test") as con:
            batches += keep_all(con, judged, with_, WHEN_READ)
    done = [(one.source, SourceState(one.source.id), b) for one, b in zip(readings, batches, strict=True)]
    summary = summarise(
        done, [OAKFIELD], started=WHEN_READ, finished=WHEN_READ, waiting_messages=0, look_share=0.1,
        hours=lambda s: SchoolHours(frozenset(), LONDON),
    )  # fmt: skip
    with store.open_reader() as con:
        return known_scan(con, Reader(CONFIG, store, None), summary)


_SAID = """SELECT DISTINCT coalesce(n.title, r.title), v.event, v.route, v.severity, v.sentiment, v.restricted
    FROM mentions m JOIN mention_versions n ON n.mention_id = m.id AND n.n = m.version
    LEFT JOIN restricted_texts r ON r.mention_id = m.id JOIN verdicts v ON v.mention_id = m.id
    WHERE v.relevance <> 'not_about'"""


def told(store: Store) -> tuple[list[object], list[object]]:
    """The verdicts that differ, by headline, and the alerts."""
    with store.open_reader() as con:
        verdicts = con.execute(f"{_SAID} ORDER BY ALL").fetchall()
        alerts = con.execute("SELECT route, severity, restricted FROM alerts ORDER BY ALL").fetchall()
    return verdicts, alerts


@cache
def of_the_press(articles: tuple[str, ...] = ALL) -> tuple[list[object], list[object]]:
    """What is made of them where the settings say `channel = "news"`."""
    with TemporaryDirectory() as folder:
        store = a_migrated_store(Path(folder) / "home")
        scan(store, [way("feed", articles=articles, channel="news")], judging())
        return told(store)


def test_a_papers_own_feed_without_a_channel_is_judged_as_with_the_channel_of_the_press(store):
    scan(store, [way("feed", LISTED)], judging())
    assert told(store) == of_the_press()
    assert {event for _, event, *_ in of_the_press()[0]} >= {"weapon", "staff", "inspection"}


def test_what_the_settings_say_of_a_place_holds_for_what_searches_find_there(store):
    by_host = replace(judging(), natures=natures_said((), {"lookout.example.org": "board"}))
    scan(store, [way("bing"), way("gdelt")], by_host)
    assert {event for _, event, *_ in told(store)[0]} == {None}


AMBUSHED = (
    "At Oakfield Primary, Northvale: Ambushed by the head at the gate about DD's attendance in front of "
    "everyone. 93% because she had chicken pox! She answers no email of mine and I am sick of it. Not on."
)


@pytest.mark.parametrize(("said", "looks"), [({}, True), ({"lookout.example.org": "paper"}, False)])
def test_a_site_that_nobody_knows_is_the_press_and_shown_no_less_than_somebodys_own_words(store, said, looks):
    found = way("bing", articles=[GOOD])
    post = replace(found.mentions[0], title="Assembly ambush", text=AMBUSHED)
    with_ = replace(judging(), natures=natures_said((), said))
    scan(store, [replace(found, mentions=(post,))], with_)
    assert rows_of(store, "SELECT look, restricted, severity < 3 FROM verdicts") == [(looks, False, True)]


@pytest.mark.parametrize("order", [("bing", "gdelt", "feed"), ("feed", "bing", "feed")])
def test_a_feed_of_which_nothing_is_known_is_judged_as_the_copies_that_searches_found(store, order):
    for name in order:
        scan(store, [way(name, articles=[GOOD])], judging())
    verdicts, alerts = told(store)
    assert (len(verdicts), alerts) == (1, [])
    assert verdicts == of_the_press((GOOD,))[0]


def test_what_the_press_and_a_feed_bring_together_has_one_verdict_though_one_is_a_headline_alone(store):
    scan(store, [way("gdelt"), way("feed"), way("bing")], judging(), together=True)
    verdicts, alerts = of_the_press()
    titles = {title for title, *_ in verdicts}  # a search brings some more that may be about the school
    assert ([one for one in told(store)[0] if one[0] in titles], told(store)[1]) == (verdicts, alerts)


WAYS = st.lists(st.sampled_from(["feed", "bing", "gdelt"]), min_size=1, max_size=3, unique=True)


@example(ways=["feed", "bing", "gdelt"], host=UNKNOWN, apart=False, said=KNIFE)
@example(ways=["feed", "bing"], host=UNKNOWN, apart=True, said=KNIFE)
@settings(max_examples=settings.default.max_examples // 6)
@given(ways=WAYS, host=st.sampled_from([LISTED, UNKNOWN]), apart=st.booleans(), said=st.sampled_from(ALL[:4]))
def test_by_whatever_ways_an_article_comes_it_is_one_story_with_one_alert_that_a_scan_tells_once(
    opened_store, ways, host, apart, said
):
    with undone_in(opened_store, opened_store.home) as store:
        readings = [way(name, host, [said]) for name in ways]
        for some in [[one] for one in readings] if apart else [readings]:
            # No alert's number stands twice in the scan, and no restricted story has a line of its own
            summary = scan(store, some, judging())
            shown = "\n".join(scan_lines(summary, LONDON))
            lines = [one for part in summary.schools for name in SECTIONS for one in getattr(part, name)]
            alerts = rows_of(store, "SELECT number, story_id, restricted FROM alerts")
            for number, story_id, restricted in alerts:
                assert shown.count(f"alert {number}") <= 1, shown
                assert not (restricted and any(one.story_id == story_id for one in lines)), shown
        with store.open_reader() as con:
            stories = con.execute("SELECT count(DISTINCT story_id) FROM matches WHERE story_id IS NOT NULL")
            # a calm headline alone, which names no school, is dismissed
            assert stories.fetchone()[0] in ((0, 1) if ways == ["gdelt"] else (1,))
            assert con.execute("SELECT count(*) <= 1 FROM alerts").fetchone() == (True,)
