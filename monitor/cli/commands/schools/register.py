"""`schoolgate schools`: finds a school in the register, and takes a newer register into the home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.errors import InputError
from monitor.cli.commands.options import HomeOptions, JsonOptions, Register, finish
from monitor.config.home import paths
from monitor.home import wiring
from monitor.terminal.output import in_json, say, say_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.types import School


def find(
    opts: JsonOptions,
    query: Annotated[list[str], Argument(metavar="WORDS…", help="Name, town, postcode or URN.")],
    register: Register = None,
    limit: Annotated[int, Option("--limit", min=1, help="How many to show.")] = 10,
) -> None:
    """Find a school in the register.

    \b
    Examples:
      schoolgate schools find "king james" knaresborough --register edubasealldata.csv
      schoolgate schools find 123456 --json
    """
    from data.register.national_lists import read_register
    from monitor.setup.entries import near, search

    path, words = register_file(register, opts), " ".join(query)
    schools = read_register(path)
    found = search(schools, words, limit)
    if opts.as_json:
        say(in_json([school_json(school) for school in found]))
        finish(0 if found else 1)
    show_schools(found)
    if len(found) == limit:
        say(f"The first {limit}. For more: --limit; for fewer: add the town or the postcode.")
    if found:
        finish(0)
    say(f"No school in {path.name} has all of these words: {words}")
    if close := near(schools, words, 3):
        say("Names like it:")
        show_schools(close)
    say("Closed schools are left out. Try fewer words, the postcode or the number.")
    finish(1)


def update(
    opts: HomeOptions,
    file: Annotated[Path, Argument(metavar="FILE", help="The register as downloaded (.csv, .csv.gz, .zip).")],
) -> None:
    """Take a newer register into the home. The file itself is not needed afterwards.

    \b
    Examples:
      schoolgate schools update edubasealldata20261123.csv
    """
    from data.register.kept_register import NAME, day_of, packed
    from data.register.national_lists import read_register
    from monitor.config.home.paths import keep
    from monitor.config.writing.edit import set_values
    from monitor.setup.doctor.settings import numbers_of

    where, settings = wiring.settings(opts.home, opts.config)
    schools = read_register(file)
    kept = where.home / NAME
    keep(kept, packed(schools, file))
    if settings.register != kept:
        named = NAME if where.config.parent == where.home else str(kept)
        set_values(where.config, {("", "register_file"): named})
    size, day = kept.stat().st_size / 2**20, day_of(kept)
    say(f"{kept}: {len(schools):,} schools, as of {day:%-d %B %Y} ({size:.1f} MB).")
    if missing := sorted(numbers_of(settings) - {school.urn for school in schools}):
        say(f"Not among its open schools: {', '.join(missing)}. What to do: schoolgate doctor")


def register_file(register: Path | None, opts: HomeOptions) -> Path:
    """The register that is named, else the configured one. Raises InputError where there is none."""
    if register is not None:
        return register
    where = paths.find(os.environ, opts.home, opts.config)
    if where.config.exists():
        _, settings = wiring.settings(opts.home, opts.config)
        if settings.register is not None:
            return settings.register
    raise InputError(
        "No register of schools is named. Download it from get-information-schools.service.gov.uk "
        "and name it: --register FILE"
    )


def school_json(school: School) -> dict[str, object]:
    """What the file or the register says of it; who has left is among its people."""
    from dataclasses import asdict

    return {key: value for key, value in asdict(school).items() if key != "former"}


def show_schools(schools: Sequence[School]) -> None:
    from monitor.terminal.table import table

    places = [", ".join(dict.fromkeys(filter(None, (s.locality, s.town)))) for s in schools]
    rows = [(s.urn, s.name, p, s.postcode, s.local_authority) for s, p in zip(schools, places, strict=True)]
    heads = ("Number", "Name", "Place", "Postcode", "Authority")
    say_lines(table(heads, rows, wraps=("Name", "Place", "Authority")))
