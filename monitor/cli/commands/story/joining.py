"""`schoolgate story merge` and `story split`: two matters that are one, and one that is two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data import effects
from data.errors import InputError
from monitor.cli.commands import options
from monitor.terminal.output import say

if TYPE_CHECKING:
    from data.steps.acts import Done, Refused
    from data.store.verdicts.story_moves import StoryMove

Undo = Annotated[bool, Option("--undo", help="Undo what was done so last with this story.")]


def story_merge(
    opts: options.HomeOptions,
    story_id: options.StoryId,
    other: Annotated[
        str, Argument(metavar="OTHER", help="The other: a story’s id, or an alert’s number.")
    ] = "",
    undo: Undo = False,
    why: options.Why = "",
    person: options.Asking = None,
) -> None:
    """Merge two matters of a school: the posts of one are the other's, with what comes later.

    One of them stays, with its alert, its number and its case: the one with a case, with the safeguarding
    lead, or raised as graver, else the first. Where both have a case, the later is closed and its places are
    places of the first, for a reason (--why). Whoever could read only one of them reads neither. Exits with 2
    where they may not be merged.

    \b
    Examples:
      schoolgate story merge 91cc 4b07 --as b-patel
      schoolgate story merge 91cc --undo --as b-patel
    """
    from monitor.act.matter.joining import merge, undo_merge
    from monitor.matters.one import find_alert_or_story

    if undo == bool(other):
        raise InputError("Name two matters, or one with --undo. Nothing was changed.")
    reader, now = opts.reader(person, named=True), effects.utc_now()
    session = opts.session(reader.id)
    with session.store.write("a merge") as con:
        one = find_alert_or_story(con, reader, story_id, now).story_id
        if undo:
            made = _done(undo_merge(con, session, one, now))
        else:
            found = find_alert_or_story(con, reader, other, now)
            made = _done(merge(con, session, one, found.story_id, now, why))
    goes, stays = made.from_story[:8], made.to_story[:8]
    if undo:
        say(f"Stories {stays} and {goes} are two again, as before.")
    else:
        say(f"Story {goes} is part of story {stays} now. To undo it: schoolgate story merge {stays} --undo")


def story_split(
    opts: options.HomeOptions,
    story_id: options.StoryId,
    posts: Annotated[
        list[str] | None, Argument(metavar="POST…", help="Posts of it: the beginnings of their ids.")
    ] = None,
    undo: Undo = False,
    person: options.Asking = None,
) -> None:
    """Split posts off a story: they are a story of their own, told by what they themselves say.

    `story show` lists the posts with their ids. What a case is about stays with its case. Exits with 2 where
    they may not be split off.

    \b
    Examples:
      schoolgate story split 91cc 6d10 f3a2 --as b-patel
      schoolgate story split 91cc --undo --as b-patel
    """
    from monitor.act.matter.joining import split, undo_split
    from monitor.matters.one import find_alert_or_story

    if undo == bool(posts):
        raise InputError("Name posts of it, or --undo. Nothing was changed.")
    reader, now = opts.reader(person, named=True), effects.utc_now()
    session = opts.session(reader.id)
    with session.store.write("a split") as con:
        found = find_alert_or_story(con, reader, story_id, now)
        if undo:
            made = _done(undo_split(con, session, found.story_id, now))
        else:
            made = _done(split(con, session, found.story_id, found.urn, posts or (), now))
    if undo:
        say(f"Story {made.from_story[:8]} is part of story {made.to_story[:8]} again.")
    else:
        new = made.to_story[:8]
        say(f"The posts are story {new} now. To undo it: schoolgate story split {new} --undo")


def _done(came: Done[StoryMove] | Refused) -> StoryMove:
    from data.steps.acts import Refused

    if isinstance(came, Refused):
        raise InputError(f"Nothing was changed. {came.reason}")
    return came.made
