"""From bytes to text that is safe to keep: decoding, Beautiful Soup, plain text, absolute addresses.

Nothing a site sends makes these functions raise. Text comes out without markup, scripts, styles or control
characters; every address is http or https.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import islice
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, PreformattedString, Tag

from data.shipped import read_shipped
from data.types import Response
from data.web.urls import LONGEST, unescape
from sources.html.additions import is_left_out, is_preview, without_written_lines
from sources.html.parsers import parse_soup
from sources.html.sanitise import clean, count_too_long, cut_document, piece, without_bulk, without_pictures

_MOST = 20  # each is looked through to its end
_SECTION = re.compile(
    r"<(?:!--(?!-?>)|(?P<end>/(?:body|html)\b)|(?P<name>title|textarea|style|xmp|iframe|script)(?=[\s/>]))",
    re.IGNORECASE,
)
_COMMENT_END = re.compile("--!?>")
_VALUE = re.compile(r"=\s*+(?:\"([^\"<]*+<[^\"]*+)|'([^'<]*+<[^']*+))")
_TAG_BEFORE = re.compile(r"<[a-zA-Z](?:[^<>\"'=]|=(?!\s*+[\"'])|=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+\Z")
_FRAME = re.compile(r"<(/?)(?:div|article|section|table|tr|td|li|blockquote)(?=[\s/>])", re.IGNORECASE)


def close_markup(page: str) -> str:
    """Cut the page to what is read of it, with what was left open in it made words."""
    page = cut_document(page)
    places = sorted({*islice(_unclosed_sections(page), _MOST), *_unclosed_values(page)})
    ends = [*places, len(page)]
    parts = (page[at + 1 : end] for at, end in zip(places, ends[1:], strict=True))
    return "&lt;".join((page[: ends[0]], *parts))


def _unclosed_sections(page: str) -> Iterator[int]:
    """Find where a comment or raw element has no end before the next begins."""
    at = 0
    while found := _SECTION.search(page, at):
        at = found.end()
        if found["end"]:
            if all(frame[1] for frame in _FRAME.finditer(page, at)):
                return
            yield found.start()
            continue
        name = found["name"]
        end = (re.compile(f"</{name}", re.IGNORECASE) if name else _COMMENT_END).search(page, at)
        inside = page[at : end.start() if end else None]
        nested = found[0] in inside and found[0].lower() != "<script"  # which may well write another
        if (nested or end is None) and _ends_its_frame(inside):
            yield found.start()
        elif end is None:
            return
        else:
            at = end.end()


def _unclosed_values(page: str) -> Iterator[int]:
    """Find where a tag begins that has a value with no end of its own."""
    at = tried = 0
    while tried < _MOST and (found := _VALUE.search(page, at)):
        at = found.end()
        if _ends_its_frame(found[1] or found[2]):
            at, tried = found.start() + 1, tried + 1
            tag = page.rfind("<", 0, found.start())
            if tag >= 0 and _TAG_BEFORE.match(page[tag : found.start()]):
                yield tag


def _ends_its_frame(markup: str) -> bool:
    """Does an element end in it that did not begin there, and another begin after it?"""
    depth = 0
    for found in _FRAME.finditer(markup):
        if depth < 0 and not found[1]:
            return True
        depth += -1 if found[1] else 1
    return False


@cache
def _codecs() -> Mapping[str, str]:
    """The codec of each label of the web (WHATWG, Encoding Standard §4.2). A declaration that could be read
    byte by byte cannot be UTF-16: it means UTF-8, as in browsers."""
    table = read_shipped("sources.html", "encodings.txt").splitlines()
    rows = (line.partition(":") for line in table)
    return {label: codec for codec, _, labels in rows for label in labels.split()}


def codec_of(label: str) -> str | None:
    """Python's name for the encoding that the web means by a label; None for an unknown label."""
    return _codecs().get(label.strip().lower())


BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""Byte order marks and their encodings; of two that begin alike, the longer comes first."""

_NAME = r"""\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_.:\-]{1,40})"""
_HEADER = re.compile(rf"charset{_NAME}", re.IGNORECASE)
_DECLARED = re.compile(
    rf"^\s{{0,99}}<\?xml\b[^>]{{0,200}}?\bencoding{_NAME}|<meta\b[^>]{{0,400}}?\bcharset{_NAME}".encode(),
    re.IGNORECASE,
)
_HIGH = bytes(range(0x80, 0x100))

_ROWS = re.compile(rb"[\x80-\xff]+")
_FEWEST = 30  # with 10 to 24 bytes the guess is wrong for 4 of 11 scripts, with 30 or more for none
_FEWEST_KINDS = 8
_IN_ROWS = 0.6
_ROW = 3
_SAMPLE = 20_000
_GUESSED = [  # the web's encodings of non-Latin scripts
    *("euc_jp", "cp932", "gb18030", "big5hkscs", "cp949"),
    *("koi8_r", "cp1251", "iso8859_5", "cp1255", "iso8859_8", "cp1256", "cp1253", "cp874"),
]


def declared_encodings(body: bytes, content_type: str | None) -> list[str]:
    """Python's names of the encodings of the web declared for a document, best first: the header's, then its
    own. JSON is UTF-8 (RFC 8259 §8.1), whatever its posts mention. A server's “iso-8859-1” is often only its
    default, so it is ignored if the bytes are UTF-8 and not just ASCII."""
    if "json" in (content_type or "").lower() or body[:64].lstrip()[:1] in (b"{", b"["):
        return ["utf-8"]
    header = _HEADER.search(content_type or "")
    own = _DECLARED.search(body[:4096])
    labels = [header[1]] if header else []
    labels += [(own[1] or own[2]).decode("ascii")] if own else []
    codecs_ = filter(None, map(codec_of, labels))
    return [codec for codec in codecs_ if codec != "cp1252" or not _is_utf8(body)]


def decode_nearest(body: bytes, codecs_: Sequence[str]) -> tuple[str, str]:
    """Text and encoding of a document that none fits exactly: one that breaks few bytes, else a guess."""
    for codec in codecs_:
        text = body.decode(codec, "replace")
        if _fits(text, body):
            return text, codec
    codec = ("" if codecs_[:-1] else guess_encoding(body)) or "cp1252"
    return body.decode(codec, "replace"), codec


def guess_encoding(body: bytes) -> str | None:
    """Python's name of a non-Latin encoding; None if there is no reason to assume one."""
    sample = _sample(body)
    rows = _ROWS.findall(sample)
    high = sum(map(len, rows))
    in_rows = sum(len(row) for row in rows if len(row) >= _ROW)
    if high < _FEWEST or in_rows < _IN_ROWS * high or len(set(b"".join(rows))) < _FEWEST_KINDS:
        return None
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=_GUESSED, preemptive_behaviour=False).best()
    return found.encoding if found else None


def _is_utf8(body: bytes) -> bool:
    text = body.decode("utf-8", "replace")
    return len(text) < len(body) and _fits(text, body)


def _fits(text: str, body: bytes) -> bool:
    """Are only a few of the bytes above ASCII broken in this reading?"""
    broken = text.count("\ufffd")
    return not broken or broken * 10 <= (len(body) - len(body.translate(None, _HIGH)))


def _sample(body: bytes) -> bytes:
    """From the first byte above ASCII, cut where no multi-byte letter can be split."""
    first = _ROWS.search(body)
    start = first.start() if first else len(body)
    sample = body[start : start + _SAMPLE]
    if start + _SAMPLE >= len(body):
        return sample
    end = max(sample.rfind(b"<"), sample.rfind(b" "), sample.rfind(b"\n"))
    return sample[:end] if end > 0 else sample


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
    """The text of a document, without pictures written out in it, and the name of the encoding used: byte
    order mark, HTTP header, the document's own declaration (`<meta>`, `<?xml`), UTF-8, windows-1252. One that
    does not fit the bytes is skipped, unless only a few are broken (`nearest`)."""
    text, name = _decode_body(body, content_type)
    return without_pictures(text), name


def decode_answer(response: Response, most: int | None = None) -> str:
    """The text of what came, or of so many bytes of it."""
    return decode(response.body[:most], response.header("content-type"))[0]


def _decode_body(body: bytes, content_type: str | None) -> tuple[str, str]:
    for mark, name in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    names = [*declared_encodings(body, content_type), "utf-8"]
    for name in names:
        try:
            return body.decode(name), name
        except UnicodeDecodeError:
            continue
    return decode_nearest(body, names)


def shown_time(node: Tag, *selectors: str) -> str:
    """When, as an element says it: a machine-readable attribute if there is one, else what is shown."""
    found = first(node, *selectors)
    machine = (attribute(found, name) for name in _TIMES)
    return next(filter(None, machine), "") or (text_of(found) if found else "")


