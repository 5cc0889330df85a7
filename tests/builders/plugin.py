"""A package that brings a kind of source, as pip would have installed it."""

from __future__ import annotations

from pathlib import Path

READER = """
from data.types import Page
from sources.base import OnePage, PageSettings


class Settings(PageSettings):
    does: str = "None"


class Reader(OnePage):
    settings = Settings

    def parse(self, source, response):
        return Page(warnings=(f"got {eval(source.settings.get('does', 'None'))!r}",))
"""
"""A reader that does what its settings say, and warns of what came of it."""


def write_package(folder: Path, name: str, code: str = READER, kind: str = "board") -> None:
    """Write a package with one kind into the folder."""
    module = name.replace("-", "_")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[schoolgate.sources]\n{kind} = {module}:Reader\n")
    (folder / f"{module}.py").write_text(code)
