"""The address of a case's post, and who hosts it: the registers are asked, never the page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from data.cases import Case
from data.effects import Fetch
from data.errors import InputError
from data.store.cases import cases as case_store
from monitor.config.load import Config
from monitor.home import wiring
from monitor.home.wiring import Session
from sources.hosting import Hosting, registries, who_hosts
from sources.http.address_guard import Resolve, system_resolve


def look_up_host(
    config: Config,
    home: Path,
    url: str,
    now: datetime,
    *,
    fetch: Fetch | None = None,
    resolve: Resolve = system_resolve,
) -> Hosting | None:
    """Ask the registers what they know about the host of that address; None where it names no host.

    Registration data is made for programs, so no robots.txt applies. `fetch` and `resolve` are for tests.
    """
    if fetch is not None:
        return who_hosts(url, fetch, now, resolve=resolve, registries=registries(home, now, fetch))
    with wiring.fetcher(config, obey_robots=False) as asking:
        known = registries(home, now, asking)
        return who_hosts(url, asking, now, resolve=resolve, registries=known)


def case_address(session: Session, case: Case, reason: str, now: datetime) -> str:
    """The address of the case's post; reading that of a restricted one is recorded, with the reason.

    Raises InputError where no address is held.
    """
    if case.restricted:
        with session.store.write("reading a restricted matter") as con:
            case_store.record_read(con, case, person=session.person.id, reason=reason, now=now)
    with session.store.open_reader() as con:
        post = case_store.post_of(con, case, restricted=case.restricted)
    if post is None or not post.url:
        raise InputError(f"Case {case.id}: no address of the post is held any more.")
    return post.url
