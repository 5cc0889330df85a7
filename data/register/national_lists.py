"""The public register of schools: a file of GIAS, or another nation’s list; or what a home keeps of one.

Read as published: CSV, gzipped CSV or DfE's zip; Windows-1252 or UTF-8; extra columns are tolerated.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import struct
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from data.errors import InputError, RegisterError, explain_missing
from data.register.school_names import WORDS, is_street, join_names, normalise, tidy
from data.types import Namesake, School

_PLAIN = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)/?")
_COUNCIL = re.compile(r"[a-z0-9-]+\.gov\.(?:uk|scot|wales)")
_OF_MANY = frozenset(
    {
        "blogs.glowscotland.org.uk", "edubuzz.org", "facebook.com", "en-gb.facebook.com", "hwb.gov.wales",
        "instagram.com", "primaryblogger.co.uk", "sites.google.com", "spanglefish.com", "twitter.com",
        "x.com",
    }
)  # fmt: skip


def host(website: str) -> str | None:
    """The bare host of a website as the register writes it: no scheme, no `www.`, lower case."""
    if found := _PLAIN.fullmatch(website):
        return found[1]
    address = website.strip()
    if not address:
        return None
    try:
        name = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return None
    name = name.removeprefix("www.")
    return name if "." in name else None


def address(website: str, name: str | None) -> str:
    """The whole address, with a scheme where the register gives none; empty where it has no host `name`."""
    if name is None:
        return ""
    written = website.strip()
    return written if written[:4].lower() == "http" and "//" in written else f"https://{written.lstrip('/')}"


def shared_hosts(hosts: Iterable[str | None]) -> frozenset[str]:
    """The hosts of more than one school (a council's, a trust's, for blogs): they tell none apart."""
    counted = Counter(name for name in hosts if name)
    return frozenset(name for name, schools in counted.items() if schools > 1 or is_host_of_many(name))


def is_host_of_many(name: str) -> bool:
    """Is it a council's host, or one where anybody may have a page, however few schools a list has there?"""
    return name in _OF_MANY or bool(_COUNCIL.fullmatch(name))


Row = Mapping[str, str]


class Website(NamedTuple):
    """`own` is its host where no other school of the list has it; `address` is the whole of it."""

    own: str | None
    address: str


Layout = tuple[tuple[str, ...], str, Callable[[Row, Website], School]]
"""The columns that must be filled, the column of the website, and what makes a school of a row."""

_CLOSED = frozenset({"Closed", "Proposed to open"})


def read_register(path: Path, *, closed: bool = False) -> tuple[School, ...]:
    """The schools of a register file in its order; closed ones only with `closed`. The list is known by its
    column names. Raises RegisterError naming the file and the column or line."""
    text = _decode(_bytes(path))
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        needed, website, convert = _layout(path, header)
        rows = list(_rows(path, header, needed, lines))
    except csv.Error as error:
        said = f"{path}, line {lines.line_num}: not a line of CSV. Fetch the file again."
        raise RegisterError(said) from error
    is_open = [row.get("EstablishmentStatus (name)") not in _CLOSED for row in rows]
    hosts = [host(row.get(website, "")) for row in rows]
    of_many = shared_hosts(name for name, known in zip(hosts, is_open, strict=True) if known)
    schools = [
        convert(row, Website(None if name in of_many else name, address(row.get(website, ""), name)))
        for row, name, known in zip(rows, hosts, is_open, strict=True)
        if known or closed
    ]
    return _fill_in_towns(schools)


def _fill_in_towns(schools: Sequence[School]) -> tuple[School, ...]:
    """Give those whose row has neither town nor village the one that most of their postcode district have.

    That is right of 97 in 100 of the schools of England that give a town. What stands as the street is taken
    where others there have it as their place."""
    near: dict[str, list[School]] = defaultdict(list)
    for school in schools:
        near[school.postcode.partition(" ")[0]].append(school)

    def fill_in_town(school: School) -> School:
        others = near[school.postcode.partition(" ")[0]] if school.postcode else []
        if any(school.street in (other.locality, other.town) for other in others):
            return replace(school, town=school.street, street="")
        towns = Counter(other.town for other in others if other.town)
        return replace(school, town=towns.most_common(1)[0][0]) if towns else school

    return tuple(school if school.town or school.locality else fill_in_town(school) for school in schools)


