"""The articles behind headlines: asked for once for all homes, waited for a little, never lost."""

from __future__ import annotations

import pytest
from builders.fleet_engine import SITE, Town
from builders.mention import a_mention, a_run
from support.fleet_site import CALM, SCHOOLS

from data.store.segments import HandedReading, read_segment
from data.types import FetchFailure, Outcome
from monitor.fleet.engines.base import Stage
from monitor.fleet.settings import load
from monitor.fleet.work import AskArticle
from monitor.pipeline.articles import PATIENCE

PAGE = """<html><head><title>{0}</title></head><body><article><h1>{0}</h1>
<p>{0}. The fair was opened by the mayor, who had come by bicycle, and went on until the evening.</p>
<p>There were cakes, a raffle and a brass band, and the weather held until the very end of the day.</p>
<p>Parents who had helped were thanked by the head, and the money goes to a new climbing frame.</p>
</article></body></html>"""
HEADLINE = "Summer fair at {0} in {1} was well attended, say parents"


def of_the_press(folder):
    """Its places are papers' own."""
    for path in (folder / "fleet.toml", *(folder / "homes").glob("*/schoolgate.toml")):
        text = path.read_text(encoding="utf-8").replace('channel = "local_forum"', 'channel = "news"')
        path.write_text(text, encoding="utf-8")
    return load(folder / "fleet.toml")


@pytest.fixture
def town(tmp_path):
    """What it hands over waits to be saved, unless it is released."""
    town = Town(tmp_path, of_the_press)
    town.workers.held.add(Stage.SAVE)
    return town


def publish(town, place, *homes):
    """A headline about each, and the article behind it; gives their addresses."""
    urls = []
    for home in homes:
        n = town.site.write(place, home, HEADLINE)
        _, school, at = SCHOOLS.get(home, ("", "", ""))
        url = f"https://{place}.example.org/{n}"
        town.web.pages[url] = PAGE.format(HEADLINE.format(school, at))
        urls.append(url)
    return urls


def asked(town):
    return [work.wanted.mention.url for work in town.workers.of(AskArticle)]


def handed(town, home):
    """What waits for a home: for each reading its headlines with whether the article is there."""
    found = []
    for path in town.segments(f"homes/{home}"):
        for reading in read_segment(path):
            read = {i: a.outcome for i, a in reading.articles.items()}
            found.append([(m.url, read.get(m.id)) for m in reading.mentions])
    return found


def test_an_article_is_handed_over_with_its_headline(town):
    (url,) = publish(town, "board", "oakfield")
    town.settle()
    assert handed(town, "oakfield") == [[(url, Outcome.OK)]]


def test_a_headline_goes_with_its_article_to_each_home_that_it_is_about(town):
    urls = publish(town, "board", "oakfield", "hexley")
    town.settle()
    assert handed(town, "oakfield") == [[(urls[0], Outcome.OK)]]
    assert handed(town, "hexley") == [[(urls[1], Outcome.OK)]]


def test_what_is_about_nobody_of_the_fleet_has_its_article_left_unread(town):
    publish(town, "board", "")
    town.settle()
    assert asked(town) == []


def test_an_article_is_asked_for_once(town):
    (first,) = publish(town, "board", "oakfield")
    town.settle()
    (later,) = publish(town, "board", "hexley")
    town.passes(hours=5)
    assert asked(town) == [first, later]


def test_an_article_is_asked_for_once_whatever_starts_anew(town):
    (first,) = publish(town, "board", "oakfield")
    town.settle()
    town.begin()
    (later,) = publish(town, "board", "hexley")
    town.passes(hours=5)
    assert asked(town) == [later]
    assert first not in asked(town)


def test_an_article_that_failed_for_the_moment_is_asked_for_once_more(town):
    (url,) = publish(town, "board", "oakfield")
    town.web.broken[url] = FetchFailure(Outcome.UNREACHABLE, url, "It does not answer.", town.clock())
    town.settle()
    for _ in range(3):
        publish(town, "board", "hexley")
        town.passes(hours=5)
    assert asked(town).count(url) == 2


def test_the_fleets_own_store_keeps_no_text_of_an_article(town):
    publish(town, "board", "oakfield")
    town.settle()
    with town.store.read() as con:
        rows = con.execute("SELECT * FROM article_reads").fetchall()
    assert rows
    assert "fair" not in str(rows)


