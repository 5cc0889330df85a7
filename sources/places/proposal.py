"""A place that could be watched, before it is: what it sees, and whether its terms let us read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data.types import Source


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source as it would stand in the settings, and what a person needs to decide about it.

    `sees` says what is found there and `terms` what the site allows, a sentence each; `checked` is the day
    those terms were read. `why_off` is why it is proposed switched off, "" where its terms allow reading.
    `spelling` is the name that it searches for, "" where it is no search.
    """

    source: Source
    sees: str
    terms: str
    checked: date
    why_off: str = ""
    spelling: str = ""
