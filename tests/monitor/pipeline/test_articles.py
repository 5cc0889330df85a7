"""The article behind a headline: read once, where it names the school, and judged with the headline."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from builders.fetcher import fetcher_for
from builders.home import do_in, migrated, rows_of
from builders.in_turn import NOW, Pages
from builders.judges import CALM, OAKFIELD, Words, judges
from builders.scan_pages import Seconds
from support.web_server import Answer, Site, serve

from data.privacy import TermKind, term
from data.retention.deleting import Erasure, erase, purge
from data.store.engine.open import Store
from data.store.privacy import find_held
from data.types import Namesake, Policy, Source
from monitor.cli.scan_once import scan_once
from monitor.config.load import Config
from monitor.pipeline import stages as reading
from monitor.pipeline.scan import scan_sources
from monitor.terminal.progress import Progress

HEADLINE = "Oakfield Primary School in Northvale: parents told by letter"
OTHERS = "Council to mend the bridge in Kettleford"
ARTICLE = (
    "Parents of Oakfield Primary School in Northvale were sent a letter on Monday, which the Gazette"
    " has seen.\nIt says that lessons go on as usual this week.\nA teaching assistant, Wilf"
    " Penhaligon, has been suspended and charged with assault, police confirmed on Tuesday."
)


class Gazette(Words):
    """Knows what it is to be suspended, and is not sure of an Oakfield that is no primary."""

    def _shares(self, text):
        if "suspended" in text:
            return super()._shares("creep")
        unsure = {"relevant": 0.8} if "oakfield" in text and "primary" not in text else {}
        return super()._shares(text) | unsure


class Paper:
    """A paper's feed and its pages, at a time of day that goes on when told."""

    def __init__(self, store: Store, site: Site, pages: dict[str, object]) -> None:
        self.store, self.site, self.pages, self.now = store, site, pages, NOW
        self.title, self.link, self.published = HEADLINE, "/news/letter", NOW - timedelta(hours=1)
        self.settings: dict[str, object] = {}
        self.schools = (OAKFIELD,)
        self.feeds = ("paper",)
        self.scorer = Gazette
        pages |= {"/news/letter": page(ARTICLE), "/news/bridge": page(ARTICLE)}

    def feed(self) -> str:
        link = f"{self.site}{self.link}" if self.link.startswith("/") else self.link
        when = format_datetime(self.published)
        rows = "".join(
            f"<item><title>{title}</title><link>{at}</link><pubDate>{when}</pubDate>"
            "<description>In short.</description></item>"
            for title, at in ((self.title, link), (OTHERS, f"{self.site}/news/bridge"))
        )
        return f"<rss version='2.0'><channel><title>Northvale Gazette</title>{rows}</channel></rss>"

    def scan(self) -> Paper:
        self.pages |= {f"/{name}.xml": self.feed() for name in self.feeds}
        urns = tuple(s.urn for s in self.schools)
        sources = tuple(
            Source(name, "feed", f"{self.site}/{name}.xml", urns=urns, settings=self.settings)
            for name in self.feeds
        )
        config = Config(path=self.store.home / "schoolgate.toml", schools=self.schools, sources=sources)
        fetcher = fetcher_for(self.site, clock=lambda: self.now)
        try:
            scan_once(
                config, self.store, lambda: replace(judges(*self.schools), scorer=self.scorer), fetcher,
                since=None, progress=Progress(quiet=True), clock=self.tick,
            )  # fmt: skip
        finally:
            fetcher.close()
        return self

    @property
    def asked(self) -> list[str]:
        """The pages that were asked for, without feeds."""
        return [path for path in self.site.paths if not path.endswith(".xml")]

    def tick(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def rows(self, sql: str) -> list[tuple]:
        return rows_of(self.store, sql)

    def verdict(self) -> tuple:
        """The event that the one piece about the school tells of, its severity, its version."""
        (found,) = self.rows(
            "SELECT v.event, v.severity, m.version FROM verdicts v JOIN mentions m "
            "ON m.id = v.mention_id AND m.version = v.version WHERE v.relevance <> 'not_about'"
        )
        return found

    def why(self) -> str:
        """The reason that says by what it was judged."""
        rows = self.rows("SELECT reason_codes, reason_texts FROM verdicts WHERE relevance <> 'not_about'")
        told = [t for codes, texts in rows for c, t in zip(codes, texts, strict=True) if c in BY]
        return told[0] if told else ""


BY = ("article_read", "headline_only")


@pytest.fixture
def paper(tmp_path):
    store = Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    pages: dict[str, object] = {}
    with serve(pages) as site:
        yield Paper(store, site, pages)


def page(text: str, head: str = "", status: int = 200) -> Answer:
    paragraphs = "".join(f"<p>{one}</p>" for one in text.split("\n"))
    body = (
        f"<html><head><title>Northvale Gazette</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>A letter</h1>{paragraphs}</article>"
        "<section id='comments'><h2>Comments</h2><p>Thistlewood is a creep, sack him.</p></section>"
        "</body></html>"
    )
    return Answer(status, body.encode(), {"Content-Type": "text/html; charset=utf-8"})


def test_what_stands_in_the_third_line_of_an_article_is_judged_and_no_comment_below_it(paper):
    paper.scan().scan()
    assert paper.asked == ["/news/letter"], "only what names the school is asked for, and once"
    assert paper.verdict() == ("staff", 3, 1)
    assert paper.why() == "The article behind the headline was read and judged with it."
    ((article,),) = paper.rows("SELECT article FROM mention_versions WHERE article IS NOT NULL")
    assert "suspended and charged" in article
    assert "creep" not in article


def test_by_its_headline_alone_the_same_piece_is_nothing(paper):
    paper.settings = {"articles": False}
    paper.scan()
    assert paper.asked == []
    assert paper.verdict()[:2] != ("staff", 3)


def test_the_feed_read_again_with_a_new_headline_is_judged_with_the_article_that_is_kept(paper):
    paper.scan()
    paper.title = "Letter sent to parents of Oakfield Primary School, Northvale"
    paper.scan()
    assert paper.asked == ["/news/letter"]
    assert paper.verdict() == ("staff", 3, 2)


def test_two_feeds_with_one_article_ask_for_it_once_and_tell_one_story(paper):
    paper.feeds = ("paper", "search")
    paper.scan().scan()
    assert paper.asked == ["/news/letter"]
    assert paper.rows("SELECT count(*) FROM stories") == [(1,)]
    assert paper.rows("SELECT count(*) FROM alerts") == [(1,)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            page(ARTICLE, '<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>'),
            "pay",
        ),
        (page("Enable JavaScript and cookies to continue", '<div id="challenge-form"></div>', 403), "show"),
        (page("Sign in to go on."), "no article"),
        (Answer(404, b"gone"), "no longer"),
    ],
)
def test_a_wall_is_said_and_the_headline_judged_alone(paper, answer, said):
    paper.pages["/news/letter"] = answer
    paper.scan()
    assert paper.asked == ["/news/letter"]
    assert paper.why().startswith("Only the headline was judged")
    assert said in paper.why()


