"""Reads a thread, or a list of threads, by a shape.

A post is found by its body. The largest element around it that holds no other body is the post's frame,
where we look for author, time and number. So a theme that moves or renames the frame is still read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from data.ids import squeeze
from data.types import Page, Request, Response
from sources.html.dom import Element, find, first_text, plain_text, split_quotes
from sources.html.markup import absolute
from sources.html.parsers import json_in
from sources.html.sanitise import separate
from sources.item_time import each
from sources.threads.addresses import (
    NOT_FOUND,
    board_of,
    goes_on,
    host_of,
    matched,
    next_page,
    on_first_page,
    pageless,
    without_session,
)
from sources.threads.posts import ForumPost, Thread, zone_named
from sources.threads.shape import Paths, Shape

_MOST_THREADS = 100
_LONGEST_TITLE = 500
_MOST_TITLES = 50
_ZONE_TEXT = '//text()[contains(.,"All times are")]/..'
_TITLE_END = re.compile(r"\s+(?:[|\u2014\u2013-]\s+[^|\u2014\u2013-]*|-\s+Page \d+.*)$")


def read_thread(
    shape: Shape, document: Element, bodies: list[Element], response: Response
) -> tuple[Thread, list[ForumPost]]:
    """The thread and the posts with these bodies, at least one; changes the document."""
    bodies, unread = separate(bodies, lambda body: body.iterancestors())
    thread = thread_of(shape, document, response)
    frames = frames_of(bodies, shape)
    starts = _starts(shape, frames[0], thread.starts)
    base = base_of(document, response.url)
    pairs = zip(frames, bodies, strict=True)
    posts, late = each(lambda pair: _post(shape, *pair, base, thread.url), pairs, "Posts")
    return replace(thread, starts=starts, unread=(*unread, *late)), posts


def base_of(document: Element, url: str) -> str:
    """What relative links of the document are resolved against."""
    return absolute(url, first_text(document, "//base/@href")) or url


def thread_of(shape: Shape, document: Element, response: Response) -> Thread:
    """What the page says about its thread: number, title, address, zone, next page."""
    base = base_of(document, response.url)
    canonical = absolute(base, first_text(document, '//link[@rel="canonical"]/@href'))
    addresses = [without_session(url) for url in (canonical, response.url) if url]
    own = next((url for url in addresses if host_of(url) == host_of(response.url)), response.url)
    number = matched(shape.thread_id, *addresses)
    following = next_page(shape, document, base, addresses, number)
    lost = following is None and goes_on(shape, document, base, addresses, number)
    known = number or shape.numbered
    # what the page shows as its title; of several, the one that is in the document's title. Links to similar
    # threads may have the same class.
    whole = first_text(document, "//title")[:_LONGEST_TITLE]
    shown = list(islice(_shown(shape.title, document), _MOST_TITLES))
    named = next((title for title in shown if title.casefold() in whole.casefold()), "")
    return Thread(
        id=number if known else pageless(own),
        title=named or next(iter(shown), "") or _TITLE_END.sub("", whole),
        url=own,
        starts=on_first_page(shape, addresses),
        zone=_zone(document),
        next=following,
        deleted=len(find(document, shape.deleted)) if shape.deleted else 0,
        warnings=(NOT_FOUND,) if lost else (),
        site=board_of(own, shape.thread_id) if known else host_of(own),
    )


def _shown(paths: Paths, document: Element) -> Iterator[str]:
    for path in paths:
        for thing in find(document, path):
            title = squeeze(thing if isinstance(thing, str) else plain_text(thing))[:_LONGEST_TITLE]
            if title:
                yield title


def _zone(document: Element) -> str:
    """The zone stated at the foot of the page; a post may contain such words too, so the last one counts."""
    for element in reversed(find(document, _ZONE_TEXT)):
        named = first_text(element, ".//@title")
        zone = (zone_named(named) if named else None) or zone_named(first_text(element, "."))
        if zone:
            return zone
    return "Europe/London"


def frames_of(bodies: list[Element], shape: Shape) -> list[Element]:
    """For each body, the largest element around it that holds no other body."""
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
    """Is the page's first post the thread's first? Judged by its number, else by the page's address."""
    if shape.opening:
        return bool(find(frame, shape.opening))
    digits = re.sub(r"\D", "", first_text(frame, *shape.number))
    return digits == "1" if digits else by_address


def _post(shape: Shape, frame: Element, body: Element, base: str, thread_url: str) -> ForumPost:
    anchor = first_text(frame, *shape.post_id)
    number = re.findall(r"\d+", anchor)
    post = ForumPost(
        id=number[-1] if number and shape.numbered else "",
        text="",
        author=_name(first_text(frame, *shape.author)),
        time=first_text(frame, *shape.time),
        edited=first_text(frame, *shape.edited),
        heading=first_text(frame, *shape.heading),
        url=_permalink(shape, frame, base)
        or (thread_url if not re.fullmatch(r"[\w:.-]+", anchor) else f"{thread_url.split('#')[0]}#{anchor}"),
    )
    emphasised = tuple(map(plain_text, find(body, shape.emphasis))) if shape.emphasis else ()
    beside = [plain_text(quote) for quote in find(frame, shape.quoted_beside)] if shape.quoted_beside else []
    text, quoted, quote_first = split_quotes(body, shape.quotes, shape.drop)
    if shape.cut:
        text = re.split(shape.cut, text, maxsplit=1)[0].strip()
    quotes = "\n".join(filter(None, (*beside, quoted)))
    return replace(
        post, text=text, quoted=quotes, quote_first=quote_first or bool(beside), emphasised=emphasised
    )


def _name(shown: str) -> str:
    """A name; Invision keeps it among other things, as JSON."""
    if not shown.startswith("{"):
        return shown
    found = json_in(shown)
    if found is None:
        return shown
    name = found.get("username") if isinstance(found, dict) else None
    return squeeze(name) if isinstance(name, str) else ""


def _permalink(shape: Shape, frame: Element, base: str) -> str | None:
    for path in shape.permalink:
        for href in find(frame, path):
            address = absolute(base, str(href))
            if address and host_of(address) == host_of(base):
                return without_session(address)
    return None


def read_listing(shape: Shape, document: Element, response: Response) -> Page | None:
    """Requests for the threads of a list, and for its next page; None if it lists none.

    A thread's own address is not a list, whatever similar threads the page links to.
    """
    if not shape.threads or re.search(shape.thread_id, response.url):
        return None
    base = base_of(document, response.url)
    threads: dict[str, str] = {}
    for address in _threads(shape, document, base):
        threads.setdefault(matched(shape.thread_id, address), address)
    if not threads:
        return None
    following = next_page(shape, document, base, [without_session(response.url)])
    cut = f"The page lists {len(threads)} threads; the first {_MOST_THREADS} are asked for."
    return Page(
        follow=tuple(Request(url) for url in list(threads.values())[:_MOST_THREADS]),
        next=Request(following) if following else None,
        warnings=(cut,) if len(threads) > _MOST_THREADS else (),
    )


def _threads(shape: Shape, document: Element, base: str) -> Iterator[str]:
    for href in find(document, shape.threads):
        address = absolute(base, str(href))
        if address and host_of(address) == host_of(base) and re.search(shape.thread_id, address):
            yield without_session(address).split("#")[0]
