"""Pages parsed by lxml, for speed: a thread of 25 posts must be read in 50 ms.

Decoding, dropped elements and white space follow `sources.html.markup`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from lxml import etree

from data.ids import squeeze
from data.types import Response
from sources.html.additions import other_stories_in, previews_in, unwritten_parts_in, without_written_lines
from sources.html.markup import DROPPED, close_markup, decode_answer, plain, squash
from sources.html.parsers import parse_html
from sources.html.sanitise import piece, without_bulk

Element: TypeAlias = etree._Element
OURS = "urn:schoolgate"
"""The namespace of attributes that we set on a page's elements; `our:` in an XPath."""
NAMESPACES = {"re": "http://exslt.org/regular-expressions", "our": OURS}

_BLOCK_NAMES = (
    "address article aside blockquote br dd details dialog div dl dt fieldset figcaption figure footer "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_WHITE = re.compile(r"\s+")


_CLASS = re.compile(r"\bclass\(([\w-]+)\)")


def plain_xpath(path: str) -> str:
    """The XPath with `class(name)`, our test for a CSS class, as libxml2 knows it."""
    return _CLASS.sub(r'contains(concat(" ",normalize-space(@class)," ")," \1 ")', path)


def document_of(response: Response) -> Element | None:
    """The response's HTML, decoded as `sources.html.markup` does; None if it holds no element."""
    return parse_html(close_markup(without_bulk(decode_answer(response))))


_WORDS_OR_STEP = re.compile(r"\"[^\"]*\"|'[^']*'|//(?=[\w*])(?![\w-]+::)")
_WORDS_OR_BRACKET = re.compile(r"\"[^\"]*\"|'[^']*'|[\[\]]")
_STEP = re.compile(r"[\w*:.-]+(?:\(\))?")
_DESCENDANT = "/descendant::"
_BY_PLACE = re.compile(r"\[\s*\d+\s*\]|\blast\(|\bposition\(")


def at_any_depth(path: str) -> str:
    """The path with `/descendant::` instead of `//`, which libxml2 evaluates once for each level, except
    before a positional test, where the two differ."""

    def step(found: re.Match[str]) -> str:
        as_it_is = found[0] != "//" or _BY_PLACE.search(_tests(path, found.end()))
        return found[0] if as_it_is else _DESCENDANT

    return _WORDS_OR_STEP.sub(step, path)


def _tests(path: str, start: int) -> str:
    """The step that begins there: its name, and the predicates in brackets after it."""
    named = _STEP.match(path, start)
    at = named.end() if named else start
    while path[at : at + 1] == "[":
        depth = 0
        for found in _WORDS_OR_BRACKET.finditer(path, at):
            depth += {"[": 1, "]": -1}.get(found[0], 0)
            at = found.end()
            if depth == 0:
                break
    return path[start:at]


def _upwards(path: str) -> str:
    """One alternative of such a path, with `B[ancestor::A[1]]` for `A//B`: libxml2 looks through all that is
    in each of nested elements `A`. `$here` is the element that is searched: an `A` around it does not
    count."""
    context, found, rest = path.partition(_DESCENDANT)
    if not found or context not in ("", ".") or path.count("[") != path.count("]"):
        return path
    within = "[count(ancestor::*|$here)=count(ancestor::*)]" if context else ""
    while rest.startswith(_DESCENDANT, len(outer := _tests(rest, 0))):
        rest = rest[len(outer) + len(_DESCENDANT) :]
        inner = _tests(rest, 0)
        rest = f"{inner}[ancestor::{outer}{within}[1]]{rest[len(inner) :]}"
    return f"{context}{_DESCENDANT}{rest}"


@lru_cache(maxsize=512)
def _compile_xpath(path: str) -> Any:
    upwards = map(_upwards, at_any_depth(plain_xpath(path)).split(" | "))
    return etree.XPath(" | ".join(upwards), namespaces=NAMESPACES)


def find(node: Element, path: str) -> list[Any]:
    """Find the matches of an XPath at `node`: elements, or strings for attributes and text; none of “”."""
    if not path:
        return []
    xpath = _compile_xpath(path)
    found = xpath(node, here=[node]) if "$here" in xpath.path else xpath(node)
    return found if isinstance(found, list) else [found]


def node_texts(node: Element, *paths: str) -> Iterator[str]:
    """The texts of the matches that have any, each on one line. Paths are tried in order."""
    matches = (one for path in paths for one in find(node, path))
    texts = (squash(one) if isinstance(one, str) else plain_text(one) for one in matches)
    return filter(None, map(squeeze, texts))


def first_node_text(node: Element, *paths: str) -> str:
    """The first of these texts; "" if there is none."""
    return next(node_texts(node, *paths), "")


def plain_text(element: Element) -> str:
    """The text a reader sees in an element: blocks on lines of their own, without scripts and forms."""
    return squash("".join(_pieces(element)))


def _pieces(element: Element) -> Iterator[str]:
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    preformatted = 0
    for event, node in walk:
        if event == "start":
            if node.tag in DROPPED and node is not element:
                walk.skip_subtree()
            else:
                preformatted += node.tag == "pre"
                yield "\n" if node.tag in _BLOCKS else ""
                yield _run(node.text, preformatted)
            continue
        if event == "end":
            preformatted -= node.tag == "pre"
            yield "\n" if node.tag in _BLOCKS else " " * (node.tag in ("td", "th"))
        if node is not element:
            yield _run(node.tail, preformatted)


def _run(text: str | None, preformatted: int) -> str:
    return _WHITE.sub(" ", text) if text and not preformatted else text or ""


def take_out(element: Element) -> None:
    """Removes an element from its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    tail = "\n" + (element.tail or "")
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)


class Said(NamedTuple):
    """A post's own words, what it quotes, and whether it begins with a quote."""

    text: str
    quoted: str
    quote_first: bool


NOTHING_SAID = Said("", "", False)


def part_quotes(markup: str, quotes: str) -> Said:
    """Part the text of a piece of markup from its quotes; nothing where it holds no element."""
    body = parse_html(piece(markup))
    return split_quotes(body, quotes, "") if body is not None else NOTHING_SAID


_PICTURES = """.//*[(self::figcaption and not(ancestor::figcaption))
    or ((self::img or self::figure) and (@alt or @title or @aria-label))
    or (@aria-label and (self::svg or (@role='img' and not(normalize-space())))
        and not(ancestor::a or ancestor::button))]
    [not(contains(@class, 'emoji') or contains(@class, 'smil') or contains(@class, 'avatar'))]"""
_MOST_PICTURES, _FEWEST_WORDS, _LONGEST = 100, 3, 2_000


def picture_descriptions(body: Element) -> Iterator[tuple[Element, str]]:
    """List the descriptions of a page's pictures, each with its picture: readers hear it."""
    for picture in find(body, _PICTURES)[:_MOST_PICTURES]:
        caption = picture.tag == "figcaption"
        said = [plain_text(picture)] if caption else map(picture.get, ("alt", "title", "aria-label"))
        yield from ((picture, words or "") for words in said)


def with_pictures(text: str, title: str, said: Iterable[str]) -> str:
    """Add, on lines of their own, what is `said` of its pictures beyond the text and the title."""
    known = ""
    for each in said:
        words, known = squeeze(each)[:_LONGEST], known or squeeze(f"{plain(title)} {text}").casefold()
        if len(_LETTERS.findall(words)) >= _FEWEST_WORDS and words.casefold() not in known:
            text, known = f"{text}\n[Picture] {words}".strip(), f"{known} {words.casefold()}"
    return text


_LETTERS = re.compile(r"[^\W\d_]{2,}")


def split_quotes(body: Element, quotes: str, drop: str, title: str = "") -> Said:
    """Separates a post's own words from what it quotes, and from what programs add to it; changes `body`.
    `drop` finds what is neither (signatures, buttons). Of nested quotes, the outermost is taken. What
    describes a picture beyond `title` is said too."""
    for element in (*find(body, drop), *unwritten_parts_in(body)):
        take_out(element)
    taken: dict[Element, None] = {}
    for element in (*find(body, quotes), *previews_in(body), *other_stories_in(body)):
        if element is not body and not any(above in taken for above in element.iterancestors()):
            taken[element] = None
    shown = plain_text(body) if taken else ""
    for element in taken:
        take_out(element)
    quoted = [words for words in map(plain_text, taken) if words]
    first = bool(quoted) and shown.lstrip().startswith(quoted[0][:40])
    own = without_written_lines(plain_text(body))
    text = with_pictures(own, title, (words for _, words in picture_descriptions(body)))
    return Said(text, "\n".join(quoted), first)


_CELLS = _BLOCKS | {"td", "th"}
_LOUD = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))
_BOLD = re.compile(r"font-weight:\s*(?:bold|[6-9]00)")


