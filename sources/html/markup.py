"""From bytes to text that is safe to keep: decoding, Beautiful Soup, plain text, absolute addresses.

Nothing a site sends makes these functions raise. Text comes out without markup, scripts, styles or control
characters; every address is http or https.
"""

from __future__ import annotations

import re
from collections.abc import Set
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, PreformattedString, Tag

from data.types import Response
from data.web.unescape import unescaped
from data.web.urls import LONGEST
from sources.html.charset import BOMS, declared, is_guessed, nearest
from sources.html.parsers import parse_soup
from sources.html.sanitise import beginning, clean, piece, too_long, without_bulk, without_pictures
from sources.html.unclosed import closed

_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")

_ABSOLUTE = re.compile(
    r"https?://[a-zA-Z0-9.-]+(?:/[a-zA-Z0-9./_~%+@:-]*)?(?:\?[a-zA-Z0-9./_~%+@:=&-]+)?(?:#[a-zA-Z0-9._~-]+)?"
)
"""An ordinary whole address, which nothing is resolved against."""

_DROPPED = (
    "script style template noscript head title iframe object embed svg math canvas audio video select "
    "textarea button input form"
)
DROPPED = frozenset(_DROPPED.split())
"""Elements whose content nobody wrote as text."""
_BLOCK_NAMES = (
    "address article aside blockquote br dd details dialog div dl dt fieldset figcaption figure footer "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul summary"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())

_TIMES = ("datetime", "content", "data-time", "data-timestamp", "data-date", "title")


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The text of a document and the name of the encoding used.

    In order of preference: byte order mark, HTTP header, the document's own declaration (`<meta>`,
    `<?xml`), UTF-8, windows-1252. JSON is UTF-8. An encoding that does not fit the bytes is skipped, unless
    only a few bytes are broken. If nothing is declared and nothing fits, the encoding is guessed
    (`sources.html.charset`). Pictures written out in it are left out.
    """
    text, name = _decoded(body, content_type)
    return without_pictures(text), name


def _decoded(body: bytes, content_type: str | None) -> tuple[str, str]:
    for mark, name in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    names = [*declared(body, content_type), "utf-8"]
    for name in names:
        try:
            return body.decode(name), name
        except UnicodeDecodeError:
            continue
    return nearest(body, names)


def shown_time(node: Tag, selector: str) -> str:
    """When, as an element says it: a machine-readable attribute if there is one, else what is shown."""
    found = first(node, selector) if selector else None
    machine = (attribute(found, name) for name in _TIMES)
    return next(filter(None, machine), "") or (text_of(found) if found else "")


def left_out(response: Response) -> tuple[str, ...]:
    """Warnings if a page, or a text of it, is larger than we read; nothing otherwise, nor for JSON."""
    text = decode(response.body, response.header("content-type"))[0]
    if text.lstrip()[:1] in ("{", "["):
        return ()
    cut, read = too_long(text), len(beginning(text))
    beginnings = (f"Texts of which only the beginning was read: {cut}.",) if cut else ()
    if read == len(text):
        return beginnings
    share = max(1, 100 * read // len(text))
    return (f"The document is too large to read in full; the first {share} % was read.", *beginnings)


def oddities(response: Response) -> tuple[str, ...]:
    """Warnings that part of a document was left out, or that its encoding was guessed."""
    return (*left_out(response), *guess_of(response))


def guess_of(response: Response) -> tuple[str, ...]:
    """A warning if a document's encoding was guessed."""
    if not is_guessed(response.body, response.header("content-type")):
        return ()
    name = decode(response.body, response.header("content-type"))[1]
    return (f"The document does not state its encoding; {name} was guessed.",)


def soup(body: bytes | str, content_type: str | None = None) -> BeautifulSoup:
    """The document, or the beginning of one too large, as a tree; empty if no parser accepts it."""
    return parse_soup(body if isinstance(body, str) else closed(without_bulk(decode(body, content_type)[0])))


