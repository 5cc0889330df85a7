"""`schoolgate case step hold | release | lock | unlock`: keep a case from deletion, or a name from sight."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, WhyWanted

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
    from monitor.commands.case.record import record_with_reason
    from monitor.commands.inputs import instant
    from monitor.session import open_session

    session = open_session(person, home, config)
    said = Held(review=instant(review, "--review", session.config.zone))
    record_with_reason(session, case, said, why, as_json=as_json)


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
    from monitor.commands.case.record import record_with_reason
    from monitor.session import open_session

    record_with_reason(open_session(person, home, config), case, Released(), why, as_json=as_json)


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
    from monitor.commands.case.record import record_with_reason
    from monitor.session import open_session

    record_with_reason(open_session(person, home, config), case, Locked(), why, as_json=as_json)


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
    from monitor.commands.case.record import record_with_reason
    from monitor.commands.inputs import among
    from monitor.session import open_session

    said = Unlocked(ground=among(ground, "--ground", UNLOCKING))
    record_with_reason(open_session(person, home, config), case, said, why, as_json=as_json)
