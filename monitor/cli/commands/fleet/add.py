"""`schoolgate fleet add`: homes are written into fleet.toml."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from data.errors import ConfigError, InputError
from monitor.cli.commands.inputs import in_terms_of
from monitor.cli.commands.options import FleetFolder, finish
from monitor.terminal.output import say

if TYPE_CHECKING:
    from monitor.config.load import Config
    from monitor.fleet.settings import Fleet, FleetHome

_OPTIONS = {"name": "--name", "machine": "--machine", "contact": "--contact", "folder": "FOLDER"}
_FIRST = "# Homes that are collected together. What each key means: schoolgate docs fleet\n"
_CONTACT = "Who answers for the collecting, by e-mail or web address (every site we ask is told it)"
_LONGEST_NAME = 64


def add_homes(
    folders: Annotated[
        list[Path], Argument(metavar="FOLDER", help="A home's folder, with its schoolgate.toml.")
    ],
    name: Annotated[
        str | None, Option("--name", help="A short name of your own; the folder's otherwise.")
    ] = None,
    machine: Annotated[
        str | None, Option("--machine", help="With Ray: the machine on which the folder lies.")
    ] = None,
    contact: Annotated[
        str | None, Option("--contact", help="For a new fleet: who answers for the collecting.")
    ] = None,
    fleet: FleetFolder = None,
) -> None:
    """Add homes to fleet.toml, which is made where there is none. Nothing in a home is changed.

    \b
    Examples:
      schoolgate fleet add homes/brightwater --fleet /srv/fleet --contact fleet@authority.example.org
      schoolgate fleet add homes/hexley --name hexley-primary
      schoolgate fleet add homes/*
    """
    from monitor.fleet.settings import find, load

    path = find(os.environ, fleet)
    there = load(path) if path.exists() else None
    if name and len(folders) > 1:
        raise InputError("--name is for one home. Add the others by themselves.")
    new = {at: name or _named(at) for at in _new(folders, there, machine)}
    if not new:
        say("Nothing was changed.")
        finish(0)
    configs = {} if machine else _configs(new)
    with in_terms_of(_OPTIONS):
        lines = [line for at in new for line in _lines(path.parent, at, new[at], machine)]
        _write(path, there, lines[1:], contact)
    _tell(load(path), list(new.values()), configs)


def _new(folders: Sequence[Path], there: Fleet | None, machine: str | None) -> list[Path]:
    """Those that the fleet does not have, absolute, each once."""
    has = {(home.machine, home.folder): home.name for home in (there.homes if there else ())}
    found = []
    for folder in folders:
        if machine and not folder.is_absolute():
            raise InputError(f"{folder}: a folder on another machine is given by its whole path there.")
        at = Path(os.path.normpath(folder.expanduser().absolute()))
        if known := has.get((machine or "", at)):
            say(f"{folder} is in the fleet already, as {known}.")
        elif at not in found:
            found.append(at)
    return found


def _named(folder: Path) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "-", folder.name).strip("-")[:_LONGEST_NAME]
    if not name:
        raise InputError(f"{folder}: no name can be made of that. Give one: --name NAME")
    return name


def _configs(new: Mapping[Path, str]) -> dict[str, Config]:
    """What each home's own file configures, by its name. Raises ConfigError with the faults of all."""
    from monitor.config.home.paths import CONFIG_NAME
    from monitor.config.load import load

    found, faults = {}, []
    for folder, name in new.items():
        if not (folder / CONFIG_NAME).exists():
            write = f"To write one: {shlex.join(['schoolgate', 'init', '--home', str(folder)])}"
            faults.append(f"{folder} has no {CONFIG_NAME}. {write}")
            continue
        try:
            found[name] = load(folder / CONFIG_NAME, os.environ, folder)
        except ConfigError as error:
            faults += [f"{folder}: {fault}" for fault in error.faults]
    if faults:
        raise ConfigError(faults)
    return found


def _lines(fleet: Path, folder: Path, name: str, machine: str | None) -> list[str]:
    """Its entry; a folder below the fleet's is written as seen from there, so that both may be moved."""
    from monitor.config.faults import toml

    near = folder.relative_to(fleet) if not machine and folder.is_relative_to(fleet) else folder
    row = {"name": name, "folder": str(near), **({"machine": machine} if machine else {})}
    return ["", "[[homes]]", *(f"{key} = {toml(value)}" for key, value in row.items())]


def _write(path: Path, there: Fleet | None, block: Sequence[str], contact: str | None) -> None:
    """One change for all of them, or none."""
    from functools import partial

    from monitor.config.faults import toml
    from monitor.config.writing.edit import create, edit
    from monitor.config.writing.toml_edit import with_block, with_key
    from monitor.fleet.checks import examined
    from monitor.terminal.answers import until_right

    examine = partial(examined, path.parent)

    def change(text: str, _: dict[str, Any]) -> str:
        text = with_block(text, "homes", block)
        return with_key(text, (), "contact", contact) if contact else text

    if there is not None:
        edit(path, change, examine, "⟪docs⟫ fleet")
        return
    contact = contact or until_right(_CONTACT, _contact)
    text = f"{_FIRST}contact = {toml(contact)}\n\n"
    create(path, text + "\n".join([*block, ""]), examine)


def _contact(answer: str) -> str:
    from monitor.config.values import Contact
    from monitor.setup.answers import fault

    if fault(Contact, answer):
        raise InputError(f"“{answer}” is neither. Write, for example: fleet@authority.example.org")
    return answer.strip()


def _tell(fleet: Fleet, names: Sequence[str], configs: Mapping[str, Config]) -> None:
    """What was written, which schools are in two homes now, and what to do next."""
    from monitor.terminal.wording import some

    schools = sum(len(config.proper) for config in configs.values())
    counted = f", with {schools:,} school{'' if schools == 1 else 's'}" if configs else ""
    say(f"Written to {fleet.path.name}: {some(names)}{counted}. Homes in all: {len(fleet.homes):,}.")
    if not configs:
        say(f"Not looked at, since it lies on {fleet.homes[-1].machine}: see there that it is in order.")
    for homes, urns in _twice(fleet, configs).items():
        say(f"URN {some(urns)}: in {' and '.join(homes)}, which would all be told. Keep it in one of them.")
    doctor = ["schoolgate", "fleet", "doctor", "--fleet", str(fleet.folder)]
    say(f"Next, see that all is in order: {shlex.join(doctor)}")


def _twice(fleet: Fleet, configs: Mapping[str, Config]) -> dict[tuple[str, ...], list[str]]:
    """The numbers that are in several homes, one of them new, by those homes."""
    from data.store.engine.rows import grouped

    has = grouped((urn, name) for name, config in configs.items() for urn in _urns(config))
    others = [home for home in fleet.homes if home.name not in configs and not home.machine]
    for home in others:
        for urn in _shared(home, has):
            has[urn].append(home.name)
    return grouped((tuple(homes), urn) for urn, homes in has.items() if len(homes) > 1)


def _shared(home: FleetHome, wanted: Mapping[str, object]) -> list[str]:
    """Which of these numbers the home has; read whole only where its text has one of them."""
    from monitor.config.load import load

    try:
        text = home.config.read_text(encoding="utf-8", errors="replace")
        if not any(urn in text for urn in wanted):
            return []
        return [urn for urn in _urns(load(home.config, os.environ, home.folder)) if urn in wanted]
    except (OSError, ConfigError):
        return []  # `fleet doctor` says so


def _urns(config: Config) -> list[str]:
    return list(dict.fromkeys(n for s in config.schools for n in (s.urn, *s.members)))
