"""schema.org items of a page, from JSON-LD and microdata, in one form and in document order.

Damaged JSON-LD is skipped and counted; nothing a page holds makes this raise.
"""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import BeautifulSoup

from data.frozen import freeze
from sources.html.item import Item
from sources.html.json_ld import read_json_ld
from sources.html.markup import base_url
from sources.html.microdata import read_microdata


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
    base = base_url(tree, page_url)
    scripts = (script.get_text() for script in tree.select('script[type*="ld+json"]'))
    linked, damaged = read_json_ld(scripts, base)
    return SchemaOrg((*linked, *read_microdata(tree, base)), damaged)
