"""`schoolgate privacy erase`: posts are deleted because somebody asked, or it is said why they stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from data.effects import utc_now
from monitor.commands.options import As, ConfigFile, Home, Json, School, finish
from monitor.commands.privacy.requests import RequestNumber
from monitor.commands.privacy.search import asked_term
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from data.privacy.terms import SearchTerm


def erase(
    number: RequestNumber,
    person: As,
    by: Annotated[
        str | None,
        typer.Option("--by", help="All posts of an author (handle), or those at an address: you are asked."),
    ] = None,
    post: Annotated[
        list[str] | None,
        typer.Option("--post", metavar="ID", help="This post, by the beginning of its id; also several."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it. Without it, only what would be done is said.")
    ] = False,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Erase posts: words, author and address, their bytes too. Nobody can undo it.

    What a case or an alert still needs stays, and it is said why (UK GDPR, Article 17(3)). A scan that meets
    an erased post does not bring it back, nor does an older backup. Ends with 1 where something stays.

    \b
    Examples:
      schoolgate privacy erase P0003 --by handle --as r-lowe
      schoolgate privacy erase P0003 --post 9f31 --post 07ab --yes --as r-lowe
    """
    from monitor.privacy.finding import one_post
    from monitor.privacy.office import open_office
    from monitor.privacy.suppressing import erased, to_erase
    from monitor.views.privacy import erasure_json, erasure_lines

    wanted = _wanted(by, post)
    office, now = open_office(person, home, config, school), utc_now()
    with office.session.store.read() as con:
        chosen = [one_post(con, office, one) for one in post or ()]
        meant = to_erase(con, office, number, now, wanted, chosen)
    stays = erased(office, meant, now) if yes else meant.stays
    lines = erasure_lines(meant, stays, office.config.zone, done=yes)
    for line in [in_json(erasure_json(meant, stays, done=yes))] if as_json else lines:
        say(line)
    finish(1 if stays or meant.withheld else 0)


def _wanted(by: str | None, post: list[str] | None) -> SearchTerm | None:
    from data.errors import InputError

    if bool(by) == bool(post):
        raise InputError("Say what is to be erased: --by handle, --by address, or --post ID.")
    return asked_term(by) if by else None
