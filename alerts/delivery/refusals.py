"""Causes of a mail server's refusals, by refusals.toml: what lies with us is tried again."""

from __future__ import annotations

import re
from functools import cache

from alerts.delivery.results import Cause
from data.frozen import freeze
from data.shipped import read_table

_LONGEST = 1_000
_OF_COMMAND = {
    "mail": Cause.SENDER_REFUSED,
    "rcpt": Cause.ADDRESS_REFUSED,
    "data": Cause.MESSAGE_REFUSED,
}


@freeze
class _Refusal:
    """A row of the table."""

    cause: Cause
    code: re.Pattern[str] | None = None
    words: re.Pattern[str] | None = None
    at: str = ""

    def fits(self, at: str, code: str, said: str) -> bool:
        """Does what the server answers to a command fit all that the row says?"""
        if self.at not in ("", at):
            return False
        if self.code is not None and not self.code.fullmatch(code):
            return False
        return self.words is None or self.words.search(said) is not None


@cache
def _refusals() -> tuple[_Refusal, ...]:
    rows = read_table("alerts.delivery", "refusals.toml")["refusal"]
    return tuple(_read_row(**row) for row in rows)


def _read_row(cause: str, code: str | None = None, words: str | None = None, at: str = "") -> _Refusal:
    return _Refusal(
        Cause(cause),
        None if code is None else re.compile(code),
        None if words is None else re.compile(words, re.IGNORECASE),
        at,
    )


def cause_of_refusal(at: str, code: str, said: str) -> Cause:
    """Find the cause of a refusal for good of the command `at` (mail, rcpt or data), by the enhanced code and
    the words. Of the sender's own command it lies with us, whatever else fits."""
    words = " ".join(said[:_LONGEST].split())
    row = next((row for row in _refusals() if row.fits(at, code, words)), None)
    if row is None or (at == "mail" and row.cause is not Cause.LIMIT):
        return _OF_COMMAND[at]
    return row.cause
