"""`schoolgate schools find`: a school in the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from monitor.cli.commands.common import register_file
from monitor.cli.commands.options import ConfigFile, Home, Json, Register, finish
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.types import School


def find(
    query: Annotated[list[str], Argument(metavar="WORDS…", help="Name, town, postcode or URN.")],
    register: Register = None,
    limit: Annotated[int, Option("--limit", min=1, help="How many to show.")] = 10,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Find a school in the register.

    \b
    Examples:
      schoolgate schools find "king james" knaresborough --register edubasealldata.csv
      schoolgate schools find 123456 --json
    """
    from dataclasses import asdict

    from data.register.national_lists import read_register
    from monitor.setup.entries import near, search

    path, words = register_file(register, home, config), " ".join(query)
    schools = read_register(path)
    found = search(schools, words, limit)
    if as_json:
        say(in_json([asdict(school) for school in found]))
        finish(0 if found else 1)
    _show(found)
    if len(found) == limit:
        say(f"The first {limit}. For more: --limit; for fewer: add the town or the postcode.")
    if found:
        finish(0)
    say(f"No school in {path.name} has all of these words: {words}")
    if close := near(schools, words, 3):
        say("Names like it:")
        _show(close)
    say("Closed schools are left out. Try fewer words, the postcode or the number.")
    finish(1)


def _show(schools: Sequence[School]) -> None:
    from monitor.terminal.table import table

    rows = [(s.urn, s.name, ", ".join(_place(s)), s.postcode, s.local_authority) for s in schools]
    for line in table(
        ("Number", "Name", "Place", "Postcode", "Authority"), rows, wraps=("Name", "Place", "Authority")
    ):
        say(line)


def _place(school: School) -> dict[str, None]:
    return dict.fromkeys(part for part in (school.locality, school.town) if part)
