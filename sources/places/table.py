"""The table of places, read once: what each sees, what its site allows, when that was read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files

from data.types import Source
from sources.places.proposal import Proposal


@dataclass(frozen=True, slots=True)
class PlaceTerms:
    """One row of `places.toml`; `rests_on` is where its terms were read."""

    sees: str
    terms: str
    checked: date
    rests_on: str
    why_off: str = ""


@cache
def places() -> Mapping[str, PlaceTerms]:
    """Every row by its name."""
    text = (files("sources.places") / "places.toml").read_text(encoding="utf-8")
    return {name: PlaceTerms(**row) for name, row in tomllib.loads(text).items()}


def proposed(place: str, source: Source, spelling: str = "") -> Proposal:
    """The source with what its row says; switched off where the row says why."""
    row = places()[place]
    return Proposal(
        replace(source, disabled=row.why_off or None), row.sees, row.terms, row.checked, row.why_off, spelling
    )
