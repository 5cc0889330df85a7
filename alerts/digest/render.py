"""A digest as plain text and as a page for mail programs. How the page looks is `alerts/layout`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from alerts.layout import page
from alerts.wording.digest.view import Line, Section, View
from data.words.say import Words, words

WIDTH = 72
_INDENT = 3
_RULE = "=" * WIDTH


def html(view: View) -> str:
    """The whole page; everything that is filled in is escaped."""
    return page.html(
        "alerts.digest/digest.html",
        language=view.language,
        title=view.subject,
        view=view,
        open_it=words(view.language)("digest.open"),
    )


def text(view: View) -> str:
    """Lines of at most 72 characters, ended by a line feed; addresses are whole, on lines of their own."""
    w = words(view.language)
    blocks = [view.heading, *(_wrapped(line) for line in view.opening)]
    blocks += [_section(s, w) for s in view.sections]
    return "\n\n".join([*blocks, *(_wrapped(line) for line in view.closing)]) + "\n"


def _section(section: Section, w: Words) -> str:
    rule = [_RULE] if section.grave else []
    found = [*rule, section.heading]
    for n, line in enumerate(section.lines, start=section.first or 0):
        mark = f"{n}. " if section.first is not None else "-"
        found += _line(line, w, f"{mark:<{_INDENT}}", " " * _INDENT)
    after = [_wrapped(one, " " * _INDENT, " " * _INDENT) for one in section.after]
    return "\n".join([*found, *after, *rule])


def _line(line: Line, w: Words, first: str, rest: str) -> Iterator[str]:
    yield _wrapped(_whole(line), first, rest)
    for key, url in (("digest.the_post", line.url), ("digest.open_page", line.page)):
        if url:
            yield from (f"{rest}{w(key)}", f"{rest}{url}")
    for under in line.under:
        yield from _line(under, w, f"{rest}-  ", f"{rest}   ")


def _whole(line: Line) -> str:
    """What, where and when; what may be a matter of 999; what is asked; who acts and by when."""
    ref = f"[{line.ref}]" if line.ref else ""
    said = f"{line.said.removesuffix('.')}, {line.where}." if line.where else line.said
    about = f"{line.about.removesuffix('.')}." if line.about else ""
    return " ".join(part for part in (said, line.ring, line.then, line.suggested, about, ref) if part)


def _wrapped(said: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        said, WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
