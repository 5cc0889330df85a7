"""`schoolgate evidence pack`: the exhibits of a case, for somebody who may be given them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from monitor.cli.commands.options import As, CaseNumber, ConfigFile, Home, Json, Language
from monitor.terminal import private_words
from monitor.terminal.output import in_json, say


def pack(
    case: CaseNumber,
    person: As,
    out: Annotated[Path, Option("--out", metavar="DIR", help="The folder to put it into.")],
    to: Annotated[
        str | None,
        Option(
            "--to",
            help="Who it is for: police, solicitor, platform, helpline, la or dsl; otherwise your own file.",
        ),
    ] = None,
    chronology: Annotated[
        bool,
        Option(
            "--chronology",
            help="With this author’s other posts about the same person, where that was approved in the case.",
        ),
    ] = False,
    reason: Annotated[
        str | None,
        Option(
            "--reason",
            callback=private_words.given,
            help="Why; it is kept. Needed for a restricted or locked case.",
        ),
    ] = None,
    language: Language = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Make the exhibits of a case: a ZIP and a PDF that others can check.

    \b
    Examples:
      schoolgate evidence pack 0004 --as b-patel --out exhibits
      schoolgate evidence pack 0004 --as b-patel --to police --chronology --out exhibits --json
    """
    from alerts.ladder.advance import Refusal
    from alerts.pack.recipients import Recipient
    from data.effects import utc_now
    from data.evidence.vault import Vault
    from monitor.act.casework.evidence import packing
    from monitor.act.casework.finding import find_case
    from monitor.act.step import refused
    from monitor.cli.commands.case.record import ActRefused
    from monitor.cli.commands.inputs import one_of
    from monitor.cli.views.evidence import packed_json, packed_lines
    from monitor.home.wiring import open_session

    recipient = one_of(to or "file", "--to", Recipient)
    session = open_session(person, home, config)
    why, now = (reason or "").strip(), utc_now()
    with session.store.read() as con:
        found = find_case(con, session, case)
        wanted = packing.PackRequest(found, session.person, recipient, chronology, language)
        packing.refuse_reading(session, wanted, why)
        if no := packing.refusal(con, wanted):
            raise ActRefused(refused(session, found, no))
        facts = packing.gather(con, session.context, wanted, Vault(session.store.evidence), now)
    packed = packing.make(facts, language)
    written = packing.hand_out(session, wanted, packed, why, out, now)
    if isinstance(written, Refusal):
        raise ActRefused(refused(session, found, written))
    lines = packed_lines(facts, written, packed)
    for line in [in_json(packed_json(facts, written, packed))] if as_json else lines:
        say(line)
