"""What is remembered of our own troubles: a small file beside the store, which may be damaged or held."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from alerts.notices.book import Book, Notice
from data.types import Trouble

log = logging.getLogger("schoolgate.service")

NAME = "troubles.json"


class Notebook:
    """The file of one home. What could not be written is kept in memory, and written when it can be."""

    def __init__(self, home: Path) -> None:
        self.path = home / NAME
        self.book = read(home)
        self._written: Book | None = self.book if self.path.exists() else None

    def keep(self, book: Book) -> None:
        """Holds the book, and writes it where it differs from the file. Raises nothing."""
        self.book = book
        if book == self._written:
            return
        content = json.dumps(asdict(book), default=_plain, indent=1).encode()
        try:
            _write(self.path, content)
        except OSError as error:
            if not _written_over(self.path, content):
                log.warning("in=notice fault=%s: kept in memory alone", type(error).__name__)
                return
        self._written = book


def read(home: Path) -> Book:
    """The book of a home; an empty one where there is none, or none that can be read."""
    try:
        held = json.loads((home / NAME).read_text(encoding="utf-8"))
        return Book(
            waiting=_troubles(held["waiting"]),
            notices=tuple(
                Notice(_moment(n["at"]), _troubles(n["troubles"]), frozenset(n["told"]), frozenset(n["over"]))
                for n in held["notices"]
            ),
            past=_troubles(held["past"]),
            alive=_moment(held["alive"]) if held["alive"] else None,
        )
    except FileNotFoundError:
        return Book()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("in=notice fault=%s: what was remembered is left out", type(error).__name__)
        return Book()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for its owner alone."""
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _written_over(path: Path, content: bytes) -> bool:
    """Into the room that the file has already, for a full disk has no other; was it done?"""
    try:
        with path.open("r+b") as file:
            if os.fstat(file.fileno()).st_blocks * 512 < len(content):
                return False
            file.write(content)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value))


def _troubles(held: list[Mapping[str, str]]) -> tuple[Trouble, ...]:
    return tuple(
        Trouble(t["work"], _moment(t["since"]), t["why"], _moment(t["until"]) if t["until"] else None)
        for t in held
    )


def _moment(text: str) -> datetime:
    """Raises ValueError for what is not a moment with a zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found
