"""The papers that data protection law asks of a school: `schoolgate privacy dpia` and its like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

from typer import Option

from data.effects import utc_now
from data.errors import InputError, refused
from monitor.cli.commands.inputs import one_of
from monitor.cli.commands.options import As, HomeOptions, School
from monitor.terminal.output import Document, say, tell

PAPERS: Mapping[str, str] = {
    "dpia": "Draft the data protection impact assessment: what is done, its risks, what is left to you.",
    "lia": "Draft the legitimate interests assessment: for an independent school; refused for others.",
    "ropa": "Draft the entry for your record of processing activities (Article 30).",
    "notice": "Draft the privacy notice for your website and accounts (Articles 13 and 14).",
    "apd": "Draft the appropriate policy document for special category and criminal offence data.",
    "retention": "Draft the retention schedule: how long each thing is kept, and from when.",
    "due-diligence": "Draft answers to what a trust’s data protection officer asks of a system.",
    "briefing": "Draft one page for governors: what it does, what the law asks, what to ask.",
}
"""What each paper is, by its command."""
_HELP = """{what}

It is made from your settings as they are. What no program can know stands in it as a question.

\b
Examples:
  schoolgate privacy {name} --as r-lowe
  schoolgate privacy {name} --as r-lowe --to {name}.html
"""
_ENDINGS = (".html", ".md")

BasisGiven = Annotated[
    str | None, Option("--basis", help="Your recorded lawful basis: public-task or legitimate-interests.")
]
To = Annotated[
    Path | None,
    Option("--to", metavar="FILE", help="A new file: .html opens in a word processor, .md is plain text."),
]


def drafting(name: str) -> Callable[..., None]:
    """The command that drafts a paper."""

    def draft(
        opts: HomeOptions,
        person: As,
        basis: BasisGiven = None,
        to: To = None,
        school: School = None,
    ) -> None:
        from monitor.reports.papers import ANSWER, Basis, Paper, drafted
        from monitor.setup.hosts import by_purpose

        if to is not None and to.suffix not in _ENDINGS:
            raise InputError(f"--to {to}: its name ends in {' or '.join(_ENDINGS)}.")
        chosen = one_of(basis, "--basis", Basis) if basis else None
        office = opts.office(person, school)
        home = (office.school, office.config, office.session.store)
        text = drafted(*home, Paper(name), utc_now(), chosen, by_purpose(office.config))
        if to is None:
            say(Document(text.rstrip("\n")))
        else:
            _written(to, text)
        tell(f"A draft, for your data protection officer. Questions left open in it: {text.count(ANSWER)}")

    draft.__doc__ = _HELP.format(name=name, what=PAPERS[name])
    return draft


def _written(to: Path, text: str) -> None:
    """Into a new file: one that is there may hold somebody's answers. Raises InputError."""
    from monitor.reports.papers import as_page

    try:
        with to.open("x", encoding="utf-8") as file:
            file.write(as_page(text) if to.suffix == ".html" else text)
    except FileExistsError:
        raise InputError(f"--to {to} is there already, perhaps with answers. Name another file.") from None
    except OSError as error:
        raise InputError(refused(error, to)) from None
    say(f"Written: {to}")
