"""The commands of `schoolgate case consent`, `case support` and `case chronology`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from monitor.cli_case import case_app
from monitor.cli_options import As, At, CaseNumber, ConfigFile, Home, Json, Why, WhyWanted, finish
from monitor.completing import people
from monitor.terminal import say

if TYPE_CHECKING:
    from monitor.commands.case_take import Given

consent_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Consent of the person threatened to telling the police.",
)
support_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The support offered: its status, never what is said in it.",
)
chronology_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="One author's posts about one person, of those already held.",
)
case_app.add_typer(consent_app, name="consent")
case_app.add_typer(support_app, name="support")
case_app.add_typer(chronology_app, name="chronology")

Whose = Annotated[
    str | None,
    typer.Option(
        "--person", metavar="PERSON", help="Whose; without it, the target's.", autocompletion=people
    ),
]


@consent_app.command("ask")
def consent_ask(
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
    """They were asked: by whom, when and how.

    \b
    Examples:
      schoolgate case consent ask 6 --how in-person --person b-thistlewood --as t-quillfeather
      schoolgate case consent ask 6 --how phone --at 2026-11-20T15:20 --as t-quillfeather --json
    """
    from monitor.commands.case_take import Given

    given = Given(case, person, home, config, say, as_json)
    _consent("consent_asked", given, whose, at, why, how=how)


def _add_answer(name: str, kind: str, what: str) -> None:
    """One of what they may answer; they may write it down themselves."""

    @consent_app.command(
        name,
        help=f"{what}\n\n\b\nExamples:\n  schoolgate case consent {name} 6 --as b-thistlewood\n"
        f"  schoolgate case consent {name} 6 --at 2026-11-20T15:20 --as b-thistlewood --json",
    )
    def answered(
        case: CaseNumber,
        person: As,
        whose: Whose = None,
        at: At = None,
        why: Why = "",
        home: Home = None,
        config: ConfigFile = None,
        as_json: Json = False,
    ) -> None:
        from monitor.commands.case_take import Given

        given = Given(case, person, home, config, say, as_json)
        _consent(kind, given, whose, at, why)


_add_answer("give", "consent_given", "They agree.")
_add_answer("refuse", "consent_refused", "They do not agree.")
_add_answer("withdraw", "consent_withdrawn", "They agreed, and do so no more.")


@consent_app.command("override")
def consent_override(
    case: CaseNumber,
    person: As,
    ground: Annotated[str, typer.Option("--ground", help="child-at-risk, other-at-risk or risk-to-life.")],
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Tell the police without consent, because somebody is at risk; tell the member of staff so.

    \b
    Examples:
      schoolgate case consent override 6 --ground child-at-risk --as t-quillfeather \\
        --why "He names the children who walk home with her"
      schoolgate case consent override 6 --ground risk-to-life --why "A knife" --as t-quillfeather --json
    """
    from monitor.commands import case_people as command
    from monitor.commands.case_take import Given

    finish(command.override(Given(case, person, home, config, say, as_json), ground=ground, why=why))


def _consent(
    kind: str, given: Given, whose: str | None, at: str | None, why: str, how: str | None = None
) -> NoReturn:
    from data.cases import StepKind
    from monitor.commands import case_people as command

    finish(command.consent(given, StepKind(kind), person=whose, how=how, at=at, why=why))


def _add_support(name: str, who: str, what: str) -> None:
    """One of what may become of it; `who` is the person of the example."""

    @support_app.command(
        name,
        help=f"{what}\n\n\b\nExamples:\n  schoolgate case support {name} 6 --as {who}\n"
        f"  schoolgate case support {name} 6 --at 2026-11-20T15:20 --as {who} --json",
    )
    def became(
        case: CaseNumber,
        person: As,
        whose: Whose = None,
        at: At = None,
        home: Home = None,
        config: ConfigFile = None,
        as_json: Json = False,
    ) -> None:
        from data.cases import Support
        from monitor.commands import case_people as command
        from monitor.commands.case_take import Given

        given = Given(case, person, home, config, say, as_json)
        status = Support(name.replace("-", "_"))
        finish(command.support(given, status=status, person=whose, at=at))


_add_support("offered", "t-quillfeather", "Support was offered.")
_add_support("accepted", "b-thistlewood", "It was taken up.")
_add_support("declined", "b-thistlewood", "It was not wanted, for now.")
_add_support("in-place", "t-quillfeather", "It is in place.")
_add_support("ended", "t-quillfeather", "It has ended.")


@chronology_app.command("approve")
def chronology_approve(
    case: CaseNumber,
    person: As,
    author: Annotated[str, typer.Option("--author", help="The name it was posted under, as shown.")],
    about: Annotated[
        str,
        typer.Option(
            "--person", metavar="PERSON", help="The person the posts are about.", autocompletion=people
        ),
    ],
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Allow one author's posts about one person to stand together in this case: for the head alone.

    Only what is held already; nobody is searched for. The chair approves it where it is about the head.

    \b
    Examples:
      schoolgate case chronology approve 6 --author "oakwatcher" --person b-thistlewood --as t-quillfeather \\
        --why "Five posts in two weeks, each about her way home"
      schoolgate case chronology approve 6 --author "oakwatcher" --person b-thistlewood --as o-fennimore \\
        --why "Each is about her way home" --json
    """
    from monitor.commands import case_people as command
    from monitor.commands.case_take import Given

    given = Given(case, person, home, config, say, as_json)
    finish(command.chronology(given, author=author, person=about, why=why))