def test_robots_are_obeyed(paper):
    paper.pages["/robots.txt"] = "User-agent: *\nDisallow: /news/"
    paper.scan()
    assert paper.asked == []
    assert "asks programs not to read" in paper.why()


def test_what_failed_for_the_moment_is_asked_for_once_more_later_and_then_judged(paper):
    paper.pages["/news/letter"] = Answer(503, b"busy")
    paper.scan().scan()
    assert paper.asked == ["/news/letter"]
    paper.now += timedelta(hours=2)
    paper.pages["/news/letter"] = page(ARTICLE)
    paper.scan().scan()
    assert paper.asked == ["/news/letter"] * 2
    assert paper.verdict() == ("staff", 3, 1)
    assert paper.rows("SELECT mentions_new FROM source_runs ORDER BY started_at") == [(2,), (0,), (0,), (0,)]


def test_what_keeps_failing_is_asked_for_twice(paper):
    paper.pages["/news/letter"] = Answer(503, b"busy")
    for _ in range(3):
        paper.scan()
        paper.now += timedelta(hours=2)
    assert paper.asked == ["/news/letter"] * 2


@pytest.mark.parametrize(
    "change",
    [{"link": "https://news.google.com/rss/articles/CBMiOpaque?oc=5"}, {"link": "/"},
     {"published": NOW - timedelta(days=20)}, {"title": "Northvale reviewed: the film of the year"}],
)  # fmt: skip
def test_what_leads_to_no_article_is_old_or_is_no_news_of_us_is_not_asked_for(paper, change):
    vars(paper).update(change)
    paper.scan()
    assert paper.asked == []
    assert ("Google News" in paper.why()) is ("google" in str(change))


def test_a_headline_that_may_be_ours_becomes_ours_by_the_places_in_its_article(paper):
    paper.schools = (replace(OAKFIELD, namesakes=(Namesake("Oakfield School", "Hexley"),) * 6),)
    paper.title = "Parents of Oakfield pupils told by letter"
    paper.settings = {"articles": False}
    paper.scan()
    ((before,),) = paper.rows("SELECT relevance FROM matches WHERE relevance <> 'not_about'")
    paper.settings = {}
    paper.scan()
    ((after,),) = paper.rows("SELECT relevance FROM matches WHERE relevance <> 'not_about'")
    assert (before, after) == ("unsure", "about")


