"""What stories are marked, as a condition of SQL: a mark holds until the story's alert is raised anew, or,
where it ends the story, a case of it is opened."""

from __future__ import annotations

import re

from data.store.engine.rows import Connection
from data.types import Mark

HOLDS = f"""marks.times >= coalesce((SELECT max(raised.times) FROM alerts raised
    WHERE raised.story_id = marks.story_id AND raised.urn = marks.urn), 0)
    AND (marks.mark = '{Mark.TAKEN.value}' OR NOT EXISTS (SELECT 1 FROM cases opened
        WHERE opened.story_id = marks.story_id AND opened.urn = marks.urn
            AND opened.opened_at >= marks.marked_at))"""


def marked(story_id: str, urn: str, *these: Mark) -> str:
    """A condition: a mark holds of that story of that school, both given as SQL; one of these, or one that
    ends the story where none are named.
    """
    kinds = ", ".join(f"'{mark.value}'" for mark in these or [m for m in Mark if m.ends])
    return f"""EXISTS (SELECT 1 FROM marks WHERE marks.story_id = {story_id} AND marks.urn = {urn}
        AND marks.mark IN ({kinds}) AND {HOLDS} /* marked */)"""


def unless_marked(con: Connection, query: str) -> str:
    """The query; without its conditions of `marked` while nothing is, since to plan them takes half of it."""
    without = _CONDITION.sub("FALSE", query)
    if without == query or con.execute("SELECT 1 FROM marks LIMIT 1").fetchone() is None:
        return without
    return query


_CONDITION = re.compile(r"EXISTS \(SELECT 1 FROM marks WHERE (?:(?!/\*).)*/\* marked \*/\)", re.DOTALL)
