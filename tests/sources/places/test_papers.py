"""The papers that news searches brought are proposed by their own feeds."""

from datetime import UTC, datetime

from data.types import Mention, MentionKind, Response
from sources.places.papers import Outlet, feeds_of, front_of, outlets, papers

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
ECHO = Outlet("thornbeckecho.example.org", "Thornbeck Echo", 4)
WORDS = "<p>The council met in Thornbeck on Tuesday about the crossing by the school gate.</p>" * 12


def article(url, title="Choir at the hospice", author=None, channel="google_news"):
    return Mention("id", url, channel, MentionKind.ARTICLE, title, "", NOW, author=author)


def front(head="", body=WORDS):
    text = f"<html><head><title>Echo</title>{head}</head><body>{body}</body></html>"
    return Response("https://thornbeckecho.example.org/", 200, (), text.encode(), NOW)


def test_one_outlet_is_counted_once_whichever_search_brought_it():
    brought = [
        article("https://news.google.com/rss/articles/1", "Choir sings - Thornbeck Echo"),
        article("https://news.google.com/rss/articles/2", "Bus late - A dozen - Thornbeck Echo"),
        article("https://www.thornbeckecho.example.org/a", author="Thornbeck Echo", channel="bing_news"),
        article("https://thornbeckecho.example.org/b", channel="gdelt"),
        article("https://news.google.com/rss/articles/3", "Fete - Fell Post"),
    ]
    assert outlets(brought) == (ECHO, Outlet("", "Fell Post", 1))


def test_giants_repeaters_platforms_and_what_is_watched_are_left_out():
    found = [
        Outlet("bbc.co.uk", "BBC", 9),
        Outlet("news.sky.com", "Sky News", 8),
        Outlet("msn.com", "MSN", 7),
        Outlet("facebook.com", "", 6),
        Outlet("fellpost.example.org", "Fell Post", 5),
        ECHO,
        Outlet("", "Lost Gazette", 4),
        Outlet("once.example.org", "Once", 1),
    ]
    assert papers(found, ["https://www.fellpost.example.org/rss"]) == (ECHO,)


def test_no_more_than_five_are_proposed_most_articles_first():
    found = [Outlet(f"p{n}.example.org", f"Paper {n}", n) for n in range(2, 10)]
    assert [each.articles for each in papers(found, [])] == [9, 8, 7, 6, 5]


def test_a_paper_is_proposed_by_the_feed_its_front_page_names():
    head = '<link rel="alternate" type="application/rss+xml" title="News" href="/news/rss">'
    (found,) = feeds_of(ECHO, front(head))
    assert front_of(ECHO).url == "https://thornbeckecho.example.org/"
    assert (found.source.kind, found.source.url) == ("feed", "https://thornbeckecho.example.org/news/rss")
    assert (found.source.id, found.source.name) == ("thornbeckecho-example-org", "Thornbeck Echo")
    assert "4" in found.sees
    assert not found.source.surfaced


def test_a_paper_that_names_no_feed_has_the_one_of_its_group():
    (reach,) = feeds_of(ECHO, front(body=f'<a href="https://www.reachplc.com/">Reach</a>{WORDS}'))
    (newsquest,) = feeds_of(ECHO, front(body=f"<p>Published by Newsquest Media Group</p>{WORDS}"))
    assert reach.source.url == "https://thornbeckecho.example.org/?service=rss"
    assert newsquest.source.url == "https://thornbeckecho.example.org/news/rss/"


def test_a_paper_without_a_feed_is_not_proposed():
    assert feeds_of(ECHO, front()) == ()
