"""`schoolgate source parse`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.options import finish
from monitor.home import wiring
from monitor.terminal.output import say, tell


def parse(
    file: Annotated[Path, Argument(metavar="FILE", help="A saved document (gzip is undone).")],
    url: Annotated[str, Option("--url", help="The address the document came from.")],
    kind: Annotated[str | None, Option("--kind", help="Its kind, where it is not to be guessed.")] = None,
    fetched_at: Annotated[
        str | None,
        Option("--fetched-at", help="When it was fetched (ISO 8601); “3 days ago” counts from then."),
    ] = None,
    day_first: Annotated[bool, Option("--day-first", help="Read 03/04/2026 as 3 April.")] = False,
    month_first: Annotated[bool, Option("--month-first", help="Read 03/04/2026 as 4 March.")] = False,
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
