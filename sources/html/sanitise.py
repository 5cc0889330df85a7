"""Makes a document's text safe for every parser, and cuts it to the amount that is read.

Removed are characters that a tree rejects or a store cannot hold, written out or as references, and more
markup than a parser can build into a tree in a second. `parsers` sends all text through here: whole
documents, and the pieces of markup within them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from data.types import Mention

T = TypeVar("T")

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_MOST_CHARS = 4_000_000
_MOST_TAGS = 50_000  # a tree takes about 15 µs and 500 bytes for each; the largest real page seen has 6,400
_MOST_IN_PIECE = 5_000
_BARE_TAGS = re.compile(r"(?:</?[a-zA-Z][\w:-]{0,40}+\s{0,9}+/?+>[^<]*+)++")
_OUTERMOST = 100
MOST_POSTS = 5_000
"""The most posts, reviews or items read from one document; the largest real ones have a few hundred."""
_TAG = re.compile(r"<!\[CDATA\[(?:[^\]]|\](?!\]>))*+|(<(?=[a-zA-Z/!?]))")
"""Matches what opens an element, skipping CDATA sections; a bare or escaped “<” opens none."""
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^>]*+>?+")

_REFERENCES = re.compile(r"&#(?:[xX][0-9a-fA-F]++|[0-9]++);?(?:&#(?:[xX][0-9a-fA-F]++|[0-9]++);?)*+")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]++)|([0-9]++));?")
_NOTHING = "\ufeff"  # `clean` removes it; removed here, "&&#1;#2;" would be one
_LAST = 0x10FFFF
_ODD_ESCAPE = re.compile(r"\\(?:[bf]|u(?:00[01789]|d[89a-f]|f[ef]f[ef]))", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\(?:u([0-9a-fA-F]{4})|.)")

_MOST_ATTRIBUTES = 200  # per element; a tree takes the square of their number. The most seen was 44
_PICTURE = re.compile(
    r"data:image\\?/[\w.+-]{1,40}[;,](?=[^\s\"'<>()]{1000})(?:[^\s\"'<>()\\]++|\\/)++", re.IGNORECASE
)
_GAP = re.compile(r"\s{33,}")  # to search longer ones from every tag for their end takes their square
_ATTRIBUTE = (
    r"(?:[\s/]{32}|[\s/]{0,31}+[^\s/>][^\s/>=]{0,31}+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]{0,31}+)?+)?+)"
)
"""Attributes as HTML counts them; names and unquoted values over 32 characters count again."""
_REST = _ATTRIBUTE.replace(r"[^\s/>]", r"[^\s/><]")
"""What may be cut away: never where another tag may begin."""
_ELEMENT = rf"<[\w:][^\s/>]{{0,31}}+{_ATTRIBUTE}{{{_MOST_ATTRIBUTES}}}"
_FLOOD = re.compile(rf"<(?:({_ELEMENT[1:]}{_ATTRIBUTE})|[\w:][^\"'>]{{300,}}+>)")
"""Matches an element with too many attributes; or, without its group, a long one with fewer: no “<” within
it can begin a flood, and a search from each of them would take the square of its length."""
_CUT = re.compile(rf"({_ELEMENT}){_REST}*+[\s/]{{0,32}}+>?")
_JSON = re.compile("json", re.IGNORECASE)
_JSON_SCRIPT = re.compile(
    r"(<script\b(?=[^>]{0,200}?\bjson\b)[^>]{0,400}+>)(.*?)(?=</script\b|\Z)", re.IGNORECASE | re.DOTALL
)
_KEPT = range(10_000, 1_000_000)
"""Lengths worth caching: a page is parsed several times, and sanitised only for the first."""


def sanitise_document(text: str) -> str:
    """The beginning of a document, without control characters, lone surrogates and non-characters, and
    without references to them or to no character at all; two references that form one character become that.
    An element keeps its first 200 attributes."""
    return _kept(text) if len(text) in _KEPT else _made_legal(text)


def _made_legal(text: str) -> str:
    text = _GAP.sub("\n", _CONTROLS.sub("", cut_document(text)))
    if "&#" in text:
        text = _REFERENCES.sub(_rewrite_references, text)
    return _without_floods(text) if _flood(text) else text


_kept = lru_cache(maxsize=1)(_made_legal)


def sanitise_json(text: str) -> str:
    """The same for a JSON document: without control characters, or escapes that name no character."""
    text = _CONTROLS.sub("", text)
    return _ESCAPE.sub(_rewrite_escape, text) if _ODD_ESCAPE.search(text) else text


def clean(text: str) -> str:
    """The text without control characters (line ends and tabs stay), lone surrogates and non-characters."""
    if text.isprintable():
        return str(text)  # what a tree gave would keep the tree
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def without_pictures(text: str) -> str:
    """The text without the pictures written out in it (`data:`): nobody reads them, and they are long."""
    return _PICTURE.sub("", text) if "data:image" in text else text


def without_bulk(page: str) -> str:
    """A page without what one post of it may have too much of: words without end, tags by the thousand. Of a
    run of tags without attributes, in which no post begins, the words and the outermost are kept."""
    ordinary = len(page) <= LONGEST and page.count("<") <= _MOST_IN_PIECE
    return page if ordinary else _without_bulk(page)


@lru_cache(maxsize=1)
def _without_bulk(page: str) -> str:
    """A page is asked for several times, by each kind that may recognise it."""
    if count_too_long(page):
        page = "<".join(run[:LONGEST] if _is_too_long(run) else run for run in page.split("<"))
    return _BARE_TAGS.sub(_thin_run, page) if page.count("<") > _MOST_IN_PIECE else page


def count_too_long(page: str) -> int:
    """Count the texts of a page that are cut to what one post may hold, and tags as long."""
    return sum(map(_is_too_long, page.split("<"))) if len(page) > LONGEST else 0


def _is_too_long(run: str) -> bool:
    return len(run) > LONGEST and run[:6].lower() != "script"


def _thin_run(run: re.Match[str]) -> str:
    tags = run[0].split("<")
    if len(tags) < _MOST_IN_PIECE:
        return run[0]
    words = " ".join(tag.partition(">")[2] for tag in tags[_OUTERMOST:-_OUTERMOST])[:LONGEST]
    return "<".join((*tags[: _OUTERMOST - 1], tags[_OUTERMOST - 1] + words, *tags[-_OUTERMOST:]))


def cut_document(text: str) -> str:
    """Cut a document to what we read of it: 4 million characters, 50,000 tags."""
    return _with_tags(text[:_MOST_CHARS], _MOST_TAGS)


def piece(markup: str) -> str:
    """One post's markup, kept small enough to leave room for the others: after 5,000 tags, only its words."""
    head = _with_tags(markup, _MOST_IN_PIECE)
    return head + _ANY_TAG.sub(" ", markup[len(head) :])


