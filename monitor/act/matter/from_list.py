"""A list of what somebody saw (CSV): read, checked line by line, and handed in as one matter."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from alerts.access.offices import OFFICE_ABOUT, roles_of
from classifiers.verdicts.named_people import NameReading, people_named
from classifiers.verdicts.named_people import read as reading
from classifiers.verdicts.subject import roles_said
from data.effects import Clock
from data.errors import InputError
from data.ids import text_hash
from data.people import people_of
from data.store.engine.connect import Connection
from data.store.mentions.person_reports import brought
from data.store.numbers import draw_number
from data.types import Person, Role, School
from data.web.urls import canonical_url
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.home import wiring
from monitor.pipeline.intake import take_in_list
from monitor.pipeline.judges import Judges
from monitor.pipeline.sighting import Report
from monitor.pipeline.spool import Kept

COLUMNS = ("address", "words")
MOST_LINES = 200
_MOST_BYTES = 2 * 1024 * 1024
_DELIMITERS = ",;\t"
_FIRST = "The first line names the columns: address,words"


class Becomes(StrEnum):
    """What becomes of a line: it is recorded, was handed in before by the same person, or is refused."""

    RECORDED = "recorded"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line: its number in the file where it begins, its cells, what becomes of it and, refused, `why`."""

    n: int
    address: str
    words: str
    becomes: Becomes = Becomes.RECORDED
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list as it was read, in which `encoding`."""

    lines: tuple[ListLine, ...]
    encoding: str

    def of(self, becomes: Becomes) -> tuple[ListLine, ...]:
        return tuple(line for line in self.lines if line.becomes is becomes)


def read_list(path: Path, check: Callable[[str, str], object]) -> ReadList:
    """The lines of the file, each that `check` (address, words) refuses by InputError with why.

    Raises InputError, with the line and the column, where it is no such table, and nothing of it can be used.
    """
    text, encoding = _decoded(path)
    lines = list(_lines(text, path.name))
    if not lines:
        raise InputError(f"{path.name}: no line below the first. {_FIRST}, and each line below is one post.")
    if len(lines) > MOST_LINES:
        raise InputError(
            f"{path.name}: {len(lines)} lines; {MOST_LINES} at most. Make several lists of it, and hand in "
            "one after the other."
        )
    return ReadList(tuple(_checked(lines, check)), encoding)


def _decoded(path: Path) -> tuple[str, str]:
    """Its text, and in which encoding that was written."""
    try:
        with path.expanduser().open("rb") as opened:
            raw = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"⟨list⟩ {path}: cannot be read ({error.strerror}).") from None
    if len(raw) > _MOST_BYTES:
        raise InputError(f"⟨list⟩ {path}: larger than {_MOST_BYTES >> 20} MB: that is no list of posts.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path.name}: it is in UTF-16. Save it as “CSV UTF-8”.")
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path.name}, line {line}: a byte that is neither UTF-8 nor Windows-1252. Save it as "
            "“CSV UTF-8”."
        ) from None


def _lines(text: str, name: str) -> Iterator[ListLine]:
    """Its lines below the first that are not empty. Raises InputError for what is no such table."""
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), name)
    header = [title.strip().lower() for title in next(rows, (1, [""]))[1]]
    if sorted(header) != sorted(COLUMNS):
        odd = [title for title in header if title not in COLUMNS]
        missing = [column for column in COLUMNS if column not in header]
        what = f"the column “{missing[0]}” is missing" if missing else f"“{(odd or header)[-1]}” is no column"
        more = " What holds for all lines is an option: ⟨seen_by⟩, ⟨channel⟩, ⟨seen_at⟩." if odd else ""
        raise InputError(f"{name}, line 1: {what}. {_FIRST}.{more}")
    for n, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            raise InputError(
                f"{name}, line {n}: {len(cells)} cells where the first line names {len(header)}. Where words "
                f'hold a “{delimiter}”, put quotation marks around them: "…"'
            )
        cell = dict(zip(header, (*cells, *[""] * len(header)), strict=False))
        yield ListLine(n, cell["address"].strip(), cell["words"].replace("\r\n", "\n").strip())


def _rows(reader: Iterator[list[str]], name: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line, with the number of the line where it begins."""
    while True:
        n = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            yield n, next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise InputError(
                f"{name}, line {n}: a quotation mark is left open, or stands within words. Put words into "
                'quotation marks, and write one within them twice: "He said ""no""."'
            ) from None


