"""`schoolgate mail`: how the school's mail goes out, tried."""

from __future__ import annotations

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands import options
from monitor.terminal.groups import group
from monitor.terminal.output import say_lines, terminal_columns


def mail_test(opts: options.HomeOptions, person: str) -> None:
    """Send one mail to a person of schoolgate.toml as every other goes, and say what came back."""
    from monitor.setup.mail import person_named, send, trial_lines

    where, settings = opts.open_settings()
    if settings.mail is None:
        raise InputError("No mail server is set up, so nothing was sent. To set one up: ⟪/setup/mail⟫")
    tried = send(settings, where.home, person_named(settings, person), utc_now())
    say_lines(trial_lines(tried, terminal_columns()))
    options.end_command(int(not tried.was_sent))


mail_app = group("How email goes out.")
mail_app.command("test")(mail_test)
