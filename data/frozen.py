"""One way to make a class whose values never change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def freeze(cls: type[T]) -> type[T]:
    """Make it a data class with slots that takes no other value once it is made."""
    return dataclass(frozen=True, slots=True)(cls)
