"""Segments: what one stage hands to the next, as Parquet files, so that no crash between them loses anything.

A segment is written whole or not at all, for its owner alone (0600), and is on the disk when `write_segment`
returns. It holds the words of posts: whoever has taken it in deletes it.

Its rows are of three kinds, by which of the columns `run`, `mention` and `article` is filled; `reading`
counts the readings from 0; a last row has the seal. Lists in lists would take a third longer to write, and to
read.
"""

from __future__ import annotations

import functools
import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from hashlib import sha256
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

from data.errors import StoreDamaged, StoreError, StoreFull
from data.frozen import dataclass
from data.store.engine.damage import is_of_the_machine
from data.store.engine.duck import duckdb
from data.store.engine.parquet import connection, copy_out, whole
from data.store.engine.rows import at
from data.types import ArticleRead, Mention, SourceRun

_EPOCH, _US = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_PLAIN = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}
_SEAL = "SELECT seal FROM read_parquet(?) WHERE seal IS NOT NULL"
_T = TypeVar("_T", SourceRun, Mention, ArticleRead)
_KINDS: Mapping[str, type] = {"run": SourceRun, "mention": Mention, "article": ArticleRead}
_Lists: TypeAlias = dict[str, list[Any]]
"""By column what is kept in it: of one kind of rows, from the first to the last."""


@dataclass(frozen=True, slots=True)
class HandedReading:
    """What one asking of a place gave: its run, its mentions in the order read, and what became of the
    articles behind its headlines, by mention."""

    run: SourceRun
    mentions: tuple[Mention, ...] = ()
    articles: Mapping[str, ArticleRead] = field(default_factory=dict)


def write_segment(path: Path, readings: Sequence[HandedReading]) -> None:
    """Writes these readings as one file. Raises StoreFull where the disk is full, StoreError otherwise.

    Half a character (a lone surrogate), which no collector gives, is written as U+FFFD.
    """
    kept = _kept(readings)
    try:
        with whole(path) as part:
            try:
                _write(part, kept)
            except duckdb.InvalidInputException:
                _write(part, {kind: _stripped(columns) for kind, columns in kept.items()})
    except (duckdb.Error, OSError) as error:
        full = StoreFull if is_of_the_machine(error) else StoreError
        raise full(f"{path} could not be written, and nothing of it was kept: {_why(error)}") from None


def read_segment(path: Path) -> list[HandedReading]:
    """The readings of a segment, in their order, as they were. Raises StoreDamaged where it is none.

    A field that an older version did not know has its default.
    """
    try:
        path.open("rb").close()
        kept = {kind: _read(path, kind) for kind in _KINDS}
        if connection().execute(_SEAL, [str(path)]).fetchall() != [(_seal(kept),)]:
            raise ValueError("not as it was written")
        return _readings(kept)
    except (duckdb.Error, ValueError, TypeError, LookupError, OverflowError, OSError) as error:
        raise _unreadable(path, error) from None


def _kept(readings: Sequence[HandedReading]) -> dict[str, _Lists]:
    """By kind of row, what is kept of these."""
    return {
        "run": _lists(SourceRun, [(n, "", r.run) for n, r in enumerate(readings)]),
        "mention": _lists(Mention, [(n, "", m) for n, r in enumerate(readings) for m in r.mentions]),
        "article": _lists(
            ArticleRead, [(n, of, a) for n, r in enumerate(readings) for of, a in r.articles.items()]
        ),
    }


def _lists(cls: type, rows: Sequence[tuple[int, str, object]]) -> _Lists:
    values = [row[2] for row in rows]
    columns = {c.name: c.put(map(attrgetter(c.name), values)) for c in _columns(cls)}
    return {"reading": [row[0] for row in rows], "headline": [row[1] for row in rows], **columns}


def _readings(kept: Mapping[str, _Lists]) -> list[HandedReading]:
    runs = [run for _, _, run in _values(SourceRun, kept["run"])]
    mentions: list[list[Mention]] = [[] for _ in runs]
    articles: list[dict[str, ArticleRead]] = [{} for _ in runs]
    for reading, _, mention in _values(Mention, kept["mention"]):
        mentions[reading].append(mention)
    for reading, headline, article in _values(ArticleRead, kept["article"]):
        articles[reading][headline] = article
    found = zip(runs, mentions, articles, strict=True)
    return [HandedReading(run, tuple(said), behind) for run, said, behind in found]


def _values(cls: type[_T], kept: _Lists) -> Iterator[tuple[int, str, _T]]:
    """Which reading each is of, for which headline it stands, the value."""
    rows, plain = len(kept["reading"]), cast("type", cls)
    taken = (c.take(kept[c.name]) if c.name in kept else repeat(c.absent(), rows) for c in _columns(plain))
    return zip(kept["reading"], kept["headline"], map(cls, *taken), strict=True)


