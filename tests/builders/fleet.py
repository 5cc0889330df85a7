"""Fleets for tests: a folder with a fleet.toml and homes beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import ConfigError
from monitor.fleet.settings import FLEET_NAME, Fleet, load

HOME = '[[homes]]\nname = "brightwater"\nfolder = "homes/brightwater"\n'
OTHER = '[[homes]]\nname = "hexley"\nfolder = "homes/hexley"\n'
PLACE = '[[places]]\nid = "gazette"\nkind = "feed"\nurl = "https://example.org/feed.xml"\n'
RAY = '[engine]\nkind = "ray"\n'


def write(folder: Path, text: str) -> Path:
    """The file with this text."""
    path = folder / FLEET_NAME
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> Fleet:
    """The fleet that this text makes."""
    return load(write(folder, text))


def faults(folder: Path, text: str) -> list[str]:
    """What is told of this text."""
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return caught.value.faults
