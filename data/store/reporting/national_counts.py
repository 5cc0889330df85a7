"""The week's counts of a fleet as a file to be read by others: numbers as they may be shown, nothing else.

No text, no name but an authority's, no school. A week's file is written once, and can only be read (0444).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

from data.errors import StoreError, StoreFull
from data.frozen import dataclass
from data.store.engine.damage import is_of_the_machine
from data.store.engine.duck import duckdb
from data.store.engine.parquet import copy_out, whole

_TYPES = {"schools": "BIGINT", "count": "BIGINT", "homes_left_out": "BIGINT"}


@dataclass(frozen=True, slots=True)
class NationalCount:
    """One number. `count` is None where `hidden` says why: “few”, it is below five, or “beside”, it would
    give one away that is. `schools` are those watched there; `homes_left_out` of the whole fleet could not be
    read.
    """

    week: str
    nation: str
    local_authority: str
    schools: int
    kind: str
    tone: str
    count: int | None
    hidden: str | None
    homes_left_out: int


def publish(path: Path, counts: Sequence[NationalCount]) -> bool:
    """Writes the file; False where there is one already, which stays as it is.

    Raises StoreFull where the disk is full, StoreError otherwise.
    """
    names = [one.name for one in fields(NationalCount)]
    given = dict(zip(names, map(list, zip(*map(astuple, counts), strict=True)), strict=True))
    rows = ", ".join(f"unnest(${name}::{_TYPES.get(name, 'VARCHAR')}[]) AS {name}" for name in names)
    try:
        path.parent.mkdir(exist_ok=True)
        with whole(path, 0o444, over=False) as part:
            copy_out(f"SELECT {rows}", dict(given), part)
    except (duckdb.Error, OSError) as error:
        if path.exists():
            return False
        full = StoreFull if is_of_the_machine(error) else StoreError
        raise full(f"{path} could not be written, and nothing was published: {error}") from None
    return True


def copied(path: Path, folder: Path) -> Path:
    """The same file in another folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with whole(folder / path.name, 0o444) as part:
        part.write_bytes(path.read_bytes())
    return folder / path.name
