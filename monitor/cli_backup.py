"""The commands `backup` and `restore`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli_options import ConfigFile, Home, finish
from monitor.terminal import say, tell


def add_to(app: typer.Typer) -> None:
    """Registers them."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    into: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that holds your backups.")],
    keep: Annotated[
        int | None,
        typer.Option("--keep", metavar="DAYS", min=1, help="Then delete backups older than so many days."),
    ] = None,
    with_faults: Annotated[
        bool,
        typer.Option(
            "--with-faults", help="Keep it even where evidence verify finds faults in what is there."
        ),
    ] = False,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Copy everything into a new folder in DIR, while the service goes on; read again after writing.

    \b
    Examples:
      schoolgate backup /mnt/backup/schoolgate
      schoolgate backup /mnt/backup/schoolgate --keep 7
    """
    from monitor.commands import backup as command
    from monitor.paths import find

    wanted = command.Wanted(into, keep, with_faults)
    finish(command.run(wanted, where=find(os.environ, home, config), say=say, note=tell))


def restore(
    source: Annotated[
        Path, typer.Argument(metavar="DIR", help="A backup; or the folder that holds them: then the newest.")
    ],
    deletions: Annotated[
        Path | None,
        typer.Option(
            "--deletions", metavar="FILE", help="The record of deletions (deletions.log), where you have it."
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="In the place of what is there, which is kept aside for 7 days.")
    ] = False,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Put a backup in place. What is due by today's date is deleted before anything can be read.

    \b
    Examples:
      schoolgate restore /mnt/backup/schoolgate
      schoolgate restore /mnt/backup/schoolgate/schoolgate-2026-11-17T020000Z --replace
      schoolgate restore /mnt/backup/schoolgate --deletions /mnt/other/deletions.log
    """
    from monitor.commands import restore as command
    from monitor.paths import find

    wanted = command.Wanted(source, deletions, replace)
    finish(command.run(wanted, where=find(os.environ, home, config), say=say, note=tell))
