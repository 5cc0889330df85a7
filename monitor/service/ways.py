"""Whether mail and short messages reach people at all: told to `Health`, by what became of each message."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from alerts.delivery.results import OF_THE_TOKEN, Cause, Result, SendOutcome
from data.types import Via
from monitor.service.state.health import Health

OF_THE_SERVER = frozenset(
    (
        Cause.SENDER_REFUSED, Cause.SIGN_IN_REFUSED, Cause.NO_SIGN_IN, Cause.PASSWORD, Cause.CERTIFICATE,
        Cause.NO_TLS, Cause.PLAIN, Cause.UNREACHABLE, Cause.BUSY, Cause.DROPPED, Cause.INTERRUPTED,
        Cause.APP_NO_RIGHT, Cause.TOKEN_NOT_TAKEN, Cause.MAILBOX_UNKNOWN, Cause.MICROSOFT_UNREACHABLE,
        Cause.MICROSOFT_CERTIFICATE, Cause.NOT_MICROSOFT, *OF_THE_TOKEN,
    )
)  # fmt: skip
"""Causes that lie in the server or in our settings for it: nobody would be reached."""
_OF_ONE = frozenset(
    (Cause.ADDRESS_REFUSED, Cause.MESSAGE_REFUSED, Cause.TOO_LARGE, Cause.CHAT_REFUSED, Cause.OURS)
)
"""Causes that may lie in one address or message: only where nobody is reached does the way itself fail."""


class Ways:
    """Which way reaches people, as it last was. One person's bad address is no trouble of the service.

    Several threads tell it of what became of messages.
    """

    def __init__(self, health: Health) -> None:
        self._health = health
        self._lock = threading.RLock()
        self._down: set[Via] = set()
        self._reached: dict[Via, set[str]] = {via: set() for via in Via}
        self._refused: dict[Via, set[str]] = {via: set() for via in Via}

    def down(self, via: Via, since: datetime, why: str) -> None:
        """It reached nobody when last tried."""
        with self._lock:
            self._down.add(via)
            self._health.failed(via.value, since, why, counted=False)

    def fared(self, via: Via, results: Sequence[tuple[str, Result]], at: datetime) -> None:
        """What became of messages that were due, each with its person's id; there may have been none.

        With none a way that is down stays so; else the looking has ended well.
        """
        with self._lock:
            self.learnt(via, results, at)
            if via not in self._down:
                self._health.ended(via.value, at)

    def learnt(self, via: Via, results: Sequence[tuple[str, Result]], at: datetime) -> None:
        """What became of others, or would become: that says nothing of the sending of what is due."""
        with self._lock:
            self._note(via, results)
            causes = [r.cause for _, r in results if r.cause in OF_THE_SERVER | _OF_ONE]
            stopped = next((c for c in causes if c in OF_THE_SERVER), None)
            if any(r.outcome is SendOutcome.SENT for _, r in results):
                self._down.discard(via)
            elif stopped is not None or (causes and self._nobody(via)):
                self.down(via, at, str(stopped or causes[-1]))

    def _note(self, via: Via, results: Sequence[tuple[str, Result]]) -> None:
        sent = {person for person, r in results if r.outcome is SendOutcome.SENT}
        refused = {person for person, r in results if r.cause in _OF_ONE} - sent
        self._reached[via] = self._reached[via] - refused | sent
        self._refused[via] = refused if sent else self._refused[via] | refused

    def _nobody(self, via: Via) -> bool:
        """Were several refused since somebody was reached, or is nobody left who ever was?"""
        return len(self._refused[via]) > 1 or not self._reached[via]
