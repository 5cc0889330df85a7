"""The commands around the service: `serve` and `status`."""

from __future__ import annotations

import typer

from monitor.cli_options import ConfigFile, Home, Json, finish
from monitor.terminal import say


def add_to(app: typer.Typer) -> None:
    """Registers them."""
    app.command("serve")(serve)
    app.command("status")(status)


def serve(home: Home = None, config: ConfigFile = None) -> None:
    """Run by itself: read the sources when they are due, tell people, until it is told to end.

    \b
    Examples:
      schoolgate serve
      schoolgate serve --home /var/lib/schoolgate
    """
    from monitor.commands import serve as command

    finish(command.run(home=home, config=config, say=say))


def status(home: Home = None, config: ConfigFile = None, as_json: Json = False) -> None:
    """Whether the service runs, what it could not see, what waits. Exit code 1 where it is not well.

    \b
    Examples:
      schoolgate status
      schoolgate status --json
    """
    from data.effects import utc_now
    from monitor.commands import status as command

    finish(command.run(home=home, config=config, as_json=as_json, say=say, clock=utc_now))
