"""What the people of a school did in a time, for the governors' report: their own decisions, counted exactly.

As in `weekly_counts`, nothing restricted is in it, nor cases in which a teacher may not be named.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from data.content_class import BYPASSING
from data.store.reporting.weekly_counts import OPEN_CASE

DONE = ("taken_on", "answered", "not_us", "asked", "gone", "checked")
"""Alerts taken on; stories marked as answered, or as not about the school; removals asked for; posts found
removed or changed after that; looks at whether one is gone."""
_STEPS = {"asked": ("asked",), "gone": ("removed", "changed"), "checked": ("checked",)}


def done(con: duckdb.DuckDBPyConnection, urn: str, start: datetime, end: datetime) -> dict[str, int]:
    """Each of `DONE`, from `start` and before `end`."""
    given = {"urn": urn, "start": start, "end": end}
    hidden = {**given, "hidden": list(BYPASSING)}
    taken = con.execute(
        """SELECT count(*) FROM alerts WHERE urn = $urn AND acked_at >= $start AND acked_at < $end
            AND NOT restricted AND route <> 'safeguarding' AND NOT list_contains($hidden, content_class)
            AND story_id NOT IN (SELECT id FROM stories WHERE restricted)""",
        hidden,
    ).fetchall()
    marks = con.execute(
        """SELECT mark, count(*) FROM (SELECT unnest(['answered', 'not_us']) AS mark), audit
        WHERE action = 'story_marked' AND urn = $urn AND done_at >= $start AND done_at < $end
            AND list_contains(codes, 'mark:' || mark)
            AND subject NOT IN (SELECT id FROM stories WHERE restricted) GROUP BY mark""",
        given,
    ).fetchall()
    steps = con.execute(
        f"""SELECT s.step, count(*) FROM case_steps s JOIN cases c ON c.id = s.case_id
        WHERE c.urn = $urn AND s.done_at >= $start AND s.done_at < $end AND {OPEN_CASE} GROUP BY s.step""",
        hidden,
    ).fetchall()
    by_step = {step: int(n) for step, n in steps}
    counted = {name: sum(by_step.get(step, 0) for step in kinds) for name, kinds in _STEPS.items()}
    marked = {mark: int(n) for mark, n in marks}
    found = {"taken_on": int(taken[0][0]), **marked, **counted}
    return {name: found.get(name, 0) for name in DONE}