def _bytes(path: Path) -> bytes:
    raw = _read_file(path)
    try:
        if raw[:2] == b"\x1f\x8b":
            return gzip.decompress(raw)
        if raw[:2] == b"PK":
            # The largest CSV of the archive: DfE's zip repeats the academies in a file of their own.
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                files = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
                if not files:
                    raise RegisterError(f"{path}: no CSV file in it. Save a spreadsheet as CSV.")
                return archive.read(max(files, key=lambda info: info.file_size))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise RegisterError(f"{path}: a damaged archive, it cannot be read. Fetch the file again.") from error
    return raw


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        what = f"cannot be read, it is not there. {explain_missing(str(path))}"
        raise RegisterError(f"{path}: {what}") from error
    except IsADirectoryError as error:
        what = "cannot be read, it is a folder. Name the register file in it."
        raise RegisterError(f"{path}: {what}") from error
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise RegisterError(f"{path}: cannot be read, {why}. Check the file and its permissions.") from error


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _layout(path: Path, header: list[str]) -> Layout:
    for first, layout in _LAYOUTS.items():
        if first in header:
            missing = [name for name in layout[0] if name not in header]
            if missing:
                said = f"{path}, line 1: the column “{missing[0]}” is missing. Fetch the file again."
                raise RegisterError(said)
            return layout
    said = f"{path}, line 1: the column “URN” is missing; this is not a register of schools we know."
    raise RegisterError(said)