def count_readable(pieces: Iterable[str]) -> int:
    """Count the pieces of markup that are read, from the first: as many as one document may have."""
    chars = tags = read = 0
    for each in islice(pieces, MOST_POSTS):
        chars, tags = chars + len(each), tags + 1 + sum(1 for _ in islice(_tags(each), _MOST_IN_PIECE))
        if chars > _MOST_CHARS or tags > _MOST_TAGS:
            break
        read += 1
    return read


def first_read(
    items: Sequence[T], markup: Callable[[T], str], named: str, of: int = 0, *, newest_last: bool = False
) -> tuple[list[T], tuple[str, ...]]:
    """The items that fit the limits of one document, nine from the beginning for each from the end, or the
    other way round where the newest stand last, and a warning if there are more. `of` is how many there were,
    if some were left out before."""
    count = len(items)
    order = list(dict.fromkeys((*range(min(count, MOST_POSTS)), *range(max(0, count - MOST_POSTS), count))))
    first, last = (9, 1) if newest_last else (1, 9)
    order.sort(key=lambda n: min(first * n, last * (count - 1 - n)))
    read = count_readable(markup(items[n]) for n in order)
    warning = f"Too much to read in full: {read} of {of or count} {named} were read."
    return [items[n] for n in sorted(order[:read])], (warning,) if read < (of or count) else ()


