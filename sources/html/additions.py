"""Additions of programs to what somebody wrote: previews of links, other stories, counters, signatures.

The classes and the words that show it are data: additions.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from lxml import etree

from data.ids import squeeze
from data.shipped import read_table

_TABLE = read_table("sources.html", "additions.toml")
_QUOTED = frozenset(_TABLE["classes"]["quoted"].split())
_LEFT_OUT = frozenset(_TABLE["classes"]["left_out"].split())
_LABEL = rf"\W*(?:{_TABLE['another_story']['label']})"
_BEGINS = re.compile(rf"{_LABEL}\b", re.IGNORECASE)
_ALONE = re.compile(rf"{_LABEL}\W*", re.IGNORECASE)
_WITH_HEADLINE = re.compile(rf"{_LABEL}\s*[:>»|–—-].+", re.IGNORECASE)
_FOOTER_BEGINS = re.compile(rf"\W*{_TABLE['footer']['begins']}\b", re.IGNORECASE)
_FOOTER = re.compile(_TABLE["footer"]["beside_links"], re.IGNORECASE)
_TEXTS, _BESIDE_LINKS = etree.XPath(".//text()"), etree.XPath(".//text()[not(ancestor::a)]")
_BLOCKS = frozenset(["p", "div", "li", "ul", "ol", "aside", "section", "h2", "h3", "h4", "h5", "h6"])
_MOST, _LONGEST = 100, 600
"""Places where one post or article leads to other stories, and the characters of one."""
_WRITTEN = re.compile(rf"^(?:{'|'.join(_TABLE['lines']['written'])})(?:\n|\Z)", re.IGNORECASE | re.MULTILINE)


def is_preview(classes: str) -> bool:
    """Do these classes mark words of another document, such as the preview of a link?"""
    # Outlook on the web puts “x_” before the names
    return not _QUOTED.isdisjoint(name.removeprefix("x_") for name in classes.split())


def is_left_out(classes: str) -> bool:
    """Do they mark what nobody wrote as part of the post?"""
    return not _LEFT_OUT.isdisjoint(classes.split())


def previews_in(body: Any) -> list[Any]:
    """The elements in a body, by lxml, that are previews, the outer before the inner."""
    return [one for one in body.iterdescendants("*") if is_preview(one.get("class", ""))]


def unwritten_parts_in(body: Any) -> list[Any]:
    """Those that hold what nobody wrote as part of it."""
    named = [one for one in body.iterdescendants("*") if is_left_out(one.get("class", ""))]
    return named + [one for one in _blocks_that_begin(body, _FOOTER_BEGINS) if _is_footer(one)]


def other_stories_in(body: Any) -> list[Any]:
    """Those that do no more than link to other stories: “Read more:” and a headline, or a list of them."""
    return [one for block in _blocks_that_begin(body, _BEGINS) for one in _stories_at(block)]


def _blocks_that_begin(body: Any, words: re.Pattern[str]) -> Iterator[Any]:
    """The smallest blocks within a body that hold a text which begins so."""
    for text in islice(filter(words.match, _TEXTS(body)), _MOST):
        holder = text.getparent().getparent() if text.is_tail else text.getparent()
        block = next(
            (one for one in (holder, *holder.iterancestors()) if one is body or one.tag in _BLOCKS), body
        )
        if block is not body:
            yield block


def _stories_at(block: Any) -> Sequence[Any]:
    """The block if it links to other stories, with what follows where it is a heading; else nothing."""
    words = _words(block)
    if _ALONE.fullmatch(words):
        following = block.getnext()
        links = following is not None and following.find(".//a") is not None
        return (
            (block, following) if links and _words(following) and not _words_beside_links(following) else ()
        )
    beside = _words_beside_links(block) if words else ""
    stories = _ALONE.fullmatch(beside) if beside else _WITH_HEADLINE.fullmatch(words)
    return (block,) if stories else ()


def _is_footer(block: Any) -> bool:
    return bool(_words(block) and _FOOTER.fullmatch(_words_beside_links(block)))


def _words_beside_links(element: Any) -> str:
    """The words in it that are no link, "" where those are only signs."""
    words = squeeze(" ".join(_BESIDE_LINKS(element)))
    return words if re.search(r"\w", words) else ""


def _words(element: Any) -> str:
    """The words in it, "" where they are more than such a link has."""
    pieces = [*islice(element.itertext(), _LONGEST)]
    words = squeeze("".join(pieces))
    return words if len(pieces) < _LONGEST and len(words) < _LONGEST else ""


def without_written_lines(text: str) -> str:
    """The text without the lines that a program wrote."""
    return _WRITTEN.sub("", text).strip()
