"""What a feed holds, whatever it was written in: the common form of XML and JSON feeds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item as its feed gives it, addresses unresolved, markup in place.

    `title` and `body` may hold HTML. `times` and `edits` stand as in the document, best first.
    `outlet` is the paper a search feed names beside the item; `parent` what it replies to.
    """

    id: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    author: str = ""
    times: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    outlet: str = ""
    parent: str = ""

    @property
    def empty(self) -> bool:
        """True for an item of which nothing is known: an `<item/>` nested in the true one."""
        return not (self.times or any(map(str.strip, (self.title, self.body, self.link, self.id))))


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed as read. `addresses` are those it gives of itself; `format` is "" for what is no feed."""

    format: str
    title: str = ""
    addresses: tuple[str, ...] = ()
    entries: tuple[FeedEntry, ...] = ()
    next: str = ""
    warnings: tuple[str, ...] = ()


def named_once(*addresses: str) -> tuple[str, ...]:
    """The addresses that are not empty, each once, in their order."""
    return tuple(dict.fromkeys(filter(None, addresses)))
