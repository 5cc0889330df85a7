"""The sentence that weighed most in a verdict: each is left out in turn, and the rest is judged. Pure.

Of more than MOST sentences so many runs of them are left out first, then those of the run that weighed most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TypeAlias

from data.judged import calls_for_alert
from data.types import TITLE, Match, Mention, Relevance, Span, Verdict

MOST = 12
"""So many parts of one post are left out at a time, each at the cost of judging one more post."""
LIKELY = 0.1
"""From this rank (how likely it is ours and grave) a look is worth that cost. Below lie two thirds of them,
which the cap leaves out, or which are shown for something else than danger, such as too few words."""
_END = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bYr)[.!?…]+[\"”’')\]]*\s+|\n+", re.IGNORECASE
)

_FEW = 3
"""A sentence of so few words belongs to the next, at the end to the one before."""

Judged: TypeAlias = tuple[Mention, tuple[Match, ...]]
"""A mention as it is judged, and its matches."""


@dataclass(frozen=True, slots=True)
class _Search:
    """Among which parts of a mention it is looked for; `match` is the place of the verdict's among all."""

    mention: Mention
    matches: tuple[Match, ...]
    match: int
    parts: Sequence[Span]

    @property
    def runs(self) -> list[Sequence[Span]]:
        """The parts, as many together as make MOST of them or fewer."""
        size = -(-len(self.parts) // MOST)
        return [self.parts[n : n + size] for n in range(0, len(self.parts), size)]


def with_weightiest(
    fresh: Sequence[Judged],
    verdicts: Sequence[Verdict],
    judge: Callable[[Sequence[Judged]], Sequence[Verdict]],
) -> tuple[Verdict, ...]:
    """The verdicts, those that call for an alert or a look with the part that weighed most (`weighed_most`).

    That is the part without which the rest is least grave, of several such the first; none of a mention of
    one sentence, and where nothing is less grave without any. `judge` gives, as it gave these, the verdicts
    on mentions: one for each match, in order.
    """
    found, searches = list(verdicts), _searches(fresh, verdicts)
    # the parts are not read again: nor is the whole, beside them
    answers = iter(judge([(s.mention, s.matches) for s in searches.values()]) if searches else ())
    wholes = {n: [next(answers) for _ in s.matches][s.match] for n, s in searches.items()}
    while searches:
        asked = [(_without(s.mention, run), s.matches) for s in searches.values() for run in s.runs]
        answers = iter(judge(asked))
        for n, search in list(searches.items()):
            rest = [[next(answers) for _ in search.matches][search.match] for _ in search.runs]
            grave = [_gravity(verdict, wholes[n]) for verdict in rest]
            least, run = min(zip(grave, search.runs, strict=True), key=itemgetter(0))
            weighs = least < _gravity(wholes[n], wholes[n])
            if weighs and len(run) > 1:
                searches[n] = replace(search, parts=run)
                continue
            del searches[n]
            if weighs:
                found[n] = replace(found[n], weighed_most=run[0])
    return tuple(found)


def _searches(fresh: Sequence[Judged], verdicts: Sequence[Verdict]) -> dict[int, _Search]:
    """The searches, by the place of the verdict."""
    places = ((mention, matches, k) for mention, matches in fresh for k in range(len(matches)))
    found = {}
    for n, (verdict, (mention, matches, k)) in enumerate(zip(verdicts, places, strict=True)):
        raised = calls_for_alert(verdict) or (verdict.look and verdict.look_rank >= LIKELY)
        if raised and len(parts := list(_parts(mention))) > 1:
            alone = mention if parts[0] == TITLE else replace(mention, title="")
            found[n] = _Search(alone, matches, k, parts)
    return found


def _parts(mention: Mention) -> Iterator[Span]:
    """The title, unless the text begins with it, and the sentences of the text."""
    title, text = mention.title.rstrip(" .…").lstrip(), mention.text
    if title and not text.lstrip().startswith(title):
        yield TITLE
    start = 0
    for end in (*(hit.end() for hit in _END.finditer(text)), len(text)):
        said, after = text[start:end].strip(), text[end:].split(maxsplit=_FEW)
        if len(said.split()) <= _FEW or 0 < len(after) <= _FEW:
            continue
        begins = text.index(said, start)
        yield begins, begins + len(said)
        start = end


def _without(mention: Mention, run: Sequence[Span]) -> Mention:
    title, spans = "" if TITLE in run else mention.title, [span for span in run if span != TITLE]
    cut = slice(spans[0][0], spans[-1][1]) if spans else slice(0, 0)
    return replace(mention, title=title, text=mention.text[: cut.start] + mention.text[cut.stop :])


def _gravity(rest: Verdict, whole: Verdict) -> tuple[int, bool, float, float]:
    """The gravity of the rest: by what becomes of it, how likely it is grave, then by the model alone.

    Where nothing is left that ties it to the school, only by the numbers: that makes it no less grave.
    """
    became, scores = whole if rest.relevance is Relevance.NOT_ABOUT else rest, dict(rest.scores)
    standing = int(became.severity) if calls_for_alert(became) else 0
    return standing, became.look, scores.get("weighed:severe", 0.0), scores.get("severity:3", 0.0)
