"""`schoolgate source list | test | parse`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from data.effects import utc_now
from data.errors import InputError
from monitor import wiring
from monitor.commands.options import ConfigFile, Home, Json, finish
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.types import Mention, Source, SourceRun
    from monitor.config.load import Config

_SHOWN = 5


def list_sources(home: Home = None, config: ConfigFile = None, as_json: Json = False) -> None:
    """Every source: when it was last read, how that ended, and why it is off where it is.

    \b
    Examples:
      schoolgate source list
    """
    where, settings = wiring.settings(home, config)
    runs = _latest_runs(where.home, settings)
    if as_json:
        say(in_json([_as_json(s, runs.get(s.id)) for s in settings.sources]))
        return
    if not settings.sources:
        say(f"{settings.path.name} names no source yet: docs/sources.md says what can be read.")
    width = max((len(s.id) for s in settings.sources), default=0)
    for source in settings.sources:
        say(f"{source.id:<{width}}  {source.kind:<20}  {_state(source, runs.get(source.id), settings.zone)}")


def _latest_runs(home: Path, settings: Config) -> dict[str, SourceRun]:
    """By source; empty before the first scan has made the store."""
    from data.store.sources import source_runs as source_store

    store = wiring.open_store(home, migrate=False)
    if not store.path.exists():
        return {}
    with store.read() as con:
        return source_store.latest_runs(con, [s.id for s in settings.sources])


def _as_json(source: Source, run: SourceRun | None) -> dict[str, object]:
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "schools": list(source.urns),
        "disabled": source.disabled,
        "last_run": None
        if run is None
        else {
            "at": run.finished_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "outcome": run.outcome.value,
            "detail": run.detail,
            "read": run.mentions_read,
            "new": run.mentions_new,
        },
    }


def _state(source: Source, run: SourceRun | None, zone: ZoneInfo) -> str:
    from monitor.views.alerts import local

    if source.disabled:
        return f"off: {source.disabled}"
    if run is None:
        return "not read yet"
    detail = f": {run.detail}" if run.detail else ""
    return f"{run.outcome.value} on {local(run.finished_at, zone)}, {run.mentions_read} read{detail}"


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
    source = next((s for s in settings.sources if s.id == source_id), None)
    if source is None:
        known = ", ".join(s.id for s in settings.sources) or "none"
        raise InputError(f"{source_id}: no such source in {settings.path.name}. It has: {known}.")
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


def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A saved document (gzip is undone).")],
    url: Annotated[str, typer.Option("--url", help="The address the document came from.")],
    kind: Annotated[
        str | None, typer.Option("--kind", help="Its kind, where it is not to be guessed.")
    ] = None,
    fetched_at: Annotated[
        str | None,
        typer.Option("--fetched-at", help="When it was fetched (ISO 8601); “3 days ago” counts from then."),
    ] = None,
    day_first: Annotated[bool, typer.Option("--day-first", help="Read 03/04/2026 as 3 April.")] = False,
    month_first: Annotated[bool, typer.Option("--month-first", help="Read 03/04/2026 as 4 March.")] = False,
) -> None:
    """Read one saved document and print a JSON line for each mention in it.

    \b
    Examples:
      schoolgate source parse --url https://example.org/feed.xml feed.xml
      schoolgate source parse --kind forum.phpbb --url https://forum.example.org/t1 page.html
    """
    from sources.parse import mention_line, parse_document

    if day_first and month_first:
        raise InputError("--day-first and --month-first exclude each other. Give one of them.")
    dates: Literal["auto", "day_first", "month_first"] = (
        "day_first" if day_first else "month_first" if month_first else "auto"
    )
    try:
        body = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from None
    page = wiring.reading()(parse_document, body, url, kind=kind, fetched_at=_moment(fetched_at), dates=dates)
    for warning in page.warnings:
        tell(f"{file.name}: {warning}")
    if page.block is not None:
        tell(f"{file.name}: no mention here. {page.block.reason} ({page.block.kind.value})")
        finish(1)
    for mention in page.mentions:
        say(json.dumps(mention_line(mention), ensure_ascii=False))


def _moment(text: str | None) -> datetime:
    if text is None:
        return utc_now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"--fetched-at {text}: not a time. Write it as 2026-11-20T09:00:00Z.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
