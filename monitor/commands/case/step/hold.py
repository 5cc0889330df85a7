"""`schoolgate case step hold | release | lock | unlock`: keep a case from deletion, or a name from sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, WhyWanted

if TYPE_CHECKING:
    from pathlib import Path

    from data.steps.kinds import Step


UNLOCKING = ("charge", "publication", "waiver", "court_order")
"""What ends the lock (Education Act 2002 s.141F): charge, publication by the regulator or the Secretary of
State, the teacher's written waiver, an order of a court."""


def hold(
    case: CaseNumber,
    person: As,
    review: Annotated[str, typer.Option("--review", metavar="DAY", help="When to look at it again.")],
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Keep the case and its evidence from deletion.

    \b
    Examples:
      schoolgate case step hold 4 --review 2027-02-01 --as i-larkspur --why "A claim has been announced"
      schoolgate case step hold 4 --review 2027-09-01 --as i-larkspur --why "The police asked" --json
    """
    from data.steps.keeping import Held
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import instant, own_words
    from monitor.session import open_session

    session = open_session(person, home, config)
    until = instant(review, "--review", session.config.zone)
    event = event_of(session, Held(review=until), own_words(why, "--why"))
    record_step(session, case, event, as_json=as_json)


def release(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """End a hold; somebody other than the person who set it has to do this.

    \b
    Examples:
      schoolgate case step release 4 --as t-quillfeather --why "The claim was withdrawn"
      schoolgate case step release 4 --as n-ashdown --why "The police have closed it" --json
    """
    from data.steps.keeping import Released

    _with_reason(Released(), case, person, why, home, config, as_json=as_json)


def lock(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Withhold the identity of an accused teacher.

    Education Act 2002, section 141F: a teacher whom a pupil of the school accuses of an offence.

    \b
    Examples:
      schoolgate case step lock 7 --as i-larkspur --why "A pupil here accuses a teacher here"
      schoolgate case step lock 7 --as t-quillfeather --why "A pupil here accuses a teacher here" --json
    """
    from data.steps.keeping import Locked

    _with_reason(Locked(), case, person, why, home, config, as_json=as_json)


def unlock(
    case: CaseNumber,
    person: As,
    ground: Annotated[
        str,
        typer.Option("--ground", help="charge, publication (by the regulator), waiver or court-order."),
    ],
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """End that lock, on one of the grounds in the Act.

    \b
    Examples:
      schoolgate case step unlock 7 --ground waiver --as i-larkspur --why "Signed on 3 March, filed by HR"
      schoolgate case step unlock 7 --ground charge --as i-larkspur --why "Charged on 3 March" --json
    """
    from data.steps.keeping import Unlocked
    from monitor.commands.inputs import among

    said = Unlocked(ground=among(ground, "--ground", UNLOCKING))
    _with_reason(said, case, person, why, home, config, as_json=as_json)


def _with_reason(
    said: Step, number: str, person: str, why: str, home: Path | None, config: Path | None, *, as_json: bool
) -> None:  # fmt: skip
    """Records a step that says little more than that it was done, and why."""
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import own_words
    from monitor.session import open_session

    reason = own_words(why, "--why")
    session = open_session(person, home, config)
    record_step(session, number, event_of(session, said, reason), as_json=as_json)
