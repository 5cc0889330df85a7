"""`schoolgate privacy search` and `sar`: what is held about somebody, shown, or copied for a person to check.

Somebody is named at the terminal or on standard input, never on the command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.effects import utc_now
from monitor.cli.commands.options import As, ConfigFile, Home, Json, Language, School
from monitor.cli.commands.privacy.requests import RequestNumber
from monitor.terminal import private_words
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from data.privacy.terms import SearchTerm

By = Annotated[
    str,
    Option(
        "--by", help="What to search by: handle, name, or address (of a post). You are then asked for it."
    ),
]


def search(
    number: RequestNumber,
    by: By,
    person: As,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """What is held about somebody who asked. The search is recorded: who made it, for which request.

    You are asked for the handle, name or address, or it is read from standard input: never type it on the
    command line. A search is only for a request that people make about themselves.

    \b
    Examples:
      schoolgate privacy search P0003 --by handle --as r-lowe
      schoolgate privacy search P0003 --by address --as r-lowe < address.txt
    """
    from data.audit.codes import Code
    from data.store.engine.audit_chain import AuditEntry, append
    from monitor.act.requests.finding import held_about
    from monitor.act.requests.office import open_office
    from monitor.cli.views.privacy import held_json, held_lines

    wanted = asked_term(by)
    office = open_office(person, home, config, school)
    with office.session.store.read() as con:
        asked = office.request(con, number)
        held = held_about(con, office, wanted)
    codes = (Code.KIND.of(wanted.kind.value), Code.FOUND.of(held.count))
    with office.session.store.write("record a search") as con:
        append(con, [AuditEntry(utc_now(), office.person, "data_searched", asked.id, asked.urn, codes)])
    lines = held_lines(held, asked, wanted.kind, office.options, office.config.zone)
    for line in [in_json(held_json(held))] if as_json else lines:
        say(line)


def sar(
    number: RequestNumber,
    by: By,
    person: As,
    to: Annotated[
        Path, Option("--to", metavar="DIR", help="A new folder to write to; only you can read it.")
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
    from monitor.act.requests.copying import TO_CHECK, TO_SEND, copied, written
    from monitor.act.requests.finding import held_about
    from monitor.act.requests.office import open_office

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
    say(f"Once it is handed over: schoolgate privacy answer {asked.id} granted {office.options}")


def asked_term(by: str) -> SearchTerm:
    """Who is meant, asked for at the terminal or read from standard input. Raises InputError."""
    from data.errors import InputError
    from data.privacy.terms import TermKind, term
    from monitor.cli.commands.inputs import one_of

    kind = one_of(by, "--by", TermKind)
    at_terminal = private_words.at_a_terminal()
    given = private_words.line(kind.value.capitalize()) if at_terminal else private_words.standard_input("")
    if "\n" in given.strip():
        raise InputError(f"Standard input holds several lines: give one {kind.value}.")
    return term(kind, given)
