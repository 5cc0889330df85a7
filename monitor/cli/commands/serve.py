"""`schoolgate serve`: the service, until it is told to end."""

from __future__ import annotations

import os

from monitor.cli.commands.options import ConfigFile, Home, finish
from monitor.config.home.paths import find
from monitor.terminal.output import say


def serve(home: Home = None, config: ConfigFile = None) -> None:
    """Run by itself: read the sources when they are due, tell people, until it is told to end.

    \b
    Examples:
      schoolgate serve
      schoolgate serve --home /var/lib/schoolgate
    """
    from monitor.service.serve import serve as until_told_to_end

    where = find(os.environ, home, config)
    finish(until_told_to_end(where.home, where.config, say=say))
