"""`schoolgate case step weigh` and `case step decide`: how serious it is, and what is done about it."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, Why, WhyWanted, asked_for


def weigh(
    case: CaseNumber,
    person: As,
    nature: Annotated[str, asked_for("--nature", "What it says, and how bad that is.")],
    visible: Annotated[str, asked_for("--visible", "How long it has been seen, and by how many.")],
    spread: Annotated[str, asked_for("--spread", "Whether it is passed on, and where.")],
    impact: Annotated[str, asked_for("--impact", "What it does to those it is about.")],
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record how serious it is, in your own words.

    \b
    Examples:
      schoolgate case step weigh 4 --nature "calls her a thief" --visible "2 days, a group of 900" \\
        --spread "two copies" --impact "she is upset; parents ask" --as t-quillfeather
      schoolgate case step weigh 4 --as t-quillfeather
      schoolgate case step weigh 4 --nature - --visible "an hour" --spread "none" \\
        --impact "not known yet" --as t-quillfeather --json < nature.txt
    """
    from data.steps.judging import Weighed
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import own_words
    from monitor.session import open_session

    said = Weighed(
        nature=own_words(nature, "--nature"),
        visible=own_words(visible, "--visible"),
        spread=own_words(spread, "--spread"),
        impact=own_words(impact, "--impact"),
    )
    session = open_session(person, home, config)
    record_step(session, case, event_of(session, said, why), as_json=as_json)


def decide(
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
    """Record the decision: seek removal, answer instead, or stop.

    \b
    Examples:
      schoolgate case step decide 4 --seek --as t-quillfeather --why "It is false, and names her"
      schoolgate case step decide 4 --stop --as t-quillfeather --why "Asking again would spread it"
    """
    from data.steps.codes import Decision
    from data.steps.judging import Decided
    from monitor.commands.case.record import record_with_reason
    from monitor.commands.inputs import exactly_one
    from monitor.session import open_session

    chosen = exactly_one({"seek": seek, "answer": answer, "stop": stop}, "Say what was decided")
    said, session = Decided(decision=Decision(chosen)), open_session(person, home, config)
    record_with_reason(session, case, said, why, as_json=as_json)
