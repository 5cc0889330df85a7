"""Threads marked up by schema.org: DiscussionForumPosting and QAPage, as microdata or JSON-LD."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from data.types import Page, Response, Source
from sources.forums.shown_posts import fullest
from sources.html.dom import Element, document_of, find
from sources.html.markup import plain
from sources.threads.declared_posts import damage_of, declared_in, openings_of, posts_of
from sources.threads.known_software import MARKED_UP
from sources.threads.posts import page_of
from sources.threads.reading import thread_of
from sources.threads.shape import Shape
from sources.threads.shaped_forum import ShapedForum


class SchemaOrgForum(ShapedForum):
    """A thread by what its page declares, as microdata or JSON-LD, whichever holds more.

    If the page shows more posts than it declares, those shown are read.
    """

    kind: ClassVar[str] = "forum.schema_org"
    shapes: ClassVar[tuple[Shape, ...]] = (MARKED_UP,)
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (
        (b"schema.org/discussionforumposting", 0.6),
        (b'"discussionforumposting"', 0.55),
        (b"schema.org/qapage", 0.6),
        (b'"qapage"', 0.6),
    )

    def read(self, document: Element, source: Source, response: Response) -> Page:
        """The first post and its comments or answers, as declared or as shown."""
        declared = declared_in(document, response.url)
        posts = posts_of(declared, response.url)
        marked = bool(find(document, MARKED_UP.bodies))
        page = super().read(document, source, response)
        if len(posts) > len(page.mentions):
            thread, first = thread_of(MARKED_UP, document, response), next(openings_of(declared))
            thread = replace(thread, title=plain(first.text("headline", "name")) or thread.title)
            page = page_of(thread, posts, source, response, source.channel or self.channel)
        declares = replace(page, warnings=(*page.warnings, *damage_of(declared)))
        whole = document_of(response) if marked else document
        return fullest(declares, whole, source, response, source.channel or self.channel)
