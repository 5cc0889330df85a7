"""A short message by apprise: Teams, Slack, ntfy, a text message gateway. One line and a link.

Apprise does the network. It is imported late (it takes 44 MB), and kept silent: its log may name
addresses, and these hold tokens.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alerts.delivery.mail import one_line
from alerts.delivery.results import SENT, Cause, Outcome, Result
from data.types import OutboxMessage

LONGEST = 300
"""Letters of a line: two text messages at most."""


def post(message: OutboxMessage, address: str) -> Result:
    """Sends the message's body as one line. An address that apprise does not know fails for good."""
    with _silent():
        to = _service(address)
        if to is None:
            return Result(Outcome.FAILED, Cause.BAD_ADDRESS)
        try:
            taken = to.notify(body=one_line(message.body, LONGEST), body_format="text")
        except Exception:  # noqa: BLE001 - any of a hundred plug-ins; its words may hold the address
            taken = False
    return SENT if taken else Result(Outcome.RETRY, Cause.CHAT_REFUSED)


def known(address: str) -> bool:
    """Does apprise know what to do with the address? Asks no service."""
    with _silent():
        return _service(address) is not None


def _service(address: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of its plug-ins wants a module that Python will drop
        import apprise

        to = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False))
        return to if to.add(address) and len(to) else None


@contextmanager
def _silent() -> Iterator[None]:
    log = logging.getLogger("apprise")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before
