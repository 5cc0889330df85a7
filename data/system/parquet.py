"""Reading columns of a Parquet file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from data.errors import InputError


def read_columns(path: Path, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The rows of a file in its order, as tuples of the named columns; null is None.

    Raises InputError where the file is missing, is not Parquet or lacks a column.
    """
    import duckdb  # its Python half too: relations

    names = ", ".join(f'"{column}"' for column in columns)
    try:
        return duckdb.connect().read_parquet(str(path)).project(names).fetchall()
    except duckdb.Error as fault:
        raise InputError(f"{path} cannot be read as Parquet with the columns {names}: {fault}") from None
