"""Exceptions that end a fetch early. The exception never leaves the fetcher, which turns it into a value."""

from __future__ import annotations

from functools import partial

from data.errors import write_commands
from data.types import Outcome, Response


class FetchAborted(Exception):
    """Ends one fetch with a known outcome; `detail` is a sentence for people."""

    def __init__(
        self,
        outcome: Outcome,
        detail: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        answer: Response | None = None,
    ) -> None:
        self.outcome = outcome
        self.detail = write_commands(detail)
        self.status = status
        self.retry_after_s = retry_after_s
        self.answer = answer
        super().__init__(self.detail)


unreachable = partial(FetchAborted, Outcome.UNREACHABLE)
"""The site gives no answer, or none that is one: it may, another time."""
misconfigured = partial(FetchAborted, Outcome.MISCONFIGURED)
"""What the configuration has us ask for cannot be asked."""
malformed = partial(FetchAborted, Outcome.MALFORMED)
"""What came cannot be read."""
