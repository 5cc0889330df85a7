"""In the news: every article that its reader may be told of, adverse first; one line a story. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from heapq import nsmallest

from alerts.digest.saying.lines import perhaps, ref, verdicts_of, when_posted
from alerts.digest.saying.quotes import outlet, quote
from alerts.digest.saying.reader import Saying
from alerts.digest.view import Line
from alerts.wording.verdicts import describe, next_of
from data.digest import FreshStory
from data.judged import in_another_language, is_over, maybe_grave, tone_of
from data.types import PressEvent, Relevance, Route, Sentiment, Verdict

_GOOD = (PressEvent.ACHIEVEMENT, PressEvent.FUNDING, PressEvent.OTHER)


def in_the_news(say: Saying, stories: Iterable[FreshStory], held: Mapping[str, str], most: int) -> list[Line]:
    """The first lines of these stories; each was in the press. `held` says who has what somebody took, by
    story.
    """
    return [_line(say, story, held.get(story.story_id)) for story in nsmallest(most, stories, key=news_order)]


def adverse(story: FreshStory) -> bool:
    """Does it tell of something that the school would rather not read?"""
    told = (story.top, *((story.look,) if story.look else ()))
    return any(v.route is Route.RESPOND or _bad(v) for v in told)


def _bad(verdict: Verdict) -> bool:
    event = verdict.event
    if event is not None and event not in _GOOD:
        return not is_over(verdict)
    return tone_of(verdict) is Sentiment.NEGATIVE and event is not PressEvent.ACHIEVEMENT


def news_order(story: FreshStory) -> tuple[bool, bool, int, bool, bool, int, str]:
    """What may be grave first, then what is adverse, then what most papers carry."""
    top = story.top
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


def _line(say: Saying, story: FreshStory, holder: str | None) -> Line:
    """Its headline where that may be repeated, else what it tells of; its paper, its day, its copies; who has
    it.
    """
    w, verdict = say.w, story.look or story.top
    post = story.article or story.post
    shown = quote(say, story.story_id, post, verdicts_of(story))
    described = describe(replace(verdict, event=verdict.event or PressEvent.OTHER), w)
    page = say.page(story.story_id)
    return Line(
        shown.said if shown else described,
        say.w("digest.waiting.in_hand", who=say.person(holder)) if holder else "",
        url=shown.url if shown else None,
        where=" · ".join(_where(say, story)),
        then=_asked(say, verdict),
        page=page,
        ref="" if page else ref(story),
    )


def _where(say: Saying, story: FreshStory) -> list[str]:
    post = story.article or story.post
    named = say.facts.excerpts != "none" and story.story_id not in say.facts.locked
    paper = outlet(say, post)[1] if post and named else ""
    when = [said] if (said := when_posted(say, story.story_id, post)) else []
    copies = [say.count("digest.count.copies", story.articles - 1)] if story.articles > 1 else []
    doubt = perhaps(say, story.relevance is Relevance.UNSURE)
    return [paper or say.at("news"), *when, *copies, *doubt]


def _asked(say: Saying, verdict: Verdict) -> str:
    """What is asked of the reader that is not asked of every line: a member of staff, a look."""
    if verdict.route is Route.RESPOND and verdict.event is PressEvent.STAFF:
        return say.w("digest.suggested", next=next_of(verdict, say.w))
    if in_another_language(verdict):
        return say.w("digest.look.not_judged")
    return say.w("digest.look.in_press") if verdict.look and not is_over(verdict) else ""


def asked_of_all(say: Saying, stories: Iterable[FreshStory]) -> tuple[str, ...]:
    """What is asked where any of it is to be answered."""
    told = [s.look or s.top for s in stories]
    found = [v for v in told if v.route is Route.RESPOND and v.event is not PressEvent.STAFF]
    return (say.w("digest.press_next", next=next_of(found[0], say.w)),) if found else ()
