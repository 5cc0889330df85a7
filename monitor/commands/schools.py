"""`schoolgate schools find`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from data.types import School
from monitor.terminal import in_json


def find(*, register: Path, query: str, as_json: bool, say: Callable[[str], None], limit: int = 10) -> int:
    """Print the register's schools that fit the words; 0 where there is one, 1 where there is none.

    `as_json` prints one JSON list, empty where nothing fits. Raises RegisterError.
    """
    from data.register import read_register
    from monitor.school_search import line, near, search

    schools = read_register(register)
    found = search(schools, query, limit)
    if as_json:
        say(_json(found))
        return 0 if found else 1
    for school in found:
        say(line(school))
    if len(found) == limit:
        say(f"The first {limit}. For more: --limit; for fewer: add the town or the postcode.")
    if found:
        return 0
    say(f"No school in {register.name} has all of these words: {query}")
    for school in near(schools, query, 3):
        say(f"Near: {line(school)}")
    say("Closed schools are left out. Try fewer words, the postcode or the number.")
    return 1


def _json(found: list[School]) -> str:
    from dataclasses import asdict

    rows = [asdict(school) for school in found]
    return in_json(rows)
