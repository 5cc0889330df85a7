"""What a feed holds, in one form for XML and JSON feeds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item as its feed gives it, with unresolved addresses and markup.

    `title` and `body` may hold HTML. `times` and `edits` are as in the document, best first. `outlet` is the
    newspaper that a search feed names with the item; `parent` is what it replies to.
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
        """True if nothing is known about the item, as for an `<item/>` nested in the real one."""
        return not (self.times or any(map(str.strip, (self.title, self.body, self.link, self.id))))


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed as read. `addresses` are its own, as it states them; `format` is "" if it is not a feed."""

    format: str
    title: str = ""
    addresses: tuple[str, ...] = ()
    entries: tuple[FeedEntry, ...] = ()
    next: str = ""
    warnings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def named_once(*addresses: str) -> tuple[str, ...]:
    """The addresses that are not empty, each once, in order."""
    return tuple(dict.fromkeys(filter(None, addresses)))
