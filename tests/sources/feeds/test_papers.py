"""A plain feed is a newspaper's where its title or host says so, and else it is people's own words."""

from __future__ import annotations

import pytest
from conformance import FETCHED_AT

from classifiers.verdicts.press.events import is_press, read_press
from data.ids import mention_id
from data.types import Mention, PressEvent, Response, Source
from sources.feeds.collector import Feed
from sources.nature.nature import Nature, nature_of_feed

HEADLINES = {
    "Oakfield Primary placed in special measures": (PressEvent.INSPECTION, True),
    "Oakfield teaching assistant charged with assault": (PressEvent.STAFF, True),
    "Oakfield teacher cleared of assault": (PressEvent.STAFF, False),
    "Oakfield Primary evacuated in fire drill": (PressEvent.WEAPON, False),
}
PAPER = "https://paper.example.org/rss.xml"


def items(title: str, url: str = PAPER, **source: object) -> tuple[Mention, ...]:
    rows = "".join(
        f"<item><title>{said}</title><guid>{n}</guid><link>{url}/{n}</link></item>"
        for n, said in enumerate(HEADLINES)
    )
    body = f'<rss version="2.0"><channel><title>{title}</title><link>{url}</link>{rows}</channel></rss>'
    given = Source("s", "feed", url, **source)  # type: ignore[arg-type]
    return Feed().parse(given, Response(url, 200, (), body.encode(), FETCHED_AT)).mentions


def test_a_gazettes_feed_is_the_press_and_says_what_it_tells_of() -> None:
    found = items("Northvale Gazette | Schools")
    assert {m.channel for m in found} == {"news"}
    read = {m.title: read_press(m) for m in found}
    assert {title: (r.event, r.adverse) for title, r in read.items() if r} == HEADLINES


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("A mum's blog about the Gazette", PAPER),
        ("Northvale Talk - forum news", PAPER),
        ("Northvale Gazette", "https://northvale.wordpress.com/feed"),
        ("Northvale Gazette", "https://gazette.substack.com/feed"),
        ("Northvale Gazette", "https://medium.com/feed/gazette"),
        ("Northvale News", "https://northvale.blogspot.co.uk/feeds/posts/default"),
        ("Northvale Gazette", "https://gazette.example.org/blogs/parents/rss"),
        ("Northvale Gazette", "https://forum.gazette.example.org/rss"),
    ],
)
def test_a_blogs_and_a_forums_feed_stay_peoples_own_words(title: str, url: str) -> None:
    found = items(title, url)
    assert not any(map(is_press, found))
    assert not any(map(read_press, found))


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Northvale Echo", PAPER),
        ("York Press | News", PAPER),
        ("The Times", PAPER),
        ("BBC News - Leeds", PAPER),
        ("Northvale Live - Home", PAPER),
        ("News", "https://www.northvale-live.example/rss"),
        ("RSS", "https://www.northvaleherald.example/rss"),
        ("News", "https://www.bournelocal.co.uk/news/rss/"),
        ("England", "https://feeds.bbci.co.uk/news/england/rss.xml"),
    ],
)
def test_the_trades_words_name_a_paper(title: str, url: str) -> None:
    assert nature_of_feed(title, url) is Nature.PAPER


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("", PAPER),
        ("News", PAPER),
        ("Latest news", PAPER),
        ("Our news", PAPER),
        ("My journal", PAPER),
        ("Juno's Journal", PAPER),
        ("Signpost Northvale", PAPER),
        ("Oakfield School News", PAPER),
        ("Oakfield School newsletter", PAPER),
        ("Oakfield Gazette", "https://oakfield.northvale.sch.uk/feed"),
        ("Oakfield Gazette", "https://oakfieldschool.example/feed"),
        ("Northvale Parish Council News", PAPER),
        ("Posts", "https://news.example.org/rss"),
        ("Posts", "https://olive.example/rss"),
        ("Posts", "https://signpost.example/rss"),
        ("Northvale Gazette", "http://[::1"),
    ],
)
def test_neither_a_schools_feed_nor_a_word_within_a_word_is_a_papers(title: str, url: str) -> None:
    assert nature_of_feed(title, url) is not Nature.PAPER


def test_the_schools_own_feed_is_no_papers() -> None:
    assert {m.channel for m in items("Oakfield Gazette", own=True)} == {"website"}


@pytest.mark.parametrize("channel", ["blog", "news"])
def test_what_the_settings_say_of_the_place_goes_before_the_title(channel: str) -> None:
    titles = ("Northvale Gazette", "Posts")
    assert {m.channel for title in titles for m in items(title, channel=channel)} == {channel}


def test_an_item_keeps_its_id_when_its_feed_is_known_for_a_papers() -> None:
    paper, other = items("Northvale Gazette"), items("Posts")
    assert [m.id for m in paper] == [m.id for m in other]
    assert paper[0].id == mention_id("blog", "paper.example.org/0")
