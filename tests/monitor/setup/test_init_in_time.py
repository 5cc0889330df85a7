"""A look at the places within the minute: what each part of it may take, and what a silent site is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest
from builders.fetcher import NOW as FETCHED_AT
from builders.fetcher import fetcher_for
from builders.judges import CALM, INSULT, OAKFIELD, Words, judges
from support.web_server import Answer, Route, serve

from data.errors import Unreadable
from data.types import Outcome, Relevance, Source, SourceRun, SourceState
from monitor.setup.preview import PlacePreview, preview
from monitor.setup.survey import LOOK_UP_S, MINUTE_S, InTime, PlaceRead, decided, place_lines
from sources.due import due
from sources.places.by_address import by_address
from sources.places.table import Proposal

NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
SEARCH = "https://news.example.org/search?q="

FORBIDDEN = Proposal(
    Source("a", "feed", SEARCH), "News.", "Closed.", date(2026, 11, 1), "Its terms forbid it."
)


def read(key: str, outcome: Outcome, detail: str = "", url: str = SEARCH) -> PlaceRead:
    run = SourceRun(key, NOW, NOW, outcome, detail=detail)
    return PlaceRead(Proposal(Source(key, "feed", f"{url}{key}"), "News.", "Open.", date(2026, 11, 1)), run)


NOT_CLOSED = [one for one in Outcome if one is not Outcome.REFUSED_BY_ROBOTS]


@pytest.mark.parametrize("outcome", NOT_CLOSED)
def test_a_place_is_on_however_reading_it_ended_but_for_its_robots_txt(outcome: Outcome) -> None:
    (place,) = decided([read("a", outcome)], NOW)
    assert place.source.disabled is None


def test_a_place_whose_terms_forbid_reading_stays_off_with_the_reason() -> None:
    (place,) = decided([replace(read("a", Outcome.OK), run=None, proposal=FORBIDDEN)], NOW)
    assert place.source.disabled == "Its terms forbid it."


HOSTS = tuple("abcdefg")
DOWN = [
    set(),
    set(HOSTS),
    *({host} for host in HOSTS),
    *(set(Random(seed).sample(HOSTS, Random(seed).randint(2, 6))) for seed in range(50)),
]


@pytest.mark.parametrize("down", DOWN, ids=lambda down: "".join(sorted(down)) or "none")
def test_whatever_was_down_while_it_was_set_up_is_asked_again_within_the_hour(down: set[str]) -> None:
    tried = [read(host, Outcome.UNREACHABLE if host in down else Outcome.OK) for host in HOSTS]
    for host, place in zip(HOSTS, decided(tried, NOW), strict=True):
        failed = {"last_outcome": Outcome.UNREACHABLE, "failures_in_a_row": 1} if host in down else {}
        known = SourceState(host, first_run_at=NOW, last_run_at=NOW, **failed)
        assert place.source.disabled is None
        assert due(place.source, known, NOW + timedelta(hours=1)) or host not in down


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.UNREACHABLE, "not yet: not reached"),
        (Outcome.BLOCKED, "not yet: blocked, asked once a day"),
        (Outcome.GONE, "not yet: gone, asked again within a week"),
        (Outcome.REFUSED_BY_ROBOTS, "off: asks programs not to read it"),
    ],
)
def test_the_table_says_what_is_off_and_what_is_only_not_read_yet(outcome: Outcome, said: str) -> None:
    assert any(said in " ".join(line.split()) for line in place_lines([read("a", outcome)]))


def test_a_page_that_needs_scripts_is_not_said_to_refuse_us() -> None:
    lines = place_lines([read("a", Outcome.BLOCKED, "The page has no text without its scripts.")])
    said = " ".join(" ".join(lines).split())
    assert ("nothing without its scripts" in said, "blocked" in said) == (True, False)


def test_the_table_says_for_which_of_several_schools_each_place_is() -> None:
    names = {"900101": "East Larch Academy", "trust-x": "Brightwater Learning Trust"}
    of = {"a": ("900101",), "b": ("trust-x",), "c": tuple(names)}
    places = [read(key, Outcome.OK) for key in of]
    shown = [
        replace(p, proposal=replace(p.proposal, source=replace(p.source, urns=of[p.source.id])))
        for p in places
    ]
    lines = "\n".join(place_lines(shown, names))
    assert all(said in lines for said in ("For", *names.values(), "2 schools"))
    assert "For" not in "\n".join(place_lines(places, {"900101": "East Larch Academy"}))


def test_a_search_that_its_site_closes_is_off_though_another_was_read() -> None:
    closed = read("b", Outcome.REFUSED_BY_ROBOTS)
    _, off = decided([read("a", Outcome.OK), closed], NOW)
    assert "robots.txt" in (off.source.disabled or "")


def test_looking_up_leaves_most_of_the_minute_for_reading() -> None:
    whole = InTime(SimpleNamespace(), 100.0, lambda: NOW, lambda: 100.0 - MINUTE_S)
    assert whole.within(LOOK_UP_S).until == 100.0 - MINUTE_S + LOOK_UP_S
    assert replace(whole, timer=lambda: 99.0).within(LOOK_UP_S).until == 100.0
    assert LOOK_UP_S <= MINUTE_S / 3


def test_a_page_that_takes_too_much_to_read_is_one_where_nothing_is_found() -> None:
    def gave_up(*_: object) -> None:
        raise Unreadable("It was stopped.")

    reader = InTime(SimpleNamespace(apart=gave_up), 60.0, lambda: NOW, lambda: 0.0)
    assert reader.found(by_address, "https://town.example.org/") == ()


# A place read once before it is watched: how it ended, what is about the school, what may be shown.


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
        yield preview(replace(where, **source), reader, judging or judges(), lambda: FETCHED_AT)


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
        found = preview(where, reader, judges(), lambda: FETCHED_AT)
        assert site.paths == ["/feed.xml"]
        assert found.source.max_pages == where.max_pages
