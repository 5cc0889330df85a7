"""`schoolgate case recheck`: is the post still there? Looked at by the program, or seen by a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import InputError
from monitor.commands.completion import cases, people
from monitor.commands.options import At, ConfigFile, Home, Json, Why, finish
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from alerts.ladder.advance import Refusal
    from data.cases import Case
    from monitor.casework.recheck import Rechecked
    from monitor.session import Session


def recheck(
    case: Annotated[
        str | None,
        typer.Argument(metavar="[CASE]", help="The case's number: 0004, or 4.", autocompletion=cases),
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Every post whose next look is due, by now.")] = False,
    person: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="PERSON", help="Who you are, by id in schoolgate.toml.", autocompletion=people
        ),
    ] = None,
    saw: Annotated[
        str | None,
        typer.Option(
            "--saw",
            help="What you saw yourself, logged out, or what a member saw where only members read it: gone, "
            "present, changed or log-in-wall. Say how in --why.",
        ),
    ] = None,
    why: Why = "",
    at: At = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Is it still there? Looks at the post's exact address, logged out.

    A wall, an error or a redirect is never taken for a removal. Where the program cannot see it, look
    yourself and write it down with --saw.

    \b
    Examples:
      schoolgate case recheck 4 --as t-quillfeather
      schoolgate case recheck --due
      schoolgate case recheck 4 --saw gone --why "the post is not in the group any more" --as t-quillfeather
    """
    if due and case is None:
        finish(_all_due(home, config, as_json=as_json))
    if due or case is None:
        raise InputError("Name one case, or all that are due: schoolgate case recheck CASE | --due")
    if not person:
        raise InputError("Say who you are: --as PERSON")

    from alerts.ladder.advance import Refusal
    from monitor.casework.finding import find_case
    from monitor.commands.case.record import Refused
    from monitor.session import open_session
    from monitor.views.case import recheck as view

    session = open_session(person, home, config)
    with session.store.read() as con:
        found = find_case(con, session, case)
    result = _seen_by(session, found, saw, why, at) if saw else _look(session, found)
    if isinstance(result, Refusal):
        raise Refused(result, case, person)
    zone = session.config.zone
    for line in [in_json(view.as_json(result))] if as_json else view.lines(result, zone, person):
        say(line)
    finish(1 if view.unseen(result) and not saw else 0)


def _look(session: Session, case: Case) -> Rechecked | Refusal:
    from data.effects import utc_now
    from monitor import wiring
    from monitor.casework.recheck import recheck as look_again

    with wiring.fetcher(session.config) as fetch:
        return look_again(session.store, session.context, fetch, case.id, utc_now, by=session.person.id)


def _seen_by(session: Session, case: Case, seen: str, why: str, at: str | None) -> Rechecked | Refusal:
    from data.effects import utc_now
    from data.steps.codes import Check
    from monitor.casework.recheck import record_sighting
    from monitor.commands.inputs import moment, one_of, own_words

    check, said = one_of(seen, "--saw", Check), own_words(why, "--why")
    when = moment(at, "--at", session.config.zone)
    by = session.person.id
    return record_sighting(
        session.store, session.context, case.id, check, utc_now(), by=by, why=said, when=when
    )


def _all_due(home: Path | None, config: Path | None, *, as_json: bool) -> int:
    """Looks at every post that is due; 3 where one could not be seen. Of restricted cases nothing is said.

    As in `case list` without a person, a case that may accuse somebody with an office is not named.
    """
    from data.effects import utc_now
    from monitor import wiring
    from monitor.matters.replaying import access_to, load_case
    from monitor.service.tasks.rechecks import copies, rechecks
    from monitor.views.case import recheck as view

    where, settings, store = wiring.open_home(home, config)
    context = wiring.context(settings, where.home)
    with wiring.fetcher(settings) as fetch:
        done = [*rechecks(store, context, fetch, utc_now), *copies(store, context, utc_now)]
    with store.read() as con:
        known = {one.case_id: load_case(con, one.case_id) for one in done}
    shown = [one for one in done if access_to(known[one.case_id], None, settings)]
    if as_json:
        say(in_json([view.due_json(each, known[each.case_id]) for each in shown]))
    elif not shown:
        say("No post is due to be looked at.")
    else:
        for each in shown:
            say(f"Case {each.case_id}: {view.due_words(each, known[each.case_id])}")
    return 3 if any(view.due_unseen(each) for each in done) else 0
