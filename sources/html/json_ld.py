"""The JSON-LD of a page. Damaged blocks are skipped and counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Any

from bs4 import BeautifulSoup

from data.frozen import freeze
from sources.html.item import MAX_DEPTH, MOST_VALUES, Item, read_types
from sources.html.markup import absolute
from sources.html.parsers import json_in

_OPENING = re.compile(r"\A(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)")
_ENDS = " \t\r\n\f\v;"
_MOST_THINGS = 10_000  # the largest real page seen has 88
_COMPARED_DEEP = 3


def read_json_ld(tree: BeautifulSoup, base: str) -> tuple[list[Item], int]:
    """The top-level items, in document order, and how many blocks could not be read."""
    things, blocks = 0, []  # None for a script that cannot be read, or where the page holds too much
    for script in tree.select('script[type*="ld+json"]'):
        text = script.get_text()
        things += text.count("{")
        blocks.append(json_in(_unwrap_json(text)) if things <= _MOST_THINGS else None)
    linked = _Linked(base)
    for block in blocks:
        linked.gather(block)
    tops = (linked.top(node) for block in blocks for node in _nodes(block))
    return list(dict.fromkeys(tops)), blocks.count(None)


def _unwrap_json(text: str) -> str:
    """The JSON without the comment or CDATA marks and semicolons some sites put around it."""
    text = _OPENING.sub("", text.strip(), count=1).rstrip(_ENDS)
    bare = text.removesuffix("-->").removesuffix("]]>")
    return text if bare == text else bare.rstrip(_ENDS).removesuffix("//").rstrip(_ENDS)


def _nodes(block: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The top-level things of a block: itself, its list, its `@graph`."""
    if isinstance(block, list) and depth < MAX_DEPTH:
        for part in block:
            yield from _nodes(part, depth + 1)
    elif isinstance(block, dict):
        graph = block.get("@graph")
        if "@type" in block or not isinstance(graph, list | dict):
            yield block
        if isinstance(graph, list | dict) and depth < MAX_DEPTH:
            yield from _nodes(graph, depth + 1)


@freeze
class _Linked:
    """A page's JSON-LD. What is said of one `@id`, in however many places, is one item (JSON-LD 1.1, “Node
    objects”); where two places deny each other they are two: some pages give one id to all reviews."""

    base: str
    named: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    whole: dict[int, dict[str, Any]] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)

    def gather(self, block: Any) -> None:
        """Joins the nodes of a block, at any depth, with those of the same `@id`."""
        parts = [block]
        while parts:
            part = parts.pop()
            if isinstance(part, dict):
                self.join(part)
                parts.extend(reversed(part.values()))
            elif isinstance(part, list):
                parts.extend(reversed(part))

    def join(self, node: dict[str, Any]) -> None:
        own = node.get("@id")
        if not isinstance(own, str) or not own:
            return
        same = self.named.setdefault(absolute(self.base, own) or own, [])
        whole = next((known for known in same[:MOST_VALUES] if _agree(known, node)), None)
        if whole is None:
            same.append(whole := {})
        self.whole[id(node)] = whole
        for name, value in node.items():
            whole.setdefault(name, value)

    def top(self, node: dict[str, Any]) -> Item:
        """A top-level node with everything it refers to."""
        item = self.item(node, 0)
        while self.waiting:
            whole = self.waiting.pop()
            self.fill(self.items[id(whole)], whole, 0)
        return item

    def item(self, node: dict[str, Any], depth: int) -> Item:
        """The item for a node; one with an `@id` is filled in later, so that no chain is too long."""
        whole = self.whole.get(id(node), node)
        item = self.items.get(id(whole))
        if item is None:
            own = whole.get("@id")
            item = Item(read_types(whole.get("@type")), {}, own if isinstance(own, str) else "")
            self.items[id(whole)] = item
            if id(node) in self.whole:
                self.waiting.append(whole)
            else:
                self.fill(item, node, depth)
        return item

    def fill(self, item: Item, node: dict[str, Any], depth: int) -> None:
        for name, value in node.items():
            if name not in ("@type", "@id", "@context", "@graph") and depth < MAX_DEPTH:
                found = [self.value(part, depth + 1) for part in _list_items(value)]
                item.properties[name] = [part for part in found if part is not None]

    def value(self, part: Any, depth: int) -> Item | str | None:
        if isinstance(part, dict):
            literal = part.get("@value")
            return str(literal) if isinstance(literal, str | int | float) else self.item(part, depth)
        return str(part) if isinstance(part, str | int | float) and not isinstance(part, bool) else None


def _agree(one: Any, other: Any, name: str = "", depth: int = 0) -> bool:
    """Does neither of two values deny the other? What only one of them says does not."""
    if depth > _COMPARED_DEEP:
        return True
    if name == "@type":
        return bool(read_types(one) & read_types(other))
    if isinstance(one, dict) and isinstance(other, dict):
        shared = (one.keys() & other.keys()) - {"@context", "" if depth else "@id"}
        return all(_agree(one[each], other[each], each, depth + 1) for each in shared)
    if isinstance(one, list) and isinstance(other, list):
        return all(_agree(*both, depth=depth + 1) for both in zip(one, other, strict=False))
    return bool(one == other)


def _list_items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = next((value[name] for name in ("@list", "@set") if name in value), value)
    return value if isinstance(value, list) else [value]