def _checked(lines: Iterable[ListLine], check: Callable[[str, str], object]) -> Iterator[ListLine]:
    """Each line, refused where it cannot be recorded, or says what one before it says."""
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        try:
            for column in COLUMNS:
                _refuse_controls(column, getattr(line, column))
            check(line.address, line.words)
            first = seen.setdefault(_key(line.address, line.words), line.n)
            if first != line.n:
                raise InputError(f"the same as line {first}.")
        except InputError as refused:
            line = replace(
                line, becomes=Becomes.REFUSED, why=refused.text.removeprefix(f"⟨url⟩ {line.address}: ")
            )
        yield line


def _refuse_controls(column: str, cell: str) -> None:
    for at, sign in enumerate(cell, start=1):
        if unicodedata.category(sign) == "Cc" and sign not in "\t\n":
            raise InputError(
                f"{column}: sign {at} is a control character (U+{ord(sign):04X}). Delete it there."
            )


def _key(address: str, words: str) -> tuple[str, str]:
    return canonical_url(address) if address else "", text_hash("", words) if words else ""


def speaking_of(read: ReadList, school: School, people: Iterable[Person]) -> Mapping[Role, tuple[int, ...]]:
    """The lines (numbers) that speak of the head, the chair or the safeguarding lead, or name them, where not
    all of a list do: what accuses one of these turns all of it past them.

    By the words alone: it says nothing of how they are judged.
    """
    here = people_of(school, people)
    of_all = len(read.lines) - len(read.of(Becomes.REFUSED))
    of = {line.n: _offices(reading(line.words), here) for line in read.of(Becomes.RECORDED)}
    found = {role: tuple(n for n in of if role in of[n]) for role in OFFICE_ABOUT.values()}
    return {role: lines for role, lines in found.items() if 0 < len(lines) < of_all}


def _offices(words: NameReading, here: Sequence[Person]) -> frozenset[Role]:
    return roles_said(words.plain) | roles_of(here, (p.id for p in people_named(words, here)))


def without_known(con: Connection, read: ReadList, urn: str, person: str) -> tuple[ReadList, frozenset[str]]:
    """The list, with those of its lines known that this person handed in before, and as which posts (ids).

    Nobody is told of what somebody else handed in.
    """
    before: dict[tuple[str, str], str] = {}
    for mention, url, words in brought(con, urn, person):
        at, said = _key(url, words)
        before |= {(at, said): mention, **({(at, ""): mention} if at else {})}
    found = {
        line.n: before[key]
        for line in read.of(Becomes.RECORDED)
        if (key := _key(line.address, line.words)) in before
    }
    lines = (replace(one, becomes=Becomes.KNOWN) if one.n in found else one for one in read.lines)
    return replace(read, lines=tuple(lines)), frozenset(found.values())


def hand_in_list(
    config: Config,
    home: Paths,
    reports: Sequence[Report],
    before: frozenset[str],
    urn: str,
    clock: Clock,
    judged: Callable[[Config, Path], Judges],
) -> Kept:
    """Judges and saves what is recorded of a list as one matter, beside what was handed in of it `before`;
    the first of it, under the number that all of it has.

    Raises StoreError or OSError where it cannot be saved: nothing of it is then, and the list is still there.
    """
    store = wiring.open_store(home.home)
    wiring.remember_config(store, config)
    with store.read() as con:
        number = draw_number(con)
    kept = [Kept(report, urn, None, clock(), number) for report in reports]
    take_in_list(kept, before, wiring.intake(config, home, store, judged), clock)
    return kept[0]
