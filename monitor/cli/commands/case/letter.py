"""`schoolgate case letter`: a draft for a person to read, change and send. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.errors import InputError
from data.words.say import words
from monitor.cli.commands.options import As, CaseNumber, JsonOptions
from monitor.terminal import private_words
from monitor.terminal.errors import ask
from monitor.terminal.output import Document, in_json, say, say_lines
from monitor.terminal.private_words import at_a_terminal

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.letters.kinds import LetterDraft, Offer, WantedFact
    from data.cases import Case
    from monitor.home.wiring import Session


WIDTH = 78
_WHICH = "Which letter? To see which there are: schoolgate case letter {} --list --as {}"


def letter(
    opts: JsonOptions,
    case: CaseNumber,
    kind: Annotated[str | None, Argument(metavar="KIND", help="Which letter; --list shows them.")] = None,
    *,
    person: As,
    facts: Annotated[
        list[str] | None,
        Option(
            "--fact",
            metavar="NAME=VALUE",
            callback=private_words.facts,
            help="What only a person knows; may be given again. “NAME=-”: by standard input.",
        ),
    ] = None,
    listing: Annotated[
        bool, Option("--list", help="Which letters can be drafted for the case, and why not the others.")
    ] = False,
    out: Annotated[
        Path | None, Option("--out", metavar="DIR", help="Write it there: text, mail draft (.eml) and PDF.")
    ] = None,
) -> None:
    """Draft a letter for a person to read, change and send. Nothing is sent.

    \b
    Examples:
      schoolgate case letter 4 --list --as t-quillfeather
      schoolgate case letter 4 parent_invitation --as t-quillfeather --fact to="Ms Example" --out letters
      schoolgate case letter 7 s5_notice --as t-quillfeather --fact meaning="that I stole" --fact …
    """
    from alerts.letters.kinds import LetterKind
    from data.effects import utc_now
    from monitor.act.letter import draft_letter
    from monitor.cli.commands.case.record import made
    from monitor.cli.commands.inputs import one_of

    session, now = opts.session(person), utc_now()
    if listing or kind is None:
        _list(opts, session, case, now, listing=listing)
        return
    wanted, said = one_of(kind, "KIND", LetterKind), _facts(facts or ())
    asking = somebody_to_ask()
    record = made(draft_letter(session, case, wanted, said, now, ask=asking, out=out))
    if opts.as_json:
        from hashlib import sha256

        from alerts.letters.layout import text

        draft = record.draft
        found = {
            "case": draft.case_id, "letter": draft.kind.value, "text": text(draft),
            "files": [str(path) for path in record.paths], "warnings": list(draft.warnings),
            "sha256": {ending[1:]: sha256(held).hexdigest() for ending, held in record.files.items()},
        }  # fmt: skip
        say(in_json(found))
    else:
        _print(record.draft, record.paths)


def _list(opts: JsonOptions, session: Session, number: str, now: datetime, *, listing: bool) -> None:
    """Which letters there are for the case. Raises InputError where one should have been named."""
    from alerts.letters.allowed import offered
    from alerts.wording.cases import is_account
    from data.store.cases.cases import whole_file
    from monitor.act.casework.finding import find_case
    from monitor.act.casework.steps import school_rules

    person = session.person.id
    with session.store.read() as con:
        found = find_case(con, session, number)
        file = whole_file(con, found)
    if not listing:
        raise InputError(_WHICH.format(found.id, person))
    url = (file.post.url or "") if file.post else ""
    rules, account = school_rules(session.context, found.urn), is_account(file.case, file.post)
    every = offered(file.case, rules, now, url, account=account)
    known = sorted(every, key=lambda offer: not offer.possible)
    offers = [{"kind": o.kind.value, "possible": o.possible, "why_not": o.why_not} for o in known]
    opts.show(offers, list_lines(found, known, person))


def list_lines(case: Case, known: Sequence[Offer], person: str) -> Iterator[str]:
    """A line for each kind; where one reason rules them all out, that reason and what to do instead."""
    if not known[0].possible and len({offer.why_not for offer in known}) == 1:
        reading = ' --restricted --reason "…"' if case.restricted else ""
        yield f"There is no letter for case {case.id}. {known[0].why_not}"
        yield f"What to do instead: schoolgate case show {case.id}{reading} --as {person}"
        return
    w = words("en")
    for offer in known:
        title = w(f"letter.title.{offer.kind.value}")
        yield f"{offer.kind.value:<21}{title if offer.possible else f'no: {offer.why_not}'}"


def warning_lines(made: LetterDraft) -> Iterator[str]:
    """What may be unwise in a draft, beside it and never in it; nothing where there is nothing."""
    if made.warnings:
        yield "Before this goes to anybody:"
    for warning in made.warnings:
        yield f"  - {warning}"


def _print(made: LetterDraft, paths: Sequence[Path]) -> None:
    """The draft, or where it was written; then what is to be thought of before it goes to anybody."""
    from alerts.letters.layout import text

    if not paths:
        say(Document(text(made, WIDTH).rstrip()))
    say_lines((*map(str, paths), *warning_lines(made)))
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
