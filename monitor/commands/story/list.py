"""`schoolgate story list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from monitor.commands.options import Asking, ConfigFile, Home, Json, School, finish
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.store.engine.connect import Connection
    from monitor.viewer import Viewer
    from monitor.views.stories import ShownStory


def story_list(
    unsure: Annotated[bool, typer.Option("--unsure", help="Only what may be about another school.")] = False,
    look: Annotated[bool, typer.Option("--look", help="Only what is worth a look: we cannot tell.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is marked as not about us, or as answered.")
    ] = False,
    school: School = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show, newest first.")] = 50,
    person: Asking = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """What is being said, newest first; of each story what you may know.

    What somebody marked as not about us, or as answered, is left out (story mark).

    \b
    Examples:
      schoolgate story list
      schoolgate story list --as b-patel
      schoolgate story list --unsure
      schoolgate story list --all
    """
    from monitor import wiring
    from monitor.viewer import WHO_YOU_ARE, open_viewer

    viewer = open_viewer(person, home, config)
    urns = [wiring.pick_urn(viewer.config, school)] if school else None
    with viewer.store.read() as con:
        shown, left_out = _stories(con, viewer, urns, limit, everything, unsure=unsure, look=look)
    if viewer.person is None:
        tell(WHO_YOU_ARE)
    if left_out:
        tell("What is marked as not about us, or as answered, is left out: schoolgate story list --all")
    finish_with(shown, viewer, "No story here.", as_json=as_json)


def finish_with(shown: Sequence[ShownStory], viewer: Viewer, nothing: str, *, as_json: bool) -> NoReturn:
    """Ends a command with these stories, `nothing` being said where there are none."""
    from data.effects import utc_now
    from data.words.say import words
    from monitor.views import stories as view

    if as_json:
        say(in_json([view.row_json(story) for story in shown]))
        finish(0)
    if not shown:
        say(nothing)
    names = {source.id: source.name or source.id for source in viewer.config.sources}
    for line in view.listed(shown, names, utc_now(), viewer.config.zone):
        say(line)
    if shown:
        say(words("en")("describe.more.story", command="schoolgate story show ID"))
    finish(0)


def _stories(
    con: Connection,
    viewer: Viewer,
    urns: Sequence[str] | None,
    limit: int,
    everything: bool,
    *,
    unsure: bool,
    look: bool,
) -> tuple[list[ShownStory], bool]:
    """The newest that this person may know of: as many are read as it takes to find so many.

    Without `everything` none that is done with; the second value says whether any was left out for that.
    """
    from data.store.verdicts import stories as story_store

    read = limit
    while True:
        rows = story_store.list_stories(con, urns, unsure=unsure, look=look, limit=read)
        known = viewer.stories(con, rows)
        shown = [story for story in known if everything or story.marked is None]
        if len(shown) >= limit or len(rows) < read:
            return shown[:limit], len(shown) < len(known)
        read *= 2
