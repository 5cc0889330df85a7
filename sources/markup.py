"""From bytes to text that is safe to keep: decoding, soup, plain text, absolute addresses.

Nothing here raises on what a site sends. Text comes out without markup, scripts, styles or control
characters; every address is http or https.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, PreformattedString, Tag
from bs4.exceptions import ParserRejectedMarkup

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:\-]+)""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:\-]+)""", re.IGNORECASE)
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_XML_DECLARATION = re.compile(r"<\?xml\b[^>]*(?:>|$)", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")

_DROPPED = (
    "script style template noscript head title iframe object embed svg math canvas audio video select "
    "textarea button input form"
)
DROPPED = frozenset(_DROPPED.split())
"""Elements whose content is no one's words."""
_BLOCK_NAMES = (
    "address article aside blockquote br dd details dialog div dl dt fieldset figcaption figure footer "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul summary"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The text of a document and the name of the encoding that gave it.

    Believed in this order: byte order mark, the document's own declaration, the header, UTF-8,
    windows-1252. A declaration that does not fit the bytes is passed over; what fits nothing is read
    as windows-1252 with replacement characters.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    for name in _candidates(body, content_type):
        try:
            return body.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    return _mostly(body)


def _candidates(body: bytes, content_type: str | None) -> Iterator[str]:
    declared = _CHARSET.search(body[:4096])
    if declared:
        yield _text_codec(declared[1].decode("ascii"))
    header = _HEADER_CHARSET.search(content_type or "")
    if header:
        yield _text_codec(header[1])
    yield "utf-8"


def _text_codec(name: str) -> str:
    """Python's name of an encoding as the web means it; UTF-8 for what is none."""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return "utf-8"
    known = _ALIASES.get(name.lower(), _ALIASES.get(info.name, info.name))
    # a declaration that could be read byte by byte is not UTF-16; codecs like "hex" give no text
    return known if not known.startswith(("utf-16", "utf-32")) and _gives_text(known) else "utf-8"


def _gives_text(name: str) -> bool:
    try:
        b"a".decode(name)
    except (LookupError, ValueError):
        return False
    return True


def _mostly(body: bytes) -> tuple[str, str]:
    """UTF-8 where a few bytes are broken, windows-1252 where most are."""
    text = body.decode("utf-8", "replace")
    high = sum(1 for byte in body if byte > 0x7F)
    if text.count("\ufffd") * 10 <= high:
        return text, "utf-8"
    return body.decode("cp1252", "replace"), "cp1252"


def soup(body: bytes | str, content_type: str | None = None) -> BeautifulSoup:
    """The document as a tree; an empty tree for what no parser accepts."""
    text = body if isinstance(body, str) else decode(body, content_type)[0]
    text = _XML_DECLARATION.sub("", _CONTROLS.sub("", text))
    if "<" not in text:
        text = f"<p>{text}</p>"
    try:
        return BeautifulSoup(text, "lxml")
    except (ParserRejectedMarkup, RecursionError):
        return BeautifulSoup("", "lxml")


def squash(text: str) -> str:
    """Lines without blanks at their ends, no empty line, no control character."""
    text = _CONTROLS.sub("", text.replace("\r", "\n").replace("\xa0", " "))
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def text_of(node: Tag, *, without: Iterable[Tag] = ()) -> str:
    """The words a reader sees in an element: blocks on lines of their own, scripts and forms left out.

    `without` are elements inside it whose words are not wanted (quotes, signatures).
    """
    skipped = {id(tag) for tag in without}
    pieces: list[str] = []
    _collect(node, skipped, pieces)
    return squash("".join(pieces))


def _collect(node: Tag, skipped: set[int], pieces: list[str]) -> None:
    """Walks without recursion: hostile pages nest deeper than the stack."""
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
        elif isinstance(part, Comment | PreformattedString):
            continue
        else:
            pieces.append(_inline(part))


def _inline(part: str) -> str:
    """Line ends inside a text node are blanks; those pushed by a block element are lines."""
    return part if part == "\n" and not isinstance(part, NavigableString) else part.replace("\n", " ")


def plain(html: str) -> str:
    """Plain text of a piece of HTML."""
    return text_of(soup(html)) if "<" in html else squash(unescape(html))


def own_words(node: Tag, quotes: str = "blockquote", dropped: str = "") -> tuple[str, str]:
    """The poster's own words and, apart, what they quote: `(text, quoted)`.

    `quotes` and `dropped` (signatures, buttons, related threads) are CSS selectors.
    """
    quoted = [tag for tag in node.select(quotes) if not _inside(tag, node, quotes)] if quotes else []
    gone = node.select(dropped) if dropped else []
    text = text_of(node, without=[*quoted, *gone])
    return text, "\n".join(filter(None, (text_of(tag, without=gone) for tag in quoted)))


def _inside(tag: Tag, root: Tag, selector: str) -> bool:
    """Is a quote part of another quote of the same post?"""
    outer = root.select(selector)
    parents = {id(parent) for parent in tag.parents}
    return any(id(other) in parents for other in outer)


def attribute(node: Tag | None, name: str) -> str | None:
    """An attribute's text, None where it is missing or empty."""
    if node is None:
        return None
    value = node.get(name)
    text = " ".join(value) if isinstance(value, list) else value
    return text.strip() or None if isinstance(text, str) else None


def first(node: Tag, *selectors: str) -> Tag | None:
    """The first element that matches, selectors tried in order."""
    return next((found for css in selectors if (found := node.select_one(css)) is not None), None)


def first_text(node: Tag, *selectors: str) -> str | None:
    """One line of text of the first matching element that has any."""
    for css in selectors:
        for found in node.select(css):
            text = " ".join(text_of(found).split())
            if text:
                return text
    return None


def absolute(base: str, href: str | None) -> str | None:
    """An http address resolved against its page; None for script, mail, data and broken ones."""
    if not href:
        return None
    href = _CONTROLS.sub("", href).strip()
    try:
        joined = urljoin(base, href)
        parts = urlsplit(joined)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return joined.replace(" ", "%20").replace("\n", "").replace("\t", "") if good else None


def base_url(tree: Tag, page_url: str) -> str:
    """What relative links are resolved against: `<base href>` where there is one."""
    return absolute(page_url, attribute(tree.find("base"), "href")) or page_url  # type: ignore[arg-type]


def canonical_link(tree: Tag, page_url: str) -> str | None:
    """The address a page gives as its own (`rel=canonical`, `og:url`)."""
    linked = attribute(tree.select_one('link[rel~="canonical"]'), "href")
    return absolute(page_url, linked or attribute(tree.select_one('meta[property="og:url"]'), "content"))


def next_link(tree: Tag, page_url: str, *selectors: str) -> str | None:
    """The address of the following page of the list; never the page itself."""
    base = base_url(tree, page_url)
    for css in (*selectors, 'link[rel~="next"]', 'a[rel~="next"]'):
        for node in tree.select(css):
            address = absolute(base, attribute(node, "href"))
            if address and address.split("#")[0] != page_url.split("#")[0]:
                return address
    return None
