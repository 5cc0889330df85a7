"""What places send: RSS, Discourse's latest posts, a phpBB topic, reviews, reports, an article."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from benchmarks.nation.world.places import Family, PlayedPlace
from benchmarks.nation.world.shown import Post

JSON, HTML, RSS = "application/json", "text/html; charset=utf-8", "application/rss+xml"
_OPENED = datetime(2019, 3, 1, 9, tzinfo=UTC)

Document = tuple[str, bytes]
"""Its type and its bytes."""


def document(place: PlayedPlace, posts: Sequence[Post]) -> Document:
    """What this place sends where it shows these posts, newest first."""
    return _OF.get(place.family, _feed)(place, posts)


def article(head: str, text: str) -> Document:
    """The page behind a headline."""
    body = "".join(f"<p>{escape(part)}.</p>" for part in text.split(". ") * 4)
    page = (
        f"<!DOCTYPE html><html lang='en-gb'><head><meta charset='utf-8'><title>{escape(head)}</title></head>"
        f"<body><nav><a href='/'>News</a></nav><main><article><h1>{escape(head)}</h1>{body}</article></main>"
        "</body></html>"
    )
    return HTML, page.encode()


def _feed(place: PlayedPlace, posts: Sequence[Post]) -> Document:
    items = "".join(
        f"<item><title>{escape(post.title)}</title><link>{post.url}</link><guid>{post.url}</guid>"
        f"<pubDate>{format_datetime(post.at)}</pubDate><description>{escape(escape(post.text))}</description></item>"
        for post in posts
    )
    link = "https://" + (urlsplit(place.url).hostname or "")
    head = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{escape(place.name)}</title>'
    return RSS, f"{head}<link>{link}</link>{items}</channel></rss>".encode()


def _latest(place: PlayedPlace, posts: Sequence[Post]) -> Document:
    """The newest posts of all topics, and the one with which the board was opened years ago."""
    told = [
        _told(
            post.number + 2,
            post.topic + 1,
            post.within,
            post.title,
            post.author,
            post.text,
            post.at,
            post.changed,
        )
        for post in posts
    ]
    told.append(_told(1, 1, 1, "Welcome", "admin", "Talk of the town goes here. Be kind.", _OPENED, None))
    return JSON, json.dumps({"latest_posts": told}).encode()


def _told(
    number: int,
    topic: int,
    within: int,
    title: str,
    author: str,
    text: str,
    at: datetime,
    changed: datetime | None,
) -> Mapping[str, object]:
    return {
        "id": number, "username": author, "created_at": f"{at:%Y-%m-%dT%H:%M:%S.000Z}",
        "updated_at": f"{changed or at:%Y-%m-%dT%H:%M:%S.000Z}", "version": 2 if changed else 1,
        "cooked": f"<p>{escape(text)}</p>", "post_number": within, "post_type": 1,
        "topic_id": topic, "topic_slug": f"topic-{topic}", "topic_title": title,
    }  # fmt: skip


def _topic(place: PlayedPlace, posts: Sequence[Post]) -> Document:
    """A long topic: the post that opened it years ago, and its last page."""
    title = escape(f"{place.town}: general chat")
    opened = _row(1, title, "admin", "2019-03-01T09:00:00+00:00", "Talk of the town goes here. Be kind.")
    rows = "".join(
        _row(
            post.number + 2,
            f"Re: {title}",
            post.author,
            f"{post.at:%Y-%m-%dT%H:%M:%S+00:00}",
            escape(post.text),
        )
        for post in reversed(posts)
    )
    page = (
        f"<!DOCTYPE html><html lang='en-gb'><head><meta charset='utf-8'><title>{title}</title></head>"
        "<body id='phpbb'>"
        f"<h2 class='topic-title'><a href='./viewtopic.php?t=12'>{title}</a></h2>{opened}{rows}</body></html>"
    )
    return HTML, page.encode()


def _row(number: int, title: str, author: str, at: str, text: str) -> str:
    return (
        f"<div id='p{number}' class='post'><div class='inner'><div class='postbody'>"
        f"<div id='post_content{number}'><h3><a href='#p{number}'>{title}</a></h3>"
        f"<p class='author'><a href='./viewtopic.php?p={number}#p{number}'>Post</a> "
        f"by <strong><a href='./memberlist.php?u=1' class='username'>{author}</a></strong> &raquo; "
        f"<time datetime='{at}'>{at}</time></p><div class='content'>{text}</div></div></div></div></div>"
    )


def _reviews(place: PlayedPlace, posts: Sequence[Post]) -> Document:
    told = [
        {
            "@type": "Review", "datePublished": post.at.isoformat(), "reviewBody": post.text,
            "author": post.author,
            "url": post.url, "reviewRating": {"@type": "Rating", "ratingValue": "3", "bestRating": "5"},
        }
        for post in posts
    ]  # fmt: skip
    told.append(
        {
            "@type": "Review",
            "datePublished": "2024-05-20",
            "reviewBody": "Lovely little school.",
            "url": f"{place.url}#1",
        }
    )
    school = {"@context": "https://schema.org", "@type": "School", "name": place.name, "review": told}
    script = f"<script type='application/ld+json'>{json.dumps(school)}</script>"
    page = f"<!DOCTYPE html><html><head><title>Reviews</title>{script}"
    return HTML, f"{page}</head><body><h1>Reviews</h1></body></html>".encode()


def _reports(place: PlayedPlace, posts: Sequence[Post]) -> Document:
    """An inspectorate's page: one old report, and what has come today."""
    days = "".join(_report(post.url, f"{post.at:%d %B %Y}") for post in posts)
    old = _report("/file/1", "20 May 2022")
    page = f"<!DOCTYPE html><html lang='en'><head><title>{escape(place.name)}</title></head><body><main>"
    return (
        HTML,
        f"{page}<h1>All reports</h1><ol class='timeline'>{days}{old}</ol></main></body></html>".encode(),
    )


def _report(url: str, day: str) -> str:
    return (
        "<li class='timeline__day'><div class='event'><span>School inspection: report</span> "
        f"<a href='{url}'>School inspection<span>, pdf - {day}</span></a>"
        f"<p>Published <time>{day}</time></p></div></li>"
    )


_OF: Mapping[Family, Callable[[PlayedPlace, Sequence[Post]], Document]] = {
    Family.BOARD: _latest,
    Family.PARENTS: _latest,
    Family.TOPIC: _topic,
    Family.REVIEWS: _reviews,
    Family.INSPECTION: _reports,
}
