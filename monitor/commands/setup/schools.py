"""`schoolgate schools find`: a school in the register."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.common import register_file
from monitor.commands.options import ConfigFile, Home, Json, Register, finish
from monitor.terminal.output import in_json, say


def find(
    query: Annotated[list[str], typer.Argument(metavar="WORDS…", help="Name, town, postcode or URN.")],
    register: Register = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show.")] = 10,
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
    from monitor.setup.school_search import line, near, search

    path, words = register_file(register, home, config), " ".join(query)
    schools = read_register(path)
    found = search(schools, words, limit)
    if as_json:
        say(in_json([asdict(school) for school in found]))
        finish(0 if found else 1)
    for school in found:
        say(line(school))
    if len(found) == limit:
        say(f"The first {limit}. For more: --limit; for fewer: add the town or the postcode.")
    if found:
        finish(0)
    say(f"No school in {path.name} has all of these words: {words}")
    for school in near(schools, words, 3):
        say(f"Near: {line(school)}")
    say("Closed schools are left out. Try fewer words, the postcode or the number.")
    finish(1)
