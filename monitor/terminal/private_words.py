"""Words that a person types: asked for at the terminal, or read from standard input or a file.

Whatever stands on a command line is shown to everybody on the machine in its list of processes, and stays in
the shell's history. So every option that takes words takes “-” for standard input, and where they are
wanted and not given they are asked for at a terminal; what somebody posted is never taken from it.
"""

from __future__ import annotations

import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from data.errors import InputError, SchoolgateError
from monitor.terminal import output

STANDARD_INPUT = "-"
_PASTE_S = 0.05
"""The rest of what was pasted is there within this time."""
_CUT_AT = 4095
"""A terminal hands over no more letters of one line."""
_MOST_BYTES = 5 * 1024 * 1024
_READ = "schoolgate.standard_input"


def at_a_terminal() -> bool:
    """Is somebody there to answer?"""
    return sys.stdin.isatty()


def text_of(raw: bytes, name: str) -> str:
    """What was read, as text. Raises InputError where it is none."""
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        raise InputError(f"{name}: it holds bytes that are not UTF-8. Save it as UTF-8 text.") from None


def standard_input(name: str) -> str:
    """All of standard input, which is said to be awaited where somebody types it. Raises InputError."""
    if at_a_terminal():
        tell(f"{name}: type the words, and end with Ctrl-D on a line of its own.")
    return text_of(sys.stdin.buffer.read(), name)


def file(path: Path, name: str) -> str:
    """A file's words, or those of standard input for “-”. Raises InputError."""
    if str(path) == STANDARD_INPUT:
        return standard_input(name)
    try:
        with path.open("rb") as opened:  # which may be a pipe
            raw = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{name} {path}: cannot be read ({error.strerror}). Nothing was stored.") from None
    if len(raw) > _MOST_BYTES:
        raise InputError(
            f"{name} {path}: larger than {_MOST_BYTES >> 20} MB: that is no post. Nothing was stored."
        )
    return text_of(raw, f"{name} {path}")


def given(ctx: typer.Context, param: typer.CallbackParam, value: str | None) -> str | None:
    """The words of an option as they are, or those of standard input for “-”. Its callback."""
    if value != STANDARD_INPUT or ctx.resilient_parsing:
        return value
    return _read_once(ctx, _name(param))


def wanted(question: str) -> Callable[[typer.Context, typer.CallbackParam, str], str | None]:
    """The same of words that are wanted: where they are not given they are asked for. Gives the callback.

    That raises InputError where nobody is there to answer.
    """

    def words(ctx: typer.Context, param: typer.CallbackParam, value: str) -> str | None:
        if value == STANDARD_INPUT:
            return given(ctx, param, value)
        if value or ctx.resilient_parsing:
            return value
        if not at_a_terminal():
            raise InputError(
                f"{_name(param)} is missing: say it in your own words, or by standard input with “-”."
            )
        return _not_lost(ctx, output.asked(question, err=True))

    return words


def _read_once(ctx: typer.Context, name: str) -> str:
    if _READ in ctx.meta:
        raise InputError(f"{name}: standard input is read once, and {ctx.meta[_READ]} has had it.")
    ctx.meta[_READ] = name
    said = standard_input(name)
    return _not_lost(ctx, said) if at_a_terminal() else said


def _not_lost(ctx: typer.Context, said: str) -> str:
    """Words that somebody has just typed; where the command cannot take them they are shown again."""
    ctx.with_resource(_shown_if_refused(said))
    return said


@contextmanager
def _shown_if_refused(said: str) -> Iterator[None]:
    try:
        yield
    except (SchoolgateError, OSError):
        if said.strip():
            tell(f"What you typed was not kept. Here it is, to be given again:\n{said.strip()}")
        raise


def _name(param: typer.CallbackParam) -> str:
    first = param.opts[0]
    return first if first.startswith("-") else param.metavar or first


def tell(said: str) -> None:
    """Something to whoever is asked, beside what the command prints."""
    output.tell(said)


def line(question: str) -> str:
    """One line, empty where Enter alone was pressed."""
    return output.asked(question, default="", err=True).strip()


def lines(question: str) -> str:
    """Several lines, up to two empty ones or Ctrl-D. Empty lines within a paste do not end it."""
    tell(f"{question} End with two empty lines.")
    found = list(_until_empty())
    if any(len(one) >= _CUT_AT for one in found):
        tell(
            "A line was so long that the terminal may have cut it. Look at what was recorded; next time "
            "put it into a file: --text-file FILE"
        )
    return "\n".join(found).strip()


def _until_empty() -> Iterator[str]:
    empty = 0
    while one := sys.stdin.readline():
        said = one.rstrip("\n")
        empty = 0 if said.strip() else empty + 1
        if empty > 1 and not _more_is_there():
            return
        yield said


def _more_is_there() -> bool:
    return bool(select.select([sys.stdin], [], [], _PASTE_S)[0])
