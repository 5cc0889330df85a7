"""The texts and tables that come with the program, beside the modules that read them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def read_shipped(package: str, *parts: str) -> str:
    """Read a text of a package, by its name or the way there."""
    return files(package).joinpath(*parts).read_text(encoding="utf-8")


@cache
def read_table(package: str, name: str) -> dict[str, Any]:
    """Read a table of a package once per process; nobody changes what is in it."""
    return tomllib.loads(read_shipped(package, name))
