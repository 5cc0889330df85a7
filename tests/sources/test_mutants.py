"""A short form of `benchmarks/mutants.py`: damaged documents raise nothing, and nothing odd comes out."""

from __future__ import annotations

import time
import unicodedata

import pytest
from builders.mutants import FETCHED_AT, mutants, own, read

from data.effects import here

MUTANTS = 100


@pytest.fixture(scope="module")
def damaged():
    return list(mutants(MUTANTS, 1, own(), most_bytes=60_000))


@pytest.mark.parametrize("n", range(MUTANTS))
def test_a_damaged_document_gives_what_can_be_saved(damaged, n):
    mutant = damaged[n]
    began = time.process_time()
    page = read(mutant, here)
    assert time.process_time() - began < 5, mutant.name
    for mention in page.mentions:
        said = f"{mention.title}{mention.text}{mention.author or ''}{mention.url}"
        assert not [c for c in said if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"], (
            mutant.name
        )
        assert mention.published is None or mention.published <= FETCHED_AT
        assert mention.url.startswith(("http://", "https://"))
