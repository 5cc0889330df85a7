"""What the shell is offered when somebody presses tab: cases and people of the home. Never a fault.

Only numbers and ids are offered, never words of a case, and no number of a case that may accuse somebody.
"""

from __future__ import annotations

import os
import time
import tomllib
from pathlib import Path

import typer

from data.effects import utc_now

WAIT_S = 0.2
"""Whoever presses tab waits no longer for a store that another process holds."""


def cases(ctx: typer.Context, incomplete: str) -> list[str]:
    """The numbers of the cases that begin so, the newest first."""
    try:
        return _cases(_home(ctx), incomplete)
    except Exception:  # noqa: BLE001 - an edge: a fault printed at the prompt would garble what is typed
        return []


def people(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids of the configured people that begin so."""
    try:
        found = _people(ctx)
    except Exception:  # noqa: BLE001 - as above
        return []
    return [person for person in found if person.startswith(incomplete)]


def _cases(home: Path, beginning: str) -> list[str]:
    from data.store import cases as case_store
    from data.store.open import Store

    with Store(home, clock=utc_now, sleep=time.sleep, wait_s=WAIT_S).read() as con:
        return case_store.ids_beginning(con, beginning)


def _people(ctx: typer.Context) -> list[str]:
    from monitor import paths

    given = ctx.params.get("config")
    where = paths.find(os.environ, _given_home(ctx), Path(given) if given else None)
    people_ = tomllib.loads(where.config.read_text(encoding="utf-8")).get("people", [])
    return [str(person["id"]) for person in people_ if "id" in person]


def _home(ctx: typer.Context) -> Path:
    from monitor import paths

    return paths.find(os.environ, _given_home(ctx), None).home


def _given_home(ctx: typer.Context) -> Path | None:
    given = ctx.params.get("home")
    return Path(given) if given else None
