"""A source whose articles are asked for is judged when they have come, and no other waits for it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

import pytest
from builders.home import migrated
from builders.in_turn import NOW, Pages
from builders.judges import CALM, judges

from data.store.engine.open import Store
from data.types import Source
from monitor.pipeline import articles as reading
from monitor.pipeline.scan import scan

LETTER = "Oakfield Primary School in Northvale: parents told by letter"
FAIR = "Oakfield Primary School in Northvale holds its winter fair"


class Hours:
    """A time of day that goes on by a millisecond at each asking, and when told."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Seconds:
    """A timer that stands unless it is told."""

    now: float = 100.0

    def __call__(self):
        return self.now


def paper(*titles, host="gazette.example.org"):
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
    "https://gazette.example.org/feed": paper(LETTER, FAIR),
    "https://gazette.example.org/news/0": article(
        "The letter of Oakfield Primary School was sent on Monday. "
    ),
    "https://gazette.example.org/news/1": article("The fair of Oakfield Primary School is on Saturday. "),
    "https://talk.example.org/feed": paper(host="talk.example.org"),
}
PAPER = source("paper", "https://gazette.example.org/feed")
TALK = source("talk", "https://talk.example.org/feed")


@pytest.fixture
def store(tmp_path):
    return migrated(Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None))


def scanned(store, sources, pages, clock=None, **given):
    return list(scan(sources, store=store, fetcher=pages, judges=judges, clock=clock or Hours(), **given))


def articles(store):
    with store.read() as con:
        found = con.execute("SELECT article FROM mention_versions WHERE article IS NOT NULL").fetchall()
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

    def begun(self, *given, **more):
        reading = super().begun(*given, **more)
        reading.added = deque()
        reading.add = reading.jobs.append
        return reading


def test_a_source_waits_no_longer_than_twenty_seconds_for_articles_that_cannot_be_begun(store):
    clock, seconds = Hours(), Seconds()
    talks = [source(f"talk{n}", f"https://talk.example.org/{n}") for n in range(9)]
    pages = Busy({**BODIES, **{talk.url: paper(host="talk.example.org") for talk in talks}})
    fetch = pages.fetch

    def slow(*given):
        clock.now += timedelta(seconds=6)
        seconds.now += 6
        return fetch(*given)

    pages.fetch = slow
    under_way = scan([PAPER, *talks], store=store, fetcher=pages, judges=judges, clock=clock, timer=seconds)
    done = [one.source.id for one in under_way]
    assert done.index("paper") < 6
    assert not [url for url in pages.asked if "/news/" in url]
    scanned(store, [PAPER], Pages(BODIES), clock)
    assert articles(store) == 2


def test_two_sources_of_one_scan_share_an_answer_which_is_recorded_once(store):
    copy = paper(LETTER, FAIR)
    pages = Pages({**BODIES, "https://gazette.example.org/two": copy}, at_once=2)
    done = scanned(store, [PAPER, source("copy", "https://gazette.example.org/two")], pages)
    assert len([url for url in pages.asked if "/news/" in url]) == 2
    assert [len(one.batch.article_reads) for one in done] == [2, 0]
    with store.read() as con:
        assert con.execute("SELECT count(*) FROM article_reads").fetchone() == (2,)


def test_once_stopped_a_source_is_judged_with_the_articles_that_have_come(store):
    pages = Pages(BODIES)
    (done,) = scanned(store, [PAPER, TALK], pages, stopped=lambda: len(pages.asked) == 2)
    assert (done.source.id, done.batch.run.mentions_new, articles(store)) == ("paper", 2, 1)
    scanned(store, [PAPER, TALK], Pages(BODIES))
    assert articles(store) == 2


def test_a_fault_of_ours_with_one_article_costs_that_one_alone(store, monkeypatch, caplog):
    real = reading.article

    def broken(wanted, *rest):
        if wanted.mention.title == LETTER:
            raise KeyError(CALM)
        return real(wanted, *rest)

    monkeypatch.setattr(reading, "article", broken)
    (done,) = scanned(store, [PAPER], Pages(BODIES))
    assert (done.failed, done.batch.run.mentions_new, articles(store)) == (None, 2, 1)
    assert "work=articles fault=KeyError" in caplog.text
    assert CALM not in caplog.text


def test_a_fault_of_ours_in_looking_for_them_costs_the_articles_alone(store, monkeypatch, caplog):
    monkeypatch.setattr(reading, "article_reads", lambda *given: 1 / 0)
    (done,) = scanned(store, [PAPER], Pages(BODIES))
    assert (done.failed, done.batch.run.mentions_new, articles(store)) == (None, 2, 0)
    assert "source=paper work=articles fault=ZeroDivisionError" in caplog.text