def squash(text: str) -> str:
    """The text without trailing spaces, empty lines or control characters."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    text = clean(text).replace("\xa0", " ")
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def text_of(node: Tag, skipped: Set[int] = frozenset()) -> str:
    """The text a reader sees in an element: blocks on lines of their own, without scripts and forms.

    `skipped` are the ids of elements to leave out: quotes, signatures. Walks without recursion: hostile pages
    nest deeper than the stack.
    """
    pieces: list[str] = []
    stack: list[Tag | NavigableString | str] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Tag):
            if part is not node and (part.name in DROPPED or id(part) in skipped):
                pieces.append("\n" if part.name in _BLOCKS else "")
                continue
            breaks = part.name in _BLOCKS
            if breaks:
                pieces.append("\n")
                stack.append("\n")
            stack.extend(reversed(part.contents))  # type: ignore[arg-type]
        elif not isinstance(part, Comment | PreformattedString):
            # line breaks inside a text node become spaces; those pushed by a block element stay
            pieces.append(part.replace("\n", " ") if isinstance(part, NavigableString) else part)
    return squash("".join(pieces))


def plain(html: str) -> str:
    """Plain text of a piece of HTML."""
    return text_of(soup(piece(html))) if "<" in html else squash(unescaped(html))


def own_words(node: Tag, quotes: str = "blockquote", dropped: str = "") -> tuple[str, str]:
    """The poster's own words, and what they quote: `(text, quoted)`.

    `quotes` and `dropped` (signatures, buttons, related threads) are CSS selectors.
    """
    found = node.select(quotes) if quotes else []
    chosen = {id(tag) for tag in found}
    quoted = [tag for tag in found if not any(id(outer) in chosen for outer in tag.parents)]
    gone = node.select(dropped) if dropped else []
    skipped = {id(tag) for tag in gone}
    text = text_of(node, skipped.union(map(id, quoted)))
    return text, "\n".join(filter(None, (text_of(tag, skipped) for tag in quoted)))


def attribute(node: Tag | None, name: str) -> str | None:
    """An attribute's text; None if missing or empty."""
    if node is None:
        return None
    value = node.get(name)
    text = " ".join(value) if isinstance(value, list) else value
    return text.strip() or None if isinstance(text, str) else None


def first(node: Tag, *selectors: str) -> Tag | None:
    """The first element that matches, selectors tried in order."""
    return next((found for css in selectors if (found := node.select_one(css)) is not None), None)


def first_text(node: Tag, *selectors: str) -> str | None:
    """The text of the first matching element that has any, on one line."""
    for css in selectors:
        for found in node.select(css):
            text = " ".join(text_of(found).split())
            if text:
                return text
    return None


def absolute(base: str, href: str | None) -> str | None:
    """An http address resolved against its page; None for script, mail, data, broken and overlong ones."""
    if not href or len(href) > LONGEST:
        return None
    href = clean(href).strip()
    if _ABSOLUTE.fullmatch(href):
        return href
    try:
        joined = urljoin(base, href)
        parts = urlsplit(joined)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return joined.replace(" ", "%20").replace("\n", "").replace("\t", "") if good else None


def base_url(tree: Tag, page_url: str) -> str:
    """What relative links are resolved against: `<base href>` if there is one."""
    return absolute(page_url, attribute(tree.find("base"), "href")) or page_url


def canonical_link(tree: Tag, page_url: str) -> str | None:
    """The address a page gives for itself (`rel=canonical`, `og:url`)."""
    linked = attribute(tree.select_one('link[rel~="canonical"]'), "href")
    return absolute(page_url, linked or attribute(tree.select_one('meta[property="og:url"]'), "content"))


def next_link(tree: Tag, page_url: str, *selectors: str) -> str | None:
    """The address of the next page of the list; never the page itself."""
    base = base_url(tree, page_url)
    for css in (*selectors, 'link[rel~="next"]', 'a[rel~="next"]'):
        for node in tree.select(css):
            address = absolute(base, attribute(node, "href"))
            if address and address.split("#")[0] != page_url.split("#")[0]:
                return address
    return None
