"""Failures of our own work, told to people from outside the store. No names, no texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of work that has failed since `since`, with no success in between.

    `why` is the code of its last fault; `until` is None while it goes on.
    """

    work: str
    since: datetime
    why: str
    until: datetime | None = None
