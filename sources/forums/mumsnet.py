"""Mumsnet Talk, in the markup served since 2022 and in that of 2019."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from data.ids import squeeze
from sources.html.dom import has_class
from sources.threads.posts import ForumPost, Thread
from sources.threads.shape import Shape
from sources.threads.shaped_forum import ShapedForum

_THREAD_ID = r"(?i)/talk/(?:[\w-]+/)?(?:a)?(\d+)(?:-|[/?#]|$)"
_THREADS = '//a[contains(@href,"/talk/") or contains(@href,"/Talk/")]/@href'
_SHORTEST_QUOTE = 25

_NOW = Shape(
    bodies=(
        '//*[@id="thread-body"][ancestor::*[@id="original-post"][1]]'
        ' | //*[@data-reply-id]//*[starts-with(@id,"reply-body-")]'
    ),
    author=(
        f'.//*[{has_class("font-bold")}][contains(text()[1],"\u00b7")]/text()[1]',
        f".//*[{has_class('font-bold')}]/text()[normalize-space()][1]",
    ),
    time=(
        f'.//*[{has_class("font-bold")}][contains(text()[1],"\u00b7")]//*[{has_class("font-normal")}]',
        f".//*[{has_class('font-bold')}]/span",
    ),
    post_id=("descendant-or-self::*/@data-reply-id",),
    thread_id=_THREAD_ID,
    title=("//h1",),
    quoted_beside=f".//*[{has_class('border-l-4')}]//*[{has_class('post-body')}]",
    opening='descendant-or-self::*[@id="original-post"]',
    threads=_THREADS,
    next=('//a[@aria-label="Next page" or contains(@class,"pagination-next")]/@href',),
    deleted='//*[@data-reply-id][contains(@x-data,"isContentVisible: false")]',
)

_THEN = Shape(
    bodies=f"//div[@data-post]//*[{has_class('talk-post')}]",
    author=(f".//*[{has_class('nick')}]",),
    time=(f".//*[{has_class('post_time')}]",),
    post_id=("descendant-or-self::*/@data-post",),
    thread_id=_THREAD_ID,
    title=(f"//h1[{has_class('thread_name')}]", "//h1"),
    drop=f".//*[{has_class('post-links')}]",
    emphasis=".//strong | .//b",
    opening=f".//*[{has_class('original-first-post')}]",
    next=("//a[starts-with(@id,'message-pages-') and contains(@id,'-next')]/@href",),
    threads=_THREADS,
)

_REMOVED = re.compile(
    r"(?:message|post) (?:has been )?(?:deleted|withdrawn|removed) (?:by|at|for)\b.{0,120}"
    r"|this (?:post|message|reply) has been (?:deleted|withdrawn|removed|hidden).{0,160}",
    re.IGNORECASE,
)


class Mumsnet(ShapedForum):
    """Threads of Mumsnet Talk, and its lists of threads.

    In the old markup quotes are bold paragraphs: bold words that an earlier post of the page holds
    are taken for a quote.
    """

    kind: ClassVar[str] = "forum.mumsnet"
    channel: ClassVar[str] = "mumsnet"
    shapes: ClassVar[tuple[Shape, ...]] = (_NOW, _THEN)
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (
        (b'rel="canonical" href="https://www.mumsnet.com/talk', 0.99),
        (b'data-reply-id="', 0.9),
        (b'class="talk-post', 0.9),
    )

    def refine(self, thread: Thread, posts: list[ForumPost]) -> list[ForumPost]:
        """Removes the dot after the author and deleted posts; separates quotes found by repetition."""
        named = [replace(post, author=post.author.rstrip(" \u00b7")) for post in posts]
        kept = [post for post in named if not _REMOVED.fullmatch(post.text)]
        return _repetitions_apart(kept)


def _repetitions_apart(posts: Sequence[ForumPost]) -> list[ForumPost]:
    """Bold lines that repeat an earlier post word for word are quotes; everything else stays."""
    said: list[str] = []
    parted: list[ForumPost] = []
    for post in posts:
        bold = {squeeze(line) for part in post.emphasised for line in part.splitlines()}
        own: list[str] = []
        repeated: list[str] = []
        for line in post.text.splitlines():
            words = squeeze(line)
            candidate = len(words) >= _SHORTEST_QUOTE and words in bold
            is_quote = candidate and any(words in earlier for earlier in said)
            (repeated if is_quote else own).append(line)
        said.append(squeeze(post.text))
        quoted = "\n".join(filter(None, (post.quoted, *repeated)))
        parted.append(replace(post, text="\n".join(own), quoted=quoted) if repeated else post)
    return parted
