"""Threads marked up by schema.org: DiscussionForumPosting and QAPage, as microdata or JSON-LD."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from data.types import Page, Response, Source
from sources.dom import Element, document_of, find
from sources.forums.addresses import pageless
from sources.forums.posts import Post, page_of
from sources.forums.reading import thread_of
from sources.forums.seen import fullest
from sources.forums.shape import Shape
from sources.forums.shaped import ShapedForum
from sources.forums.software import MARKED_UP
from sources.markup import absolute, plain, soup
from sources.schema_org import Item, SchemaOrg, schema_org

_ANSWERS = ("acceptedAnswer", "suggestedAnswer", "comment", "answer")
_OPENING = ("DiscussionForumPosting", "SocialMediaPosting", "Question")


class SchemaOrgForum(ShapedForum):
    """A thread by what its page declares. Where both forms stand, the one that holds more is read.

    Where the page shows more posts than it declares, those shown are read.
    """

    kind: ClassVar[str] = "forum.schema_org"
    shapes: ClassVar[tuple[Shape, ...]] = (MARKED_UP,)
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (
        (b"schema.org/discussionforumposting", 0.6),
        (b'"discussionforumposting"', 0.55),
        (b"schema.org/qapage", 0.6),
        (b'"qapage"', 0.6),
    )

    def parse(self, source: Source, response: Response) -> Page:
        """The first post and its comments or answers."""
        page = super().parse(source, response)
        document = document_of(response)
        if document is None:
            return page
        declared = _declared(document, response.url)
        thread = thread_of(MARKED_UP, document, response)
        posts = [post for opening in _openings(declared) for post in _posts(opening, response.url)]
        if len(posts) > len(page.mentions):
            first = next(_openings(declared))
            title = plain(first.text("headline", "name")) or thread.title
            thread = replace(thread, title=title)
            page = page_of(thread, posts, source, response, source.channel or self.channel)
        declares = replace(page, warnings=(*page.warnings, *_damage(declared)))
        return fullest(declares, source, response, source.channel or self.channel)


def _declared(document: Element, url: str) -> SchemaOrg:
    """The page's JSON-LD; its scripts alone are read again, not the whole page."""
    scripts = find(document, '//script[contains(@type,"ld+json")]')
    texts = "".join(f'<script type="application/ld+json">{script.text or ""}</script>' for script in scripts)
    return schema_org(soup(texts), url)


def _openings(declared: SchemaOrg) -> Iterator[Item]:
    """What opens a thread: a posting, or the question of a question page. One a page."""
    found = (item for item in declared.walk() if any(item.named(name) for name in _OPENING))
    opening = next(found, None)
    if opening is not None:
        yield opening


def _posts(opening: Item, url: str) -> Iterator[Post]:
    """The item as a post, then what answers it, each once."""
    seen: set[int] = set()
    waiting = [(opening, 0)]
    while waiting:
        item, depth = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        yield _post(item, url, depth)
        waiting.extend((answer, depth + 1) for answer in reversed(item.items(*_ANSWERS)))


def _post(item: Item, url: str, depth: int) -> Post:
    address = absolute(url, item.text("url") or item.id) or ""
    return Post(
        id=_number(address, url) if depth else "",
        text=_words(item.text("articleBody", "text", "description")),
        author=plain(item.text("author", "creator")),
        time=item.text("datePublished", "dateCreated"),
        edited=item.text("dateModified"),
        url=address,
        heading=plain(item.text("headline")) if depth else "",
    )


def _words(text: str) -> str:
    """Plain text; some sites declare HTML, some escape it twice."""
    return plain(html.unescape(text) if "&lt;" in text else text)


def _number(address: str, url: str) -> str:
    """The last number of a post's own address; "" where it only has the thread's."""
    own = address.removeprefix(url.split("#")[0])
    numbers = re.findall(r"\d+", own)
    if not numbers or ("#" not in own and pageless(address) == pageless(url)):
        return ""
    return str(numbers[-1])


def _damage(declared: SchemaOrg) -> tuple[str, ...]:
    if not declared.damaged:
        return ()
    return (f"JSON-LD blocks on the page that could not be read: {declared.damaged}.",)
