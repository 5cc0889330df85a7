"""The commands of `schoolgate case step` about who is who, and about what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli_case_step import step_app
from monitor.cli_options import As, CaseNumber, ConfigFile, Home, Json, Why, WhyWanted, finish
from monitor.completing import people
from monitor.terminal import say

if TYPE_CHECKING:
    from data.cases import StepKind
    from monitor.commands.case_take import Given


@step_app.command("author")
def step_author(
    case: CaseNumber,
    person: As,
    relationship: Annotated[
        str,
        typer.Option("--relationship", help="staff, parent, pupil, governor, third-party or unknown."),
    ],
    unsafe: Annotated[bool, typer.Option("--unsafe", help="It is not safe to contact them.")] = False,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """What the author is to the school.

    Only as far as that is visible or known already: nobody is looked up.

    \b
    Examples:
      schoolgate case step author 4 --relationship parent --as t-quillfeather
      schoolgate case step author 4 --relationship unknown --as t-quillfeather --json
    """
    from monitor.commands import case_people as command
    from monitor.commands.case_take import Given

    given = Given(case, person, home, config, say, as_json)
    finish(command.author(given, relationship=relationship, unsafe=unsafe, why=why))


@step_app.command("complainant")
def step_complainant(
    case: CaseNumber,
    person: As,
    who: Annotated[str, typer.Option("--who", help="school, staff, parent or pupil.")],
    whom: Annotated[
        str | None,
        typer.Option(
            "--person", metavar="PERSON", help="Which member of staff; else a name.", autocompletion=people
        ),
    ] = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """In whose name removal is asked for.

    Some sites hear only the person it is about.

    \b
    Examples:
      schoolgate case step complainant 4 --who staff --person b-thistlewood --as t-quillfeather
      schoolgate case step complainant 4 --who school --as t-quillfeather --json
    """
    from monitor.commands import case_people as command
    from monitor.commands.case_take import Given

    finish(
        command.complainant(Given(case, person, home, config, say, as_json), who=who, person=whom, why=why)
    )


@step_app.command("target")
def step_target(
    case: CaseNumber,
    person: As,
    whom: Annotated[
        str,
        typer.Option("--person", metavar="PERSON", help="The member of staff.", autocompletion=people),
    ],
    subjects: Annotated[
        list[str] | None,
        typer.Option(
            "--subject", metavar="PERSON", autocompletion=people,
            help="Whom it accuses: they see nothing of the case. May be given again.",
        ),
    ] = None,
    nobody: Annotated[
        bool,
        typer.Option("--accuses-nobody", help="Nobody is accused of anything, after all; needs --why."),
    ] = False,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Which member of staff it is aimed at.

    \b
    Examples:
      schoolgate case step target 4 --person b-thistlewood --as t-quillfeather
      schoolgate case step target 4 --person b-thistlewood --accuses-nobody --as t-quillfeather \\
        --why "It calls him names and accuses him of nothing"
    """
    from monitor.commands import case_people as command
    from monitor.commands.case_take import Given

    given = Given(case, person, home, config, say, as_json)
    finish(command.target(given, person=whom, subjects=subjects or [], nobody=nobody, why=why))


@step_app.command("hold")
def step_hold(
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
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    finish(command.hold(Given(case, person, home, config, say, as_json), review=review, why=why))


@step_app.command("release")
def step_release(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """End a hold; by somebody else than set it.

    \b
    Examples:
      schoolgate case step release 4 --as t-quillfeather --why "The claim was withdrawn"
      schoolgate case step release 4 --as n-ashdown --why "The police have closed it" --json
    """
    from data.cases import StepKind
    from monitor.commands.case_take import Given

    _plain(StepKind.RELEASED, Given(case, person, home, config, say, as_json), why)


@step_app.command("lock")
def step_lock(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Withhold who an accused teacher is.

    Education Act 2002, section 141F: of a teacher whom a pupil of the school accuses of an offence.

    \b
    Examples:
      schoolgate case step lock 7 --as i-larkspur --why "A pupil here accuses a teacher here"
      schoolgate case step lock 7 --as t-quillfeather --why "A pupil here accuses a teacher here" --json
    """
    from data.cases import StepKind
    from monitor.commands.case_take import Given

    _plain(StepKind.LOCKED, Given(case, person, home, config, say, as_json), why)


@step_app.command("unlock")
def step_unlock(
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
    """End that lock, on one of the grounds that the Act names.

    \b
    Examples:
      schoolgate case step unlock 7 --ground waiver --as i-larkspur --why "Signed on 3 March, filed by HR"
      schoolgate case step unlock 7 --ground charge --as i-larkspur --why "Charged on 3 March" --json
    """
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    finish(command.unlock(Given(case, person, home, config, say, as_json), ground=ground, why=why))


@step_app.command("copy")
def step_copy(
    case: CaseNumber,
    mention: Annotated[
        str,
        typer.Option("--post", metavar="MENTION", help="The post that repeats it, or its id's beginning."),
    ],
    person: As,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """The same stands elsewhere too.

    \b
    Examples:
      schoolgate case step copy 4 --post 5be0 --as c-dray
      schoolgate case step copy 4 --post 5be0 --as t-quillfeather --json
    """
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    finish(command.copy(Given(case, person, home, config, say, as_json), mention=mention, why=why))


def _plain(kind: StepKind, given: Given, why: str) -> None:
    from monitor.commands import case_step as command

    finish(command.plain(given, kind, why=why))
