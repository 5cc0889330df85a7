"""The lines of a list that somebody hands in are one matter, whatever each of them says.

What one line's words show that has a lane of its own (a threat, a child at risk, a picture of a child) is a
matter of its own, told at once: it is not hidden among the others, and does not turn how they are cared for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.content_class import BYPASSING
from data.ids import digest
from data.judged import maybe_grave
from data.store.cases.case_posts import stories_listing
from data.store.engine.connect import Connection
from data.store.verdicts.verdicts import story_verdicts
from data.types import LISTED, Folded, Verdict
from monitor.pipeline.judges import Judges
from monitor.pipeline.judging.judged import Listed
from monitor.pipeline.raising import passed_on


def has_own_lane(verdict: Verdict) -> bool:
    """Is it told by itself, or may it be so grave that a person reads it by itself?"""
    apart = verdict.restricted or passed_on(verdict) or verdict.content_class in BYPASSING
    return verdict.route.urgent or apart or maybe_grave(verdict)


def as_one_matter(
    con: Connection,
    listed: Sequence[Listed | None],
    folded: Sequence[tuple[Folded, ...]],
    judges: Judges,
) -> list[tuple[Folded, ...]]:
    """The folded, the lines of a list in the story of those of it that were handed in before, else in that of
    its first line. `listed` is aligned with `folded`. What is a copy of another story stays there.
    """
    lines = [(one, f) for one, some in zip(listed, folded, strict=True) for f in some if one]
    begun = dict.fromkeys(f.story_id for one, f in lines if f.how == "new" and not one.alone)
    matter = next(iter(begun), None)
    if lines and (before := _known_matter(con, lines[0][0].beside, lines[0][1].urn)):
        matter = before
    if matter is None:
        return list(folded)
    judges.recent.forget({f.urn for _, f in lines})
    theirs = {matter, *begun}
    return [
        tuple(_placed(f, one, matter) if one and f.story_id in theirs else f for f in some)
        for one, some in zip(listed, folded, strict=True)
    ]


def _placed(folded: Folded, line: Listed, matter: str) -> Folded:
    story, how = (digest(folded.urn, folded.mention_id)[:16], "new") if line.alone else (matter, LISTED)
    return replace(folded, story_id=story, how=how, sketch=replace(folded.sketch, story_id=story))


def _known_matter(con: Connection, beside: frozenset[str], urn: str) -> str | None:
    """The story of the lines handed in before: of a list, else one in which nothing has a lane of its own."""
    for story, by_list in stories_listing(con, urn, sorted(beside)) if beside else ():
        if by_list or not any(map(has_own_lane, story_verdicts(con, [story]).get(story, ()))):
            return story
    return None
