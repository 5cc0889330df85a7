"""`schoolgate source pause | resume | remove`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.options import ConfigFile, Home, finish
from monitor.home import wiring
from monitor.terminal.output import say

if TYPE_CHECKING:
    from data.types import Source
    from monitor.config.load import Config

SourceId = Annotated[str, Argument(metavar="ID", help="The source's id in schoolgate.toml.")]


def pause(
    source_id: SourceId,
    why: Annotated[str | None, Option("--why", help="Why, as the list of sources shows it.")] = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Switch a source off: it stays in schoolgate.toml and is not read until it is resumed.

    \b
    Examples:
      schoolgate source pause northvale-gazette
      schoolgate source pause town-forum --why "It asked us to stop"
    """
    where, settings = wiring.settings(home, config)
    source = known_source(settings, source_id)
    from monitor.config.writing.edit import set_key

    said = (why or "").strip() or f"paused on {utc_now().astimezone(settings.zone):%-d %B %Y}"
    set_key(where.config, source.id, "disabled", said)
    say(
        f"{source.name} is off: {said}. What it brought stays. To go on: schoolgate source resume {source.id}"
    )


def resume(source_id: SourceId, home: Home = None, config: ConfigFile = None) -> None:
    """Switch a source on again.

    \b
    Examples:
      schoolgate source resume northvale-gazette
    """
    where, settings = wiring.settings(home, config)
    source = known_source(settings, source_id)
    if source.disabled is None:
        say(f"{source.name} is on already. Nothing was changed.")
        return
    from monitor.config.writing.edit import set_key

    set_key(where.config, source.id, "disabled", None)
    left = known_source(wiring.configured(where), source_id).disabled
    if left:
        say(f"{source.name} stays off: {left}")
        finish(1)
    say(f"{source.name} is on. To see what it brings: schoolgate source test {source.id}")


def remove(source_id: SourceId, home: Home = None, config: ConfigFile = None) -> None:
    """Take a source out of schoolgate.toml, and say what of it stays stored and for how long.

    \b
    Examples:
      schoolgate source remove town-forum
    """
    where, settings = wiring.settings(home, config)
    source = known_source(settings, source_id)
    from monitor.config.writing.edit import remove_source

    remove_source(where.config, source.id)
    say(f"{source.name} is no longer in {settings.path.name}. {_what_stays(where.home, source, settings)}")
    say(f"To watch it again: schoolgate source add {source.url}")


def known_source(settings: Config, source_id: str) -> Source:
    """The source of that id. Raises InputError, which names those there are."""
    source = next((s for s in settings.sources if s.id == source_id), None)
    if source is None:
        known = ", ".join(s.id for s in settings.sources) or "none"
        raise InputError(f"{source_id}: no such source in {settings.path.name}. It has: {known}.")
    return source


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
