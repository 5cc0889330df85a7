"""`schoolgate source test`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from data.effects import utc_now
from monitor import wiring
from monitor.commands.options import ConfigFile, Home, finish
from monitor.commands.source.switch import known_source
from monitor.terminal.output import say

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.types import Mention

_SHOWN = 5


def try_source(
    source_id: Annotated[str, typer.Argument(metavar="ID", help="The source's id in schoolgate.toml.")],
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Read one source now: how much came, of what kind and from when. Stores nothing, tells nobody.

    \b
    Examples:
      schoolgate source test northvale-gazette
    """
    # Nothing here is judged, so a child's disclosure may be among it: no title, word, name or address of a
    # post is shown, only how many there are, their kinds and times.
    from data.types import SourceState
    from monitor.pipeline.collect import collect
    from sources.registry import collector

    _, settings = wiring.settings(home, config)
    source = known_source(settings, source_id)
    with wiring.fetcher(settings) as fetch:
        got = collect(
            source, SourceState(source.id), collector(source.kind), fetch.fetch, utc_now, fetch.apart
        )
    run = got.run
    say(f"{source.name or source.id}: {run.outcome.value}, pages {run.pages}, mentions {run.mentions_read}")
    for line in (*([run.detail] if run.detail else []), *run.warnings):
        say(f"  {line}")
    for line in _newest(got.mentions, settings.zone):
        say(f"  {line}")
    finish(0 if run.outcome.seen else 1)


def _newest(mentions: Sequence[Mention], zone: ZoneInfo) -> Iterator[str]:
    """Kind and time of each of the newest, then how many more there are."""
    long_ago = datetime.min.replace(tzinfo=UTC)
    newest = sorted(mentions, key=lambda m: m.published or long_ago, reverse=True)
    for mention in newest[:_SHOWN]:
        when = f"{mention.published.astimezone(zone):%d %b %Y %H:%M}" if mention.published else "no time"
        yield f"{when:<17}  {mention.kind.value}"
    if len(newest) > _SHOWN:
        yield f"… and {len(newest) - _SHOWN} more"
