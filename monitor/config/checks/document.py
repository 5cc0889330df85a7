"""Reading a document as it was written, before its keys are known to be well formed.

What is not of the kind expected is passed over: its key says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]


def rows(document: Document, table: str) -> Iterator[tuple[int, Document]]:
    """Position and content of each table of that name."""
    rows = document.get(table)
    for i, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            yield i, row


def table(document: Document, name: str) -> Document:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def text(row: Document, key: str) -> str:
    """The text of a key, blanks at its ends left out; "" where there is none."""
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def texts(row: Document, key: str) -> list[tuple[int, str]]:
    """Position and content of each text in a list."""
    values = row.get(key)
    found = enumerate(values if isinstance(values, list) else [])
    return [(n, value.strip()) for n, value in found if isinstance(value, str) and value.strip()]
