"""In the news: every article that its reader may be told of, adverse first; one line a story. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from heapq import nsmallest

from alerts.describe import describe, next_of
from alerts.gravity import top_of
from alerts.wording.digest.lines import perhaps, ref, verdicts_of, when_posted
from alerts.wording.digest.quotes import outlet, quote
from alerts.wording.digest.reader import Saying
from alerts.wording.digest.view import Line
from data.judged import in_another_language, is_over, maybe_grave, tone_of
from data.matters import MatterView
from data.types import PressEvent, Route, Sentiment, Verdict

_GOOD = (PressEvent.ACHIEVEMENT, PressEvent.FUNDING, PressEvent.OTHER)


def in_the_news(say: Saying, stories: Iterable[MatterView], most: int) -> list[Line]:
    """The first lines of these stories; each was in the press."""
    return [_line(say, story) for story in nsmallest(most, stories, key=news_order)]


def adverse(story: MatterView) -> bool:
    """Does it tell of something that the school would rather not read?"""
    return any(v is not None and (v.route is Route.RESPOND or _bad(v)) for v in (story.top, story.look))


def _bad(verdict: Verdict) -> bool:
    event = verdict.event
    if event is not None and event not in _GOOD:
        return not is_over(verdict)
    return tone_of(verdict) is Sentiment.NEGATIVE and event is not PressEvent.ACHIEVEMENT


def news_order(story: MatterView) -> tuple[bool, bool, int, bool, bool, int, str]:
    """What may be grave first, then what is adverse, then what most papers carry."""
    top = top_of(story)
    good = tone_of(top) is Sentiment.POSITIVE
    grave = maybe_grave(story.look or top)
    return (
        not grave,
        not adverse(story),
        -top.severity,
        story.look is None,
        good,
        -story.articles,
        story.story_id,
    )


def _line(say: Saying, story: MatterView) -> Line:
    """Its headline where that may be repeated, else what it tells of; its paper, its day, its copies; who has
    it.
    """
    w, verdict = say.w, story.look or top_of(story)
    shown = quote(say, story, verdicts_of(story), printed=True)
    described = describe(replace(verdict, event=verdict.event or PressEvent.OTHER), w)
    page = say.page(story.story_id)
    return Line(
        shown.said if shown else described,
        say.w("digest.waiting.in_hand", who=say.person(story.holder.person)) if story.holder else "",
        url=shown.url if shown else None,
        where=" · ".join(_where(say, story)),
        then=_asked(say, verdict),
        page=page,
        ref="" if page else ref(story),
        matter=story,
    )


def _where(say: Saying, story: MatterView) -> list[str]:
    post = story.article or story.post
    named = say.facts.excerpts != "none" and story.story_id not in say.facts.locked
    paper = outlet(say, post)[1] if post and named else ""
    told = when_posted(say, story, post)
    when = [told] if told else []
    copies = [say.count("digest.count.copies", story.articles - 1)] if story.articles > 1 else []
    doubt = perhaps(say, [story])
    return [paper or say.at("news"), *when, *copies, *doubt]


def _asked(say: Saying, verdict: Verdict) -> str:
    """What is asked of the reader that is not asked of every line: a member of staff, a look."""
    if verdict.route is Route.RESPOND and verdict.event is PressEvent.STAFF:
        return say.w("digest.suggested", next=next_of(verdict, say.w))
    if in_another_language(verdict):
        return say.w("digest.look.not_judged")
    return say.w("digest.look.in_press") if verdict.look and not is_over(verdict) else ""


def asked_of_all(say: Saying, stories: Iterable[MatterView]) -> tuple[str, ...]:
    """What is asked where any of it is to be answered."""
    told = [s.look or top_of(s) for s in stories]
    found = [v for v in told if v.route is Route.RESPOND and v.event is not PressEvent.STAFF]
    return (say.w("digest.press_next", next=next_of(found[0], say.w)),) if found else ()
