"""`schoolgate story list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

from typer import Option

from monitor.cli.commands.options import Asking, ConfigFile, Home, Json, School, finish
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.matters import MatterView
    from monitor.matters.reader import Reader


def story_list(
    unsure: Annotated[bool, Option("--unsure", help="Only what may be about another school.")] = False,
    look: Annotated[bool, Option("--look", help="Only what is worth a look: we cannot tell.")] = False,
    everything: Annotated[
        bool, Option("--all", help="Also what is marked as not about us, or as answered.")
    ] = False,
    school: School = None,
    limit: Annotated[int, Option("--limit", min=1, help="How many to show, newest first.")] = 50,
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
    from monitor.cli.commands.common import open_reader
    from monitor.home import wiring
    from monitor.matters.listed import stories_listed
    from monitor.terminal.wording import WHO_YOU_ARE

    reader = open_reader(person, home, config)
    urns = [wiring.pick_urn(reader.config, school)] if school else None
    with reader.store.read() as con:
        shown, left_out = stories_listed(
            con, reader, urns, limit=limit, ended=everything, unsure=unsure, look=look
        )
    if reader.person is None:
        tell(WHO_YOU_ARE)
    if left_out:
        tell("What is marked as not about us, or as answered, is left out: schoolgate story list --all")
    finish_with(shown, reader, "No story here.", as_json=as_json)


def finish_with(shown: Sequence[MatterView], reader: Reader, nothing: str, *, as_json: bool) -> NoReturn:
    """Ends a command with these stories, `nothing` being said where there are none."""
    from data.effects import utc_now
    from data.words.say import words
    from monitor.cli.views import stories as view
    from monitor.cli.views.screen import screen_of

    if as_json:
        say(in_json([view.row_json(story) for story in shown]))
        finish(0)
    if not shown:
        say(nothing)
    for line in view.listed(shown, screen_of(reader.config, utc_now())):
        say(line)
    if shown:
        say(words("en")("describe.more.story", command="schoolgate story show ID"))
    finish(0)
