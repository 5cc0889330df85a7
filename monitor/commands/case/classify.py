"""`schoolgate case classify`, and `case step confirm` by which a second person confirms a proposed class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, WhyWanted

if TYPE_CHECKING:
    from data.cases import Case, Event

RECLASSIFY_LEAST = 40
"""Characters of a written reason for reclassifying fair comment."""


def classify(
    case: CaseNumber,
    content_class: Annotated[str, typer.Argument(metavar="CLASS", help="C0 to C14: docs/cases.md")],
    person: As,
    why: WhyWanted,
    lane: Annotated[
        str | None,
        typer.Option(
            "--lane",
            help="Why it bypasses the ladder: safeguarding, child-image, staff-allegation, terrorism "
            "or self-harm.",
        ),
    ] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Set its class.

    To reclassify fair comment takes a written reason, and is counted in the governors' report. Nobody the
    post means can do it. Somebody who reports to them can propose it, and a second person confirms it with
    case step confirm.

    \b
    Examples:
      schoolgate case classify 4 C7 --as t-quillfeather --why "It says that Mr Example steals; it is false"
      schoolgate case classify 4 C10 --lane safeguarding --as i-larkspur --why "A child tells of harm at home"
    """
    from data.content_class import BYPASSING, CLASSES, ContentClass
    from data.errors import InputError
    from data.steps.codes import BypassRoute
    from data.steps.judging import Classified, Reclassified
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import one_of, own_words
    from monitor.session import open_session

    wanted = content_class.strip().upper()
    if wanted not in CLASSES:
        raise InputError(f"{content_class}: there is no such class. They are C0 to C14: docs/cases.md")
    session = open_session(person, home, config)

    def step(found: Case) -> Event:
        chosen, way = ContentClass(wanted), one_of(lane, "--lane", BypassRoute) if lane else None
        if not found.fair or wanted == ContentClass.FAIR_COMMENT or wanted in BYPASSING:
            said = Classified(content_class=chosen, lane=way)
            return event_of(session, said, own_words(why, "--why"))
        reason = own_words(why, "--why", RECLASSIFY_LEAST)
        again = Reclassified(from_class=found.content_class, content_class=chosen, lane=way)
        return event_of(session, again, reason)

    record_step(session, case, step, as_json=as_json)


def confirm(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    turn_down: Annotated[
        bool, typer.Option("--turn-down", help="No: it stays fair comment, or not judged.")
    ] = False,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Confirm or turn down what somebody proposed about criticism, as a second person.

    You must not be meant by the post, nor report to anybody it means.

    \b
    Examples:
      schoolgate case step confirm 5 --as o-fennimore --why "It sets children on her; that is no criticism"
      schoolgate case step confirm 5 --turn-down --as o-fennimore --why "It is harsh, and it is an opinion"
    """
    from data.steps.judging import Classified, Reclassified, TurnedDown
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import own_words
    from monitor.session import open_session

    reason = own_words(why, "--why")
    session = open_session(person, home, config)

    def step(found: Case) -> Event:
        proposal = found.proposal
        if turn_down or proposal is None:
            return event_of(session, TurnedDown(), reason)
        to, lane, by = proposal.content_class, proposal.lane, proposal.by
        if not found.fair:
            said = Classified(content_class=to, lane=lane, proposed_by=by)
            return event_of(session, said, reason)
        was = found.content_class
        again = Reclassified(from_class=was, content_class=to, lane=lane, proposed_by=by)
        return event_of(session, again, reason)

    record_step(session, case, step, as_json=as_json)
