"""A sign to a service elsewhere that the fleet fares well: where it stays away, they tell somebody.

As a home's own (`monitor.service.state.heartbeat`) it says nothing, and is sent only while it is true.
"""

from __future__ import annotations

import threading
from datetime import datetime

from data.effects import Clock
from monitor.config.settings import Secret
from monitor.fleet.progress import FleetProgress
from monitor.fleet.settings import Fleet
from monitor.service.state.heartbeat import beat, beating, due


class FleetHeart:
    """For one thread. `tick` is called every few seconds; what it asks is asked in a thread of its own, since
    the conductor waits for nobody. `asking` is the last of those."""

    def __init__(self, clock: Clock) -> None:
        self.asking: threading.Thread | None = None
        self._clock = clock
        self._beat_at: datetime | None = None
        self._faults = 0

    def tick(self, fleet: Fleet, found: FleetProgress) -> None:
        """Beats where that is due, no home waits or is left out, and nothing failed since the last look."""
        fails = found.faults > self._faults
        self._faults = found.faults
        if fleet.heartbeat is None or fails or not found.well(found.at) or not due(self._beat_at, found.at):
            return
        if self.asking is None or not self.asking.is_alive():
            self._beat_at = found.at
            self.asking = threading.Thread(
                target=self._beat, args=(fleet.heartbeat, fleet), name="heartbeat", daemon=True
            )
            self.asking.start()

    def _beat(self, address: Secret, fleet: Fleet) -> None:
        with beating(address, self._clock, fleet.network) as fetch:
            beat(address, fetch)