def test_a_reading_waits_for_its_articles_and_what_was_read_is_kept(town):
    publish(town, "board", "oakfield")
    town.workers.held.add(AskArticle)
    town.settle()
    assert len(town.segments("read")) == 1
    assert handed(town, "oakfield") == []


def test_a_reading_waits_so_long_and_no_longer(town):
    (url,) = publish(town, "board", "oakfield")
    town.workers.held.add(AskArticle)
    town.settle()
    town.passes(seconds=PATIENCE.total_seconds() - 1)
    assert handed(town, "oakfield") == []
    town.passes(seconds=1)
    assert handed(town, "oakfield") == [[(url, None)]]
    assert town.segments("read") == []


def test_a_reading_without_headlines_waits_for_nobody_elses_articles(town):
    publish(town, "board", "oakfield")
    town.workers.held.add(AskArticle)
    town.settle()
    place = next(p for p in town.conductor.asking.places.values() if p.source.url == f"{SITE}/board")
    other = HandedReading(
        a_run(place.source.id), (a_mention("7", text=CALM.format(*SCHOOLS["larch"][1:], 7)),)
    )
    town.conductor.routing.read.put([other], town.clock())
    town.settle()
    assert len(handed(town, "larch")) == 1
    assert handed(town, "oakfield") == []


def test_an_article_that_comes_too_late_is_handed_over_after_its_headline(town):
    (url,) = publish(town, "board", "oakfield")
    town.workers.held.add(AskArticle)
    town.settle()
    town.passes(seconds=PATIENCE.total_seconds())
    town.workers.release(AskArticle)
    town.settle()
    assert handed(town, "oakfield") == [[(url, None)], [(url, Outcome.OK)]]


def test_an_article_that_comes_too_late_is_not_asked_for_again(town):
    (url,) = publish(town, "board", "oakfield")
    town.workers.held.add(AskArticle)
    town.settle()
    town.passes(seconds=PATIENCE.total_seconds())
    town.workers.held.discard(AskArticle)
    town.workers.release(AskArticle)
    publish(town, "board", "hexley")
    town.passes(hours=5)
    assert asked(town).count(url) == 1


def test_what_is_read_too_late_is_judged_with_its_article_by_the_home(town):
    publish(town, "board", "oakfield")
    town.workers.held = {AskArticle}
    town.settle()
    town.passes(seconds=PATIENCE.total_seconds())
    town.workers.release(AskArticle)
    town.settle()
    with town.home("oakfield").read() as con:
        read = con.execute("SELECT outcome FROM article_reads").fetchall()
        codes = con.execute("SELECT reason_codes FROM verdicts ORDER BY version").fetchall()[-1][0]
    assert read == [("ok",)]
    assert "article_read" in codes
    assert town.segments() == []


def test_an_article_that_was_read_before_a_crash_is_read_again(town):
    """What was waiting for it was never handed over: neither is to be lost."""
    urls = publish(town, "board", "oakfield", "hexley")
    town.workers.held.add(AskArticle)
    town.settle()
    town.workers.release(AskArticle, 1)
    town.conductor.line.see_to(0.0)
    town.begin()
    town.workers.held.add(Stage.SAVE)
    town.settle(ask=False)
    assert handed(town, "oakfield") == [[(urls[0], Outcome.OK)]]
    assert handed(town, "hexley") == [[(urls[1], Outcome.OK)]]


def test_where_the_fetcher_was_lost_the_headline_goes_without_its_article(town):
    (url,) = publish(town, "board", "oakfield")
    town.workers.held.add(AskArticle)
    town.settle()
    town.workers.losing[Stage.FETCH] = 1
    town.workers.release(AskArticle)
    town.settle()
    assert handed(town, "oakfield") == [[(url, None)]]


def test_a_home_that_joins_is_handed_the_articles_with_the_headlines(town):
    path = town.folder / "homes" / "larch" / "schoolgate.toml"
    right = path.read_text(encoding="utf-8")
    path.write_text("nonsense = [", encoding="utf-8")
    town.begin()
    (url,) = publish(town, "gazette", "oakfield")
    town.settle()
    (other,) = publish(town, "gazette", "larch")
    path.write_text(right, encoding="utf-8")
    town.passes(hours=5, settle=False)
    town.begin()
    town.workers.held.add(Stage.SAVE)
    town.settle()
    assert handed(town, "larch") == [[(other, Outcome.OK)]]
    assert url not in asked(town)
