"""Which posts the second reader reads, and what its opinion may change.

N-grams, the small network, signals and linking judge every post. What may be about the school and is not
surely harmless is read again, with more care, and judged anew; so is all that would alert. What was found
first holds where the reader fails, and wherever it is graver in a way that no reading may undo.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from classifiers.scoring.heads import TextScorer
from classifiers.verdicts.severity import MAYBE_GRAVE
from classifiers.verdicts.stack import with_reading
from classifiers.verdicts.verdict_reasons import LOOK
from data.errors import SchoolgateError
from data.judged import never_cut
from data.types import Meant, Relevance, Severity, Verdict

log = logging.getLogger(__name__)

SURELY_HARMLESS = 0.04
"""Below this likelihood of needing action a post is not read again, unless somebody is to look at it."""
HINTED = 0.2
"""From here the n-grams' likelihood of severity 4 alone has a post read: codes and hints are words before
they are sense, and of a thousand harmless posts two more are read for it."""


def worth_reading(first: Verdict) -> bool:
    """May it be about the school, and is it not surely harmless?"""
    if first.relevance is Relevance.NOT_ABOUT:
        return False
    if first.severity >= Severity.TODAY or first.look:
        return True
    scores = dict(first.scores)
    return (
        scores.get("weighed:severe", 0.0) >= SURELY_HARMLESS or scores.get("ngram:severity:4", 0.0) >= HINTED
    )


def read_again(
    firsts: Sequence[Sequence[Verdict]],
    texts: Sequence[str | None],
    rows: Sequence[Mapping[str, float]],
    reader: TextScorer,
    judge: Callable[[int, Mapping[str, float], str], Sequence[Verdict]],
    sure: float,
) -> list[Sequence[Verdict]]:
    """The verdicts on each text, those worth it judged again with what the reader finds in it.

    `rows` are the first scores of each text; `judge` gives the verdicts on the text of a place by other
    scores, and the name of the reader; `sure` is as in `combine_readings`. Where the reader fails, which is
    logged, all stays as it was found first.
    """
    found = list(firsts)
    chosen = [i for i, some in enumerate(firsts) if texts[i] is not None and any(map(worth_reading, some))]
    wanted = list(dict.fromkeys(text for i in chosen if (text := texts[i]) is not None))
    if not wanted:
        return found
    try:
        readings = reader.score(wanted)
    except Exception as fault:  # noqa: BLE001 - no fault of the reader may cost an alert
        why = fault if isinstance(fault, SchoolgateError) else type(fault).__name__
        log.warning("the second reader could not read: %s", why)
        return found
    place = {text: n for n, text in enumerate(wanted)}
    for i in chosen:
        row = with_reading(rows[i], readings.row(place[str(texts[i])]))
        found[i] = combine_readings(firsts[i], judge(i, row, readings.model), sure)
    return found


def combine_readings(firsts: Sequence[Verdict], seconds: Sequence[Verdict], sure: float) -> list[Verdict]:
    """The verdicts of both readings of a text, one for each match: all the first, or all the second, since
    who is told of one hangs on the others.

    Where the first must hold for any match, it holds for all. Whoever either finds in danger or accused stays
    so in what is held or lowered, and a person looks at every alert that is none any more.
    """
    pairs = list(zip(firsts, seconds, strict=True))
    if any(_holds(first, second, sure) for first, second in pairs):
        return [_with_those_of(first, second) for first, second in pairs]
    return [_lower_verdict(*pair) if _alerts(pair[0]) > _alerts(pair[1]) else pair[1] for pair in pairs]


def _holds(first: Verdict, second: Verdict, sure: float) -> bool:
    """Must the first verdict stay? Immediate danger, child protection and the police are lowered only where
    the small network alone raised it, is not sure (`sure`: likely from here on), and the reader finds it
    unlikely.
    """
    if not _alerts(first) or (second.route.urgent and second.severity >= first.severity):
        return False
    likely, again = (dict(v.scores).get("weighed:severe", 1.0) for v in (first, second))
    said = any(not meant.by.startswith("model:") for meant in first.endangers)
    doubted = not said and likely < sure and again < MAYBE_GRAVE
    return (first.route.urgent and not doubted) or second.relevance is Relevance.NOT_ABOUT


def _alerts(verdict: Verdict) -> bool:
    return verdict.severity >= Severity.TODAY


def _lower_verdict(first: Verdict, second: Verdict) -> Verdict:
    """The second verdict as one that a person looks at, as closed to others as the first."""
    found = replace(_with_those_of(second, first), look=True, look_rank=never_cut(second.look_rank))
    if LOOK not in found.reasons:
        found = replace(found, reasons=(*found.reasons, LOOK))
    if not first.restricted:
        return found
    return replace(found, restricted=True, content_class=first.content_class)


def _with_those_of(one: Verdict, other: Verdict) -> Verdict:
    """One verdict with all whom either finds in danger or accused."""
    return replace(
        one,
        endangers=_unite_people(one.endangers, other.endangers),
        accuses=_unite_people(one.accuses, other.accuses),
    )


def _unite_people(some: Sequence[Meant], others: Sequence[Meant]) -> tuple[Meant, ...]:
    known = {(m.who, m.harm) for m in some}
    return (*some, *(m for m in others if (m.who, m.harm) not in known))
