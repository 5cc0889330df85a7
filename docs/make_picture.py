"""Draws the README's picture from the demo itself: python -P docs/make_picture.py"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from monitor.config.load import Config
from monitor.demo.run import play
from monitor.terminal.progress import Progress
from monitor.views.scan.summary import ScanSummary
from monitor.views.scan.text import scan_lines

NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
PICTURE = Path(__file__).resolve().with_name("demo.svg")
COLOURS = {"●": "bold red", "◐": "bold yellow", "○": "bold green", "?": "bold cyan"}


def lines(summary: ScanSummary, config: Config) -> Iterator[str]:
    """What the picture shows: the end of the demo's scan, as if it had taken two seconds."""
    return scan_lines(replace(summary, seconds=2.0), config.zone)


def draw(text: Iterator[str]) -> str:
    """The lines as an SVG that loads nothing from elsewhere."""
    console = Console(record=True, width=120, file=io.StringIO(), force_terminal=True)
    for line in text:
        console.print(Text(line, style=COLOURS.get(line[:1], "")))
    return re.sub(
        r"@font-face \{.*?\}", "", console.export_svg(title="schoolgate scan --demo"), flags=re.DOTALL
    )


def main() -> None:
    """Play the demo and write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        played = play(Path(folder) / "demo", lambda: NOW, Progress(quiet=True))
    PICTURE.write_text(draw(lines(*played)), encoding="utf-8")


if __name__ == "__main__":
    main()
