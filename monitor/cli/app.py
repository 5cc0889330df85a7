"""The `schoolgate` command: options, help and exit codes. What a command does stands in `commands/`.

Nothing heavy is imported here, so that `schoolgate --help` answers at once; and of the commands those alone
that are asked for. Which exit code says what: docs/commands.md.
"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Annotated

import typer

from monitor.terminal import output
from monitor.terminal.groups import QuickGroup, add_group, with_types
from monitor.terminal.output import say, set_up_log
from monitor.terminal.program import ended_at_once, release, run_app

_BEFORE_A_COMMAND = ("--verbose", "-v")
_OBJECTS = 50_000
"""So many more there may be before garbage is looked for: of what a start loads nothing is."""


_PARTS: Mapping[str, tuple[str, str]] = {
    "source": ("monitor.cli.commands.source", "source_app"),
    "people": ("monitor.cli.commands.people", "people_app"),
    "terms": ("monitor.cli.commands.schools", "terms_app"),
    "schools": ("monitor.cli.commands.schools", "schools_app"),
    "mail": ("monitor.cli.commands.mail", "mail_app"),
    "alerts": ("monitor.cli.commands.alerts", "alerts_app"),
    "evidence": ("monitor.cli.commands.evidence", "evidence_app"),
    "fleet": ("monitor.cli.commands.fleet", "fleet_app"),
    "service": ("monitor.cli.commands.service", "service_app"),
    "serve": ("monitor.cli.commands.service", "serve_command"),
    "status": ("monitor.cli.commands.service", "status_command"),
    "backup": ("monitor.cli.commands.backup", "backup"),
    "restore": ("monitor.cli.commands.backup", "restore"),
    "purge": ("monitor.cli.commands.backup", "purge"),
    "digest": ("monitor.cli.commands.report", "digest"),
    "report": ("monitor.cli.commands.report", "report"),
    "setup": ("monitor.cli.commands.service", "setup_command"),
    "init": ("monitor.cli.commands.init", "init"),
    "doctor": ("monitor.cli.commands.doctor", "doctor_command"),
    "docs": ("monitor.cli.commands.docs", "docs"),
    "set": ("monitor.cli.commands.set", "set_keys"),
    "scan": ("monitor.cli.commands.scan", "scan_once_command"),
    "demo": ("monitor.cli.commands.service", "demo_command"),
    "desk": ("monitor.cli.commands.service", "desk_command"),
    "triage": ("monitor.cli.commands.model", "triage"),
}
"""What stands right below `schoolgate`: the module that has it, read only when it is asked for, and the group
or the command there.
"""


def name_home(text: str) -> str:
    """The text with its commands for the home that was typed, where one was: `schoolgate scan --home DIR`."""
    from monitor.config.home.lookup import typed_home

    program, named = typed_home()
    groups = [part for part, (_, name) in _PARTS.items() if name.endswith("_app")]
    command = rf"(?:{'|'.join(groups)}) [a-z]+|{'|'.join(_PARTS.keys() - groups)}"
    homeless = "docs|fleet run|source parse"
    hint = rf"(?<![\w/-])schoolgate (?!(?:{homeless})\b)({command})\b(?![^\n]* --home)"
    return re.sub(hint, lambda found: f"{program} {found[1]}{named}", text)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"schoolgate {release()}")
        raise typer.Exit


def _root(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log each step to standard error.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    set_up_log(verbose=verbose)


def _make_app(parts: Iterable[str]) -> typer.Typer:
    app = typer.Typer(
        name="schoolgate",
        help="Watches what is said in public about a school and tells the right person what needs doing.\n\n"
        "\b\nBegin with:\n"
        "  schoolgate demo                               see it work on an invented school\n"
        "  schoolgate setup                              set a school up, in a browser\n"
        "  schoolgate doctor                             what is wrong, and how to put it right\n"
        "  schoolgate scan                               look now",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        cls=QuickGroup,
    )
    app.callback()(_root)
    for part in parts:
        module, name = _PARTS[part]
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            add_group(app, found, part)
        else:
            app.command(part)(found)
    return with_types(app)


def __getattr__(name: str) -> typer.Typer:
    """`app`: all of it, made for whoever asks for it here."""
    if name == "app":
        return _whole()
    raise AttributeError(name)


@cache
def _whole() -> typer.Typer:
    return _make_app(_PARTS)


def app_for_words(words: Sequence[str]) -> typer.Typer:
    """With the one command or group alone that these words begin with; whole where they begin otherwise."""
    first = next((word for word in words if word not in _BEFORE_A_COMMAND), None)
    if first == "--version":
        return _make_app(())
    return _make_app([first]) if first is not None and first in _PARTS else _whole()


def main() -> None:
    if sys.argv[1:2] not in (["serve"], ["scan"]):  # these last, and their memory is counted
        gc.set_threshold(_OBJECTS, 10, 10)
    if any(word.startswith("--home") for word in sys.argv):
        output.name_home = name_home
    with ended_at_once():
        run_app(app_for_words(sys.argv[1:]))


if __name__ == "__main__":
    main()
