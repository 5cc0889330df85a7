"""`schoolgate case step author | place | complainant | target`: who wrote it, where, for whom, at whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.completion import people
from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, Why

if TYPE_CHECKING:
    from data.cases import Case, Event


def author(
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
    """Record the author's relationship to the school.

    Only as far as that is visible or known already: nobody is looked up.

    \b
    Examples:
      schoolgate case step author 4 --relationship parent --as t-quillfeather
      schoolgate case step author 4 --relationship unknown --as t-quillfeather --json
    """
    from data.steps.codes import Relationship
    from data.steps.judging import Author
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import one_of
    from monitor.session import open_session

    known = one_of(relationship, "--relationship", Relationship)
    said = Author(relationship=known, contact_safe=False if unsafe else None)
    session = open_session(person, home, config)
    record_step(session, case, event_of(session, said, why), as_json=as_json)


def place(
    case: CaseNumber,
    channel: Annotated[
        str, typer.Argument(metavar="PLACE", help="facebook, website, in_person, …: docs/handing-in.md")
    ],
    person: As,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Put right where the post is, or where it was said.

    What can be asked for, and which letters fit, follow from it.

    \b
    Examples:
      schoolgate case step place 4 whatsapp --as t-quillfeather --why "It was in the Year 4 group"
      schoolgate case step place 4 website --as t-quillfeather --json
    """
    from data.steps.judging import Placed
    from monitor.commands.case.record import event_of, record_step
    from monitor.pipeline.sighting import known_channel
    from monitor.session import open_session

    known_channel(channel, "PLACE")
    session = open_session(person, home, config)
    record_step(session, case, event_of(session, Placed(channel=channel), why), as_json=as_json)


def complainant(
    case: CaseNumber,
    person: As,
    who: Annotated[str, typer.Option("--who", help="school, staff, parent or pupil.")],
    whose: Annotated[
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
    """Record in whose name removal is requested.

    Some sites deal only with the person it is about.

    \b
    Examples:
      schoolgate case step complainant 4 --who staff --person b-thistlewood --as t-quillfeather
      schoolgate case step complainant 4 --who school --as t-quillfeather --json
    """
    from data.steps.codes import Complainant
    from data.steps.judging import InNameOf
    from monitor.commands.case.record import event_of, record_step, school_person
    from monitor.commands.inputs import one_of
    from monitor.session import open_session

    chosen = one_of(who, "--who", Complainant)
    session = open_session(person, home, config)

    def step(found: Case) -> Event:
        name = whose or ""
        if name and chosen is Complainant.STAFF:
            name = school_person(session, found, name, "--person").id
        return event_of(session, InNameOf(who=chosen, person=name), why)

    record_step(session, case, step, as_json=as_json)


def target(
    case: CaseNumber,
    person: As,
    targeted: Annotated[
        str,
        typer.Option("--person", metavar="PERSON", help="The member of staff.", autocompletion=people),
    ],
    subjects: Annotated[
        list[str] | None,
        typer.Option(
            "--subject", metavar="PERSON", autocompletion=people,
            help="Who it accuses: they see nothing of the case. May be given again.",
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
    """Record which member of staff is targeted.

    \b
    Examples:
      schoolgate case step target 4 --person b-thistlewood --as t-quillfeather
      schoolgate case step target 4 --person b-thistlewood --accuses-nobody --as t-quillfeather \\
        --why "It calls him names and accuses him of nothing"
    """
    from data.errors import InputError
    from data.steps.judging import Targeted
    from monitor.commands.case.record import event_of, record_step, school_person
    from monitor.session import open_session

    if subjects and nobody:
        raise InputError("--subject, --accuses-nobody: one of the two.")
    session = open_session(person, home, config)

    def step(found: Case) -> Event:
        whom = school_person(session, found, targeted, "--person").id
        accused = tuple(school_person(session, found, one, "--subject").id for one in subjects or ())
        said = Targeted(person=whom, subjects=accused if accused or nobody else None)
        return event_of(session, said, why)

    record_step(session, case, step, as_json=as_json)
