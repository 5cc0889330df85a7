"""`schoolgate source test`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.effects import utc_now
from monitor.cli.commands.options import ConfigFile, Home, finish
from monitor.cli.commands.source.switch import SourceId, known_source
from monitor.home import wiring
from monitor.terminal.output import say

if TYPE_CHECKING:
    from data.types import Source
    from monitor.config.load import Config
    from monitor.setup.preview import PlacePreview


def try_source(source_id: SourceId, home: Home = None, config: ConfigFile = None) -> None:
    """Read one source now: how that went, its first finds, and whether they are about you, and why.

    Stores nothing and tells nobody. What is restricted, or unfit to be repeated, is shown without its words.

    \b
    Examples:
      schoolgate source test northvale-gazette
    """
    from monitor.setup.preview import preview

    where, settings = wiring.settings(home, config)
    source = known_source(settings, source_id)
    _closed(source)
    with wiring.fetcher(settings) as fetch:
        found = preview(replace(source, disabled=None), fetch, wiring.judges(settings, where.home), utc_now)
    _tell(found, settings)
    if source.disabled:
        say(f"It is switched off: {source.disabled}")
        say(f"To switch it on: schoolgate source resume {source.id}")
    finish(0 if found.run.outcome.seen else 1)


def _closed(source: Source) -> None:
    """Ends where its terms forbid reading: what is off for another reason may be tried."""
    from sources.places.by_address import closed

    why = source.disabled and closed(source.kind, source.url)
    if why:
        say(f"{source.name} is off, and is not read: {source.disabled}")
        finish(1)


def _tell(found: PlacePreview, settings: Config) -> None:
    from monitor.cli.views.sources import ended
    from monitor.setup.shown import find_lines

    run = found.run
    say(f"{found.source.name}: {ended(run)}")
    for line in run.warnings:
        say(f"  {line}")
    if run.mentions_read:
        say(f"About you: {found.about}; perhaps: {found.perhaps}; read: {run.mentions_read}.")
    for line in find_lines(found.finds, {}, utc_now().date(), settings.zone):
        say(line)
