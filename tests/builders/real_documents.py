"""Real documents beside the project, each against the facts noted of it."""

import functools
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.corpus import corpus_path

from data.types import Mention, Page
from data.web.urls import is_profile
from sources.feed_document import join_names
from sources.html.markup import plain
from sources.parse import mention_line, parse_document

SAMPLED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FEEDS = (
    "atom", "rdf", "rss2", "rss_odd", "jsonfeed", "google_alerts", "google_news", "bing_news", "reddit_rss",
)  # fmt: skip
REVIEWS = ("trustpilot", "school_reviews")
FORUMS = (
    "discourse", "discourse_api", "phpbb", "vbulletin", "xenforo2", "mumsnet", "thestudentroom",
    "forum_other", "netmums", "invision", "flarum", "fluxbb", "mybb", "nodebb", "simplemachines", "vanilla",
)  # fmt: skip
WALLS = "blocked"
WHOLE_BEFORE_THE_DAMAGE = {"jsonfeed/allthis-partial.json": 2}
"""Items of a document that breaks off."""
OPENING_POST_NOT_COUNTED = frozenset({"forum_other/lemmy-21018364.html.gz"})
"""The facts count the comments alone; the post they answer is a mention too, and comes first."""
NAMED_ABOVE = {"rss_odd/aktuality.rss": "Ringier Axel Springer SK"}
"""By whom the items are, as the feed says once above them; the facts are of what stands in each."""
WITHOUT_PREVIEW = {
    "discourse/discourse-homeassistant-724779.html.gz": (
        "I found a thread already open on GitHub: It seems to be a general problem"
    ),
}
"""How the last post begins without the preview of a link, which the forum added; the facts count it in."""
_COUNTS = (
    "items", "posts_on_page", "reviews_in_jsonld", "reviews", "posts", "topics", "results", "post_divs",
)  # fmt: skip
_TIMES = ("published", "date_published", "date_shown", "date_machine", "datePublished", "created_at")


def every() -> list[str]:
    """The names of those whose facts are noted; skips the test where there is no corpus."""
    return [f"{family}/{name}" for family in (*FEEDS, *REVIEWS, *FORUMS, WALLS) for name in _facts(family)]


def faults_of(names: Iterable[str]) -> dict[str, list[str]]:
    """In what each differs from what was noted of it, where it does."""
    return {name: told for name in dict.fromkeys(names) if (told := _faults(name))}


def _path(name: str) -> Path:
    return corpus_path("samples", *name.split("/"))


@functools.cache
def _facts(family: str) -> Mapping[str, dict[str, Any]]:
    found = json.loads(corpus_path("samples", family, "EXPECTED.json").read_text("utf-8"))
    return {name: facts for name, facts in found.items() if not name.startswith("_")}


@functools.cache
def _addresses() -> dict[str, str]:
    lines = corpus_path("samples", "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {f"{row[0]}/{row[1]}": row[4] for row in rows if len(row) > 4 and row[4].startswith("http")}


def _faults(name: str) -> list[str]:
    family, _, file = name.partition("/")
    facts = dict(_facts(family)[file])
    if "op_author" in facts:  # the script that took the facts could not read the others' names
        facts["first"] = facts["first"] | {"author": facts["op_author"]}
        facts["last"] = {key: value for key, value in facts["last"].items() if key != "author"}
    if name in NAMED_ABOVE:
        above = {"author": NAMED_ABOVE[name]}
        facts["first"], facts["last"] = facts["first"] | above, facts["last"] | above
    if name in WITHOUT_PREVIEW:
        facts["last"] = facts["last"] | {"text_start": WITHOUT_PREVIEW[name]}
    at = _addresses().get(name, "https://site.example.org/page")
    page = parse_document(_path(name).read_bytes(), at, kind=None, fetched_at=SAMPLED_AT)
    if family == WALLS:
        right = page.mentions == () and (page.block is None) == facts["expect"].startswith("NOT")
        return [] if right else [f"is {page.block} with {len(page.mentions)} mentions"]
    told = [] if page.block is None else [f"is taken for a wall: {page.block}"]
    asked = [request.url for request in (*page.follow, *([page.next] if page.next else []))]
    urls = [*(m.url for m in page.mentions), *asked, *_addresses().get(name, "").split()]
    told += [f"{url} is taken for a profile" for url in urls if family in FORUMS and is_profile(url)]
    if "error" in facts.get("expect", ""):
        right = len(page.mentions) == WHOLE_BEFORE_THE_DAMAGE.get(name, 0) and page.warnings
        return told if right else [*told, f"breaks off after {len(page.mentions)}"]
    return told + _as_noted(name, page, facts)


def _as_noted(name: str, page: Page, facts: dict[str, Any]) -> list[str]:
    count = next((facts[key] for key in _COUNTS if isinstance(facts.get(key), int)), None)
    mentions = page.mentions[1:] if name in OPENING_POST_NOT_COUNTED else page.mentions
    if count is not None and len(mentions) != count:
        return [f"has {len(mentions)}, not {count}"]
    first, last = _ends(facts)
    told = _differences(mentions[0], first) if first else []
    return told + (_differences(mentions[-1], last) if last else [])


def _squeezed(text: str | None) -> str:
    return re.sub(r"\s+|<\w*$", "", plain(text or ""))


def _ends(facts: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What is noted of the first item and of the last; a page of one review notes it at the top."""
    if isinstance(listed := facts.get("reviews"), list):
        return listed[0], listed[-1]
    alone = facts if "consumer" in facts else None
    last = facts.get("last") or facts.get("last_reply")
    return facts.get("first") or facts.get("op") or alone, last or alone


def _differences(mention: Mention, facts: dict[str, Any]) -> list[str]:
    told = []
    printed = mention_line(mention)
    for fact, key in {"text_start": "text", "title": "title"}.items():
        start, said = facts.get(fact), str(printed[key])
        if start and not _squeezed(said).startswith(_squeezed(start)):
            told.append(f"its {key} starts {start!r}, not {said[:80]!r}")
    for key in ("author", "consumer", "username"):
        noted = join_names([facts.get(key) or ""])  # without the mail addresses that were noted
        if key in facts and _squeezed(noted) != _squeezed(mention.author):
            told.append(f"is by {facts[key]!r}, not {mention.author!r}")
    times = [facts[key] for key in _TIMES if key in facts]
    if times and any(times) != (mention.published is not None):
        told.append(f"has the time {times}, not {mention.published}")
    return told
