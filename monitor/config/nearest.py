"""The word that was meant."""

from __future__ import annotations

from collections.abc import Sequence


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word a person most likely meant, None where none is near. Case is ignored."""
    from rapidfuzz import fuzz, process

    folded = [k.lower() for k in known]
    found = process.extractOne(word.lower(), folded, scorer=fuzz.WRatio, score_cutoff=60)
    return known[found[2]] if found else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A sentence: “Did you mean …?”, or what there is to choose from."""
    near = nearest(word, known)
    if near:
        return f"Did you mean “{near}”?"
    return f"Known are: {', '.join(known)}." if known else "There is none."
