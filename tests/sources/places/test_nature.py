"""What a place is, by its address, its page and its words: front pages in their real shapes."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.types import Response
from sources.html.markup import soup
from sources.nature import nature as known
from sources.nature.boards import board_of
from sources.nature.nature import Nature, nature_at, nature_of_feed
from sources.nature.page import nature_of_page
from sources.places.behind import as_proposal, behind

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "tests" / "fixtures" / "outlets" / "front_pages.jsonl"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def of_page(url: str, html: str) -> Nature | None:
    return nature_of_page(url, soup(html), html, board_of(html))


def front_pages():
    if not PAGES.exists():
        pytest.skip("the front pages are not there")
    for line in PAGES.read_text("utf-8").splitlines():
        row = json.loads(line)
        html = f"<!doctype html><html>{row['head']}<body>{row['body']}{row['foot']}</body></html>"
        yield row["host"], row["nature"], of_page(f"https://{row['host']}/", html)


@pytest.mark.parametrize(("listed", "least"), [(True, 0.97), (False, 0.85)], ids=["list", "without it"])
def test_front_pages_of_outlets_are_taken_for_the_press_and_others_are_not(monkeypatch, listed, least):
    if not listed:
        monkeypatch.setattr(known, "press_hosts", frozenset)
    found = list(front_pages())
    outlets = {host: nature is Nature.PAPER for host, of, nature in found if of == "paper"}
    others = {host: nature is Nature.PAPER for host, of, nature in found if of != "paper"}
    assert sum(outlets.values()) / len(outlets) >= least, [h for h, yes in outlets.items() if not yes]
    assert sum(others.values()) / len(others) <= 0.02, [h for h, yes in others.items() if yes]


def test_each_outlet_of_the_list_has_a_host_a_page_and_a_day():
    rows = list(csv.DictReader((ROOT / "data/outlets/uk.csv").read_text("utf-8").splitlines()))
    assert len(rows) >= 400
    assert len({row["host"] for row in rows}) == len(rows)
    for row in rows:
        assert row["page"].startswith("https://"), row
        assert date.fromisoformat(row["seen"]) <= date(2026, 11, 30), row
        assert nature_at(f"https://www.{row['host']}/news/a") is Nature.PAPER, row


@pytest.mark.parametrize(
    ("url", "nature"),
    [
        ("https://www.bournelocal.co.uk/news/rss", Nature.PAPER),
        ("https://feeds.bournelocal.co.uk/a-talk-about-blogs-in-town", Nature.PAPER),
        ("https://notbournelocal.co.uk/news", None),
        ("https://www.bournelocal.co.uk/blogs/parents", Nature.BLOG),
        ("https://northvale.blogspot.com/2026/11/a.html", Nature.BLOG),
        ("https://forum.northvale.example.org/viewtopic.php?t=1", Nature.BOARD),
        ("https://www.westloamshire.gov.uk/news", Nature.BODY),
        ("https://northvale.example.org/news", None),
        ("http://[::1", None),
    ],
)
def test_what_an_address_alone_says(url, nature):
    assert nature_at(url) is nature


PHPBB = '<body id="phpbb" class="nojs"><p>Talk of the town</p><a href="./viewtopic.php?t=12">Gate</a>'
DISCOURSE = '<meta name="generator" content="Discourse 3.4"><p>Talk of the town</p>'


@pytest.mark.parametrize("html", [PHPBB, DISCOURSE], ids=["phpBB", "Discourse"])
@pytest.mark.parametrize("path", ["/", "/viewtopic.php?t=12", "/t/school-gate/12"])
def test_whatever_is_behind_a_boards_page_is_a_local_forum(html, path):
    head = '<link rel="alternate" type="application/rss+xml" title="All" href="/posts">'
    for said in (html, head + html):
        response = Response(f"https://town.example.org{path}", 200, (), said.encode(), NOW)
        feeds = [as_proposal(each, "board").source for each in behind(response) if each.kind == "feed"]
        assert {feed.channel for feed in feeds} == {"local_forum"}


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Town talk: latest topics", "https://town.example.org/forum-old/latest.rss"),
        ("Posts", "https://town.example.org/app.php/feed"),
        ("Northvale community forum", "https://town.example.org/feed"),
    ],
)
def test_a_boards_feed_that_was_set_up_before_is_known_by_its_address_or_its_title(title, url):
    assert nature_of_feed(title, url) is Nature.BOARD


def test_a_paper_by_its_page_is_news_and_what_its_readers_write_below_is_not():
    head = (
        '<link rel="alternate" type="application/rss+xml" title="Feed" href="/feed">'
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">'
    )
    foot = "<footer>We are members of the Independent Press Standards Organisation.</footer>"
    page = Response("https://lookout.example.org/", 200, (), f"{head}<p>Today</p>{foot}".encode(), NOW)
    found = {each.url: as_proposal(each, "a").source.channel for each in behind(page)}
    assert found == {
        "https://lookout.example.org/feed": "news",
        "https://lookout.example.org/comments/feed": None,
    }


@pytest.mark.parametrize(
    ("foot", "nature"),
    [
        ("Regulated by Impress.", Nature.PAPER),
        ("We are not a member of IPSO.", None),
        ("No newspaper: neither Ofcom nor anybody else reads this.", None),
        ("Parochial church council of Northvale. Complaints go to IPSO.", Nature.PAPER),
    ],
)
def test_who_regulates_it_stands_at_the_foot(foot, nature):
    assert of_page("https://lookout.example.org/", f"<p>Hello</p><footer>{foot}</footer>") is nature
