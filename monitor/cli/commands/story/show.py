"""`schoolgate story show`."""

from __future__ import annotations

from monitor.cli.commands.options import Asking, ConfigFile, Home, Json, StoryId, finish
from monitor.terminal.output import in_json, say, tell


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
    from monitor.cli.commands.common import open_reader
    from monitor.cli.views import stories as view
    from monitor.cli.views.screen import screen_of
    from monitor.matters.one import find_story
    from monitor.terminal.wording import WHO_YOU_ARE

    reader = open_reader(person, home, config)
    with reader.store.read() as con:
        shown = find_story(con, reader, story_id)
    if reader.person is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json(view.whole_json(shown)))
        finish(0)
    for line in view.lines(shown, screen_of(reader.config, utc_now())):
        say(line)
    finish(0)
