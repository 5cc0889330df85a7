"""Brings the table of words of the street up to date from a file: whole, or not at all.

    python -P -m research.words FILE

FILE has the columns of `classifiers/signals/words/street.csv`, which it replaces: forms, the kind of harm,
what they mean, what must stand near, what makes them harmless, what makes them firm (child, always, never), a
public page or report that a person may check, how that was read (page, copy, no), and on which day.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from classifiers.signals.catalogue import FIRM, KINDS, STREET_FILE, alternatives
from classifiers.signals.patterns import literals
from data.errors import InputError

COLUMNS = ("forms", "kind", "means", "near", "harmless", "firm", "source", "read", "checked")
READ = ("page", "copy", "no")
"""How the source of a row was read: the page itself, a stored copy of it, or not at all."""
FIRST_DAY = date(2024, 1, 1)
"""What was checked before is too old for words that change each term."""


def read_table(text: str, today: date) -> list[dict[str, str]]:
    """Read the rows of a table. Raises InputError, which names every line that is wrong."""
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError(f"The columns must be {', '.join(COLUMNS)}, in this order.")
    rows = list(reader)
    seen: dict[str, int] = {}
    faults = [
        f"line {n}: {fault}" for n, row in enumerate(rows, 2) for fault in find_faults(row, n, seen, today)
    ]
    if faults or not rows:
        raise InputError("\n".join(faults) or "There is no row.")
    return rows


def find_faults(row: dict[str, str], n: int, seen: dict[str, int], today: date) -> Iterator[str]:
    """Yield what is wrong with a row; `seen` has the line of every form so far."""
    if None in row or any(value is None for value in row.values()):
        yield f"It has not {len(COLUMNS)} columns."
        return
    forms = row["forms"].split("|")
    for form in forms:
        if not form or form != form.strip().lower():
            yield f"A form is empty, or has capitals or blanks around it: “{form}”."
        elif form in seen:
            yield f"“{form}” stands in line {seen[form]} too."
        seen.setdefault(form, n)
    if all(forms) and not literals(alternatives(row["forms"])):
        yield "A form has nothing that can be looked for at once: begin it with a word."
    if row["kind"] not in KINDS:
        yield f"The kind must be one of {', '.join(KINDS)}."
    if row["firm"] not in FIRM:
        yield f"What makes it firm must be one of {', '.join(FIRM)}."
    if not row["means"].strip():
        yield "What it means is missing."
    if not re.fullmatch(r"https://[^\s/]+\.[^\s/]+(/\S*)?", row["source"]):
        yield "The source must be a public address that begins with https://."
    if row["read"] not in READ:
        yield f"How the source was read must be one of {', '.join(READ)}."
    if not _in_time(row["checked"], today):
        yield f"The day must be written 2026-11-26, from {FIRST_DAY} to today."


def _in_time(day: str, today: date) -> bool:
    try:
        return FIRST_DAY <= date.fromisoformat(day) <= today
    except ValueError:
        return False


def write_table(rows: Sequence[dict[str, str]], path: Path) -> None:
    """Write the table beside its place, then put it there."""
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    beside.replace(path)


def main(arguments: Sequence[str] | None = None, path: Path = STREET_FILE) -> int:
    """Check the file, write the table, and say what came and went."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    today = date.today()  # noqa: DTZ011 - the day of whoever keeps the table
    try:
        rows = read_table(given.file.read_text(encoding="utf-8-sig"), today)
        before = {row["forms"] for row in read_table(path.read_text(encoding="utf-8"), today)}
    except (InputError, OSError, UnicodeDecodeError) as error:
        print(f"{error}\nNothing was written.", file=sys.stderr)
        return 1
    write_table(rows, path)
    after = {row["forms"] for row in rows}
    print(f"{len(rows)} rows: {len(after - before)} new or changed, {len(before - after)} gone.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
