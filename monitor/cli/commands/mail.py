"""`schoolgate mail`: how the school's mail goes out is asked for, written and tried."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands import options
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.home import wiring
from monitor.terminal import answers
from monitor.terminal.answers import ask_at_terminal as ask_again
from monitor.terminal.answers import until_right
from monitor.terminal.answers import yes as agreed
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines, terminal_columns
from monitor.terminal.wording import to_add_person

if TYPE_CHECKING:
    from monitor.act.settings import MailChoice
    from monitor.setup.mail import MailOptions


def mail_test(opts: options.HomeOptions, person: str) -> None:
    """Send one mail to a person of schoolgate.toml as every other goes, and say what came back."""
    from monitor.setup.mail import person_named, send, trial_lines

    where, settings = opts.open_settings()
    if settings.mail is None:
        raise InputError(
            "No mail server is set up, so nothing was sent. To set one up: schoolgate mail setup"
        )
    tried = send(settings, where.home, person_named(settings, person), utc_now())
    say_lines(trial_lines(tried, terminal_columns()))
    options.end_command(int(not tried.was_sent))


ask = partial(ask_again, default="")
ask_secret = partial(ask_again, default="", hidden=True)

_Text = str | None


def mail_setup(
    opts: options.HomeOptions,
    way: _Text = None,
    sender: _Text = None,
    tenant: _Text = None,
    client_id: _Text = None,
    host: _Text = None,
    port: _Text = None,
    security: _Text = None,
    user: _Text = None,
    secret_file: options.SecretFile = None,
    secret_env: options.SecretEnv = None,
    certificate: options.Certificate = None,
    yes: bool = False,
) -> None:
    """Set up how mail goes out: Microsoft 365, Google or a server of your own; write it and try it."""
    where, settings = opts.open_settings()
    asks = answers.at_a_terminal() and not yes
    if settings.mail is not None and not _may_replace(settings, asks=asks, yes=yes):
        say("Nothing was changed.")
        options.end_command(0)
    said = {
        "way": way, "sender": sender, "tenant": tenant, "client-id": client_id, "host": host, "port": port,
        "security": security, "user": user,
    }  # fmt: skip
    given = options.mail_options(said, secret_file, secret_env, certificate)
    chosen = _choose_mail(given, settings, asks=asks)
    if settings.mail is not None and not asks:
        _refuse_worse(settings, where.home, chosen)
    _write(where, settings, chosen)
    options.end_command(_try(where, asks=asks))


def _may_replace(settings: Config, *, asks: bool, yes: bool) -> bool:
    """Shows what is there, without its secret, and asks."""
    from monitor.setup.mail import destination_words, sending_way

    assert settings.mail is not None
    mail = settings.mail
    signs = f", signed in as {mail.user}" if mail.user else ""
    say(f"Email is set up: {mail.sender} by {destination_words(mail)}{signs} ({sending_way(mail).name}).")
    if yes:
        return True
    if not asks:
        raise InputError("To replace it: --yes. Nothing was changed.")
    return agreed("Set it up again?")


def _choose_mail(given: MailOptions, settings: Config, *, asks: bool) -> MailChoice:
    from monitor.setup import mail

    domain = settings.mail.sender.rpartition("@")[2] if settings.mail else mail.own_domain(settings)
    looks = given.options["way"] in (None, "connector") and asks
    found = mail.propose_provider(domain) if looks else mail.ProposedProvider(None, "nothing was looked up")
    if found.provider is None and settings.mail is not None:
        found = mail.ProposedProvider(mail.sending_way(settings.mail).provider, "email goes that way now")
    questions = mail.MailQuestions(given, ask if asks else None, ask_secret, say, settings.mail)
    return questions.choice(found, mail.propose_sender(settings))


def _refuse_worse(settings: Config, home: Path, chosen: MailChoice) -> None:
    """Ends the command where nobody is there to look and mail would not go the new way: the old one stays."""
    from monitor.setup.check_machine import server
    from monitor.setup.findings import Level, finding_lines
    from monitor.setup.mail import preview_mail

    faults = [f for f in server(preview_mail(settings, home, chosen), home) if f.level is Level.FAULT]
    for finding in faults:
        say_lines(finding_lines(finding, "", terminal_columns()))
    if faults:
        say("Nothing was changed: email goes out as before.")
        options.end_command(1)


def _write(where: Paths, settings: Config, chosen: MailChoice) -> None:
    from monitor.act.settings import SECRET_FILE, set_mail

    file = where.home / SECRET_FILE
    options.require_done(set_mail(options.keeper(where, settings), chosen))
    if chosen.secret is not None:
        say(f"Written: {file}, which only this account may read.")
    elif file.exists():
        say(f"Email no longer uses {file}: delete it, unless you mean to go back to it.")
    say(f"Written into {where.config.name}: [mail].")


def _try(where: Paths, *, asks: bool) -> int:
    """Asks the server, sends nothing, and says what came back; then offers one mail."""
    from monitor.service.delivery import TOKEN_FILE
    from monitor.setup import check_machine, check_settings
    from monitor.setup.findings import Level, finding_lines

    (where.home / TOKEN_FILE).unlink(missing_ok=True)  # an earlier secret brought it
    settings = wiring.load_config(where)
    found = [*check_settings.mail(settings, os.environ), *check_settings.check_secrets(settings)]
    found += check_machine.server(settings, where.home)
    for finding in check_settings.sort_findings(found):
        say_lines(finding_lines(finding, "", terminal_columns()))
    if any(f.level is Level.FAULT for f in found):
        return 1
    return _offer(settings, where.home, ask if asks else None)


def _offer(settings: Config, home: Path, ask: Callable[[str], str] | None) -> int:
    """One mail to somebody who is named now, or how to send it later."""
    from monitor.setup.mail import person_named, send, trial_lines

    reached = [person.id for person in settings.people if person.email]
    if not reached:
        say(f"To send one email, add somebody with an address first: {to_add_person()}")
        return 0
    question = f"Send one email now? To: {', '.join(reached)} (Enter: later)"
    named = partial(person_named, settings)
    person = until_right(question, lambda answer: named(answer) if answer else None, ask) if ask else None
    if not person:
        say(f"To send one email: schoolgate mail test {reached[0]}")
        return 0
    tried = send(settings, home, person, utc_now())
    say_lines(trial_lines(tried, terminal_columns()))
    return int(not tried.was_sent)


mail_app = group("How email goes out.")
mail_app.command("setup")(mail_setup)
mail_app.command("test")(mail_test)
