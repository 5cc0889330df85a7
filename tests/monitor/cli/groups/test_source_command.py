"""`schoolgate source`: what is read, how it went, and what a saved document holds."""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import urlsplit

import pytest
import support.strain
from builders.config import SCHOOL
from support.documents import content
from support.web_server import Answer, serve
from typer.testing import CliRunner

from data.errors import InputError, Unreadable
from monitor.cli.app import app
from monitor.home import wiring
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


def test_the_list_as_json_has_every_source_with_its_last_run(home):
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


def test_testing_a_source_shows_no_word_of_a_childs_disclosure(tmp_path, monkeypatch):
    with serve({"/feed.xml": Answer(200, DISCLOSED.encode(), {"Content-Type": "text/xml"})}) as site:
        (tmp_path / "schoolgate.toml").write_text(
            f"{SCHOOL}[[sources]]\nid = 'gazette'\nkind = 'feed'\nurl = '{site}/feed.xml'\n"
        )
        port = urlsplit(str(site)).port
        open_here = partial(wiring.fetcher, allow_loopback=frozenset({("127.0.0.1", port)}))
        monkeypatch.setattr(wiring, "fetcher", open_here)
        result = run("test", "gazette", "--home", str(tmp_path))
    assert result.exit_code == 0
    assert result.stdout.startswith("gazette: read, 1 post\n")
    assert "(its words are not shown here)" in result.stdout
    assert "stepdad" not in result.stdout


def test_testing_a_source_behind_a_wall_repeats_nothing_of_the_page(tmp_path, monkeypatch):
    wall = f"<html><head><title>{DISCLOSURE}</title></head><body>This thread has been deleted.</body></html>"
    with serve({"/t1": Answer(200, wall.encode(), {"Content-Type": "text/html"})}) as site:
        (tmp_path / "schoolgate.toml").write_text(
            f"{SCHOOL}[[sources]]\nid = 'town'\nkind = 'forum.phpbb'\nurl = '{site}/t1'\n"
        )
        port = urlsplit(str(site)).port
        open_here = partial(wiring.fetcher, allow_loopback=frozenset({("127.0.0.1", port)}))
        monkeypatch.setattr(wiring, "fetcher", open_here)
        result = run("test", "town", "--home", str(tmp_path))
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


def test_parse_prints_one_json_line_a_mention(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_text(FEED)
    result = run("parse", "--url", "https://gazette.example.org/feed.xml", str(file))
    (line,) = [json.loads(x) for x in result.stdout.splitlines()]
    assert list(line) == [
        "id",
        "url",
        "channel",
        "kind",
        "title",
        "text",
        "author",
        "published",
        "rating",
        "parent",
    ]
    assert (line["kind"], line["title"], line["published"]) == ("article", "Choir", "2026-11-17T09:00:00Z")


def test_parse_ends_with_1_on_a_wall_and_says_what_it_is(tmp_path):
    file = tmp_path / "wall.html"
    file.write_text(WALL)
    result = run("parse", "--url", "https://forum.example.org/t1", str(file))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "challenge" in result.stderr


def test_parse_ends_with_0_on_a_damaged_feed_and_warns(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_text(FEED.partition("<description>")[0])
    result = run("parse", "--url", "https://gazette.example.org/feed.xml", str(file))
    assert result.exit_code == 0
    assert "damaged" in result.stderr


def test_parse_says_so_where_a_whole_document_holds_nothing(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_text('<?xml version="1.0"?><rss version="2.0"><channel><title>G</title></channel></rss>')
    result = run("parse", "--url", "https://gazette.example.org/feed.xml", str(file))
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
    file = tmp_path / "feed.xml"
    file.write_text(FEED)
    with pytest.raises(InputError, match=told):
        run("parse", "--url", "https://gazette.example.org/f", *words, str(file))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.xml: cannot be read"):
        run("parse", "--url", "https://gazette.example.org/f", str(tmp_path / "none.xml"))


def test_parse_says_so_where_a_document_takes_too_much_to_read(tmp_path, monkeypatch):
    monkeypatch.setattr(wiring, "reading", lambda: support.strain.refusing)
    file = tmp_path / "feed.xml"
    file.write_text(FEED)
    with pytest.raises(Unreadable, match="too long"):
        run("parse", "--url", "https://gazette.example.org/feed.xml", str(file))


def test_strangers_pages_are_read_in_a_process_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "schoolgate.toml").write_text(SCHOOL)
    where, settings = wiring.settings(tmp_path, None)
    with wiring.fetcher(settings) as fetch:
        assert fetch.apart is wiring.reading()
    assert isinstance(wiring.reading(), ParserProcess)
    monkeypatch.setattr(wiring, "reading", lambda: lambda work, *given: ("apart", work, given))
    assert wiring.context(settings, where.home).apart(len, "page") == ("apart", len, ("page",))
