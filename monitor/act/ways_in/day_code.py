"""The code of the day: whoever of the staff has no address of their own hands in with it what they saw.

It is a keyed hash of the school and the day by its clock, so that nothing is stored that could be read.
"""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from data.store.engine.connect import Connection
from data.store.service import day_codes
from data.types import School
from monitor.config.home.context import Context

LETTERS = "34679ACDEFHJKMNPQRTWXY"
"""No two of them look alike."""
LENGTH = 8
_BYTES = 16
"""More of the hash than the code takes, so that no letter is likelier than another."""


def codes_today(con: Connection, context: Context, now: datetime) -> dict[str, str]:
    """Today's code of each school, by URN."""
    changed, zone = day_codes.changed(con), context.config.zone
    today = now.astimezone(zone).date()
    found = {}
    for school in context.config.schools:
        at = changed.get(school.urn)
        again = at.isoformat() if at is not None and at.astimezone(zone).date() == today else ""
        found[school.urn] = _lettered(
            context.links.keyed("code of the day", school.urn, today.isoformat(), again)
        )
    return found


def _lettered(hashed: bytes) -> str:
    n, letters = int.from_bytes(hashed[:_BYTES], "big"), ""
    for _ in range(LENGTH):
        n, digit = divmod(n, len(LETTERS))
        letters += LETTERS[digit]
    return letters


def school_of_code(con: Connection, context: Context, typed: str, now: datetime) -> School | None:
    """The school whose code of today that is, however it was typed; None where it is none's."""
    said = "".join(c for c in typed.upper() if c.isascii() and c.isalnum()).encode()
    found = [
        urn for urn, code in codes_today(con, context, now).items() if compare_digest(code.encode(), said)
    ]
    return context.config.school(found[0]) if found else None
