"""`schoolgate case list`, `show`, `open` and `note`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data import effects
from monitor.cli.commands.inputs import among, own_words
from monitor.cli.commands.options import As, Asking, CaseNumber, JsonOptions, School, Why, explain_no_words
from monitor.terminal import private_words
from monitor.terminal.output import say_lines

if TYPE_CHECKING:
    from data.cases import Case
    from monitor.home.wiring import Session


def show(
    opts: JsonOptions,
    case: CaseNumber,
    person: As,
    restricted: Annotated[
        bool, Option("--restricted", help="Print a restricted case's words; it is recorded.")
    ] = False,
    reason: Annotated[
        str | None,
        Option("--reason", callback=private_words.given, help="Why you need to see them; it is recorded."),
    ] = None,
) -> None:
    """The case file, and what comes next.

    \b
    Examples:
      schoolgate case show 4 --as t-quillfeather
      schoolgate case show 736204 --as i-larkspur --restricted --reason "I am the DSL on duty"
      schoolgate case show 4 --as t-quillfeather --json
    """
    from data.store.cases.cases import record_read, whole_file
    from monitor.act.casework.evidence.sealed import as_sealed
    from monitor.act.casework.finding import find_case
    from monitor.act.casework.steps import next_steps, school_rules
    from monitor.cli.views.case.as_json import file_json
    from monitor.cli.views.case.case_file import file_screen, whole_lines
    from monitor.cli.views.screen import screen_of
    from monitor.matters.one import same_words_at
    from monitor.matters.reader import Reader
    from monitor.matters.views import case_views

    session = opts.session(person)
    asking, now = Reader(session.config, session.store, session.person), effects.utc_now()
    why, store = own_words(reason, "--reason") if restricted else "", session.store
    with store.write("reading a restricted matter") if restricted else store.read() as con:
        found = find_case(con, session, case)
        if restricted and (found.restricted or found.locked):
            record_read(con, found, person=session.person.id, reason=why, now=now)
        file, held = whole_file(con, found, restricted=restricted), as_sealed(con, found)
        (view,) = case_views(con, asking, [found], now)
        view = replace(view, same_words_at=same_words_at(con, asking, view))
    rules = school_rules(session.context, found.urn)
    screen = screen_of(session.config, now)
    reader = file_screen(view, found, session, rules, screen, read=restricted)
    ways = next_steps(found, session.person.id, now, rules)
    document = file_json(file, ways, reader) | {"as_sealed": held}
    opts.show(document, whole_lines(file, ways, reader, rules.school, changed=held is False))


def list_cases(
    opts: JsonOptions,
    mine: Annotated[
        bool, Option("--mine", help="Only those you have, or were told of and nobody has.")
    ] = False,
    everything: Annotated[bool, Option("--all", help="Also those that are closed.")] = False,
    overdue: Annotated[bool, Option("--overdue", help="Only those with something past its time.")] = False,
    person: Asking = None,
    school: School = None,
) -> None:
    """Open cases, what is overdue first: when something is next due, who has it, where it stands.

    Each is shown as far as you may know of it; without --as, only its number, state and times.

    \b
    Examples:
      schoolgate case list
      schoolgate case list --mine --as t-quillfeather
      schoolgate case list --overdue --as i-larkspur --json
    """
    from monitor.cli.views.case import case_list as view
    from monitor.cli.views.screen import screen_of
    from monitor.home import wiring
    from monitor.matters.listed import cases_listed

    reader, now = opts.reader(person, named=mine), effects.utc_now()
    urns = [wiring.pick_urn(reader.config, school)] if school else None
    with reader.store.read() as con:
        cases = cases_listed(con, reader, now, urns, closed=everything)
    if mine:
        cases = [case for case in cases if case.asked or (case.holder is not None and case.holder.mine)]
    if overdue:
        cases = [case for case in cases if view.overdue(case)]
    explain_no_words(reader)
    none = [view.none(mine=mine, overdue=overdue, everything=everything)]
    said = view.lines(cases, screen_of(reader.config, now)) or none
    opts.show([view.as_json(case, now) for case in cases], said)


def open_(
    opts: JsonOptions,
    what: Annotated[
        str, Argument(metavar="STORY|ALERT", help="The alert's number, or the beginning of the story's id.")
    ],
    person: As,
    post: Annotated[
        str | None, Option("--post", metavar="MENTION", help="Which of its posts, where there are several.")
    ] = None,
    why: Why = "",
) -> None:
    """Open a case about one post of a story.

    \b
    Examples:
      schoolgate case open 91cc --as t-quillfeather
      schoolgate case open 91cc --post 5be0 --as t-quillfeather
    """
    from monitor.act.step import open_case
    from monitor.cli.commands.case.record import made, print_result

    session = opts.session(person)
    done = made(open_case(session, what, post, why, effects.utc_now()))
    print_result(done, session, as_json=opts.as_json)
    if not opts.as_json:
        say_lines(_first_steps(done.case, session))


def _first_steps(case: Case, session: Session) -> Iterator[str]:
    """What to do first in a case just opened; with fair comment, that no removal is offered, and why."""
    from data.web.channels import channel

    person = session.person.id
    if case.unjudged:
        yield "  It was not judged. Read it, or have it read, and say at the desk what it is."
    if case.fair:
        procedure = session.config.profile(case.urn).complaints_url
        yield from _in_the_press() if channel(case.channel).press else _fair(procedure)
        yield "  If it was judged wrongly, say at the desk what it is, and why."
    yield f"  what comes next: schoolgate case show {case.id} --as {person}"


def _in_the_press() -> Iterator[str]:
    from alerts.wording.cases import fair_in_press
    from monitor.cli.views.layout import below
    from monitor.cli.views.screen import ENGLISH

    what, then = fair_in_press(ENGLISH)
    yield f"  {what}"
    yield from below(then, "  ")


def _fair(procedure: str | None) -> Iterator[str]:
    yield "  No removal is offered: it was judged to be criticism, opinion, a complaint or praise."
    named = f"the complaints procedure: {procedure}" if procedure else "name the complaints procedure."
    yield f"  Answer it, or ask whoever wrote it to come in; {named}"


CLOCKS = ("art14_month", "dp_complaint_30d")
"""What is owed to a person about their data: being told that it is held, an answer to their complaint."""


def note(
    opts: JsonOptions,
    case: CaseNumber,
    text: Annotated[
        str,
        Argument(
            metavar="WORDS",
            default_factory=str,
            show_default=False,
            callback=private_words.wanted("What is to be remembered"),
            help="What is to be remembered.",
        ),
    ],
    person: As,
    starts: Annotated[
        str | None,
        Option("--starts", help="A time owed to a person about their data: art14-month or dp-complaint-30d."),
    ] = None,
    ends: Annotated[str | None, Option("--ends", help="That it was kept: the same names.")] = None,
) -> None:
    """Write a note into a case.

    \b
    Examples:
      schoolgate case note 4 "Mrs Example rang; she is willing to come in" --as t-quillfeather
      schoolgate case note 4 --as t-quillfeather
      schoolgate case note 4 "She complains of how we use her data" --starts dp-complaint-30d --as c-dray
    """
    from data.rungs import CaseClock
    from data.steps.keeping import Noted
    from monitor.cli.commands.case.record import event_of, record_step

    said = Noted(
        starts=CaseClock(among(starts, "--starts", CLOCKS)) if starts else None,
        ends=CaseClock(among(ends, "--ends", CLOCKS)) if ends else None,
    )
    words = own_words(text, "WORDS")
    session = opts.session(person)
    record_step(session, case, event_of(session, said, words), as_json=opts.as_json)
