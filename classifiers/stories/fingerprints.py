"""Fingerprints of texts: MinHash over words, at most 384 bytes, and how alike two of them are.

A fingerprint is the text's (256 bytes, or none for a short text) followed by the headline's (128 bytes,
or none).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Set

import numpy as np
from numpy.typing import NDArray

from data.register.school_names import normalise

SHORT = 8
"""Texts with fewer words than this are never joined for similarity."""

_HASHES = 64
_TITLE_HASHES = 32
TEXT_BYTES, TITLE_BYTES = _HASHES * 4, _TITLE_HASHES * 4
"""The sizes of a fingerprint's parts, where they are there."""
_BAND = 16
"""Bytes of a band: four numbers of 32 bits."""
_RUN = 3
_TITLE_LEAST = 4
_rng = np.random.default_rng(20261120)
_A = _rng.integers(0, 2**63, _HASHES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_B = _rng.integers(0, 2**63, _HASHES, dtype=np.uint64)
del _rng


def runs(text: str) -> frozenset[int]:
    """The text's runs of three words, hashed; empty for a text of fewer than eight words."""
    words = normalise(text).split()
    if len(words) < SHORT:
        return frozenset()
    return frozenset(zlib.crc32(" ".join(words[i : i + _RUN]).encode()) for i in range(len(words) - _RUN + 1))


def sketch(parts: Set[int], title: str = "") -> bytes:
    """The fingerprint of a text's runs and of a headline of four words or more; the same on every machine."""
    words = set(normalise(title).split())
    heading = {zlib.crc32(word.encode()) for word in words} if len(words) >= _TITLE_LEAST else set()
    return _least(parts, _HASHES) + _least(heading, _TITLE_HASHES)


def _least(values: Iterable[int], count: int) -> bytes:
    hashes = np.fromiter(values, dtype=np.uint64)
    if not len(hashes):
        return b""
    mixed = (hashes[:, None] * _A[:count] + _B[:count]) >> np.uint64(32)
    return bytes(mixed.min(axis=0).astype("<u4").tobytes())


def text_part(minhash: bytes) -> bytes:
    """The text's half of a fingerprint, empty where there is none."""
    return minhash[:TEXT_BYTES] if len(minhash) >= TEXT_BYTES else b""


def title_part(minhash: bytes) -> bytes:
    """The headline's half of a fingerprint, empty where there is none."""
    return minhash[len(text_part(minhash)) :]


def likeness(one: bytes, other: bytes) -> float:
    """The share that two texts have in common (Jaccard, estimated), 0..1; 0 where either is empty."""
    if not one or len(one) != len(other):
        return 0.0
    return int(np.count_nonzero(_numbers(one) == _numbers(other))) / (len(one) // 4)


def bands(part: bytes) -> list[bytes]:
    """Keys of which two similar texts share at least one; none for an empty part."""
    return [bytes((i,)) + part[i * _BAND : (i + 1) * _BAND] for i in range(len(part) // _BAND)]


def _numbers(part: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(part, dtype="<u4")
