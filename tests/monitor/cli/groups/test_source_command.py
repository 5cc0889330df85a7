"""`schoolgate source`: what is read, how it went, and what a saved document holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import support.strain
from builders.config import SCHOOL, SOURCE, write
from builders.home import a_migrated_store
from builders.mention import NOW, POLICY, a_batch, a_mention, a_run
from support.documents import content
from support.every_command import ended
from support.web_server import Answer, serve
from typer.testing import CliRunner

from data.errors import InputError, Unreadable
from data.ids import PLAIN_FEED, mention_id
from data.store.mentions.batch import save
from data.store.privacy.suppressions import post_keys
from data.types import Response, Source
from monitor.cli.app import app
from monitor.config.load import load
from monitor.home import wiring
from sources.feeds.collector import Feed
from sources.parser_process import ParserProcess

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title>
<item><title>Choir</title><link>https://gazette.example.org/choir</link><guid>g1</guid>
<pubDate>Tue, 17 Nov 2026 09:00:00 +0000</pubDate><description>Songs.</description></item></channel></rss>"""

WALL = """<html><head><title>Just a moment...</title></head><body>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt={}</script></body></html>"""


def run(*words):
    result = CliRunner().invoke(app, ["source", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_list_says_how_each_source_ended(home):
    text = run("list", "--home", str(home)).stdout
    assert "valley-chat" in text
    assert "blocked" in text
    listed = content(run("list", "--json", "--home", str(home)).stdout)
    assert {s["id"]: s["last_run"]["outcome"] for s in listed}["residents"] == "suspicious"


def test_the_list_of_a_fresh_home_says_so_and_creates_nothing(home):
    (home / "schoolgate.duckdb").unlink()
    before = sorted(home.iterdir())
    listed = run("list", "--home", str(home)).stdout
    assert listed.count("not read yet") == len(listed.splitlines()) - 1
    assert sorted(home.iterdir()) == before


DISCLOSURE = "my stepdad hits me"
DISCLOSED = (
    FEED.replace("Choir", DISCLOSURE).replace("Songs.", DISCLOSURE).replace("/choir", "/stepdad-hits-me")
)


def answered(home, monkeypatch, kind, at, page, of):
    """`source test` of a place that answers so on this machine."""
    with serve({at: Answer(200, page.encode(), {"Content-Type": of})}) as site:
        write(home, f"{SCHOOL}[[sources]]\nid = 'town'\nkind = '{kind}'\nurl = '{site}{at}'\n")
        here = frozenset({("127.0.0.1", urlsplit(str(site)).port)})
        monkeypatch.setattr(wiring, "fetcher", partial(wiring.fetcher, allow_loopback=here))
        return run("test", "town", "--home", str(home))


def test_testing_a_source_shows_no_word_of_a_childs_disclosure(tmp_path, monkeypatch):
    result = answered(tmp_path, monkeypatch, "feed", "/feed.xml", DISCLOSED, "text/xml")
    assert result.exit_code == 0
    assert result.stdout.startswith("town: read, 1 post\n")
    assert "(its words are not shown here)" in result.stdout
    assert "stepdad" not in result.stdout


def test_testing_a_source_behind_a_wall_repeats_nothing_of_the_page(tmp_path, monkeypatch):
    wall = f"<html><head><title>{DISCLOSURE}</title></head><body>This thread has been deleted.</body></html>"
    result = answered(tmp_path, monkeypatch, "forum.phpbb", "/t1", wall, "text/html")
    assert result.exit_code == 1
    assert "gone" in result.stdout
    assert "stepdad" not in result.stdout


def test_an_unknown_source_is_told_which_there_are(home):
    with pytest.raises(InputError, match="gazette"):
        run("test", "gazete", "--home", str(home))


def test_a_loopback_address_is_refused_outside_the_demo(home):
    result = run("test", "gazette", "--home", str(home))
    assert result.exit_code == 1
    assert "never contacted" in result.stdout


def parsed(folder, document, *words):
    (folder / "document").write_text(document)
    return run("parse", "--url", "https://gazette.example.org/feed.xml", *words, str(folder / "document"))


def test_parse_prints_one_json_line_a_mention(tmp_path):
    result = parsed(tmp_path, FEED)
    (line,) = [json.loads(x) for x in result.stdout.splitlines()]
    assert " ".join(line) == "id url channel kind title text author published rating parent"
    assert (line["kind"], line["title"], line["published"]) == ("article", "Choir", "2026-11-17T09:00:00Z")


def test_parse_ends_with_1_on_a_wall_and_says_what_it_is(tmp_path):
    result = parsed(tmp_path, WALL)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "challenge" in result.stderr


def test_parse_ends_with_0_on_a_damaged_feed_and_warns(tmp_path):
    result = parsed(tmp_path, FEED.partition("<description>")[0])
    assert result.exit_code == 0
    assert "damaged" in result.stderr


def test_parse_says_so_where_a_whole_document_holds_nothing(tmp_path):
    result = parsed(
        tmp_path, '<?xml version="1.0"?><rss version="2.0"><channel><title>G</title></channel></rss>'
    )
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No mention was found" in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--day-first", "--month-first"), "exclude each other"),
        (("--fetched-at", "noon"), "is not a day"),
        (("--kind", "fed"), 'Did you mean "feed"'),
    ],
)
def test_wrong_use_is_told_how_to_be_mended(tmp_path, words, told):
    with pytest.raises(InputError, match=told):
        parsed(tmp_path, FEED, *words)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.xml: cannot be read"):
        run("parse", "--url", "https://gazette.example.org/f", str(tmp_path / "none.xml"))


