"""Groups of commands, made for a quick start.

A start makes the command that was asked for, not the others beside it. And what is taken as it was
typed, a text or a path, is not handed to pydantic, which typer would load for it: that takes longer than most
commands. A typer that does not say of what type a parameter is
takes all of them in its own way.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import cache, cached_property, partial, wraps
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar

import typer
from typer._click.exceptions import NoSuchOption, UsageError
from typer.core import TyperGroup
from typer.main import get_group
from typer.models import ParameterInfo

from monitor.terminal import output


def group(help_: str) -> typer.Typer:
    """A group of commands; `add` puts it below another."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=help_)


def add_group(parent: typer.Typer, below: typer.Typer, name: str) -> None:
    """Put a group below another, where it is found by its name."""
    later = type("Later", (_Later,), {"made_of": below})
    front = group(str(below.info.help))
    if below.registered_callback:  # alone then: to look at each command makes them all
        front = typer.Typer(rich_markup_mode=None, invoke_without_command=True)
        front.registered_callback = with_types(below).registered_callback
    parent.add_typer(front, name=name, cls=later)


class QuickGroup(TyperGroup):
    """It and its commands take texts and paths as they were typed."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return what is left of the arguments for the command."""
        _take_as_typed(self.get_params(ctx))
        with _explaining(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; where it is typed wrongly, the error says what was meant."""
        with _explaining(ctx):
            return super().invoke(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, None where there is none."""
        found = super().get_command(ctx, cmd_name)
        _take_as_typed(found.get_params(ctx) if found else ())
        return found


@contextmanager
def _explaining(ctx: Any) -> Iterator[None]:
    try:
        yield
    except typer.TyperException as error:
        if ctx.parent is None:
            explain_usage(error)
        raise


class _Later(QuickGroup):
    made_of: ClassVar[typer.Typer]

    def __init__(self, **said: Any) -> None:
        super().__init__(**said)
        del self.__dict__["commands"]

    @cached_property
    def commands(self) -> Any:  # type: ignore[override]
        """Its commands, made at the first look at all of them."""
        return get_group(with_types(self.made_of)).commands

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, made alone unless all of them are."""
        if cmd_name not in vars(self).get("commands", ()):
            of, alone = self.made_of, typer.Typer(rich_markup_mode=None, cls=QuickGroup)
            there = (*of.registered_commands, *getattr(of, "unlisted", ()))
            alone.registered_commands += [info for info in there if info.name == cmd_name]
            alone.registered_groups += [info for info in of.registered_groups if info.name == cmd_name]
            if found := get_group(with_types(alone)).get_command(ctx, cmd_name):
                return found
        return super().get_command(ctx, cmd_name)


class SharedOptions(SimpleNamespace):
    """Options of several commands, as fields: a command's first parameter names such a class."""


def with_types(app: typer.Typer) -> typer.Typer:
    """The same, the types of what its commands take looked up once: typer does it four times for each; their
    help out of the file beside their module; and shared options each by itself.
    """
    for info in (app.registered_callback, *app.registered_commands):
        if info is None or (act := info.callback) is None:
            continue
        types = inspect.get_annotations(act, eval_str=True)
        words = _read_words(Path(inspect.getfile(act)).with_suffix(".toml")).get(act.__name__, {})
        if words:
            info.help = _compose_help(inspect.getdoc(act) or "", words)
        for one in inspect.signature(act).parameters.values():
            if one.name in words.get("options", ()):
                said = words["options"][one.name]
                types[one.name] = _explain(
                    one, types[one.name], {"help": said} if isinstance(said, str) else said
                )
        act.__annotations__ = types
        first = next(iter(types.values()), None)
        if isinstance(first, type) and issubclass(first, SharedOptions):
            info.callback = _taking_each(act, first)
    return app


@cache
def _read_words(file: Path) -> dict[str, Any]:
    """By command: what more its help says, examples of it, and what its options are."""
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _compose_help(first: str, words: Mapping[str, Any]) -> str:
    examples = [f"  {example}" for example in words.get("examples", ())]
    shown = ["\n".join(["\b", "Examples:", *examples])] if examples else []
    return "\n\n".join([first, *([words["more"]] if "more" in words else []), *shown])


def _explain(one: inspect.Parameter, kind: Any, words: Mapping[str, Any]) -> Any:
    """The type of a parameter with what is said of it: one with a default is an option of its name, unless
    it says otherwise itself.
    """
    base, *said = (kind.__origin__, *kind.__metadata__) if hasattr(kind, "__metadata__") else (kind,)
    if not said and one.default is one.empty:
        said = [typer.Argument(metavar=one.name.upper())]
    info = copy(said[0]) if said else typer.Option(f"--{one.name.replace('_', '-')}")
    vars(info).update(words)
    return Annotated[base, info]


def _taking_each(act: Callable[..., None], shared: type[SharedOptions]) -> Callable[..., None]:
    """The command, which takes each of its shared options by itself."""
    fields: dict[str, Any] = {}
    for kind in reversed(shared.__mro__):
        fields |= inspect.get_annotations(kind, eval_str=True)

    @wraps(act)
    def command(**typed: Any) -> None:
        act(shared(**{name: typed.pop(name) for name in fields}), **typed)

    _, *own = inspect.signature(act).parameters.values()
    last = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=getattr(shared, name), annotation=of)
        for name, of in fields.items()
    ]
    command.__signature__ = inspect.Signature([*own, *last])  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in (*own, *last)}
    return command


