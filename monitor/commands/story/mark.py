"""`schoolgate story mark`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import Asking, ConfigFile, Home, StoryId, finish
from monitor.terminal.output import say

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from data.types import Mark, Marked

_WHEN_NOT = (
    "Nothing was changed. Severity 4, the routes safeguarding and police_now, and what is with the DSL are "
    "never marked; while a case is open, close the case; nobody marks criticism of themselves --not-us."
)
_NAMES = {"not_us": "not about the school", "answered": "answered"}


def story_mark(
    story_id: StoryId,
    not_us: Annotated[bool, typer.Option("--not-us", help="It is not about this school.")] = False,
    answered: Annotated[bool, typer.Option("--answered", help="Somebody has answered it.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the mark back.")] = False,
    person: Asking = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Say that a story is done with: not about the school, or answered.

    \b
    Examples:
      schoolgate story mark 91cc --not-us --as b-patel
      schoolgate story mark 91cc --undo --as b-patel
    """
    from data.effects import utc_now
    from data.errors import InputError
    from monitor.commands.story.show import find_story
    from monitor.marking import mark
    from monitor.viewer import named, open_viewer

    wanted = _wanted(not_us=not_us, answered=answered, undo=undo)
    viewer = open_viewer(person, home, config)
    who, now = named(viewer), utc_now()
    with viewer.store.write("a mark") as con:
        story = find_story(con, viewer, story_id)
        row = story.row
        holds = mark(con, viewer, row.id, row.urn, wanted, now)
    if holds is None and (wanted is not None or not story.words):
        raise InputError(f"Story {row.id[:8]} cannot be marked so by {who.id}. {_WHEN_NOT}")
    say(_said(row.id[:8], holds, now, viewer.config.zone))
    finish(0)


def _wanted(*, not_us: bool, answered: bool, undo: bool) -> Mark | None:
    """Which of the three was asked for, None to take a mark back. Raises InputError unless just one was."""
    from data.errors import InputError
    from data.types import Mark

    if [not_us, answered, undo].count(True) != 1:
        raise InputError("Say one of these: --not-us, --answered or --undo. Nothing was changed.")
    return None if undo else Mark.NOT_US if not_us else Mark.ANSWERED


def _said(number: str, holds: Marked | None, now: datetime, zone: ZoneInfo) -> str:
    from monitor.views.layout import local

    if holds is None:
        return f"Story {number} has no mark."
    what = f"Story {number} is marked as {_NAMES[holds.mark.value]} by {holds.person_id}"
    if holds.at == now:
        return f"{what}. To take it back: schoolgate story mark {number} --undo --as PERSON"
    return f"{what} already, since {local(holds.at, zone)}. Nothing was changed."
