"""`schoolgate source`: the places that are looked at, listed, tried, switched and taken out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.inputs import moment
from monitor.cli.commands.options import HomeOptions, JsonOptions, finish
from monitor.cli.commands.source.add import add_source
from monitor.cli.commands.source.mailbox import still_refused
from monitor.cli.commands.source.nature import known_source, set_nature
from monitor.cli.commands.source.propose import propose_sources
from monitor.cli.views.layout import brief, picked, utc
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import in_json, say, say_lines, tell
from monitor.terminal.table import Cell, Tone, table
from monitor.terminal.wording import ended, outcome_cell, pace_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.types import Source, SourceRun
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config


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
    page = wiring.reading()(parse_document, body, url, kind=kind, fetched_at=at, dates=dates)
    for warning in page.warnings:
        tell(f"{file.name}: {warning}")
    if page.block is not None:
        tell(f"{file.name}: no mention here. {page.block.reason} ({page.block.kind.value})")
        finish(1)
    for mention in page.mentions:
        say(json.dumps(mention_line(mention), ensure_ascii=False))


def list_sources(opts: JsonOptions) -> None:
    """Every source: when it was last read, how that ended, and why it is off where it is.

    \b
    Examples:
      schoolgate source list
    """
    where, settings = wiring.settings(opts.home, opts.config)
    runs = _latest_runs(where.home, settings)
    if opts.as_json:
        say(in_json([_as_json(s, runs.get(s.id)) for s in settings.sources]))
        return
    if not settings.sources:
        say(f"{settings.path.name} names no source yet. To see what there is: schoolgate source propose")
    rows = [_row(source, runs.get(source.id), utc_now(), settings.zone) for source in settings.sources]
    say_lines(table(("Id", "Place", "Last read", "How it ended"), rows, wraps=("Place", "How it ended")))


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
        **picked(source, "id name kind url"), "schools": list(source.urns), "disabled": source.disabled,
        "last_run": None if run is None else {
            "at": utc(run.finished_at), **picked(run, "outcome detail"), "read": run.mentions_read,
            "new": run.mentions_new,
        },
    }  # fmt: skip


def _row(source: Source, run: SourceRun | None, now: datetime, zone: ZoneInfo) -> tuple[str | Cell, ...]:
    if source.disabled:
        return source.id, source.name, "", Cell(f"switched off: {source.disabled}", Tone.WARN)
    if run is None:
        return source.id, source.name, "", "not read yet"
    how = Cell(f"{ended(run)}{pace_words(run.outcome)}", outcome_cell(run.outcome).tone)
    return source.id, source.name, brief(run.finished_at, now, zone), how


SourceId = Annotated[str, Argument(metavar="ID", help="The source's id in schoolgate.toml.")]


def pause(
    opts: HomeOptions,
    source_id: SourceId,
    why: Annotated[str | None, Option("--why", help="Why, as the list of sources shows it.")] = None,
) -> None:
    """Switch a source off: it stays in schoolgate.toml and is not read until it is resumed.

    \b
    Examples:
      schoolgate source pause northvale-gazette
      schoolgate source pause town-forum --why "It asked us to stop"
    """
    where, settings = wiring.settings(opts.home, opts.config)
    source = known_source(settings, source_id)
    from monitor.config.writing.edit import changed, edit_in_turn

    said = (why or "").strip() or f"paused on {utc_now().astimezone(settings.zone):%-d %B %Y}"
    edit_in_turn(where.config, changed("sources", source.id, {"disabled": said}))
    say(
        f"{source.name} is off: {said}. What it brought stays. To go on: schoolgate source resume {source.id}"
    )


def resume(
    opts: HomeOptions,
    source_ids: Annotated[list[str], Argument(metavar="ID…", help="Their ids in schoolgate.toml.")],
) -> None:
    """Switch sources on again.

    \b
    Examples:
      schoolgate source resume northvale-gazette
    """
    where, settings = wiring.settings(opts.home, opts.config)
    sources = [known_source(settings, source_id) for source_id in source_ids]
    if not all([_resume(source, where, settings) for source in sources]):
        finish(1)


def _resume(source: Source, where: Paths, settings: Config) -> bool:
    """Switches it on where it is off, and says so; False where its terms keep it off."""
    from monitor.config.writing.edit import changed, edit_in_turn

    if source.disabled is None:
        say(f"{source.name} is on already. Nothing was changed.")
        return True
    if (refused := still_refused(source, settings)) is not None:
        say(f"{source.name} stays off: {refused.detail}")
        return False
    edit_in_turn(where.config, changed("sources", source.id, {"disabled": None}))
    left = known_source(wiring.configured(where), source.id).disabled
    if left:
        say(f"{source.name} stays off: {left}")
        return False
    say(f"{source.name} is on. To see what it brings: schoolgate source test {source.id}")
    return True


def remove(opts: HomeOptions, source_id: SourceId) -> None:
    """Take a source out of schoolgate.toml, and say what of it stays stored and for how long.

    \b
    Examples:
      schoolgate source remove town-forum
    """
    where, settings = wiring.settings(opts.home, opts.config)
    source = known_source(settings, source_id)
    from monitor.config.writing.edit import edit_in_turn, removed

    edit_in_turn(where.config, removed("sources", source.id))
    say(f"{source.name} is no longer in {settings.path.name}. {_what_stays(where.home, source, settings)}")
    say(f"To watch it again: schoolgate source add {source.url}")


def _what_stays(home: Path, source: Source, settings: Config) -> str:
    from data.store.sources.source_runs import kept_of
    from data.words.say import words

    store = wiring.open_store(home, migrate=False)
    if not store.path.exists():
        return "Nothing of it is stored."
    with store.read() as con:
        count, until = kept_of(con, source.id)
    if not count or until is None:
        return "Nothing of it is stored."
    posts = (
        "1 post that it alone brought stays" if count == 1 else f"{count} posts that it alone brought stay"
    )
    last = words("en").full_day(until, settings.zone)
    return f"{posts} stored, each until its time is over, the last until {last}; cases keep what they hold."


def try_source(opts: HomeOptions, source_id: SourceId) -> None:
    """Read one source now: how that went, its first finds, and whether they are about you, and why.

    Stores nothing and tells nobody. What is restricted, or unfit to be repeated, is shown without its words.

    \b
    Examples:
      schoolgate source test northvale-gazette
    """
    from monitor.setup.preview import preview

    where, settings = wiring.settings(opts.home, opts.config)
    source = known_source(settings, source_id)
    # ends where its terms forbid reading: what is off for another reason may be tried
    from sources.places.by_address import closed

    why = source.disabled and closed(source.kind, source.url)
    if why:
        say(f"{source.name} is off, and is not read: {source.disabled}")
        finish(1)
    with wiring.fetcher(settings) as fetch:
        found = preview(replace(source, disabled=None), fetch, wiring.judges(settings, where.home), utc_now)
    from monitor.setup.survey import find_lines

    run = found.run
    say(f"{found.source.name}: {ended(run)}")
    for line in run.warnings:
        say(f"  {line}")
    if run.mentions_read:
        say(f"About you: {found.about}; perhaps: {found.perhaps}; read: {run.mentions_read}.")
    say_lines(find_lines(found.finds, {}, utc_now().date(), settings.zone))
    if source.disabled:
        say(f"It is switched off: {source.disabled}")
        say(f"To switch it on: schoolgate source resume {source.id}")
    finish(0 if found.run.outcome.seen else 1)


source_app = group("The places that are looked at.")
source_app.command("list")(list_sources)
source_app.command("add")(add_source)
source_app.command("propose")(propose_sources)
source_app.command("test")(try_source)
source_app.command("set")(set_nature)
source_app.command("pause")(pause)
source_app.command("resume")(resume)
source_app.command("remove")(remove)
source_app.command("parse")(parse)
