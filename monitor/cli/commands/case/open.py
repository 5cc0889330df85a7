"""`schoolgate case open`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from monitor.cli.commands.options import As, ConfigFile, Home, Json, Why

if TYPE_CHECKING:
    from data.cases import Case
    from monitor.home.wiring import Session


def open_(
    what: Annotated[
        str, Argument(metavar="STORY|ALERT", help="The story's or the alert's id, or its beginning.")
    ],
    person: As,
    post: Annotated[
        str | None, Option("--post", metavar="MENTION", help="Which of its posts, where there are several.")
    ] = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Open a case about one post of a story.

    \b
    Examples:
      schoolgate case open 91cc --as t-quillfeather
      schoolgate case open 91cc --post 5be0 --as t-quillfeather
    """
    from data.effects import utc_now
    from monitor.act.step import open_case
    from monitor.cli.commands.case.record import made, print_result
    from monitor.home.wiring import open_session
    from monitor.terminal.output import say

    session = open_session(person, home, config)
    done = made(open_case(session, what, post, why, utc_now()))
    print_result(done, session, as_json=as_json)
    if not as_json:
        for line in _first_steps(done.case, session):
            say(line)


def _first_steps(case: Case, session: Session) -> Iterator[str]:
    """What to do first in a case just opened; with fair comment, that no removal is offered, and why."""
    from data.web.channels import channel

    person = session.person.id
    if case.unjudged:
        yield "  It was not judged. Read it, or have it read, and say what it is before anything is done."
        yield f"  Then: schoolgate case classify {case.id} C… --as {person} --why “…”"
    if case.fair:
        procedure = session.config.profile(case.urn).complaints_url
        yield from _in_the_press() if channel(case.channel).press else _fair(procedure)
        yield f"  Then: schoolgate case step responded {case.id} --how phone --as {person}"
        yield "  If it was judged wrongly, say why: schoolgate case classify --help"
    yield f"  what comes next: schoolgate case show {case.id} --as {person}"


def _in_the_press() -> Iterator[str]:
    from data.words.say import words
    from monitor.cli.views.layout import below

    w = words("en")
    yield f"  {w('describe.fair.press')}"
    yield from below(w("describe.fair.press_next"), "  ")


def _fair(procedure: str | None) -> Iterator[str]:
    yield "  No removal is offered: it was judged to be criticism, opinion, a complaint or praise."
    yield "  Answer it, or ask whoever wrote it to come in" + (
        f"; the complaints procedure: {procedure}" if procedure else "; name the complaints procedure."
    )
