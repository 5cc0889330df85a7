"""One thing of schema.org, as JSON-LD and microdata give it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_VALUES = 10  # looked through for a text, for what says the same, and elements that an item refers to
_NAMES_DEEP = 2  # a thing is read by its name, and that by its own; items may refer to each other in circles


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
            for value in self.properties.get(name, ())[:MOST_VALUES]:
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


def read_types(found: Any) -> frozenset[str]:
    """The names of types, without their vocabulary's address."""
    names = found if isinstance(found, list) else str(found or "").split()
    return frozenset(str(name).rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1] for name in names)
