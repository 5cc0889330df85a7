"""A place read once before it is watched: how it ended, what is about the school, what may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders.fetcher import NOW, fetcher_for
from builders.judges import CALM, INSULT, OAKFIELD, Words, judges
from support.web_server import Answer, Route, serve

from data.types import Outcome, Relevance, Source
from monitor.setup.preview import PlacePreview, preview

GAZETTE = "https://gazette.example.org"


def item(title: str, text: str = "", day: int = 16, guid: str = "") -> str:
    where = f"{GAZETTE}/{guid or title.replace(' ', '-')}"
    return (
        f"<item><title>{title}</title><link>{where}</link><guid>{where}</guid>"
        f"<pubDate>{day} Nov 2026 09:00:00 +0000</pubDate><description>{text}</description></item>"
    )


def feed(*items: str, title: str = "Northvale Gazette") -> Answer:
    body = f'<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'
    return Answer(200, body.encode(), {"Content-Type": "application/rss+xml"})


@contextmanager
def read_of(routes: Mapping[str, Route], judging=None, **source: object) -> Iterator[PlacePreview]:
    with serve(routes) as site, fetcher(site) as reader:
        where = Source("gazette", "feed", f"{site}/feed.xml", name="Northvale Gazette", urns=("900001",))
        yield preview(replace(where, **source), reader, judging or judges(), lambda: NOW)


@contextmanager
def fetcher(site):
    reader = fetcher_for(site)
    try:
        yield reader
    finally:
        reader.close()


def said(found: PlacePreview) -> list[str]:
    return [find.said for find in found.finds]


CHOIR = item("Choir of Oakfield Primary, Northvale sings in the square", day=10)
FAIR = item("Winter fair at Oakfield Primary in Northvale", day=12)
ELSEWHERE = item("A bridge is closed in Wexcombe", day=16)


def test_those_about_the_school_come_first_and_the_newest_of_them_first() -> None:
    with read_of({"/feed.xml": feed(ELSEWHERE, CHOIR, FAIR)}) as found:
        assert said(found) == [
            "Winter fair at Oakfield Primary in Northvale",
            "Choir of Oakfield Primary, Northvale sings in the square",
            "A bridge is closed in Wexcombe",
        ]
        assert [f.relevance for f in found.finds] == [Relevance.ABOUT, Relevance.ABOUT, Relevance.NOT_ABOUT]
        assert (found.about, found.perhaps, found.run.mentions_read) == (2, 0, 3)


def test_a_find_says_where_it_was_when_and_whose_it_is() -> None:
    with read_of({"/feed.xml": feed(FAIR)}) as found:
        (find,) = found.finds
    assert find.place == "Northvale Gazette"
    assert find.published == datetime(2026, 11, 12, 9, tzinfo=UTC)
    assert find.urn == "900001"
    assert find.why == "“Oakfield Primary School” and “Northvale” together."


def test_an_article_that_two_searches_bring_is_shown_once() -> None:
    with read_of({"/feed.xml": feed(FAIR, FAIR.replace(GAZETTE, "https://other.example.org"))}) as found:
        assert len(found.finds) == 1


@pytest.mark.parametrize(
    "text",
    [
        "At Oakfield Primary in Northvale my stepdad hits me and I am scared to go home",
        "My stepdad hits me and I am scared to go home",
        INSULT,
    ],
    ids=["a child's disclosure", "one that names no school", "an insult of a teacher"],
)
def test_words_that_must_not_be_repeated_are_left_out_whosever_they_are(text: str) -> None:
    with read_of({"/feed.xml": feed(item(text), title="Town blog")}, channel="local_forum") as found:
        (find,) = found.finds
        assert (find.said, find.why) == ("", "")
        assert found.run.mentions_read == 1


def test_words_that_look_like_an_outlets_name_are_not_shown_either() -> None:
    title = "Oakfield Primary, Northvale - my stepdad hits me and I am scared to go home"
    searched = item(title).replace(GAZETTE, "https://news.google.com/rss/articles")
    with read_of({"/feed.xml": feed(searched)}, surfaced=True, channel="google_news") as found:
        (find,) = found.finds
    assert (find.said, "stepdad" in find.place) == ("", False)
    assert find.place.startswith("news.google.com")


def test_no_reply_is_quoted_from_a_thread_that_holds_a_childs_disclosure() -> None:
    def post(n: int, title: str, text: str) -> str:
        parent = f'<thr:in-reply-to ref="{GAZETTE}/1"/>' if n > 1 else ""
        return (
            f"<entry><id>{GAZETTE}/{n}</id><title>{title}</title><link href='{GAZETTE}/{n}'/>"
            f"<updated>2026-11-1{n}T09:00:00Z</updated><content>{text}</content>{parent}</entry>"
        )

    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">'
        f"<title>Town blog</title>{post(1, 'Home', CALM)}{post(2, 'Home', CALM)}"
        f"{post(3, 'Home', 'at Oakfield Primary, Northvale, my stepdad hits me')}</feed>"
    )
    with read_of({"/feed.xml": Answer(200, body.encode(), {"Content-Type": "text/xml"})}) as found:
        assert len(found.finds) >= 2
        assert set(said(found)) == {""}


def test_what_robots_txt_forbids_is_not_read() -> None:
    routes = {"/feed.xml": feed(FAIR), "/robots.txt": "User-agent: *\nDisallow: /\n"}
    with read_of(routes) as found:
        assert found.run.outcome is Outcome.REFUSED_BY_ROBOTS
        assert found.finds == ()


def test_the_model_is_not_loaded_where_there_is_nothing_to_show() -> None:
    def load() -> Words:
        raise AssertionError("loaded")

    with read_of({"/feed.xml": feed()}, replace(judges(), scorer=load)) as found:
        assert found.run.outcome is Outcome.EMPTY


def test_a_source_that_cannot_be_read_as_it_is_set_up_says_so() -> None:
    with read_of({"/feed.xml": feed(FAIR)}, kind="forum.nosuch") as found:
        assert found.run.outcome is Outcome.MISCONFIGURED
        assert "forum.nosuch" in found.run.detail


def test_nothing_that_steers_a_terminal_comes_out_of_a_title() -> None:
    wild = item("Oakfield Primary, Northvale \u202egnp.exe\u202c &#27;[2J fair", guid="wild")
    with read_of({"/feed.xml": feed(wild)}) as found:
        (find,) = found.finds
        assert find.said.isprintable()


def test_only_the_first_page_of_a_list_is_read() -> None:
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link rel="next" href="/2"/></feed>'
    pages = {"/feed.xml": Answer(200, atom, {"Content-Type": "application/atom+xml"})}
    with serve(pages) as site, fetcher(site) as reader:
        where = Source("g", "feed", f"{site}/feed.xml", urns=(OAKFIELD.urn,))
        found = preview(where, reader, judges(), lambda: NOW)
        assert site.paths == ["/feed.xml"]
        assert found.source.max_pages == where.max_pages
