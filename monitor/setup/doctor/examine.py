"""Looking at everything: what is wrong, and how to put it right. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from data.effects import Sleep, uptime
from data.errors import ConfigError
from monitor.config.load import Config, load_file
from monitor.config.model import DEFAULT_HEALTH_PORT, ModelSettings
from monitor.service.state.notebook import complaints_of
from monitor.setup.doctor import install, people, state
from monitor.setup.doctor import mail as doctor_mail
from monitor.setup.doctor import settings as doctor_config
from monitor.setup.doctor.findings import Finding


def examine(
    home: Path,
    config: Path,
    *,
    env: Mapping[str, str],
    now: datetime,
    sleep: Sleep,
    model: Callable[[ModelSettings], list[Finding]] = state.check_model_files,
    mail: Callable[[Config, Path], list[Finding]] = doctor_mail.server,
    accounts: Callable[[Config, Path], list[Finding]] = doctor_mail.check_accounts,
    network: Callable[[Config, Mapping[str, str]], list[Finding]] = doctor_mail.check_network,
) -> list[Finding]:
    """Every finding, in the order of checking. `now` is aware, UTC."""
    found = install.installation(home, now)
    try:
        settings: Config | None = load_file(config, env)
    except ConfigError as error:
        settings = None
        found += doctor_config.faults(error)
    if settings:
        found += _examine_config(settings, env, now.astimezone(settings.zone).date())
        found += [
            *network(settings, env),
            *mail(settings, home),
            *doctor_mail.check_copies(settings),
            *accounts(settings, home),
            *doctor_mail.chats(settings),
            *doctor_mail.mailboxes(settings),
            install.browser(settings),
            install.time_server(settings, now),
        ]
    sources = settings.sources if settings else ()
    judged_by = settings.model if settings else ModelSettings()
    found += state.store(home, sources, clock=lambda: now, sleep=sleep, config=settings, up=uptime())
    asked = complaints_of(home, settings.serve.health_port if settings else DEFAULT_HEALTH_PORT)
    return [*found, *state.check_service(home, asked, now), *state.handed_in(home), *model(judged_by)]


def _examine_config(config: Config, env: Mapping[str, str], today: date) -> list[Finding]:
    return [
        *doctor_config.check_configuration(config, env, today),
        *people.check_people(config),
        *people.trust(config),
        *people.at_schools(config, people.namesakes),
        *people.check_asker(config),
        *people.check_ladder(config),
        *people.check_telling(config),
        *people.days(config, today),
        *people.check_pages(config),
        *people.language(config),
        *install.routes(today),
    ]
