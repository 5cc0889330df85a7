"""Real documents beside the project, each against the facts noted of it.

Equal means: the count, and of the first and the last item the text's start, the author and the
presence of a time. White space and markup are left out of the comparison.
"""

from __future__ import annotations

import functools
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.corpus import corpus_path

from data.types import Mention, Page
from sources.html.markup import plain
from sources.http.profiles import is_profile
from sources.parse import mention_line, parse_document

FETCHED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FEEDS = (
    "atom",
    "rdf",
    "rss2",
    "rss_odd",
    "jsonfeed",
    "google_alerts",
    "google_news",
    "bing_news",
    "reddit_rss",
)
REVIEWS = ("trustpilot", "school_reviews")
FORUMS = (
    "discourse",
    "discourse_api",
    "phpbb",
    "vbulletin",
    "xenforo2",
    "mumsnet",
    "thestudentroom",
    "forum_other",
    "netmums",
    "invision",
    "flarum",
    "fluxbb",
    "mybb",
    "nodebb",
    "simplemachines",
    "vanilla",
)
WHOLE_BEFORE_THE_DAMAGE = {"jsonfeed/allthis-partial.json": 2}
"""Items of a document that breaks off."""
OPENING_POST_NOT_COUNTED = frozenset({"forum_other/lemmy-21018364.html.gz"})
"""The facts count the comments alone; the post they answer is a mention too, and comes first."""
_COUNTS = (
    "items",
    "posts_on_page",
    "reviews_in_jsonld",
    "reviews",
    "posts",
    "topics",
    "results",
    "post_divs",
)
_TIMES = ("published", "date_published", "date_shown", "date_machine", "datePublished", "created_at")
_STARTS = {"text_start": "text", "title": "title"}
_AUTHORS = ("author", "consumer", "username")


def _root() -> Path:
    default = Path(__file__).resolve().parents[3] / "shared"
    return Path(os.environ.get("SCHOOLGATE_CORPUS") or default) / "samples"


def _files(*families: str) -> list[str]:
    """The names to run over; one stand-in where there is no corpus, so that the skip is seen."""
    found = [
        f"{family}/{name}"
        for family in families
        if (_root() / family / "EXPECTED.json").exists()
        for name in json.loads((_root() / family / "EXPECTED.json").read_text("utf-8"))
        if not name.startswith("_")
    ]
    return found or ["none"]


def _facts(name: str) -> dict[str, Any]:
    family, _, file = name.partition("/")
    facts = dict(json.loads(corpus_path("samples", family, "EXPECTED.json").read_text("utf-8"))[file])
    if "op_author" in facts:  # the script that took the facts could not read the others' names
        facts["first"]["author"] = facts["op_author"]
        del facts["last"]["author"]
    return facts


@functools.cache
def _addresses() -> dict[str, str]:
    lines = (_root() / "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {f"{row[0]}/{row[1]}": row[4] for row in rows if len(row) > 4 and row[4].startswith("http")}


@functools.cache
def _page(name: str) -> Page:
    """As read; two tests ask for each page of a forum."""
    url = _addresses().get(name, "https://site.example.org/page")
    body = corpus_path("samples", *name.split("/")).read_bytes()
    return parse_document(body, url, kind=None, fetched_at=FETCHED_AT)


def _squeezed(text: str | None) -> str:
    return re.sub(r"\s+|<\w*$", "", plain(text or ""))


def _count(facts: dict[str, Any]) -> int | None:
    return next((facts[key] for key in _COUNTS if isinstance(facts.get(key), int)), None)


def _ends(facts: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What is noted of the first item and of the last; a page of one review notes it at the top."""
    listed = facts.get("reviews")
    if isinstance(listed, list):
        return listed[0], listed[-1]
    alone = facts if "consumer" in facts else None
    return facts.get("first") or facts.get("op") or alone, facts.get("last") or facts.get(
        "last_reply"
    ) or alone


def _differences(mention: Mention, facts: dict[str, Any]) -> list[str]:
    told = []
    printed = mention_line(mention)
    for fact, key in _STARTS.items():
        start, said = facts.get(fact), str(printed[key])
        if start and not _squeezed(said).startswith(_squeezed(start)):
            told.append(f"its {key} starts {start!r}, not {said[:80]!r}")
    for key in _AUTHORS:
        if key in facts and _squeezed(facts[key]) != _squeezed(mention.author):
            told.append(f"is by {facts[key]!r}, not {mention.author!r}")
    times = [facts[key] for key in _TIMES if key in facts]
    if times and any(times) != (mention.published is not None):
        told.append(f"has the time {times}, not {mention.published}")
    return told


@pytest.mark.corpus
@pytest.mark.parametrize("name", _files(*FEEDS, *REVIEWS, *FORUMS))
def test_a_real_document_equals_its_facts(name: str) -> None:
    corpus_path("samples")
    facts, page = _facts(name), _page(name)
    assert page.block is None
    if "error" in facts.get("expect", ""):
        assert len(page.mentions) == WHOLE_BEFORE_THE_DAMAGE.get(name, 0)
        assert page.warnings
        return
    count = _count(facts)
    mentions = page.mentions[1:] if name in OPENING_POST_NOT_COUNTED else page.mentions
    assert count is None or len(mentions) == count
    first, last = _ends(facts)
    assert not first or _differences(mentions[0], first) == []
    assert not last or _differences(mentions[-1], last) == []


@pytest.mark.corpus
@pytest.mark.parametrize("name", _files(*FORUMS))
def test_no_post_of_a_real_thread_nor_its_next_page_is_taken_for_a_profile(name: str) -> None:
    corpus_path("samples")
    page = _page(name)
    asked = [request.url for request in (*page.follow, *([page.next] if page.next else []))]
    urls = [*(m.url for m in page.mentions), *asked, *_addresses().get(name, "").split()]
    assert [url for url in urls if is_profile(url)] == []


@pytest.mark.corpus
@pytest.mark.parametrize("name", _files("blocked"))
def test_a_wall_is_called_a_wall_and_holds_no_mention(name: str) -> None:
    corpus_path("samples")
    page = _page(name)
    assert page.mentions == ()
    assert (page.block is None) == _facts(name)["expect"].startswith("NOT")
