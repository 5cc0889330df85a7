"""Which stories of one person's digest are shown, so that their posts alone are read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from heapq import nsmallest

from alerts.facts import Selection
from alerts.wording.digest.looks import shown_looks
from alerts.wording.digest.matters import judged_alike, loudness, news_order
from alerts.wording.digest.view import SHOWN
from data.matters import MatterView, PostView

_TRIED = 50
"""Of stories that were judged alike, so many are looked through for two that can be quoted."""


def wanted_posts(chosen: Selection) -> dict[str, str]:
    """The ids of the posts that may be shown, each with its story."""
    return {
        post: story.story_id for story in _shown(chosen) for post in (story.post_id, story.article_id) if post
    }


def with_posts(chosen: Selection, posts: Mapping[str, PostView]) -> Selection:
    """The same with these posts, by id, in their stories."""

    def filled(story: MatterView) -> MatterView:
        if story.post_id not in posts and story.article_id not in posts:
            return story
        found = [posts[i] for i in dict.fromkeys((story.post_id, story.article_id)) if i in posts]
        return replace(story, posts=tuple(found))

    return replace(
        chosen,
        looks=tuple(map(filled, chosen.looks)),
        unread=tuple(map(filled, chosen.unread)),
        answer=tuple(map(filled, chosen.answer)),
        news=tuple(map(filled, chosen.news)),
        before=tuple(map(filled, chosen.before)),
        praise=tuple(map(filled, chosen.praise)),
        unsure=tuple(map(filled, chosen.unsure)),
    )


def _shown(chosen: Selection) -> Iterator[MatterView]:
    yield from shown_looks(chosen.looks, SHOWN["look"])
    yield from shown_looks(chosen.unread, SHOWN["unread"])
    yield from nsmallest(SHOWN["news"], chosen.news, key=news_order)
    yield from chosen.before[: SHOWN["before"]]
    yield from chosen.unsure[: SHOWN["unsure"]]
    for alike in (*judged_alike(chosen.answer), *judged_alike(chosen.praise)):
        yield from nsmallest(_TRIED, alike, key=loudness)
