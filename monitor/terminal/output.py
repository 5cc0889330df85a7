"""The one place that prints. What somebody else wrote cannot steer the terminal it is shown on.

Controls, escape sequences, marks that turn the direction of writing and letters without a width are shown as
JSON writes them (\\u202e), so that output in JSON stays what it was. What is printed into a file is the
same: it is read on a terminal later.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

NO_TERMINAL = 80
"""So wide is what is printed into a file."""
_UNSEEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4"
    r"\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb"
    r"\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FLAGS = tuple(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in of) + "\U000e007f"
    for of in ("gbeng", "gbsct", "gbwls")
)
_SYMBOL = r"[\u2190-\u2bff\U0001f000-\U0001faff]"
_JOINED = rf"(?<={_SYMBOL})[\ufe0f\U0001f3fb-\U0001f3ff]?\u200d(?={_SYMBOL})"
"""A family, a rainbow flag: one sign of several, joined by what has no width."""
_SEEN_AS_IT_IS = re.compile(f"{'|'.join(_FLAGS)}|{_JOINED}|([{_UNSEEN}])")


Say = Callable[[str], None]

name_home: Callable[[str], str] = str
"""Writes our commands within a text so that they reach the home in use; the program sets it as it starts."""


class Document(str):
    """Text whose lines are its own, such as a letter. Of all other text one line is printed as one."""

    __slots__ = ()


class Painted(str):
    """A line and, for a terminal, the same in colour. Whoever makes it has put what others wrote through
    `visible`: what is painted is written as it is.
    """

    __slots__ = ("drawn",)
    drawn: str

    @classmethod
    def of(cls, plain: str, drawn: str) -> Painted:
        """`drawn` is `plain` with codes of colour in it, and nothing else."""
        line = cls(plain)
        line.drawn = drawn
        return line


def visible(text: str) -> str:
    """The same, and nothing in it that is not seen but a new line and a tab. Twice does no more than once."""
    return _SEEN_AS_IT_IS.sub(_show_sign, text.replace("\r\n", "\n"))


def _show_sign(found: re.Match[str]) -> str:
    return json.dumps(found[1])[1:-1] if found[1] else found[0]


def printed_text(text: str) -> str:
    """Return it as `say` prints it. Further lines of what is no document begin with “|”: they pass for none
    of ours.
    """
    if isinstance(text, Document):
        return visible(text)
    first, *more = visible(name_home(text)).split("\n")
    indent = first[: len(first) - len(first.lstrip(" "))]
    return "\n".join([first, *(f"{indent}| {line}" if line.strip() else "" for line in more)])


def say(text: str) -> None:
    """A line, or a whole document, to standard output; in colour where it is painted and somebody sees it."""
    if isinstance(text, Painted) and _in_colour():
        stream, said = _below(sys.stdout), name_home(text.drawn)
    else:
        stream, said = sys.stdout, printed_text(text)
    stream.write(f"{said}\n")
    stream.flush()


def say_lines(lines: Iterable[str]) -> None:
    """Each as `say` prints it."""
    for line in lines:
        say(line)


_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?:\.\./)*(?!\w+:)([^)#]+)\.md(?:#[^)]*)?\)")


def say_page(text: str) -> None:
    """A page in Markdown: laid out on a terminal, where each page it leads to is named; else as it stands."""
    if not sys.stdout.isatty():
        return say(Document(text))
    from rich.console import Console
    from rich.markdown import Markdown

    named = _LINK.sub(lambda link: link[1] if link[2] in link[1] else f"{link[1]} ({link[2]})", visible(text))
    Console(file=_below(sys.stdout)).print(Markdown(named, hyperlinks=False))
    return None


def _in_colour() -> bool:
    """Is standard output a terminal that shows colours, and has nobody asked for none (no-color.org)?"""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def say_on_stderr(text: str) -> None:
    """The same to standard error: faults, questions, what is under way."""
    sys.stderr.write(f"{printed_text(text)}\n")
    sys.stderr.flush()


def in_json(value: object) -> Document:
    """The value as one document for a program, which people can read too: every `--json`."""
    return Document(json.dumps(value, ensure_ascii=False, indent=2))


class _Seen(io.TextIOBase):
    """A stream on which everything can be seen, whoever writes: typer's own messages, logs, tracebacks."""

    def __init__(self, below: TextIO) -> None:
        self.below = below

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.below.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self.below.errors

    def write(self, text: str) -> int:
        self.below.write(visible(text))
        return len(text)

    def flush(self) -> None:
        self.below.flush()

    def isatty(self) -> bool:
        return self.below.isatty()

    def fileno(self) -> int:
        return self.below.fileno()


def guard() -> None:
    """From now on this process prints nothing that steers a terminal, whoever prints it.

    What standard output cannot show (“●” in cp1252 or ASCII) becomes “?”.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
        if not isinstance(stream, _Seen):
            setattr(sys, name, _Seen(stream))


def flush_output() -> bool:
    """Is all that was printed where it was to go?"""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return False
    return True


def live_console() -> Console | None:
    """Return where a live line can be drawn: a terminal at standard error. Draw nothing but by `visible`."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console

    return Console(file=_below(sys.stderr))


def is_terminal() -> bool:
    """Does somebody see standard output as it is printed?"""
    return sys.stdout.isatty()


def terminal_columns() -> int:
    """Return how many letters go on a line of standard output."""
    return shutil.get_terminal_size((NO_TERMINAL, 24)).columns if sys.stdout.isatty() else NO_TERMINAL


def _below(stream: TextIO) -> TextIO:
    """The stream itself, where nothing is made visible any more."""
    return stream.below if isinstance(stream, _Seen) else stream


@contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Send what a library prints meanwhile to standard error, and into no document of ours."""
    with redirect_stdout(sys.stderr):
        yield


def set_up_log(*, verbose: bool) -> None:
    """Warnings to standard error, with `verbose` every step; called once, by the command.

    Events with fields, each entry as one: never a post's text, an author or a secret.
    """
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Entry("%(asctime)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z"))
    root = logging.getLogger("schoolgate")
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    root.propagate = False


class _Entry(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return printed_text(super().format(record))
