"""The stand-in town answers as the real places do: what it says is read by our own readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from builders.config import SCHOOL, read
from support.stand_ins import REGISTERS, Town, matches, town

from data.register.national_lists import read_register
from data.types import FetchFailure, Outcome, Request
from monitor.home import wiring
from sources.fetch import Fetcher
from sources.http.politeness import Limits
from sources.parse import parse_document

NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
OAKFIELD = quote('"Oakfield Primary" Northvale')
BING = "https://www.bing.com/news/search?format=rss&q="
GDELT = "https://api.gdeltproject.org/api/v2/doc/doc?mode=artlist&format=jsonfeed&query="
OF_OAKFIELD = {
    "Hundreds join Oakfield Primary lantern walk",
    "Clubs at Oakfield Primary, Northvale, to change next term",
    "Parents of Oakfield Primary ask for a crossing patrol on Larch Road",
}
OF_ITS_NAMESAKE = "Burst pipe closes Oakfield Primary in Hexley"


@pytest.fixture(scope="module")
def here() -> Iterator[Town]:
    with town(NOW) as it:
        yield it


@pytest.fixture(scope="module")
def fetch(here: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fetcher]:
    config = read(tmp_path_factory.mktemp("home"), SCHOOL + here.settings)
    with wiring.fetcher(config, limits=Limits(per_host_interval_s=0.0, asked_pace_s={})) as one:
        yield one


def titles(fetch: Fetcher, address: str, kind: str = "feed") -> list[str]:
    got = fetch(Request(address))
    assert not isinstance(got, FetchFailure), got
    page = parse_document(
        got.body, got.url, kind=kind, fetched_at=NOW, headers=got.headers, status=got.status
    )
    assert page.block is None
    return [mention.title or mention.text for mention in page.mentions]


@pytest.mark.parametrize("search", [BING, GDELT])
def test_a_search_by_name_and_place_brings_three_of_ours_and_one_of_a_namesake(
    fetch: Fetcher, search
) -> None:
    assert set(titles(fetch, search + OAKFIELD)) == OF_OAKFIELD | {OF_ITS_NAMESAKE}


@pytest.mark.parametrize("search", [BING, GDELT])
def test_a_spelling_that_nobody_writes_brings_nothing(fetch: Fetcher, search: str) -> None:
    assert titles(fetch, search + quote('"Oakfield Community Primary" Northvale')) == []


@pytest.mark.parametrize(
    "address",
    [
        f"https://news.google.com/rss/search?q={OAKFIELD}",
        "https://en.wikipedia.org/w/index.php?title=Ysgol_Cwm_Elain&action=history&feed=atom",
        f"https://www.reddit.com/search.rss?q={OAKFIELD}",
        "https://www.flickr.com/services/feeds/photos_public.gne?tags=northvale",
        "https://talk.northvale.example.org/search.json?q=oakfield",
        "https://www.northvale-life.example.org/",
    ],
)
def test_places_that_close_this_to_programs_say_so_in_their_robots(fetch: Fetcher, address: str) -> None:
    got = fetch(Request(address))
    assert isinstance(got, FetchFailure)
    assert got.outcome == Outcome.REFUSED_BY_ROBOTS


@pytest.mark.parametrize(
    ("address", "kind", "first", "count"),
    [
        ("https://www.northvale-gazette.example.org/news/rss.xml", "feed", "Market hall", 10),
        ("https://www.oakfield.example.sch.uk/feed/", "feed", "Harvest festival", 1),
        ("https://www.lanterntrust.example.org/news/feed", "feed", "Six choirs", 1),
        ("https://blogs.larchshire.example.org/glenlarch/feed/", "feed", "Winter clubs", 1),
        ("https://mastodon.social/tags/oakfieldnorthvale.rss", "feed", "Lovely evening", 1),
        ("https://toot.wales/tags/cwmelainpontelain.rss", "feed", "Da iawn", 1),
        ("https://api.flickr.com/services/feeds/photos_public.gne?tags=northvale", "feed", "Lanterns", 1),
        ("https://en.wikipedia.org/wiki/Ysgol_Cwm_Elain?action=history&feed=atom", "feed", "", 2),
        ("https://cy.wikipedia.org/wiki/Ysgol_Cwm_Elain?action=history&feed=atom", "feed", "", 2),
        ("https://mastodon.social/tags/northvale.rss", "feed", "Lovely evening", 1),
        ("https://board.northvale.example.org/app.php/feed", "feed", "", 2),
        ("https://board.northvale.example.org/viewtopic.php?t=12", "forum.phpbb", "Oakfield Primary gate", 2),
        ("https://forum.northvale-talk.example.org/forums/-/index.rss", "feed", "Uniform prices", 2),
        (
            "https://forum.northvale-talk.example.org/threads/uniform-at-oakfield.12/",
            "forum.xenforo",
            "Uniform prices",
            2,
        ),
        ("https://talk.northvale.example.org/latest.rss", "feed", "New phonics", 2),
        ("https://talk.northvale.example.org/t/topic/12.json", "forum.discourse", "New phonics", 2),
        ("https://www.northvale-echo.example.org/feed", "feed", "", 0),
    ],
)
def test_what_is_published_there_is_read(
    fetch: Fetcher, address: str, kind: str, first: str, count: int
) -> None:
    found = titles(fetch, address, kind)
    assert len(found) == count
    assert not found or first in found[0]


@pytest.mark.parametrize(
    "address",
    [
        "https://board.northvale.example.org/viewforum.php?f=2",
        "https://forum.northvale-talk.example.org/forums/local.4/",
        "https://talk.northvale.example.org/latest",
    ],
)
def test_a_boards_list_leads_to_its_threads(fetch: Fetcher, address: str) -> None:
    got = fetch(Request(address))
    page = parse_document(got.body, got.url, kind=None, fetched_at=NOW, headers=got.headers)
    assert len(page.follow) == 2


def test_a_long_thread_goes_on_to_its_next_page(fetch: Fetcher) -> None:
    address = "https://forum.northvale-talk.example.org/threads/uniform-at-oakfield.12/"
    got = fetch(Request(address))
    page = parse_document(got.body, got.url, kind="forum.xenforo", fetched_at=NOW, headers=got.headers)
    assert page.next is not None
    assert len(titles(fetch, page.next.url, "forum.xenforo")) == 2


def test_a_tag_that_nobody_used_has_no_page(fetch: Fetcher) -> None:
    got = fetch(Request("https://mastodon.social/tags/oakfieldprimaryschoolnorthvale.rss"))
    assert isinstance(got, FetchFailure)
    assert got.status == 404


def test_a_wall_is_recognised_as_a_wall(fetch: Fetcher) -> None:
    walled = fetch(Request("https://www.northvale-chat.example.org/"))
    assert isinstance(walled, FetchFailure)
    assert walled.outcome == Outcome.BLOCKED


def test_a_silent_host_is_given_up(here: Town, tmp_path: Path) -> None:
    config = read(tmp_path, SCHOOL + here.settings)
    with wiring.fetcher(config, limits=Limits(0.5, 0.5, per_host_interval_s=0.0)) as impatient:
        silent = impatient(Request("https://slow.northvale.example.org/"))
    assert isinstance(silent, FetchFailure)
    assert silent.outcome == Outcome.UNREACHABLE


def test_the_articles_third_line_says_what_its_headline_does_not(fetch: Fetcher) -> None:
    got = fetch(Request("https://www.northvale-gazette.example.org/news/clubs-to-change/"))
    assert not isinstance(got, FetchFailure)
    assert b"headteacher was suspended" in got.body


@pytest.mark.parametrize(
    "address",
    [
        "http://www.oakfield.example.sch.uk/",
        "http://oakfield.example.sch.uk/",
        "https://reports.ofsted.gov.uk/provider/21/900101",
        "https://reports.ofsted.gov.uk/provider/ELS/900116",
        "https://blogs.larchshire.example.org/",
        "https://estyn.gov.wales/education-providers/ysgol-cwm-elain/",
        "https://education.gov.scot/inspection-and-review/find-an-inspection-report/details?id=1",
        "https://www.etini.gov.uk/publications/primary-inspection-larchmore-primary-school-ballylarch",
    ],
)
def test_pages_are_there_by_every_address_people_know(fetch: Fetcher, address: str) -> None:
    got = fetch(Request(address))
    assert not isinstance(got, FetchFailure), got
    assert got.status == 200


def test_robots_are_asked_first_and_once_a_host(here: Town, fetch: Fetcher) -> None:
    titles(fetch, BING + OAKFIELD)
    assert here.impolite == []
    assert here.asked_of("www.bing.com").count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("nation", "count"), [("england", 10), ("wales", 2), ("scotland", 4), ("northern_ireland", 2)]
)
def test_each_nations_register_is_read(nation: str, count: int) -> None:
    assert len(read_register(REGISTERS[nation])) == count


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"oak field" north', False),
        ('"oakfield primary" north', True),
        ('("oak" OR "elm") north when:7d', True),
        ('"elm" OR "ash"', False),
        ("", False),
    ],
)
def test_a_search_wants_all_its_terms_and_one_of_those_joined_by_or(query: str, *, found: bool) -> None:
    assert matches(query, "oakfield primary, north vale") is found
