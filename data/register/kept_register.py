"""The register as a home keeps it: its open schools, with what is read of each, as a packed CSV.

It is in one form for all four nations, and read back as the same schools by `read_register`.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import struct
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path

from data.register.national_lists import KEPT
from data.types import School

NAME = "register.csv.gz"
_MAGIC = b"\x1f\x8b\x08"


def pack_register(schools: Iterable[School], of: Path) -> bytes:
    """Pack the schools of that register, and the day it is of; the same bytes for the same."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(KEPT)
    rows.writerows([getattr(school, key) or "" for key in KEPT] for school in schools)
    day = day_of(of)
    stamp = int(datetime.combine(day, time(12), UTC).timestamp()) if day else 0
    return gzip.compress(text.getvalue().encode(), mtime=stamp)


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