def test_a_headline_that_may_be_ours_becomes_anothers_by_the_places_in_its_article(paper):
    paper.title = "Oakfield Primary School parents told by letter"
    paper.pages["/news/letter"] = page(ARTICLE.replace("in Northvale", "in Leeds"))
    paper.scan()
    assert paper.rows("SELECT count(*) FROM verdicts WHERE relevance <> 'not_about'") == [(0,)]


def test_a_restricted_articles_words_are_hidden_with_its_headline(paper):
    told = "A neighbour of Oakfield Primary School in Northvale says that her stepdad hits the girl. " * 3
    paper.pages["/news/letter"] = page(told)
    paper.scan()
    restricted = paper.rows("SELECT restricted FROM mentions m WHERE channel = 'news' AND restricted")
    assert restricted == [(True,)]
    assert paper.rows("SELECT count(*) FROM mention_versions WHERE contains(article, 'stepdad')") == [(0,)]
    assert paper.rows("SELECT count(*) FROM restricted_texts WHERE contains(article, 'stepdad')") == [(1,)]


def test_the_article_is_found_for_somebody_whom_it_names_and_goes_when_it_is_erased(paper):
    paper.scan()
    paper.store.clock = paper.tick
    with paper.store.open_reader() as con:
        found = find_held(con, [OAKFIELD.urn], term(TermKind.NAME, "Wilf Penhaligon"))
    (post,) = found.posts
    given = Erasure("r1", OAKFIELD.urn, "dpo", b"k" * 32)
    do_in(paper.store, lambda con: con.execute("DELETE FROM alerts"))
    assert erase(paper.store, [post.post.mention_id], given, paper.now, Policy()) == ()
    assert b"Penhaligon" not in paper.store.path.read_bytes()
    paper.scan()
    assert paper.asked == ["/news/letter"]


def test_the_article_goes_with_its_headline_when_its_time_is_up(paper):
    paper.scan()
    purge(paper.store, paper.now + timedelta(days=400), Policy(), force=True)
    assert b"Penhaligon" not in paper.store.path.read_bytes()
    assert paper.rows("SELECT count(*) FROM article_reads") == [(0,)]


def test_of_many_headlines_ten_articles_are_asked_for_in_a_run(paper, monkeypatch):
    monkeypatch.setattr("monitor.pipeline.stages.MOST_A_RUN", 0)
    paper.scan()
    assert paper.asked == []
    monkeypatch.undo()
    paper.scan()
    assert paper.asked == ["/news/letter"]
    assert paper.verdict() == ("staff", 3, 1)


# ---------- a source whose articles are asked for is judged when they have come, and no other waits for it


LETTER = "Oakfield Primary School in Northvale: parents told by letter"
FAIR = "Oakfield Primary School in Northvale holds its winter fair"


class Hours:
    """A time of day that goes on by a millisecond at each asking, and when told."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now


def feed_of(*titles, host="gazette.example.org"):
    when = format_datetime(NOW - timedelta(hours=1))
    rows = "".join(
        f"<item><title>{title}</title><link>https://{host}/news/{n}</link><pubDate>{when}</pubDate>"
        "<description>In short.</description></item>"
        for n, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>Gazette</title>{rows}</channel></rss>".encode()


def article(words):
    return f"<html><body><article><h1>News</h1><p>{words * 3}</p></article></body></html>".encode()


def source(name, url):
    return Source(name, "feed", url, urns=("900001",), surfaced=True)


BODIES = {
    "https://gazette.example.org/feed": feed_of(LETTER, FAIR),
    "https://gazette.example.org/news/0": article(
        "The letter of Oakfield Primary School was sent on Monday. "
    ),
    "https://gazette.example.org/news/1": article("The fair of Oakfield Primary School is on Saturday. "),
    "https://talk.example.org/feed": feed_of(host="talk.example.org"),
}
PAPER = source("paper", "https://gazette.example.org/feed")
TALK = source("talk", "https://talk.example.org/feed")


@pytest.fixture
def store(tmp_path):
    return migrated(Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None))


def scanned(store, sources, pages, clock=None, **given):
    return list(
        scan_sources(sources, store=store, fetcher=pages, judges=judges, clock=clock or Hours(), **given)
    )


def articles(store):
    found = rows_of(store, "SELECT article FROM mention_versions WHERE article IS NOT NULL")
    return len(found)


def test_the_articles_of_one_source_are_asked_for_before_the_next_source(store):
    pages = Pages(BODIES)
    done = scanned(store, [PAPER, TALK], pages)
    assert pages.asked == [
        "https://gazette.example.org/feed",
        "https://gazette.example.org/news/0",
        "https://gazette.example.org/news/1",
        "https://talk.example.org/feed",
    ]
    assert {one.source.id for one in done} == {"paper", "talk"}
    assert articles(store) == 2


def test_a_source_without_headlines_is_not_kept_waiting_by_one_with(store):
    pages = Pages(BODIES, at_once=2)
    done = scanned(store, [PAPER, TALK], pages)
    assert [one.source.id for one in done] == ["talk", "paper"]


def test_after_twenty_seconds_no_more_is_asked_for_and_the_next_scan_goes_on(store):
    clock, pages = Hours(), Pages(BODIES)
    fetch = pages.fetch

    def slow(request, conditional=None):
        clock.now += timedelta(seconds=21) if "/news/" in request.url else timedelta(0)
        return fetch(request, conditional)

    pages.fetch = slow
    (done,) = scanned(store, [PAPER], pages, clock)
    assert len([url for url in pages.asked if "/news/" in url]) == 1
    assert (done.batch.run.mentions_new, articles(store)) == (2, 1)
    scanned(store, [PAPER], pages, clock)
    assert (len([url for url in pages.asked if "/news/" in url]), articles(store)) == (2, 2)


class Busy(Pages):
    """The papers' sites are busy until all sources have been read: no article is begun before."""

    def start_jobs(self, *given, **more):
        reading = super().start_jobs(*given, **more)
        reading.added = deque()
        reading.add = reading.jobs.append
        return reading


