"""`schoolgate privacy erase`: posts are deleted because somebody asked, or it is said why they stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.effects import utc_now
from monitor.cli.commands.options import As, ConfigFile, Home, Json, School, finish
from monitor.cli.commands.privacy.requests import RequestNumber
from monitor.cli.commands.privacy.search import asked_term
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.privacy.terms import SearchTerm
    from data.retention.erase import Staying
    from monitor.act.privacy import ToErase


def erase(
    number: RequestNumber,
    person: As,
    by: Annotated[
        str | None,
        Option(
            "--by", help="All posts by an author (handle), or those at an address. You are then asked for it."
        ),
    ] = None,
    post: Annotated[
        list[str] | None,
        Option("--post", metavar="ID", help="This post, by the beginning of its id; may be repeated."),
    ] = None,
    yes: Annotated[bool, Option("--yes", help="Do it. Otherwise it only says what would be done.")] = False,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Erase posts: words, author and address, also from the file on disk. This cannot be undone.

    What a case or an alert still needs stays, and you are told why (UK GDPR, Article 17(3)). Neither a later
    scan nor an older backup brings an erased post back. Exits with 1 if something stays.

    \b
    Examples:
      schoolgate privacy erase P0003 --by handle --as r-lowe
      schoolgate privacy erase P0003 --post 9f31 --post 07ab --yes --as r-lowe
    """
    from monitor.act.privacy import erase as erase_posts
    from monitor.act.privacy import to_erase
    from monitor.act.requests.finding import one_post
    from monitor.act.requests.office import open_office
    from monitor.cli.views.privacy import erasure_json, erasure_lines

    wanted = _wanted(by, post)
    office, now = open_office(person, home, config, school), utc_now()
    with office.session.store.read() as con:
        chosen = [one_post(con, office, one) for one in post or ()]
        meant = to_erase(con, office, number, now, wanted, chosen)
    stays = erase_posts(office, meant, now).made if yes else meant.stays
    lines = erasure_lines(meant, stays, office.config.zone, done=yes)
    for line in [in_json(erasure_json(meant, stays, done=yes))] if as_json else lines:
        say(line)
    if not as_json and (yes or (stays and len(stays) == len(meant.posts))):
        ending = _ending(meant, stays)
        say(f"To end the request: schoolgate privacy answer {meant.request_id} {ending} {office.options}")
    finish(1 if stays or meant.withheld else 0)


def _ending(meant: ToErase, stays: Sequence[Staying]) -> str:
    """How the request ended, as far as the program did what was asked."""
    if not stays and not meant.withheld:
        return "granted"
    return "part" if len(stays) < len(meant.posts) else "refused"


def _wanted(by: str | None, post: list[str] | None) -> SearchTerm | None:
    from data.errors import InputError

    if bool(by) == bool(post):
        raise InputError("Say what is to be erased: --by handle, --by address, or --post ID.")
    return asked_term(by) if by else None
