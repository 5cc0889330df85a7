"""`schoolgate mail test`: one mail to one person, and what came back."""

from __future__ import annotations

from typing import Annotated

from typer import Argument

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.completion import people
from monitor.cli.commands.options import ConfigFile, Home, Json, finish
from monitor.home import wiring
from monitor.terminal.output import columns, in_json, say


def mail_test(
    person: Annotated[
        str,
        Argument(metavar="PERSON", help="Who is sent it, by id in schoolgate.toml.", autocompletion=people),
    ],
    as_json: Json = False,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Send one mail to a person of schoolgate.toml as every other goes, and say what came back.

    \b
    Examples:
      schoolgate mail test head
      schoolgate mail test head --json
    """
    from monitor.setup.mail import trial

    where, settings = wiring.settings(home, config)
    if settings.mail is None:
        raise InputError(
            "No mail server is set up, so nothing was sent. To set one up: schoolgate mail setup"
        )
    tried = trial.send(settings, where.home, trial.person_named(settings, person), utc_now())
    if as_json:
        say(in_json(trial.as_json(tried)))
    else:
        for line in trial.lines(tried, columns()):
            say(line)
    finish(int(not tried.sent))
