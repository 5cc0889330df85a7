"""The microdata of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import chain, islice
from typing import cast

from bs4 import BeautifulSoup
from bs4.element import PageElement, Tag

from data.frozen import freeze
from sources.html.item import MAX_DEPTH, MOST_VALUES, Item, read_types
from sources.html.markup import absolute, attribute, text_of

_MOST_BESIDE = 200  # elements in one that items refer to
_PROPERTIES_DEEP = 8  # levels of nesting, where each one's words are part of the others'
_LINKS = dict.fromkeys(("a", "area", "link"), "href") | dict.fromkeys(
    ("img", "audio", "video", "source"), "src"
)
_VALUES = {"meta": "content", "data": "value", "meter": "value"}


def read_microdata(tree: BeautifulSoup, base: str) -> list[Item]:
    """Top-level items: those that are not a property of another."""
    refers = tree.select_one("[itemscope][itemref]")
    named = {str(node["id"]): node for node in reversed(tree.select("[id]"))} if refers else {}
    reader = _Microdata(base, named)
    return [
        cast(Item, reader.read(node))
        for node in tree.select("[itemscope]")
        if not node.has_attr("itemprop") or node.find_parent(attrs={"itemscope": True}) is None
    ]


@freeze
class _Microdata:
    """A page's microdata; each element is read once, however many items refer to it by `itemref`. `named` are
    the page's elements by id."""

    base: str
    named: dict[str, Tag]
    values: dict[int, Item | str] = field(default_factory=dict)
    read_beside: dict[str, list[Tag]] = field(default_factory=dict)

    def read(self, node: Tag, depth: int = 0) -> Item | str:
        """An item, or the value of a property."""
        known = self.values.get(id(node))
        if known is not None:
            return known
        if not node.has_attr("itemscope"):
            return self.values.setdefault(id(node), _property_value(node, self.base))
        types = read_types((attribute(node, "itemtype") or "").split())
        item = Item(types, {}, attribute(node, "itemid") or "")
        self.values[id(node)] = item
        refers = (attribute(node, "itemref") or "").split()[:MOST_VALUES]
        beside = (part for name in refers for part in self.beside(name))
        for prop in chain(_within(node.contents), beside) if depth < MAX_DEPTH else ():
            for name in (attribute(prop, "itemprop") or "").split():
                item.properties.setdefault(name, []).append(self.read(prop, depth + 1))
        return item

    def beside(self, name: str) -> list[Tag]:
        """The elements in the element of that id (HTML, 5.2.2)."""
        if name in self.named and name not in self.read_beside:
            self.read_beside[name] = list(islice(_within([self.named[name]]), _MOST_BESIDE))
        return self.read_beside.get(name, [])


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
    if node.name in _LINKS and not node.has_attr("content"):
        return absolute(base, attribute(node, _LINKS[node.name])) or ""
    dated = "datetime" if node.name == "time" and node.has_attr("datetime") else ""
    held = "content" if node.has_attr("content") else _VALUES.get(node.name, dated)
    return attribute(node, held) or "" if held else text_of(node)