def boxed_lines(body: Element) -> Iterator[tuple[str, tuple[Element, ...], str]]:
    """The lines of `plain_text`, each cell's apart, the boxes around each, from the outermost, and as much of
    it as does not stand out in bold, or as a heading."""
    boxes, run, quiet, loud = [body], list[str](), list[str](), 0
    walk = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        opens, named = event == "start", isinstance(node.tag, str)
        dropped = named and node.tag in DROPPED and node is not body
        box = named and node.tag in _CELLS and node is not body and not dropped
        if box:
            if said := squash("".join(run)):
                yield said, tuple(boxes), "".join(quiet)
            run, quiet = [], []
        bold = named and bool(node.tag in _LOUD or _BOLD.search((node.get("style") or "")[:500]))
        if opens and dropped:
            walk.skip_subtree()
        elif opens:
            loud += bold
            if box:
                boxes.append(node)
            words = _WHITE.sub(" ", node.text or "")
            run.append(words)
            quiet += [] if loud else [words]
        if event == "end" and not dropped:
            loud -= bold
            if box:
                boxes.pop()
        if event != "start" and node is not body:
            words = _WHITE.sub(" ", node.tail or "")
            run.append(words)
            quiet += [] if loud else [words]
    if said := squash("".join(run)):
        yield said, tuple(boxes), "".join(quiet)
