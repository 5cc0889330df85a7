"""The columns of the tables that hold posts, what was made of them, and alerts: each is named here alone.

By this list a column is created, inserted, updated, sealed, hidden, emptied and read. A new one is a line
here, with the number of its migration and its type (`since`, `kind`), and a field so named in `data.types`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from data.frozen import freeze
from data.store.engine.rows import group_pairs, names

_FIRST = "coalesce({table}.{name}, excluded.{name})"
"""What a version was first read with: another reading has it in other case or spacing at most, and where it
concerns no school it is not folded."""
_WORDS = {"moved": True, "hidden": "NULL"}
_VALUES: Mapping[str, object] = {"NULL": None, "[]": [], "0": 0}


@freeze
class StoredColumn:
    """A column. `again` is its value where the row is there already, "" to keep the old one; `once` says that
    no later reading of the same version changes it. `hidden` is its value while its post is restricted,
    `deleted` once its post's words are deleted ("": as it was). What is `moved` stands in `restricted_texts`
    while it is hidden."""

    name: str
    sealed: bool = True
    again: str = "excluded.{name}"
    once: bool = False
    moved: bool = False
    hidden: str = ""
    deleted: str = ""
    since: int = 0
    kind: str = ""


def _declare(words: str, **treatment: Any) -> Iterator[StoredColumn]:
    """Declare columns that are treated alike."""
    return (StoredColumn(name, **treatment) for name in names(words))


class StoredTable:
    """A table with its key and its other columns."""

    def __init__(self, name: str, key: str, columns: Iterable[StoredColumn]) -> None:
        self.name, self.key, self.columns = name, names(key), tuple(columns)
        self.names = (*self.key, *(c.name for c in self.columns))
        self.sealed = tuple(c.name for c in self.columns if c.sealed)
        self.moved = tuple(c.name for c in self.columns if c.moved)
        self.update = {c.name: c.again.format(table=name, name=c.name) for c in self.columns if c.again}
        self._hidden = {c.name: _VALUES[c.hidden] for c in self.columns if c.hidden}

    def row(self, of: object, own: Mapping[str, object], *, hidden: bool = False) -> list[object]:
        """A row: `own` values by column, and else the value's field of that name."""
        given = {**own, **self._hidden} if hidden else own
        return [given[c] if c in given else _plain(getattr(of, c)) for c in self.names]

    def hide_sql(self) -> str:
        """Write what an UPDATE sets where a post is restricted."""
        return ", ".join(f"{c.name} = {c.hidden}" for c in self.columns if c.hidden)

    def empty_sql(self, but: str = "") -> str:
        """Write what an UPDATE sets where a post's words are deleted, for all columns but that one."""
        return ", ".join(f"{c.name} = {c.deleted}" for c in self.columns if c.deleted and c.name != but)

    def restore_sql(self) -> str:
        """Write what an UPDATE sets from `restricted_texts` (r) where a post is restricted no more."""
        return ", ".join(f"{name} = r.{name}" for name in self.moved)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value.value if isinstance(value, Enum) else value