def test_parse_says_so_where_a_document_takes_too_much_to_read(tmp_path, monkeypatch):
    monkeypatch.setattr(wiring, "reading", lambda: support.strain.refusing)
    with pytest.raises(Unreadable, match="too long"):
        parsed(tmp_path, FEED)


def test_strangers_pages_are_read_in_a_process_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "schoolgate.toml").write_text(SCHOOL)
    where, settings = wiring.settings(tmp_path, None)
    with wiring.fetcher(settings) as fetch:
        assert fetch.apart is wiring.reading()
    assert isinstance(wiring.reading(), ParserProcess)
    monkeypatch.setattr(wiring, "reading", lambda: lambda work, *given: ("apart", work, given))
    assert wiring.context(settings, where.home).apart(len, "page") == ("apart", len, ("page",))


# `schoolgate source set`: somebody says what a place is, and its posts stay those that are known.


SEARCH = '[[sources]]\nid = "search"\nkind = "feed"\nsurfaced = true\nurl = "https://www.bing.com/news/search?q=a"\n'
OURS = '[[sources]]\nid = "ours"\nkind = "feed"\nown = true\nurl = "https://oakfield.example.org/feed"\n'
THREAD = '[[sources]]\nid = "thread"\nkind = "forum.phpbb"\nurl = "https://board.example.org/t1"\n'
RSS = b"<rss><channel><title>Posts</title><item><title>A</title><guid>1</guid></item></channel></rss>"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, f"{SCHOOL}\n{SOURCE}\n{SEARCH}\n{OURS}\n{THREAD}")


def source(path: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["source", *words, "--home", str(path.parent)], typed)


def gazette(path: Path) -> Source:
    return next(one for one in load(path, {}).sources if one.id == "gazette")


def read(place: Source) -> tuple[str, str]:
    at = datetime(2026, 11, 17, tzinfo=UTC)
    (mention,) = Feed().parse(place, Response(place.url, 200, (), RSS, at)).mentions
    return mention.channel, mention.id


@pytest.mark.parametrize(
    ("said", "channel"),
    [("paper", "news"), ("board", "local_forum"), ("blog", "blog"), ("reviews", "school_review_site"),
     ("body", "website")],
)  # fmt: skip
def test_what_somebody_says_of_a_feed_is_its_channel_and_its_posts_keep_their_ids(path, said, channel):
    _, known = read(gazette(path))
    assert source(path, "set", "gazette", f"--{said}")[0] == 0
    assert gazette(path).channel == channel
    assert read(gazette(path)) == (channel, known)
    source(path, "set", "gazette", "--board")
    assert read(gazette(path)) == ("local_forum", known)


@pytest.mark.parametrize(
    "settings", ["[sources.settings]\narticles = false\n", "settings = { articles = false }\n"]
)
def test_the_ids_of_a_feed_with_a_channel_and_settings_stay_too(tmp_path, settings):
    path = write(tmp_path, f'{SCHOOL}\n{SOURCE}channel = "news"\n{settings}')
    _, known = read(gazette(path))
    source(path, "set", "gazette", "--blog")
    assert read(gazette(path)) == ("blog", known)
    assert gazette(path).settings == {"articles": False, "ids": "news"}
    source(path, "set", "gazette", "--paper")
    assert (gazette(path).settings, read(gazette(path))) == ({"articles": False}, ("news", known))


