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
        ("text", "<u8", TEXT_BYTES // 8), ("title", "<u8", TITLE_BYTES // 8), ("has", "?", 2),
        ("mention", "O"), ("story", "O"),
    ]
)  # fmt: skip


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

    Ids, addresses and hashes of texts are looked for by numbers of 64 bits.
    """

    def __init__(self, sketches: Iterable[Sketch] = ()) -> None:
        known = sorted(sketches, key=lambda one: (one.seen_at, one.mention_id))
        self._rows: NDArray[Any] = np.array([_row(one) for one in known], dtype=_ROW)

    def __len__(self) -> int:
        return len(self._rows)

    def since(self, moment: datetime) -> Shelf:
        """The same without what was posted before."""
        return _shelf(self._rows[np.searchsorted(self._rows["seen"], micros(moment)) :])

    def joined_by(self, sketches: Sequence[Sketch]) -> Shelf:
        """The same with these; of one time and mention, those here come first."""
        more = Shelf(sketches)._rows
        seen, ids, there = self._rows["seen"], self._rows["mention"], range(len(self))
        at = [
            bisect_right(there, (row["seen"], row["mention"]), key=lambda i: (seen[i], ids[i]))
            for row in more
        ]
        return _shelf(np.insert(self._rows, at, more))

    def having(self, kind: str, value: str) -> list[Print]:
        """The first with this id, url or hash."""
        return self._prints(self._rows[kind] == hash(value)) if len(self._rows) else []

    def sharing(self, kind: str, part: bytes) -> Mapping[int, list[Print]]:
        """The first that share a band with the text's or the title's part, by the number of the band."""
        if not part or not len(self._rows):
            return {}
        same = self._rows[kind] == np.frombuffer(part, dtype="<u8")
        both = same[:, ::2] & same[:, 1::2]
        found = np.flatnonzero(both.any(axis=0))
        if not len(found):
            return {}
        there = self._rows["has"][:, int(kind == "title")]
        return {int(n): self._prints(both[:, n] & there) for n in found}

    def _prints(self, wanted: NDArray[np.bool_]) -> list[Print]:
        return [_print(self._rows[i]) for i in np.flatnonzero(wanted)[:CROWD]]


def _shelf(rows: NDArray[Any]) -> Shelf:
    made = Shelf.__new__(Shelf)
    made._rows = rows
    return made


def _row(known: Sketch) -> tuple[object, ...]:
    text = _whole(text_part(known.minhash), TEXT_BYTES)
    title = _whole(title_part(known.minhash), TITLE_BYTES)
    return (
        micros(known.seen_at),
        *(hash(value) if value else 0 for value in (known.mention_id, known.canonical_url, known.text_hash)),
        *(_numbers(text, TEXT_BYTES), _numbers(title, TITLE_BYTES), (bool(text), bool(title))),
        *(known.mention_id, known.story_id),
    )


def _whole(part: bytes, size: int) -> bytes:
    """Nothing, where it is not as long as a print is: what cannot be compared is like no other."""
    return part if len(part) == size else b""


def _numbers(part: bytes, size: int) -> NDArray[np.uint64]:
    return np.frombuffer(part or bytes(size), dtype="<u8")


def _print(row: Any) -> Print:
    has_text, has_title = row["has"]
    text = row["text"].tobytes() if has_text else b""
    title = row["title"].tobytes() if has_title else b""
    return Print(row["mention"], row["story"], int(row["seen"]), text, title)
