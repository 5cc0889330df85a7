"""The words of an article on its page. The frame around its beginning, and the names of frames, do not decide
whether that is read."""

from __future__ import annotations

import re
from typing import Any

from data.frozen import freeze
from data.ids import squeeze
from sources.html.additions import other_stories_in, previews_in
from sources.html.dom import Element, find, first_node_text, plain_text, take_out
from sources.html.emoji import write_emoji
from sources.html.sanitise import clean, sanitise_document

FEWEST_WORDS = 25
"""With fewer it is a teaser, a caption or a notice."""
_BESIDE = """.//nav | .//footer | .//form | .//figure | .//a[string-length(normalize-space()) > 60]
    | .//*[self::aside or self::header][.//a and not(.//h1)]
    | .//*[@hidden or @aria-hidden='true' or @role='dialog' or re:test(@style, 'display: ?none')
    or re:test(concat(@class, ' ', @id), 'paywall|premium|subscriber|members', 'i')]"""
"""What is no article's beginning, leads to another, or is for those who pay."""
_DESCRIPTION = ".//meta[@name='description' or @property='og:description']/@content"
_SENTENCE = re.compile(r"(?:\S{1,99}\s){11}.*[.!?][\"”’')]*", re.DOTALL)
"""A paragraph of twelve words or more; with fewer it may be a date, a name or a caption."""
_ASKS_READERS = re.compile(
    r"\b(?:sign up|subscrib|newsletter|cookies|our partners|log in|advert|cylchlythyr)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_FEWEST_TO_COMPARE = 6
_START = 60
_MOST_FRAMES = 50


def extract_article(page: str) -> str:
    """The article's words, extracted as precisely as leaves its beginning in them; "" where there is none."""
    page = sanitise_document(page)
    tree = _parse(page)
    if tree is None:
        return ""
    opening, text = read_opening(page), _extract(tree)
    if not opening.count_lacks(text):
        return text
    plainer = [text, _extract(free_opening(page, opening))]
    plainer += [_extract(tree, precise=False) for tree in (_parse(page), free_opening(page, opening))]
    text = min(plainer, key=lambda one: (opening.count_lacks(one), opening.place_in(one)))
    lost = opening.place_in(text) < 0 and len(text.split()) >= FEWEST_WORDS
    return f"{opening.first}\n{text}" if lost else text


def _parse(page: str) -> Any:
    """The page's tree, without what it shows of other stories; None where it holds nothing."""
    import trafilatura

    tree = trafilatura.load_html(page)
    if tree is None:
        return None
    write_emoji(tree)
    for element in (*previews_in(tree), *other_stories_in(tree)):
        take_out(element)
    return tree


def _extract(tree: Any, *, precise: bool = True) -> str:
    import trafilatura

    words = trafilatura.extract(
        tree, include_comments=False, include_tables=False, favor_precision=precise, favor_recall=not precise
    )
    return clean(words or "").strip()


@freeze
class Opening:
    """`first` is the first paragraph below the headline, "" where none is known; `about` are the words of the
    page's description."""

    first: str
    about: frozenset[str]

    def place_in(self, text: str) -> int:
        """Find the first paragraph in a text; below nought if it is not there."""
        return squeeze(text).find(self.first[:_START])

    def count_lacks(self, text: str) -> int:
        """Count what a text has not: the first paragraph, and half the words of the description."""
        shared = self.about & set(_WORD.findall(text.casefold()))
        undescribed = len(self.about) >= _FEWEST_TO_COMPARE and 2 * len(shared) < len(self.about)
        return (self.place_in(text) < 0) + undescribed


def read_opening(page: str) -> Opening:
    """The beginning of the article on a page."""
    tree = _parse(page)
    about = frozenset(_WORD.findall(next(iter(find(tree, _DESCRIPTION)), "").casefold()))
    title = first_node_text(tree, ".//title")
    headlines = [squeeze(plain_text(one)) for one in find(tree, ".//h1") or find(tree, ".//h2")]
    headline = max(filter(None, headlines), key=title.__contains__, default="")
    for part in find(tree, _BESIDE):
        take_out(part)
    lines = [squeeze(line) for line in plain_text(tree).splitlines()]
    below = lines[lines.index(headline) + 1 :] if headline in lines else []
    paragraphs = (line for line in below if _SENTENCE.fullmatch(line) and not _ASKS_READERS.search(line))
    return Opening(next(paragraphs, ""), about)


def free_opening(page: str, opening: Opening) -> Any:
    """The page's tree with elements of no name and no meaning around the first paragraph. A class name that
    stood around it decides nothing elsewhere either."""
    tree = _parse(page)
    node, names = tree, set()
    for _ in range(_MOST_FRAMES):
        names.add(node.attrib.pop("class", ""))
        node.attrib.pop("id", None)
        if node.tag in ("aside", "header", "details", "blockquote"):
            node.tag = "div"
        node = next((one for one in node.iterchildren("*") if _holds(one, opening.first)), None)
        if node is None:
            break
    for one in find(tree, ".//*[@class]"):
        if one.get("class") in names:
            del one.attrib["class"]
    return tree


def _holds(node: Element, first: str) -> bool:
    return bool(first) and first in squeeze(plain_text(node))
