"""Checking a `fleet.toml`: what it holds → its tables, or every fault at once. Loads pydantic.

As in `monitor.config.between`, the document is looked at as it was read. No home's folder is opened: it may
lie on another machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal

from monitor.config import model, places
from monitor.config.examine import Examined, examined_as
from monitor.config.faults import Fault, quoted
from monitor.config.model import PlaceTable, Table, key, optional
from monitor.config.places import Document, rows, table, text, texts
from monitor.config.settings import MAILBOX, MAILBOX_SCHEMES, OWN_PAGE
from monitor.config.values import (
    BeatAddress,
    ClusterAddress,
    Contact,
    HomeName,
    Machine,
    Text,
    Variable,
    Zone,
)
from monitor.terminal.wording import nearest


def _workers(sentence: str) -> Any:
    return key(sentence, 2, 1, ge=1, le=256)


class EngineTable(Table):
    """What runs the stages, and how many workers each has."""

    kind: Literal["local", "ray"] = key(
        "“local”: processes of this machine; “ray”: a Ray cluster (extra `fleet`).", "ray", "local"
    )
    address: ClusterAddress | None = optional(
        "With “ray”: the cluster to join; without it one of our own on this machine.", "10.0.0.1:6379"
    )
    fetchers: int = _workers("Workers that ask places; a site is asked by one of them alone.")
    linkers: int = _workers("Workers that tell whom a find is about.")
    scorers: int = _workers("Workers that hold the model.")
    writers: int = _workers("Workers that judge and save; a home is written by one of them alone.")


class HomeTable(Table):
    """One home: the folder of one trust or school, with its own file, store, people and keys."""

    name: HomeName = key("A short name of your own: letters, digits, hyphens.", "brightwater")
    folder: Text = key("Its folder; relative to the one this file is in.", "homes/brightwater")
    config: Text | None = optional(
        "Its configuration file, where it is not `schoolgate.toml` in its folder.",
        "settings/brightwater.toml",
    )
    machine: Machine | None = optional(
        "With “ray”: the machine that its folder lies on, where it is not this one.", "b"
    )


class SharedPlaceTable(PlaceTable):
    """A place that is looked at for all homes together, or for those named."""

    homes: tuple[HomeName, ...] = key(
        "The homes it is watched for; all of them where it is missing.", ["brightwater"], ()
    )


class FleetFile(Table):
    """The whole of `fleet.toml`."""

    zone: Zone = key("The time zone people see.", "Europe/London", "Europe/London")
    contact: Contact | None = optional(
        "Who answers for the collecting; every site we ask for all homes together is told it.",
        "fleet@authority.example.org",
    )
    register_file: Text | None = optional(
        "The register of schools, a CSV file (may be .gz), to tell namesakes apart.", "gias.csv.gz"
    )
    heartbeat_url: BeatAddress | None = model.HEARTBEAT_URL
    heartbeat_env: Variable | None = model.HEARTBEAT_ENV
    heartbeat_file: Text | None = model.HEARTBEAT_FILE
    engine: EngineTable = key("What runs the stages.", {}, EngineTable())
    network: model.NetworkTable = key(
        "The network that the fleet stands in, as in `schoolgate.toml`.", {}, model.NetworkTable()
    )
    homes: tuple[HomeTable, ...] = key("The homes: one `[[homes]]` each.", [], min_length=1)
    places: tuple[SharedPlaceTable, ...] = key("Places for all homes: one `[[places]]` each.", [], ())


_RAY_ALONE = 'is for the engine “ray”. Write under [engine]: kind = "ray"; or remove this line.'


def examined(folder: Path, document: dict[str, Any]) -> Examined[FleetFile]:
    """A `fleet.toml` of that folder, absolute, and all its faults."""
    return examined_as(FleetFile, partial(_between, folder), document)


def _between(folder: Path, document: Document) -> Iterator[Fault]:
    yield from _names(document)
    yield from _folders(folder, document)
    yield from _machines(document)
    if "places" in document:
        yield from places.unique(document, "places")
        yield from places.profiles(document, "places")
        yield from places.kinds(document, "places")
        yield from _of_a_home(document)
        yield from _known_homes(document)


def _names(document: Document) -> Iterator[Fault]:
    """Not even in capitals and small letters do two names differ alone: they name folders."""
    first: dict[str, int] = {}
    for i, row in rows(document, "homes"):
        name = text(row, "name")
        before = first.setdefault(name.casefold(), i)
        if name and before != i:
            what = f"{quoted(name)} is the name of number {before + 1} too. Give each its own."
            yield Fault(("homes", i, "name"), what)


def _folders(folder: Path, document: Document) -> Iterator[Fault]:
    """Each home has a folder of its own, in which no other lies and which lies in no other."""
    first: dict[tuple[str, Path], int] = {}
    for i, row in rows(document, "homes"):
        if not (name := text(row, "folder")):
            continue
        machine, at = text(row, "machine"), absolute(folder, name)
        before = first.setdefault((machine, at), i)
        if before != i:
            what = f"is the folder of number {before + 1} too. Give each its own."
            yield Fault(("homes", i, "folder"), what)
        elif not machine and at in (folder, *folder.parents):
            what = "the fleet's own things lie in it. Give the home a folder of its own, for example: "
            yield Fault(("homes", i, "folder"), what + 'folder = "homes/brightwater"')
    for (machine, at), i in first.items():
        around = next((n for above in at.parents if (n := first.get((machine, above), i)) != i), i)
        if around != i:
            what = f"lies in the folder of number {around + 1}. A home lies in no other: move one of them."
            yield Fault(("homes", i, "folder"), what)


def absolute(folder: Path, name: str) -> Path:
    """A path of the file as an absolute one, without “..”: relative paths begin in the file's folder."""
    with suppress(RuntimeError):  # of “~name” where nobody has that name
        return Path(os.path.normpath(folder / Path(name).expanduser()))
    return Path(os.path.normpath(folder / name))


def _machines(document: Document) -> Iterator[Fault]:
    """Other machines there are with Ray alone."""
    engine = table(document, "engine")
    if engine.get("kind", "local") != "local":
        return
    if "address" in engine:
        yield Fault(("engine", "address"), _RAY_ALONE)
    for i, row in rows(document, "homes"):
        if "machine" in row:
            yield Fault(("homes", i, "machine"), _RAY_ALONE)


def _of_a_home(document: Document) -> Iterator[Fault]:
    """What has a sign-in, or is a school's own, is no place of a fleet's."""
    for i, row in rows(document, "places"):
        write = "Write it into that home's schoolgate.toml, and remove it here."
        if text(row, "kind") == MAILBOX or text(row, "url").lower().startswith(MAILBOX_SCHEMES):
            what = "a mailbox has a sign-in, which belongs to one home. "
            yield Fault(("places", i, "kind"), what + write)
        elif text(row, "kind") == OWN_PAGE:
            yield Fault(("places", i, "kind"), f"a school's own page belongs to one home. {write}")


def _known_homes(document: Document) -> Iterator[Fault]:
    known = [name for _, row in rows(document, "homes") if (name := text(row, "name"))]
    there = frozenset(known)
    for i, row in rows(document, "places"):
        for n, name in texts(row, "homes"):
            if name not in there:
                near = nearest(name, known)
                meant = f"Did you mean “{near}”?" if near else "Add its [[homes]], or correct the name."
                what = f"{quoted(name)} is not the name of a home in this file. {meant}"
                yield Fault(("places", i, "homes", n), what)
