"""schema.org items of a page, from JSON-LD and microdata, in one form and in document order.

Damaged JSON-LD is skipped and counted; nothing a page holds makes this raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from data.frozen import freeze
from sources.html.markup import absolute, attribute, base_url, text_of
from sources.html.parsers import json_in

_OPENING = re.compile(r"\A(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)")
_ENDS = " \t\r\n\f\v;"
_MAX_DEPTH = 40
_MOST_THINGS = 10_000  # the largest real page seen has 88
_PROPERTIES_DEEP = 8  # levels of nesting, where each one's words are part of the others'
_MOST_VALUES = 10  # looked through for a text
_LINKS = dict.fromkeys(("a", "area", "link"), "href") | dict.fromkeys(
    ("img", "audio", "video", "source"), "src"
)
_NAMES_DEEP = 2  # a thing is read by its name, and that by its own; items may refer to each other in circles
_VALUES = {"meta": "content", "data": "value", "meter": "value"}


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing: its types without `https://schema.org/`, and its properties in order."""

    types: frozenset[str]
    properties: dict[str, list[Item | str]]
    id: str = ""

    def text(self, *names: str) -> str:
        """The first property with one of these names, as text: a string, or the name of the thing there."""
        return next(filter(None, (value.strip() for value in self._texts(names, 0))), "")

    def _texts(self, names: tuple[str, ...], depth: int) -> Iterator[str]:
        for name in names:
            for value in self.properties.get(name, ())[:_MOST_VALUES]:
                if isinstance(value, str):
                    yield value
                elif depth < _NAMES_DEEP:
                    yield from value._texts(("name", "@value"), depth + 1)

    def items(self, *names: str) -> list[Item]:
        """All things these properties hold."""
        return [value for name in names for value in self.properties.get(name, ()) if isinstance(value, Item)]

    def has_type(self, suffix: str) -> bool:
        """Is one of its types this one, or one that ends with it (`UserReview` for `Review`)?"""
        return any(name.endswith(suffix) for name in self.types)


@freeze
class SchemaOrg:
    """The declarations of a page: top-level items, and how many blocks could not be read."""

    items: tuple[Item, ...]
    damaged: int = 0

    def walk(self) -> Iterator[Item]:
        """Every item once, outer before inner."""
        seen: set[int] = set()
        waiting = list(reversed(self.items))
        while waiting:
            item = waiting.pop()
            if id(item) not in seen:
                seen.add(id(item))
                yield item
                waiting.extend(reversed(item.items(*item.properties)))


def schema_org(tree: BeautifulSoup, page_url: str) -> SchemaOrg:
    """JSON-LD first, then microdata."""
    things, blocks = 0, []  # None for a script that cannot be read, or where the page holds too much
    for script in tree.select('script[type*="ld+json"]'):
        text = script.get_text()
        things += text.count("{")
        blocks.append(json_in(_unwrap_json(text)) if things <= _MOST_THINGS else None)
    nodes = [node for block in blocks if block is not None for node in _nodes(block)]
    index = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    linked = tuple(map(_References(index).top, nodes))
    return SchemaOrg(linked + tuple(_microdata(tree, page_url)), damaged=blocks.count(None))


def _unwrap_json(text: str) -> str:
    """The JSON without the comment or CDATA marks and semicolons some sites put around it."""
    text = _OPENING.sub("", text.strip(), count=1).rstrip(_ENDS)
    bare = text.removesuffix("-->").removesuffix("]]>")
    return text if bare == text else bare.rstrip(_ENDS).removesuffix("//").rstrip(_ENDS)


def _nodes(block: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The top-level things of a block: itself, its list, its `@graph`."""
    if isinstance(block, list) and depth < _MAX_DEPTH:
        for part in block:
            yield from _nodes(part, depth + 1)
    elif isinstance(block, dict):
        graph = block.get("@graph")
        if "@type" in block or not isinstance(graph, list | dict):
            yield block
        if isinstance(graph, list | dict) and depth < _MAX_DEPTH:
            yield from _nodes(graph, depth + 1)


@freeze
class _References:
    """A page's JSON-LD nodes by `@id`; each becomes one item, however often it is referred to."""

    nodes: dict[str, dict[str, Any]]
    items: dict[str, Item] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def top(self, node: dict[str, Any]) -> Item:
        """A top-level node with everything it refers to."""
        item = self.item(node, 0)
        while self.waiting:
            own = self.waiting.pop()
            self.fill(self.items[own], self.nodes[own], 0)
        return item

    def item(self, node: dict[str, Any], depth: int) -> Item:
        """The item for a node; what an `@id` refers to is filled in later, so that no chain is too long."""
        own = node.get("@id")
        if not isinstance(own, str):
            own = ""
        known = self.nodes.get(own)
        if known is not None and (len(node) == 1 or node is known):
            if own not in self.items:
                self.items[own] = Item(_types(known.get("@type")), {}, own)
                self.waiting.append(own)
            return self.items[own]
        item = Item(_types(node.get("@type")), {}, own)
        self.fill(item, node, depth)
        return item

    def fill(self, item: Item, node: dict[str, Any], depth: int) -> None:
        for name, value in node.items():
            if name not in ("@type", "@id", "@context", "@graph") and depth < _MAX_DEPTH:
                found = [self.value(part, depth + 1) for part in _list_items(value)]
                item.properties[name] = [part for part in found if part is not None]

    def value(self, part: Any, depth: int) -> Item | str | None:
        if isinstance(part, dict):
            literal = part.get("@value")
            return str(literal) if isinstance(literal, str | int | float) else self.item(part, depth)
        return str(part) if isinstance(part, str | int | float) and not isinstance(part, bool) else None


def _list_items(value: Any) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("@list"), list):
        return list(value["@list"])
    return value if isinstance(value, list) else [value]


def _types(found: Any) -> frozenset[str]:
    names = found if isinstance(found, list) else str(found or "").split()
    return frozenset(str(name).rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1] for name in names)


def _microdata(tree: BeautifulSoup, page_url: str) -> Iterator[Item]:
    """Top-level items: those that are not a property of another."""
    base = base_url(tree, page_url)
    for node in tree.select("[itemscope]"):
        if not node.has_attr("itemprop") or node.find_parent(attrs={"itemscope": True}) is None:
            yield _from_node(node, base, 0)


def _from_node(node: Tag, base: str, depth: int) -> Item:
    properties: dict[str, list[Item | str]] = {}
    for prop in _properties(node) if depth < _MAX_DEPTH else ():
        inner = prop.has_attr("itemscope")
        value = _from_node(prop, base, depth + 1) if inner else _property_value(prop, base)
        for name in (attribute(prop, "itemprop") or "").split():
            properties.setdefault(name, []).append(value)
    types = _types((attribute(node, "itemtype") or "").split())
    return Item(types, properties, attribute(node, "itemid") or "")


def _properties(node: Tag) -> Iterator[Tag]:
    """The elements with `itemprop` that belong to this item and not to one inside it."""
    waiting = [(part, 0) for part in reversed(node.contents)]
    while waiting:
        part, above = waiting.pop()
        if isinstance(part, Tag):
            holds = part.has_attr("itemprop")
            if holds and above < _PROPERTIES_DEEP:
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
