"""The catalogue."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders.mutants import SETTINGS
from support.for_each import for_each

from data.errors import InputError
from data.types import Source
from sources.registry import BY_LEAVE_ONLY, CATALOGUE, collector, kind_named, needs_leave, settings_of

EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "feed": {"kind": "feed", "url": "https://gazette.example.org/news/rss.xml"},
    "forum.schema_org": {
        "kind": "forum.schema_org",
        "url": "https://forum.example.org/threads/school-gate-parking.12",
    },
    "forum.discourse": {
        "kind": "forum.discourse",
        "url": "https://talk.example.org/t/school-gate-parking/12.json",
    },
    "forum.phpbb": {"kind": "forum.phpbb", "url": "https://town.example.org/viewtopic.php?t=12"},
    "forum.vbulletin": {"kind": "forum.vbulletin", "url": "https://town.example.org/showthread.php?t=12"},
    "forum.xenforo": {
        "kind": "forum.xenforo",
        "url": "https://town.example.org/threads/school-gate-parking.12/",
    },
    "forum.mumsnet": {
        "kind": "forum.mumsnet",
        "url": "https://www.mumsnet.com/talk/local/12-school-gate-parking",
    },
    "forum.thestudentroom": {
        "kind": "forum.thestudentroom",
        "url": "https://www.thestudentroom.co.uk/showthread.php?t=12",
    },
    "forum.generic": {"kind": "forum.generic", "url": "https://village.example.org/board/12"},
    "reviews.schema_org": {
        "kind": "reviews.schema_org",
        "url": "https://reviews.example.org/oakfield-primary",
        "listing": True,
    },
    "reviews.trustpilot": {
        "kind": "reviews.trustpilot",
        "url": "https://uk.trustpilot.com/review/oakfield.example.org",
        "listing": True,
    },
    "reviews.generic": {
        "kind": "reviews.generic",
        "url": "https://nurseries.example.org/oakfield",
        "listing": True,
    },
    "wikipedia": {
        "kind": "wikipedia",
        "url": "https://en.wikipedia.org/wiki/Oakfield_Primary_School",
        "listing": True,
    },
    "inspection": {
        "kind": "inspection",
        "url": "https://reports.ofsted.gov.uk/provider/21/900001",
        "listing": True,
    },
    "own.page": {"kind": "own.page", "url": "https://oakfield.example.sch.uk/news", "own": True},
    "mailbox": {"kind": "mailbox", "url": "imaps://imap.example.org/INBOX"},
}
"""A source of each kind as it would appear in the configuration."""


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_kind_has_a_collector_of_its_name(name: str) -> None:
    found = collector(name)
    assert found.kind == name
    assert {"requests", "parse", "recognises", "settings"} <= set(dir(found))


def test_every_kind_passes_the_conformance_suite() -> None:
    suites = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    classes = "\n".join(text for text in suites if "(CollectorConformance)" in text)
    assert set(CATALOGUE) <= set(re.findall(r'^    kind = "(.+)"$', classes, flags=re.MULTILINE))


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_example_is_a_source_its_collector_accepts(name: str) -> None:
    Source(id="example", **EXAMPLES[name])  # type: ignore[arg-type]
    settings_of(name).model_validate(dict(SETTINGS.get(name, {})))


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_names_the_settings_that_the_collector_reads(name: str) -> None:
    assert settings_of(name) is collector(name).settings


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_kind_says_what_it_is_and_what_the_terms_allow(name: str) -> None:
    kind = CATALOGUE[name]
    assert kind.what.endswith(".")
    assert kind.terms.endswith(".")
    assert kind.default_interval_s >= (300 if name == "mailbox" else 600)


def test_an_unknown_kind_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(
        InputError, match=r'"forum\.phpb" is not a kind of source\. Did you mean "forum\.phpbb"\?'
    ):
        kind_named("forum.phpb")


def test_listing_the_catalogue_imports_no_collector() -> None:
    program = (
        "import sys, sources.registry; print([m for m in sys.modules if m.startswith("
        "('sources.feeds', 'sources.forums', 'sources.threads', 'sources.reviews', 'sources.html', "
        "'bs4', 'feedparser', 'lxml'))])"
    )
    told = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@for_each("site", BY_LEAVE_ONLY)
@for_each("kind", [name for name in CATALOGUE if name.startswith(("forum.", "reviews."))])
def test_a_site_whose_terms_forbid_it_is_read_by_leave_alone_whatever_the_page_is_called(
    site: str, kind: str
) -> None:
    assert needs_leave(kind, f"https://{site}/threads/12")
    assert needs_leave(kind, f"https://www.{site.upper()}/threads/12")


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("forum.generic", "https://village.example.org/board/12"),
        ("forum.generic", "https://notnetmums.com/board/12"),
        ("feed", "https://www.netmums.com/coffeehouse/rss.xml"),
        ("own.page", "https://www.facebook.com/oakfieldprimary"),
    ],
)
def test_other_sites_feeds_and_pages_of_ones_own_need_none(kind: str, url: str) -> None:
    assert not needs_leave(kind, url)
