"""The public register of schools: a file of GIAS, or the lists of Wales, Scotland and Northern Ireland.

Read as published: CSV, gzipped CSV or DfE's zip; Windows-1252 or UTF-8; extra columns are tolerated.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from data.errors import RegisterError
from data.register.namesakes import propose_aliases, propose_namesakes
from data.types import School

__all__ = ["host", "propose_aliases", "propose_namesakes", "read_register"]

Row = Mapping[str, str]

_CLOSED = frozenset({"Closed", "Proposed to open"})


def read_register(path: Path, *, closed: bool = False) -> tuple[School, ...]:
    """The schools of a register file in its order; closed ones only with `closed`.

    The list is recognised by its column names. Raises RegisterError naming the file and the column or the
    line.
    """
    text = _decode(_bytes(path))
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        needed, convert = _layout(path, header)
        rows = list(_rows(path, header, needed, lines))
    except csv.Error as error:
        raise RegisterError(
            f"{path}, line {lines.line_num}: not a line of CSV. Fetch the file again."
        ) from error
    return tuple(
        convert(row) for row in rows if closed or row.get("EstablishmentStatus (name)") not in _CLOSED
    )


def _bytes(path: Path) -> bytes:
    raw = _read(path)
    try:
        if raw[:2] == b"\x1f\x8b":
            return gzip.decompress(raw)
        if raw[:2] == b"PK":
            return _unzip(path, raw)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise RegisterError(f"{path}: a damaged archive, it cannot be read. Fetch the file again.") from error
    return raw


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise RegisterError(f"{path}: cannot be read, it is not there. Check the name.") from error
    except IsADirectoryError as error:
        what = "cannot be read, it is a folder. Name the register file in it."
        raise RegisterError(f"{path}: {what}") from error
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise RegisterError(f"{path}: cannot be read, {why}. Check the file and its permissions.") from error


def _unzip(path: Path, raw: bytes) -> bytes:
    """The largest CSV of the archive: DfE's zip repeats the academies in a file of their own."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        files = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
        if not files:
            raise RegisterError(f"{path}: no CSV file in the archive. Fetch it again.")
        return archive.read(max(files, key=lambda info: info.file_size))


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _layout(path: Path, header: list[str]) -> tuple[tuple[str, ...], Callable[[Row], School]]:
    for first, layout in _LAYOUTS.items():
        if first in header:
            missing = [name for name in layout[0] if name not in header]
            if missing:
                raise RegisterError(
                    f"{path}, line 1: the column “{missing[0]}” is missing. Fetch the file again."
                )
            return layout
    raise RegisterError(
        f"{path}, line 1: the column “URN” is missing; this is not a register of schools we know."
    )


def _rows(
    path: Path, header: list[str], needed: tuple[str, ...], lines: Iterable[list[str]]
) -> Iterator[Row]:
    for number, cells in enumerate(lines, 2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise RegisterError(
                f"{path}, line {number}: {len(cells)} columns where {len(header)} are needed."
            )
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        for name in needed:
            if not row[name]:
                raise RegisterError(f"{path}, line {number}: “{name}” is empty.")
        yield row


def host(website: str) -> str | None:
    """The bare host of a website as the register writes it: no scheme, no `www.`, lower case."""
    address = website.strip()
    if not address:
        return None
    try:
        name = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return None
    name = name.removeprefix("www.")
    return name if "." in name else None


def _gias(row: Row) -> School:
    names = (row.get(f"Head{part}", "") for part in ("Title (name)", "FirstName", "LastName"))
    authority = row.get("LA (name)", "")
    return School(
        urn=row["URN"],
        name=row["EstablishmentName"],
        street=row.get("Street", ""),
        locality=row.get("Locality", "") or row.get("Address3", ""),
        town=row.get("Town", ""),
        county=row.get("County (name)", "").removeprefix("Not recorded"),
        local_authority=authority,
        postcode=row.get("Postcode", ""),
        trust=row.get("Trusts (name)") or None,
        domain=host(row.get("SchoolWebsite", "")),
        head=" ".join(part for part in names if part) or None,
        phase=row.get("PhaseOfEducation (name)", "").lower().removeprefix("not applicable"),
        nation="wales" if row.get("TypeOfEstablishment (name)") == "Welsh establishment" else "england",
    )


def _wales(row: Row) -> School:
    lines = [row[f"Address {n}"] for n in (1, 2, 3, 4) if row.get(f"Address {n}")]
    return School(
        urn=row["School Number"],
        name=row["School Name"].replace("`", "'"),
        street=lines[0] if len(lines) > 1 else "",
        town=lines[1] if len(lines) > 1 else "".join(lines),
        county=lines[2] if len(lines) > 2 else "",
        local_authority=row.get("Local Authority", ""),
        postcode=row.get("Postcode", ""),
        phase=row.get("Sector", "").lower(),
        nation="wales",
    )


def _scotland(row: Row) -> School:
    lines = [row.get(name, "") for name in ("AddressLin", "AddressL_1", "AddressL_2")]
    places = [line.title() for line in lines[1:] if line not in ("", "0")]
    return School(
        urn=row["SeedCode"],
        name=row["SchoolName"],
        street=lines[0],
        locality=places[0] if len(places) > 1 else "",
        town=places[-1] if places else "",
        local_authority=row.get("LAName", ""),
        postcode=row.get("PostCode", ""),
        domain=host(row.get("WebsiteAdd", "")),
        phase=row.get("SchoolType", "").lower(),
        nation="scotland",
    )


def _northern_ireland(row: Row) -> School:
    return School(
        urn=row["Reference"],
        name=row["Institution_Name"],
        street=row.get("Address_1", ""),
        locality=row.get("Address_2", ""),
        town=row.get("Town_Name", "").title(),
        county=f"County {row['County_Name'].title()}" if row.get("County_Name") else "",
        postcode=row.get("Postcode", ""),
        phase=row.get("Institution_Type", "").lower(),
        nation="northern_ireland",
    )


_LAYOUTS: dict[str, tuple[tuple[str, ...], Callable[[Row], School]]] = {
    "URN": (("URN", "EstablishmentName"), _gias),
    "School Number": (("School Number", "School Name"), _wales),
    "SeedCode": (("SeedCode", "SchoolName"), _scotland),
    "Reference": (("Reference", "Institution_Name"), _northern_ireland),
}
