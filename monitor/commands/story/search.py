"""`schoolgate story search`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import Asking, ConfigFile, Home, Json, School, finish
from monitor.terminal import private_words
from monitor.terminal.output import in_json, say, tell

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


def _given(ctx: typer.Context, param: typer.CallbackParam, value: list[str]) -> list[str]:
    return [private_words.given(ctx, param, one) or "" for one in value]


def story_search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS",
            callback=_given,
            help="What to look for, a phrase in “quotation marks”; “-”: from standard input.",
        ),
    ],
    school: School = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only what went on since this date (YYYY-MM-DD).")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show, newest first.")] = 50,
    person: Asking = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
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
    from data.effects import utc_now
    from data.people import schools_of
    from data.search.words import searched
    from data.words.say import words as in_words
    from monitor import wiring
    from monitor.searching import find, unsearched
    from monitor.viewer import named, open_viewer
    from monitor.views import stories as view

    wanted = searched(" ".join(words))
    viewer = open_viewer(person, home, config)
    who = named(viewer)
    chosen = wiring.pick_urn(viewer.config, school) if school else None
    urns = [s.urn for s in schools_of(who, viewer.config.schools) if chosen in (None, s.urn)]
    begins = _day(since, viewer.config.zone)
    with viewer.store.read() as con:
        shown = find(con, viewer, wanted, urns, begins, limit)
        apart = unsearched(con, viewer, urns)
    if apart:
        tell(_apart(apart))
    if as_json:
        say(in_json([view.row_json(story) for story in shown]))
        finish(0)
    if not shown:
        say("No story has these words.")
    names = {source.id: source.name or source.id for source in viewer.config.sources}
    for line in view.listed(shown, names, utc_now(), viewer.config.zone):
        say(line)
    if shown:
        say(in_words("en")("describe.more.story", command="schoolgate story show ID"))
    finish(0)


def _day(text: str | None, zone: ZoneInfo) -> datetime | None:
    from datetime import UTC, datetime

    from data.errors import InputError

    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        raise InputError(f"--since {text}: not a date. Write it as 2026-11-01.") from None


def _apart(n: int) -> str:
    matters = "1 matter" if n == 1 else f"{n} matters"
    return (
        f"{matters} with the safeguarding lead, or locked, not searched. You may read them with a reason: "
        "schoolgate alerts show ID --restricted --reason …"
    )
