"""`schoolgate privacy due`, what is deleted next; and `privacy notice`, what the public is told of it."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from data.effects import utc_now
from monitor.cli.commands.options import As, ConfigFile, Home, Json, Language, School
from monitor.terminal.output import Document, in_json, say, tell

MOST_DAYS = 366 * 10


def due(
    person: As,
    days: Annotated[int, Option("--days", min=0, max=MOST_DAYS, help="How many days ahead.")] = 30,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """What will be deleted because its time is up, when and why; and what is kept back, by which case.

    This deletes nothing and names no post. Each scan does the deleting.

    \b
    Examples:
      schoolgate privacy due --as r-lowe
      schoolgate privacy due --days 365 --as r-lowe --json
    """
    from datetime import timedelta

    from data.retention.preview import preview
    from monitor.act.requests.finding import cases_known
    from monitor.act.requests.office import open_office
    from monitor.cli.views.privacy import due_json, due_lines

    office, now = open_office(person, home, config, school), utc_now()
    keys = sorted({office.school.urn, *office.school.members})
    with office.session.store.read() as con:
        found = preview(con, keys, now, now + timedelta(days=days), office.config.policy)
        found = cases_known(con, office, found)
    lines = due_lines(found, office.config.policy, days, office.config.zone)
    for line in [in_json(due_json(found))] if as_json else lines:
        say(line)


def notice(
    person: As,
    basis: Annotated[
        str | None, Option("--basis", help="Your recorded lawful basis: public-task or legitimate-interests.")
    ] = None,
    register: Annotated[
        bool, Option("--register", help="Print your record of this processing instead (Article 30).")
    ] = False,
    language: Language = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Print the notice for your website and accounts, from your settings: places, times, contact.

    \b
    Examples:
      schoolgate privacy notice --as r-lowe --basis public-task
      schoolgate privacy notice --as r-lowe --language cy > notice.txt
      schoolgate privacy notice --as r-lowe --register
    """
    from data.words.say import words
    from monitor.act.requests.notice import Basis, contact_of, notice_lines, register_lines
    from monitor.act.requests.office import open_office
    from monitor.cli.commands.inputs import one_of

    chosen = one_of(basis, "--basis", Basis) if basis else None
    office = open_office(person, home, config, school)
    w = words(language or office.school.language)
    lines = register_lines(office, w, chosen) if register else notice_lines(office, w, utc_now(), chosen)
    say(Document("\n\n".join(lines)))
    if chosen is None:
        tell("It does not give your lawful basis. You choose and record that: --basis")
    if not contact_of(office):
        tell("It names nobody to ask: give your data protection officer an e-mail address, or set “contact”.")
