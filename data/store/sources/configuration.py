"""The configuration as last used: schools, people and sources, each replaced as a whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from data.store.engine.rows import Connection, Row, ValueTable, execute, insert_rows, names
from data.types import Person, School, Source

_SCHOOL = names(
    "urn name aliases former_names locality town county local_authority street postcode trust domain "
    "head phase nation members namesakes language"
)
_PEOPLE = ValueTable("people", Person, "id name roles email urns")
_SOURCE = names("id kind url urns name channel listing interval_s max_pages settings disabled own notice")


def put_schools(con: Connection, schools: Sequence[School]) -> None:
    """Stores exactly these schools."""
    rows = [[_column(school, c) for c in _SCHOOL] for school in schools]
    _whole(con, "schools", _SCHOOL, rows)


def put_people(con: Connection, people: Sequence[Person]) -> None:
    """Stores exactly these people; the accounts, codes and passkeys of others are forgotten."""
    _whole(con, "people", _PEOPLE.columns, _PEOPLE.rows(people))
    ids = [person.id for person in people]
    for table in ("accounts", "printed_codes", "credentials"):
        execute(con, f"DELETE FROM {table} WHERE person_id <> ALL($ids)", ids=ids)


def put_sources(con: Connection, sources: Sequence[Source]) -> None:
    """Stores exactly these sources. What was learnt of a removed one stays in `source_runs`."""
    rows = [[_column(source, c) for c in _SOURCE] for source in sources]
    _whole(con, "sources", _SOURCE, rows)


def _whole(con: Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    con.execute(f"DELETE FROM {table}")
    insert_rows(con, table, columns, rows, key=columns[:1])


def _column(value: School | Source, name: str) -> object:
    held = getattr(value, name)
    if name == "namesakes":
        return json.dumps([asdict(namesake) for namesake in held], ensure_ascii=False)
    if name == "settings":
        return json.dumps(dict(held), ensure_ascii=False, sort_keys=True)
    return list(held) if isinstance(held, tuple) else held