def _rows(
    path: Path, header: list[str], needed: tuple[str, ...], lines: Iterable[list[str]]
) -> Iterator[Row]:
    for number, cells in enumerate(lines, 2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            said = f"{path}, line {number}: {len(cells)} columns where {len(header)} are needed."
            raise RegisterError(said)
        row = dict(zip(header, map(str.strip, cells), strict=True))
        for name in needed:
            if not row[name]:
                raise RegisterError(f"{path}, line {number}: “{name}” is empty.")
        yield row


def _gias(row: Row, website: Website) -> School:
    name, lines = row["EstablishmentName"], (row.get("Locality", ""), row.get("Address3", ""))
    authority, number = row.get("LA (code)", ""), row.get("EstablishmentNumber", "")
    title, first, last = row.get("HeadTitle (name)"), row.get("HeadFirstName"), row.get("HeadLastName")
    kind = row.get("TypeOfEstablishment (name)", "")
    return School(
        urn=row["URN"],
        name=name,
        street=row.get("Street", ""),
        locality=next((line for line in lines if line and line != name), ""),
        town=row.get("Town", ""),
        county=row.get("County (name)", "").removeprefix("Not recorded"),
        local_authority=row.get("LA (name)", ""),
        postcode=row.get("Postcode", ""),
        trust=row.get("Trusts (name)") or None,
        domain=website.own,
        website=website.address,
        head=join_names(" ".join(filter(None, (title, first, last)))),
        phase=row.get("PhaseOfEducation (name)", "").lower().removeprefix("not applicable"),
        nation="wales" if kind == "Welsh establishment" else "england",
        sector=_sector(kind),
        dfe=f"{authority}{number.zfill(4)}" if authority and number else "",
    )


_SECTORS: Mapping[str, tuple[str, ...]] = {
    "maintained": (
        "community", "voluntary", "foundation", "local authority", "pupil referral", "controlled",
        "roman catholic maintained", "other maintained", "grant maintained",
    ),
    "academy": ("academy", "free schools", "studio schools", "university technical"),
    "independent": ("other independent", "independent"),
}  # fmt: skip
"""How the lists' words for who runs a school begin; those of colleges and others say nothing of it."""


def _sector(kind: str) -> str:
    """Return who runs a school of this kind; "" where the list does not say."""
    return next((sector for sector, begins in _SECTORS.items() if kind.lower().startswith(begins)), "")


def _wales(row: Row, website: Website) -> School:
    name, authority = tidy(row["School Name"]), row.get("Local Authority", "")
    said = [tidy(row.get(f"Address {n}", "")) for n in (1, 2, 3, 4)]
    known = {normalise(name), normalise(authority), ""}
    lines = [line for line in dict.fromkeys(said) if normalise(line) not in known]
    county = lines.pop() if len(lines) > 1 and normalise(lines[-1]) in _COUNTIES else ""
    streets, places = [s for s in lines if is_street(s)], [s for s in lines if not is_street(s)]
    return School(
        urn=row["School Number"],
        name=name,
        street=", ".join(streets),
        locality=", ".join(places[:-1]),
        town=places[-1] if places else "",
        county=county,
        local_authority=authority,
        postcode=row.get("Postcode", ""),
        phase=row.get("Sector", "").lower(),
        nation="wales",
        sector=_sector(row.get("Governance - see notes", "")),
    )


def _scotland(row: Row, website: Website) -> School:
    lines = [row.get(name, "") for name in ("AddressLin", "AddressL_1", "AddressL_2")]
    places = [line.title() for line in lines[1:] if line not in ("", "0")]
    return School(
        urn=row["SeedCode"],
        name=tidy(row["SchoolName"]),
        street=lines[0],
        locality=places[0] if len(places) > 1 else "",
        town=places[-1] if places else "",
        local_authority=row.get("LAName", ""),
        postcode=row.get("PostCode", ""),
        domain=website.own,
        website=website.address,
        phase=row.get("SchoolType", "").lower(),
        nation="scotland",
        sector=_sector(row.get("CentreType", "")),
    )


def _northern_ireland(row: Row, website: Website) -> School:
    lines = [tidy(row.get(f"Address_{n}", "")) for n in (1, 2, 3)]
    first, *rest = [line for line in lines if line] or [""]
    streets = [line for line in rest if is_street(line)]
    kind = row.get("Institution_Type", "").lower()
    return School(
        urn=row["Reference"],
        name=row["Institution_Name"],
        street=", ".join([first, *streets]),
        locality=", ".join(line for line in rest if not is_street(line)),
        town=row.get("Town_Name", "").title(),
        county=f"County {row['County_Name'].title()}" if row.get("County_Name") else "",
        postcode=row.get("Postcode", ""),
        phase=_NI_PHASES.get(kind, kind),
        nation="northern_ireland",
        sector=_sector(row.get("Management_Type", "")),
    )


KEPT = (
    "urn", "name", "street", "locality", "town", "county", "local_authority", "postcode", "trust", "website",
    "head", "phase", "nation", "sector", "dfe",
)  # fmt: skip
"""The columns of a register as a home keeps it. Whose host is shared follows from all of them."""


def _read_kept(row: Row, website: Website) -> School:
    """Read a school as `pack_register` wrote it: a column for each field."""
    said: dict[str, Any] = {key: row[key] for key in KEPT if row.get(key)}
    return School(**said | {"website": website.address, "domain": website.own})


_COUNTIES = frozenset(WORDS["counties"])
_NI_PHASES = {
    "vp pre-schools": "pre-school", "nursery school": "nursery", "primary school": "primary",
    "preparatory schools": "preparatory", "secondary (non-grammar) school": "secondary",
    "secondary (grammar) school": "secondary (grammar)", "special school": "special",
}  # fmt: skip
_LAYOUTS: dict[str, Layout] = {
    "URN": (("URN", "EstablishmentName"), "SchoolWebsite", _gias),
    "School Number": (("School Number", "School Name"), "", _wales),
    "SeedCode": (("SeedCode", "SchoolName"), "WebsiteAdd", _scotland),
    "Reference": (("Reference", "Institution_Name"), "", _northern_ireland),
    "urn": (("urn", "name"), "website", _read_kept),
}


_LISTS = ("aliases", "former_names", "namesakes", "members")
_WORDS = ("locality", "town", "county", "local_authority", "street", "postcode", "phase")
_KEYS = ("id", "name", "urn", *_LISTS, *_WORDS, "trust", "domain", "website", "head", "nation", "language")
_OF_A_NAMESAKE = ("name", "place", "kind")


def read_schools(path: Path) -> dict[str, School]:
    """The schools of a file by their `id`, in the file's order.

    Of an entry id, name and urn are required; null counts as not given. Raises InputError naming the file and
    the entry, and of a key that is not known the nearest: ignored, it would be missed in judging."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error}).") from error
    if not isinstance(rows, list):
        raise InputError(f"{path}: a list of schools is needed, each with id, name and urn.")
    return {str(row["id"]): _school(row) for i, row in enumerate(rows, 1) if _check_row(row, path, i)}


def _check_row(row: Any, path: Path, number: int) -> bool:
    if not isinstance(row, dict):
        raise InputError(f"{path}, school {number}: an object with id, name and urn is needed.")
    for key in ("id", "name", "urn"):
        if not row.get(key):
            raise InputError(f"{path}, school {number}: “{key}” is missing.")
    for key in _LISTS:
        if not isinstance(row.get(key) or [], list):
            raise InputError(f"{path}, school {number}: “{key}” must be a list.")
    _refuse_unknown(row, _KEYS, f"{path}, school {number}")
    for namesake in row.get("namesakes") or []:
        _refuse_unknown(namesake or {}, _OF_A_NAMESAKE, f"{path}, school {number}, namesakes")
    return True


def _refuse_unknown(row: Any, known: tuple[str, ...], where: str) -> None:
    if not isinstance(row, dict):
        raise InputError(f"{where}: objects with {', '.join(known)} are needed.")
    for key in row:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.7)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise InputError(f"{where}: there is no key “{key}”.{hint} The keys are: {', '.join(known)}.")


def _school(row: dict[str, Any]) -> School:
    given: dict[str, Any] = {key: _read_text(row, key) for key in (*_WORDS, "website")}
    given |= {key: _read_text(row, key) or None for key in ("trust", "domain", "head")}
    given |= {key: _read_list(row, key) for key in ("aliases", "former_names", "members")}
    return School(
        urn=str(row["urn"]),
        name=str(row["name"]),
        nation=_read_text(row, "nation") or "england",
        namesakes=tuple(
            Namesake(str(n["name"]), _read_text(n, "place"), _read_text(n, "kind") or "school")
            for n in row.get("namesakes") or []
            if n and n.get("name")
        ),
        **given,
    )


def _read_list(row: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(one) for one in row.get(key) or [] if one)


def _read_text(row: dict[str, Any], key: str) -> str:
    """Return the text under the key; empty where it is missing or null."""
    return str(row.get(key) or "")


# The register as a home keeps it, and as it comes with Schoolgate: open schools, packed as a CSV, in one form
# for all four nations. Its gzip header has the day it is of, and as a comment the lists it was made from.

NAME = "register.csv.gz"
SHIPPED = Path(__file__).with_name("schools.csv.gz")
"""The register that comes with Schoolgate, of all four nations: it names no heads and no trusts."""
LICENCE = "Contains public sector information licensed under the Open Government Licence v3.0"
_MAGIC, _COMMENTED, _HEADER = b"\x1f\x8b\x08", 0x10, 10


class PublicList(NamedTuple):
    """A list that a register was made from: its nation and publisher in words, and the day it is of."""

    nation: str
    publisher: str
    day: str


def pack_register(schools: Iterable[School], of: Path) -> bytes:
    """Pack the schools of that register, the day it is of and its lists; the same bytes for the same."""
    return pack_schools(schools, day_of(of), lists_of(of))


def name_register(folder: Path, packed: bytes) -> str:
    """Return a name for a packed register in that folder; no other file has it, so that none is replaced."""
    names = chain([NAME], (f"register-{n}.csv.gz" for n in count(2)))
    return next(n for n in names if not (at := folder / n).exists() or at.read_bytes() == packed)


def pack_schools(schools: Iterable[School], day: date | None, lists: Sequence[PublicList]) -> bytes:
    """Pack schools as a register of that day, made from those lists."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(KEPT)
    rows.writerows([getattr(school, key) or "" for key in KEPT] for school in schools)
    stamp = int(datetime.combine(day, time(12), UTC).timestamp()) if day else 0
    packed = bytearray(gzip.compress(text.getvalue().encode(), mtime=stamp))
    if lists:
        packed[3] |= _COMMENTED
        packed[_HEADER:_HEADER] = "\n".join(map("\t".join, lists)).encode("latin-1") + b"\0"
    return bytes(packed)


def lists_of(path: Path) -> tuple[PublicList, ...]:
    """The public lists that a packed register was made from; none where it does not say."""
    try:
        with path.open("rb") as file:
            head = file.read(2048)
    except OSError:
        return ()
    if head[:3] != _MAGIC or head[3] != _COMMENTED:
        return ()
    said = head[_HEADER:].partition(b"\0")[0].decode("latin-1")
    return tuple(PublicList(*line.split("\t")) for line in said.splitlines() if line.count("\t") == 2)


def attribution(lists: Sequence[PublicList]) -> str:
    """The line that is shown wherever schools of these lists are offered: licence, publishers, days."""
    parts = dict.fromkeys(f"{made.publisher}, {made.day}" for made in lists)
    return f"{LICENCE} ({'; '.join(parts)})." if lists else ""


def day_of(path: Path) -> date | None:
    """The day that a register is of: as its name or the packed file says, else when written, or None."""
    for said in re.findall(r"(?<!\d)20\d{6}(?!\d)", path.name):
        with suppress(ValueError):
            return date.fromisoformat(said)
    try:
        with path.open("rb") as file:
            head = file.read(8)
        at = struct.unpack("<I", head[4:])[0] if head[:3] == _MAGIC else 0
        return datetime.fromtimestamp(at or path.stat().st_mtime, UTC).date()
    except (OSError, struct.error):
        return None
