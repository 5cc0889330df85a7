"""The parsers: called nowhere else, and only on text that `sources.html.sanitise` has made safe.

Nothing a site sends makes these functions raise.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any

import feedparser
from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup
from lxml import etree, html

from sources.html.emoji import write_emoji, write_emoji_in_soup
from sources.html.sanitise import sanitise_document, sanitise_json

Record = Mapping[str, Any]
_XML_DECLARATION = re.compile(r"<\?xml\b[^>]*(?:>|$)", re.IGNORECASE)
_XML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(
    r"<(?:(?P<page>html|head|body|!doctype\s{1,9}html)|(?:[\w-]{1,40}:)?(?:rss|feed|rdf|channel|item|entry))"
    r"(?=[\s/>])",
    re.IGNORECASE,
)
_ROOT_WITHIN = 100_000
_MEMBER = re.compile(r",\s*+(\{)")
_MOST_FAILED = 50
_JSON = json.JSONDecoder(
    strict=False,
    parse_constant=lambda _: None,
    parse_int=lambda digits: int(digits) if len(digits) < 20 else None,
)
_LONG_NAME = re.compile(
    r"(<(?:[\w-]{1,40}:)?(?:author|creator|contributor|publisher|name|email|managingEditor|webMaster|category"
    r"|subject)\b[^<>]{0,300}>(?:\s{0,9}<!\[CDATA\[)?[^<\]]{500})[^<\]]*+",
    re.IGNORECASE,
)
"""A name cut to 500 characters: feedparser looks for an e-mail address in it from each of its letters."""
_OF_PICTURES = re.compile(r"<(/?)media:(?:description|text)(?=[\s/>])")
"""Feedparser takes the first for the item's own words and loses the others; of credits it gives a list."""
DESCRIBED = "described"
_EDITOR = re.compile(r"<(/?)managingEditor(?=[\s/>])", re.IGNORECASE)
"""Feedparser takes RSS's editor for the author of the whole feed."""
_GIVES_UP = (
    AssertionError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
"""Feedparser's loose parser is built on sgmllib, which stops at malformed declarations."""


def parse_html(text: str) -> Any | None:
    """The root element of a page or a piece of one, by lxml; None if it holds no element at all. What is
    nested over 256 deep stands beside the element it is in, as browsers have it from 512: to look from each
    element at all that are around it takes the product of their number and depth. A picture of an emoji is
    the emoji."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    legal = sanitise_document(text).encode("utf-8")
    try:
        root = html.document_fromstring(legal, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None
    for element in _DEEPEST(root) if legal.count(b"<") > _DEEP else ():
        _flatten(element)
    write_emoji(root)
    return root


_DEEP = 256  # the deepest real page seen has 127
_DEEPEST = etree.XPath("/*" * _DEEP)


def _flatten(element: Any) -> None:
    """Makes siblings of all that is within an element, in the document's order."""
    within: list[tuple[Any, list[str]]] = []
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if node is not element and event != "end":
            within.append((node, []))
        if within and event != "start":
            within[-1][1].append(node.tail or "")
            node.tail = None
    for node, tails in within:
        node.tail = "".join(tails)
    for node, _ in reversed(within):
        element.addnext(node)


def parse_soup(text: str) -> BeautifulSoup:
    """The same by Beautiful Soup; empty if no parser accepts it."""
    markup = _XML_DECLARATION.sub("", sanitise_document(text))
    try:
        paragraph = markup if "<" in markup else f"<p>{markup}</p>"
        tree = BeautifulSoup(paragraph, "lxml", multi_valued_attributes=None)
    except (ParserRejectedMarkup, RecursionError):
        return BeautifulSoup("", "lxml")
    write_emoji_in_soup(tree)
    return tree


def parse_xml(text: str) -> Any | None:
    """The root element of well-formed XML, else None. No entity is resolved and nothing is fetched."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(sanitise_document(text).encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def is_feed(text: str) -> bool:
    """Does it contain an element of a feed before any of a web page? Words and comments do not count."""
    start = text[:_ROOT_WITHIN]
    end = start.rfind("-->") + 3
    begins = _ROOT.search(_XML_COMMENT.sub("", start[:end]) + start[end:] if end > 2 else start)
    return begins is not None and begins["page"] is None


def parse_feed(text: str) -> Mapping[str, Any] | str:
    """A feed by feedparser, which tolerates ill-formed XML; the name of the error if it gives up.

    Its own decoding, cleaning and resolving of addresses are off: given the address, it would resolve ids
    too. What is said of pictures is among `media_credit`, with the role `DESCRIBED`."""
    role = f" role='{DESCRIBED}'"
    short = _EDITOR.sub(r"<\1webMaster", _LONG_NAME.sub(r"\1", sanitise_document(text)))
    marked = _OF_PICTURES.sub(lambda tag: f"<{tag[1]}media:credit{role * (not tag[1])}", short)
    try:
        found: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(marked.encode("utf-8")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _GIVES_UP as fault:
        return type(fault).__name__
    return found


def parse_json(text: str) -> Any:
    """Parse a JSON document. Raises only ValueError; json.JSONDecodeError if it is damaged. Control
    characters in strings are accepted; NaN and numbers of 20 digits or more become None."""
    try:
        return _JSON.decode(sanitise_json(text))
    except RecursionError:
        raise ValueError("nested too deep") from None


def json_in(text: str) -> Any:
    """Parse a JSON document; None if it is damaged."""
    try:
        return parse_json(text)
    except ValueError:
        return None


def dig(data: Any, *names: str) -> Any:
    """Find what a JSON document holds at that path of names; None where there is nothing."""
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def objects_at(data: Any, *names: str) -> list[Record]:
    """The objects of the list at that path; none where there is no list."""
    value = dig(data, *names)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def count_at(data: Any, *names: str) -> int:
    """The number at that path; 0 for anything else."""
    value = dig(data, *names)
    return value if isinstance(value, int) else 0


def text_field(data: Any, *names: str) -> str:
    """The text or the number at that path, as text; "" for anything else."""
    value = dig(data, *names)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def parse_json_members(text: str, name: str) -> list[Any]:
    """The intact objects of a list in a damaged JSON document."""
    whole = sanitise_json(text)
    opening = re.search(rf'"{name}"\s*:\s*\[\s*', whole)
    at: int | None = opening.end() if opening else None
    found, failed = [], 0
    while at is not None and failed < _MOST_FAILED:
        try:
            member, at = _JSON.raw_decode(whole, at)
            found.append(member)
        except (ValueError, RecursionError):
            failed += 1
        following = _MEMBER.search(whole, at)
        at = following.start(1) if following else None
    return found
