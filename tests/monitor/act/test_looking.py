"""Places that are looked at, tried and watched, against the stand-in town behind its proxy."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from builders.case_desk import made_by
from builders.config import act_on, keeper_of, write
from builders.fetcher import NOW, QUICK
from builders.home import a_migrated_store
from builders.judges import judges
from builders.mention import POLICY, a_batch, a_match, a_mention, a_run, save
from support.every_command import ended
from support.for_each import for_each
from support.stand_ins import REGISTERS, Town, town
from support.web_server import free_port

from data.effects import here, utc_now
from data.register.national_lists import read_register
from data.steps.acts import Refused
from data.types import MentionKind, Source
from monitor.act import places as acts
from monitor.config.load import load_file
from monitor.home import wiring
from monitor.pipeline import looking
from monitor.setup.check_machine import check_looked_up

OAKFIELD = next(s for s in read_register(REGISTERS["england"]) if s.urn == "900101")
GAZETTE = "https://www.northvale-gazette.example.org/"
FEED = GAZETTE + "news/rss.xml"
BOARD = "https://board.northvale.example.org/viewtopic.php?t=12"
HEAD = f"""# ours
[[schools]]
urn = "900101"
name = "{OAKFIELD.name}"
town = "Northvale"
domain = "oakfield.example.sch.uk"

# -- places

# [[sources]]
# id = "example"

