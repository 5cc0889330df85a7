"""Who hosts the post of a case: asked of the registers, over the guarded fetcher, never of the page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from data.effects import Fetch
from monitor import wiring
from monitor.config import Config
from sources.hosting.registries import registries
from sources.hosting.who_hosts import Hosting, where_to_look, who_hosts
from sources.http.address_guard import Resolve, system_resolve


def look(
    config: Config,
    home: Path,
    url: str,
    now: datetime,
    *,
    fetch: Fetch | None = None,
    resolve: Resolve = system_resolve,
) -> Hosting | None:
    """What the registers tell of the host of that address, None where it names none.

    Registration data is made to be asked for by programs: no robots.txt stands before it. `fetch` and
    `resolve` are the tests' own.
    """
    if fetch is not None:
        return who_hosts(url, fetch, now, resolve=resolve, registries=registries(home, now, fetch))
    with wiring.fetcher(config, obey_robots=False) as asking:
        known = registries(home, now, asking)
        return who_hosts(url, asking, now, resolve=resolve, registries=known)


def by_hand(home: Path, url: str, now: datetime) -> str | None:
    """Where a person can look the domain up; None where no register is known. Asks nothing."""
    return where_to_look(url, registries(home, now))
