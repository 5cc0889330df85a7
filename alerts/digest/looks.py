"""The lines of what is worth a look: where it stands, whom it may concern, and what we cannot tell. Pure."""

from __future__ import annotations

from alerts.digest.lines import Saying, one_line, ref, spread, who_of
from alerts.digest.view import Line
from data.digest import FreshStory
from data.types import Relevance, Verdict

_HALF_WAY = 0.5
_UNSAID = frozenset(("safeguarding", "self_harm", "sexual"))
"""Of these a look says nothing more than that somebody should read it."""

_UNJUDGED = {
    "language_cy": "welsh",
    "language_": "language",
    "too_few_words": "few_words",
    "own_": "own_account",
}
"""How a reason's code begins that says why nothing was judged, and what is said of it."""


def look(say: Saying, story: FreshStory) -> Line:
    """What we cannot tell, as a question."""
    verdict = story.look or story.top
    given = {"who": who_of(say, verdict), "where": say.at(story.look_channel)}
    said = one_line(say.w(f"digest.look.{_why_look(say, verdict)}", **given))
    notes = spread(say, [story]) if len(story.people) > 1 else []
    notes += [say.w("digest.perhaps_other")] if story.relevance is Relevance.UNSURE else []
    return Line(f"{said} ({', '.join(notes)})" if notes else said, "", ref(story))


def _why_look(say: Saying, verdict: Verdict) -> str:
    """What we cannot tell: a label of abuse, or what kept us from judging it."""
    codes = [reason.code for reason in verdict.reasons]
    unjudged = next(
        (said for start, said in _UNJUDGED.items() if any(c.startswith(start) for c in codes)), ""
    )
    label = next(iter(verdict.abuse), "") or unjudged or _nearest(say, verdict)
    if label in _UNSAID or _UNSAID & set(verdict.abuse) or not say.w.has(f"digest.look.{label}"):
        return "other"
    return label


def _nearest(say: Saying, verdict: Verdict) -> str:
    """The label of abuse that comes nearest to its line; none where none comes half-way."""
    lines = say.facts.label_lines
    scores = {k.removeprefix("abuse:"): v for k, v in verdict.scores if k.startswith("abuse:")}
    near = {label: score / lines.get(label, 1.0) for label, score in scores.items()}
    label = max(near, key=lambda k: (near[k], k), default="")
    return label if label and near[label] >= _HALF_WAY else ""
