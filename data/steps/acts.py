"""Results of an act, and an act that would help: plain values, which every door puts in its own words."""

from __future__ import annotations

from typing import Generic, TypeVar

from data.frozen import freeze

Made = TypeVar("Made", covariant=True)
Values = tuple[tuple[str, object], ...]
"""Fields of an act with their values, in the order in which they are said."""


@freeze
class Done(Generic[Made]):
    """The act is recorded; `made` is what it made."""

    made: Made


@freeze
class Refused:
    """A guard refused, and nothing changed: its name, why, and what would satisfy it."""

    guard: str
    reason: str
    wanted: str = ""
