"""Looking at a fleet: what is wrong with its file, its folder, its engine and its homes. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from data.effects import Sleep, uptime
from data.errors import ConfigError
from monitor.config.load import TO_WRITE_ONE
from monitor.doctor import install
from monitor.doctor.findings import Finding, fault, ok
from monitor.doctor.fleet import folder, homes, shared
from monitor.doctor.state import model as the_model
from monitor.fleet import progress
from monitor.fleet.settings import load, typed

DOCTOR = "schoolgate fleet doctor"


def examine(
    path: Path,
    *,
    env: Mapping[str, str],
    now: datetime,
    sleep: Sleep,
    model: Callable[[], Finding] = the_model,
) -> list[Finding]:
    """Every finding, in the order of checking. `path` is the fleet's file; `now` is aware, UTC."""
    found = _examined(path, env, now, sleep, model)
    return [replace(one, command=_typed(one.command, path.parent, env)) for one in found]


def _typed(command: str, folder: Path, env: Mapping[str, str]) -> str:
    of_a_fleet = command.split()[1:2] == ["fleet"]
    return typed(command, folder, env) if of_a_fleet else command


def _examined(
    path: Path, env: Mapping[str, str], now: datetime, sleep: Sleep, model: Callable[[], Finding]
) -> list[Finding]:
    found = install.installation(path.parent, now)
    try:
        fleet = load(path)
    except ConfigError as error:
        return [*found, *(_of_the_file(text) for text in error.faults)]
    seen = progress.read(fleet.folder)
    there = homes.read(fleet, env)
    return [
        *found,
        ok(
            "configuration",
            f"{fleet.path}: homes {len(fleet.homes):,}, shared places {len(fleet.places):,}.",
        ),
        *shared.contact(fleet),
        *shared.register(fleet, there.configs),
        *shared.engine(fleet),
        *shared.places(fleet, there.configs),
        *homes.homes(fleet, there, seen, now, sleep),
        *folder.store(fleet, now, sleep, uptime()),
        *folder.segments(fleet, now),
        *folder.service(seen, now),
        *shared.heartbeat(fleet, there.configs),
        model(),
    ]


def _of_the_file(text: str) -> Finding:
    what, missing, command = text.partition(f" {TO_WRITE_ONE}: ")
    if missing:
        return fault("configuration", what, TO_WRITE_ONE, command)
    return fault("configuration", text, "Correct that, then look again", DOCTOR)
