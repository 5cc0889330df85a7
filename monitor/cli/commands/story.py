"""`schoolgate story`: what is being said, story by story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from data import effects
from data.errors import InputError
from monitor.cli.commands import options
from monitor.home import wiring
from monitor.terminal import private_words
from monitor.terminal.groups import group
from monitor.terminal.output import in_json, say, say_lines, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from data.matters import MatterView
    from data.types import Mark, Marked
    from monitor.matters.reader import Reader


def _given(ctx: typer.Context, param: typer.CallbackParam, value: list[str]) -> list[str]:
    return [private_words.given(ctx, param, one) or "" for one in value]


def story_search(
    opts: options.JsonOptions,
    words: Annotated[
        list[str],
        Argument(
            metavar="WORDS",
            callback=_given,
            help="What to look for, a phrase in “quotation marks”; “-”: from standard input.",
        ),
    ],
    school: options.School = None,
    since: Annotated[
        str | None, Option("--since", help="Only what went on since this date (YYYY-MM-DD).")
    ] = None,
    limit: Annotated[int, Option("--limit", min=1, help="How many to show, newest first.")] = 50,
    person: options.Asking = None,
) -> None:
    """Find stories by words: those with a post that holds them all, in its text, title, what it quotes, its
    author or its address.

    Capitals and accents count for nothing, and the beginning of a word is enough: “park” finds “parking”.
    Within quotation marks the words stand just so. What is with the safeguarding lead is never found by its
    words, and what you look for is not kept.

    \b
    Examples:
      schoolgate story search parking gate --as b-patel
      schoolgate story search '"larch road" uniform' --since 2026-11-01
    """
    from data.people import schools_of
    from data.store.verdicts.search import searched
    from monitor.cli.commands.inputs import day_begins
    from monitor.matters.listed import find, unsearched
    from monitor.terminal.wording import counted

    wanted = searched(" ".join(words))
    reader = opts.reader(person, named=True)
    chosen = wiring.pick_urn(reader.config, school) if school else None
    urns = [s.urn for s in schools_of(reader.named, reader.config.schools) if chosen in (None, s.urn)]
    begins = day_begins(since, reader.config.zone)
    with reader.store.read() as con:
        shown = find(con, reader, wanted, urns, begins, limit)
        apart = unsearched(con, reader, urns)
    if apart:
        tell(
            f"{counted(apart, 'matter')} with the safeguarding lead, or locked, not searched. You may read "
            "them with a reason: schoolgate alerts show ID --restricted --reason …"
        )
    _show(shown, reader, "No story has these words.", as_json=opts.as_json)


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
    opts.show(view.whole_json(shown), view.lines(shown, screen_of(reader.config, effects.utc_now())))


_NAMES = {
    "not_us": "marked as not about the school",
    "answered": "marked as answered",
    "taken": "taken",
    "said_not_us": "said not to be about the school, which waits for a second person,",
}


def story_mark(
    opts: options.HomeOptions,
    story_id: options.StoryId,
    taken: Annotated[bool, Option("--taken", help="You have it, and deal with it.")] = False,
    not_us: Annotated[bool, Option("--not-us", help="It is not about this school.")] = False,
    answered: Annotated[bool, Option("--answered", help="Somebody has answered it.")] = False,
    undo: Annotated[bool, Option("--undo", help="Take the mark back.")] = False,
    why: options.Why = "",
    person: options.Asking = None,
) -> None:
    """Say that you have a story, or that it is done with: not about the school, or answered.

    Of what may be danger, or is with the DSL, two people who may read it say --not-us, each with --why.
    Exits with 1 where --undo took nothing back.

    \b
    Examples:
      schoolgate story mark 91cc --taken --as b-patel
      schoolgate story mark 91cc --undo --as b-patel
    """
    from data.steps.acts import Refused
    from data.store import owners as owner_store
    from data.types import Mark
    from monitor.act.mark import mark
    from monitor.matters.one import find_story

    wanted = _wanted({Mark.TAKEN: taken, Mark.NOT_US: not_us, Mark.ANSWERED: answered}, undo=undo)
    reader = opts.reader(person, named=True)
    who, now = reader.named, effects.utc_now()
    with reader.store.write("a mark") as con:
        story = find_story(con, reader, story_id)
        key = story.story_id
        before = owner_store.marks(con, [key]).get(key)
        came = mark(con, reader, key, story.urn, wanted, now, why)
    if isinstance(came, Refused):
        raise InputError(
            f"Story {key[:8]} cannot be marked so by {who.id}. Nothing was changed. {came.reason}"
        )
    holds = came.made
    say(_said(key[:8], before, holds, now, reader.config.zone))
    options.finish(0 if wanted is not None or (before is not None and holds is None) else 1)


def story_wrong(
    opts: options.HomeOptions,
    story_id: options.StoryId,
    about: Annotated[bool, Option("--about", help="It is about this school.")] = False,
    not_about: Annotated[bool, Option("--not-about", help="It is not about this school.")] = False,
    label: Annotated[str, Option("--label", help="What it is: threat, hate, …; “criticism”: no abuse.")] = "",
    severity: Annotated[
        int | None, Option("--severity", min=0, max=4, help="How soon somebody must act.")
    ] = None,
    undo: Annotated[bool, Option("--undo", help="Take back what you said.")] = False,
    why: options.Why = "",
    person: options.Asking = None,
) -> None:
    """Say that something is judged wrongly, with what is right and why.

    Whoever may read it sees it. No alert changes by it: what is urgent stays so. Exits with 1 where --undo
    took nothing back.

    \b
    Examples:
      schoolgate story wrong 91cc --label criticism --severity 2 --why "It is a complaint" --as b-patel
      schoolgate story wrong 91cc --undo --as b-patel
    """
    from data.steps.acts import Refused
    from data.types import Relevance, Severity
    from monitor.act.wrong import Right, say_wrong, take_back
    from monitor.matters.one import find_alert_or_story

    said = Relevance.ABOUT if about else Relevance.NOT_ABOUT if not_about else None
    right = Right(said, label.strip(), None if severity is None else Severity(severity))
    if (undo and right != Right()) or (about and not_about):
        raise InputError("Say what is right, or --undo, and not both --about and --not-about.")
    reader, now = opts.reader(person, named=True), effects.utc_now()
    with reader.store.write("judged wrongly") as con:
        story = find_alert_or_story(con, reader, story_id, now)
        key, urn = story.story_id, story.urn
        came = (
            take_back(con, reader, key, urn, now)
            if undo
            else say_wrong(con, reader, key, urn, right, why, now)
        )
    if isinstance(came, Refused):
        raise InputError(f"Nothing was recorded. {came.reason}")
    say("It is recorded. No alert has changed." if came.made else "You had said nothing of it.")
    options.finish(0 if came.made else 1)


def _wanted(asked: Mapping[Mark, bool], *, undo: bool) -> Mark | None:
    """Which mark was asked for, None to take one back. Raises InputError unless just one of all was."""
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

    What somebody marked as not about us, or as answered, is left out (story mark).

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
story_app.command("search")(story_search)
story_app.command("mark")(story_mark)
story_app.command("wrong")(story_wrong)
