"""Feeds of a MediaWiki page's history: each entry holds the edit as a table, left as it was, right as it is.

Seen in the wiki's own source: a history feed writes styles in place of classes, so the marks before the
cells (`data-marker`, in old wikis the sign itself) tell what was added; `ins` are the added words of a
line that stood before. A large edit is but a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.dom import Element, Said, find, has_class, plain_text, take_out

_TABLE = f".//table[.//td[{has_class('diff-marker')}]]"
_ADDED = (
    f".//td[{has_class('diff-marker')}]"
    '[@data-marker="+" or normalize-space()="+" or a[contains(@class,"movedpara-right")]]'
)
_STOOD_BEFORE = (
    f"../td[{has_class('diff-marker')}]"
    '[@data-marker="\u2212" or @data-marker="-" or normalize-space()="\u2212" or normalize-space()="-"]'
    " | a"
)
_TOO_LARGE = re.compile(r"</p>\s*<a\b[^>]*[?&;]diff=\d[^>]*>[^<]*</a>\s*\Z")
_HISTORY = re.compile(r"[?&;]action=history\b")


def is_history(address: str) -> bool:
    """Is it the address of a wiki page's history, or of the feed of it?"""
    return _HISTORY.search(address) is not None


def is_left_out(body: str) -> bool:
    """Does an entry link to its edit, which was too large, in place of showing it?"""
    return _TOO_LARGE.search(body) is not None


def holds_edit(tree: Element) -> bool:
    """Does an entry show an edit as a wiki does? Its feeds of recent changes do so too."""
    return bool(find(tree, _TABLE))


def edited_words(tree: Element) -> Said:
    """What the edit adds; the lines it stands in, as they are now, as quoted. Else why it was made."""
    pairs = [pair for table in find(tree, _TABLE) for pair in _lines(table)]
    added = "\n".join(words for words, _ in pairs if words)
    lines = "\n".join(line for words, line in pairs if words and words != line)
    new_page = "" if added else "\n".join(map(plain_text, find(tree, "//body/div")))
    return Said(added or new_page or _reason(tree), lines, quote_first=False)


def _lines(table: Element) -> Iterator[tuple[str, str]]:
    """Of every line on the right that is not as before: the words added to it, and the whole of it."""
    for mark in find(table, _ADDED):
        cell = next(mark.itersiblings("td"), None)
        if cell is None:
            continue
        pieces = find(cell, ".//ins")
        line = plain_text(cell)
        if pieces:
            yield " … ".join(filter(None, map(plain_text, pieces))), line
        elif not find(mark, _STOOD_BEFORE):
            yield line, line


def _reason(tree: Element) -> str:
    for part in find(tree, f"{_TABLE} | //body/a"):
        take_out(part)
    return plain_text(tree)
