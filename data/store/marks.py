"""What people said of stories: that they have one, or that it is done with: not about us, or answered.

A mark holds until it is taken back, until the story's alert is raised anew, or until a case of it is opened.
That somebody has it holds once a case is opened, too, until it is done with. The audit keeps all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from data.store.engine.audit_chain import AuditEntry, Code, append, note
from data.store.engine.rows import Connection, execute, names, read_rows, read_value, replace
from data.store.engine.rows import at as moment_at
from data.store.engine.rows import put as put_rows
from data.types import Mark, Marked

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


_COLUMNS = names("story_id urn mark person_id marked_at times")


def put(con: Connection, given: Marked, why: str = "") -> Marked:
    """Records the mark, unless one that ends the story holds already; returns the one that holds. Audited,
    with the reason."""
    standing = marks(con, [given.story_id]).get(given.story_id)
    if standing is not None and standing.mark.ends:
        return standing
    times = _times(con, given.story_id, given.urn)
    row = (given.story_id, given.urn, given.mark.value, given.person_id, given.at, times)
    changed = replace(c for c in _COLUMNS if c not in ("story_id", "urn"))
    put_rows(con, "marks", _COLUMNS, [row], key=("story_id", "urn"), update=changed)
    codes = (Code.MARK.of(given.mark.value), Code.TIMES.of(times), *([note(con, why)] if why else ()))
    append(con, [AuditEntry(given.at, given.person_id, "story_marked", given.story_id, given.urn, codes)])
    return given


def undo(con: Connection, story_id: str, urn: str, person_id: str, at: datetime) -> bool:
    """Takes the mark back that holds; False where none does. Audited."""
    standing = marks(con, [story_id]).get(story_id)
    if standing is None or standing.urn != urn:
        return False
    sql = "DELETE FROM marks WHERE story_id = $story AND urn = $urn"
    execute(con, sql, story=story_id, urn=urn)
    codes = (Code.MARK.of(standing.mark.value),)
    append(con, [AuditEntry(at, person_id, "mark_undone", story_id, urn, codes)])
    return True


def marks(con: Connection, story_ids: Sequence[str]) -> dict[str, Marked]:
    """The marks that hold now, by story. To see that there are none takes a fifth of asking which hold."""
    if not story_ids:
        return {}
    given = {"ids": list(story_ids)}
    if con.execute("SELECT 1 FROM marks WHERE story_id = ANY($ids) LIMIT 1", given).fetchone() is None:
        return {}
    sql = f"""SELECT story_id, urn, mark, person_id, epoch_us(marked_at) FROM marks
        WHERE story_id = ANY($ids) AND {HOLDS}"""
    rows = read_rows(con, sql, **given)
    return {
        story: Marked(story, urn, Mark(mark), person, moment_at(when))
        for story, urn, mark, person, when in rows
    }


def drop_without_story(con: Connection) -> None:
    """Deletes the marks of stories that are gone."""
    con.execute("DELETE FROM marks WHERE story_id NOT IN (SELECT id FROM stories)")


def _times(con: Connection, story_id: str, urn: str) -> int:
    """How often the story's alert has been raised; 0 where it has none."""
    sql = "SELECT max(times) FROM alerts WHERE story_id = $story AND urn = $urn"
    return int(read_value(con, sql, story=story_id, urn=urn) or 0)