"""


@pytest.fixture(scope="module")
def northvale() -> Iterator[Town]:
    with town(NOW) as it:
        yield it


@pytest.fixture
def path(tmp_path: Path, northvale: Town, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(looking, "LIMITS", QUICK)
    monkeypatch.setattr(wiring, "start_reading", lambda: here)
    monkeypatch.setattr(wiring, "judges", lambda config, home: judges(*config.schools))
    return write(tmp_path, HEAD + northvale.settings)


def run(path: Path, *words: str) -> tuple[int, str, str]:
    return ended(["source", *words, "--home", str(path.parent)], "")


def sources(path: Path) -> dict[str, Source]:
    return {source.id: source for source in load_file(path, {}).sources}


def look(path: Path, address: str):
    return acts.look_at_address(load_file(path, {}), path.parent, address, (), utc_now, own=False)


def watch(path: Path, address: str) -> Source:
    """The best of what is behind that address is watched from now on."""
    found = made_by(look(path, address))
    places = list(looking.decide_places(found.read, utc_now())) or found.looked.places
    made_by(acts.watch_places(keeper_of(path.parent), places[:1]))
    return [*sources(path).values()][-1]


def test_a_papers_front_page_leads_to_its_feed_whose_finds_are_shown_before_it_is_written(path, northvale):
    before = len(northvale.asked)
    found = made_by(look(path, GAZETTE))
    assert any("Hundreds join Oakfield Primary lantern walk" in find.said for find in found.finds)
    assert northvale.asked[before:].count(GAZETTE) == 1
    assert path.read_text() == HEAD + northvale.settings
    source = watch(path, GAZETTE)
    assert (source.kind, source.url, source.disabled) == ("feed", FEED, None)
    at = HEAD.index("# [[sources]]")
    text = path.read_text()
    assert text.startswith(HEAD[:at])
    assert text.endswith(HEAD[at:] + northvale.settings)


def test_what_is_added_is_told_above_it_and_removed_with_it(path, northvale):
    source = watch(path, GAZETTE)
    assert "Its terms, as read on" in path.read_text()
    act_on(path, acts.remove, source.id)
    assert path.read_text() == HEAD + northvale.settings


def test_the_feed_of_a_google_alert_is_known_and_is_off_while_google_closes_it_to_programs(path):
    source = watch(path, "https://www.google.com/alerts/feeds/12/34")
    assert (source.name, source.surfaced) == ("Google Alert", True)
    assert "robots.txt" in source.disabled
    assert "sent by mail to a mailbox" in " ".join(path.read_text().replace("#", " ").split())


def test_what_is_watched_already_is_refused_by_any_of_its_addresses(path):
    source = watch(path, GAZETTE)
    for address in (FEED, FEED.replace("https://www.", ""), GAZETTE):
        refused = look(path, address)
        assert (refused.guard, source.name in refused.reason) == ("known", True), address


@for_each(
    ("address", "why"),
    [
        ("gazette", "is not a web address"),
        ("ftp://example.org/feed", "is not a web address"),
        ("https://user:secret@example.org/feed", "may not carry a secret"),
        ("https://www.youtube.com/@mrsexample", "no such page but the school’s own"),
        ("https://www.facebook.com/oakfieldnursery", "Facebook: we never read it"),
        ("http://192.168.1.10/feed.xml", "never contacted"),
        ("http://127.0.0.1/feed.xml", "never contacted"),
    ],
)
def test_what_may_not_be_watched_is_refused_in_clear_words(path, address, why):
    refused = look(path, address)
    assert isinstance(refused, Refused)
    assert why in refused.reason
    assert "secret@" not in refused.reason


def test_a_site_that_forbids_reading_is_written_off_where_somebody_wants_that(path, northvale):
    source = watch(path, "https://www.reddit.com/r/northvale/")
    assert "Reddit asks programs for permission first" in source.disabled
    before = len(northvale.asked)
    code, out, _ = run(path, "test", source.id)
    assert (code, "is not read" in out) == (1, True)
    assert len(northvale.asked) == before


@for_each(
    ("address", "said"),
    [
        ("https://www.northvale-life.example.org/", "asks programs like ours not to read"),
        ("https://www.northvale-chat.example.org/", "proof"),
        ("https://www.northvale-echo.example.org/nothing", "no longer there"),
    ],
)
def test_a_wall_says_what_it_is(path, address, said):
    found = made_by(look(path, address))
    told = [
        found.looked.failure.detail if found.looked.failure else "",
        *(p.why_off or "" for p in found.looked.places),
    ]
    told += [place.run.detail for place in found.read if place.run]
    assert said.casefold() in " ".join(told).casefold()


def test_without_a_network_what_an_address_says_can_be_written_untried(path):
    path.write_text(HEAD + f'[network]\nproxy = "http://127.0.0.1:{free_port()}"\n')
    assert watch(path, "https://en.wikipedia.org/wiki/Oakfield_Primary").kind == "wikipedia"


def test_a_source_is_tested_with_its_first_finds_and_why_each_is_whose(path):
    source = watch(path, GAZETTE)
    before = path.read_text()
    code, out, _ = run(path, "test", source.id)
    assert code == 0
    assert out.startswith(f"{source.name}: read, ")
    assert "Why: " in out
    assert re.search(r"About you: \d+; perhaps: \d+; read: \d+\.", out)
    assert path.read_text() == before


def test_a_source_that_is_off_is_tried_all_the_same(path):
    source = watch(path, GAZETTE)
    act_on(path, acts.pause, source.id, "It asked us to stop")
    code, out, _ = run(path, "test", source.id)
    assert code == 0
    assert "To switch it on: the desk’s page /sources" in out


def around(path: Path):
    return made_by(acts.look_around(keeper_of(path.parent), utc_now))


def test_what_could_be_watched_is_read_once_and_no_longer_proposed_once_it_is(path, northvale):
    found = {place.source.id: place.proposal for place in around(path).read}
    assert {"our-website", "google-news-1", "bing-news-1"} <= set(found)
    made_by(acts.watch_places(keeper_of(path.parent), [found["bing-news-1"], found["our-website"]]))
    assert set(sources(path)) == {"bing-news-1", "our-website"}
    assert not {"bing-news-1", "our-website"} & {place.source.id for place in around(path).read}
    assert not northvale.impolite


def test_what_did_not_answer_at_first_is_looked_up_by_it_and_doctor_asks_no_more(path):
    path.write_text(f'to_look_up = ["www.oakfield.example.sch.uk"]\n{path.read_text()}')
    (asked,) = check_looked_up(load_file(path, {}))
    assert asked.remedy.endswith("the desk’s page /setup/places")
    assert "www.oakfield.example.sch.uk" in asked.what
    around(path)
    assert not list(check_looked_up(load_file(path, {})))


def test_the_papers_that_searches_brought_are_proposed_by_their_own_feeds(path):
    store = a_migrated_store(path.parent)
    search = next(place.proposal for place in around(path).read if place.source.id == "bing-news-1")
    made_by(acts.watch_places(keeper_of(path.parent), [search]))
    articles = [
        a_mention(f"a{n}", url=f"{GAZETTE}news/{n}", kind=MentionKind.ARTICLE, channel="bing_news",
                  author="Northvale Gazette")
        for n in range(3)
    ]  # fmt: skip
    batch = a_batch(
        *articles, story_id=None, run=a_run("bing-news-1"), match=replace(a_match(), urn="900101")
    )
    with store.write("scan") as con:
        save(con, batch, now=NOW, policy=POLICY)
    (paper,) = [place for place in around(path).read if place.source.name == "Northvale Gazette"]
    assert "3 that your searches found" in paper.proposal.sees
    assert paper.source.url == FEED
