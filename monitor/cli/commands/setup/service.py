"""`schoolgate service`: moves a home to where the service runs, starts it, and tries whether it can judge."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.options import HomeOptions, finish
from monitor.config.home import paths
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import say


def install(
    opts: HomeOptions,
    user: Annotated[
        str, Option("--user", metavar="NAME", help="The account that it runs as.")
    ] = "schoolgate",
    to: Annotated[Path, Option("--to", metavar="DIR", help="Where the home is to be.")] = Path(
        "/var/lib/schoolgate"
    ),
    dry_run: Annotated[bool, Option("--dry-run", help="Say what would be done, and change nothing.")] = False,
) -> None:
    """Let it run by itself: move the home to where the service runs, write its unit, start it, try it.

    The home is copied, read again and tried as the service's account before it is put in place: what fails
    leaves all as it was. Done again, it sees to the home that is there. It needs root.

    \b
    Examples:
      schoolgate service install --dry-run
      sudo /opt/schoolgate/bin/schoolgate service install --home /home/alex/.local/share/schoolgate
    """
    from monitor.setup import installing
    from monitor.terminal.accounts import as_account, typed

    old, new = paths.find(os.environ, opts.home, anybodys=True).home, to.expanduser().absolute()
    if not dry_run and os.geteuid() != 0:
        line = as_account("root", old, typed())
        raise InputError(f"Only root can make an account and a service. Nothing was changed. Type:\n{line}")
    if new.joinpath(paths.CONFIG_NAME).exists() and not old.joinpath(paths.CONFIG_NAME).exists():
        old = new
    ours = Path(sys.argv[0]).absolute()
    program = ours if ours.name == "schoolgate" else Path(sys.prefix, "bin", "schoolgate")
    wanted = installing.ServiceHome(old, new, user, program)
    started = installing.install(wanted, installing.Machine(), say, utc_now, dry_run=dry_run)
    if not started:
        say("No systemd runs on this machine, so nothing was started. What starts it, and has to go on:")
        say(f"  {wanted.command('serve')}")
        finish(3)
    if not dry_run:
        say("Other commands are typed so from now on:")
        say(f"  {wanted.command('status')}")


def check(opts: HomeOptions) -> None:
    """Judge a sentence of our own, as the service would; nothing is stored.

    \b
    Examples:
      schoolgate service check
    """
    from monitor.pipeline.judges import scorer
    from monitor.service.state.heartbeat import SENTENCE

    _, settings = wiring.settings(opts.home, opts.config)
    wiring.linker(settings)
    found = scorer(settings.model).score([SENTENCE])
    by = settings.register.name if settings.register else "no register"
    say(f"A sentence was judged, by the model {found.model} and {by}.")


service_app = group("The service of this machine.")
service_app.command("install")(install)
service_app.command("check")(check)
