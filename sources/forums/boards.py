"""Forums whose pages have a known shape."""

from __future__ import annotations

from typing import ClassVar

from sources.html.dom import has_class
from sources.threads.shape import MARKED_UP, Shape
from sources.threads.shaped_forum import ShapedForum

# phpBB 2 and 3, with the themes prosilver, subSilver and those built on them.

_PHPBB_THREAD_ID = r"viewtopic\.php\?(?:[^#]*[&;])?t=(\d+)|-t(\d+)(?:-\d+|-s?\d+)?\.html"
_START = r"[?&;]start=(\d+)|-t\d+-(?:s)?(\d+)\.html"
_NEXT = (
    f'//*[{has_class("pagination")}]//a[@rel="next"]/@href',
    f"//*[{has_class('pagination')}]//*[{has_class('next')}]/descendant-or-self::a/@href",
    f"//a[{has_class('right-box')}][{has_class('right')}]/@href",
    f"//*[{has_class('pagination')}]//strong/following-sibling::a[1]/@href",
)

_PROSILVER = Shape(
    bodies=(
        f'//div[{has_class("content")}][parent::*[starts-with(@id,"post_content")]'
        f" or parent::*[{has_class('postbody')}]]"
    ),
    author=(
        f".//*[{has_class('author')}]//*[{has_class('username')} or {has_class('username-coloured')}]",
        f".//*[{has_class('username')} or {has_class('username-coloured')}]",
        f".//*[{has_class('postauthor')}]",
        f".//*[{has_class('author')}]/strong",
    ),
    time=(
        f".//*[{has_class('author')}]//time/@datetime",
        ".//time/@datetime",
        f".//*[{has_class('timepost')}]/text()[last()]",
        f".//p[{has_class('author')}]/text()[last()][normalize-space()]",
        f".//*[{has_class('author')}]/a[last()]",
        f".//*[{has_class('post-date')} or {has_class('postdate')}]",
    ),
    post_id=(
        './/*[starts-with(@id,"post_content")]/@id',
        'descendant-or-self::*[starts-with(@id,"p") and number(substring(@id,2))>0]/@id',
        './/a[starts-with(@href,"#p")]/@href',
    ),
    thread_id=_PHPBB_THREAD_ID,
    page=_START,
    title=(f"//*[{has_class('topic-title')}]", "//h2[.//a[contains(@href,'viewtopic')]]"),
    quotes=".//blockquote",
    drop=f".//*[{has_class('signature')} or {has_class('notice')} or {has_class('attachbox')}]"
    f" | .//i[{has_class('hide')}]",
    edited=(f".//*[{has_class('notice')}]",),
    heading=(f".//*[{has_class('postbody')}]//h3",),
    permalink=(
        f'.//*[{has_class("author")} or {has_class("timepost")}]//a[contains(@href,"#p")]/@href',
        './/h3//a[contains(@href,"#p")]/@href',
    ),
    deleted=f'//*[starts-with(@id,"post_hidden")] | //*[{has_class("post")}][{has_class("deleted")}]',
    next=_NEXT,
    threads=f"//a[{has_class('topictitle')}]/@href",
)

_SUBSILVER = Shape(
    bodies=f"//td[span[{has_class('postbody')}]] | //td/div[{has_class('postbody')}]",
    author=(f".//span[{has_class('name')}]", f".//*[{has_class('postauthor')}]"),
    time=(
        f'.//span[{has_class("postdetails")}][contains(.,"Posted:")]/text()[contains(.,"Posted:")]',
        './/td[b[contains(.,"Posted:")]]/b[contains(.,"Posted:")]/following-sibling::text()[1]',
    ),
    post_id=(".//a[number(@name)>0]/@name", './/a[starts-with(@name,"p")]/@name'),
    thread_id=_PHPBB_THREAD_ID,
    page=_START,
    title=(f"//a[{has_class('maintitle')}]", f"//*[@id='pageheader']//a[{has_class('titles')}]"),
    quotes=f".//table[.//td[{has_class('quote')}]] | .//div[{has_class('quotetitle')}"
    f" or {has_class('quotecontent')}]",
    drop=f".//span[{has_class('gensmall')}] | .//*[{has_class('signature')}]",
    edited=(
        f'.//span[{has_class("gensmall")}][contains(.,"edited")]',
        './/*[contains(text(),"Last edited")]',
    ),
    heading=(),
    permalink=('.//a[contains(@href,"viewtopic.php?p=")]/@href',),
    next=(
        *_NEXT,
        '//span[@class="nav"]//a[normalize-space()="Next"]/@href',
        '//a[normalize-space()="Next"]/@href',
    ),
    threads=f"//a[{has_class('topictitle')}]/@href",
    cut=r"(?m)^_{10,}$",
)


class PhpBB(ShapedForum):
    """Topics of a phpBB forum, and its lists of topics."""

    kind: ClassVar[str] = "forum.phpbb"
    shapes: ClassVar[tuple[Shape, ...]] = (_PROSILVER, _SUBSILVER)
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (
        (b'id="phpbb"', 0.97),
        (b"memberlist.php?mode=viewprofile", 0.9),
        (b'powered by <a href="http://www.phpbb.com', 0.9),
        (b"viewtopic.php?", 0.5),
    )


# vBulletin 3, 4 and 5. In 3 and 4 all themes share only the id of a post's text.

_VBULLETIN_THREAD_ID = (
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
    thread_id=_VBULLETIN_THREAD_ID,
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


# XenForo 1 and 2, and Fora, which is built on it and is read by its microdata.

_XENFORO_THREAD_ID = r"/?threads/(?:[^/?#]*\.)?(\d+)(?:[/?#]|$)"

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
    thread_id=_XENFORO_THREAD_ID,
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
    thread_id=_XENFORO_THREAD_ID,
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


# The Student Room: microdata and test ids stay the same while its class names change.

_THREAD = Shape(
    bodies='//*[@itemprop="text"][ancestor::*[starts-with(@id,"post-content")][1]]',
    author=('.//*[@itemprop="author"]//*[@itemprop="name"]', './/*[@data-testid="username"]'),
    time=('.//*[@itemprop="datePublished"]/@content', './/*[@itemprop="datePublished"]'),
    post_id=(
        'descendant-or-self::*[starts-with(@id,"post")][number(substring(@id,5))>0]/@id',
        'descendant-or-self::*[starts-with(@id,"post-content")]/@id',
    ),
    thread_id=r"showthread\.php\?(?:[^#]*[&;])?t=(\d+)",
    title=('//h1[@itemprop="headline"]', "//h1"),
    quotes='.//*[@data-testid="quote-container"] | .//blockquote',
    opening='self::*[not(ancestor-or-self::*[@itemprop="comment"])]',
    deleted='//*[@data-testid="deleted-post"]',
    threads='//a[contains(@href,"showthread.php?t=")]/@href',
)


class TheStudentRoom(ShapedForum):
    """Threads of The Student Room, and its lists of threads."""

    kind: ClassVar[str] = "forum.thestudentroom"
    channel: ClassVar[str] = "thestudentroom"
    shapes: ClassVar[tuple[Shape, ...]] = (_THREAD,)
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (
        (b'rel="canonical" href="https://www.thestudentroom.co.uk/', 0.99),
        (b'content="https://www.thestudentroom.co.uk/showthread.php', 0.95),
        (b'data-testid="post-content"', 0.9),
    )
