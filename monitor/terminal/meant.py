"""What was meant by an option or a command that there is not: by its meaning first, then by its letters."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

from typer import TyperException
from typer._click.exceptions import NoSuchOption, UsageError

from data.errors import write_commands

_MEANT = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_NO_COMMAND = re.compile(r"No such command '([^']*)'\.?")
_EXAMPLE = re.compile(r"Examples:\n\s+(.+)")


def explain_usage(error: TyperException) -> None:
    """Have the error say what was meant, or how the command is typed."""
    if not isinstance(error, UsageError) or error.ctx is None:
        return
    command = error.ctx.command
    if isinstance(error, NoSuchOption):
        known = [name for param in command.params for name in param.opts] + ["--help"]
        near = [name for name in error.possibilities or () if name != "--help"]
        meant = [*_meant("options", error.option_name, known)] or near
        error.possibilities = None
        error.message += f". Did you mean {' or '.join(meant)}?" if meant else ". Leave it out."
    unknown = None if error.ctx.parent else _NO_COMMAND.match(error.message)
    if unknown and (commands := [*_meant("commands", unknown[1])]):
        said = ", or ".join(write_commands(f"⟪{each}⟫") for each in commands)
        error.message = f"{unknown[0]} Did you mean: {said}"
    if example := _EXAMPLE.search(command.help or ""):
        said = (
            error.message and f"{error.message.removesuffix('.')}{'' if error.message[-1] == '?' else '.'} "
        )
        error.message = f"{said}For example: {example[1]}"


def _meant(kind: str, typed: str, known: Collection[str] | None = None) -> Iterator[str]:
    """Those whose row has the word that was typed."""
    word = typed.lstrip("-").lower().replace("_", "-")
    for name, words in _MEANT[kind].items():
        if word in words.split() and (known is None or name in known):
            yield name
