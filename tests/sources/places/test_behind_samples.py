"""Real forum pages beside the project: each leads to its board's software, feed and list."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime

import pytest
from support.corpus import corpus_path

from data.types import Response
from sources.html.markup import decode
from sources.nature.boards import board_of
from sources.places.behind import as_proposal, behind

pytestmark = pytest.mark.corpus

SOFTWARE = {
    "discourse": "Discourse",
    "flarum": "Flarum",
    "fluxbb": "FluxBB",
    "invision": "Invision Community",
    "mybb": "MyBB",
    "nodebb": "NodeBB",
    "phpbb": "phpBB",
    "simplemachines": "Simple Machines",
    "vanilla": "Vanilla",
    "vbulletin": "vBulletin",
    "xenforo2": "XenForo",
}
BUILT_ON = {"collegeconfidential-2184314.html": "Vanilla", "watchuseek-fora-5542550.html.gz": "XenForo"}
"""Among the forums of other kinds, those on known software under another name."""
NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def pages():
    """Every sample that is a page with an address: its family, its file's name, the response."""
    with corpus_path("samples", "INDEX.tsv").open(encoding="utf-8") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        if row["url"] and ".html" in row["file"]:
            raw = corpus_path("samples", row["kind"], row["file"]).read_bytes()
            body = gzip.decompress(raw) if row["file"].endswith(".gz") else raw
            yield row["kind"], row["file"], Response(row["url"], 200, (), body, NOW)


def test_every_boards_software_is_known_and_no_other_page_is_taken_for_a_board():
    wrong = {}
    for family, file, response in pages():
        found = board_of(decode(response.body)[0])
        name, expected = found.name if found else None, SOFTWARE.get(family) or BUILT_ON.get(file)
        if name != expected:
            wrong[file] = (name, expected)
    assert wrong == {}


def test_every_feed_behind_a_page_of_a_board_is_a_local_forums():
    seen = 0
    for family, file, response in pages():
        if family in SOFTWARE or file in BUILT_ON:
            feeds = [as_proposal(each, "board").source for each in behind(response) if each.kind == "feed"]
            assert {feed.channel for feed in feeds} <= {"local_forum"}, file
            seen += bool(feeds)
    assert seen >= 20


def test_a_thread_leads_to_a_feed_of_its_board_and_to_itself():
    seen = 0
    for family, file, response in pages():
        if family in ("mybb", "fluxbb") or file.startswith(("phpbb3-puffer", "vb-doom9", "xf2-stat")):
            found = behind(response)
            lists = [each for each in found if "list of threads" in each.sees]
            assert found[0].kind == "feed", file
            assert len(lists) == 1, file
            assert any(each.url == response.url for each in found), file
            assert not any("sid=" in each.url for each in (*found[:1], *lists)), file
            seen += 1
    assert seen == 5
