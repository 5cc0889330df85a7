"""`schoolgate story mark`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option

from monitor.cli.commands.options import Asking, ConfigFile, Home, StoryId, finish
from monitor.terminal.output import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from data.types import Mark, Marked

_NAMES = {"not_us": "marked as not about the school", "answered": "marked as answered", "taken": "taken"}


def story_mark(
    story_id: StoryId,
    taken: Annotated[bool, Option("--taken", help="You have it, and deal with it.")] = False,
    not_us: Annotated[bool, Option("--not-us", help="It is not about this school.")] = False,
    answered: Annotated[bool, Option("--answered", help="Somebody has answered it.")] = False,
    undo: Annotated[bool, Option("--undo", help="Take the mark back.")] = False,
    person: Asking = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Say that you have a story, or that it is done with: not about the school, or answered.

    Exits with 1 where --undo took nothing back.

    \b
    Examples:
      schoolgate story mark 91cc --taken --as b-patel
      schoolgate story mark 91cc --undo --as b-patel
    """
    from data.effects import utc_now
    from data.errors import InputError
    from data.steps.acts import Refused
    from data.store.alerts import marks as mark_store
    from data.types import Mark
    from monitor.act.mark import mark
    from monitor.cli.commands.common import open_reader
    from monitor.matters.one import find_story

    wanted = _wanted({Mark.TAKEN: taken, Mark.NOT_US: not_us, Mark.ANSWERED: answered}, undo=undo)
    reader = open_reader(person, home, config, named=True)
    who, now = reader.named, utc_now()
    with reader.store.write("a mark") as con:
        story = find_story(con, reader, story_id)
        key = story.story_id
        before = mark_store.marks(con, [key]).get(key)
        came = mark(con, reader, key, story.urn, wanted, now)
    if isinstance(came, Refused):
        raise InputError(
            f"Story {key[:8]} cannot be marked so by {who.id}. Nothing was changed. {came.reason}"
        )
    holds = came.made
    say(_said(key[:8], before, holds, now, reader.config.zone))
    finish(0 if wanted is not None or (before is not None and holds is None) else 1)


def _wanted(asked: Mapping[Mark, bool], *, undo: bool) -> Mark | None:
    """Which mark was asked for, None to take one back. Raises InputError unless just one of all was."""
    from data.errors import InputError

    found = [mark for mark, given in asked.items() if given]
    if len(found) + undo != 1:
        raise InputError("Say one of these: --taken, --not-us, --answered or --undo. Nothing was changed.")
    return None if undo else found[0]


def _said(number: str, before: Marked | None, holds: Marked | None, now: datetime, zone: ZoneInfo) -> str:
    from monitor.cli.views.layout import local

    if holds is None:
        if before is None:
            return f"Story {number} has no mark, so there is none to take back. Nothing was changed."
        what = f"Story {number} is no longer {_NAMES[before.mark.value]}"
        return f"{what}: the mark by {before.person_id} is taken back."
    what = f"Story {number} is {_NAMES[holds.mark.value]} by {holds.person_id}"
    if holds.at == now:
        return f"{what}. To take it back: schoolgate story mark {number} --undo --as PERSON"
    return f"{what} already, since {local(holds.at, zone)}. Nothing was changed."
