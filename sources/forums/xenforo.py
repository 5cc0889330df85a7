"""XenForo 1 and 2, and Fora, which is built on it and is read by its microdata."""

from __future__ import annotations

from typing import ClassVar

from sources.html.dom import has_class
from sources.threads.shape import MARKED_UP, Shape
from sources.threads.shaped_forum import ShapedForum

_THREAD_ID = r"/?threads/(?:[^/?#]*\.)?(\d+)(?:[/?#]|$)"

_DATE_TIME = (
    f".//*[{has_class('DateTime')}]"
    f"[not(ancestor-or-self::*[{has_class('editDate')} or {has_class('messageText')}])]"
)

_SECOND = Shape(
    bodies=(f"//*[{has_class('message-body')}][ancestor::*[{has_class('message--post')}][1]]"),
    author=(
        "descendant-or-self::*/@data-author",
        f".//*[{has_class('message-name')}]//*[{has_class('username')}]",
    ),
    time=(
        f".//*[{has_class('message-attribution-main')}]//time/@datetime",
        ".//header//time/@datetime",
        ".//time/@datetime",
    ),
    post_id=(
        'descendant-or-self::*[starts-with(@data-content,"post-")]/@data-content',
        './/*[starts-with(@id,"post-")]/@id',
    ),
    thread_id=_THREAD_ID,
    title=(f"//h1[{has_class('p-title-value')}]/text()[normalize-space()][last()]", "//h1"),
    quotes=f".//*[{has_class('bbCodeBlock--quote')}]",
    drop=f".//*[{has_class('bbCodeBlock-expandLink')} or {has_class('bbCodeBlock-shrinkLink')}"
    f" or {has_class('js-selectToQuoteEnd')}"
    f" or {has_class('message-signature')} or {has_class('message-lastEdit')}]",
    edited=(f".//*[{has_class('message-lastEdit')}]//time/@datetime",),
    number=(f".//ul[{has_class('message-attribution-opposite')}]/li[last()]/a",),
    permalink=(
        f".//*[{has_class('message-attribution-main')}]//a[.//time]/@href",
        f".//*[{has_class('message-attribution')}]//a[.//time]/@href",
    ),
    deleted=f"//*[{has_class('message--deleted')}] | //*[{has_class('is-ignored')}][{has_class('message')}]",
    next=(f"//a[{has_class('pageNav-jump--next')}]/@href",),
    threads="//html[not(@data-template='thread_view')]"
    f"//*[{has_class('structItem-title')}]//a[contains(@href,'threads/')]/@href",
)

_FIRST = Shape(
    bodies=f"//li[{has_class('message')}]//blockquote[{has_class('messageText')}]",
    author=("descendant-or-self::*/@data-author", f".//*[{has_class('username')}]"),
    time=(
        f".//*[{has_class('messageDetails')}]//abbr[{has_class('DateTime')}]/@data-time",
        f".//*[{has_class('messageDetails')}]//*[{has_class('DateTime')}]/@title",
        f".//*[{has_class('messageDetails')}]//*[{has_class('DateTime')}]",
        f".//*[{has_class('datePermalink')}]//*[{has_class('DateTime')}]/@title",
        f"{_DATE_TIME}/@data-time",
        f"{_DATE_TIME}/@title",
        _DATE_TIME,
    ),
    post_id=('descendant-or-self::li[starts-with(@id,"post-")]/@id',),
    thread_id=_THREAD_ID,
    title=(f"//*[{has_class('titleBar')}]//h1/text()[normalize-space()][last()]", "//h1"),
    quotes=f".//*[{has_class('bbCodeQuote')}]",
    drop=f".//*[{has_class('messageTextEndMarker')} or {has_class('quoteExpand')}"
    f" or {has_class('signature')}]",
    edited=(
        f".//*[{has_class('editDate')}]//abbr[{has_class('DateTime')}]/@data-time",
        f".//*[{has_class('editDate')}]//*[{has_class('DateTime')}]/@title",
    ),
    number=(f".//a[{has_class('postNumber')}]",),
    permalink=(f".//a[{has_class('datePermalink')}]/@href",),
    deleted=f"//li[{has_class('message')}][{has_class('deleted')} or {has_class('ignored')}]",
    next=(f"//*[{has_class('PageNav')}]//a[normalize-space()='Next >']/@href",),
    threads=f"//*[{has_class('discussionListItem')}]//h3/a[contains(@href,'threads/')]/@href",
)


class XenForo(ShapedForum):
    """Threads of a XenForo forum, and its lists of threads."""

    kind: ClassVar[str] = "forum.xenforo"
    shapes: ClassVar[tuple[Shape, ...]] = (_SECOND, _FIRST, MARKED_UP)
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (
        (b"message--post", 0.97),
        (b'id="xenforo"', 0.97),
        (b"structitem-title", 0.9),
        (b'data-template="thread_view"', 0.9),
        (b'id="xf"', 0.6),
    )
