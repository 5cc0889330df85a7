"""Places that could be watched: what each row of the table sees and allows, and a proposal made of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files

from data.types import Source


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source as it would stand in the settings, and what a person needs to decide about it.

    `sees` says what is found there and `terms` what the site allows, a sentence each; `checked` is the day
    those terms were read. `why_off` is why it is proposed switched off, "" where its terms allow reading.
    `spelling` is the name that it searches for, "" where it is no search."""

    source: Source
    sees: str
    terms: str
    checked: date
    why_off: str = ""
    spelling: str = ""


@dataclass(frozen=True, slots=True)
class PlaceTerms:
    """One row of `places.toml`; `rests_on` is where its terms were read, `name` that of an inspectorate."""

    sees: str
    terms: str
    checked: date
    rests_on: str
    why_off: str = ""
    name: str = ""


@cache
def places() -> Mapping[str, PlaceTerms]:
    """Every row by its name."""
    text = (files("sources.places") / "places.toml").read_text(encoding="utf-8")
    return {name: PlaceTerms(**row) for name, row in tomllib.loads(text).items()}


def make_row(place: str, source: Source, spelling: str = "") -> Proposal:
    """The source with what its row says; switched off where the row says why."""
    row = places()[place]
    source = replace(source, disabled=row.why_off or None)
    return Proposal(source, row.sees, row.terms, row.checked, row.why_off, spelling)
