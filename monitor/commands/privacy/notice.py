"""`schoolgate privacy notice`: what the school publishes about its reading."""

from __future__ import annotations

from typing import Annotated

import typer

from data.effects import utc_now
from monitor.commands.options import As, ConfigFile, Home, School
from monitor.terminal.output import Document, say, tell


def notice(
    person: As,
    basis: Annotated[
        str | None,
        typer.Option("--basis", help="Your recorded lawful basis: public-task or legitimate-interests."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="en or cy; the school’s own without it.")
    ] = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Print the notice for your website and accounts, from your settings: places, times, contact.

    \b
    Examples:
      schoolgate privacy notice --as r-lowe --basis public-task
      schoolgate privacy notice --as r-lowe --language cy > notice.txt
    """
    from data.errors import InputError
    from data.words.say import LANGUAGES, words
    from monitor.commands.inputs import one_of
    from monitor.privacy.notice import Basis, contact_of, notice_lines
    from monitor.privacy.office import open_office

    if language not in (None, *LANGUAGES):
        raise InputError(f"--language {language}: it is one of: {', '.join(LANGUAGES)}.")
    chosen = one_of(basis, "--basis", Basis) if basis else None
    office = open_office(person, home, config, school)
    w = words(language or office.school.language)
    say(Document("\n\n".join(notice_lines(office, w, utc_now(), chosen))))
    if chosen is None:
        tell("Your lawful basis is not in it. It is yours to choose and to record: --basis")
    if not contact_of(office):
        tell("Nobody to ask is in it: give your data protection officer an e-mail address, or set “contact”.")
