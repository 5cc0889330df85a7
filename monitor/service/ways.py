"""Whether mail and short messages reach people at all: told to `Health`, by what became of each message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.delivery.results import Cause, Outcome, Result
from data.types import Via
from monitor.service.health import Health

OF_THE_SERVER = frozenset(
    (
        Cause.SENDER_REFUSED, Cause.SIGN_IN_REFUSED, Cause.NO_SIGN_IN, Cause.PASSWORD, Cause.CERTIFICATE,
        Cause.NO_TLS, Cause.PLAIN, Cause.UNREACHABLE, Cause.BUSY, Cause.DROPPED, Cause.INTERRUPTED,
    )
)  # fmt: skip
"""Causes that lie in the server or in our settings for it: nobody would be reached."""
_OF_THE_PERSON = frozenset((Cause.ADDRESS_REFUSED, Cause.MESSAGE_REFUSED, Cause.CHAT_REFUSED))
"""Causes that may lie in one address: only where nobody is reached does the way itself fail."""


class Ways:
    """Which way reaches whom, as it last was. One person's bad address is no trouble of the service."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._down: set[Via] = set()
        self._last: dict[Via, dict[str, bool]] = {via: {} for via in Via}

    def down(self, via: Via, since: datetime, why: str) -> None:
        """It reached nobody when last tried, before we began."""
        self._down.add(via)
        self._health.failed(via.value, since, why, counted=False)

    def fared(self, via: Via, results: Sequence[tuple[str, Result]], at: datetime) -> None:
        """What became of messages, each with its person's id. With none a way that is down stays so."""
        last = self._last[via]
        last |= {person: r.outcome is Outcome.SENT for person, r in results if _tells(r)}
        causes = [r.cause for _, r in results if r.cause in OF_THE_SERVER | _OF_THE_PERSON]
        stopped = next((c for c in causes if c in OF_THE_SERVER), None)
        if any(r.outcome is Outcome.SENT for _, r in results):
            self._down.discard(via)
        elif stopped is not None or (causes and not any(last.values())):
            self._down.add(via)
            self._health.failed(via.value, at, str(stopped or causes[-1]), counted=False)
        if via not in self._down:
            self._health.ended(via.value, at)


def _tells(result: Result) -> bool:
    return result.outcome is Outcome.SENT or result.cause in _OF_THE_PERSON
