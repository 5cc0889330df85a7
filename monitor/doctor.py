"""Looking at everything: what is wrong, and how to mend it. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from data.effects import Sleep, uptime
from data.errors import ConfigError
from monitor import (
    doctor_config,
    doctor_days,
    doctor_evidence,
    doctor_install,
    doctor_mail,
    doctor_network,
    doctor_night,
    doctor_people,
    doctor_state,
)
from monitor.config import Config, load
from monitor.config_model import DEFAULT_HEALTH_PORT
from monitor.findings import Finding, Level
from monitor.service.asking import complaints_of


def examine(
    home: Path,
    config: Path,
    *,
    env: Mapping[str, str],
    now: datetime,
    sleep: Sleep,
    model: Callable[[], Finding] = doctor_state.model,
    mail: Callable[[Config], list[Finding]] = doctor_mail.server,
    network: Callable[[Config, Mapping[str, str]], list[Finding]] = doctor_network.network,
) -> list[Finding]:
    """Every finding, in the order of checking. `now` is aware, UTC."""
    found = doctor_install.installation(home, now)
    try:
        settings: Config | None = load(config, env)
    except ConfigError as error:
        settings = None
        found += doctor_config.faults(error)
    if settings:
        found += _configured(settings, env, now.astimezone(settings.zone).date())
        found += [
            *network(settings, env),
            *mail(settings),
            *doctor_mail.chats(settings),
            *doctor_evidence.capturing(settings, now),
        ]
    sources = settings.sources if settings else ()
    found += doctor_state.store(
        home,
        sources,
        clock=lambda: now,
        sleep=sleep,
        mail=settings is not None and settings.mail is not None,
        up=uptime(),
    )
    asked = complaints_of(home, settings.serve.health_port if settings else DEFAULT_HEALTH_PORT)
    return [*found, *doctor_state.service(home, asked), *doctor_state.handed_in(home), model()]


def _configured(config: Config, env: Mapping[str, str], today: date) -> list[Finding]:
    return [
        *doctor_config.configuration(config, env, today),
        *doctor_people.people(config),
        *doctor_people.asking(config),
        *doctor_people.ladder(config),
        *doctor_night.telling(config),
        *doctor_days.days(config, today),
        *doctor_days.pages(config),
        *doctor_days.language(config),
        *doctor_install.routes(today),
    ]


_MARKS = {Level.FAULT: "● fault", Level.WARN: "◐ warn ", Level.OK: "○ ok   "}


def lines(found: list[Finding]) -> Iterator[str]:
    """The findings for a terminal, the gravest first, each with its mend below it; counts at the end."""
    for level in (Level.FAULT, Level.WARN, Level.OK):
        for finding in found:
            if finding.level is level:
                yield f"{_MARKS[level]}  {finding.what}"
                if finding.mend:
                    yield f"           → {finding.mend}"
    counts = {level: sum(f.level is level for f in found) for level in Level}
    yield ""
    wrong = f"{_plural(counts[Level.FAULT], 'fault')}, {_plural(counts[Level.WARN], 'warning')}"
    yield f"{wrong}, {counts[Level.OK]} in order."


def _plural(n: int, word: str) -> str:
    return f"{n or 'no'} {word}{'' if n == 1 else 's'}"
