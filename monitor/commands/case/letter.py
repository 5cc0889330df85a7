"""`schoolgate case letter`: a draft for a person to read, change and send. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import InputError
from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, Language
from monitor.terminal import private_words
from monitor.terminal.errors import ask
from monitor.terminal.output import Document, in_json, say
from monitor.terminal.private_words import at_a_terminal

if TYPE_CHECKING:
    from alerts.letters.kinds import LetterDraft, WantedFact

WIDTH = 78
_WHICH = "Which letter? To see which there are: schoolgate case letter {} --list --as {}"


def _kinds(incomplete: str) -> list[str]:
    from alerts.letters.kinds import LetterKind

    return [kind.value for kind in LetterKind if kind.value.startswith(incomplete)]


def letter(
    case: CaseNumber,
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", help="Which letter; --list shows them.", autocompletion=_kinds),
    ] = None,
    *,
    person: As,
    facts: Annotated[
        list[str] | None,
        typer.Option(
            "--fact",
            metavar="NAME=VALUE",
            callback=private_words.facts,
            help="What only a person knows; may be given again. “NAME=-”: by standard input.",
        ),
    ] = None,
    listing: Annotated[
        bool,
        typer.Option("--list", help="Which letters can be drafted for the case, and why not the others."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write it there: text, mail draft (.eml) and PDF."),
    ] = None,
    language: Language = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Draft a letter for a person to read, change and send. Nothing is sent.

    \b
    Examples:
      schoolgate case letter 4 --list --as t-quillfeather
      schoolgate case letter 4 parent_invitation --as t-quillfeather --fact to="Ms Example" --out letters
      schoolgate case letter 7 s5_notice --as t-quillfeather --fact meaning="that I stole" --fact …
    """
    from alerts.letters.kinds import LetterFacts, LetterKind
    from data.effects import utc_now
    from data.store.cases.cases import whole_file
    from monitor.casework import letters
    from monitor.casework.finding import find_case
    from monitor.casework.steps import school_rules
    from monitor.commands.case.record import accepted
    from monitor.commands.inputs import one_of
    from monitor.session import open_session
    from monitor.views.case.letter import list_lines, offers, offers_json

    session = open_session(person, home, config)
    now = utc_now()
    with session.store.read() as con:
        found = find_case(con, session, case)
        file = whole_file(con, found)
    rules = school_rules(session.context, found.urn)
    if listing:
        known = offers(file, rules, now)
        for line in [in_json(offers_json(known))] if as_json else list_lines(found, known, person):
            say(line)
        return
    if kind is None:
        raise InputError(_WHICH.format(found.id, person))
    wanted = one_of(kind, "KIND", LetterKind)
    file = letters.readable(session, file, wanted, rules, now)
    kept, whole = letters.manifests(session, file, wanted), letters.holds(session, found, wanted)
    given = LetterFacts(now, language or rules.school.language, _facts(facts or ()), kept, whole)
    made = letters.drafted(wanted, file, given, rules, somebody_to_ask())
    recorded, result, paths = letters.record(session, found, made, out, now)
    accepted(result, found, session)
    if as_json:
        say(in_json({**recorded, **_as_json(made, paths)}))
    else:
        _print(made, paths)


def _as_json(made: LetterDraft, paths: Sequence[Path]) -> dict[str, object]:
    from alerts.letters.layout import text

    return {
        "case": made.case_id, "files": [str(path) for path in paths],
        "text": text(made), "warnings": list(made.warnings),
    }  # fmt: skip


def _print(made: LetterDraft, paths: Sequence[Path]) -> None:
    """The draft, or where it was written; then what is to be thought of before it goes to anybody."""
    from alerts.letters.layout import text
    from monitor.views.case.letter import warning_lines

    if not paths:
        say(Document(text(made, WIDTH).rstrip()))
    for line in (*map(str, paths), *warning_lines(made)):
        say(line)
    say(f"Case {made.case_id}: a draft was made and recorded, by its hash. Nothing was sent.")


def somebody_to_ask() -> Callable[[WantedFact], str] | None:
    """How a question is put to whoever sits at the terminal; None where nobody does."""
    return _asked if at_a_terminal() else None


def _asked(want: WantedFact) -> str:
    """One line; of what was posted all its lines, as they are."""
    from alerts.letters.kinds import QUOTED_FACTS

    return private_words.lines(want.question) if want.fact in QUOTED_FACTS else ask(want.question)


def _facts(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, has, said = one.partition("=")
        if not has or not said.strip():
            raise InputError(f'--fact {one}: write it as name=value, for example --fact to="Ms Example".')
        found[name.strip().replace("-", "_")] = said.strip()
    return found
