"""Which alerts and which cases are one matter: those about the same story of the same school."""

from __future__ import annotations

from collections.abc import Sequence

from data.store.engine.rows import Connection, grouped, read_rows, read_value

_ONE_MATTER = "FROM cases c JOIN alerts a ON a.story_id = c.story_id AND a.urn = c.urn"


def cases_of_alerts(con: Connection, alert_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The numbers of the cases of each of these alerts, by alert: the open ones, else those closed.

    The oldest come first. Alerts without a case are left out.
    """
    sql = f"""SELECT a.id, c.id, c.closed_at IS NULL {_ONE_MATTER} WHERE a.id = ANY($ids)
        ORDER BY a.id, c.opened_at, c.id"""
    rows = read_rows(con, sql, ids=alert_ids)
    still_open = {alert_id for alert_id, _, is_open in rows if is_open}
    found = grouped((i, number) for i, number, is_open in rows if is_open or i not in still_open)
    return {alert_id: tuple(numbers) for alert_id, numbers in found.items()}


def alert_of_case(con: Connection, case_id: str) -> str | None:
    """The id of the alert of that case; None where nothing was raised of it, or there is no such case."""
    found = read_value(con, f"SELECT a.id {_ONE_MATTER} WHERE c.id = $id", id=case_id)
    return None if found is None else str(found)
