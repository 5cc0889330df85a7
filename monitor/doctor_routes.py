"""Checks of what is known of the platforms' ways: it ages, and nobody tells us when they change."""

from __future__ import annotations

from datetime import date

from alerts.routes.route import Helpline, PlatformRoute, helplines, old, platforms
from monitor.findings import Finding, ok, sentence, warn

_MEND = "Check an address or a number before you rely on it; a newer version of Schoolgate brings newer ones."


def routes(today: date) -> list[Finding]:
    """Ways to platforms and helplines that were looked at over six months ago."""
    rows: list[PlatformRoute | Helpline] = [*platforms().values(), *helplines().values()]
    aged = [row for row in rows if old(row, today)]
    if not aged:
        said = f"The ways to {len(rows)} platforms and helplines were looked at within six months."
        return [ok("routes", said)]
    oldest = min(row.checked_on for row in aged)
    names = ", ".join(row.name for row in aged[:5]) + (" …" if len(aged) > 5 else "")
    said = (
        f"{len(aged)} of {len(rows)} ways to platforms and helplines were looked at over six months ago, "
        f"the first of them on {oldest:%d %B %Y}: {names}"
    )
    return [warn("routes", sentence(said), _MEND)]