def test_without_an_option_it_asks_until_it_knows(path):
    code, out, _ = source(path, "set", "gazette", typed="papr\npaper\n")
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
    code, _, err = source(path, "set", *words)
    assert (code, path.read_text()) == (2, before)
    assert why in err


# `schoolgate source pause | resume | remove`: by command, and the file stays as it was otherwise.


MUMSNET = (
    '[[sources]]\nid = "thread"\nkind = "forum.mumsnet"\nurl = "https://www.mumsnet.com/talk/local/1-x"\n'
)
FILE = f"{SCHOOL}\n{SOURCE}# what they said\n\n{MUMSNET}\n[policy]\ncriticism_days = 30 # as agreed\n"


@pytest.fixture
def switched(tmp_path: Path) -> Path:
    return write(tmp_path, FILE)


def off(path: Path) -> dict[str, str | None]:
    return {one.id: one.disabled for one in load(path, {}).sources}


def test_a_source_that_is_paused_is_off_with_its_reason_until_it_is_resumed(switched):
    code, out, _ = source(switched, "pause", "gazette", "--why", "It asked us to stop")
    assert code == 0
    assert off(switched)["gazette"] == "It asked us to stop"
    assert "schoolgate source resume gazette" in out
    assert "switched off: It asked us to stop" in " ".join(source(switched, "list")[1].split())
    assert source(switched, "resume", "gazette")[0] == 0
    assert switched.read_text() == FILE


def test_without_a_reason_the_day_is_written(switched):
    source(switched, "pause", "gazette")
    assert (off(switched)["gazette"] or "").startswith("paused on ")


def test_what_is_off_for_want_of_leave_stays_off_and_says_why(switched):
    code, out, _ = source(switched, "resume", "thread")
    assert code == 1
    assert "stays off: its terms forbid reading it by program" in out
    assert source(switched, "resume", "gazette")[1].startswith("gazette is on already")
    assert switched.read_text() == FILE


def test_several_are_resumed_at_once_and_one_that_must_stay_off_is_said(switched):
    source(switched, "pause", "gazette")
    code, out, _ = source(switched, "resume", "thread", "gazette")
    assert code == 1
    assert "gazette is on." in out
    assert off(switched)["gazette"] is None


@pytest.mark.parametrize("command", ["pause", "resume", "remove"])
def test_a_source_that_is_not_there_names_those_that_are(switched, command):
    code, _, err = source(switched, command, "gazete")
    assert code == 2
    assert "gazette, thread" in err


def test_a_source_that_is_removed_says_that_nothing_of_it_is_stored(switched):
    code, out, _ = source(switched, "remove", "gazette")
    assert code == 0
    assert set(off(switched)) == {"thread"}
    assert "Nothing of it is stored." in out
    assert "schoolgate source add https://example.org/feed.xml" in out
    assert "# what they said" in switched.read_text()


def test_a_source_that_is_removed_says_how_much_that_it_alone_brought_is_kept_and_until_when(switched):
    store = a_migrated_store(switched.parent)
    with store.write("scan") as con:
        save(con, a_batch(a_mention("one"), a_mention("both"), run=a_run("gazette")), now=NOW, policy=POLICY)
        save(con, a_batch(a_mention("both"), run=a_run("thread")), now=NOW, policy=POLICY)
    out = source(switched, "remove", "gazette")[1]
    assert "1 post that it alone brought stays stored" in out
    assert "the last until" in out
    assert "cases keep what they hold" in out


def test_an_erased_article_of_a_paper_stays_out_by_its_address_too():
    url = "https://gazette.example.org/school-placed-in-measures"
    by_id_and_address = post_keys(b"k" * 32, mention_id(PLAIN_FEED, url), url, channel="google_news")
    assert len(by_id_and_address) == 2
    of_a_listing = post_keys(b"k" * 32, mention_id(PLAIN_FEED, f"{url}#3"), url, channel="google_news")
    assert of_a_listing == post_keys(b"k" * 32, mention_id(PLAIN_FEED, f"{url}#3"), None)
