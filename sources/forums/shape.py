"""Forums read by their shape: one table of XPaths per software and theme, one reader for all.

A post is found by its body. Around each body the largest element that holds no other body is the
post's frame, in which author, time and number are looked for. So a theme that moved or renamed the
frame is still read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from data.types import Page, Request, Response, Source, SourceState
from sources.base import PageSettings
from sources.forums.dom import Element, document_of, find, first_text, plain_text, split_quotes
from sources.forums.posts import Post, Thread, host_of, page_of, without_session, zone_named
from sources.markup import absolute

Paths = tuple[str, ...]
_MOST_THREADS = 100
_ZONE_TEXT = '//text()[contains(.,"All times are")]/..'
_TITLE_END = re.compile(r"\s+(?:[|\u2014\u2013-]\s+[^|\u2014\u2013-]*|-\s+Page \d+.*)$")
_EDIT_TIME = re.compile(
    r"(?:last edited|last modified|edited|modified)\b.*?(?:\bon\b|\bat\b(?=\s*\d)|[:;(@])\s*", re.IGNORECASE
)
_EDIT_END = re.compile(r"\s*(?:[;.,]\s*edited \d+ times?.*|\bby\b.*|\bReason:.*|\)|\.)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shape:
    """Where one software keeps the parts of a thread, as XPaths; alternatives are tried in order.

    `bodies` finds every post's text in the document; author, time, edited, heading, number and
    permalink are looked for in a post's frame; `post_id` gives text whose last number is the post's.
    `quotes` and `drop` are looked for in the body, `quoted_beside` in the frame. `thread_id` matches
    the thread's number in an address (first group that took part), `page` the number of a later page.
    `opening` is true of the frame of a thread's first post; `cut` is the line where a signature begins.
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


class ShapedForum:
    """A collector whose software is described by shapes; the first that finds posts is used."""

    kind: ClassVar[str] = ""
    settings: ClassVar[type[PageSettings]] = PageSettings
    channel: ClassVar[str] = "local_forum"
    shapes: ClassVar[tuple[Shape, ...]] = ()
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = ()

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The configured page."""
        return [Request(source.url)]

    def parse(self, source: Source, response: Response) -> Page:
        """A thread's posts; or, of a list of threads, requests for them."""
        document = document_of(response)
        if document is None:
            return Page(warnings=("The document is empty or is not HTML.",))
        for shape in self.shapes:
            bodies = find(document, shape.bodies)
            if bodies:
                return self._thread(shape, document, bodies, source, response)
        for shape in self.shapes:
            page = _listing(shape, document, response)
            if page is not None:
                return page
        return Page(warnings=("No post and no list of threads was found on the page.",))

    def recognises(self, response: Response) -> float:
        """The weight of the strongest mark of this software that the document bears."""
        return strongest_mark(self.marks, response.body)

    def _thread(
        self, shape: Shape, document: Element, bodies: list[Element], source: Source, response: Response
    ) -> Page:
        thread = read_thread(shape, document, response)
        frames = _frames(bodies, shape)
        thread = replace(thread, starts=_starts(shape, frames[0], thread.starts))
        base = base_of(document, response.url)
        read = [
            _post(shape, frame, body, base, thread.url) for frame, body in zip(frames, bodies, strict=True)
        ]
        return page_of(thread, self.refine(thread, read), source, response, source.channel or self.channel)

    def refine(self, thread: Thread, posts: list[Post]) -> list[Post]:
        """What one platform must set right with all posts of the page in view."""
        return posts


def strongest_mark(marks: Sequence[tuple[bytes, float]], body: bytes) -> float:
    """The largest weight among the marks (in lower case) that the body holds, 0.0 without any."""
    text = body.lower()
    return max((weight for mark, weight in marks if mark in text), default=0.0)


def base_of(document: Element, url: str) -> str:
    """What relative links of the document are resolved against."""
    return absolute(url, first_text(document, "//base/@href")) or url


def read_thread(shape: Shape, document: Element, response: Response) -> Thread:
    """What the page says of its thread: number, title, address, zone, following page."""
    base = base_of(document, response.url)
    canonical = absolute(base, first_text(document, '//link[@rel="canonical"]/@href'))
    addresses = [without_session(url) for url in (canonical, response.url) if url]
    own = next((url for url in addresses if host_of(url) == host_of(response.url)), response.url)
    return Thread(
        id=_matched(shape.thread_id, addresses),
        title=_title(shape, document),
        url=own,
        starts=_matched(shape.page, addresses) in ("", "0", "1"),
        zone=_zone(document),
        next=_next(shape, document, base, response.url),
        deleted=len(find(document, shape.deleted)) if shape.deleted else 0,
    )


