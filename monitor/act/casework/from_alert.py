"""The case that an alert for the police begins, so that a person chooses: opened by the program, once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from alerts.ladder.advance import Advance, begin
from data.cases import Case
from data.errors import InputError
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.types import Alert, Route
from monitor.act.casework.opening import opened_event, untold
from monitor.act.casework.steps import school_rules, with_handed_in
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.home import wiring
from monitor.matters.reader import load_case
from monitor.pipeline.judges import Judges, Linking

log = logging.getLogger("schoolgate.service")


def judging(config: Config, home: Path, linking: Linking | None = None) -> Judges:
    """What judges, and opens the cases that alerts begin. Raises InputError as `wiring.links` does."""
    made = wiring.judges(config, home, linking)
    return replace(made, open_cases=partial(open_cases, wiring.context(config, home)))


def open_cases(context: Context, con: Connection, alerts: Sequence[Alert], now: datetime) -> None:
    """In the transaction that saves these alerts: whoever they are told to needs no second mail.

    No fault in making a case holds its alert back: the service opens what is left without one.
    """
    for alert in _without_case(con, [a for a in alerts if a.route is Route.POLICE_NOW]):
        try:
            made = case_of(con, context, alert, now)
        except Exception as error:  # noqa: BLE001 - somebody may be in danger: it goes out without its case
            log.error("in=cases fault=%s alert=%s", type(error).__name__, alert.number)
            continue
        if made is not None:
            _keep(con, context, alert, made, now)


def open_case(con: Connection, context: Context, alert: Alert, now: datetime) -> None:
    """Opens the case where the alert's story has none.

    In the writing transaction: another process may have opened it since.
    """
    for still in _without_case(con, [alert]):
        if (made := case_of(con, context, still, now)) is not None:
            _keep(con, context, still, made, now)


def begin_case(con: Connection, context: Context, alert: Alert, now: datetime) -> Case | None:
    """Begins the case of the alert, which has none yet; who was told of the alert gets no mail of it."""
    made = case_of(con, context, alert, now)
    if made is None:
        return None
    _keep(con, context, alert, made, now)
    return load_case(con, made.case.id)


def _without_case(con: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """Those of these alerts whose story has no case, in their order, as they are kept."""
    if not alerts:
        return []
    since = min(a.raised_at for a in alerts)
    still = {a.id: a for a in alert_store.without_case(con, Route.POLICE_NOW, since)}
    return [still[a.id] for a in alerts if a.id in still]


def _keep(con: Connection, context: Context, alert: Alert, made: Advance, now: datetime) -> None:
    """Saves the case that was begun; whoever was told of its alert gets no mail of it."""
    case_store.put(con, made.case, made.steps, untold(con, alert, made).outbox, now)
    with_handed_in(con, context, made.case, school_rules(context, made.case.urn), now)


def case_of(con: Connection, context: Context, alert: Alert, now: datetime) -> Advance | None:
    """The case that the alert begins; None where the ladder does not begin one, or nothing is left of it."""
    if context.config.school(alert.urn) is None:
        return None
    try:
        event = opened_event(con, context, alert)
    except InputError:
        return None
    number = case_store.next_id(con, of=alert.number)
    made = begin(number, alert.urn, event, now, school_rules(context, alert.urn))
    if isinstance(made, Advance):
        return made
    log.warning("in=cases refused=%s alert=%s", made.guard, alert.number)
    return None
