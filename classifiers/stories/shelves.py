"""Recent mentions of a school, kept so that those like a new one are found again: prints, no texts.

A print takes some 0.6 KB, so those of thousands of schools can stay in memory between readings.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.stories.fingerprints import TEXT_BYTES, TITLE_BYTES, text_part, title_part
from data.types import Sketch

CROWD = 40
"""What more mentions than this share is no clue to those that came after."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ROW = np.dtype(
    [
        ("seen", "<i8"), ("id", "<i8"), ("url", "<i8"), ("hash", "<i8"),
        ("mention", "O"), ("story", "O"), ("text", "?"), ("title", "?"),
    ]
)  # fmt: skip
_SIZES = {"text": TEXT_BYTES, "title": TITLE_BYTES}


@dataclass(frozen=True, slots=True)
class Print:
    """What folding compares of one mention: its fingerprint's parts, and when it was posted (`micros`)."""

    mention_id: str
    story_id: str
    seen: int
    text: bytes
    title: bytes


def print_of(known: Sketch) -> Print:
    """What folding compares of it."""
    text, title = text_part(known.minhash), title_part(known.minhash)
    return Print(known.mention_id, known.story_id, micros(known.seen_at), text, title)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


class Shelf:
    """One school's prints, oldest first and those of one time by id; never changed, so it may be shared.

    Ids, addresses and hashes of texts are looked for by numbers of 64 bits. A fingerprint's numbers stand one
    below the other, those of all mentions side by side: so all of them are compared with another at once.
    """

    __slots__ = ("_numbers", "_rows")

    def __init__(self, sketches: Iterable[Sketch] = ()) -> None:
        known = sorted(sketches, key=lambda one: (one.seen_at, one.mention_id))
        parts = {
            "text": [_whole(text_part(one.minhash), TEXT_BYTES) for one in known],
            "title": [_whole(title_part(one.minhash), TITLE_BYTES) for one in known],
        }
        rows = []
        for one, text, title in zip(known, *(map(bool, parts[kind]) for kind in _SIZES), strict=True):
            values = (one.mention_id, one.canonical_url, one.text_hash)
            hashes = (hash(value) if value else 0 for value in values)
            rows.append((micros(one.seen_at), *hashes, one.mention_id, one.story_id, text, title))
        self._rows: NDArray[Any] = np.array(rows, dtype=_ROW)
        self._numbers = {kind: _side_by_side(parts[kind], size) for kind, size in _SIZES.items()}

    def __len__(self) -> int:
        return len(self._rows)

    def since(self, moment: datetime) -> Shelf:
        """The same without what was posted before."""
        first = int(np.searchsorted(self._rows["seen"], micros(moment)))
        if not first:
            return self
        return _shelf(self._rows[first:], {kind: part[:, first:] for kind, part in self._numbers.items()})

    def joined_by(self, sketches: Sequence[Sketch]) -> Shelf:
        """The same with these; of one time and mention, those here come first."""
        if not sketches:
            return self
        more = Shelf(sketches)
        seen, ids, there = self._rows["seen"], self._rows["mention"], range(len(self))
        at = [
            bisect_right(there, (row["seen"], row["mention"]), key=lambda i: (seen[i], ids[i]))
            for row in more._rows
        ]
        numbers = {
            kind: np.insert(part, at, more._numbers[kind], axis=1) for kind, part in self._numbers.items()
        }
        return _shelf(np.insert(self._rows, at, more._rows), numbers)

    def having(self, kind: str, value: str) -> list[Print]:
        """The first with this id, url or hash."""
        return self._prints(self._rows[kind] == hash(value)) if len(self._rows) else []

    def sharing(self, kind: str, part: bytes) -> Mapping[int, list[Print]]:
        """The first that share a band with the text's or the title's part, by the number of the band."""
        if not part or not len(self._rows):
            return {}
        same = self._numbers[kind] == np.frombuffer(part, dtype="<u8")[:, None]
        both = same[::2] & same[1::2]
        found = np.flatnonzero(both.any(axis=1))
        return {int(n): self._prints(both[n] & self._rows[kind]) for n in found}

    def _prints(self, wanted: NDArray[np.bool_]) -> list[Print]:
        return [self._print(int(i)) for i in np.flatnonzero(wanted)[:CROWD]]

    def _print(self, i: int) -> Print:
        row = self._rows[i]
        text, title = (self._numbers[kind][:, i].tobytes() if row[kind] else b"" for kind in _SIZES)
        return Print(row["mention"], row["story"], int(row["seen"]), text, title)


def _shelf(rows: NDArray[Any], numbers: dict[str, NDArray[np.uint64]]) -> Shelf:
    made = Shelf.__new__(Shelf)
    made._rows, made._numbers = rows, numbers
    return made


def _whole(part: bytes, size: int) -> bytes:
    """Nothing, where it is not as long as a print is: what cannot be compared is like no other."""
    return part if len(part) == size else b""


def _side_by_side(parts: Sequence[bytes], size: int) -> NDArray[np.uint64]:
    """A column for each of these fingerprints, zeros where there is none."""
    rows = np.frombuffer(b"".join(part or bytes(size) for part in parts), dtype="<u8")
    return np.ascontiguousarray(rows.reshape(len(parts), size // 8).T)
