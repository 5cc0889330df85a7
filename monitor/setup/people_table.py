"""People by school out of a table (CSV), so that those of fifty schools are not typed."""

from __future__ import annotations

import csv
import io
import re
from _csv import Reader
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from alerts.wording.cases import office
from data.errors import InputError
from data.evidence.handed_in import text_of
from data.ids import squeeze
from data.register.school_names import normalise
from data.shipped import read_table
from data.store.engine.rows import group_pairs
from data.types import KEY_OF_OUR_OWN, Person, Role, School
from data.words.say import words
from monitor.config.check import quote_value, value_fault
from monitor.config.home.lookup import free
from monitor.config.model import Email
from monitor.terminal.wording import did_you_mean

COLUMNS = ("school", "name", "role", "email")
_SHOWN = 12


@dataclass
class PersonRow:
    """One line of the table, as far as it could be understood: offices at schools, or without any at all."""

    urns: tuple[str, ...]
    name: str
    offices: tuple[Role, ...]
    email: str | None


def people_from_csv(path: Path, schools: Sequence[School]) -> tuple[Person, ...]:
    """The people of a file; see `people_of_table`. Raises InputError where it cannot be read, too."""
    try:
        raw = path.expanduser().read_bytes()
    except OSError as error:
        raise InputError(f"--people {path}: cannot be read ({error.strerror}).") from None
    if raw.startswith(b"PK"):  # as every workbook does
        raise InputError(f"--people {path}: a workbook, not a table. In Excel, save it as “CSV UTF-8”.")
    text = (text_of(raw) or (raw.decode("utf-8-sig", "replace"),))[0]
    return people_of_table(text, path.name, schools)


def people_of_table(
    text: str, name: str, schools: Sequence[School], among: Sequence[Person] = ()
) -> tuple[Person, ...]:
    """The people of the table called `name`, each once with all their schools and roles; then those `among`
    whom it does not name.

    `school` is a number or a name; empty, or no such column, stands for all schools. `role` may name several,
    with “;” between. Cells are parted by commas, semicolons, or tabs as a spreadsheet copies them.
    Raises InputError that names every line with a fault.
    """
    read: list[PersonRow] = []
    faults: list[str] = []
    for number, row in _lines(text, name):
        try:
            read.append(_row(row, schools))
        except ValueError as error:
            faults.append(f"{name}, line {number}: {error}")
    if faults:
        more = len(faults) - _SHOWN
        said = [*faults[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        raise InputError("\n".join([*said, "Nothing was written."]))
    named = {normalise(row.name) for row in read}
    others = [person for person in among if normalise(person.name) not in named]
    taken = {person.id for person in others}
    made = [Person(_id(r.name, taken), r.name, r.offices, r.email, r.urns) for r in merge_rows(read)]
    return (*made, *others)


def _lines(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines by their number, as column → cell. Raises InputError for what is no table."""
    first = text.partition("\n")[0]
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=next((sign for sign in "\t;" if sign in first), ",")
    )
    (_, titles), *rows = _cells(lines, name) or [(1, [])]
    header = [title.lower() for title in titles]
    missing = [column for column in COLUMNS[1:] if column not in header]
    if missing:
        raise InputError(
            f"{name}, line 1: the column “{missing[0]}” is missing. The first line names the columns: "
            f"{','.join(COLUMNS)}"
        )
    for number, cells in rows:
        if any(cells):
            yield number, dict(zip(header, (*cells, *[""] * len(header)), strict=False))


def _cells(lines: Reader, name: str) -> list[tuple[int, list[str]]]:
    """The cells of each line, by its number, each cell as one line of signs that are seen."""
    try:
        return [(lines.line_num, [_show_cell(cell) for cell in cells]) for cells in lines]
    except csv.Error:
        raise InputError(
            f"{name}, line {lines.line_num}: this cannot be read as a table. Is a quotation mark left open?"
        ) from None


def _show_cell(cell: str) -> str:
    return squeeze("".join(sign if sign.isprintable() else " " for sign in cell))


def _row(row: dict[str, str], schools: Sequence[School]) -> PersonRow:
    """Raises ValueError with the sentence that says what is wrong."""
    if not row["name"]:
        raise ValueError("the name is missing.")
    if row["email"] and (why := value_fault(Email, row["email"])):
        raise ValueError(f"{quote_value(row['email'])} {why}.")
    return PersonRow(
        _school(row.get("school", ""), schools),
        row["name"],
        roles_named(row["role"], schools[0].nation if schools else "england"),
        row["email"] or None,
    )


def _school(said: str, schools: Sequence[School]) -> tuple[str, ...]:
    if not said:
        return ()
    found = [s for s in schools if said in (s.urn, *s.members)]
    found = found or [s for s in schools if normalise(said) in map(normalise, (s.name, *s.aliases))]
    if len(found) == 1:
        return (found[0].urn,)
    if found:
        numbers = ", ".join(school.urn for school in found)
        raise ValueError(f"{quote_value(said)} may be several schools. Give the number: {numbers}.")
    raise ValueError(
        f"{quote_value(said)} is none of the schools. {did_you_mean(said, [s.name for s in schools])}"
    )


def roles_named(said: str, nation: str) -> tuple[Role, ...]:
    """The roles of these words: file's names, titles, what people say. Raises ValueError with a sentence."""
    known = {normalise(role.value.replace("_", " ")): role for role in Role}
    kinds = (School("", ""), School("", "", phase="16 plus"), School(KEY_OF_OUR_OWN, "Nursery"))
    for school in (replace(kind, nation=nation) for kind in kinds):
        known |= {normalise(office(role, school, words("en"))): role for role in Role}
    also = read_table("monitor.setup", "roles.toml")
    known |= {normalise(name): Role(role) for role, names in also.items() for name in names.split(", ")}
    found = []
    for each in filter(None, (part.strip() for part in re.split(r"[,;/+&]|\band\b", said))):
        role = known.get(normalise(each.replace("_", " ").replace("-", " ")))
        if role is None:
            raise ValueError(
                f"{quote_value(each)} is not a role. {did_you_mean(each, [r.value for r in Role])}"
            )
        found.append(role)
    if not found:
        raise ValueError(f"the role is missing: one of {', '.join(r.value for r in Role)}.")
    return tuple(dict.fromkeys(found))


def merge_rows(rows: Sequence[PersonRow]) -> list[PersonRow]:
    """Rows of one person become one; with other roles at another school, one for each set of roles."""
    at: dict[tuple[str, str | None], dict[tuple[str, ...], dict[Role, None]]] = defaultdict(dict)
    for row in rows:
        held = at[normalise(row.name), row.email].setdefault(row.urns, {})
        held.update(dict.fromkeys(row.offices))
    names = {(normalise(row.name), row.email): row.name for row in rows}
    found = []
    for who, theirs in at.items():
        for roles, schools in group_pairs((tuple(held), of) for of, held in theirs.items()).items():
            urns = () if () in schools else tuple(urn for urns in schools for urn in urns)
            found.append(PersonRow(urns, names[who], roles, who[1]))
    return found


def _id(name: str, taken: set[str]) -> str:
    """An id from the name: “a-example” of “Mrs Ada Example”."""
    parts = [w for w in normalise(name).split() if w not in ("mr", "mrs", "ms", "miss", "mx", "dr", "rev")]
    plain = [w for w in parts if w.isascii() and w.isalnum()] or ["person"]
    base = "-".join([plain[0][0], plain[-1]] if len(plain) > 1 else plain)[:50]
    found = free(base, taken)
    taken.add(found)
    return found
