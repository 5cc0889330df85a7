"""Where on a page a post's words stand, who is shown as their author, and when it says that they were posted.

Compared are letters and digits alone: how a page breaks lines, and its quotation marks, make no difference.
`worker` finds the same place in the browser's own tree, by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from data.ids import squeeze
from data.types import Response
from sources.dom import Element, document_of, plain_text
from sources.markup import decode

ROOM = 200
"""Letters around the words that still belong to the post: its author, its time, the buttons below it."""

SPREAD = 4000
"""Letters that may stand between the lines of a post, such as a quote; with more it is not one place."""

_UNREAD = frozenset(("script", "style", "template", "head", "title"))
_LONGEST_TIME = 60
_DATED = re.compile(r"\b(date|time|posted|published|when)\b")
_A_FACE = re.compile(r"avatar|profile|userpic|user-?photo|member-?photo")
_TIME_SAID = re.compile(r"\d|\b(now|today|yesterday|ddoe|heddiw)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: `found` the words; `author` and `posted` as they stand there, "" where not found.

    `text` are the words as shown there. `pictures` are the addresses, as written, of those within the post
    without its author's face.
    """

    found: bool
    text: str = ""
    author: str = ""
    posted: str = ""
    pictures: tuple[str, ...] = ()


def letters(text: str) -> str:
    """Letters and digits alone, small, in their compatible form (NFKC)."""
    return "".join(c for c in normalize("NFKC", text) if c.isalnum()).lower()


def lines(text: str) -> tuple[str, ...]:
    """The letters of each line of a post that has any."""
    return tuple(found for line in text.splitlines() if (found := letters(line)))


def shown(response: Response, text: str, author: str | None) -> Shown:
    """What the page shows of a post with this text by this author."""
    wanted = lines(text)
    root = document_of(response)
    if root is None:
        plain = decode(response.body, response.header("content-type"))[0]
        return Shown(bool(wanted) and _holds(letters(plain), wanted))
    found = list(_places(root, wanted)) if wanted else []
    if not found:
        return Shown(False)
    by = letters(author or "")
    place = next((p for p in found if by and by in letters(_text(_post(p, wanted)))), found[0])
    post = _post(place, wanted)
    return Shown(
        True,
        plain_text(place),
        (author or "") if by and by in letters(_text(post)) else "",
        _posted(post),
        tuple(_pictures(post)),
    )


def _holds(text: str, wanted: Sequence[str]) -> bool:
    return all(line in text for line in wanted)


def _places(node: Element, wanted: Sequence[str]) -> Iterator[Element]:
    """The innermost elements that hold all the lines, in the document's order."""
    text = letters(_text(node))
    if not _holds(text, wanted):
        return
    within = [child for child in node if _read(child) and _holds(letters(_text(child)), wanted)]
    for child in within:
        yield from _places(child, wanted)
    if not within and len(text) <= len("".join(wanted)) + SPREAD:
        yield node


def _read(node: Element) -> bool:
    return isinstance(node.tag, str) and node.tag not in _UNREAD


def _post(place: Element, wanted: Sequence[str]) -> Element:
    """The outermost element around the words that holds little besides."""
    most = len(letters(_text(place))) + ROOM
    post = place
    for above in place.iterancestors():
        if len(letters(_text(above))) > most or above.tag in ("body", "html"):
            break
        post = above
    return post


def _text(node: Element) -> str:
    return "".join(_pieces(node))


def _pieces(node: Element) -> Iterator[str]:
    if node.text:
        yield node.text
    for child in node:
        if _read(child):
            yield from _pieces(child)
        if child.tail:
            yield child.tail


def _pictures(post: Element) -> Iterator[str]:
    """Pictures of the post itself: the face beside its author's name is none of them."""
    for img in post.xpath(".//img[@src]"):
        marks = [img.get("src"), img.get("alt", ""), img.get("class", ""), img.getparent().get("class", "")]
        if not img.get("src").startswith("data:") and not _A_FACE.search(" ".join(marks).lower()):
            yield img.get("src")


def _posted(post: Element) -> str:
    """The time as it is displayed: that of a `time` element, or of one whose class speaks of a date."""
    for node in post.iter():
        if not isinstance(node.tag, str):
            continue
        marked = f"{node.get('class', '')} {node.get('itemprop', '')}".replace("-", " ").replace("_", " ")
        if node.tag == "time" or _DATED.search(marked.lower()):
            said = squeeze(_text(node))
            if said and len(said) <= _LONGEST_TIME and _TIME_SAID.search(said):
                return said
    return ""
