"""Where the folders of this checkout are, wherever a helper of the tests is."""

from __future__ import annotations

from pathlib import Path

ROOT = next(folder for folder in Path(__file__).resolve().parents if (folder / "pyproject.toml").exists())
TESTS = ROOT / "tests"
FIXTURES = TESTS / "fixtures"
