"""Every mail that is neither digest nor report, as plain text and as a page of one telephone screen; and the
frame of every HTML mail: one column, its colours by light and by dark, and its buttons. Pure.

What a mail says stands in a `Note`; what is restricted is left out by whoever makes it. A template stands in
the folder `templates` of its package, begins with `{% extends "alerts.layout/layout.html" %}`, fills the
block `content`, and takes from `alerts.layout/parts.html` what is not its own (`button`, `danger`). There are
no pictures or scripts, and nothing is fetched. Styles stand in each element, for programs that drop style
sheets (Gmail, some Outlooks); the sheet stays for dark mode only. Gmail cuts a mail at 102 KB.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from data.frozen import freeze
from data.ids import digest
from data.types import Messages, OutboxMessage, Person, Via
from data.words.say import Words, join_filled, words

if TYPE_CHECKING:
    from jinja2 import Environment

LIFE = timedelta(hours=72)
"""A message that could not be sent for three days is told, not sent."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


@freeze
class Button:
    """The one thing to do: what it is called, and the address that it leads to."""

    label: str
    url: str


@freeze
class Note:
    """The parts of a mail, in order. `said` is read first, after `danger` where somebody may be in any.
    `parts` are paragraphs of lines, `also` those of other matters, with a button each. `commands` are for
    readers without a page: what each does, and the command. `small` stands last, its last line in bold."""

    language: str
    subject: str
    said: str
    greeting: str = ""
    parts: tuple[tuple[str, ...], ...] = ()
    danger: str = ""
    button: Button | None = None
    also: tuple[tuple[tuple[str, ...], Button | None], ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    small: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Paragraphs with an empty line between them, ended by a line feed."""
        paragraphs = (
            self.greeting, self.danger, self.said, *map("\n".join, self.parts), _write_button(self.button),
            *(part for lines, button in self.also for part in ("\n".join(lines), _write_button(button))),
            "\n".join(f"{what}\n    {command}" for what, command in self.commands), "\n".join(self.small),
        )  # fmt: skip
        return join_filled("\n\n", *paragraphs) + "\n"

    @property
    def html(self) -> str:
        """The same as a page; everything in it is escaped."""
        return render_page("alerts.layout/note.html", language=self.language, title=self.subject, note=self)


def short_note(
    w: Words,
    subject: str,
    said: str,
    *parts: tuple[str, ...],
    once: str = "",
    button: Button | None = None,
    commands: tuple[tuple[str, str], ...] = (),
) -> Note:
    """Make a note that ends with `once`, how often it comes, and that nobody watches around the clock."""
    small = (*filter(None, (once,)), w("common.not_watched"))
    return Note(w.language, subject, said, parts=parts, button=button, commands=commands, small=small)


def _write_button(button: Button | None) -> str:
    return f"{button.label}:\n    {button.url}" if button else ""


def message(
    said: Note | str, person_id: str, urn: str, kind: str, key: str, due: datetime, life: timedelta
) -> OutboxMessage:
    """Make of a note a mail, of a line a short message; it is stale `life` after it was due."""
    subject, body, html = ("", said, None) if isinstance(said, str) else (said.subject, said.text, said.html)
    via = Via.CHAT if html is None else Via.MAIL
    return OutboxMessage(key, urn, person_id, kind, subject, body, due, due + life, html=html, via=via)


def mails(
    note: Note,
    to: Iterable[Person],
    urn: str,
    kind: str,
    key: Sequence[str],
    due: datetime,
    life: timedelta = LIFE,
) -> Messages:
    """The same to each of these, greeted by name; a key ends with the id of its reader."""
    w = words(note.language)
    greeted = ((p, replace(note, greeting=w("instant.greeting", name=p.name))) for p in to)
    return tuple(message(one, p.id, urn, kind, digest(*key, p.id), due, life) for p, one in greeted)


def clean_line(text: str) -> str:
    """Return one line of text, such as a name, without control and direction marks, so that it makes no
    header or line of its own."""
    return " ".join(_CONTROL.sub(" ", text).split())


def render_page(template: str, *, language: str, title: str, **given: object) -> str:
    """Render the whole page of a template, such as `alerts.layout/digest.html`; what is filled in is escaped.
    `language` and `title` are those of the mail. Raises jinja2.UndefinedError where a name is not given."""
    from css_inline import CSSInliner  # late, as jinja2: lists import what makes mails, and make none

    page = templates().get_template(template)
    css, dark = (_read_template(f"alerts.layout/{name}.css") for name in ("base", "dark"))
    whole = page.render(language=language, title=title, css=css, dark=dark, **given)
    return CSSInliner(load_remote_stylesheets=False).inline(whole)


@cache
def templates() -> Environment:
    """The templates of this room's packages, by `package/file`."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_read_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _read_template(name: str) -> str:
    package, _, file = name.partition("/")
    return files(package).joinpath("templates", file).read_text(encoding="utf-8")
