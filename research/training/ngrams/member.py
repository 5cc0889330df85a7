"""Write the file of the n-gram member, which `classifiers.scoring.ngrams.Ngrams` reads, and its facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.scoring.network import Floats
from classifiers.scoring.ngrams import BUCKETS, NGRAM_COLUMNS, Ints, Table


def write(path: Path, table: Table, idf: Ints, scale: Floats, bias: Floats, facts: dict[str, Any]) -> None:
    """Writes the member's file; the same arrays give the same bytes."""
    if table.shape != (BUCKETS, len(NGRAM_COLUMNS)):
        raise ValueError(f"a table of {table.shape}")
    told = np.frombuffer(json.dumps(facts, ensure_ascii=False).encode(), np.uint8)
    np.savez_compressed(path, table=table, idf=idf.astype(np.uint8), scale=scale, bias=bias, facts=told)


def read_facts(path: Path) -> dict[str, Any]:
    """The facts that training wrote about the member: its data, its settings, its figures."""
    with np.load(path, allow_pickle=False) as read:
        facts: dict[str, Any] = json.loads(bytes(read["facts"]))
    return facts
