"""Plays the first hour and prints it into its page: PYTHONPATH=tests python docs/print_first_hour.py"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from support.first_hour import INSTALL, play

PAGE = Path(__file__).resolve().parent / "first-hour.md"
_BLOCK = re.compile(r"(?s)(<!-- first hour -->\n```text\n).*?(\n```\n)")


def printed(transcript: str) -> str:
    """The page with this transcript in its block."""
    whole = f"$ {INSTALL}\n{transcript.strip()}"
    return _BLOCK.sub(lambda block: f"{block[1]}{whole}{block[2]}", PAGE.read_text("utf-8"))


def shown() -> str:
    """The transcript that the page has."""
    found = _BLOCK.search(PAGE.read_text("utf-8"))
    return found[0] if found else ""


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        PAGE.write_text(printed(play(Path(folder)).transcript), "utf-8")
