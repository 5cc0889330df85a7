"""What the shell is offered when somebody presses tab: ids of the home. Never a fault.

Only numbers and ids are offered, never words, and only of what whoever types may know: the person of --as, of
SCHOOLGATE_AS or of “me” under [cli]. Where nobody is named, only of what anybody may know the status of.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from monitor.config.home.paths import Paths
    from monitor.matters.reader import Reader

_PLAIN = re.compile(r"[\w.-]+", re.ASCII)
"""The file is not checked here, and a shell reads what it is offered."""
MOST = 50
"""So many are offered."""
WAIT_S = 0.2
"""Whoever presses tab waits no longer for a store that another process holds."""


def cases(ctx: typer.Context, incomplete: str) -> list[str]:
    """The numbers of the cases that begin so, the newest first; then alerts of theirs that do."""
    return _quietly(_cases, ctx, incomplete)


def alerts(ctx: typer.Context, incomplete: str) -> list[str]:
    """The numbers of the alerts that begin so, in order; then cases of theirs that do."""
    return _quietly(_alerts, ctx, incomplete)


def stories(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids of the stories that begin so, the newest first."""
    return _quietly(_stories, ctx, incomplete)


def people(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids of the configured people that begin so."""
    try:
        found = [str(person["id"]) for person in _configured(ctx) if "id" in person]
    except Exception:  # noqa: BLE001 - as above
        return []
    return [person for person in found if person.startswith(incomplete) and _PLAIN.fullmatch(person)]


def _quietly(find: Callable[[Reader, str], list[str]], ctx: typer.Context, beginning: str) -> list[str]:
    try:
        return find(_reader(ctx), beginning.lower())[:MOST]
    except Exception:  # noqa: BLE001 - an edge: a fault printed at the prompt would garble what is typed
        return []


def _cases(reader: Reader, beginning: str) -> list[str]:
    from data.store.alerts import alerts as alert_store
    from data.store.cases import cases as case_store
    from data.store.cases.one_matter import cases_of_alerts
    from monitor.matters.replaying import replay_cases

    with reader.store.read() as con:
        found = case_store.all_steps(con)
        called = {a.id: a.number for a in alert_store.list_alerts(con, open_only=False)}
        begin = [i for i, number in called.items() if beginning and number.startswith(beginning)]
        of_alerts = cases_of_alerts(con, begin)
        wanted = {n for n in found if n.startswith(beginning)}.union(*of_alerts.values())
        cases = replay_cases(con, *(found[n] for n in wanted if n in found))
    known = reader.cases(cases)
    offered = [case for case in cases if reader.is_offered(known.get(case.id))]
    newest = sorted(offered, key=lambda c: (c.opened_at, c.id), reverse=True)
    ids = {case.id for case in newest}
    alerts = sorted(called[alert] for alert, numbers in of_alerts.items() if ids.intersection(numbers))
    return list(dict.fromkeys([*(c.id for c in newest if c.id.startswith(beginning)), *alerts]))


def _alerts(reader: Reader, beginning: str) -> list[str]:
    from data.store.alerts import alerts as alert_store
    from data.store.cases.one_matter import cases_beginning

    with reader.store.read() as con:
        numbers = cases_beginning(con, beginning) if beginning.isdigit() else {}
        every = alert_store.list_alerts(con, open_only=False)
        found = [a for a in every if a.number.startswith(beginning) or a.id in numbers]
        known = reader.look(con, {a.story_id: a.urn for a in found})
    offered = [a for a in found if reader.is_offered(known.access.get(a.story_id))]
    begins = sorted(a.number for a in offered if a.number.startswith(beginning))
    cases = [n for a in offered for n in numbers.get(a.id, ()) if n in known.open_cases(a.story_id)]
    return list(dict.fromkeys([*begins, *cases]))


def _stories(reader: Reader, beginning: str) -> list[str]:
    from data.store.verdicts import stories as story_store

    with reader.store.read() as con:
        found = story_store.beginning(con, beginning)
        known = reader.look(con, found).access
    return [story for story in found if reader.is_offered(known.get(story))]


def _reader(ctx: typer.Context) -> Reader:
    from data.effects import utc_now
    from monitor.config.load import load
    from monitor.home import wiring
    from monitor.matters.reader import Reader, asker

    where = _where(ctx)
    settings = load(where.config, os.environ)
    person = asker(settings, ctx.params.get("person") or os.environ.get("SCHOOLGATE_AS"))
    return Reader(settings, wiring.open_store(where.home, utc_now, migrate=False, wait_s=WAIT_S), person)


def _configured(ctx: typer.Context) -> list[dict[str, Any]]:
    """The people as the file names them, unchecked."""
    import tomllib  # late: few starts complete what is typed

    return list(tomllib.loads(_where(ctx).config.read_text(encoding="utf-8")).get("people", []))


def _where(ctx: typer.Context) -> Paths:
    from monitor.config.home import paths

    home, config = ctx.params.get("home"), ctx.params.get("config")
    return paths.find(os.environ, Path(home) if home else None, Path(config) if config else None)
