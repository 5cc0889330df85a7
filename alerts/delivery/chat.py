"""A short message by apprise: Teams, Slack, ntfy, a text message gateway. One line and a link.

Apprise does the network. It is imported late (it takes 44 MB), and is silent from then on: its log may name
addresses, and these hold tokens.
"""

from __future__ import annotations

import logging
import threading
import warnings
from typing import Any

from alerts.delivery.mail import one_line
from alerts.delivery.results import SENT, Cause, Outcome, Result
from data.types import OutboxMessage

LONGEST = 300
"""Letters of a line: two text messages at most."""


POST_S = 20.0
"""So long one service may take. Apprise waits four seconds for each byte, some of its plug-ins for ever."""


def post(message: OutboxMessage, address: str, wait_s: float = POST_S) -> Result:
    """Sends the message's body as one line. An address that apprise does not know fails for good.

    A service that has not answered by then is left to itself, and the message is sent again later.
    """
    to = _service(address)
    if to is None:
        return Result(Outcome.FAILED, Cause.BAD_ADDRESS)
    line, taken = one_line(message.body, LONGEST), []

    def ask() -> None:
        try:
            taken.append(bool(to.notify(body=line, body_format="text")))
        except Exception:  # noqa: BLE001 - any of a hundred plug-ins; its words may hold the address
            return

    asking = threading.Thread(target=ask, name="short message", daemon=True)
    asking.start()
    asking.join(wait_s)
    return SENT if taken == [True] else Result(Outcome.RETRY, Cause.CHAT_REFUSED)


def known(address: str) -> bool:
    """Does apprise know what to do with the address? Asks no service."""
    return _service(address) is not None


def _service(address: str) -> Any:
    logging.getLogger("apprise").disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of its plug-ins wants a module that Python will drop
        import apprise

        to = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False))
        return to if to.add(address) and len(to) else None
