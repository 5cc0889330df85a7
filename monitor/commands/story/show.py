"""`schoolgate story show`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.commands.options import Asking, ConfigFile, Home, Json, StoryId, finish
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from data.store.engine.connect import Connection
    from monitor.viewer import Viewer
    from monitor.views.stories import ShownStory


def story_show(
    story_id: StoryId,
    person: Asking = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """One story: each place that carries it, the verdict, and the reasons for it.

    \b
    Examples:
      schoolgate story show 91cc
      schoolgate story show 91cc --as b-patel
    """
    from data.effects import utc_now
    from monitor.viewer import WHO_YOU_ARE, open_viewer
    from monitor.views import stories as view

    viewer = open_viewer(person, home, config)
    with viewer.store.read() as con:
        shown = find_story(con, viewer, story_id)
    if viewer.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json(view.whole_json(shown)))
        finish(0)
    for line in view.lines(shown, utc_now(), viewer.config.zone):
        say(line)
    finish(0)


def find_story(con: Connection, viewer: Viewer, beginning: str) -> ShownStory:
    """The story whose id begins so. Raises InputError where there is none that they may know of."""
    from data.store.mentions import person_reports as report_store
    from data.store.privacy.requests import corrections
    from data.store.verdicts import stories as story_store
    from monitor.lookup import no_such, whole_id

    known = viewer.look(con, story_store.beginning(con, beginning.strip().lower()))
    wanted = whole_id(beginning, filter(known.tells_of, known.access), "story", "story")
    detail = story_store.story(con, wanted)
    shown = viewer.stories(con, [detail.row], known) if detail else []
    if detail is None or not shown:  # a story without a verdict has nothing to show
        raise no_such(beginning, "story", "story")
    ids = [m.id for m in detail.mentions]
    reported, corrected = report_store.reported(con, ids), corrections(con, ids)
    return replace(shown[0], mentions=detail.mentions, reported=reported, corrected=corrected)
