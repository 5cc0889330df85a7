"""`schoolgate case consent`: consent of the person threatened to telling the police."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import As, At, CaseNumber, ConfigFile, Home, Json, Whose, Why, WhyWanted

if TYPE_CHECKING:
    from data.cases import Case, Event
    from monitor.session import Session

HOW_ASKED = ("in_person", "phone", "letter", "mail", "meeting")
GROUNDS = ("child_at_risk", "other_at_risk", "risk_to_life")
"""The grounds for telling the police without consent."""


def ask(
    case: CaseNumber,
    person: As,
    how: Annotated[str, typer.Option("--how", help="in-person, phone, meeting, letter or mail.")],
    whose: Whose = None,
    at: At = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record that they were asked: who asked, when and how.

    \b
    Examples:
      schoolgate case consent ask 6 --how in-person --person b-thistlewood --as t-quillfeather
      schoolgate case consent ask 6 --how phone --at 2026-11-20T15:20 --as t-quillfeather --json
    """
    from data.steps.asking import ConsentAsked
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import among
    from monitor.session import open_session

    manner = among(how, "--how", HOW_ASKED)
    session = open_session(person, home, config)

    def step(found: Case) -> Event:
        asked = ConsentAsked(person=_asked(session, found, whose), how=manner)
        return event_of(session, asked, why, at)

    record_step(session, case, step, as_json=as_json)


def answer_command(kind: str) -> Callable[..., None]:
    """The command that records one answer; the person threatened may record it themselves."""

    def answer(
        case: CaseNumber,
        person: As,
        whose: Whose = None,
        at: At = None,
        why: Why = "",
        home: Home = None,
        config: ConfigFile = None,
        as_json: Json = False,
    ) -> None:
        from data.steps.asking import ConsentGiven, ConsentRefused, ConsentWithdrawn
        from monitor.commands.case.record import event_of, record_step
        from monitor.session import open_session

        session = open_session(person, home, config)
        answers = {each.kind.value: each for each in (ConsentGiven, ConsentRefused, ConsentWithdrawn)}

        def step(found: Case) -> Event:
            return event_of(session, answers[kind](person=_asked(session, found, whose)), why, at)

        record_step(session, case, step, as_json=as_json, reading=False)

    return answer


def _asked(session: Session, case: Case, whose: str | None) -> str:
    """Whose consent it is: the id that is given, else that of the case's target. Raises InputError."""
    from data.errors import InputError
    from monitor.commands.case.record import school_person

    asked = school_person(session, case, whose, "--person").id if whose else case.target
    if asked is None:
        raise InputError("Say whose consent it is: --person PERSON. Nobody is named as the target yet.")
    return asked


def override(
    case: CaseNumber,
    person: As,
    ground: Annotated[str, typer.Option("--ground", help="child-at-risk, other-at-risk or risk-to-life.")],
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record that the police are told without consent, because somebody is at risk.

    \b
    Examples:
      schoolgate case consent override 6 --ground child-at-risk --as t-quillfeather \\
        --why "He names the children who walk home with her"
      schoolgate case consent override 6 --ground risk-to-life --why "A knife" --as t-quillfeather --json
    """
    from data.steps.asking import ConsentOverridden
    from monitor.commands.case.record import record_with_reason
    from monitor.commands.inputs import among
    from monitor.session import open_session

    said = ConsentOverridden(ground=among(ground, "--ground", GROUNDS))
    record_with_reason(open_session(person, home, config), case, said, why, as_json=as_json)
