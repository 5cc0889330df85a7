"""What the shell is offered when somebody presses tab: cases and people of the home. Never a fault.

Only numbers and ids are offered, never words of a case, and no number of a case that may accuse somebody.
"""

from __future__ import annotations

import os
import re
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from monitor.paths import Paths

_PLAIN = re.compile(r"[\w.-]+", re.ASCII)
"""The file is not checked here, and a shell reads what it is offered."""
WAIT_S = 0.2
"""Whoever presses tab waits no longer for a store that another process holds."""


def cases(ctx: typer.Context, incomplete: str) -> list[str]:
    """The numbers of the cases that begin so, the newest first."""
    try:
        return _cases(ctx, incomplete)
    except Exception:  # noqa: BLE001 - an edge: a fault printed at the prompt would garble what is typed
        return []


def people(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids of the configured people that begin so."""
    try:
        found = _people(ctx)
    except Exception:  # noqa: BLE001 - as above
        return []
    return [person for person in found if person.startswith(incomplete) and _PLAIN.fullmatch(person)]


def _cases(ctx: typer.Context, beginning: str) -> list[str]:
    from alerts.ladder.sight import OFFICES
    from data.effects import utc_now
    from data.store import cases as case_store
    from data.store.open import Store

    officers = [str(p["id"]) for p in _configured(ctx) if OFFICES & set(p.get("roles", []))]
    with Store(_where(ctx).home, clock=utc_now, sleep=time.sleep, wait_s=WAIT_S).read() as con:
        return case_store.ids_beginning(con, beginning, unless=officers)


def _people(ctx: typer.Context) -> list[str]:
    return [str(person["id"]) for person in _configured(ctx) if "id" in person]


def _configured(ctx: typer.Context) -> list[dict[str, Any]]:
    """The people as the file names them, unchecked."""
    return list(tomllib.loads(_where(ctx).config.read_text(encoding="utf-8")).get("people", []))


def _where(ctx: typer.Context) -> Paths:
    from monitor import paths

    home, config = ctx.params.get("home"), ctx.params.get("config")
    return paths.find(os.environ, Path(home) if home else None, Path(config) if config else None)
