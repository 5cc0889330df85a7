"""`schoolgate source set`: what a place is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.errors import InputError
from data.ids import PLAIN_FEED
from monitor.cli.commands.options import HomeOptions
from monitor.home import wiring
from monitor.terminal.answers import until_right
from monitor.terminal.output import printed, say

if TYPE_CHECKING:
    from data.types import Source
    from monitor.config.load import Config
    from sources.nature.nature import Nature


def set_nature(
    opts: HomeOptions,
    source_id: Annotated[str, Argument(metavar="ID", help="The source's id in schoolgate.toml.")],
    paper: Annotated[bool, Option("--paper", help="A newspaper or a broadcaster.")] = False,
    board: Annotated[bool, Option("--board", help="A forum: anybody writes there.")] = False,
    blog: Annotated[bool, Option("--blog", help="A blog, or a site that somebody runs.")] = False,
    reviews: Annotated[bool, Option("--reviews", help="A page on which people rate.")] = False,
    body: Annotated[bool, Option("--body", help="A council, a church, a club.")] = False,
) -> None:
    """Say what a place is: that decides how what it brings is judged. Without an option it asks.

    What was read there before stays as it was judged.

    \b
    Examples:
      schoolgate source set northvale-life --paper
      schoolgate source set town-feed
    """
    where, settings = wiring.settings(opts.home, opts.config)
    from monitor.config.writing.edit import set_channel
    from sources.nature.nature import CHANNEL_OF

    source = known_source(settings, source_id)
    # raises InputError where the kind or the address says what it is
    from data.web.channels import WEBSITE, channel_at

    if source.own:
        raise InputError(f"{source.name} is watched as the school's own. Nothing was changed.")
    if source.kind != "feed":
        raise InputError(
            f"{source.name} is read as {source.kind}, which says what it is. Nothing was changed."
        )
    if source.surfaced or channel_at(source.url) != WEBSITE:
        what = "brings posts of many places, each judged by what its own place is"
        raise InputError(f"{source.name} {what}. Nothing was changed.")
    given = {"paper": paper, "board": board, "blog": blog, "reviews": reviews, "body": body}
    nature = _said([name for name, yes in given.items() if yes], source)
    first = str(source.settings.get("ids") or source.channel or PLAIN_FEED)
    set_channel(where.config, source.id, CHANNEL_OF[nature], first)
    say(f"{source.name} is a {nature.value}: what it brings from now on is judged as that.")


def known_source(settings: Config, source_id: str) -> Source:
    """The source of that id. Raises InputError, which names those there are."""
    source = next((s for s in settings.sources if s.id == source_id), None)
    if source is None:
        known = ", ".join(s.id for s in settings.sources) or "none"
        raise InputError(f"{source_id}: no such source in {settings.path.name}. It has: {known}.")
    return source


def _said(given: list[str], source: Source) -> Nature:
    from monitor.setup.answers import nature_named

    if len(given) > 1:
        raise InputError(f"--{given[0]} and --{given[1]} exclude each other. Give one of them.")
    if given:
        return nature_named(given[0])
    return until_right(printed(f"What is {source.name}: paper, board, blog, reviews or body?"), nature_named)
