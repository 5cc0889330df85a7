"""A digest in words and in order, and the same as plain text and as a page for mail programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from data.matters import MatterView
from data.words.say import Words, words

_WIDTH = 72
_INDENT = 3
_RULE = "=" * _WIDTH


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section.

    `title` is what people call it, "" of what is no one matter. `said` is what: a post's own words, or a
    description. `where` is the place and the time, `then` what that
    is or asks for, `suggested` what may be done, `about` who acts and by when. `had` says who has what may
    be a matter of 999, and what is not recorded yet; `waits` what its case waits for. `url` is the post's own
    address; `page` is ours, signed, which `opens` names; `ref` what people call it by, or open it by where
    there is no page.
    `decide` is True where somebody must; `under` are posts of a group. `matter` is what it tells
    of, None where that is no one matter.
    """

    said: str
    about: str = ""
    ref: str = ""
    url: str | None = None
    where: str = ""
    then: str = ""
    suggested: str = ""
    page: str | None = None
    had: str = ""
    waits: str = ""
    opens: str = ""
    decide: bool = False
    under: tuple[Line, ...] = ()
    matter: MatterView | None = None
    title: str = ""

    @property
    def code(self) -> str:
        """Its `ref`, where the link to it does not say that."""
        return "" if self.page and self.ref in self.opens else self.ref


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the digest, by its `key` in the catalogue: `first` is the number of its first line, if
    lines bear any; `urgent` where somebody must decide, `grave` where 999 is named first. `after` stands
    below; `cut` says that there is more."""

    heading: str
    lines: tuple[Line, ...]
    first: int | None = None
    urgent: bool = False
    after: tuple[str, ...] = ()
    grave: bool = False
    cut: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A whole digest, in plain text; `all` is its desk page, `quiet` that only places were not seen."""

    language: str
    subject: str
    heading: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    all: str | None = None
    quiet: bool = False


def digest_html(view: View) -> str:
    """Render the whole page; everything that is filled in is escaped."""
    from alerts.layout import page  # late: lists import what makes a digest, and make none

    return page.render_page(
        "alerts.layout/digest.html",
        language=view.language,
        title=view.subject,
        view=view,
        w=words(view.language),
    )


def digest_text(view: View) -> str:
    """Write lines of at most 72 characters, each with a line feed; addresses whole on their own."""
    w = words(view.language)
    blocks = [view.heading, *(_wrap(line) for line in view.opening)]
    blocks += [_section(s, w) for s in view.sections]
    blocks += [f"{w('digest.all')}:\n{' ' * _INDENT}{view.all}"] if view.all else []
    return "\n\n".join([*blocks, *(_wrap(line) for line in view.closing)]) + "\n"


def _section(section: Section, w: Words) -> str:
    rule, ring = ([_RULE], [w("digest.ring")]) if section.grave else ([], [])
    found = [*rule, section.heading, *ring]
    for n, line in enumerate(section.lines, start=section.first or 0):
        mark = f"{n}. " if section.first is not None else "-"
        found += _line(line, w, f"{mark:<{_INDENT}}", " " * _INDENT)
    after = [_wrap(one, " " * _INDENT, " " * _INDENT) for one in section.after]
    return "\n".join([*found, *after, *rule])


def _line(line: Line, w: Words, first: str, rest: str) -> Iterator[str]:
    """Write what, where and when; what may be done; who has it, or acts and by when."""
    ref = f"[{line.code}]" if line.code else ""
    said = f"{line.said.removesuffix('.')}, {line.where}." if line.where else line.said
    about = f"{line.about.removesuffix('.')}." if line.about else ""
    title = f"{line.title}." if line.title else ""
    told = (title, said, line.then, line.suggested, line.had, line.waits, about, ref)
    yield _wrap(" ".join(part for part in told if part), first, rest)
    for named, url in ((w("digest.the_post"), line.url), (line.opens or w("digest.open"), line.page)):
        if url:
            yield from (f"{rest}{named}:", f"{rest}{url}")
    for under in line.under:
        yield from _line(under, w, f"{rest}-  ", f"{rest}   ")


def _wrap(said: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        said, _WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
