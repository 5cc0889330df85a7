"""`schoolgate init`: writes a commented `schoolgate.toml`, from the register or by asking."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import InputError, SchoolgateError
from monitor.commands.options import Home, Register
from monitor.home.paths import CONFIG_NAME, find
from monitor.terminal.errors import ask
from monitor.terminal.output import say

if TYPE_CHECKING:
    from data.types import School
    from monitor.config.text import Draft


def init(
    urn: Annotated[
        list[str] | None,
        typer.Option("--urn", help="URN of the school; several for one school in several URNs."),
    ] = None,
    register: Register = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take what the register says.")] = False,
    one: Annotated[
        bool, typer.Option("--one", help="The numbers given are one school, with one head and one website.")
    ] = False,
    home: Home = None,
) -> None:
    """Write schoolgate.toml, from the register of schools or by asking.

    \b
    Examples:
      schoolgate init
      schoolgate init --urn 123456 --register edubasealldata.csv --yes
    """
    from monitor.config.text import render

    path = find(os.environ, home).home / CONFIG_NAME
    _refuse_overwriting(path)
    if not yes:
        draft = _by_asking(urn or [], register, one)
    elif urn and register:
        draft = _by_register(urn, register, one)
    else:
        raise InputError(
            "--yes asks nothing, so it needs the school and the register. For example: "
            "schoolgate init --urn 900001 --register edubasealldata.csv --yes"
        )
    _write(path, render(draft))
    _tell(path, draft)


def _refuse_overwriting(path: Path) -> None:
    if path.exists():
        raise SchoolgateError(
            f"{path} is there already; nothing was changed. To change it, open it in an editor. "
            "To begin again, move it away first, or write elsewhere with --home."
        )


def _by_register(urns: Sequence[str], register: Path, one: bool) -> Draft:
    from data.register.national_lists import read_register
    from monitor.setup.entries import entries, grouped, look_up

    all_schools = read_register(register)
    found = look_up(urns, all_schools, register)
    schools = [entry.school for entry in entries(grouped(found, [found] if one else ()), all_schools)]
    return _draft(schools, register)


def _by_asking(urns: Sequence[str], register: Path | None, one: bool) -> Draft:
    from data.register.national_lists import read_register
    from monitor.commands.setup.questions import (
        contact,
        people,
        pick_schools,
        register_path,
        said_alone,
        together,
    )
    from monitor.setup.entries import alike, entries, grouped, headed, look_up

    register = register or register_path(ask, say)
    all_schools = read_register(register) if register else ()
    if urns and register:
        found = look_up(urns, all_schools, register)
    else:
        found = pick_schools(all_schools, urns, ask, say)
    groups = [found] if one else [group for group in alike(found) if together(group, ask, say)]
    drafted = entries(grouped(found, groups), all_schools)
    draft = _draft([entry.saying(said_alone(entry, ask)) for entry in drafted], register)
    draft = replace(draft, contact=contact(ask, say), people=people(found, ask, say))
    return replace(draft, schools=headed(draft.schools, draft.people))


def _draft(schools: Sequence[School], register: Path | None) -> Draft:
    from monitor.config.text import Draft

    return Draft(schools=tuple(schools), register_file=str(register.absolute()) if register else None)


def _write(path: Path, text: str) -> None:
    """Put the file there whole or not at all; an existing one stays. Only its owner may read it."""
    import tempfile

    from monitor.config.load import load

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{CONFIG_NAME}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        load(draft, {})
        _place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _place(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        _refuse_overwriting(path)
    except OSError:  # a file system without hard links: the check before is all there is
        draft.replace(path)


def _tell(path: Path, draft: Draft) -> None:
    for school in draft.schools:
        numbers = ", ".join(school.members or (school.urn,))
        say(
            f"{school.name} (URN {numbers}). Proposed: {_count(school.aliases, 'alias', 'aliases')}, "
            f"{_count(school.namesakes, 'namesake', 'namesakes')}."
        )
    say(f"Written: {path}")
    say(
        "Next: open it, check what is proposed, remove the “#” before the sources to watch"
        + (" and before the people to tell." if not draft.people else ".")
    )
    say("Then: schoolgate doctor")


def _count(found: Sequence[object], one: str, many: str) -> str:
    return f"{len(found)} {one if len(found) == 1 else many}"
