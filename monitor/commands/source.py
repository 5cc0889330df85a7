"""`schoolgate source list | test | parse`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from data.effects import utc_now
from data.errors import InputError
from data.types import Mention, Source, SourceRun, SourceState
from monitor import wiring
from monitor.config import Config
from monitor.terminal import in_json, tell
from monitor.views.alerts import local

Say = Callable[[str], None]

_SHOWN = 5


def list_sources(*, home: Path | None, config: Path | None, as_json: bool, say: Say) -> int:
    """Every source and how its last run ended; one that is off says why. Writes nothing."""
    where, settings = wiring.settings(home, config)
    runs = _latest_runs(where.home, settings)
    if as_json:
        say(in_json([_as_json(s, runs.get(s.id)) for s in settings.sources]))
        return 0
    if not settings.sources:
        say(f"{settings.path.name} names no source yet: docs/sources.md says what can be read.")
    width = max((len(s.id) for s in settings.sources), default=0)
    for source in settings.sources:
        say(f"{source.id:<{width}}  {source.kind:<20}  {_state(source, runs.get(source.id), settings.zone)}")
    return 0


def _latest_runs(home: Path, settings: Config) -> dict[str, SourceRun]:
    """By source; empty before the first scan has made the store."""
    from data.store import sources as source_store

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
    if source.disabled:
        return f"off: {source.disabled}"
    if run is None:
        return "not read yet"
    detail = f": {run.detail}" if run.detail else ""
    return f"{run.outcome.value} on {local(run.finished_at, zone)}, {run.mentions_read} read{detail}"


def test_source(source_id: str, *, home: Path | None, config: Path | None, say: Say) -> int:
    """Read one source now, as a scan would, and store nothing. 0 where it was seen, else 1.

    Nothing here is judged, so a child's disclosure may be among it: no title, word, name or address of a
    post is shown, only how many there are, their kinds and times.
    """
    from monitor.collect import collect
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
    return 0 if run.outcome.seen else 1


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
    file: Path,
    *,
    url: str,
    kind: str | None,
    fetched_at: str | None,
    day_first: bool,
    month_first: bool,
    say: Say,
) -> int:
    """Print a JSON line a mention. 0 for anything read, 1 where the page is a wall or gone."""
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
        return 1
    for mention in page.mentions:
        say(json.dumps(mention_line(mention), ensure_ascii=False))
    return 0


def _moment(text: str | None) -> datetime:
    if text is None:
        return utc_now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"--fetched-at {text}: not a time. Write it as 2026-11-20T09:00:00Z.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
