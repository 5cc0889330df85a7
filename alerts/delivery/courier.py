"""What hands messages over, whichever way they go: by a mail server, or by Microsoft Graph."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from alerts.delivery.results import Result

BeforeData = Callable[[], bool]
"""Asked right before the message itself is handed over; on False it is not."""


class Courier(Protocol):
    """Hands messages over one by one, each to one person."""

    def __enter__(self) -> Courier: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, content: bytes, sender: str, to: str, before_data: BeforeData) -> Result | None:
        """One mail, as bytes, to one person; None where `before_data` said no.

        Raises Unready where nobody is served now, and what `before_data` raises.
        """
