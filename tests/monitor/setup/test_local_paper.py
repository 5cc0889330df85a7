"""A local paper's feed as first set up: what it tells of is judged as press, and nothing alerts twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count as count_up

import pytest
from builders.fetcher import fetcher_for
from builders.home import migrated
from builders.judges import INSULT, OAKFIELD, judges
from support.web_server import serve

from data.ids import PLAIN_FEED, mention_id
from data.store.engine.open import Store
from data.store.privacy.suppressions import post_keys
from data.types import Source
from monitor.cli.scan_once import scan_once
from monitor.config.load import Config
from monitor.terminal.progress import Progress

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
TICKS = count_up()
SPECIAL = "Oakfield Primary School, Northvale, placed in special measures"
CHARGED = "Teaching assistant at Oakfield Primary School, Northvale, charged with assault"
CLEARED = "Teacher at Oakfield Primary School, Northvale, cleared of assault"
DRILL = "Oakfield Primary School, Northvale, evacuated in fire drill"


def feed(title: str, *items: str) -> bytes:
    when = format_datetime(NOW - timedelta(hours=1))
    rows = "".join(
        f"<item><title>{said}</title><guid>{n}</guid><pubDate>{when}</pubDate></item>"
        for n, said in enumerate(items)
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{rows}</channel></rss>'.encode()


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    return store


def scan(store, body):
    with serve({"/rss.xml": body}) as site:
        source = Source("paper", "feed", f"{site}/rss.xml", urns=(OAKFIELD.urn,), name="The local paper")
        config = Config(path=store.home / "schoolgate.toml", schools=(OAKFIELD,), sources=(source,))
        fetcher = fetcher_for(site)
        try:
            scan_once(
                config, store, lambda: judges(OAKFIELD), fetcher, since=None, progress=Progress(quiet=True),
                clock=lambda: NOW + timedelta(milliseconds=next(TICKS)),
            )  # fmt: skip
        finally:
            fetcher.close()


def verdicts(store):
    with store.read() as con:
        rows = con.execute(
            """SELECT coalesce(n.title, r.title), m.channel, v.event, v.severity, v.look FROM mentions m
            JOIN mention_versions n ON n.mention_id = m.id LEFT JOIN restricted_texts r ON r.mention_id = m.id
            JOIN verdicts v ON v.mention_id = m.id"""
        ).fetchall()
    return {title: tuple(rest) for title, *rest in rows}


def counted(store, table):
    with store.read() as con:
        return con.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.parametrize("title", ["Northvale Gazette", "The Northvale Echo: Schools", "Northvale Live"])
def test_what_a_papers_feed_tells_of_is_judged_as_the_press(store, title):
    scan(store, feed(title, SPECIAL, CHARGED, CLEARED, DRILL))
    assert verdicts(store) == {
        SPECIAL: ("news", "inspection", 3, False),
        CHARGED: ("news", "staff", 3, False),
        CLEARED: ("news", "staff", 1, False),
        DRILL: ("news", "weapon", 1, False),
    }
    assert counted(store, "alerts") == 2


@pytest.mark.parametrize(
    ("title", "where"),
    [("Juno's blog", "blog"), ("Northvale Talk", "blog"), ("The Gazette readers' forum", "local_forum")],
)
def test_what_a_blogs_or_a_forums_feed_says_is_no_press_event(store, title, where):
    scan(store, feed(title, SPECIAL, CHARGED, CLEARED, DRILL))
    assert {(channel, event) for channel, event, _, _ in verdicts(store).values()} == {(where, None)}


@pytest.mark.parametrize("titles", [("Posts", "Northvale Gazette"), ("Northvale Gazette", "Posts")])
def test_what_was_read_before_is_not_told_again_when_the_feed_is_known_for_a_papers(store, titles):
    before, after = titles
    scan(store, feed(before, SPECIAL, CHARGED, INSULT))
    told, judged = counted(store, "alerts"), verdicts(store)
    assert told > 0
    scan(store, feed(after, SPECIAL, CHARGED, INSULT))
    assert (counted(store, "alerts"), counted(store, "mentions")) == (told, 3)
    assert verdicts(store) == judged


def test_an_erased_article_of_a_paper_stays_out_by_its_address_too():
    url = "https://gazette.example.org/school-placed-in-measures"
    by_id_and_address = post_keys(b"k" * 32, mention_id(PLAIN_FEED, url), url, channel="google_news")
    assert len(by_id_and_address) == 2
    of_a_listing = post_keys(b"k" * 32, mention_id(PLAIN_FEED, f"{url}#3"), url, channel="google_news")
    assert of_a_listing == post_keys(b"k" * 32, mention_id(PLAIN_FEED, f"{url}#3"), None)
