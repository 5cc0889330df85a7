"""`schoolgate docs`: the pages, as they came with this version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from typer import Argument
from typer.main import get_command

from data.errors import InputError
from monitor.terminal.output import say_page
from monitor.terminal.wording import nearest

_ROOM = Path(__file__).parents[2]


def docs(name: Annotated[list[str] | None, Argument(metavar="[NAME]")] = None) -> None:
    """Show a page of the manual that came with this version; without a name, what there is."""
    from monitor.reports.manual import fill_page, generated_pages

    called, files, letters = " ".join(" ".join(name or ()).split()), doc_pages(), generated_pages()
    wanted = re.sub(r"^docs/|(\.md)?(#.*)?$", "", called).lower()
    if page := files.get(wanted) or files.get(f"decisions/{wanted}"):
        return say_page(fill_page(page.read_text(encoding="utf-8"), command_lines))
    if wanted in letters:
        return say_page(letters[wanted]())
    near = nearest(wanted, [*files, *letters])
    raise InputError(
        f"There is no page “{called}”.{f' Did you mean “{near}”?' if near else ''} All pages: ⟪docs⟫"
    )


def command_lines() -> Iterator[str]:
    """Table every command with the first sentences of its help."""
    from monitor.cli.app import app

    yield from ("| command | what it does |", "|---|---|")
    yield from _rows("schoolgate", get_command(app))


def _rows(words: str, command: Any) -> Iterator[str]:
    if getattr(command, "invoke_without_command", True):
        first = command.help.partition("\n\n")[0]
        yield f"| `{words}` | {' '.join(first.split())} |"
    for name, below in getattr(command, "commands", {}).items():
        yield from _rows(f"{words} {name}", below)


def doc_pages() -> dict[str, Path]:
    """All there are, by the name they are asked for; the list of them has none."""
    root = next(folder for folder in (_ROOM / "pages", _ROOM.parent) if folder.is_dir())
    named = {page.stem.lower(): page for page in root.glob("*.md")}
    for page in root.glob("docs/**/*.md"):
        name = page.relative_to(root / "docs").with_suffix("").as_posix().lower()
        named["" if name == "readme" else name] = page
    return named
