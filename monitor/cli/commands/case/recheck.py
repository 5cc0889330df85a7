"""`schoolgate case recheck`, whether the post is still there, and `case host`, who to ask about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data import effects
from data.errors import InputError
from monitor.cli.commands.inputs import moment, one_of, own_words
from monitor.cli.commands.options import (
    As,
    AsOrNobody,
    At,
    CaseNumber,
    JsonOptions,
    Reason,
    Restricted,
    Why,
    finish,
)
from monitor.home import wiring
from monitor.terminal.output import tell

if TYPE_CHECKING:
    from monitor.home.wiring import Session


def recheck(
    opts: JsonOptions,
    case: Annotated[str | None, Argument(metavar="[CASE]", help="The case's number: 482913.")] = None,
    due: Annotated[bool, Option("--due", help="Every post whose next look is due, by now.")] = False,
    everywhere: Annotated[
        bool,
        Option(
            "--everywhere",
            help="At each of the case's places, but for search results and what is left standing.",
        ),
    ] = False,
    person: AsOrNobody = None,
    saw: Annotated[
        str | None,
        Option(
            "--saw",
            help="What you saw yourself, logged out, or what a member saw where only members read it: gone, "
            "present, changed or log-in-wall. Say how in --why.",
        ),
    ] = None,
    signed_in: Annotated[
        bool,
        Option(
            "--signed-in", help="You were signed in when you looked: that it was gone then shows nothing."
        ),
    ] = False,
    why: Why = "",
    at: At = None,
) -> None:
    """Is it still there? Looks at the post's exact address, logged out.

    A wall, an error or a redirect is never taken for a removal. Where the program cannot see it, look
    yourself and write it down with --saw.

    \b
    Examples:
      schoolgate case recheck 4 --as t-quillfeather
      schoolgate case recheck --due
      schoolgate case recheck 4 --everywhere --saw gone --why "the account is closed" --as t-quillfeather
      schoolgate case recheck 4 --saw gone --why "the post is not in the group any more" --as t-quillfeather
    """
    if due and case is None:
        finish(_all_due(opts))
    if due or case is None:
        raise InputError("Name one case, or all that are due: schoolgate case recheck CASE | --due")
    if not person:
        raise InputError("Say who you are: --as PERSON")

    from data.steps.acts import Done, Refused
    from data.steps.codes import Check
    from monitor.act.step import look_again, record_look
    from monitor.cli.commands.case.record import made
    from monitor.cli.views.case import recheck as view

    session = opts.session(person)
    numbers = _places(session, case) if everywhere else [case]
    if saw:
        check, said = one_of(saw, "--saw", Check), own_words(why, "--why")
        when, now = moment(at, "--at", session.config.zone), effects.utc_now()
        looks = [record_look(session, n, check, said, when, now, signed_in=signed_in) for n in numbers]
    else:
        with wiring.fetcher(session.config) as fetch:
            looks = [look_again(session, n, fetch, effects.utc_now) for n in numbers]
    if not everywhere:
        result = made(looks[0])
        opts.show(view.as_json(result), view.lines(result, session.config.zone, person))
        finish(1 if view.unseen(result) and not saw else 0)
    results = [look.made for look in looks if isinstance(look, Done)]
    lines = [line for result in results for line in view.lines(result, session.config.zone, person)]
    opts.show([view.seen_json(result) for result in results], lines)
    refused = [(n, look) for n, look in zip(numbers, looks, strict=True) if isinstance(look, Refused)]
    for number, look in refused:
        tell(f"{number}: not recorded. {look.reason} {look.wanted}")
    finish(3 if refused or (any(map(view.unseen, results)) and not saw) else 0)


def _places(session: Session, case: str) -> list[str]:
    """The numbers of its places that have to be gone. Raises InputError where there is no such case."""
    from alerts.places import counted
    from monitor.act.casework.finding import find_case

    with session.store.read() as con:
        found = find_case(con, session, case)
    return [here.number for here in counted(found)]


def _all_due(opts: JsonOptions) -> int:
    """Looks at every post that is due; 3 where one could not be seen. Of restricted cases nothing is said.

    As in `case list` without a person, a case that may accuse somebody with an office is not named.
    """
    from monitor.cli.views.case import recheck as view
    from monitor.matters.reader import access_to, load_case
    from monitor.service.tasks.rechecks import copies, rechecks

    where, settings, store = wiring.open_home(opts.home, opts.config)
    context = wiring.context(settings, where.home)
    with wiring.fetcher(settings) as fetch:
        done = [*rechecks(store, context, fetch, effects.utc_now), *copies(store, context, effects.utc_now)]
    with store.read() as con:
        known = {one.case_id: load_case(con, one.case_id) for one in done}
    shown = [one for one in done if access_to(known[one.case_id], None, settings)]
    said = [f"Case {each.case_id}: {view.due_words(each, known[each.case_id])}" for each in shown]
    found = [view.due_json(each, known[each.case_id]) for each in shown]
    opts.show(found, said or ["No post is due to be looked at."])
    return 3 if any(view.due_unseen(each) for each in done) else 0


def host(
    opts: JsonOptions,
    case: CaseNumber,
    person: As,
    offline: Annotated[bool, Option("--offline", help="Ask nobody: show what is known already.")] = False,
    restricted: Restricted = False,
    reason: Reason = None,
) -> None:
    """Who to ask: how to report to the platform, or who hosts the website.

    For a website the public registers are asked (RDAP), and their answers are recorded. The page itself is
    not opened.

    \b
    Examples:
      schoolgate case host 4 --as t-quillfeather
      schoolgate case host 4 --as t-quillfeather --offline
      schoolgate case host 4 --as t-quillfeather --json
    """
    from alerts.routes.ways import route
    from monitor.act.casework import hosting
    from monitor.act.step import find_host
    from monitor.cli.commands.case.record import made
    from monitor.cli.views.case.recheck import host_lines, route_json

    session, now = opts.session(person), effects.utc_now()
    why = own_words(reason, "--reason") if restricted else ""
    found, url = made(find_host(session, case, why, now, ask=not offline))
    row, facts = route(found.channel, url), found.hosting
    today = now.astimezone(session.config.zone).date()
    what = found.content_class
    by_hand = hosting.by_hand(session.context.home, url, now) if row.is_site and not facts else None
    asked_at = hosting.last_asked(session, found) if facts else None
    document = {"case": found.id, "hosting": dict(facts) or None, "route": route_json(row, what, today)}
    opts.show(document, host_lines(found.number, row, what, facts, asked_at, today, by_hand, person))
