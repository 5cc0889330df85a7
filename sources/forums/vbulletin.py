"""vBulletin 3, 4 and 5. In 3 and 4 all themes share only the id of a post's text."""

from __future__ import annotations

from typing import ClassVar

from sources.html.dom import has_class
from sources.threads.shape import Shape
from sources.threads.shaped_forum import ShapedForum

_THREAD_ID = (
    r"showthread\.php\?(?:[^#]*[&;])?t=(\d+)|showthread\.php[?/](\d+)|/threads?/(\d+)-|-t(\d+)\.html$"
    r"|/(\d+)-[^/?#]+\.html$"
)

_TABLES_AND_LISTS = Shape(
    bodies='//*[starts-with(@id,"post_message_")]',
    author=(
        f".//*[{has_class('bigusername')}]",
        f".//*[{has_class('username_container')}]//*[{has_class('username')}]",
        f".//*[{has_class('username')} or {has_class('guest')}]",
        './/*[starts-with(@id,"postmenu_")]/a | .//*[starts-with(@id,"postmenu_")]',
    ),
    time=(
        f".//*[{has_class('postdate')}]//*[{has_class('date')}]",
        f".//*[{has_class('postdate')}]",
        ".//a[starts-with(@name,'post')][img]/following-sibling::*[normalize-space()][1]//b",
        ".//a[starts-with(@name,'post')][img]/following-sibling::text()[normalize-space()][1]",
        f".//td[{has_class('thead')}]//text()[normalize-space()][1]",
    ),
    post_id=(
        './/a[starts-with(@name,"post")][number(substring(@name,5))>0]/@name',
        'descendant-or-self::*[starts-with(@id,"post_message_")]/@id',
    ),
    thread_id=_THREAD_ID,
    title=(
        f"//*[{has_class('threadtitle')}]",
        f"//*[{has_class('navbar')}]/strong",
        f"//td[{has_class('navbar')}]//strong",
        "//h1",
    ),
    quotes=(
        f".//div[{has_class('bbcode_container')}][.//*[{has_class('bbcode_quote')}]]"
        f" | .//*[{has_class('bbcode_quote')}]"
        ' | .//div[div[normalize-space()="Quote:"]][table]'
    ),
    drop=f".//*[{has_class('lastedited')} or {has_class('signature')} or {has_class('attachments')}]",
    edited=(f".//*[{has_class('lastedited')}]", './/em[contains(.,"Last edited by")]'),
    heading=(f".//*[{has_class('posttitle')}]", './/td[starts-with(@id,"td_post_")]/div[1]/strong'),
    number=(f".//a[{has_class('postcounter')}]", './/a[starts-with(@id,"postcount")]'),
    permalink=('.//a[contains(@href,"#post")][not(ancestor::*[starts-with(@id,"post_message_")])]/@href',),
    deleted=f"//*[{has_class('postbitdeleted')} or {has_class('postbitignored')}]",
    next=(f'//*[{has_class("prev_next")}]/a[@rel="next"]/@href',),
    threads='//a[starts-with(@id,"thread_title_")]/@href',
)

_NODES = Shape(
    bodies=f"//*[{has_class('js-post__content-text')}]",
    author=(
        f".//*[{has_class('b-userinfo__details')}]//*[{has_class('author')}]",
        './/*[@itemprop="author"]//*[@itemprop="name"]',
        f".//*[{has_class('author')}]",
    ),
    time=(f".//*[{has_class('b-post__timestamp')}]//time/@datetime", ".//time/@datetime"),
    post_id=("descendant-or-self::*/@data-node-id",),
    thread_id=r"/(\d+)-[^/?#]*(?:[?#/]|$)",
    title=(f"//h1[{has_class('main-title')}]", "//h1"),
    quotes=f".//*[{has_class('bbcode_container')}][.//*[{has_class('bbcode_quote')}]]",
    drop=f".//*[{has_class('b-post__edit-note')} or {has_class('signature')}]",
    edited=(
        f".//*[{has_class('b-post__edit-note')}]//time/@datetime",
        f".//*[{has_class('b-post__edit-note')}]",
    ),
    number=(f".//*[{has_class('b-post__count')}]",),
    permalink=(f".//a[{has_class('b-post__count')}]/@href",),
    deleted=f"//*[{has_class('b-post--deleted')}]",
    next=(f"//a[{has_class('js-pagenav-next-button')}]/@href",),
    threads=f"//a[{has_class('js-topic-title')}]/@href",
)


class VBulletin(ShapedForum):
    """Threads of a vBulletin forum, and its lists of threads."""

    kind: ClassVar[str] = "forum.vbulletin"
    shapes: ClassVar[tuple[Shape, ...]] = (_TABLES_AND_LISTS, _NODES)
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (
        (b'name="generator" content="vbulletin', 0.97),
        (b"vbulletin_init", 0.95),
        (b"vbulletin_global", 0.95),
        (b'id="post_message_', 0.9),
        (b"js-post__content-text", 0.95),
        (b"forumdisplay.php?", 0.5),
    )
