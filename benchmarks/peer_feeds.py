"""Feeds that others wrote to test their readers with: does ours give as many items as feedparser itself?

    python -P benchmarks/peer_feeds.py FOLDER…

The folders are the user's own copies of such suites, as feedparser's `tests`, the W3C validator's `testcases`
and gofeed's `testdata`; none of it is the project's. Each file is read as it stands: the HTTP headers that
some suites write into a comment at its head are not honoured, by either reader. An item of feedparser's
without title, text and link does not count, and two that are alike in everything are one; JSON feeds are
left out, because feedparser reads none.
"""

from __future__ import annotations

import argparse
import io
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from sources.parse import parse_document

_LEFT_OUT = {".json", ".md", ".txt", ".py", ".go", ".html", ".opml"}
_URL = "http://127.0.0.1/feed"


def theirs(body: bytes) -> int:
    """How many different items feedparser gives that say or link to anything."""
    found = set()
    for item in feedparser.parse(io.BytesIO(body)).get("entries", ()):
        said = [dict.get(item, name) or "" for name in ("title", "summary", "link")]
        said += [content.get("value") or "" for content in dict.get(item, "content") or ()]
        if any(said):
            found.add((dict.get(item, "id"), *said))
    return len(found)


def ours(body: bytes) -> int:
    page = parse_document(body, _URL, kind="feed", fetched_at=datetime(2026, 11, 20, tzinfo=UTC))
    return len(page.mentions)


def compared(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Every file in which feedparser finds an item: its items, and ours."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in _LEFT_OUT):
        body = path.read_bytes()
        expected = theirs(body)
        if expected:
            yield path, expected, ours(body)


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("folders", nargs="+", type=Path)
    warnings.simplefilter("ignore")
    rows = [row for folder in asked.parse_args().folders for row in compared(folder)]
    for path, expected, read in rows:
        if read != expected:
            print(f"{path}: feedparser {expected}, ours {read}")
    same = sum(expected == read for _, expected, read in rows)
    print(f"{same} of {len(rows)} with the same number of items: {same / max(1, len(rows)):.2%}")


if __name__ == "__main__":
    main()
