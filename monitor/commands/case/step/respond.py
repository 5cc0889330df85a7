"""`schoolgate case step responded` and `case step referred`: the concern was answered, somebody was told."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.commands.options import As, At, CaseNumber, ConfigFile, Home, Json, Reference, Why

HOW_ANSWERED = ("meeting", "phone", "letter", "mail", "public_reply")


def responded(
    case: CaseNumber,
    person: As,
    how: Annotated[str, typer.Option("--how", help="meeting, phone, letter, mail or public-reply.")],
    at: At = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record that the concern itself was answered.

    \b
    Examples:
      schoolgate case step responded 5 --how phone --as t-quillfeather --why "Rung, heard, thanked"
      schoolgate case step responded 4 --how meeting --at 2026-11-20T15:20 --as t-quillfeather --json
    """
    from data.steps.asking import Responded
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import among
    from monitor.session import open_session

    said = Responded(how=among(how, "--how", HOW_ANSWERED))
    session = open_session(person, home, config)
    record_step(session, case, event_of(session, said, why, at), as_json=as_json)


def referred(
    case: CaseNumber,
    person: As,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="police, social-care (Scotland: social-work), ceop, iwf, ctiru, prevent, pastoral, parent, "
            "…; of an allegation against staff: lado (England), designated-officer or ewc (Wales), police, "
            "social-work or gtcs (Scotland), cpss or gtcni (Northern Ireland).",
        ),
    ],
    reference: Reference = None,
    at: At = None,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record that you told somebody outside the school.

    \b
    Examples:
      schoolgate case step referred 7 --to lado --reference 2026-118 --as i-larkspur
      schoolgate case step referred 7 --to social-care --as i-larkspur --json
    """
    from alerts.access.referrals import PLACES, places_in
    from data.steps.asking import Referred
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import among
    from monitor.session import open_session

    session = open_session(person, home, config)
    nations = {school.nation for school in session.config.schools}
    known = tuple(sorted({place for nation in nations for place in places_in(nation)}))
    named = to.strip().lower().replace("-", "_")
    where = named if named in PLACES else among(to, "--to", known)
    said = Referred(to=where, reference=reference or "")
    record_step(session, case, event_of(session, said, why, at), as_json=as_json)
