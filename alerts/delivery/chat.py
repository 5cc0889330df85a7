"""A short message by apprise: Teams, Slack, ntfy, a text message gateway. One line and a link.

Apprise does the network. It is imported late (it takes 44 MB), and is silent from then on: its log may name
addresses, and these hold tokens. `post` asks a process of its own to do it: all that memory goes again,
one that a service keeps waiting is ended, and `chat_guard` binds it to the public internet.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import warnings
from dataclasses import asdict
from typing import Any

from alerts.delivery.chat_guard import Guard, Way
from alerts.delivery.mail import one_line
from alerts.delivery.results import SENT, Cause, Result, SendOutcome
from data.types import OutboxMessage

LONGEST = 300
"""Letters of a line: two text messages at most."""


POST_S = 30.0
"""So long one service may take. Apprise waits four seconds for each byte, some of its plug-ins for ever."""

_RESULTS = (
    SENT, Result(SendOutcome.RETRY, Cause.CHAT_REFUSED), Result(SendOutcome.FAILED, Cause.BAD_ADDRESS),
    Result(SendOutcome.FAILED, Cause.CHAT_PRIVATE),
)  # fmt: skip
"""What the process ends with: 0 to 3."""
_OPEN = Way()
_LINK = re.compile(r"https?://[^\s()\[\]]+")
_PICTURES = re.compile(r"[?&]image=(yes|true|on|1)\b", re.IGNORECASE)


def post(message: OutboxMessage, address: str, way: Way = _OPEN, wait_s: float = POST_S) -> Result:
    """Sends the message's body as one line, in a process of its own, which has so many seconds.

    An address that apprise does not know fails for good, and so does one that leads into a private network
    (`Way.own` names what may); whatever else goes wrong is tried again.
    """
    given = json.dumps([address, one_line(message.body, LONGEST), asdict(way)])  # others see its arguments
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", __name__], input=given.encode(), timeout=wait_s, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError):
        return _RESULTS[1]
    return _RESULTS[ended.returncode if ended.returncode in range(len(_RESULTS)) else 1]


def _bound(address: str, line: str, way: dict[str, Any]) -> Result:
    """Sends it from this process, which is bound by the guard from now on."""
    guard = Guard(address, Way(**way))
    guard.enter()
    result = notify(address, line)
    return _RESULTS[3] if guard.refused and result is not SENT else result


def notify(address: str, line: str) -> Result:
    """Sends the line from this process."""
    to = _service(address)
    if to is None:
        return _RESULTS[2]
    try:
        taken = bool(to.notify(**_written(line, to[0])))
    except Exception:  # noqa: BLE001 - any of a hundred plug-ins; its words may hold the address
        taken = False
    return _RESULTS[0 if taken else 1]


def _written(line: str, service: Any) -> dict[str, str]:
    """The line for this service, so that its link can be tapped.

    As text apprise writes a “\\” before the dots of an address where the service reads Markdown. The words
    are ours, so there the line goes as Markdown; a card of Teams is told which part of it is a link.
    """
    if service.notify_format != "markdown":
        return {"body": line, "body_format": "text"}
    is_card = "workflows" in service.secure_protocol
    return {"body": _LINK.sub(r"[\g<0>](\g<0>)", line) if is_card else line, "body_format": "markdown"}


def known(address: str) -> bool:
    """Does apprise know what to do with the address? Asks no service."""
    return _service(address) is not None


def _service(address: str) -> Any:
    logging.getLogger("apprise").disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of its plug-ins wants a module that Python will drop
        import apprise

        bare = {} if _PICTURES.search(address) else {"image_url_mask": "", "image_url_logo": ""}
        to = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, **bare))
        return to if to.add(address) and len(to) else None


if __name__ == "__main__":
    sys.exit(_RESULTS.index(_bound(*json.load(sys.stdin))))