def test_a_source_waits_no_longer_than_twenty_seconds_for_articles_that_cannot_be_begun(store):
    clock, seconds = Hours(), Seconds()
    talks = [source(f"talk{n}", f"https://talk.example.org/{n}") for n in range(9)]
    pages = Busy({**BODIES, **{talk.url: feed_of(host="talk.example.org") for talk in talks}})
    fetch = pages.fetch

    def slow(*given):
        clock.now += timedelta(seconds=6)
        seconds.now += 6
        return fetch(*given)

    pages.fetch = slow
    under_way = scan_sources(
        [PAPER, *talks], store=store, fetcher=pages, judges=judges, clock=clock, timer=seconds
    )
    done = [one.source.id for one in under_way]
    assert done.index("paper") < 6
    assert not [url for url in pages.asked if "/news/" in url]
    scanned(store, [PAPER], Pages(BODIES), clock)
    assert articles(store) == 2


def test_two_sources_of_one_scan_share_an_answer_which_is_recorded_once(store):
    copy = feed_of(LETTER, FAIR)
    pages = Pages({**BODIES, "https://gazette.example.org/two": copy}, at_once=2)
    done = scanned(store, [PAPER, source("copy", "https://gazette.example.org/two")], pages)
    assert len([url for url in pages.asked if "/news/" in url]) == 2
    assert [len(one.batch.article_reads) for one in done] == [2, 0]
    assert rows_of(store, "SELECT count(*) FROM article_reads")[0] == (2,)


def test_once_stopped_a_source_is_judged_with_the_articles_that_have_come(store):
    pages = Pages(BODIES)
    (done,) = scanned(store, [PAPER, TALK], pages, stopped=lambda: len(pages.asked) == 2)
    assert (done.source.id, done.batch.run.mentions_new, articles(store)) == ("paper", 2, 1)
    scanned(store, [PAPER, TALK], Pages(BODIES))
    assert articles(store) == 2


def test_a_fault_of_ours_with_one_article_costs_that_one_alone(store, monkeypatch, caplog):
    real = reading.fetch_article

    def broken(wanted, *rest):
        if wanted.mention.title == LETTER:
            raise KeyError(CALM)
        return real(wanted, *rest)

    monkeypatch.setattr(reading, "fetch_article", broken)
    (done,) = scanned(store, [PAPER], Pages(BODIES))
    assert (done.failed, done.batch.run.mentions_new, articles(store)) == (None, 2, 1)
    assert "work=articles fault=KeyError" in caplog.text
    assert CALM not in caplog.text


def test_a_fault_of_ours_in_looking_for_them_costs_the_articles_alone(store, monkeypatch, caplog):
    monkeypatch.setattr(reading, "article_reads", lambda *given: 1 / 0)
    (done,) = scanned(store, [PAPER], Pages(BODIES))
    assert (done.failed, done.batch.run.mentions_new, articles(store)) == (None, 2, 0)
    assert "source=paper work=articles fault=ZeroDivisionError" in caplog.text
