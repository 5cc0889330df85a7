"""A package that brings a kind of source, as pip would have installed it."""

from __future__ import annotations

from pathlib import Path

BEGINS = """
import os, socket, threading
from data.errors import InputError
from data.types import Page
from sources.base import OnePage, PageSettings


class Settings(PageSettings):
    does: str = "None"


class Reader(OnePage):
    kind = "{name}:board"
    settings = Settings

    def parse(self, source, response):
        try:
            said = f"got {{eval(source.settings.get('does', 'None'))!r}}"
        except InputError:
            raise
        except (OSError, RuntimeError) as error:
            said = type(error).__name__
        return Page(warnings=(said,))
"""
"""A reader that does what its settings say, and tells what came of it."""


def write_package(folder: Path, name: str, code: str = BEGINS) -> str:
    """The module it has; its kind is “board”."""
    module = name.replace("-", "_")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[schoolgate.sources]\nboard = {module}:Reader\n")
    (folder / f"{module}.py").write_text(code.format(name=name))
    return module
