"""`schoolgate story`: what is being said, story by story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option

from data import effects
from monitor.cli.commands import options
from monitor.cli.commands.story.joining import story_merge, story_split
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import in_json, say, say_lines, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.matters import MatterView
    from monitor.matters.reader import Reader


def story_show(opts: options.JsonOptions, story_id: options.StoryId, person: options.Asking = None) -> None:
    """One story: each place that carries it, the verdict, and the reasons for it.

    \b
    Examples:
      schoolgate story show 91cc
      schoolgate story show 91cc --as b-patel
    """
    from monitor.cli.views import stories as view
    from monitor.cli.views.screen import screen_of
    from monitor.matters.one import find_story

    reader = opts.reader(person)
    with reader.store.read() as con:
        shown = find_story(con, reader, story_id)
    options.explain_no_words(reader)
    for number in shown.numbers if shown.locked and not opts.as_json else ():
        tell(f"Its words are read with a reason: schoolgate case show {number} --restricted --reason …")
    opts.show(view.whole_json(shown), view.lines(shown, screen_of(reader.config, effects.utc_now())))


def story_list(
    opts: options.JsonOptions,
    unsure: Annotated[bool, Option("--unsure", help="Only what may be about another school.")] = False,
    look: Annotated[bool, Option("--look", help="Only what is worth a look: we cannot tell.")] = False,
    everything: Annotated[
        bool, Option("--all", help="Also what is marked as not about us, or as answered.")
    ] = False,
    school: options.School = None,
    limit: Annotated[int, Option("--limit", min=1, help="How many to show, newest first.")] = 50,
    person: options.Asking = None,
) -> None:
    """What is being said, newest first; of each story what you may know.

    What somebody marked as not about us, or as answered, is left out.

    \b
    Examples:
      schoolgate story list
      schoolgate story list --as b-patel
      schoolgate story list --unsure
      schoolgate story list --all
    """
    from monitor.matters.listed import stories_listed

    reader = opts.reader(person)
    urns = [wiring.pick_urn(reader.config, school)] if school else None
    with reader.store.read() as con:
        shown, left_out = stories_listed(
            con, reader, urns, limit=limit, ended=everything, unsure=unsure, look=look
        )
    options.explain_no_words(reader)
    if left_out:
        tell("What is marked as not about us, or as answered, is left out: schoolgate story list --all")
    _show(shown, reader, "No story here.", as_json=opts.as_json)


def _show(shown: Sequence[MatterView], reader: Reader, nothing: str, *, as_json: bool) -> None:
    """Prints these stories, `nothing` being said where there are none."""
    from alerts.wording.matters import more_words
    from monitor.cli.views import stories as view
    from monitor.cli.views.screen import ENGLISH, screen_of

    if as_json:
        say(in_json([view.row_json(story) for story in shown]))
        return
    if not shown:
        say(nothing)
    say_lines(view.listed(shown, screen_of(reader.config, effects.utc_now())))
    if shown:
        say(more_words("story", "schoolgate story show ID", ENGLISH))


story_app = group("What is being said, story by story.")
story_app.command("list")(story_list)
story_app.command("show")(story_show)
story_app.command("merge")(story_merge)
story_app.command("split")(story_split)
