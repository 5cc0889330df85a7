"""`schoolgate scan`: look now."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import uptime, utc_now
from data.errors import InputError
from monitor import wiring
from monitor.commands.scan_cases import look_again, name_copies
from monitor.config import Config
from monitor.paths import Paths
from monitor.progress import Progress
from monitor.scan_once import Say, scan_once, show
from monitor.viewer import Viewer, asker

if TYPE_CHECKING:
    from data.store.open import Store
    from monitor.context import Context
    from monitor.views.summary import ScanSummary
    from sources.fetch import Fetcher

log = logging.getLogger("schoolgate.scan")


def run(
    *,
    demo: bool,
    school: str | None,
    sources: Sequence[str],
    since: str | None,
    no_send: bool,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
    person: str | None = None,
) -> int:
    """Scan and print; the exit code is the summary's: 0, 3 where some sources failed, 1 where we did."""
    if demo:
        from monitor.demo.run import run_demo

        return run_demo(home=home, as_json=as_json, say=say)
    where, whole = wiring.settings(home, config)
    who = asker(whole, person)
    settings = choose(whole, school, sources)
    store = wiring.open_store(where.home)
    viewer = Viewer(settings, store, who)
    wiring.remember_config(store, whole)
    _purge(store, whole)
    _take_in_what_waits(where, store, whole)
    with wiring.fetcher(settings) as fetcher:
        summary = scan_once(
            settings, store, wiring.judges(whole, where.home), fetcher,
            clock=utc_now, since=_date(since, settings), progress=Progress(quiet=as_json),
        )  # fmt: skip
        if not no_send:
            context = wiring.context(whole, where.home)
            name_copies(store, context, utc_now)
            summary = _sent(summary, store, context)
            if school is None and not sources:
                summary = _looked_again(summary, store, context, fetcher, viewer)
    show(summary, viewer, as_json=as_json, say=say)
    return summary.exit


def _sent(summary: ScanSummary, store: Store, context: Context) -> ScanSummary:
    """Hands over whatever is due, of every school."""
    from monitor.service.delivery import deliver_and_tell

    delivered = deliver_and_tell(store, context, clock=utc_now)
    return replace(summary, delivered=delivered, waiting_messages=delivered.waiting)


def _looked_again(
    summary: ScanSummary, store: Store, context: Context, fetcher: Fetcher, viewer: Viewer
) -> ScanSummary:
    """Looks at the posts of cases that are due, after everything else: what was urgent is on its way."""
    looked = look_again(store, context, fetcher, utc_now, viewer)
    return replace(summary, looked_again=looked)


def choose(config: Config, school: str | None, sources: Sequence[str]) -> Config:
    """The configuration cut down to one school or some sources. Raises InputError for unknown ones."""
    schools, chosen = config.schools, config.sources
    if school is not None:
        urn = wiring.pick_urn(config, school)
        schools = tuple(s for s in schools if s.urn == urn)
        chosen = tuple(replace(s, urns=(urn,)) for s in chosen if urn in s.urns)
    unknown = sorted(set(sources) - {s.id for s in chosen})
    if unknown:
        known = ", ".join(s.id for s in chosen) or "none"
        raise InputError(f"--source {unknown[0]}: no such source in {config.path.name}. It has: {known}.")
    if sources:
        chosen = tuple(s for s in chosen if s.id in sources)
    if not chosen:
        raise InputError(
            f"{config.path.name} names no source to read. Add one: [[sources]] (docs/sources.md)"
        )
    return replace(config, schools=schools, sources=chosen)


def _purge(store: Store, config: Config) -> None:
    from data.retention import purge_if_believed

    done = purge_if_believed(store, utc_now(), config.policy, uptime())
    if done.withheld_until:
        log.warning(
            "The clock is not where it must be, so nothing is deleted until %s. Is its time right? "
            "See: schoolgate doctor",
            f"{done.withheld_until:%Y-%m-%d %H:%M} UTC",
        )


def _take_in_what_waits(where: Paths, store: Store, config: Config) -> None:
    """What people handed in while it could not be saved; a fault with it is logged, and keeps no scan."""
    from monitor.intake import take_waiting

    with suppress(Exception):  # it is logged there, and stays for the next
        take_waiting(where.home, wiring.intake(config, where, store), utc_now)


def _date(text: str | None, config: Config) -> datetime | None:
    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - the zone is set in the next line
    except ValueError:
        raise InputError(f"--since {text}: not a date. Write it as 2026-11-01.") from None
    return day.replace(tzinfo=config.zone).astimezone(UTC)
