"""Causes of a mail server's refusals, by refusals.toml: what lies with us is tried again."""

from __future__ import annotations

import re
from functools import cache

from alerts.delivery.results import Cause
from data.frozen import freeze
from data.shipped import read_table

_LONGEST = 1_000
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
_OF_COMMAND = {
    "mail": Cause.SENDER_REFUSED,
    "rcpt": Cause.ADDRESS_REFUSED,
    "data": Cause.MESSAGE_REFUSED,
}


@freeze
class _Refusal:
    """A row of the table; what it leaves out fits anything."""

    cause: str
    code: str = ".*"
    words: str = ""
    at: str = ""

    def fits(self, at: str, code: str, said: str) -> bool:
        """Does what the server answers to a command fit all that the row says?"""
        if self.at not in ("", at):
            return False
        if not re.fullmatch(self.code, code):
            return False
        return re.search(self.words, said, re.IGNORECASE) is not None


@cache
def _refusals() -> tuple[_Refusal, ...]:
    rows = read_table("alerts.delivery", "refusals.toml")["refusal"]
    return tuple(_Refusal(**row) for row in rows)


def enhanced_code(said: bytes | str) -> bytes:
    """Return the enhanced code that an answer begins with; b"" without."""
    answer = said if isinstance(said, bytes) else said.encode("ascii", "replace")
    found = _ENHANCED.match(answer)
    return found.group() if found else b""


def cause_of_refusal(at: str, code: str, said: str) -> Cause:
    """Find the cause of a refusal for good of the command `at` (mail, rcpt or data), by the enhanced code and
    the words. Of the sender's own command it lies with us, whatever else fits."""
    words = " ".join(said[:_LONGEST].split())
    row = next((row for row in _refusals() if row.fits(at, code, words)), None)
    if row is None:
        return _OF_COMMAND[at]
    if at == "mail" and row.cause != Cause.LIMIT:
        return Cause.SENDER_REFUSED
    return Cause(row.cause)
