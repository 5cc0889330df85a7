"""`schoolgate privacy sar`: a copy of what is held about somebody, for a person to check and hand over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from data.effects import utc_now
from monitor.commands.options import As, ConfigFile, Home, Language, School
from monitor.commands.privacy.requests import RequestNumber
from monitor.commands.privacy.search import By, asked_term
from monitor.terminal.output import say


def sar(
    number: RequestNumber,
    by: By,
    person: As,
    to: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="A new folder to write to; only you can read it.")
    ],
    language: Language = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Write a copy of what is held about somebody who asked for it. You check it and hand it over.

    Other people’s names are taken out as far as a program can tell. What is with the safeguarding lead is
    withheld; for-the-school/check-first.txt says which exemption to consider, and a person decides.

    \b
    Examples:
      schoolgate privacy sar P0003 --by handle --to copies/P0003 --as r-lowe
      schoolgate privacy sar P0003 --by name --to copies/P0003 --as r-lowe < name.txt
    """
    from data.audit.codes import Code
    from data.store.engine.audit_chain import AuditEntry, append
    from data.words.say import words
    from monitor.privacy.copying import TO_CHECK, TO_SEND, copied, written
    from monitor.privacy.finding import held_about
    from monitor.privacy.office import open_office

    wanted, folder = asked_term(by), to.expanduser().absolute()
    office, now = open_office(person, home, config, school), utc_now()
    w = words(language or office.school.language)
    with office.session.store.read() as con:
        asked = office.request(con, number)
        held = held_about(con, office, wanted)
        copy = copied(con, office, held, asked, wanted, w, now)
    codes = (Code.KIND.of(wanted.kind.value), Code.FOUND.of(held.count))
    with written(folder, copy, now), office.session.store.write("copy for a request") as con:
        append(con, [AuditEntry(now, office.person, "data_copied", asked.id, asked.urn, codes)])
    say(f"{folder / TO_SEND}: what is held about them ({copy.items}). Nothing was sent.")
    say(f"Read this first; it is only for the school: {folder / TO_CHECK / 'check-first.txt'}")
    say(f"Once it is handed over: schoolgate privacy answer {asked.id} granted --as {office.person}")