BITS = tuple(f"words_{n}" for n in range(8))
"""Of `mention_versions`: whole numbers of 64 bits each, by which words are found (`data.search`)."""
UNKNOWN_BITS = ", ".join(f"{column} = NULL" for column in BITS)
"""Of an UPDATE that takes some words away: it is read whole from then on."""
MENTIONS = StoredTable(
    "mentions",
    "id",
    (
        *_declare("version channel kind published edited rating parent restricted"),
        *_declare("url author", **_WORDS, deleted="NULL"),
        *_declare("first_seen", once=True, again=""),
        *_declare("text_hash fetched_at stub", sealed=False),
        *_declare("looked_at missing_at gone_at", sealed=False, again="NULL", since=42, kind="TIMESTAMPTZ"),
        *_declare(
            "retain_until",
            sealed=False,
            again="""CASE WHEN mentions.stub THEN excluded.retain_until
                ELSE greatest(mentions.retain_until, excluded.retain_until) END""",
        ),
    ),
)
VERSIONS = StoredTable(
    "mention_versions",
    "mention_id n",
    (
        *_declare("title text", **_WORDS, once=True, again=_FIRST),
        *_declare("quoted", **_WORDS),
        *_declare("article", **_WORDS, again=_FIRST),
        *_declare("fetched_at"),
        *_declare("canonical_url", **_WORDS, again=_FIRST, sealed=False),
        *_declare("minhash body_hash", again=_FIRST, sealed=False),
        *_declare("text_hash", sealed=False),
        *_declare(" ".join(BITS), hidden="0", sealed=False),
    ),
)
RESTRICTED = StoredTable(
    "restricted_texts",
    "mention_id n",
    (
        *(replace(c, moved=False, hidden="") for t in (MENTIONS, VERSIONS) for c in t.columns if c.moved),
        *_declare("reasons", again="map_concat(restricted_texts.reasons, excluded.reasons)"),
    ),
)
"""All that is hidden of a version elsewhere, with the words of its verdicts' reasons by school."""
MATCHES = StoredTable(
    "matches",
    "mention_id version urn",
    (
        *_declare("relevance score reason_codes"),
        *_declare("reason_texts", hidden="[]", deleted="[]"),
        *_declare("story_id how seen_at"),
    ),
)
VERDICTS = StoredTable(
    "verdicts",
    "mention_id version urn",
    (
        *_declare("relevance sentiment abuse about severity route look look_rank subject_person subjects"),
        *_declare("content_class restricted reason_codes"),
        *_declare("reason_texts", hidden="[]", deleted="[]"),
        *_declare("score_labels score_values model judged_at"),
        *_declare("themes", hidden="[]"),
        *_declare("history"),
        *_declare("event", hidden="NULL"),
        *_declare("endangers accuses"),
        *_declare("weighed_most", deleted="NULL"),
    ),
)
ALERTS = StoredTable(
    "alerts",
    "id",
    (
        *_declare("story_id urn first_raised_at number", again=""),
        *_declare("severity route content_class excluded reason_codes raised_at posted_at warned"),
        *_declare("restricted", again="alerts.restricted OR excluded.restricted"),
        *_declare(
            "audience",
            again="""CASE WHEN alerts.restricted AND NOT excluded.restricted THEN alerts.audience
                ELSE excluded.audience END""",
        ),
        *_declare("reason_texts", again="CASE WHEN alerts.restricted THEN [] ELSE excluded.reason_texts END"),
        *_declare("times", again="greatest(alerts.times, excluded.times)"),
        *_declare(
            "known_at", again="coalesce(excluded.known_at, alerts.known_at)", since=44, kind="TIMESTAMPTZ"
        ),
        *_declare(
            "handed_over_at handed_over_by",
            again="CASE WHEN excluded.times > alerts.times THEN NULL ELSE alerts.{name} END",
        ),
    ),
)
TABLES = (MENTIONS, VERSIONS, RESTRICTED, MATCHES, VERDICTS, ALERTS)
WITH_WORDS = frozenset(c.name for t in (MATCHES, VERDICTS) for c in t.columns if c.hidden or c.deleted)
"""Columns of what was made of a post that go with its words, or while it is restricted."""


def held_sql(name: str) -> str:
    """Write a column of a post wherever it is now: in m `mentions`, n its version or r `restricted_texts`."""
    of = "m" if name in MENTIONS.names else "n"
    return f"coalesce({of}.{name}, r.{name})" if name in RESTRICTED.names else f"{of}.{name}"


def list_additions() -> dict[int, list[str]]:
    """List the statements that add columns, by the number of their migration."""
    added = [(c.since, f"{t.name} ADD COLUMN {c.name} {c.kind}") for t in TABLES for c in t.columns]
    return group_pairs((n, f"ALTER TABLE {one}") for n, one in added if n)
