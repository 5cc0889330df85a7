"""The commands around the service: `serve` and `status`."""

from __future__ import annotations

import typer

from monitor.cli_options import ConfigFile, Home, finish
from monitor.commands.status import status
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
