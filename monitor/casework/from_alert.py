"""The case that an alert for the police begins, so that a person chooses: opened by the program, once."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from alerts.ladder.advance import Advance, begin
from data.errors import InputError
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.types import Alert, Route
from monitor import wiring
from monitor.casework.handed_in import with_handed_in
from monitor.casework.opening import opened_event
from monitor.casework.steps import school_rules
from monitor.config.load import Config
from monitor.context import Context
from monitor.pipeline.judges import Judges, Linking

log = logging.getLogger("schoolgate.service")


def judging(config: Config, home: Path, linking: Linking | None = None) -> Judges:
    """What judges, and opens the cases that alerts begin. Raises InputError as `wiring.links` does."""
    made = wiring.judges(config, home, linking)
    return replace(made, open_cases=partial(open_cases, wiring.context(config, home)))


def open_cases(context: Context, con: Connection, alerts: Iterable[Alert], now: datetime) -> None:
    """In the transaction that saves these alerts: whoever they are told to needs no second mail.

    No fault in making a case holds its alert back: the service opens what is left without one.
    """
    for alert in alerts:
        if alert.route is Route.POLICE_NOW and _can_begin(con, context, alert, now):
            open_case(con, context, alert, now, told=alert.audience)


def _can_begin(con: Connection, context: Context, alert: Alert, now: datetime) -> bool:
    try:
        return case_of(con, context, alert, now) is not None
    except Exception as error:  # noqa: BLE001 - somebody may be in danger: the alert goes out without its case
        log.error("in=cases fault=%s alert=%s", type(error).__name__, alert.id)
        return False


def open_case(
    con: Connection, context: Context, alert: Alert, now: datetime, *, told: Collection[str] = ()
) -> None:
    """Opens the case where the alert's story has none; `told` (ids) get no mail of it.

    In the writing transaction: another process may have opened it since.
    """
    for still in alert_store.without_case(con, Route.POLICE_NOW, alert.raised_at):
        if still.id == alert.id and (made := case_of(con, context, still, now)) is not None:
            mails = [m for m in made.outbox if m.person_id not in told]
            case_store.put(con, made.case, made.steps, mails, now)
            with_handed_in(con, context, made.case, school_rules(context, still.urn), now)


def case_of(con: Connection, context: Context, alert: Alert, now: datetime) -> Advance | None:
    """The case that the alert begins; None where the ladder does not begin one, or nothing is left of it."""
    if context.config.school(alert.urn) is None:
        return None
    try:
        event = opened_event(con, context, alert)
    except InputError:
        return None
    made = begin(case_store.next_id(con), alert.urn, event, now, school_rules(context, alert.urn))
    if isinstance(made, Advance):
        return made
    log.warning("in=cases refused=%s alert=%s", made.guard, alert.id)
    return None
