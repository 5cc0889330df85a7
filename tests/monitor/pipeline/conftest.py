from __future__ import annotations

from builders.undone import opened, undone

__all__ = ["opened", "undone"]
