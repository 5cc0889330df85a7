"""Where a forum software or theme keeps the parts of a thread; those that have no collector of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sources.html.dom import has_class

Paths = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The places where one software keeps the parts of a thread, as XPaths; alternatives are tried in order.

    `bodies` finds every post's text in the document; author, time, edited, heading, number and
    permalink are looked for in a post's frame; `post_id` gives text whose last number is the post's.
    `quotes` and `drop` are looked for in the body, `quoted_beside` in the frame; `emphasis` is what a
    platform without quotes may quote with. `thread_id` matches the thread's number in an address
    (first non-empty group), `page` the number of a later page. `opening` matches the frame of a
    thread's first post; `cut` is the line where a signature begins. `numbered` is False if the ids on the
    page may start again on every page instead of being the platform's.
    """

    bodies: str
    author: Paths
    time: Paths
    post_id: Paths
    thread_id: str
    title: Paths = ("//h1",)
    quotes: str = ".//blockquote"
    drop: str = ""
    quoted_beside: str = ""
    emphasis: str = ""
    edited: Paths = ()
    heading: Paths = ()
    number: Paths = ()
    permalink: Paths = ()
    deleted: str = ""
    next: Paths = ()
    threads: str = ""
    opening: str = ""
    page: str = r"[?&;](?:page|pg)=(\d+)|/page-?(\d+)"
    cut: str = ""
    numbered: bool = True


FLUXBB = Shape(
    bodies=f"//div[{has_class('blockpost')}]//div[{has_class('postmsg')}][not({has_class('postsignature')})]",
    author=(f".//*[{has_class('postleft')}]//dt",),
    time=(f"descendant-or-self::*[{has_class('blockpost')}]/h2//a",),
    post_id=(f"descendant-or-self::*[{has_class('blockpost')}]/@id",),
    thread_id=r"viewtopic\.php\?(?:[^#]*[&;])?id=(\d+)",
    quotes=f".//*[{has_class('quotebox')}] | .//blockquote",
    title=(f"//*[{has_class('firstpost')}]//h3", f"//*[{has_class('crumbs')}]/li[last()]"),
    drop=f".//*[{has_class('postedit')} or {has_class('postsignature')}]",
    edited=(f".//*[{has_class('postedit')}]",),
    number=(f".//*[{has_class('conr')}]",),
    permalink=("./h2//a[contains(@href,'#p')]/@href", ".//h2//a[contains(@href,'#p')]/@href"),
    page=r"[?&;]p=(\d+)",
    threads=f"//*[{has_class('tclcon')}]//a[contains(@href,'viewtopic.php?id=')]/@href",
)

MYBB = Shape(
    bodies=f"//*[{has_class('post_body')}][starts-with(@id,'pid_')]",
    author=(
        f".//*[{has_class('author_information')}]//*[{has_class('largetext')}]",
        f".//*[{has_class('author_information')}]//strong",
    ),
    time=(
        f".//*[{has_class('post_date')}]/span[not({has_class('post_edit')})]/@title",
        f".//*[{has_class('post_date')}]/text()[normalize-space()]",
    ),
    post_id=(".//*[starts-with(@id,'pid_')]/@id", "self::*[starts-with(@id,'pid_')]/@id"),
    thread_id=r"thread-(\d+)|showthread\.php\?(?:[^#]*[&;])?tid=(\d+)",
    title=(f"//*[{has_class('navigation')}]//*[{has_class('active')}]", "//h1"),
    quotes=f".//blockquote[{has_class('mycode_quote')} or cite]",
    drop=f".//*[{has_class('signature')}]",
    edited=(f".//*[{has_class('edited_post')}]",),
    number=(f".//*[{has_class('post_head')}]//strong/a[contains(.,'#')]",),
    permalink=(f".//*[{has_class('post_head')}]//strong/a/@href",),
    page=r"thread-\d+-page-(\d+)|[?&]page=(\d+)",
    next=(f"//a[{has_class('pagination_next')}]/@href",),
    threads="//*[starts-with(@id,'tid_')]/a/@href",
)

_SMF_NEXT = (
    f"//*[self::b or self::strong or {has_class('current_page')}]"
    f"/following-sibling::a[{has_class('navPages')} or {has_class('nav_page')}][1]/@href",
)

