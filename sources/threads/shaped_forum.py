"""The base of every forum collector whose software is described by shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from data.types import Page, Response, Source
from sources.base import OnePage
from sources.html.dom import Element, document_of, find
from sources.html.markup import oddities
from sources.threads.posts import ForumPost, Thread, page_of_thread, read_listing, read_thread, with_opening
from sources.threads.shape import Shape

_POSTING = b"DiscussionForumPosting"


class ShapedForum(OnePage):
    """A collector whose software is described by shapes; the first that finds posts is used."""

    kind: ClassVar[str] = ""
    channel: ClassVar[str] = "local_forum"
    shapes: ClassVar[tuple[Shape, ...]] = ()
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = ()

    def parse(self, source: Source, response: Response) -> Page:
        """A thread's posts; for a list of threads, requests for them."""
        document = document_of(response)
        if document is None:
            return Page(warnings=("The document is empty or is not HTML.",))
        return self.read_page(document, source, response)

    def read_page(self, document: Element, source: Source, response: Response) -> Page:
        """Return the same for the response's document, which is changed if it holds posts of these shapes."""
        for shape in self.shapes:
            bodies = find(document, shape.bodies)
            if bodies:
                return self.thread(shape, document, bodies, source, response)
        listings = (read_listing(shape, document, response) for shape in self.shapes)
        page = next(filter(None, listings), None)
        if page is None:
            page = Page(warnings=("No posts and no list of threads were found on the page.",))
        return replace(page, warnings=(*oddities(response), *page.warnings))

    def recognises(self, response: Response) -> float:
        """The weight of the strongest mark of this software in the document."""
        return strongest_mark(self.marks, response.body)

    def thread(
        self, shape: Shape, document: Element, bodies: list[Element], source: Source, response: Response
    ) -> Page:
        """The page of the posts with these bodies; `bodies` must not be empty."""
        thread, posts = read_thread(shape, document, bodies, response)
        kept = self.refine(thread, posts)
        thread = replace(thread, deleted=thread.deleted + len(posts) - len(kept))
        if _POSTING in response.body:
            kept = with_opening(thread, kept, document, response.url)
        return page_of_thread(thread, kept, source, response, source.channel or self.channel)

    def refine(self, thread: Thread, posts: list[ForumPost]) -> list[ForumPost]:
        """Corrections for one platform, with all posts in view; posts left out count as deleted."""
        return posts


def strongest_mark(marks: Sequence[tuple[bytes, float]], body: bytes) -> float:
    """The largest weight among the marks (in lower case) found in the body, 0.0 if none is."""
    text = body.lower()
    return max((weight for mark, weight in marks if mark in text), default=0.0)
