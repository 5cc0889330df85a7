"""What came with a post in a mail and lies in the mailbox, unopened: of which kinds, and in which mail."""

from __future__ import annotations

from collections.abc import Iterable

from data.frozen import dataclass
from data.store.engine.bulk import ValueTable, put, replace
from data.store.engine.rows import Connection
from data.types import Mention

_COLUMNS = ("mention_id", "source_id", "mail", "kinds")
KINDS = "coalesce((SELECT e.kinds FROM enclosures e WHERE e.mention_id = {}), [])"
"""The kinds, as a column of a query; in the braces is the mention's id."""


@dataclass(frozen=True, slots=True)
class Enclosures:
    """The mail of a mention: from which source, its address, and the media types of what is enclosed."""

    source_id: str
    mail: str
    kinds: tuple[str, ...]


_ENCLOSURES = ValueTable("enclosures", Enclosures, "source_id mail kinds")


def put_enclosures(con: Connection, brought: Iterable[tuple[Mention, str]]) -> None:
    """Notes what came with these mentions, each with its source; where one came again, where it lies now."""
    rows = [(m.id, source_id, m.mail, list(m.enclosed)) for m, source_id in brought if m.enclosed]
    put(con, "enclosures", _COLUMNS, rows, key=_COLUMNS[:1], update=replace(_COLUMNS[1:]))


def enclosures_of(con: Connection, mention_id: str) -> Enclosures | None:
    """What came with a mention; None where nothing did."""
    return _ENCLOSURES.first(con, "WHERE mention_id = $id", id=mention_id)
