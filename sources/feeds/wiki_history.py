"""Feeds of a MediaWiki page's history: each entry holds the edit as a table, before and after.

From MediaWiki's source: a history feed writes styles instead of classes, so the markers before the cells
(`data-marker`, in old wikis the sign itself) show what was added; `ins` holds the words added to an
existing line. A large edit is only a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.html.dom import Element, Said, find, has_class, plain_text, take_out

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
    """Is it the address of a wiki page's history, or of its feed?"""
    return _HISTORY.search(address) is not None


def is_left_out(body: str) -> bool:
    """Does an entry link to its edit instead of showing it, because it is too large?"""
    return _TOO_LARGE.search(body) is not None


def holds_edit(tree: Element) -> bool:
    """Does an entry show an edit as a wiki does? Feeds of recent changes do so too."""
    return bool(find(tree, _TABLE))


def edited_words(tree: Element) -> Said:
    """What the edit adds, with the current lines around it as quoted; else the reason for the edit."""
    pairs = [pair for table in find(tree, _TABLE) for pair in _lines(table)]
    added = "\n".join(words for words, _ in pairs if words)
    lines = "\n".join(line for words, line in pairs if words and words != line)
    new_page = "" if added else "\n".join(map(plain_text, find(tree, "//body/div")))
    return Said(added or new_page or _reason(tree), lines, quote_first=False)


def _lines(table: Element) -> Iterator[tuple[str, str]]:
    """For each changed line on the right: the words added to it, and the whole line."""
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
