"""Which stories of one person's digest are shown, so that their posts alone are read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest

from alerts.digest.saying.matters import judged_alike, loudness
from alerts.digest.saying.press import news_order
from alerts.digest.select import Selection
from data.digest import FreshStory, ToldPost
from data.judged import maybe_grave

SHOWN = {
    "decide": 8,
    "look": 4,
    "unread": 12,
    "answer": 6,
    "news": 12,
    "before": 6,
    "praise": 4,
    "waiting": 8,
    "in_hand": 4,
    "answered": 4,
    "not_seen": 6,
    "unsure": 3,
}
"""At most so many lines of each."""
_TRIED = 50
"""Of stories that were judged alike, so many are looked through for two that can be quoted."""


def shown_looks(looks: Sequence[FreshStory], most: int) -> Sequence[FreshStory]:
    """All that may be severity 4, which come first, and `most` of the others."""
    return looks[: most + sum(maybe_grave(s.look or s.top) for s in looks)]


def wanted_posts(chosen: Selection) -> dict[str, str]:
    """The ids of the posts that may be shown, each with its story."""
    return {
        post: story.story_id for story in _shown(chosen) for post in (story.post_id, story.article_id) if post
    }


def with_posts(chosen: Selection, posts: Mapping[str, ToldPost]) -> Selection:
    """The same with these posts, by id, in their stories."""

    def worded(stories: Iterable[FreshStory]) -> tuple[FreshStory, ...]:
        return tuple(_worded(s, posts) if s.post_id in posts or s.article_id in posts else s for s in stories)

    return replace(
        chosen,
        looks=worded(chosen.looks),
        unread=worded(chosen.unread),
        answer=worded(chosen.answer),
        news=worded(chosen.news),
        before=worded(chosen.before),
        praise=worded(chosen.praise),
        unsure=worded(chosen.unsure),
    )


def _shown(chosen: Selection) -> Iterator[FreshStory]:
    yield from shown_looks(chosen.looks, SHOWN["look"])
    yield from shown_looks(chosen.unread, SHOWN["unread"])
    yield from nsmallest(SHOWN["news"], chosen.news, key=news_order)
    yield from chosen.before[: SHOWN["before"]]
    yield from chosen.unsure[: SHOWN["unsure"]]
    for alike in (*judged_alike(chosen.answer), *judged_alike(chosen.praise)):
        yield from nsmallest(_TRIED, alike, key=loudness)


def _worded(story: FreshStory, posts: Mapping[str, ToldPost]) -> FreshStory:
    return replace(story, post=posts.get(story.post_id), article=posts.get(story.article_id))