def _with_tags(text: str, most: int) -> str:
    if text.count("<") <= most:
        return text
    beyond = next(islice(_tags(text), most, None), None)
    return text[: beyond.start()] if beyond else text


def _tags(text: str) -> Iterator[re.Match[str]]:
    return (found for found in _TAG.finditer(text) if found[1])


def _rewrite_references(run: re.Match[str]) -> str:
    """A run of references: unchanged, or rewritten if one of them names no character."""
    codes = [_code(found) for found in _REFERENCE.finditer(run[0])]
    if all(map(_may_stay, codes)):
        return run[0]
    # UTF-16 joins two surrogates into one character; a lone one is dropped
    units = b"".join(_units(code) for code in codes)
    return "".join(f"&#{ord(found)};" for found in units.decode("utf-16-le", "ignore")) or _NOTHING


def _rewrite_escape(escape: re.Match[str]) -> str:
    gone = _CONTROLS.match(chr(int(escape[1], 16))) if escape[1] else escape[0] in (r"\b", r"\f")
    return "" if gone else escape[0]


def _units(code: int) -> bytes:
    if 0x80 <= code < 0xA0:
        return bytes([code]).decode("cp1252", "ignore").encode("utf-16-le")
    surrogate = 0xD800 <= code < 0xE000
    return chr(code).encode("utf-16-le", "surrogatepass") if surrogate or _may_stay(code) else b""


def _code(reference: re.Match[str]) -> int:
    """The character's code point; one past the last for anything larger."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip("0") or "0"
    return min(int(digits, base), _LAST + 1) if len(digits) < 9 else _LAST + 1


def _may_stay(code: int) -> bool:
    """May a reference to this code point stay? One to a C1 control means windows-1252, as HTML says."""
    return code <= _LAST and not _CONTROLS.match(chr(code))


def _without_floods(text: str) -> str:
    """The text without the attributes past the first 200 of each element. “<” in a JSON script opens none. If
    attributes still flood, the document ends there."""
    if _JSON.search(text):
        text = _JSON_SCRIPT.sub(lambda script: script[1] + script[2].replace("<", "\\u003c"), text)
    text = _CUT.sub(r"\1>", text)
    flood = _flood(text)
    return text[: flood.start()] if flood else text


def _flood(text: str) -> re.Match[str] | None:
    return next((found for found in _FLOOD.finditer(text) if found[1]), None)


LONGEST, _LONGEST_NAME = 200_000, 1_000
"""Characters of a post, and of its title or author. No platform accepts posts a third as long. Judging a post
takes memory in proportion to its length, and says when it did not read one in full."""


def clean_mention(mention: Mention) -> Mention:
    """The mention with every string from the site cleaned (`sanitise.clean`) and cut to its limit. Ids are
    ours and stay. An author with nothing left is None."""
    said = (mention.url, mention.title, mention.text, mention.quoted, mention.author or "")
    url, title, text, quoted, author = map(clean, said)
    known = title[:_LONGEST_NAME], text[:LONGEST], quoted[:LONGEST], author[:_LONGEST_NAME].strip()
    if (url, *known) == said and mention.author != "":
        return mention
    return replace(mention, url=url, title=known[0], text=known[1], quoted=known[2], author=known[3] or None)


_MOST_NESTED = 5
Node = TypeVar("Node")


def separate(
    nodes: Sequence[Node], parents: Callable[[Node], Iterable[Node]]
) -> tuple[list[Node], tuple[str, ...]]:
    """The nodes (in document order) inside fewer than five of the others, as each is read with everything
    inside it. The words of a node left out are read with the node around it. Of more than 5,000 nodes the
    first are taken, and a warning says so."""
    depth: dict[int, int] = {}
    for node in nodes[:MOST_POSTS]:
        around = next((depth[id(above)] for above in parents(node) if id(above) in depth), -1)
        depth[id(node)] = around + 1
    warning = f"Of {len(nodes)} posts or reviews on the page the first {MOST_POSTS} are read."
    kept = [node for node in nodes[:MOST_POSTS] if depth[id(node)] < _MOST_NESTED]
    return kept, (warning,) if len(nodes) > MOST_POSTS else ()
