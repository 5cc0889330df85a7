from __future__ import annotations

from builders.undone import opened_store, undone

__all__ = ["opened_store", "undone"]
