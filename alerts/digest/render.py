"""A digest as plain text and as a page for mail programs.

How the page looks is `alerts/layout`.
"""

from __future__ import annotations

import textwrap

from alerts.digest.view import Line, Section, View
from alerts.layout import page

WIDTH = 72
_INDENT = 3


def html(view: View) -> str:
    """The whole page; everything that is filled in is escaped."""
    return page.html("alerts.digest/digest.html", language=view.language, title=view.subject, view=view)


def text(view: View) -> str:
    """Lines of at most 72 characters, ended by a line feed."""
    blocks = [view.heading, *(_wrapped(line) for line in view.opening)]
    blocks += [_section(s) for s in view.sections]
    return "\n\n".join([*blocks, *(_wrapped(line) for line in view.closing)]) + "\n"


def _section(section: Section) -> str:
    found = [section.heading]
    for n, line in enumerate(section.lines, start=section.first or 0):
        mark = f"{n}. " if section.first is not None else "-"
        found.append(_wrapped(_whole(line), f"{mark:<{_INDENT}}", " " * _INDENT))
        found += [f"{' ' * _INDENT}{line.url}"] if line.url else []
    return "\n".join([*found, *(_wrapped(after, " " * _INDENT, " " * _INDENT) for after in section.after)])


def _whole(line: Line) -> str:
    ref = f"[{line.ref}]" if line.ref else ""
    return " ".join(part for part in (line.said, f"{line.about}." if line.about else "", ref) if part)


def _wrapped(said: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        said, WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
