"""phpBB 2 and 3, with the themes prosilver, subSilver and those built on them."""

from __future__ import annotations

from typing import ClassVar

from sources.html.dom import has_class
from sources.threads.shape import Shape
from sources.threads.shaped_forum import ShapedForum

_THREAD_ID = r"viewtopic\.php\?(?:[^#]*[&;])?t=(\d+)|-t(\d+)(?:-\d+|-s?\d+)?\.html"
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
    thread_id=_THREAD_ID,
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
    thread_id=_THREAD_ID,
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
