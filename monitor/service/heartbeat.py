"""A sign to a service elsewhere that posts are read and judged: where it stays away, they tell somebody.

It says nothing but that: a GET without a word, to an address that is a secret of the school's. It is sent
only while it is true. Where nothing was judged since the last one, a fixed sentence is judged first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import numpy as np
from pydantic import SecretStr

from alerts.notices.book import matter
from data.effects import Clock, Sleep, utc_now
from data.errors import SchoolgateError
from data.types import FetchFailure, Request, Response
from data.web.public_addresses import is_this_machine
from monitor.config.load import Network
from monitor.home import wiring
from monitor.service.health import STALE, Health, due
from monitor.service.scoring import AwayScorer
from sources.fetch import Fetcher
from sources.http.connection import trust
from sources.http.politeness import Limits

log = logging.getLogger("schoolgate.service")

EVERY = timedelta(minutes=5)
LIMITS = Limits(connect_s=3.0, deadline_s=6.0, max_body_bytes=65_536, max_decompressed_bytes=65_536)
"""What a beat may cost: less than the service has to end in."""
SENTENCE = "The choir sang at the hospice, and everybody who heard it was glad."
"""Judged where nothing else was."""
_BLIND = frozenset(("store", "judge", "all", "tend"))
"""Matters with which it would not be true. That one place cannot be read is told to people instead."""

Fetch = Callable[[Request], Response | FetchFailure]


def open_heartbeat(
    address: SecretStr | None,
    clock: Clock = utc_now,
    network: Network | None = None,
    sleep: Sleep = time.sleep,
) -> AbstractContextManager[Fetcher]:
    """Open what asks the heartbeat's address: behind the same guard, and saying nothing of us but the tool's
    name.

    An address of this machine is asked, since a person has set it.
    """
    network = network or Network()
    return closing(
        Fetcher(
            agent="Schoolgate",
            clock=clock,
            sleep=sleep,
            limits=LIMITS,
            allow_loopback=on_this_machine(address.get_secret_value()) if address else frozenset(),
            obey_robots=False,
            tls=trust(network.ca_file),
            through=wiring.way_out(network),
        )
    )


@dataclass
class Heart:
    """Beats while it is true that we read and judge, and can tell of it.

    `unheard` says that a trouble of ours could be told to nobody: then somebody else must notice. `lacks`
    says what keeps everything from being judged, None where nothing does.
    `tick` is called every few seconds, by one thread.
    """

    health: Health
    scorer: AwayScorer
    clock: Clock
    address: SecretStr | None
    fetch: Fetch
    unheard: Callable[[], bool]
    lacks: Callable[[], SchoolgateError | None] = lambda: None
    _beat_at: datetime | None = field(default=None, init=False)
    _proved_at: datetime | None = field(default=None, init=False)

    def tick(self) -> None:
        """Beats where that is due and true. A beat that fails is counted and logged, and nothing else."""
        now = self.clock()
        if not due(self._beat_at, now, EVERY) or not (self.address or self._fails("judge", now)):
            return
        if self._judging(now) and self.address and not self._blind(now) and not self.unheard():
            self._beat_at = now
            if beat(self.address, self.fetch):
                self.health.note_ending("heartbeat", self.clock())
            else:
                self.health.fault("heartbeat")

    def begin(self) -> SchoolgateError | None:
        """Return what keeps everything from being judged at the start: from then on it is not well."""
        if (lack := self.lacks()) is not None:
            self._unable(type(lack).__name__)
        return lack

    def _blind(self, now: datetime) -> bool:
        """Is something keeping us from reading and judging, or was no answer saved for too long?"""
        troubles = self.health.troubles(now)
        saved = self.health.last.get("save", self.health.started_at)
        still = any(t.work == "collect" for t in troubles) and now - saved > STALE["collect"]
        return still or any(matter(t) in _BLIND for t in troubles)

    def _judging(self, now: datetime) -> bool:
        """Has something been judged since the last beat? Else a sentence is, at most once in five minutes."""
        judged = self.health.last.get("judge")
        if judged is not None and now - judged < EVERY and not self._fails("judge", now):
            return True
        if not due(self._proved_at, now, EVERY):
            return False
        self._proved_at = now
        if (lack := self.lacks()) is not None:
            return self._unable(type(lack).__name__)
        loaded = self.scorer.has_child
        try:
            scores = self.scorer.score([SENTENCE])
            sound = scores.values.shape[0] == 1 and bool(np.isfinite(scores.values).all())
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing can be judged
            return self._unable(type(error).__name__)
        finally:
            if not loaded:
                self.scorer.let_go(0.0)
        if not sound:
            return self._unable("scores")
        self.health.note_ending("judge", self.clock())
        return True

    def _unable(self, why: str) -> bool:
        self.health.note_failure("judge", self.clock(), why)
        log.error("in=heartbeat work=judge fault=%s", why)
        return False

    def _fails(self, work: str, now: datetime) -> bool:
        return any(t.work == work for t in self.health.troubles(now))


def beat(address: SecretStr, fetch: Fetch) -> bool:
    """Asks the address. Was it heard? What went wrong is logged, without the address."""
    try:
        answer = fetch(Request(address.get_secret_value()))
    except Exception as error:  # noqa: BLE001 - whatever it is, the next beat must go out; its text holds the address
        log.error("in=heartbeat fault=%s", type(error).__name__)
        return False
    if isinstance(answer, FetchFailure):
        log.warning("in=heartbeat why=%s status=%s", answer.outcome.value, answer.status)
        return False
    return True


def on_this_machine(url: str) -> frozenset[tuple[str, int]]:
    """Host and port of an address of this machine, so that the guard lets it pass; none for any other."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return frozenset({(host, port)}) if is_this_machine(host) else frozenset()
