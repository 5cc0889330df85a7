"""Draws the README's pictures of the demo and of its desk (by Chromium).

PYTHONPATH=tests python docs/make_picture.py
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from builders.served import a_tab, served
from rich.console import Console
from rich.text import Text

from monitor.cli.demo import desk
from monitor.cli.demo.run import play
from monitor.cli.scan_once import ScanSummary, scan_lines
from monitor.config.load import Config
from monitor.home import wiring
from monitor.terminal.progress import Progress

NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
PICTURE = Path(__file__).resolve().with_name("demo.svg")
DESK = {
    "desk-today": ("/as/i-larkspur", 1006),
    "desk-tell": ("/tell", 1072),
    "desk-matter": ("/matters", 1027),
}
"""Pages of the desk, each with the height of its picture in pixels."""
COLOURS = {"●": "bold red", "◐": "bold yellow", "○": "bold green", "?": "bold cyan"}


def lines(summary: ScanSummary, config: Config) -> Iterator[str]:
    """Return what the picture shows: the end of the demo, as if its scan had taken two seconds."""
    return scan_lines(replace(summary, seconds=2.0, exit=0, waiting_messages=0), config.zone)


def draw(text: Iterator[str], title: str, width: int) -> str:
    """The lines as an SVG that loads nothing from elsewhere."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    for line in text:
        console.print(Text(line, style=COLOURS.get(line[:1], "")))
    return re.sub(r"@font-face \{.*?\}", "", console.export_svg(title=title), flags=re.DOTALL)


def photograph_desk(home: Path, config: Config) -> None:
    """Write a picture of each page as the safeguarding lead sees it on a telephone, without the banner."""
    now = NOW + timedelta(minutes=1)
    store = wiring.open_store(home, lambda: now)
    desk.play_week(store, config, now)
    at = SimpleNamespace(context=wiring.make_context(config, home), clock=lambda: now)
    app = desk.demo_app(store, lambda: at.context, at.clock)
    app.user_middleware.clear()
    with served(at, app=app) as base, a_tab() as tab:
        for name, (path, high) in DESK.items():
            tab.set_viewport_size({"width": 375, "height": high})
            tab.goto(base + path)
            if path == "/matters":
                tab.click("main a:has-text('private details')")
            tab.screenshot(path=PICTURE.with_name(f"{name}.png"))


def main() -> None:
    """Play the demo, and write all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "demo"
        played = play(home, lambda: NOW, Progress(quiet=True), "http://localhost:8478")
        photograph_desk(home, played[1])
    PICTURE.write_text(draw(lines(*played), "schoolgate scan --demo", 120), encoding="utf-8")


if __name__ == "__main__":
    main()
