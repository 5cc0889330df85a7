"""`schoolgate source`: the places that are looked at: listed, tried, and what a saved document holds."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError, write_commands
from data.steps.acts import Refused
from data.types import Source, SourceRun
from data.words.say import words
from monitor.cli.commands.options import HomeOptions, end_command, moment
from monitor.config.load import Config
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines, say_on_stderr
from monitor.terminal.table import Cell, Tone, draw_table
from monitor.terminal.wording import brief, ending_words, outcome_cell

if TYPE_CHECKING:
    from monitor.pipeline.looking import PlacePreview

SourceId = Annotated[str, Argument(metavar="ID", help="The source's id in schoolgate.toml.")]


def parse(
    file: Path,
    url: Annotated[str, Option("--url")],
    kind: str | None = None,
    fetched_at: str | None = None,
    day_first: bool = False,
    month_first: bool = False,
) -> None:
    """Read one saved document and print a JSON line for each mention in it."""
    from sources.parse import mention_line, parse_document

    at = moment(fetched_at, "--fetched-at", ZoneInfo("UTC"), past=True) or utc_now()
    if day_first and month_first:
        raise InputError("--day-first and --month-first exclude each other. Give one of them.")
    dates: Literal["auto", "day_first", "month_first"] = (
        "day_first" if day_first else "month_first" if month_first else "auto"
    )
    try:
        body = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from None
    page = wiring.start_reading()(parse_document, body, url, kind=kind, fetched_at=at, dates=dates)
    for warning in page.warnings:
        say_on_stderr(f"{file.name}: {warning}")
    if page.block is not None:
        say_on_stderr(f"{file.name}: no mention here. {page.block.reason} ({page.block.kind.value})")
        end_command(1)
    for mention in page.mentions:
        say(json.dumps(mention_line(mention), ensure_ascii=False))


def list_sources(opts: HomeOptions) -> None:
    """Every source: when it was last read, how that ended, and why it is off where it is."""
    from data.store import sources as source_store

    where, settings = opts.open_settings()
    store = wiring.open_store(where.home, migrate=False)
    runs: dict[str, SourceRun] = {}
    if store.path.exists():
        with store.open_reader() as con:
            runs = source_store.latest_runs(con, [s.id for s in settings.sources])
    if not settings.sources:
        none = f"{settings.path.name} names no source yet. To see what there is: ⟪/setup/places⟫"
        say(write_commands(none))
    rows = [_row(source, runs.get(source.id), utc_now(), settings.zone) for source in settings.sources]
    say_lines(draw_table(("Id", "Place", "Last read", "How it ended"), rows, wraps=("Place", "How it ended")))


def _row(source: Source, run: SourceRun | None, now: datetime, zone: ZoneInfo) -> tuple[str | Cell, ...]:
    if source.disabled:
        return source.id, source.name, "", Cell(f"switched off: {source.disabled}", Tone.WARN)
    if run is None:
        return source.id, source.name, "", "not read yet"
    how = Cell(ending_words(run), outcome_cell(run.outcome).tone)
    return source.id, source.name, brief(run.finished_at, now, zone), how


def try_source(opts: HomeOptions, source_id: SourceId) -> None:
    """Read one source now: how that went, its first finds, and whether they are about you, and why."""
    from monitor.act import places as acts

    where, settings = opts.open_settings()
    source = _find_source(settings, source_id)
    done = acts.try_place(settings, where.home, source, utc_now, for_danger=True)
    if isinstance(done, Refused):
        say(f"{source.name} is off, and is not read: {done.reason}")
        end_command(1)
    _say_preview(done.made, settings.zone)
    if done.made.dangers:
        say(words("en")("assessment.danger"))
    if source.disabled:
        say(f"It is switched off: {source.disabled}")
        say(write_commands("To switch it on: ⟪/sources⟫"))
    end_command(0 if done.made.run.outcome.is_seen else 1)


def _say_preview(read: PlacePreview, zone: ZoneInfo) -> None:
    from monitor.pipeline.looking import find_lines

    say(f"{read.source.name}: {ending_words(read.run)}")
    say_lines(f"  {line}" for line in read.run.warnings)
    if read.run.mentions_read:
        say(f"About you: {read.about}; perhaps: {read.perhaps}; read: {read.run.mentions_read}.")
    say_lines(find_lines(read.finds, utc_now().date(), zone))


def _find_source(settings: Config, source_id: str) -> Source:
    """The source of that id. Raises InputError, which names those there are."""
    source = next((s for s in settings.sources if s.id == source_id), None)
    if source is None:
        known = ", ".join(s.id for s in settings.sources) or "none"
        raise InputError(f"{source_id}: no such source in {settings.path.name}. It has: {known}.")
    return source


source_app = group("The sources.")
source_app.command("list")(list_sources)
source_app.command("test")(try_source)
source_app.command("parse")(parse)
