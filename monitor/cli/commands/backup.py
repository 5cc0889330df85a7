"""`schoolgate backup`, `restore` and `purge`: what is copied, put back, and deleted when its time is over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from data.effects import uptime, utc_now
from monitor.cli.commands.options import HomeOptions, end_command
from monitor.home import wiring
from monitor.terminal.output import say, say_on_stderr


def backup(
    opts: HomeOptions,
    into: Path,
    keep: Annotated[int | None, Option("--keep", metavar="DAYS", min=1)] = None,
    with_faults: bool = False,
    key: Path | None = None,
) -> None:
    """Copy everything into a new folder in DIR, while the service goes on; read again after writing."""
    from monitor.setup.home_copy import back_up

    where = opts.find_paths()
    back_up(where, into, key, keep, say, say_on_stderr, with_faults=with_faults)


def restore(
    opts: HomeOptions,
    source: Path,
    deletions: Path | None = None,
    key: Path | None = None,
    replace: bool = False,
) -> None:
    """Put a backup in place. What is due by today's date is deleted before anything can be read."""
    from monitor.setup.home_copy import restore_home

    where = opts.find_paths()
    restore_home(where, source, deletions, key, say, say_on_stderr, replaces=replace)
    say("What to do now: schoolgate doctor, then start the service again.")


def purge(opts: HomeOptions) -> None:
    """Delete what is due now, as the service does by itself each day, and rewrite the store without it."""
    from data.retention.deleting import purge_if_believed

    _, settings, store = wiring.open_home(opts.home, opts.config)
    done = purge_if_believed(store, utc_now(), settings.policy, uptime())
    if done.withheld_until:
        say("The clock may be wrong, so nothing was deleted. Is its time right? schoolgate doctor")
        end_command(1)
    say(f"Deleted: posts {done.deleted + done.stubs:,}, cases {done.cases:,}.")
