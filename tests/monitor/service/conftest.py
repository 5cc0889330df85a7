from builders.kept_open import opened_store, undone

__all__ = ["opened_store", "undone"]
