"""Which letters there are for a case, and why not the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from alerts.ladder.rules import Rules
from alerts.letters.allowed import offered
from alerts.letters.kinds import LetterDraft, Offer
from data.cases import Case, CaseFile
from data.words.say import words


def offers(file: CaseFile, rules: Rules, now: datetime) -> list[Offer]:
    """Every kind of letter, those that there are for the case first."""
    url = (file.post.url or "") if file.post else ""
    return sorted(offered(file.case, rules, now, url), key=lambda offer: not offer.possible)


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


def offers_json(known: Sequence[Offer]) -> list[dict[str, object]]:
    """The same for programs."""
    return [{"kind": o.kind.value, "possible": o.possible, "why_not": o.why_not} for o in known]