def _take_as_typed(params: Iterable[Any]) -> None:
    for param in params:
        of = getattr(param, "type_descriptor", None)
        if of and isinstance(of.annotation, type) and not param.multiple:
            info: ParameterInfo = of.parameter_info
            wanted = info.exists or info.writable or info.resolve_path or info.path_type or info.parser
            if not wanted and info.file_okay and info.dir_okay:
                param.process_value = partial(_process_value, param, of.annotation, info)


def _process_value(param: Any, kind: type, info: ParameterInfo, ctx: Any, value: Any) -> Any:
    """Process a value as typer does, to which it leaves all but a text, a path, and a default that needs no
    conversion.
    """
    if isinstance(value, str):
        there = kind is Path and info.readable and os.path.lexists(value)
        plain = kind in (str, Path) and value.isascii() and (not there or os.access(value, os.R_OK))
        value = kind(value) if plain else value
    else:
        plain = type(value) is kind or (value is None and not param.required)
    if not plain:
        return type(param).process_value(param, ctx, value)
    return param.callback(ctx, param, value) if param.callback else value


_NO_COMMAND = re.compile(r"No such command '([^']*)'\.?")
_AFTER = ". Options follow the command that they are for: schoolgate status {} …"
_EXAMPLE = re.compile(r"Examples:\n\s+(.+)")


def explain_usage(error: typer.TyperException) -> None:
    """Have the error name the option or command of that meaning, then of those letters, and an example."""
    if not isinstance(error, UsageError) or error.ctx is None:
        return
    command = error.ctx.command
    if isinstance(error, NoSuchOption):
        known = [name for param in command.params for name in param.opts] + ["--help"]
        near = [name for name in error.possibilities or () if name != "--help"]
        meant = {f"-{word}" for word in sys.argv if not word.startswith("--")}.intersection(known)  # “-home”
        options = [*_find_by_meaning("options", error.option_name, known), *meant] or near
        error.possibilities = None
        instead = ". Leave it out." if error.ctx.parent else _AFTER.format(error.option_name)
        error.message += f". Did you mean {' or '.join(options)}?" if options else instead
    unknown = _NO_COMMAND.match(error.message)
    if unknown and error.ctx.parent and "Did you" not in error.message:
        has = ", ".join(vars(command)["commands"])
        error.message += f" It has: {has}. The rest is done at: schoolgate desk"
    elif unknown and not error.ctx.parent and (commands := [*_find_by_meaning("commands", unknown[1])]):
        error.message = f"{unknown[0]} Did you mean: schoolgate {', or schoolgate '.join(commands)}"
    if example := _EXAMPLE.search(command.help or ""):
        said = (
            error.message and f"{error.message.removesuffix('.')}{'' if error.message[-1] == '?' else '.'} "
        )
        error.message = f"{said}For example: {example[1]}"
    error.message = output.name_home(error.message)


def _find_by_meaning(kind: str, typed: str, known: Collection[str] | None = None) -> Iterator[str]:
    """Find those whose row of `usage.toml` has the word that was typed."""
    word = typed.lstrip("-").lower().replace("_", "-")
    for name, words in _read_words(Path(__file__).with_name("usage.toml"))[kind].items():
        if word in words.split() and (known is None or name in known):
            yield name
