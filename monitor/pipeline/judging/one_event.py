"""Articles of one event, and posts that share them, belong to the school's open press matter; nothing
restricted joins or is joined. The lines of a list that somebody hands in are one matter, whatever each says.
No text leaves here.

What one line's words show that has a lane of its own (a threat, a child at risk, a picture of a child) is a
matter of its own, told at once: it is not hidden among the others, and does not turn how they are cared for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from classifiers.verdicts.press.events import is_press
from classifiers.verdicts.press.same_event import (
    EVENT_SPAN,
    MOST_OF_ITS_OWN,
    Article,
    matter_of,
    read_event,
    shared_in,
)
from data.ids import digest
from data.judged import may_be_grave, passes_on_news
from data.keeping.periods import is_restricted
from data.store.cases.case_posts import stories_listing
from data.store.engine.connect import Connection
from data.store.verdicts.stories import open_press
from data.store.verdicts.verdicts import story_verdicts
from data.types import LISTED, Folded, Mention, MentionKind, PressEvent, Relevance, Verdict
from monitor.pipeline.judges import Judges
from monitor.pipeline.judging.judged import Listed, has_own_lane

_LONGEST_HEADLINE = 25


def joined(
    con: Connection,
    mentions: Mapping[str, Mention],
    verdicts: Sequence[Verdict],
    folded: Sequence[tuple[Folded, ...]],
    judges: Judges,
    now: datetime,
) -> list[tuple[Folded, ...]]:
    """The folded, those that begin a story of an event that is told already in the story of that event."""
    judged = {(v.mention_id, v.urn): v for v in verdicts}
    whole = [(n, f) for n, some in enumerate(folded) for f in some]
    apart = {f.story_id for _, f in whole if is_restricted(judged[f.mention_id, f.urn])}
    begun = [
        (n, f)
        for n, f in whole
        if f.how == "new"
        and f.story_id not in apart
        and _may_join(mentions[f.mention_id], judged[f.mention_id, f.urn])
    ]
    if not begun:
        return list(folded)
    known = _known(con, {f.urn for _, f in begun}, apart, judges, now)
    of: dict[str, str] = {}
    for _, f in sorted(begun, key=lambda one: _rank(one[0], one[1], mentions[one[1].mention_id])):
        story = _story_of(mentions[f.mention_id], f, judged[f.mention_id, f.urn], known[f.urn], judges)
        if story is not None:
            of[f.story_id] = story
    if of:
        judges.recent.forget({f.urn for _, f in begun if f.story_id in of})
    return [tuple(_moved(f, of) for f in some) for some in folded]


def _may_join(mention: Mention, verdict: Verdict) -> bool:
    """Is it an article surely ours and of today, or a post of few words that is calm or passes on news?"""
    if verdict.history is not None:
        return False
    if is_press(mention):
        return verdict.relevance is Relevance.ABOUT and not verdict.route.urgent
    few = len(_said(mention).split()) <= _LONGEST_HEADLINE + MOST_OF_ITS_OWN
    calm = passes_on_news(verdict) or not may_be_grave(verdict)
    return few and mention.kind is MentionKind.POST and calm and not (verdict.route.urgent or verdict.accuses)


def _rank(reading: int, begun: Folded, mention: Mention) -> tuple[int, bool, datetime, str]:
    """As each would come alone: reading after reading, articles before what shares them, the older first."""
    return reading, not is_press(mention), begun.sketch.seen_at, begun.mention_id


def _said(mention: Mention) -> str:
    return f"{mention.title} {mention.text}"


def _known(
    con: Connection, urns: set[str], apart: set[str], judges: Judges, now: datetime
) -> dict[str, list[Article]]:
    """What the press has told of these schools lately, by school."""
    found: dict[str, list[Article]] = defaultdict(list)
    for urn, story_id, title, text, event, at in open_press(con, sorted(urns), now - 2 * EVENT_SPAN):
        if story_id not in apart:
            told = read_event(title, text, event, at, judges.schools[urn])
            found[urn].append(Article(story_id, title, told))
    return found


def _story_of(
    mention: Mention, begun: Folded, verdict: Verdict, known: list[Article], judges: Judges
) -> str | None:
    """The story in which it belongs, None where it is news; what the press tells is known from now on."""
    at = begun.sketch.seen_at
    if not is_press(mention):
        return shared_in(_said(mention), at, known)
    event, school = verdict.event or PressEvent.OTHER, judges.schools[begun.urn]
    told = read_event(mention.title, mention.text, event, at, school)
    story = matter_of(told, known)
    known.append(Article(story or begun.story_id, mention.title, told))
    return story


def _moved(folded: Folded, of: Mapping[str, str]) -> Folded:
    story = of.get(folded.story_id)
    if story is None:
        return folded
    how = "event" if folded.how == "new" else folded.how
    return replace(folded, story_id=story, how=how, sketch=replace(folded.sketch, story_id=story))


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
    if lines and (before := _matter_before(con, lines[0][0].beside, lines[0][1].urn)):
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


def _matter_before(con: Connection, beside: frozenset[str], urn: str) -> str | None:
    """The story of the lines handed in before: of a list, else one in which nothing has a lane of its own."""
    for story, by_list in stories_listing(con, urn, sorted(beside)) if beside else ():
        if by_list or not any(map(has_own_lane, story_verdicts(con, [story]).get(story, ()))):
            return story
    return None
