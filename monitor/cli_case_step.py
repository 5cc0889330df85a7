"""The commands of `schoolgate case step`: writing down what was done in a case."""

from __future__ import annotations

from typing import Annotated

import typer

from data import rungs
from monitor.cli_case import case_app
from monitor.cli_options import As, At, CaseNumber, ConfigFile, Home, Json, Why, WhyWanted, asked_for, finish
from monitor.terminal import say

step_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Write down what was done: weighed, decided, asked, answered.",
)
case_app.add_typer(step_app, name="step")

Rung = Annotated[
    str,
    typer.Option("--rung", help=f"One of: {', '.join(rung.option for rung in rungs.Rung)}."),
]
Reference = Annotated[
    str | None, typer.Option("--reference", help="The number they gave: of the report, of the crime.")
]


@step_app.command("weigh")
def step_weigh(
    case: CaseNumber,
    person: As,
    nature: Annotated[
        str,
        asked_for("--nature", "What it says, and how bad that is."),
    ],
    visible: Annotated[
        str,
        asked_for("--visible", "How long it has been seen, and by how many."),
    ],
    spread: Annotated[
        str,
        asked_for("--spread", "Whether it is passed on, and where."),
    ],
    impact: Annotated[
        str,
        asked_for("--impact", "What it does to those it is about."),
    ],
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """How serious it is, in your own words.

    \b
    Examples:
      schoolgate case step weigh 4 --nature "calls her a thief" --visible "2 days, a group of 900" \\
        --spread "two copies" --impact "she is upset; parents ask" --as t-quillfeather
      schoolgate case step weigh 4 --as t-quillfeather
      schoolgate case step weigh 4 --nature - --visible "an hour" --spread "none" \\
        --impact "not known yet" --as t-quillfeather --json < nature.txt
    """
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    given = Given(case, person, home, config, say, as_json)
    finish(command.weigh(given, nature=nature, visible=visible, spread=spread, impact=impact, why=why))


@step_app.command("decide")
def step_decide(
    case: CaseNumber,
    person: As,
    why: WhyWanted,
    seek: Annotated[bool, typer.Option("--seek", help="Seek its removal.")] = False,
    answer: Annotated[bool, typer.Option("--answer", help="Answer it; ask for no removal.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Ask nobody (any more).")] = False,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """The decision: seek removal, answer instead, or stop.

    \b
    Examples:
      schoolgate case step decide 4 --seek --as t-quillfeather --why "It is false, and names her"
      schoolgate case step decide 4 --stop --as t-quillfeather --why "Asking again would spread it"
    """
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    given = Given(case, person, home, config, say, as_json)
    finish(command.decide(given, seek=seek, answer=answer, stop=stop, why=why))


@step_app.command("confirm")
def step_confirm(
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
    """A second person's word on what was proposed of criticism.

    By somebody whom the post does not mean, and who does not report to anybody it means.

    \b
    Examples:
      schoolgate case step confirm 5 --as o-fennimore --why "It sets children on her; that is no criticism"
      schoolgate case step confirm 5 --turn-down --as o-fennimore --why "It is harsh, and it is an opinion"
    """
    from monitor.commands import case_course as command
    from monitor.commands.case_take import Given

    given = Given(case, person, home, config, say, as_json)
    finish(command.confirm(given, turn_down=turn_down, why=why))


@step_app.command("ask")
def step_ask(
    case: CaseNumber,
    person: As,
    rung: Rung,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            help="How: conversation, removal, letter, site_contact, appeal, s5, host, registrar, rhc, or own "
            "(our page).",
        ),
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="Which platform or site, or how it was sent.")
    ] = None,
    reference: Reference = None,
    imminent: Annotated[
        bool | None,
        typer.Option("--imminent/--not-imminent", help="For the police: is anybody in danger now?"),
    ] = None,
    lawyer: Annotated[
        bool, typer.Option("--lawyer", help="A lawyer advised the school to give notice in its own name.")
    ] = False,
    received: Annotated[
        str | None,
        typer.Option(
            "--received-at", help="When it reached them, where that is known; clocks run from then."
        ),
    ] = None,
    at: At = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Somebody was asked, by you.

    Schoolgate itself asks nobody outside the school.

    \b
    Examples:
      schoolgate case step ask 4 --rung author-request --kind conversation --as t-quillfeather
      schoolgate case step ask 4 --rung platform-report --reference 7731 --as c-dray
      schoolgate case step ask 4 --rung host --kind s5 --received-at 2026-12-24T10:00 --as t-quillfeather
      schoolgate case step ask 4 --rung police --imminent --reference "999" --as t-quillfeather \\
        --why "He says that he is at the gate"
    """
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    finish(
        command.ask(
            Given(case, person, home, config, say, as_json), rung=rung, kind=kind, channel=channel,
            reference=reference, imminent=imminent, lawyer=lawyer, received=received, at=at, why=why,
        )
    )  # fmt: skip


@step_app.command("answered")
def step_answered(
    case: CaseNumber,
    person: As,
    rung: Rung,
    result: Annotated[
        str,
        typer.Option(
            "--result",
            help="removed, amended, refused, person-only (they hear only whom it is about), "
            "more-wanted or none.",
        ),
    ],
    kind: Annotated[
        str | None, typer.Option("--kind", help="To which asking, where a rung was asked in several ways.")
    ] = None,
    reference: Reference = None,
    poster_told: Annotated[
        str | None,
        typer.Option("--poster-told-at", help="When the operator passed the notice on to whoever posted it."),
    ] = None,
    at: At = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """What came back from whom you asked, or that nothing did.

    \b
    Examples:
      schoolgate case step answered 4 --rung author-request --result removed --as t-quillfeather
      schoolgate case step answered 4 --rung platform-report --result none --as c-dray
    """
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    finish(
        command.answered(
            Given(case, person, home, config, say, as_json), rung=rung, result=result, kind=kind,
            reference=reference, poster_told=poster_told, at=at, why=why,
        )
    )  # fmt: skip


@step_app.command("responded")
def step_responded(
    case: CaseNumber,
    person: As,
    how: Annotated[str, typer.Option("--how", help="meeting, phone, letter, mail or public-reply.")],
    at: At = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """The concern itself was answered.

    \b
    Examples:
      schoolgate case step responded 5 --how phone --as t-quillfeather --why "Rung, heard, thanked"
      schoolgate case step responded 4 --how meeting --at 2026-11-20T15:20 --as t-quillfeather --json
    """
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    finish(command.responded(Given(case, person, home, config, say, as_json), how=how, at=at, why=why))


@step_app.command("referred")
def step_referred(
    case: CaseNumber,
    person: As,
    to: Annotated[
        str,
        typer.Option(
            "--to", help="social-care, lado, police, ceop, iwf, ctiru, prevent, pastoral, parent, …"
        ),
    ],
    reference: Reference = None,
    at: At = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Somebody outside was told, by you.

    \b
    Examples:
      schoolgate case step referred 7 --to lado --reference 2026-118 --as i-larkspur
      schoolgate case step referred 7 --to social-care --as i-larkspur --json
    """
    from monitor.commands import case_step as command
    from monitor.commands.case_take import Given

    given = Given(case, person, home, config, say, as_json)
    finish(command.referred(given, to=to, reference=reference, at=at, why=why))