SMF_2 = Shape(
    bodies="//*[starts-with(@id,'msg_')][number(substring(@id,5))>0]",
    author=(f".//*[{has_class('poster')}]//h4",),
    time=(
        f".//*[{has_class('postinfo')}]//a[{has_class('smalltext')}]",
        f".//*[{has_class('keyinfo')}]//*[{has_class('smalltext')}]",
    ),
    post_id=("descendant-or-self::*[starts-with(@id,'msg_')][number(substring(@id,5))>0]/@id",),
    thread_id=r"topic[=,](\d+)",
    title=(f"//*[{has_class('display_title')}]", "//*[@id='top_subject']"),
    quotes=f".//blockquote[{has_class('bbc_standard_quote')} or {has_class('bbc_alternate_quote')}]"
    f" | .//*[{has_class('quoteheader')}]",
    drop=f".//*[{has_class('quotefooter')}]",
    edited=(f".//*[{has_class('modified')}]",),
    heading=(f".//*[{has_class('subject_title')}]",),
    permalink=(f".//*[{has_class('postinfo')}]//a[contains(@href,'msg')]/@href",),
    page=r"topic[=,]\d+\.([1-9]\d*)(?:[;/&#]|$)",
    next=_SMF_NEXT,
    threads="//*[starts-with(@id,'msg_')]/a[contains(@href,'topic=')]/@href",
)

SMF_1 = Shape(
    bodies=f"//td/div[{has_class('post')}]",
    author=(".//b/a[contains(@href,'action=profile')]", ".//td/b"),
    time=(f".//div[{has_class('smalltext')}][starts-with(normalize-space(.),'\u00ab')]/text()[last()]",),
    post_id=(".//*[starts-with(@id,'subject_')]/@id",),
    thread_id=r"topic[=,](\d+)",
    title=(".//*[starts-with(@id,'subject_')]",),
    quotes=f".//*[{has_class('quoteheader')} or {has_class('quote')}]",
    edited=(".//*[starts-with(@id,'modified_')]",),
    heading=(".//*[starts-with(@id,'subject_')]",),
    permalink=(".//*[starts-with(@id,'subject_')]/a/@href",),
    page=r"topic[=,]\d+\.([1-9]\d*)(?:[;/&#]|$)",
    next=_SMF_NEXT,
)

INVISION = Shape(
    bodies="//*[@data-commentapp='forums']//*[@data-role='commentContent']",
    author=(
        f".//aside//*[{has_class('cAuthorPane_author')}]//a",
        f".//aside//*[{has_class('cAuthorPane_author')}]//strong/span",
        f".//*[{has_class('cAuthorPane_author')}]",
        "descendant-or-self::*/@data-quotedata",
        f".//*[{has_class('ipsEntry__username')}]/*[not({has_class('ipsEntry__group')})][normalize-space()]",
        f".//*[{has_class('ipsEntry__username')}]",
    ),
    time=(f".//*[{has_class('ipsComment_meta')}]//time/@datetime", ".//time/@datetime"),
    post_id=("descendant-or-self::*/@data-commentid",),
    thread_id=r"/topic/(\d+)-?",
    title=(f"//h1[{has_class('ipsType_pageTitle')}]", "//h1"),
    quotes=f".//blockquote[{has_class('ipsQuote')}]",
    drop=f".//*[{has_class('ipsType_light')}][contains(.,'Edited')][.//time]",
    edited=(f".//*[{has_class('ipsType_light')}][contains(.,'Edited')]//time/@datetime",),
    permalink=(".//a[.//time]/@href",),
    page=r"[?&]page=(\d+)|/page/(\d+)",
    next=(f"//*[{has_class('ipsPagination_next')}]/a/@href",),
    threads=f"//*[{has_class('ipsDataItem_title')} or {has_class('ipsData__title')}]"
    "//a[contains(@href,'/topic/')]/@href",
)

VANILLA = Shape(
    bodies=(
        "//*[starts-with(@id,'Discussion_') or starts-with(@id,'Comment_')]"
        f"//*[{has_class('Message')}][not(ancestor::*[{has_class('Message')}][1])]"
    ),
    author=(f".//a[{has_class('Username')}]", f".//*[{has_class('Author')}]"),
    time=(f".//*[{has_class('DateCreated')}]//time/@datetime", ".//time/@datetime"),
    post_id=("descendant-or-self::*[starts-with(@id,'Comment_')]/@id",),
    thread_id=r"/discussion/(\d+)|/(\d+)-[^/]*\.html",
    title=(f"//*[{has_class('PageTitle')}]//h1", "//h1"),
    quotes=f".//blockquote | .//*[{has_class('js-quoteEmbed')} or {has_class('QuoteText')}]",
    drop=f".//*[{has_class('Signature')}]",
    edited=(f".//*[{has_class('DateUpdated')}]/@title",),
    opening="descendant-or-self::*[starts-with(@id,'Discussion_')]",
    permalink=(f".//a[{has_class('Permalink')}]/@href",),
    page=r"/p(\d+)$",
    threads=f"//*[{has_class('DataList')}]//*[{has_class('Title')}]//a/@href",
)

