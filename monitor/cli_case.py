"""The commands of `schoolgate case`: a removal from first sight to proof that the thing is gone.

Other files of commands add theirs to `case_app`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from monitor import typed
from monitor.cli_options import As, CaseNumber, ConfigFile, Home, Json, School, Why, WhyWanted, finish
from monitor.completing import people
from monitor.terminal import say

case_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Removals: what was decided, what is asked of whom, and whether it is gone.",
)


@case_app.command("list")
def case_list(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are closed.")] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those with something past its time.")
    ] = False,
    person: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="PERSON", help="Who you are, to see more of yours.", autocompletion=people
        ),
    ] = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Open cases, what is overdue first.

    With --as each stands there with what you may know of it; without, with its number and its time.

    \b
    Examples:
      schoolgate case list
      schoolgate case list --as t-quillfeather
      schoolgate case list --overdue --as i-larkspur --json
    """
    from monitor.commands import case as command

    finish(
        command.list_cases(
            everything=everything, overdue=overdue, person=person, school=school,
            home=home, config=config, as_json=as_json, say=say,
        )
    )  # fmt: skip


@case_app.command("show")
def case_show(
    case: CaseNumber,
    person: As,
    restricted: Annotated[
        bool, typer.Option("--restricted", help="Print a restricted case's words; it is recorded.")
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", callback=typed.given, help="Why you need to see them; it is recorded."),
    ] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """The case file, and what comes next.

    \b
    Examples:
      schoolgate case show 4 --as t-quillfeather
      schoolgate case show 0007 --as i-larkspur --restricted --reason "I am the DSL on duty"
      schoolgate case show 4 --as t-quillfeather --json
    """
    from monitor.commands import case as command

    finish(
        command.show_case(
            case, person=person, restricted=restricted, reason=reason,
            home=home, config=config, as_json=as_json, say=say,
        )
    )  # fmt: skip


@case_app.command("open")
def case_open(
    what: Annotated[
        str, typer.Argument(metavar="STORY|ALERT", help="The story's or the alert's id, or its beginning.")
    ],
    person: As,
    post: Annotated[
        str | None,
        typer.Option("--post", metavar="MENTION", help="Which of its posts, where there are several."),
    ] = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Open a case about one post of a story.

    \b
    Examples:
      schoolgate case open 91cc --as t-quillfeather
      schoolgate case open 91cc --post 5be0 --as t-quillfeather
    """
    from monitor.commands import case_open as command

    finish(
        command.open_case(
            what, post=post, person=person, why=why, home=home, config=config, as_json=as_json, say=say
        )
    )  # fmt: skip


@case_app.command("classify")
def case_classify(
    case: CaseNumber,
    content_class: Annotated[str, typer.Argument(metavar="CLASS", help="C0 to C14: docs/cases.md")],
    person: As,
    why: WhyWanted,
    lane: Annotated[
        str | None,
        typer.Option(
            "--lane",
            help="What takes it off the ladder: safeguarding, child-image, staff-allegation, terrorism "
            "or self-harm.",
        ),
    ] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Say what it is.

    Of fair comment this needs a written reason; that it was done is counted in the governors' report. Not by
    whom the post means; who reports to them proposes it, and a second person confirms: case step confirm.

    \b
    Examples:
      schoolgate case classify 4 C7 --as t-quillfeather --why "It says that Mr Example steals; it is false"
      schoolgate case classify 4 C10 --lane safeguarding --as i-larkspur --why "A child tells of harm at home"
    """
    from monitor.commands import case_course as command
    from monitor.commands.case_take import Given

    given = Given(case, person, home, config, say, as_json)
    finish(command.classify(given, content_class=content_class, lane=lane, why=why))


@case_app.command("assign")
def case_assign(
    case: CaseNumber,
    to: Annotated[
        str, typer.Option("--to", metavar="PERSON", help="Who has it from now on.", autocompletion=people)
    ],
    person: As,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Give a case to somebody.

    \b
    Examples:
      schoolgate case assign 4 --to b-thistlewood --as t-quillfeather
      schoolgate case assign 4 --to n-ashdown --as t-quillfeather --json
    """
    from monitor.commands import case_people as command
    from monitor.commands.case_take import Given

    finish(command.assign(Given(case, person, home, config, say, as_json), to=to, why=why))


@case_app.command("note")
def case_note(
    case: CaseNumber,
    note: Annotated[
        str,
        typer.Argument(
            metavar="WORDS",
            default_factory=str,
            show_default=False,
            callback=typed.wanted("What is to be remembered"),
            help="What is to be remembered.",
        ),
    ],
    person: As,
    starts: Annotated[
        str | None,
        typer.Option(
            "--starts", help="A time owed to a person about their data: art14-month or dp-complaint-30d."
        ),
    ] = None,
    ends: Annotated[str | None, typer.Option("--ends", help="That it was kept: the same names.")] = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Write a note into a case.

    \b
    Examples:
      schoolgate case note 4 "Mrs Example rang; she is willing to come in" --as t-quillfeather
      schoolgate case note 4 --as t-quillfeather
      schoolgate case note 4 "She complains of how we use her data" --starts dp-complaint-30d --as c-dray
    """
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    finish(command.note(Given(case, person, home, config, say, as_json), note, starts=starts, ends=ends))


@case_app.command("close")
def case_close(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    removed: Annotated[
        bool, typer.Option("--removed", help="Gone, and seen gone twice, a day apart.")
    ] = False,
    changed: Annotated[bool, typer.Option("--changed", help="It stands, without what was wrong.")] = False,
    standing: Annotated[bool, typer.Option("--standing", help="It stays; nothing more is asked.")] = False,
    answered: Annotated[bool, typer.Option("--answered", help="The concern itself was answered.")] = False,
    handed_over: Annotated[
        bool, typer.Option("--handed-over", help="It is in the safeguarding system, or with the police.")
    ] = False,
    mistaken: Annotated[bool, typer.Option("--mistaken", help="It was opened by mistake.")] = False,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Close a case, and say how it ended.

    \b
    Examples:
      schoolgate case close 4 --removed --as t-quillfeather --why "Gone on Monday and on Wednesday"
      schoolgate case close 5 --answered --as t-quillfeather --why "Mr Example was rung and thanked"
    """
    from data.cases import Ending
    from monitor.commands import case_course as command
    from monitor.commands.case_take import Given

    endings = {
        Ending.REMOVED: removed, Ending.CHANGED: changed, Ending.STANDING: standing,
        Ending.ANSWERED: answered, Ending.HANDED_OVER: handed_over, Ending.MISTAKEN: mistaken,
    }  # fmt: skip
    finish(command.close(Given(case, person, home, config, say, as_json), endings=endings, why=why))


@case_app.command("reopen")
def case_reopen(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Open a closed case again, at the rung it had reached.

    \b
    Examples:
      schoolgate case reopen 4 --as t-quillfeather --why "It is back under the same address"
      schoolgate case reopen 4 --as t-quillfeather --why "A copy of it stands elsewhere" --json
    """
    from monitor.commands import case_course as command
    from monitor.commands.case_take import Given

    finish(command.reopen(Given(case, person, home, config, say, as_json), why=why))
