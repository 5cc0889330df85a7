"""The microdata of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import chain, islice

from bs4 import BeautifulSoup
from bs4.element import PageElement, Tag

from data.frozen import freeze
from sources.html.item import MOST_VALUES, Item, read_types
from sources.html.markup import absolute, attribute, text_of

_TOPS = "[itemscope]:not([itemscope] [itemprop])"
"""Items that are no property of another."""
_MOST_BESIDE = 200  # elements in one that an item refers to
_PROPERTIES_DEEP = 8  # levels of nesting, where each one's words are part of the others'
_ADDRESSES = dict.fromkeys(("a", "area", "link"), "href") | dict.fromkeys(
    ("img", "audio", "video", "source"), "src"
)
_HELD_IN = {**_ADDRESSES, "data": "value", "meter": "value", "time": "datetime"}


def read_microdata(tree: BeautifulSoup, base: str) -> list[Item]:
    """The top-level items."""
    refers = tree.select_one("[itemscope][itemref]")
    named = {str(node["id"]): node for node in reversed(tree.select("[id]"))} if refers else {}
    reader = _Microdata(base, named)
    tops = [reader.read(node) for node in tree.select(_TOPS)]
    reader.fill()
    return [item for item in tops if isinstance(item, Item)]


@freeze
class _Microdata:
    """A page's microdata; each element is read once, however many items refer to it by `itemref`. `named` are
    the page's elements by id."""

    base: str
    named: dict[str, Tag]
    values: dict[int, Item | str] = field(default_factory=dict)
    waiting: list[tuple[Item, Tag]] = field(default_factory=list)
    beside: dict[str, list[Tag]] = field(default_factory=dict)

    def read(self, node: Tag) -> Item | str:
        """An item, to be filled in, or the value of a property."""
        if id(node) in self.values:
            return self.values[id(node)]
        if not node.has_attr("itemscope"):
            return self.values.setdefault(id(node), _property_value(node, self.base))
        item = Item(read_types(attribute(node, "itemtype")), {}, attribute(node, "itemid"))
        self.waiting.append((item, node))
        return self.values.setdefault(id(node), item)

    def fill(self) -> None:
        """Fills in the items, and those in them: from their own elements, and from those of the ids that they
        refer to (HTML, 5.2.2)."""
        while self.waiting:
            item, node = self.waiting.pop()
            refers = attribute(node, "itemref").split()[:MOST_VALUES]
            beside = chain.from_iterable(self.list_beside(name) for name in refers if name in self.named)
            for prop in chain(_within(node.contents), beside):
                for name in attribute(prop, "itemprop").split():
                    item.properties.setdefault(name, []).append(self.read(prop))

    def list_beside(self, name: str) -> list[Tag]:
        """List the elements in the one of that id, once for all who refer to it."""
        if name not in self.beside:
            self.beside[name] = list(islice(_within([self.named[name]]), _MOST_BESIDE))
        return self.beside[name]


def _within(parts: Sequence[PageElement]) -> Iterator[Tag]:
    """The elements that belong to this item and not to one inside it, with those inside at their edge."""
    waiting = [(part, 0) for part in reversed(parts)]
    while waiting:
        part, above = waiting.pop()
        if isinstance(part, Tag):
            holds = part.has_attr("itemprop")
            if above < _PROPERTIES_DEEP:
                yield part
            if not part.has_attr("itemscope"):
                waiting.extend((inner, above + holds) for inner in reversed(part.contents))


def _property_value(node: Tag, base: str) -> str:
    """A property's value, from the place where HTML keeps it."""
    held = "content" if node.has_attr("content") else _HELD_IN.get(node.name, "")
    if not node.has_attr(held):
        return text_of(node)
    value = attribute(node, held)
    return absolute(base, value) or "" if held in ("href", "src") else value
