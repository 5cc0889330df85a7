"""schema.org items of a page, from JSON-LD and microdata, in one form and in the document's order.

Damaged JSON-LD is passed over and counted; nothing here raises on what a page holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from sources.markup import absolute, attribute, base_url, text_of

_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)?[\s;]*$")
_MAX_DEPTH = 40
_LINKS = {
    "a": "href",
    "area": "href",
    "link": "href",
    "img": "src",
    "audio": "src",
    "video": "src",
    "source": "src",
}
_VALUES = {"meta": "content", "data": "value", "meter": "value"}


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing: its types without `https://schema.org/`, its properties in order."""

    types: frozenset[str]
    properties: dict[str, list[Item | str]]
    id: str = ""

    def text(self, *names: str) -> str:
        """The first property of these names as text: a string, or the name of the thing there."""
        for name in names:
            for value in self.properties.get(name, ()):
                said = value if isinstance(value, str) else value.text("name", "@value")
                if said.strip():
                    return said.strip()
        return ""

    def items(self, *names: str) -> list[Item]:
        """All things these properties hold."""
        return [value for name in names for value in self.properties.get(name, ()) if isinstance(value, Item)]

    def named(self, suffix: str) -> bool:
        """Is one of its types this one, or one that ends with it (`UserReview` for `Review`)?"""
        return any(name.endswith(suffix) for name in self.types)


@dataclass(frozen=True, slots=True)
class SchemaOrg:
    """What a page declares: top-level items, and how many blocks could not be read."""

    items: tuple[Item, ...]
    damaged: int = 0

    def walk(self) -> Iterator[Item]:
        """Every item, outer before inner."""
        return _walk(self.items, 0)


def _walk(items: Iterable[Item], depth: int) -> Iterator[Item]:
    for item in items:
        yield item
        if depth < _MAX_DEPTH:
            inner = (
                value for values in item.properties.values() for value in values if isinstance(value, Item)
            )
            yield from _walk(inner, depth + 1)


def schema_org(tree: BeautifulSoup, page_url: str) -> SchemaOrg:
    """JSON-LD first, then microdata."""
    blocks = [_loaded(script.get_text()) for script in tree.select('script[type*="ld+json"]')]
    nodes = [node for block in blocks if block is not None for node in _nodes(block)]
    index = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    linked = tuple(_from_json(node, index, 0, frozenset()) for node in nodes)
    return SchemaOrg(linked + tuple(_microdata(tree, page_url)), damaged=blocks.count(None))


# ------------------------------------------------------------------------------- JSON-LD


def _loaded(text: str) -> Any:
    """The JSON of a script element; None where it cannot be read."""
    try:
        return json.loads(_WRAPPING.sub("", text), strict=False)
    except (ValueError, RecursionError):
        return None


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


def _from_json(
    node: dict[str, Any], index: dict[str, dict[str, Any]], depth: int, within: frozenset[str]
) -> Item:
    """One node; a bare reference (`{"@id": …}`) becomes what it refers to, never in a circle."""
    own = node.get("@id")
    if isinstance(own, str) and len(node) == 1 and own in index and own not in within:
        node = index[own]
    within = within | {own} if isinstance(own, str) else within
    properties: dict[str, list[Item | str]] = {}
    for name, value in node.items():
        if name not in ("@type", "@id", "@context", "@graph") and depth < _MAX_DEPTH:
            found = [_value(part, index, depth + 1, within) for part in _listed(value)]
            properties[name] = [part for part in found if part is not None]
    return Item(_types(node.get("@type")), properties, own if isinstance(own, str) else "")


def _listed(value: Any) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("@list"), list):
        return list(value["@list"])
    return value if isinstance(value, list) else [value]


def _value(
    part: Any, index: dict[str, dict[str, Any]], depth: int, within: frozenset[str]
) -> Item | str | None:
    if isinstance(part, dict):
        literal = part.get("@value")
        return (
            str(literal) if isinstance(literal, str | int | float) else _from_json(part, index, depth, within)
        )
    return str(part) if isinstance(part, str | int | float) and not isinstance(part, bool) else None


def _types(found: Any) -> frozenset[str]:
    names = found if isinstance(found, list) else str(found or "").split()
    return frozenset(str(name).rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1] for name in names)


# ----------------------------------------------------------------------------- microdata


def _microdata(tree: BeautifulSoup, page_url: str) -> Iterator[Item]:
    """Top-level items: those that are no property of another."""
    base = base_url(tree, page_url)
    for node in tree.select("[itemscope]"):
        if not node.has_attr("itemprop") or node.find_parent(attrs={"itemscope": True}) is None:
            yield _from_node(node, base, 0)


def _from_node(node: Tag, base: str, depth: int) -> Item:
    properties: dict[str, list[Item | str]] = {}
    for prop in _properties(node) if depth < _MAX_DEPTH else ():
        value = _from_node(prop, base, depth + 1) if prop.has_attr("itemscope") else _written(prop, base)
        for name in (attribute(prop, "itemprop") or "").split():
            properties.setdefault(name, []).append(value)
    return Item(
        _types((attribute(node, "itemtype") or "").split()), properties, attribute(node, "itemid") or ""
    )


def _properties(node: Tag) -> Iterator[Tag]:
    """The elements with `itemprop` that belong to this item and not to one inside it."""
    waiting: list[Any] = list(reversed(node.contents))
    while waiting:
        part = waiting.pop()
        if isinstance(part, Tag):
            if part.has_attr("itemprop"):
                yield part
            if not part.has_attr("itemscope"):
                waiting.extend(reversed(part.contents))


def _written(node: Tag, base: str) -> str:
    """A property's value, where HTML says it stands."""
    if node.has_attr("content"):
        return attribute(node, "content") or ""
    if node.name in _LINKS:
        return absolute(base, attribute(node, _LINKS[node.name])) or ""
    if node.name in _VALUES:
        return attribute(node, _VALUES[node.name]) or ""
    if node.name == "time" and node.has_attr("datetime"):
        return attribute(node, "datetime") or ""
    return text_of(node)
