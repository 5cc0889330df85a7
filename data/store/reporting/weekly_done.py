"""What the people of a school did in a time, for the governors' report: their own decisions, counted exactly.

As in `weekly_counts`, nothing restricted is in it, nor cases in which a teacher may not be named.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from data.content_class import BYPASSING
from data.rungs import EMERGENCY
from data.store.reporting.weekly_counts import OPEN_CASE

DONE = ("answered", "not_us", "asked", "gone", "checked")
"""Stories marked as answered, or as not about the school, and not taken back by then; removals asked for
(telling the police is no such asking); posts found removed or changed after that; looks at whether
one is gone."""
_STEPS = {"asked": ("asked",), "gone": ("removed", "changed"), "checked": ("checked",)}


def done(con: duckdb.DuckDBPyConnection, urn: str, start: datetime, end: datetime) -> dict[str, int]:
    """Each of `DONE`, from `start` and before `end`."""
    given = {"urn": urn, "start": start, "end": end}
    marks = con.execute(
        """WITH said AS (SELECT subject, arg_max(action, n) AS action, arg_max(codes, n) AS codes FROM audit
            WHERE action IN ('story_marked', 'mark_undone') AND urn = $urn AND done_at >= $start
                AND done_at < $end AND subject NOT IN (SELECT id FROM stories WHERE restricted)
            GROUP BY subject)
        SELECT mark, count(*) FROM (SELECT unnest(['answered', 'not_us']) AS mark), said
        WHERE action = 'story_marked' AND list_contains(codes, 'mark:' || mark) GROUP BY mark""",
        given,
    ).fetchall()
    steps = con.execute(
        f"""SELECT s.step, count(*) FROM case_steps s JOIN cases c ON c.id = s.case_id
        WHERE c.urn = $urn AND s.done_at >= $start AND s.done_at < $end AND {OPEN_CASE}
            AND NOT contains(s.detail, $police) GROUP BY s.step""",
        {**given, "hidden": list(BYPASSING), "police": f'"rung": "{EMERGENCY}"'},
    ).fetchall()
    by_step = {step: int(n) for step, n in steps}
    counted = {name: sum(by_step.get(step, 0) for step in kinds) for name, kinds in _STEPS.items()}
    found = {**counted, **{mark: int(n) for mark, n in marks}}
    return {name: found.get(name, 0) for name in DONE}
