"""What a forum's addresses reveal: host and folder, thread, session, and which page follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from data.web import channels
from data.web.urls import canonical_url
from sources.html.dom import Element, find
from sources.html.markup import absolute
from sources.threads.shape import Shape

_SESSION = re.compile(r"([?&;])(?:sid|s|PHPSESSID)=[0-9a-f]{16,}(?=[&;#]|$)", re.IGNORECASE)
_TO_POST = re.compile(r"[?&;](?:p|pid|post|postid)=\d|/posts?[/-]\d|-post-\d|[.=]msg\d", re.IGNORECASE)
_PAGE_OF_PATH = re.compile(r"/page[-/]?\d+$", re.IGNORECASE)
_PAGE_OF_QUERY = re.compile(r"(?:page|pg|start|offset)=\d+", re.IGNORECASE)


def without_session(url: str) -> str:
    """The address without the visitor's session id, which phpBB and vBulletin add to every link."""
    cleaned = _SESSION.sub(r"\1", url)
    return re.sub(r"(?<![?&;])[?&;]++(?=#|$)", "", re.sub(r"([?&;])[&;]+", r"\1", cleaned))


def host_of(url: str) -> str:
    """The host in lower case without `www.`."""
    return channels.host_of(url).removeprefix("www.")


def board_of(address: str, thread_id: str) -> str:
    """Host and folder of the board, without a trailing slash: they make a platform's numbers unique.

    The folder ends where the match of `thread_id` begins; if the address has no thread number, it is the
    folder of the script or page.
    """
    found = re.search(thread_id, address)
    start = found.start() if found else len(address)
    head, query, _ = re.split(r"([?#]|$)", address[:start], maxsplit=1)
    own_segment = found is not None and not query and address[start] == "/"
    folder = re.sub(r"^\w+://[^/]*", "", head)
    return host_of(address) + (folder if own_segment else folder.rpartition("/")[0]).rstrip("/")


def leads_to_a_post(address: str) -> bool:
    """Does it lead to a post, so that it may be any page of the thread?"""
    return _TO_POST.search(address) is not None


def pageless(url: str) -> str:
    """Path and query of a thread's address, the same for all its pages; "/" for a site's front page.

    `p` counts as a page number only if another number identifies the thread.
    """
    parts = urlsplit(canonical_url(url))
    path = _PAGE_OF_PATH.sub("", parts.path)
    query = [part for part in parts.query.split("&") if part and not _PAGE_OF_QUERY.fullmatch(part)]
    without = [part for part in query if not re.fullmatch(r"p=\d+", part)]
    if re.search(r"\d", path + "".join(without)):
        query = without
    return (path or "/") + (f"?{'&'.join(query)}" if query else "")


_OTHER_THREAD = re.compile(r"prev_next=|[?&;]view=(?:next|previous)")
_MOST_LINKS = 2_000
NOT_FOUND = "The page links to later pages of its thread, but which of them follows was not found."


def matched(pattern: str, *addresses: str) -> str:
    """The first non-empty group of the first match among the addresses, "" if none matches."""
    for address in addresses:
        found = re.search(pattern, address)
        if found:
            return next((group for group in found.groups() if group), "")
    return ""


def page_number(shape: Shape, *addresses: str) -> int | None:
    """The number (or offset) of a later page in an address; None for the first or an unknown page."""
    shown = matched(shape.page, *addresses)
    return int(shown) if shown and len(shown) < 10 else None


def on_first_page(shape: Shape, addresses: list[str]) -> bool:
    """Do a page's addresses show that it is its thread's first? One that leads to a post shows nothing."""
    telling = [a for a in addresses if re.search(shape.page, a) or not leads_to_a_post(a)]
    return bool(telling) and page_number(shape, *telling) in (None, 0, 1)


def next_page(
    shape: Shape, document: Element, base: str, addresses: list[str], thread: str = ""
) -> str | None:
    """The next page of the same thread (or list, if `thread` is ""), never an earlier one.

    `addresses` are the page's own.
    """
    here = {address.split("#")[0] for address in addresses}
    number = page_number(shape, *addresses)
    for path in (*shape.next, '//link[@rel="next"]/@href', '//a[@rel="next"]/@href'):
        for address in _same_host(map(str, find(document, path)), base):
            later = page_number(shape, address)
            back = thread and later is not None and number is not None and later <= number
            if address not in here and not back and _of_thread(shape, address, thread):
                return address
    return None


def goes_on(shape: Shape, document: Element, base: str, addresses: list[str], thread: str) -> bool:
    """Does the page, outside its posts, link to later pages of its thread?"""
    if not thread or all(map(leads_to_a_post, addresses)):
        return False
    here = page_number(shape, *addresses) or 1
    links = _same_host(_links(document, set(find(document, shape.bodies))), base)
    later = (page_number(shape, link) or 0 for link in links if _of_thread(shape, link, thread))
    return any(number > here for number in later)


def _same_host(hrefs: Iterator[str], base: str) -> Iterator[str]:
    for href in hrefs:
        address = absolute(base, href)
        if address and host_of(address) == host_of(base):
            yield without_session(address).split("#")[0]


def _of_thread(shape: Shape, address: str, thread: str) -> bool:
    elsewhere = thread and matched(shape.thread_id, address) != thread
    return not elsewhere and not _OTHER_THREAD.search(address)


def _links(document: Element, bodies: set[Element]) -> Iterator[str]:
    """The links outside the posts, whose own links say nothing about paging."""
    walk = etree.iterwalk(document, events=("start",))
    left = _MOST_LINKS
    for _, element in walk:
        if element in bodies:
            walk.skip_subtree()
        elif element.tag == "a" and element.get("href"):
            yield element.get("href")
            left -= 1
        if not left:
            return
