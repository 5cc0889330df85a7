"""`schoolgate story search`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from monitor.cli.commands.options import Asking, ConfigFile, Home, Json, School
from monitor.terminal import private_words
from monitor.terminal.output import tell

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


def _given(ctx: typer.Context, param: typer.CallbackParam, value: list[str]) -> list[str]:
    return [private_words.given(ctx, param, one) or "" for one in value]


def story_search(
    words: Annotated[
        list[str],
        Argument(
            metavar="WORDS",
            callback=_given,
            help="What to look for, a phrase in “quotation marks”; “-”: from standard input.",
        ),
    ],
    school: School = None,
    since: Annotated[
        str | None, Option("--since", help="Only what went on since this date (YYYY-MM-DD).")
    ] = None,
    limit: Annotated[int, Option("--limit", min=1, help="How many to show, newest first.")] = 50,
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
    from data.people import schools_of
    from data.store.verdicts.search import searched
    from monitor.cli.commands.common import open_reader
    from monitor.cli.commands.story.list import finish_with
    from monitor.home import wiring
    from monitor.matters.listed import find, unsearched

    wanted = searched(" ".join(words))
    reader = open_reader(person, home, config, named=True)
    chosen = wiring.pick_urn(reader.config, school) if school else None
    urns = [s.urn for s in schools_of(reader.named, reader.config.schools) if chosen in (None, s.urn)]
    begins = _day(since, reader.config.zone)
    with reader.store.read() as con:
        shown = find(con, reader, wanted, urns, begins, limit)
        apart = unsearched(con, reader, urns)
    if apart:
        tell(_apart(apart))
    finish_with(shown, reader, "No story has these words.", as_json=as_json)


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
