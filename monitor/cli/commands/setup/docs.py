"""`schoolgate docs`: the pages, as they came with this version."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from typer import Argument

from data.errors import InputError
from monitor.terminal.output import say_page
from monitor.terminal.wording import nearest

_ROOM = Path(__file__).parents[3]


def docs(
    name: Annotated[str, Argument(metavar="[NAME]", help="Which page; without it, the list of all.")] = "",
) -> None:
    """Show a page of the manual that came with this version; without a name, what there is.

    \b
    Examples:
      schoolgate docs
      schoolgate docs first-week
      schoolgate docs configuration | less
    """
    found = pages()
    wanted = re.sub(r"^docs/|(\.md)?(#.*)?$", "", name).lower()
    page = found.get(wanted) or found.get(f"decisions/{wanted}")
    if page is None:
        near = nearest(wanted, list(found))
        raise InputError(
            f"There is no page “{name}”.{f' Did you mean “{near}”?' if near else ''} All pages: ⟪docs⟫"
        )
    say_page(page.read_text(encoding="utf-8"))


def pages() -> dict[str, Path]:
    """All there are, by the name they are asked for; the list of them has none."""
    root = next(folder for folder in (_ROOM / "pages", _ROOM.parent) if folder.is_dir())
    named = {page.stem.lower(): page for page in root.glob("*.md")}
    for page in root.glob("docs/**/*.md"):
        name = page.relative_to(root / "docs").with_suffix("").as_posix().lower()
        named["" if name == "readme" else name] = page
    return named
