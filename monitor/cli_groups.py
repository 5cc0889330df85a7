"""The groups of commands: `source`, `schools`, `alerts`, `story`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli_options import ConfigFile, Home, Json, Register, finish
from monitor.commands.alerts.ack import alerts_ack
from monitor.commands.alerts.list import alerts_list
from monitor.commands.alerts.show import alerts_show
from monitor.commands.story.list import story_list
from monitor.commands.story.show import story_show
from monitor.terminal import say

source_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The places that are looked at.")
schools_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The register of schools.")
alerts_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What somebody must act on.")
story_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="What is being said, story by story."
)


@source_app.command("list")
def source_list(home: Home = None, config: ConfigFile = None, as_json: Json = False) -> None:
    """Every source: when it was last read, how that ended, and why it is off where it is.

    \b
    Examples:
      schoolgate source list
    """
    from monitor.commands import source as command

    finish(command.list_sources(home=home, config=config, as_json=as_json, say=say))


@source_app.command("test")
def source_test(
    source_id: Annotated[str, typer.Argument(metavar="ID", help="The source's id in schoolgate.toml.")],
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Read one source now: how much came, of what kind and from when. Stores nothing, tells nobody.

    \b
    Examples:
      schoolgate source test northvale-gazette
    """
    from monitor.commands import source as command

    finish(command.test_source(source_id, home=home, config=config, say=say))


@source_app.command("parse")
def source_parse(
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
    from monitor.commands import source as command

    finish(
        command.parse(
            file, url=url, kind=kind, fetched_at=fetched_at,
            day_first=day_first, month_first=month_first, say=say,
        )
    )  # fmt: skip


@schools_app.command("find")
def schools_find(
    query: Annotated[list[str], typer.Argument(metavar="WORDS…", help="Name, town, postcode or URN.")],
    register: Register = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show.")] = 10,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Find a school in the register.

    \b
    Examples:
      schoolgate schools find "king james" knaresborough --register edubasealldata.csv
      schoolgate schools find 123456 --json
    """
    from monitor.commands import schools as command
    from monitor.commands.common import register_file

    path = register_file(register, home, config)
    finish(command.find(register=path, query=" ".join(query), as_json=as_json, say=say, limit=limit))


alerts_app.command("list")(alerts_list)
alerts_app.command("show")(alerts_show)
alerts_app.command("ack")(alerts_ack)
story_app.command("list")(story_list)
story_app.command("show")(story_show)
