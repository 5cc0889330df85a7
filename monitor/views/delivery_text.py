"""What became of messages, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from data.words.say import words

if TYPE_CHECKING:
    from monitor.service.delivery import Delivered

YOURSELF = "Tell these people yourself: schoolgate alerts list"


def delivery_lines(delivered: Delivered | None, waiting: int) -> Iterator[str]:
    """How many were sent, how many were not and why, how many wait and what to do.

    `delivered` is None where nothing was tried.
    """
    if delivered is None:
        if waiting:
            yield f"{_wait(waiting)}, and nothing was sent. {YOURSELF}"
        return
    if delivered.sent:
        yield f"{_messages(delivered.sent)} sent."
    why = _why(delivered)
    if delivered.failed:
        yield f"{_messages(delivered.failed)} could not be sent{why}. To see what to mend: schoolgate doctor"
    if delivered.unsure:
        yield f"{_messages(delivered.unsure)} may have arrived: the server hung up. None is sent twice."
    if waiting:
        yield _left(delivered, waiting, why)


def _left(delivered: Delivered, waiting: int, why: str) -> str:
    if not delivered.mail:
        return f"{_wait(waiting)}: no mail server is set up ([mail] in schoolgate.toml). {YOURSELF}"
    if delivered.retried:
        return f"{_wait(waiting)}{why}. The next scan tries again, or the service. {YOURSELF}"
    return f"{_wait(waiting)} for the right hour. The next scan sends what is due, or the service."


def _why(delivered: Delivered) -> str:
    w = words("en")
    causes = "; ".join(w(f"failure.cause.{cause}") for cause in delivered.causes)
    return f": {causes}" if causes else ""


def _messages(n: int) -> str:
    return f"{n} message{'' if n == 1 else 's'}"


def _wait(n: int) -> str:
    return f"{_messages(n)} {'waits' if n == 1 else 'wait'}"
