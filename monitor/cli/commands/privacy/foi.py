"""`schoolgate privacy foi`: what may be published in a folder, beside it the exemptions to consider."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from data.effects import utc_now
from monitor.cli.commands.options import As, HomeOptions, Language, School
from monitor.terminal.output import say


def foi(
    opts: HomeOptions,
    person: As,
    to: Annotated[
        Path, Option("--to", metavar="DIR", help="A new folder to write to; only you can read it.")
    ],
    language: Language = None,
    school: School = None,
) -> None:
    """Export what answers a freedom of information request: signed governors' reports and their numbers.

    Nothing else leaves. for-the-school/check-first.html names the Act of your nation and the exemptions to
    consider. Independent schools are not under it, and are refused.

    \b
    Examples:
      schoolgate privacy foi --to foi-2026-11 --as r-lowe
      schoolgate privacy foi --to foi-2026-11 --language cy --as r-lowe
    """
    from data.words.say import words
    from monitor.act.requests.copying import TO_CHECK, TO_SEND, written
    from monitor.act.requests.freedom import exported

    office, now, folder = opts.office(person, school), utc_now(), to.expanduser().absolute()
    w = words(language or office.school.language)
    copy = exported(office, w, now)
    with written(folder, copy, now):
        pass
    say(f"{folder / TO_SEND}: signed reports ({copy.items}), with their numbers. Nothing was sent.")
    say(f"Read this first; it is only for the school: {folder / TO_CHECK / 'check-first.html'}")