def _write(part: Path, kept: Mapping[str, _Lists]) -> None:
    given: dict[str, object] = {f"{k}_{name}": v for k, lists in kept.items() for name, v in lists.items()}
    rows = " UNION ALL BY NAME ".join([*map(_query, kept), "SELECT $seal AS seal"])
    copy_out(rows, {**given, "seal": _seal(kept)}, part)


def _query(kind: str) -> str:
    """Makes rows of the lists of one kind."""
    columns = ", ".join(f'"{c.name}" := unnest(${kind}_{c.name}::{c.sql}[])' for c in _columns(_KINDS[kind]))
    return (
        f"SELECT unnest(${kind}_reading::BIGINT[]) AS reading, "
        f"unnest(${kind}_headline::VARCHAR[]) AS headline, struct_pack({columns}) AS {kind}"
    )


def _read(path: Path, kind: str) -> _Lists:
    found = connection().execute(
        f"SELECT reading, headline, unnest({kind}) FROM read_parquet($path) WHERE {kind} IS NOT NULL",
        {"path": str(path)},
    )
    names = [name for name, *_ in found.description or ()]
    rows = found.fetchall()
    return dict(zip(names, map(list, zip(*rows, strict=True)) if rows else ([] for _ in names), strict=True))


def _seal(kept: Mapping[str, _Lists]) -> str:
    """Stands for all that is kept: a changed byte that Parquet does not notice is noticed by it."""
    return sha256(marshal.dumps(dict(kept), 2)).hexdigest()


@dataclass(frozen=True, slots=True)
class _Kept:
    """How one field is written: its type, and what makes its value of what is kept, and that of it."""

    of: Field[Any]
    sql: str
    write: Callable[[Any], object] | None = None
    read: Callable[[Any], object] | None = None

    @property
    def name(self) -> str:
        return self.of.name

    def put(self, values: Iterable[Any]) -> list[Any]:
        write = self.write
        return list(values) if write is None else [None if v is None else write(v) for v in values]

    def take(self, kept: Iterable[Any]) -> Iterable[Any]:
        read = self.read
        return kept if read is None else [None if v is None else read(v) for v in kept]

    def absent(self) -> object:
        """What it is in a file that has no such column. Raises ValueError where every file must have it."""
        if self.of.default is MISSING:
            raise ValueError(f"no column {self.name}")
        return self.of.default


@functools.cache
def _columns(cls: type) -> tuple[_Kept, ...]:
    hints = get_type_hints(cls)
    return tuple(_column(one, hints[one.name]) for one in fields(cls))


def _column(of: Field[Any], hint: Any) -> _Kept:
    kind = next((part for part in get_args(hint) if part is not type(None)), hint)
    if get_origin(hint) is tuple:
        return _Kept(of, "VARCHAR[]", list, tuple)
    if kind is datetime:
        return _Kept(of, "BIGINT", lambda when: (when - _EPOCH) // _US, at)
    if is_dataclass(kind):
        made = cast("type", kind)
        inner = _columns(made)
        packed = ", ".join(f'"{c.name}" {c.sql}' for c in inner)
        return _Kept(of, f"STRUCT({packed})", _as_row(inner), lambda kept: made(**kept))
    if issubclass(kind, Enum):
        return _Kept(of, "VARCHAR", attrgetter("value"), {one.value: one for one in kind}.__getitem__)
    return _Kept(of, _PLAIN[kind])


def _as_row(inner: Sequence[_Kept]) -> Callable[[Any], object]:
    return lambda value: {c.name: getattr(value, c.name) for c in inner}


def _stripped(columns: _Lists) -> _Lists:
    """Every text among these without half characters."""

    def whole(value: Any) -> Any:
        if isinstance(value, str):
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return list(map(whole, value)) if isinstance(value, list) else value

    return {name: whole(values) for name, values in columns.items()}


def _unreadable(path: Path, error: Exception) -> StoreError:
    """DuckDB's own message may hold words of a post, so it is not passed on."""
    if isinstance(error, OSError | duckdb.Error) and is_of_the_machine(error):
        return StoreError(f"{path} cannot be read just now: {_why(error)}")
    return StoreDamaged(
        f"{path} cannot be read as a segment: it was cut off, damaged, or is something else "
        f"({type(error).__name__}). Delete it: the places whose readings it held are asked again."
    )


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error).splitlines()[0] if is_of_the_machine(error) else type(error).__name__
