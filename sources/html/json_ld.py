"""The JSON-LD of a page. Damaged blocks are skipped and counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import Any, TypeAlias

from data.frozen import freeze
from sources.html.item import MOST_VALUES, Item, read_types
from sources.html.markup import absolute
from sources.html.parsers import json_in

Node: TypeAlias = dict[str, Any]
_OPENING = re.compile(r"\A(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)")
_ENDS = " \t\r\n\f\v;"
_MOST_THINGS = 10_000  # the largest real page seen has 88
_COMPARED_DEEP = 3
_NO_PROPERTIES = ("@type", "@id", "@context", "@graph")


def read_json_ld(scripts: Iterable[str], base: str) -> tuple[tuple[Item, ...], int]:
    """The top-level items, in document order, and how many scripts could not be read."""
    things, blocks = 0, []  # None for a script that cannot be read, or where the page holds too much
    for text in scripts:
        things += text.count("{")
        blocks.append(json_in(_unwrap_json(text)) if things <= _MOST_THINGS else None)
    linked = _Linked(base)
    for node in _nodes(blocks, lambda node: node.values()):
        linked.join(node)
    listed = _nodes(blocks, lambda node: [node.get("@graph")])
    tops = [linked.item(node) for node in listed if "@type" in node or not _is_graph(node)]
    linked.fill()
    return tuple(dict.fromkeys(tops)), blocks.count(None)


def _unwrap_json(text: str) -> str:
    """The JSON without the comment or CDATA marks and semicolons some sites put around it."""
    text = _OPENING.sub("", text.strip(), count=1).rstrip(_ENDS)
    bare = text.removesuffix("-->").removesuffix("]]>")
    return text if bare == text else bare.rstrip(_ENDS).removesuffix("//").rstrip(_ENDS)


def _nodes(block: Any, within: Callable[[Node], Iterable[Any]]) -> Iterator[Node]:
    """The nodes of a block, in its order; of each node what is `within` it is looked through too."""
    waiting = [block]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(reversed(part))
        elif isinstance(part, dict):
            yield part
            waiting.extend(reversed([*within(part)]))


def _is_graph(node: Node) -> bool:
    return isinstance(node.get("@graph"), list | dict)


@freeze
class _Linked:
    """A page's JSON-LD. What is said of one `@id`, in however many places, is one item (JSON-LD 1.1, “Node
    objects”); where two places deny each other they are two: some pages give one id to all reviews."""

    base: str
    named: dict[str, list[Node]] = field(default_factory=dict)
    whole: dict[int, Node] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    waiting: list[tuple[Item, Node]] = field(default_factory=list)

    def join(self, node: Node) -> None:
        """Joins a node with those of the same `@id`."""
        own = node.get("@id")
        if not isinstance(own, str) or not own:
            return
        same = self.named.setdefault(absolute(self.base, own) or own, [])
        whole = next((known for known in same[:MOST_VALUES] if _agree(known, node)), None)
        if whole is None:
            same.append(whole := {})
        whole.update(node | whole)
        self.whole[id(node)] = whole

    def item(self, node: Node) -> Item:
        """The item for a node, to be filled in."""
        whole = self.whole.get(id(node), node)
        if id(whole) not in self.items:
            own = whole.get("@id")
            item = Item(read_types(whole.get("@type")), {}, own if isinstance(own, str) else "")
            self.items[id(whole)] = item
            self.waiting.append((item, whole))
        return self.items[id(whole)]

    def fill(self) -> None:
        """Fills in the items, and those that they refer to."""
        while self.waiting:
            item, node = self.waiting.pop()
            for name, value in node.items():
                if name not in _NO_PROPERTIES:
                    values = map(self.value, _list_items(value))
                    item.properties[name] = [one for one in values if one is not None]

    def value(self, part: Any) -> Item | str | None:
        if isinstance(part, dict):
            literal = part.get("@value")
            return str(literal) if isinstance(literal, str | int | float) else self.item(part)
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
