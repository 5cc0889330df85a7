"""The linker, let go when it is not used: with the whole register of schools it takes 50 MB."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence

from data.types import Match, Mention, Source
from monitor.judges import Linking
from monitor.service.scoring import IDLE_S


class IdleLinker:
    """A linker that is made at its first use, and again after it was let go. `timer` counts seconds."""

    def __init__(self, make: Callable[[], Linking], timer: Callable[[], float]) -> None:
        self._make = make
        self._timer = timer
        self._linker: Linking | None = None
        self._used_at = timer()
        self._lock = threading.Lock()

    def link(
        self, mentions: Sequence[Mention], source: Source, about: Collection[tuple[str, str]] = ()
    ) -> list[tuple[Match, ...]]:
        """As the linker does."""
        with self._lock:
            self._linker = self._linker or self._make()
            self._used_at = self._timer()
            return self._linker.link(mentions, source, about)

    def let_go(self, idle_s: float = IDLE_S) -> None:
        """Forgets it where it was not used for so long."""
        with self._lock:
            if self._timer() - self._used_at >= idle_s:
                self._linker = None