NODEBB = Shape(
    bodies="//*[@component='post']//*[@component='post/content']",
    author=("descendant-or-self::*[@component='post']/@data-username",),
    time=("descendant-or-self::*[@component='post']/@data-timestamp",),
    post_id=("descendant-or-self::*[@component='post']/@data-pid",),
    thread_id=r"/topic/(\d+)",
    title=("//*[@component='topic/title']", "//h1"),
    edited=(".//*[@component='post/edit-indicator']/@title",),
    number=(f".//*[{has_class('post-index')}]",),
    permalink=(f".//a[{has_class('post-index')}]/@href",),
    next=("//*[@component='pagination/next']//a/@href",),
    threads="//*[@component='topic/header']/a/@href",
    deleted=f"//*[@component='post'][{has_class('deleted')}]",
)

FLARUM = Shape(
    bodies=f"//noscript//*[{has_class('Post-body')}]",
    author=(f".//*[{has_class('PostUser-name')}]",),
    time=(".//time/@datetime",),
    post_id=("self::*[@data-id]/@data-id",),
    thread_id=r"/d/(\d+)",
    title=("//noscript//h1",),
    page=r"[?&]page=(\d+)",
)

_COMMENT = '(contains(@itemtype,"/Comment") or contains(@itemtype,"/Answer"))'
_TOP = f"self::*[not(descendant-or-self::*[{_COMMENT}])]/ancestor::*[@itemtype][1]"

MARKED_UP = Shape(
    bodies=(
        '//*[@itemprop="text" or @itemprop="articleBody"]'
        '[ancestor::*[contains(@itemtype,"DiscussionForumPosting") or contains(@itemtype,"/Comment")'
        ' or contains(@itemtype,"/Question") or contains(@itemtype,"/Answer")][1]]'  # the next one is enough
    ),
    author=(
        './/*[@itemprop="author"]//*[@itemprop="name"]/@content',
        './/*[@itemprop="author"]//*[@itemprop="name"]',
        './/*[@itemprop="author"]',
        f'{_TOP}//*[@itemprop="author"][1]//*[@itemprop="name"]',
    ),
    time=(
        './/*[@itemprop="datePublished" or @itemprop="dateCreated"]/@content',
        './/*[@itemprop="datePublished" or @itemprop="dateCreated"]/@datetime',
        './/*[@itemprop="datePublished" or @itemprop="dateCreated"]',
        f'{_TOP}/*[@itemprop="datePublished"]/@content',
        f'{_TOP}//time[@itemprop="datePublished" or @itemprop="dateCreated"]'
        f"[not(ancestor::*[{_COMMENT}])]/@datetime",
    ),
    post_id=(
        f"descendant-or-self::*[{_COMMENT}]/@id",
        "descendant-or-self::*[@data-post-id]/@data-post-id",
        'descendant-or-self::*[contains(@id,"post") or contains(@id,"comment")]/@id',
    ),
    thread_id=r"/(?:threads?|topics?|discussions?|questions?|t)/(?:[^/?#]*\.)?(\d+)",
    title=('//*[@itemprop="headline"]/@content', '//*[@itemprop="headline"]', "//h1"),
    edited=('.//*[@itemprop="dateModified"]/@content', './/*[@itemprop="dateModified"]/@datetime'),
    number=('.//*[@itemprop="position"]/@content',),
    permalink=('.//*[@itemprop="url"][not(ancestor::*[@itemprop="author"])]/@href',),
)

KNOWN = (FLUXBB, MYBB, SMF_2, SMF_1, INVISION, VANILLA, NODEBB, FLARUM)
"""Tried in this order; the first that finds posts is used."""

MARKS: tuple[tuple[bytes, float], ...] = (
    (b'class="blockpost', 0.85),
    (b'class="post_body', 0.85),
    (b"smf_theme_url", 0.85),
    (b"action=profile;u=", 0.8),
    (b"data-commentapp=", 0.85),
    (b"itemdiscussion", 0.85),
    (b'component="post"', 0.85),
    (b'id="flarum-content"', 0.85),
)
"""Text, in lower case, that identifies such a page, and with what confidence."""
