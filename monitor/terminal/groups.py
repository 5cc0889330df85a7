"""Groups of commands: a start makes the commands of the group that was asked for, not of all the others."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_group


def group(help_: str) -> typer.Typer:
    """A group of commands; `add` puts it below another."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=help_)


def add(parent: typer.Typer, below: typer.Typer, name: str) -> None:
    """Put a group below another, where it is found by its name."""
    later = type("Later", (_Later,), {"made_of": below})
    front = group(str(below.info.help))
    parent.add_typer(front, name=name, cls=later)


class _Later(TyperGroup):
    made_of: ClassVar[typer.Typer]

    def __init__(self, **said: Any) -> None:
        super().__init__(**said)
        del self.__dict__["commands"]

    @cached_property
    def commands(self) -> Any:  # type: ignore[override]
        """Its commands, made at the first look."""
        return get_group(self.made_of).commands