def left_out(response: Response) -> tuple[str, ...]:
    """Warnings if a page, or a text of it, is larger than we read; nothing otherwise, nor for JSON."""
    text = decode_answer(response)
    if text.lstrip()[:1] in ("{", "["):
        return ()
    cut, read = count_too_long(text), len(cut_document(text))
    beginnings = (f"Texts of which only the beginning was read: {cut}.",) if cut else ()
    if read == len(text):
        return beginnings
    share = max(1, 100 * read // len(text))
    return (f"The document is too large to read in full; the first {share} % was read.", *beginnings)


def oddities(response: Response) -> tuple[str, ...]:
    """Warnings that part of a document was left out, or that its encoding was guessed."""
    return (*left_out(response), *guess_of(response))


def guess_of(response: Response) -> tuple[str, ...]:
    """Warn where a document's encoding was guessed; Windows-1252 is no guess."""
    body = response.body
    marked = body.startswith(tuple(mark for mark, _ in BOMS))
    stated = marked or declared_encodings(body, response.header("content-type"))
    if stated or _fits(body.decode("utf-8", "replace"), body) or not (name := guess_encoding(body)):
        return ()
    return (f"The document does not state its encoding; {name} was guessed.",)


def soup(page: Response | str) -> BeautifulSoup:
    """The document, or the beginning of one too large, as a tree; empty if no parser accepts it."""
    return parse_soup(page if isinstance(page, str) else close_markup(without_bulk(decode_answer(page))))


def squash(text: str) -> str:
    """The text without trailing spaces, empty lines or control characters."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    text = clean(text).replace("\xa0", " ")
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def text_of(node: Tag, skipped: Set[int] = frozenset()) -> str:
    """The text a reader sees in an element: blocks on lines of their own, without scripts and forms.
    `skipped` are the ids of elements to leave out. Walks without recursion: hostile pages nest deeper than
    the stack."""
    pieces: list[str] = []
    stack: list[Tag | NavigableString | str] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Tag):
            if part is not node and (part.name in DROPPED or id(part) in skipped):
                pieces.append("\n" if part.name in _BLOCKS else "")
                continue
            if part.name in _BLOCKS:
                pieces.append("\n")
                stack.append("\n")
            stack.extend(reversed(part.contents))  # type: ignore[arg-type]
        elif not isinstance(part, Comment | PreformattedString):
            # line breaks inside a text node become spaces; those pushed by a block element stay
            pieces.append(part.replace("\n", " ") if isinstance(part, NavigableString) else part)
    return squash("".join(pieces))


def plain(html: str) -> str:
    """Plain text of a piece of HTML, or of what may be plain text already: “<he>” stays."""
    return text_of(soup(piece(keep_bracketed(html)))) if "<" in html else squash(unescape(html))


_BRACKET = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][^\s/<>]{0,60})(?P<rest>[^<>]*+)")
_ELEMENT_NAMES = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote "
    "body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog "
    "dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 "
    "head header hgroup hr html i iframe image img input ins kbd label legend li link main map mark "
    "marquee math menu meta meter nav nobr noembed noframes noscript object ol optgroup option output p "
    "param picture pre progress q rp rt ruby s samp script search section select slot small source span "
    "strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title "
    "tr track tt u ul var video wbr xmp"
)
_ELEMENTS = frozenset(_ELEMENT_NAMES.split())


def keep_bracketed(html: str) -> str:
    """HTML in which words in angle brackets are written as words: “<kick him>”, “<https://example.org>”. An
    element that HTML does not know is one if it has an end tag, a value, or ends itself."""
    ended = {found["name"].lower() for found in _BRACKET.finditer(html) if found["end"]}

    def rewrite(tag: re.Match[str]) -> str:
        name, rest = tag["name"].lower(), tag["rest"]
        if name in _ELEMENTS or name in ended:
            return tag[0]
        address = name.endswith(":") or "@" in name
        markup = not address and ("=" in rest or rest.endswith("/"))
        return tag[0] if markup else f"&lt;{tag[0][1:]}"

    return _BRACKET.sub(rewrite, html)


def own_words(node: Tag, quotes: str = "blockquote", dropped: str = "") -> tuple[str, str]:
    """The poster's own words, and what they quote or show of another page; `quotes` and `dropped` are CSS
    selectors."""
    marked = node.find_all(class_=True)
    found = [*_select(node, quotes), *(tag for tag in marked if is_preview(attribute(tag, "class")))]
    chosen = {id(tag): tag for tag in found}
    quoted = [tag for tag in chosen.values() if not any(id(outer) in chosen for outer in tag.parents)]
    gone = [*_select(node, dropped), *(tag for tag in marked if is_left_out(attribute(tag, "class")))]
    skipped = {id(tag) for tag in gone}
    text = without_written_lines(text_of(node, skipped.union(map(id, quoted))))
    return text, "\n".join(filter(None, (text_of(tag, skipped) for tag in quoted)))


def attribute(node: Tag | None, name: str) -> str:
    """An attribute's text; "" if missing."""
    return str(node.get(name, "")).strip() if node is not None else ""


def _select(node: Tag, *selectors: str) -> Iterator[Tag]:
    """The elements that match, selectors tried in order; "" finds none."""
    return (found for css in filter(None, selectors) for found in node.select(css))


def first(node: Tag, *selectors: str) -> Tag | None:
    """The first element that matches, selectors tried in order."""
    return next(_select(node, *selectors), None)


def first_text(node: Tag, *selectors: str) -> str:
    """The text of the first matching element that has any, on one line; "" if none has."""
    texts = (" ".join(text_of(found).split()) for found in _select(node, *selectors))
    return next(filter(None, texts), "")


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
    """Return the address that relative links are resolved against: `<base href>` if there is one."""
    return absolute(page_url, attribute(tree.find("base"), "href")) or page_url


def canonical_link(tree: Tag, page_url: str) -> str | None:
    """The address a page gives for itself (`rel=canonical`, `og:url`)."""
    linked = attribute(tree.select_one('link[rel~="canonical"]'), "href")
    return absolute(page_url, linked or attribute(tree.select_one('meta[property="og:url"]'), "content"))


def next_link(tree: Tag, page_url: str, *selectors: str) -> str | None:
    """The address of the next page of the list; never the page itself."""
    base = base_url(tree, page_url)
    for node in _select(tree, *selectors, 'link[rel~="next"]', 'a[rel~="next"]'):
        address = absolute(base, attribute(node, "href"))
        if address and address.split("#")[0] != page_url.split("#")[0]:
            return address
    return None
