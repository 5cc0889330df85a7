"""What we cannot tell, as a question; with the words of the post where they are no harm themselves. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alerts.wording.digest import lines
from alerts.wording.digest.reader import Saying, one_line
from alerts.wording.digest.view import Line
from data.judged import maybe_grave, top_of
from data.matters import MatterView
from data.types import Verdict

_HALF_WAY = 0.5
_UNSAID = frozenset(("safeguarding", "self_harm", "sexual"))
"""For these the digest says only that somebody should read it."""
_UNJUDGED = {
    "language_cy": "welsh",
    "language_": "language",
    "too_few_words": "few_words",
    "own_": "own_account",
}
"""Codes of reasons, by how they begin, that say why nothing was judged; and the sentence for each."""


_UNQUOTED = frozenset(("safeguarding", "self_harm", "sexual", "hate", "privacy", "defamation", "extremism"))
"""What comes near one of these is not quoted while we cannot tell."""


def look_line(say: Saying, story: MatterView) -> Line:
    """What we cannot tell, as a question; with the post's own words where they are no harm by themselves."""
    verdict, post = story.look or top_of(story), story.post
    why, channel = _why_look(say, verdict), post.channel if post else ""
    question = one_line(say.w(f"digest.look.{why}", who=lines.who_of(say, verdict), where=say.at(channel)))
    near = _nearest(say, verdict) in _UNQUOTED
    line = lines.told(say, replace(story, posts=()) if near else story, question)
    when = lines.when_posted(say, story)
    spread = lines.spread(say, [story]) if len(story.people_keys) > 1 else []
    quoted = bool(line.then)
    where = lines.placed(say, (channel,) if quoted else (), when, *spread, *lines.perhaps(say, [story]))
    return replace(line, where=where, then=say.w(f"digest.doubt.{why}") if quoted else "", matter=story)


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
    limits = say.facts.label_lines
    scores = {k.removeprefix("abuse:"): v for k, v in verdict.scores if k.startswith("abuse:")}
    near = {label: score / limits.get(label, 1.0) for label, score in scores.items()}
    label = max(near, key=lambda k: (near[k], k), default="")
    return label if label and near[label] >= _HALF_WAY else ""


def shown_looks(looks: Sequence[MatterView], most: int) -> Sequence[MatterView]:
    """All that may be severity 4, which come first, and `most` of the others."""
    return looks[: most + sum(maybe_grave(s.look or top_of(s)) for s in looks)]
