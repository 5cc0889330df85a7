"""What a forum's addresses reveal: host and folder, thread, page, session."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from data.web.urls import canonical_url

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
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


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