def _matched(pattern: str, addresses: list[str]) -> str:
    for address in addresses:
        found = re.search(pattern, address)
        if found:
            return next((group for group in found.groups() if group), "")
    return ""


def _title(shape: Shape, document: Element) -> str:
    return first_text(document, *shape.title) or _TITLE_END.sub("", first_text(document, "//title"))


def _zone(document: Element) -> str:
    for element in find(document, _ZONE_TEXT):
        named = first_text(element, ".//@title")
        zone = (zone_named(named) if named else None) or zone_named(first_text(element, "."))
        if zone:
            return zone
    return "Europe/London"


def _next(shape: Shape, document: Element, base: str, url: str) -> str | None:
    for path in (*shape.next, '//link[@rel="next"]/@href', '//a[@rel="next"]/@href'):
        for href in find(document, path):
            address = absolute(base, str(href))
            if address and host_of(address) == host_of(base):
                cleaned = without_session(address).split("#")[0]
                if cleaned != without_session(url).split("#")[0]:
                    return cleaned
    return None


def _frames(bodies: list[Element], shape: Shape) -> list[Element]:
    """For each body the largest element around it that holds no other body."""
    count: dict[Element, int] = {}
    for body in bodies:
        for above in body.iterancestors():
            count[above] = count.get(above, 0) + 1
    return [_frame(body, count, len(bodies), shape) for body in bodies]


def _frame(body: Element, count: dict[Element, int], total: int, shape: Shape) -> Element:
    frame = body
    for above in body.iterancestors():
        if count[above] > 1 or above.tag in ("body", "html"):
            break
        frame = above
        if total == 1 and first_text(above, *shape.author) and first_text(above, *shape.time):
            break
    return frame


def _starts(shape: Shape, frame: Element, by_address: bool) -> bool:
    """Is the page's first post the thread's? Its own number tells, else the address of the page."""
    if shape.opening:
        return bool(find(frame, shape.opening))
    digits = re.sub(r"\D", "", first_text(frame, *shape.number)) if shape.number else ""
    return digits == "1" if digits else by_address


def _post(shape: Shape, frame: Element, body: Element, base: str, thread_url: str) -> Post:
    number = re.findall(r"\d+", first_text(frame, *shape.post_id))
    anchor = first_text(frame, *shape.post_id)
    post = Post(
        id=number[-1] if number else "",
        text="",
        author=first_text(frame, *shape.author),
        time=first_text(frame, *shape.time),
        edited=edit_time(first_text(frame, *shape.edited)) if shape.edited else "",
        heading=first_text(frame, *shape.heading) if shape.heading else "",
        url=_permalink(shape, frame, base) or _anchored(thread_url, anchor),
    )
    beside = [plain_text(quote) for quote in find(frame, shape.quoted_beside)] if shape.quoted_beside else []
    text, quoted = split_quotes(body, shape.quotes, shape.drop)
    if shape.cut:
        text = re.split(shape.cut, text, maxsplit=1)[0].strip()
    return replace(post, text=text, quoted="\n".join(filter(None, (*beside, quoted))))


def _permalink(shape: Shape, frame: Element, base: str) -> str | None:
    for path in shape.permalink:
        for href in find(frame, path):
            address = absolute(base, str(href))
            if address and host_of(address) == host_of(base):
                return without_session(address)
    return None


def _anchored(thread_url: str, anchor: str) -> str:
    if not re.fullmatch(r"[\w:.-]+", anchor):
        return thread_url
    return f"{thread_url.split('#')[0]}#{anchor}"


def edit_time(note: str) -> str:
    """The time in a note such as `Last edited by Jo on 3 May 2025, 10:00; edited 2 times in total.`"""
    if not _EDIT_TIME.search(note):
        return note
    return _EDIT_END.sub("", _EDIT_END.sub("", _EDIT_TIME.sub("", note, count=1))).strip(" )(.,;")


def _listing(shape: Shape, document: Element, response: Response) -> Page | None:
    if not shape.threads:
        return None
    base = base_of(document, response.url)
    threads = dict.fromkeys(_threads(shape, document, base))
    if not threads:
        return None
    following = _next(shape, document, base, response.url)
    return Page(
        follow=tuple(Request(url) for url in list(threads)[:_MOST_THREADS]),
        next=Request(following) if following else None,
    )


def _threads(shape: Shape, document: Element, base: str) -> Iterator[str]:
    for href in find(document, shape.threads):
        address = absolute(base, str(href))
        if address and host_of(address) == host_of(base) and re.search(shape.thread_id, address):
            yield without_session(address).split("#")[0]
