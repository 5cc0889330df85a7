"""Where the folders of this checkout are, wherever a helper of the tests is."""

import os
from pathlib import Path

ROOT = next(folder for folder in Path(__file__).resolve().parents if (folder / "pyproject.toml").exists())
TESTS = ROOT / "tests"
FIXTURES = TESTS / "fixtures"


def paths(*before):
    """PYTHONPATH for a process that a test begins: these folders, then this checkout. The environment may
    have another checkout installed, whose code would run instead."""
    return os.pathsep.join(map(str, (*before, ROOT)))
