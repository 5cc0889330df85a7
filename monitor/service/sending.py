"""Sending beside a scan: what is due at once is handed over while the scan still reads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType

from data.effects import Clock
from data.store.engine.open import Store
from data.store.mentions.batch import Batch
from data.store.messages.outbox import anything_due
from monitor.config.home.context import Context, message_ways
from monitor.service.delivery import Delivered, deliver_and_tell
from sources.http.host_queue import never

log = logging.getLogger("schoolgate.delivery")

LOOK_S = 10.0
"""So often it is looked whether a message that could not be handed over is due again."""
LAST_WAIT_S = 5.0
"""So long a scan that is broken off waits for the message that is under way."""


@dataclass
class Sending:
    """Sends in a thread of its own while the block lasts, begun by the first message that is due at once.

    A mail server that hangs holds up this thread alone. Whoever leaves the block waits for the message that
    is under way; what else is leased is given back.
    """

    store: Store
    context: Context
    clock: Clock
    done: Delivered | None = None

    def __post_init__(self) -> None:
        self._wanted, self._ending = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Sending:
        """Send what is due from before: it does not wait for the scan either. Raises StoreError."""
        with self.store.open_reader() as con:
            if anything_due(con, self.clock(), message_ways(self.context.config)):
                self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._ending.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(None if kind is None else LAST_WAIT_S)

    def send_due(self, batch: Batch) -> None:
        """A batch was saved: what it put into the outbox that is due now is sent now."""
        now = self.clock()
        if any(message.due_at <= now for message in batch.outbox):
            self._begin()

    def send(self, stop: Callable[[], bool] = never) -> None:
        """Sends all that is due now, once the block is left. Raises StoreError."""
        before = self.done or Delivered()
        self.done = replace(before, cut_short=True)
        self.done = before.then(deliver_and_tell(self.store, self.context, clock=self.clock, stop=stop))

    def _begin(self) -> None:
        self._wanted.set()
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="sending", daemon=True)
            with suppress(RuntimeError):  # the machine gives no more of them: sent at the end, then
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wanted.clear()
            try:
                self.send(self._ending.is_set)
                again = bool(self.done and self.done.later)
            except Exception as error:  # noqa: BLE001 - an edge: the scan goes on, and sends again at its end
                log.error("in=sending fault=%s", type(error).__name__)
                again = True
            self._wanted.wait(LOOK_S if again else None)
