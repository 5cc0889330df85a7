"""What a later reading does not bring back, as hashes keyed with the home's secret.

Only with the secret can an address or author be asked for: the table lists nobody.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.ids import PLAIN_FEED, digest, mention_id, text_hash
from data.privacy import fold
from data.store.engine.rows import Connection, insert_rows, names, read_column, read_rows
from data.types import Mention
from data.web.urls import canonical_url

_COLUMNS = names("key kind request_id added_at")
_RESTORED = "restored"


class Suppression(StrEnum):
    """The kind of what is suppressed: the same WORDS at the same address, a POST in any words, all posts of
    an AUTHOR.
    """

    WORDS = "words"
    POST = "post"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys under which a mention may be suppressed."""

    words: frozenset[str]
    others: frozenset[str]


def key(secret: bytes, kind: Suppression, *parts: str) -> str:
    """32 hex digits."""
    return hmac.new(secret, digest(kind.value, *parts).encode("ascii"), "sha256").hexdigest()[:32]


def author_key(secret: bytes, channel: str, author: str) -> str:
    """The key of somebody's posts in one kind of place: the same name elsewhere may be another’s."""
    return key(secret, Suppression.AUTHOR, channel, fold(author).removeprefix("@"))


def post_keys(secret: bytes, of: str, url: str | None, *, channel: str | None = None) -> tuple[str, ...]:
    """The keys of a post in any words: by its id (`of`) and by its address.

    Given its channel, by its address only where its id is made of that: reviews share their page's.
    """
    address = canonical_url(url) if url else None
    made = () if channel is None else (mention_id(name, address or "") for name in (channel, PLAIN_FEED))
    shared = channel is not None and of not in made
    places = (of, *((address,) if address and not shared else ()))
    return tuple(key(secret, Suppression.POST, place) for place in places)


def words_keys(secret: bytes, of: str, url: str | None, hashed: str) -> tuple[str, ...]:
    """The same of a post in these words, by their hash (`data.ids.text_hash`)."""
    places = (of, *((canonical_url(url),) if url else ()))
    return tuple(key(secret, Suppression.WORDS, place, hashed) for place in places)


def suppression_keys(secret: bytes, mention: Mention) -> Keys:
    """Return all of them, of a mention that was just read."""
    hashed = text_hash(mention.title, mention.text)
    author = [author_key(secret, mention.channel, mention.author)] if mention.author else []
    return Keys(
        frozenset(words_keys(secret, mention.id, mention.url, hashed)),
        frozenset((*post_keys(secret, mention.id, mention.url), *author)),
    )


def add_suppressions(
    con: Connection, given: Iterable[tuple[Suppression, str]], request_id: str, now: datetime
) -> None:
    """Keep these keys, each with its kind; one that is there stays."""
    rows = [(one, kind.value, request_id, now) for kind, one in given]
    insert_rows(con, "suppressions", _COLUMNS, rows, key=_COLUMNS[:1])


def put_back(con: Connection, keys: Iterable[str], now: datetime) -> None:
    """Keeps keys of the record of deletions that a restored backup does not know."""
    rows = [(one, _RESTORED, None, now) for one in sorted(keys)]
    insert_rows(con, "suppressions", _COLUMNS, rows, key=_COLUMNS[:1])


_OBJECTED = """FROM suppressions WHERE request_id = $id AND added_at NOT IN (
    SELECT added_at FROM suppressions WHERE request_id = $id AND kind = 'words')"""
"""What the objection of a request added: what is erased is kept out by its words too, at one moment."""


def keeps_out(con: Connection, request_id: str) -> bool:
    """Does an objection keep posts out for this request?"""
    return bool(read_rows(con, f"SELECT 1 {_OBJECTED} LIMIT 1", id=request_id))


def lift_suppressions(con: Connection, request_id: str) -> int:
    """Drop those that the objection of a request added, and none of what was erased; return how many there
    were.
    """
    return len(read_rows(con, f"DELETE {_OBJECTED} RETURNING key", id=request_id))


def any_kept(con: Connection) -> bool:
    """Is anything suppressed at all?"""
    return con.execute("SELECT 1 FROM suppressions LIMIT 1").fetchone() is not None


def among(con: Connection, keys: Sequence[str]) -> frozenset[str]:
    """Those of these keys that are kept."""
    return frozenset(read_column(con, "SELECT key FROM suppressions WHERE key = ANY($keys)", keys=keys))
