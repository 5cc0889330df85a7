"""Any other forum: software with a known shape, a guessed shape, or your own selectors."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from data.types import Page, Response, Source
from sources.base import PageSettings
from sources.forums import netmums
from sources.forums.shown_posts import fullest
from sources.html.dom import Element, document_of, find
from sources.html.markup import plain
from sources.settings import PostSelectors
from sources.threads import known_software
from sources.threads.declared_posts import damage_of, declared_in, openings_of, posts_of
from sources.threads.guessed_shape import guessed
from sources.threads.known_software import MARKED_UP
from sources.threads.posts import page_of
from sources.threads.reading import thread_of
from sources.threads.selectors import read_by_selectors
from sources.threads.shape import Shape
from sources.threads.shaped_forum import ShapedForum, strongest_mark


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


_GUESSED = 0.3


class GenericForum(ShapedForum):
    """Threads of a forum that no other collector knows."""

    kind: ClassVar[str] = "forum.generic"
    settings: ClassVar[type[PageSettings]] = PostSelectors
    shapes: ClassVar[tuple[Shape, ...]] = known_software.KNOWN
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (*known_software.MARKS, (netmums.MARK, 0.9))

    def recognises(self, response: Response) -> float:
        """By the marks of known software; low if a thread can only be guessed."""
        known = strongest_mark(self.marks, response.body)
        if known:
            return known
        document = document_of(response)
        return _GUESSED if document is not None and guessed(document, response.url) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """By the selectors if there are any; else by data, a known shape, what is declared, or a guess."""
        css = PostSelectors.model_validate(dict(source.settings))
        channel = source.channel or self.channel
        found = read_by_selectors(css, response) if css.post else netmums.read(response)
        if found is not None:
            return page_of(*found, source, response, channel)
        return super().parse(source, response)

    def read(self, document: Element, source: Source, response: Response) -> Page:
        """By a known shape, else by what is declared or shown."""
        page = super().read(document, source, response)
        return page if page.mentions or page.follow else SchemaOrgForum().read(document, source, response)
