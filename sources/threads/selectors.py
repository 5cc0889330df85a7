"""A thread described by CSS selectors in the configuration."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from bs4.element import Tag

from data.types import Response
from data.web.urls import canonical_url
from sources.html.markup import (
    absolute,
    attribute,
    base_url,
    canonical_link,
    first,
    first_text,
    next_link,
    own_words,
    soup,
)
from sources.html.nesting import separate
from sources.settings import PostSelectors
from sources.threads.addresses import pageless, without_session
from sources.threads.paging import NOT_FOUND
from sources.threads.posts import ForumPost, Thread

_TIMES = ("datetime", "content", "data-time", "data-timestamp", "title")
_MOST_LINKS = 2_000
_LATER_PAGE = re.compile(r"[?&;](?:page|pg|p)=(?!0*1?(?:\D|$))\d+|/page-?(?!0*1?(?:\D|$))\d+")


def read_by_selectors(css: PostSelectors, response: Response) -> tuple[Thread, list[ForumPost]]:
    """The thread and its posts, as the selectors find them; there may be no posts."""
    tree = soup(response.body, response.header("content-type"))
    base = base_url(tree, response.url)
    address = without_session(canonical_link(tree, response.url) or response.url)
    nodes, warnings = separate(tree.select(css.post), lambda node: node.parents)
    posts = _by_permalink([_post(node, css, base, address) for node in nodes], address)
    following = next_link(tree, response.url, *filter(None, [css.next]))
    thread = Thread(
        id=pageless(address),
        title=first_text(tree, css.title, "title") or "",
        url=address,
        starts=_LATER_PAGE.search(response.url) is None,
        next=following and without_session(following),
        warnings=warnings if posts else (f'The selector "{css.post}" finds no post on the page.',),
    )
    if following is None and _goes_on(tree, base, response.url):
        thread = replace(thread, warnings=(*thread.warnings, f'{NOT_FOUND} "next" may name it.'))
    return thread, posts


def _by_permalink(posts: list[ForumPost], thread: str) -> list[ForumPost]:
    """Each post by its own link; an element's id alone may start again on every page."""
    links = Counter(post.id for post in posts)
    page = pageless(thread)
    own = {link for link, times in links.items() if times == 1 and ("#" in link or pageless(link) != page)}
    return [post if post.id in own else replace(post, id="") for post in posts]


def _goes_on(tree: Tag, base: str, url: str) -> bool:
    """Does the page link to later pages of its thread?"""
    here, page = pageless(url), _page_number(url)
    links = (absolute(base, attribute(node, "href")) for node in tree.select("a[href]", limit=_MOST_LINKS))
    return any(_page_number(link) > page and pageless(link) == here for link in links if link)


def _page_number(url: str) -> int:
    found = _LATER_PAGE.search(url)
    return int(re.findall(r"\d+", found[0])[-1][:9]) if found else 1


def _post(node: Tag, css: PostSelectors, base: str, address: str) -> ForumPost:
    body = first(node, css.text)
    text, quoted = own_words(body, css.quote, css.drop) if body else ("", "")
    own = attribute(node, "id") or ""
    linked = absolute(base, attribute(first(node, css.link), "href")) if css.link else None
    return ForumPost(
        id=_link_key(linked) if linked else "",
        text=text,
        quoted=quoted,
        author=(css.author and first_text(node, css.author)) or "",
        time=_time(node, css.time),
        url=linked or (f"{address.split('#')[0]}#{own}" if re.fullmatch(r"[\w:.-]+", own) else ""),
    )


def _link_key(link: str) -> str:
    page, mark, fragment = link.partition("#")
    return canonical_url(page) + mark + fragment


def _time(node: Tag, selector: str) -> str:
    found = first(node, selector) if selector else None
    if found is None:
        return ""
    machine = (attribute(found, name) for name in _TIMES)
    return next(filter(None, machine), "") or found.get_text(" ", strip=True)
