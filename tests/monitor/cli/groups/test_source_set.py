"""`schoolgate source set`: somebody says what a place is, and its posts stay those that are known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.config import SCHOOL, SOURCE, write
from support.every_command import ended

from data.types import Response, Source
from monitor.config.load import load
from sources.feeds.collector import Feed

SEARCH = '[[sources]]\nid = "search"\nkind = "feed"\nsurfaced = true\nurl = "https://www.bing.com/news/search?q=a"\n'
OURS = '[[sources]]\nid = "ours"\nkind = "feed"\nown = true\nurl = "https://oakfield.example.org/feed"\n'
THREAD = '[[sources]]\nid = "thread"\nkind = "forum.phpbb"\nurl = "https://board.example.org/t1"\n'
RSS = b"<rss><channel><title>Posts</title><item><title>A</title><guid>1</guid></item></channel></rss>"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, f"{SCHOOL}\n{SOURCE}\n{SEARCH}\n{OURS}\n{THREAD}")


def run(path: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["source", "set", *words, "--home", str(path.parent)], typed)


def gazette(path: Path) -> Source:
    return next(source for source in load(path, {}).sources if source.id == "gazette")


def read(source: Source) -> tuple[str, str]:
    at = datetime(2026, 11, 17, tzinfo=UTC)
    (mention,) = Feed().parse(source, Response(source.url, 200, (), RSS, at)).mentions
    return mention.channel, mention.id


@pytest.mark.parametrize(
    ("said", "channel"),
    [("paper", "news"), ("board", "local_forum"), ("blog", "blog"), ("reviews", "school_review_site"),
     ("body", "website")],
)  # fmt: skip
def test_what_somebody_says_of_a_feed_is_its_channel_and_its_posts_keep_their_ids(path, said, channel):
    _, known = read(gazette(path))
    assert run(path, "gazette", f"--{said}")[0] == 0
    assert gazette(path).channel == channel
    assert read(gazette(path)) == (channel, known)
    run(path, "gazette", "--board")
    assert read(gazette(path)) == ("local_forum", known)


@pytest.mark.parametrize(
    "settings", ["[sources.settings]\narticles = false\n", "settings = { articles = false }\n"]
)
def test_the_ids_of_a_feed_with_a_channel_and_settings_stay_too(tmp_path, settings):
    path = write(tmp_path, f'{SCHOOL}\n{SOURCE}channel = "news"\n{settings}')
    _, known = read(gazette(path))
    run(path, "gazette", "--blog")
    assert read(gazette(path)) == ("blog", known)
    assert gazette(path).settings == {"articles": False, "ids": "news"}
    run(path, "gazette", "--paper")
    assert (gazette(path).settings, read(gazette(path))) == ({"articles": False}, ("news", known))


def test_without_an_option_it_asks_until_it_knows(path):
    code, out, _ = run(path, "gazette", typed="papr\npaper\n")
    assert (code, gazette(path).channel) == (0, "news")
    assert "“papr” is no kind of place. One of: paper, board, blog, reviews, body." in out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("search", "--paper"), "brings posts of many places"),
        (("ours", "--paper"), "is watched as the school's own"),
        (("thread", "--paper"), "is read as forum.phpbb, which says what it is"),
        (("gazette", "--paper", "--blog"), "--paper and --blog exclude each other"),
        (("gazete", "--paper"), "gazete: no such source"),
    ],
)
def test_where_it_is_not_for_anybody_to_say_nothing_changes(path, words, why):
    before = path.read_text()
    code, _, err = run(path, *words)
    assert (code, path.read_text()) == (2, before)
    assert why in err
